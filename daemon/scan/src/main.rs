//! `sayso-scan --image < PICTURE` or `sayso-scan --x11`: limits, what was asked for, exit status.

use std::io::{self, Write};
use std::panic::{catch_unwind, set_hook};
use std::process::ExitCode;

use sayso_protocol::scan::{Fault, Found, Refusal};
use sayso_scan::picture::Picture;
use sayso_scan::{image, limits, reading, screen};

fn main() -> ExitCode {
    // What stands on a screen stands in no message of a panic.
    set_hook(Box::new(|_| ()));
    let answer = limits::set().map_err(|_| Fault::Inside).and_then(|()| {
        let read = || picture().map(reading::read);
        catch_unwind(read).unwrap_or(Err(Fault::Inside))
    });
    match answer.and_then(|texts| print(texts).map_err(|_| Fault::Inside)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let refusal = serde_json::to_string(&Refusal { error }).unwrap_or_default();
            // Nobody reads stderr: the exit status says it too.
            let _ = writeln!(io::stderr(), "{refusal}");
            ExitCode::from(error.status())
        }
    }
}

/// The picture that was asked for.
fn picture() -> Result<Picture, Fault> {
    let mut words = std::env::args_os().skip(1);
    let asked = words.next().filter(|_| words.next().is_none()).ok_or(Fault::Usage)?;
    match asked.to_str() {
        Some("--image") => image::read(io::stdin().lock()),
        Some("--x11") => screen::take(),
        Some(_) | None => Err(Fault::Usage),
    }
}

fn print(texts: Vec<String>) -> io::Result<()> {
    let found: Vec<Found> = texts.into_iter().map(|text| Found { text }).collect();
    let answer = serde_json::to_string(&found)?;
    let mut out = io::stdout().lock();
    writeln!(out, "{answer}")?;
    out.flush()
}
