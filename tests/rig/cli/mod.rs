//! `sayso` as the person runs it: on a real terminal (a pty), or without one.

mod terminal;

use std::process::{Command, Stdio};

use tokio::io::AsyncWriteExt;

use crate::desktop::Desktop;
use crate::processes::{in_time, program};
use crate::transcript::{Channel, Transcript};

pub use terminal::Terminal;

/// What a command did that ran to its end.
#[derive(Debug, Clone)]
pub struct Ran {
    /// Its exit status.
    pub status: i32,
    /// Data.
    pub out: String,
    /// Everything else.
    pub err: String,
}

/// `sayso` with arguments, in the person's session.
#[must_use]
pub fn sayso(desktop: &Desktop, arguments: &[&str]) -> Command {
    let mut command = desktop.command(program("sayso"));
    command.args(arguments).env("TERM", "dumb").env("RUST_BACKTRACE", "1");
    if let Some(clock) = desktop.clock() {
        command.envs(clock.env());
    }
    command
}

/// Runs `sayso` without a terminal and waits until it has ended. What was typed and printed is
/// in the transcript.
///
/// # Panics
/// If it does not end.
pub async fn run(desktop: &Desktop, arguments: &[&str]) -> Ran {
    run_with_input(desktop, arguments, "").await
}

/// The same, with something on its standard input.
///
/// # Panics
/// If it does not end.
pub async fn run_with_input(desktop: &Desktop, arguments: &[&str], input: &str) -> Ran {
    let transcript = desktop.transcript();
    transcript.note(Channel::Act, typed(arguments));
    let ran = run_silently(sayso(desktop, arguments), input).await;
    note_lines(transcript, &ran.out);
    note_lines(transcript, &ran.err);
    if ran.status != 0 {
        transcript.note(Channel::Printed, format!("(exit status {})", ran.status));
    }
    ran
}

/// Runs any command to its end; nothing is written into the transcript.
///
/// # Panics
/// If it does not end.
pub async fn run_silently(command: Command, input: &str) -> Ran {
    let shown = format!("{command:?}");
    let mut command = tokio::process::Command::from(command);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.kill_on_drop(true).spawn().expect("the program");
    let mut stdin = child.stdin.take().expect("piped");
    // It may end without reading.
    stdin.write_all(input.as_bytes()).await.ok();
    drop(stdin);
    let ended = in_time(&format!("{shown} does not end"), child.wait_with_output()).await;
    let done = ended.expect("its output");
    Ran {
        status: done.status.code().unwrap_or(-1),
        out: String::from_utf8_lossy(&done.stdout).into_owned(),
        err: String::from_utf8_lossy(&done.stderr).into_owned(),
    }
}

fn typed(arguments: &[&str]) -> String {
    let mut line = "typed: sayso".to_owned();
    for argument in arguments {
        line.push(' ');
        line.push_str(argument);
    }
    line
}

fn note_lines(transcript: &Transcript, text: &str) {
    for line in text.lines().filter(|line| !line.trim().is_empty()) {
        transcript.note(Channel::Printed, format!("printed: {}", line.trim_end()));
    }
}

#[cfg(test)]
mod tests;
