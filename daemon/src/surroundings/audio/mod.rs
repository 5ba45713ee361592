//! Does only this person hear what is said now? The sound server says where sound goes, in the
//! native protocol that PulseAudio and pipewire-pulse share; without one, nobody can say.
//!
//! - `sink`: a described place for sound, and who hears it
//! - `wire`: the few messages of the protocol that this needs
//! - `values`: how it writes them
//! - `signs`: a sound server that may have come

mod signs;
pub(crate) mod sink;
pub(crate) mod values;
pub(crate) mod wire;

use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::clock;
use signs::Signs;
use sink::Sink;
use wire::{Heard, Wire};

/// A sound server that has not answered in this time hangs: what it last said counts no more.
const TIME_LIMIT: Duration = Duration::from_secs(2);
/// After a failure: so long until the next try, doubled each time, ...
const FIRST_WAIT: Duration = Duration::from_millis(50);
/// ... and after so many tries only a sign of a new server counts.
const TRIES: u32 = 8;
/// A server that stayed so long was a good one.
const GOOD: Duration = Duration::from_secs(60);

/// Who hears what is said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Listening {
    /// Only the person: headphones or a headset.
    Private,
    /// Everybody in the room, or nobody knows.
    #[default]
    Loud,
}

/// The sound server's socket, from the values of `PULSE_SERVER`, `PULSE_RUNTIME_PATH` and
/// `XDG_RUNTIME_DIR`. A server on another computer is none: who listens there is not known.
#[must_use]
pub fn choose_socket(
    server: Option<&str>,
    pulse_runtime: Option<&str>,
    runtime_dir: Option<&str>,
) -> Option<PathBuf> {
    let set = |value: Option<&str>| value.filter(|value| !value.is_empty()).map(str::to_owned);
    if let Some(server) = set(server) {
        // "{machine-id}unix:/path"; of several servers the first one counts.
        let first = server.split_whitespace().next()?;
        let address = first.split_once('}').map_or(first, |(_, address)| address);
        let path = address.strip_prefix("unix:").unwrap_or(address);
        return path.starts_with('/').then(|| path.into());
    }
    let folder = set(pulse_runtime).map(PathBuf::from);
    let folder = folder.or_else(|| Some(PathBuf::from(set(runtime_dir)?).join("pulse")))?;
    Some(folder.join("native"))
}

/// [`choose_socket`] from this process's environment.
#[must_use]
pub fn socket_of_person() -> Option<PathBuf> {
    let var = |name| std::env::var(name).ok();
    choose_socket(
        var("PULSE_SERVER").as_deref(),
        var("PULSE_RUNTIME_PATH").as_deref(),
        var("XDG_RUNTIME_DIR").as_deref(),
    )
}

/// Keeps `out` true to the sound server at `socket` until `shutdown`, over servers that come and
/// go. It wakes up only when the server tells of a change, or a new one may be there.
pub async fn watch(
    socket: Option<PathBuf>,
    out: watch::Sender<Listening>,
    shutdown: CancellationToken,
) {
    let Some(socket) = socket else { return shutdown.cancelled().await };
    let tell = |now| {
        if out.send_if_modified(|was| std::mem::replace(was, now) != now) {
            tracing::debug!("sound: now={now:?}");
        }
    };
    tokio::select! {
        () = shutdown.cancelled() => {}
        () = follow(&socket, &tell) => {}
    }
}

/// Listens to one server after the other.
async fn follow(socket: &Path, tell: &impl Fn(Listening)) {
    let mut tries = 0;
    loop {
        // Looked for before the try, so that no sign is missed.
        let signs = Signs::near(socket);
        let since = clock::now();
        let listened = listen(socket, tell).await;
        if let Err(error) = &listened {
            tracing::debug!(%error, "no sound server");
        }
        tell(Listening::Loud);
        let now = clock::now();
        if now.duration_since(since) >= GOOD {
            tries = 0;
        }
        let next = if is_told(socket, &listened, &signs) { None } else { next_try(tries, now) };
        tokio::select! {
            () = signs.seen() => tries = 0,
            () = clock::until_some(next) => tries += 1,
        }
    }
}

/// Whether the kernel tells when there is more to try: where there is no socket, its coming is the
/// sign of a server.
fn is_told(socket: &Path, listened: &io::Result<()>, signs: &Signs) -> bool {
    let missing = listened.as_ref().is_err_and(|error| error.kind() == io::ErrorKind::NotFound);
    // A link to a socket that is to come elsewhere is there already.
    missing && signs.are_watched() && socket.symlink_metadata().is_err()
}

/// When to try again after so many tries.
fn next_try(tries: u32, now: Instant) -> Option<Instant> {
    (tries < TRIES).then(|| now + FIRST_WAIT * 2_u32.pow(tries))
}

/// Tells who hears what is said, each time that it may have changed, until the server is gone.
async fn listen(socket: &Path, tell: &impl Fn(Listening)) -> io::Result<()> {
    let mut wire = tokio::time::timeout(TIME_LIMIT, Wire::open(socket)).await??;
    wire.ask().await?;
    let mut asked = Asked::since(clock::now());
    loop {
        let heard = tokio::select! {
            heard = wire.hear() => heard?,
            () = clock::until_some(asked.deadline) => {
                // Its answer still counts when it comes.
                tell(Listening::Loud);
                asked.deadline = None;
                continue;
            }
        };
        match heard {
            Heard::Sink(sink) => {
                tell(sink.as_ref().map_or(Listening::Loud, Sink::listening));
                (asked.open, asked.deadline) = (false, None);
            }
            Heard::Changed => asked.outdated = true,
        }
        if asked.outdated && !asked.open {
            wire.ask().await?;
            asked = Asked::since(clock::now());
        }
    }
}

/// The question to the server: one at a time, however many changes it tells.
struct Asked {
    open: bool,
    deadline: Option<Instant>,
    outdated: bool,
}

impl Asked {
    fn since(now: Instant) -> Self {
        Self { open: true, deadline: Some(now + TIME_LIMIT), outdated: false }
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::{UnixListener, UnixStream};

    use super::*;
    use wire::tests::{answer, change, description};

    #[test]
    fn the_socket_is_where_every_program_looks_for_it() {
        let at = |path: &str| Some(PathBuf::from(path));
        assert_eq!(choose_socket(None, None, Some("/run/1")), at("/run/1/pulse/native"));
        assert_eq!(choose_socket(Some(""), Some("/p"), Some("/run/1")), at("/p/native"));
        assert_eq!(choose_socket(Some("unix:/a"), Some("/p"), Some("/run/1")), at("/a"));
        assert_eq!(choose_socket(Some("{1f}unix:/a tcp:b"), None, None), at("/a"));
        assert_eq!(choose_socket(None, None, None), None);
    }

    #[test]
    fn a_sound_server_on_another_computer_is_none() {
        assert_eq!(choose_socket(Some("tcp:b:4713"), None, Some("/run/1")), None);
        assert_eq!(choose_socket(Some("b"), None, Some("/run/1")), None);
    }

    #[tokio::test]
    async fn tries_come_ever_slower_and_then_end() {
        let now = clock::now();
        let waits: Vec<_> = (0..=TRIES).map(|n| next_try(n, now).map(|at| at - now)).collect();
        assert_eq!(waits[0], Some(FIRST_WAIT));
        assert!(waits.windows(2).all(|pair| pair[1].is_none() || pair[0] < pair[1]));
        assert_eq!(waits.last(), Some(&None));
    }

    #[tokio::test]
    async fn a_server_that_is_not_there_is_waited_for_and_never_looked_for() {
        let folder = tempfile::tempdir().unwrap();
        let socket = folder.path().join("pulse/native");
        let signs = Signs::near(&socket);
        let missing = Wire::open(&socket).await.map(drop);
        assert!(is_told(&socket, &missing, &signs));
        std::fs::create_dir(socket.parent().unwrap()).unwrap();
        drop(UnixListener::bind(&socket).unwrap());
        let refused = Wire::open(&socket).await.map(drop);
        assert!(
            refused.is_err() && !is_told(&socket, &refused, &signs),
            "nobody tells when it listens"
        );
    }

    /// Plays a server to a client that has just connected: lets it in, and has heard its question.
    async fn let_in(listener: &UnixListener) -> UnixStream {
        let (mut client, _) = listener.accept().await.unwrap();
        for (command, value) in [(8, Some(34)), (9, Some(5)), (35, None)] {
            heard(&mut client).await;
            client.write_all(&answer(command, value)).await.unwrap();
        }
        heard(&mut client).await;
        client
    }

    /// Reads one message.
    async fn heard(client: &mut UnixStream) {
        let mut frame = [0; 20];
        client.read_exact(&mut frame).await.unwrap();
        let length = u32::from_be_bytes(*frame.first_chunk().unwrap());
        client.read_exact(&mut vec![0; length as usize]).await.unwrap();
    }

    fn headphones() -> Vec<u8> {
        description(34, ("device.bus", "pci"), &[("analog-output-headphones", 3, 2)])
    }

    /// Listens to a server that the test plays.
    fn listen_to_us() -> (tempfile::TempDir, UnixListener, watch::Receiver<Listening>) {
        let folder = tempfile::tempdir().unwrap();
        let socket = folder.path().join("native");
        let listener = UnixListener::bind(&socket).unwrap();
        let (out, seen) = watch::channel(Listening::default());
        tokio::spawn(super::watch(Some(socket), out, CancellationToken::new()));
        (folder, listener, seen)
    }

    #[tokio::test]
    async fn a_server_that_hangs_after_a_change_is_loud_until_it_answers() {
        let (_folder, listener, mut seen) = listen_to_us();
        let mut client = let_in(&listener).await;
        client.write_all(&headphones()).await.unwrap();
        seen.wait_for(|now| *now == Listening::Private).await.unwrap();

        client.write_all(&change()).await.unwrap();
        heard(&mut client).await;
        seen.wait_for(|now| *now == Listening::Loud).await.unwrap();
        client.write_all(&headphones()).await.unwrap();
        seen.wait_for(|now| *now == Listening::Private).await.unwrap();
    }

    #[tokio::test]
    async fn changes_that_come_while_a_question_is_open_lead_to_one_more() {
        let (_folder, listener, mut seen) = listen_to_us();
        let mut client = let_in(&listener).await;
        client.write_all(&[change(), change(), change()].concat()).await.unwrap();
        client.write_all(&headphones()).await.unwrap();
        heard(&mut client).await;
        let speakers = description(34, ("device.bus", "pci"), &[("analog-output-speaker", 2, 0)]);
        seen.wait_for(|now| *now == Listening::Private).await.unwrap();
        client.write_all(&speakers).await.unwrap();
        seen.wait_for(|now| *now == Listening::Loud).await.unwrap();
        drop(listener);
        client.shutdown().await.unwrap();
        // Nothing was asked beyond that.
        assert_eq!(client.read(&mut [0; 1]).await.unwrap(), 0);
    }

    #[tokio::test]
    async fn a_server_that_says_nonsense_is_left_and_tried_again() {
        let (_folder, listener, _seen) = listen_to_us();
        for _ in 0..2 {
            let (mut client, _) = listener.accept().await.unwrap();
            client.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await.unwrap();
            let mut rest = Vec::new();
            drop(client.read_to_end(&mut rest).await);
        }
    }
}
