//! The socket of Speech Dispatcher: bytes in and out without ever waiting, and the program that
//! is started where nobody listens.

use std::io;
use std::os::unix::net::UnixStream as StdStream;
use std::path::Path;
use std::process::Stdio;

use tokio::io::Interest;
use tokio::net::UnixStream;
use tokio::process::{Child, Command};

use super::DownReason;
use super::conversation::Input;
use super::ssip::Decoder;

/// More than this unread by the server: it does not answer.
const UNSENT_CAP: usize = 1024 * 1024;
/// Data lines of a reply that are of use here: a number, a rate.
const DATA_CAP: usize = 4;

/// One connection.
pub(super) struct Wire {
    stream: UnixStream,
    decoder: Decoder,
    unsent: Vec<u8>,
}

impl Wire {
    /// Connects at once or not at all: a Unix socket knows.
    pub(super) fn connect(path: &Path) -> io::Result<Self> {
        let stream = connect_now(path)?;
        Ok(Self { stream, decoder: Decoder::new(DATA_CAP), unsent: Vec::new() })
    }

    /// Writes what the socket takes now, and keeps the rest for later.
    pub(super) fn write(&mut self, bytes: &[u8]) -> Result<(), DownReason> {
        self.unsent.extend_from_slice(bytes);
        self.flush()
    }

    fn flush(&mut self) -> Result<(), DownReason> {
        while !self.unsent.is_empty() {
            match self.stream.try_write(&self.unsent) {
                Ok(0) => return Err(DownReason::Lost),
                Ok(written) => drop(self.unsent.drain(..written)),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => break,
                Err(_) => return Err(DownReason::Lost),
            }
        }
        if self.unsent.len() > UNSENT_CAP { Err(DownReason::NotAnswering) } else { Ok(()) }
    }

    fn read(&mut self) -> Result<Vec<Input>, DownReason> {
        let mut buffer = [0; 2048];
        match self.stream.try_read(&mut buffer) {
            Ok(0) => Err(DownReason::Lost),
            Ok(read) => match self.decoder.push(&buffer[..read]) {
                Ok(replies) => Ok(replies.into_iter().map(Input::Reply).collect()),
                Err(_) => Err(DownReason::Broken),
            },
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => Ok(Vec::new()),
            Err(_) => Err(DownReason::Lost),
        }
    }
}

/// Waits until the server said something (or takes more), and returns what it said. Waits for
/// ever where there is no connection. Dropped half-way, it has read nothing.
pub(super) async fn exchange(wire: &mut Option<Wire>) -> Vec<Input> {
    let Some(wire) = wire else { return std::future::pending().await };
    let interest = if wire.unsent.is_empty() {
        Interest::READABLE
    } else {
        Interest::READABLE | Interest::WRITABLE
    };
    let heard = match wire.stream.ready(interest).await {
        Ok(_) => wire.flush().and_then(|()| wire.read()),
        Err(_) => Err(DownReason::Lost),
    };
    heard.unwrap_or_else(|why| vec![Input::Lost(why)])
}

/// Starts a server at the default address, as every client library does; it goes on by itself.
pub(super) fn start_server() -> io::Result<Child> {
    Command::new("speech-dispatcher")
        .arg("--spawn")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
}

/// Waits until the program that starts a server has done so, or given up.
pub(super) async fn started(child: &mut Option<Child>) {
    match child {
        Some(running) => {
            if let Err(error) = running.wait().await {
                tracing::debug!(%error, "Speech Dispatcher was not waited for");
            }
            *child = None;
        }
        None => std::future::pending().await,
    }
}

fn connect_now(path: &Path) -> io::Result<UnixStream> {
    use rustix::net::{AddressFamily, SocketAddrUnix, SocketFlags, SocketType};
    let flags = SocketFlags::CLOEXEC | SocketFlags::NONBLOCK;
    let socket = rustix::net::socket_with(AddressFamily::UNIX, SocketType::STREAM, flags, None)?;
    rustix::net::connect(&socket, &SocketAddrUnix::new(path)?)?;
    UnixStream::from_std(StdStream::from(socket))
}
