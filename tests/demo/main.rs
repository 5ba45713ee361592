//! `make demo`: a login approved by ear, to try. A throw-away broker with a demo service, and
//! `saysod` in the person's own session or a private one; it waits for the person and then
//! removes what it started. With `--auto` it plays the person too, in a private session, and
//! leaves the speech and the transcript in `demo-out`.

mod auto;
mod dev;
mod keyring;
mod session;
mod try_out;

use std::path::Path;
use std::process::ExitCode;

use tokio::signal::unix::{SignalKind, signal};

/// Where the demo leaves things.
const OUT: &str = "demo-out";

fn main() -> ExitCode {
    let auto = match std::env::args().nth(1).as_deref() {
        None => false,
        Some("--auto") => true,
        Some(other) => {
            eprintln!("demo: {other} is not known. Use --auto, or nothing.");
            return ExitCode::from(2);
        }
    };
    match run(auto) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("The demo did not work: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(auto: bool) -> anyhow::Result<()> {
    let out = Path::new(OUT);
    std::fs::create_dir_all(out)?;
    let runtime = tokio::runtime::Runtime::new()?;
    runtime.block_on(async {
        if auto {
            tokio::select! {
                done = auto::run(out) => done,
                () = stopped() => anyhow::bail!("it was stopped"),
            }
        } else {
            try_out::run(out, stopped()).await
        }
    })
}

/// Ctrl+C, or the terminal or the machine goes away.
async fn stopped() {
    let kinds = [SignalKind::interrupt(), SignalKind::terminate(), SignalKind::hangup()];
    let Ok(mut signals) = kinds.into_iter().map(signal).collect::<Result<Vec<_>, _>>() else {
        return;
    };
    let each = signals.iter_mut().map(|signal| Box::pin(signal.recv()));
    futures_util::future::select_all(each).await;
}
