//! The command line: `serve`, `dev`, and the administrator's commands, which write to the same
//! store as a running broker and leave word there.
//!
//! - `commands`: services, the audit, and the store for one command
//! - `webhooks`: where services are told unasked
//! - `people`: accounts, approvers, activation codes
//! - `faults`: what went wrong, in two sentences

mod commands;
mod faults;
mod people;
mod webhooks;

pub use commands::{PageOf, Service, add_service, slug};
pub use faults::Fault;
pub use people::activation_for;
pub use webhooks::Webhook;

use clap::{Args, Parser, Subcommand};
use sayso_words::Words;
use std::net::SocketAddr;
use std::num::NonZeroU16;
use std::path::PathBuf;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

use crate::clock::Clock;
use crate::dev;
use crate::server::{ServeError, Server};
use crate::settings::Settings;
use crate::store::Store;
use crate::store::accounts::Admission;
use commands::Opened;

/// Takes a line of data.
pub type Line<'a> = &'a mut (dyn FnMut(&str) + Send);

/// The service side of Sayso: stands between services and approvers.
#[derive(Debug, Parser)]
#[command(version, name = "sayso-broker")]
pub struct Flags {
    /// The settings file (TOML)
    #[arg(long, global = true, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// The store's folder
    #[arg(long, global = true, value_name = "DIR")]
    pub store: Option<PathBuf>,
    /// Write the log as JSON, one object a line
    #[arg(long, global = true)]
    pub json_log: bool,
    /// What to do
    #[command(subcommand)]
    pub command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Run the broker
    Serve(Serve),
    /// Run a broker to try, with a demo service and its login
    Dev(Dev),
    /// Administration
    #[command(flatten)]
    Admin(Admin),
}

/// Administration: done on the store, whether a broker runs on it or not.
#[derive(Debug, Subcommand)]
pub enum Admin {
    /// The services that may ask
    #[command(subcommand)]
    Service(Service),
    /// The accounts
    #[command(subcommand)]
    Account(Account),
    /// The approvers of an account
    #[command(subcommand)]
    Approver(Approver),
    /// Activation codes
    #[command(subcommand)]
    Activation(Activation),
    /// The broker's own key
    #[command(subcommand)]
    Keys(Keys),
    /// The audit
    #[command(subcommand)]
    Audit(Audit),
}

/// Flags of `serve`.
#[derive(Debug, Args)]
pub struct Serve {
    /// The address to listen on
    #[arg(long, value_name = "ADDRESS")]
    pub listen: Option<SocketAddr>,
    /// A file that is written once the broker listens, with its address in it
    #[arg(long, value_name = "FILE")]
    pub ready_file: Option<PathBuf>,
    /// How many hours a change of a security setting waits, 1 at least; 24 unless it is said
    #[arg(long, value_name = "HOURS")]
    pub change_hours: Option<NonZeroU16>,
}

/// Flags of `dev`.
#[derive(Debug, Args)]
pub struct Dev {
    /// The address to listen on
    #[arg(long, value_name = "ADDRESS")]
    pub listen: Option<SocketAddr>,
    /// How many hours a change of a security setting waits, 1 at least; 24 unless it is said
    #[arg(long, value_name = "HOURS")]
    pub change_hours: Option<NonZeroU16>,
}

/// `account`.
#[derive(Debug, Subcommand)]
pub enum Account {
    /// Add an account
    Add {
        /// Its name as services write it
        name: String,
        /// How the person is addressed
        #[arg(long)]
        display: Option<String>,
    },
    /// List the accounts
    List,
    /// Stop an account at once: nobody can answer for it
    Block {
        /// Its name as services write it
        name: String,
    },
    /// Let a blocked account answer again
    Unblock {
        /// Its name as services write it
        name: String,
    },
}

/// `approver`.
#[derive(Debug, Subcommand)]
pub enum Approver {
    /// List the approvers of an account
    List {
        /// The account's name
        account: String,
    },
    /// Remove an approver of an account, at once
    Remove {
        /// The account's name
        account: String,
        /// What the person calls the computer, or its id
        #[arg(allow_hyphen_values = true)]
        name: String,
    },
}

/// `activation`.
#[derive(Debug, Subcommand)]
pub enum Activation {
    /// Make an activation code for an account, in place of one before
    New {
        /// The account's name
        account: String,
        /// The computer that uses it is an approver at once; every other approver hears of it
        #[arg(long)]
        now: bool,
    },
}

/// `keys`.
#[derive(Debug, Subcommand)]
pub enum Keys {
    /// Give the broker a new key; approvers take it because the old one signed it
    Rotate,
}

/// `audit`.
#[derive(Debug, Subcommand)]
pub enum Audit {
    /// Check every entry, the chain, and its signed end
    Verify,
}

/// Does what the flags say; `line` takes each line of data.
///
/// # Errors
/// [`Fault`].
pub async fn run(flags: Flags, words: &Words, line: Line<'_>) -> Result<(), Fault> {
    let mut settings = match &flags.config {
        Some(path) => Settings::read(path).map_err(|error| Fault::Settings(error, path.clone()))?,
        None => Settings::default(),
    };
    settings.store = flags.store.or(settings.store);
    match flags.command {
        Command::Serve(serve) => {
            settings.listen = serve.listen.or(settings.listen);
            settings.change_hours = serve.change_hours.or(settings.change_hours);
            run_broker(&settings, &serve, line).await
        }
        Command::Dev(flags) => {
            settings.listen = flags.listen.or(settings.listen);
            settings.change_hours = flags.change_hours.or(settings.change_hours);
            dev::run(settings, words, line, stop_on_signal()?).await
        }
        Command::Admin(command) => {
            let opened = Opened::at(&settings)?;
            let done = administer(command, &settings, &opened.store, words, line).await;
            opened.close(&settings.store()).await;
            done
        }
    }
}

async fn administer(
    command: Admin,
    settings: &Settings,
    store: &Store,
    words: &Words,
    line: Line<'_>,
) -> Result<(), Fault> {
    match command {
        Admin::Service(command) => commands::service(command, store, words, line).await,
        Admin::Account(command) => people::account(command, store, words, line).await,
        Admin::Approver(command) => people::approver(command, store, words, line).await,
        Admin::Activation(Activation::New { account, now }) => {
            let admission = if now { Admission::AtOnce } else { Admission::Waits };
            people::activation(&account, admission, store, words, line).await
        }
        Admin::Keys(Keys::Rotate) => commands::rotate_key(settings, store, words, line).await,
        Admin::Audit(Audit::Verify) => commands::verify(store, words, line).await,
    }
}

async fn run_broker(settings: &Settings, serve: &Serve, line: Line<'_>) -> Result<(), Fault> {
    let (listener, bound) = listen(settings.listen()).await?;
    let fault = |error| Fault::serve(error, settings);
    let stopping = stop_on_signal()?;
    let server =
        Server::open(listener, settings, Clock::machine(), stopping).await.map_err(fault)?;
    let scheme = if settings.tls.is_some() { "https" } else { "http" };
    line(&format!("listening on {scheme}://{bound}"));
    if let Some(path) = &serve.ready_file {
        let written = std::fs::write(path, format!("{}\n", server.origin()));
        written.map_err(|error| Fault::ReadyFile(error, path.clone()))?;
    }
    tracing::info!(origin = server.origin(), "serving");
    let result = server.run().await;
    tracing::info!("stopped");
    result.map_err(fault)
}

/// Listens on `address`.
///
/// # Errors
/// [`Fault::Listen`].
pub async fn listen(address: SocketAddr) -> Result<(TcpListener, SocketAddr), Fault> {
    let fault = |error| Fault::Listen(error, address);
    let listener = TcpListener::bind(address).await.map_err(fault)?;
    let bound = listener.local_addr().map_err(fault)?;
    Ok((listener, bound))
}

/// Done at SIGTERM or SIGINT.
fn stop_on_signal() -> Result<CancellationToken, Fault> {
    let fault = |error| Fault::serve(ServeError::Listen(error), &Settings::default());
    let mut terminate = signal(SignalKind::terminate()).map_err(fault)?;
    let mut interrupt = signal(SignalKind::interrupt()).map_err(fault)?;
    let stopping = CancellationToken::new();
    let stop = stopping.clone();
    tokio::spawn(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        tracing::info!("stopping");
        stop.cancel();
    });
    Ok(stopping)
}
