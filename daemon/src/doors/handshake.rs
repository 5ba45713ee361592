//! The server's side of the D-Bus handshake (SASL EXTERNAL, D-Bus specification, "Authentication
//! Protocol"), with limits on time, lines and their length. zbus has none of these, and a line
//! that is only a line feed ends its task in a panic.
//!
//! The kernel has named the user already: what the caller claims must agree, and proves nothing.

use std::io;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::time::timeout;

const TIME_LIMIT: Duration = Duration::from_secs(2);
const MAX_LINE: usize = 128;
const MAX_LINES: usize = 8;

/// How far the caller is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Begun,
    Asked,
    Known,
}

/// What the server says to a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Said {
    Data,
    Ok,
    Rejected,
    NoDescriptors,
    NotUnderstood,
    /// Nothing: messages follow.
    Done,
}

impl State {
    fn hear(self, line: &[u8], claim: &[u8]) -> (State, Said) {
        let (word, rest) = split(line);
        match (word, self) {
            (b"AUTH", State::Begun | State::Asked) => match split(rest) {
                (b"EXTERNAL", b"") => (State::Asked, Said::Data),
                (b"EXTERNAL", name) if name == claim => (State::Known, Said::Ok),
                _ => (State::Begun, Said::Rejected),
            },
            (b"DATA", State::Asked) if rest.is_empty() || rest == claim => (State::Known, Said::Ok),
            (b"NEGOTIATE_UNIX_FD", State::Known) => (State::Known, Said::NoDescriptors),
            (b"BEGIN", State::Known) if rest.is_empty() => (State::Known, Said::Done),
            (b"AUTH" | b"DATA" | b"CANCEL" | b"ERROR", _) => (State::Begun, Said::Rejected),
            _ => (self, Said::NotUnderstood),
        }
    }
}

impl Said {
    fn line(self, guid: &str) -> String {
        match self {
            Said::Data => "DATA\r\n".to_owned(),
            Said::Ok => format!("OK {guid}\r\n"),
            Said::Rejected => "REJECTED EXTERNAL\r\n".to_owned(),
            // No method takes one, and a caller could use up ours.
            Said::NoDescriptors => "ERROR No file descriptors here\r\n".to_owned(),
            Said::NotUnderstood => "ERROR\r\n".to_owned(),
            Said::Done => String::new(),
        }
    }
}

/// Lets the caller in as the user `uid`, or fails within two seconds. Takes nothing of what
/// follows the handshake.
pub(crate) async fn shake_hands<S>(stream: &mut S, guid: &str, uid: u32) -> io::Result<()>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    timeout(TIME_LIMIT, converse(stream, guid, uid)).await?
}

/// Answers the caller's first line with a reason in place of a welcome.
pub(super) async fn turn_away<S>(stream: &mut S, reason: &str) -> io::Result<()>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let answer = async {
        read_zero(stream).await?;
        read_line(stream).await?;
        stream.write_all(format!("ERROR {reason}\r\n").as_bytes()).await
    };
    timeout(TIME_LIMIT, answer).await?
}

async fn converse<S>(stream: &mut S, guid: &str, uid: u32) -> io::Result<()>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    // The uid in decimal, each digit as the two hexadecimal digits of its ASCII code.
    let claim: Vec<u8> = uid.to_string().bytes().flat_map(|digit| [b'3', digit]).collect();
    read_zero(stream).await?;
    let mut state = State::Begun;
    for _ in 0..MAX_LINES {
        let line = read_line(stream).await?;
        let (next, said) = state.hear(&line, &claim);
        state = next;
        if said == Said::Done {
            return Ok(());
        }
        stream.write_all(said.line(guid).as_bytes()).await?;
    }
    Err(io::Error::other("the handshake is too long"))
}

async fn read_zero<S: AsyncRead + Unpin>(stream: &mut S) -> io::Result<()> {
    match stream.read_u8().await? {
        0 => Ok(()),
        _ => Err(io::Error::other("not D-Bus")),
    }
}

/// One line without its end; byte by byte, so that no byte of the first message is taken.
async fn read_line<S: AsyncRead + Unpin>(stream: &mut S) -> io::Result<Vec<u8>> {
    let mut line = Vec::with_capacity(MAX_LINE);
    loop {
        line.push(stream.read_u8().await?);
        if let Some(text) = line.strip_suffix(b"\r\n") {
            return Ok(text.to_vec());
        }
        if line.len() >= MAX_LINE {
            return Err(io::Error::other("a line of the handshake is too long"));
        }
    }
}

/// The first word, and what follows its space.
fn split(line: &[u8]) -> (&[u8], &[u8]) {
    match line.iter().position(|byte| *byte == b' ') {
        Some(space) => (&line[..space], &line[space + 1..]),
        None => (line, b""),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const GUID: &str = "0123456789abcdef0123456789abcdef";

    /// What the server answers to these bytes, whether it let the caller in, and what is left.
    fn hold(bytes: &[u8], uid: u32) -> (String, bool, Vec<u8>) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        runtime.block_on(async {
            let (mut near, mut far) = tokio::io::duplex(1 << 16);
            far.write_all(bytes).await.unwrap();
            far.shutdown().await.unwrap();
            let entered = shake_hands(&mut near, GUID, uid).await.is_ok();
            let mut left = Vec::new();
            near.read_to_end(&mut left).await.unwrap();
            drop(near);
            let mut answers = String::new();
            far.read_to_string(&mut answers).await.unwrap();
            (answers, entered, left)
        })
    }

    #[test]
    fn the_user_enters_and_the_first_message_is_left_alone() {
        let bytes = b"\0AUTH EXTERNAL 31303030\r\nNEGOTIATE_UNIX_FD\r\nBEGIN\r\nl\x01";
        let (answers, entered, left) = hold(bytes, 1000);
        assert_eq!(answers, format!("OK {GUID}\r\nERROR No file descriptors here\r\n"));
        assert!(entered);
        assert_eq!(left, b"l\x01");
    }

    #[test]
    fn sd_bus_enters_with_an_empty_name() {
        let (answers, entered, _) = hold(b"\0AUTH EXTERNAL\r\nDATA\r\nBEGIN\r\n", 1000);
        assert_eq!(answers, format!("DATA\r\nOK {GUID}\r\n"));
        assert!(entered);
    }

    #[test]
    fn another_name_is_rejected() {
        let (answers, entered, _) = hold(b"\0AUTH EXTERNAL 30\r\nBEGIN\r\n", 1000);
        assert_eq!(answers, "REJECTED EXTERNAL\r\nERROR\r\n");
        assert!(!entered);
    }

    #[test]
    fn nothing_begins_without_a_name() {
        for bytes in [
            b"\0BEGIN\r\n".as_slice(),
            b"\0AUTH ANONYMOUS\r\nBEGIN\r\n",
            b"\0AUTH EXTERNAL 31303030\r\nCANCEL\r\nBEGIN\r\n",
            b"\0DATA 31303030\r\nBEGIN\r\n",
            b"AUTH EXTERNAL 31303030\r\nBEGIN\r\n",
        ] {
            assert!(!hold(bytes, 1000).1, "{}", bytes.escape_ascii());
        }
    }

    #[test]
    fn a_line_feed_alone_ends_nothing_but_the_handshake() {
        assert!(!hold(b"\0\n", 1000).1);
        assert!(!hold(b"\0\r\n\r\n", 1000).1);
    }

    #[test]
    fn long_lines_and_long_handshakes_are_cut() {
        let (answers, entered, left) = hold(&[b"\0", [b'A'; 4096].as_slice()].concat(), 1000);
        assert!(!entered);
        assert_eq!(answers, "");
        assert_eq!(left.len(), 4096 - MAX_LINE);
        let polite = [b"\0".as_slice(), b"HELLO\r\n".repeat(MAX_LINES).as_slice()].concat();
        let late = [polite.as_slice(), b"AUTH EXTERNAL 31303030\r\nBEGIN\r\n"].concat();
        assert!(!hold(&late, 1000).1);
    }

    proptest! {
        #[test]
        fn no_bytes_break_it(bytes in prop::collection::vec(any::<u8>(), 0..600)) {
            prop_assert!(!hold(&bytes, 1000).1 || bytes.starts_with(b"\0"));
        }

        #[test]
        fn no_order_of_lines_lets_a_stranger_in(lines in prop::collection::vec(
            prop::sample::select(vec![
                "AUTH", "AUTH EXTERNAL", "AUTH EXTERNAL 30", "AUTH EXTERNAL 31303030 ", "DATA 30",
                "CANCEL", "BEGIN", "NEGOTIATE_UNIX_FD", "ERROR", "AUTH  EXTERNAL", "", "\n", "\0",
            ]), 0..12))
        {
            let bytes = format!("\0{}\r\n", lines.join("\r\n"));
            prop_assert!(!hold(bytes.as_bytes(), 1000).1, "{lines:?}");
        }
    }
}
