//! `saysod`: flags, logging, `run`, exit code.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use etcetera::{AppStrategy, AppStrategyArgs, app_strategy::Xdg};
use saysod::daemon::{self, Places};
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;
use tracing_subscriber::EnvFilter;

/// The approver device: announces login requests, and signs what the person decided.
#[derive(Parser)]
#[command(name = "saysod", version)]
struct Flags {}

fn main() -> ExitCode {
    Flags::parse();
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(false)
        .init();
    match tokio::runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime.block_on(run()),
        Err(error) => {
            tracing::error!(%error, "no runtime");
            ExitCode::FAILURE
        }
    }
}

async fn run() -> ExitCode {
    let Some(places) = places() else {
        tracing::error!("there is no home folder");
        return ExitCode::FAILURE;
    };
    let shutdown = CancellationToken::new();
    for kind in [SignalKind::terminate(), SignalKind::interrupt()] {
        let Ok(mut end) = signal(kind) else { return ExitCode::FAILURE };
        let shutdown = shutdown.clone();
        tokio::spawn(async move {
            end.recv().await;
            shutdown.cancel();
        });
    }
    match daemon::run(places, ready, shutdown).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // The person's two sentences; the log has the cause.
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn ready() {
    if let Err(error) = sd_notify::notify(&[sd_notify::NotifyState::Ready]) {
        tracing::debug!(%error, "nobody waits to hear that the daemon is ready");
    }
}

/// The XDG folders (XDG Base Directory Specification 0.8).
fn places() -> Option<Places> {
    let names = AppStrategyArgs {
        top_level_domain: "org".into(),
        author: "Sayso".into(),
        app_name: "sayso".into(),
    };
    let xdg = Xdg::new(names).ok()?;
    Some(Places {
        runtime: std::env::var_os("XDG_RUNTIME_DIR").map(PathBuf::from).unwrap_or_default(),
        state: xdg.state_dir()?,
        config: xdg.config_dir(),
    })
}
