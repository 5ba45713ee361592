//! `sayso-broker`: flags, logs, what was asked for, exit status.

use clap::Parser as _;
use sayso_broker::admin::{self, Flags};
use sayso_broker::serving;
use sayso_words::{Language, Words};
use std::io::Write as _;
use std::process::ExitCode;
use tracing_subscriber::EnvFilter;

fn main() -> ExitCode {
    let flags = Flags::parse();
    log(flags.json_log);
    serving::allow_connections();
    let words = Words::new(Language::of_person());
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            tracing::error!(%error, "no runtime");
            return ExitCode::FAILURE;
        }
    };
    let done = runtime.block_on(admin::run(flags, &words, &mut say));
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(fault) => {
            tracing::debug!(cause = ?fault, "ended by a fault");
            // Nobody reads stderr: the exit status says it too.
            let _ = writeln!(std::io::stderr(), "{}", fault.sentences(&words));
            ExitCode::FAILURE
        }
    }
}

/// Data goes to stdout, at once: whoever started this waits for the line.
fn say(line: &str) {
    let mut out = std::io::stdout().lock();
    // A reader that has gone does not end a broker.
    let _ = writeln!(out, "{line}").and_then(|()| out.flush());
}

fn log(json: bool) {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    if json {
        log.json().init();
    } else {
        log.with_ansi(false).init();
    }
}
