//! `sayso`: what a person says to `saysod` from a terminal or a shortcut. It keeps nothing and
//! decides nothing: it asks the daemon, shows what the daemon says, and hands back the answer.
//! In the order a command meets them:
//!
//! - [`command_line`]: the words a person can type
//! - [`commands`]: one file per word
//! - [`doctor`]: why somebody might not hear, read or be able to answer
//! - [`keys`]: the desktop's keyboard shortcuts
//! - [`door`]: the way to the daemon
//! - [`session`]: a command at work: the daemon, the output, the language
//! - [`prompt`]: the answer prompt, as terminal lines or as a dialog
//! - [`watch`]: learns that a request has ended while its prompt is open
//! - [`output`]: the only place that prints
//! - [`exit`]: exit statuses and failures
//! - [`clock`]: the only place that asks the time

pub mod clock;
pub mod command_line;
pub mod commands;
pub mod doctor;
pub mod door;
pub mod exit;
pub mod keys;
pub mod output;
pub mod prompt;
pub mod session;
pub mod watch;

use clap::Parser;
use sayso_words::{Language, Words};
use tokio::signal::unix::{SignalKind, signal};

use crate::command_line::{CommandLine, Fault};
use crate::exit::Status;
use crate::output::Output;

/// Reads the command line and does what it says, until it is done or interrupted.
pub async fn run() -> Status {
    let line = match CommandLine::try_parse() {
        Ok(line) => line,
        Err(refused) => return misused(&refused),
    };
    let output = Output::new(line.form());
    tokio::select! {
        status = commands::run(line.word, output) => status,
        () = interrupted() => Status::Interrupted,
    }
}

/// Help and version are data; anything else is wrong use, in two sentences.
fn misused(refused: &clap::Error) -> Status {
    let output = Output::plain();
    let Some(fault) = Fault::of(refused) else {
        output.line(refused.to_string().trim_end());
        return Status::Done;
    };
    output.fault(&fault.sentence(&Words::new(Language::of_person())));
    Status::WrongUse
}

/// Ctrl+C, or the session's end. The open dialog is closed by dropping it.
async fn interrupted() {
    let (Ok(mut interrupt), Ok(mut terminate)) =
        (signal(SignalKind::interrupt()), signal(SignalKind::terminate()))
    else {
        return std::future::pending().await;
    };
    tokio::select! {
        _ = interrupt.recv() => (),
        _ = terminate.recv() => (),
    }
}
