//! What holds of all bytes that reach `saysod` from outside: one body for each fuzz target over a
//! parser of this crate. A body panics where something is wrong. `tests/fuzz` has the targets.

#![allow(
    clippy::expect_used,
    clippy::missing_panics_doc,
    reason = "a body tells of what it found by a panic"
)]

use hyper::StatusCode;
use sayso_protocol::change::Changes;
use sayso_protocol::problem::ProblemType;
use sayso_words::{Language, Words};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use toml_edit::DocumentMut;

use crate::announcer::speech::ssip::{self, Decoder, NotSsip, Reply};
use crate::doors::handshake::shake_hands;
use crate::preferences;
use crate::source::Refusal;
use crate::source::broker::http;
use crate::surroundings::audio::{values, wire};

/// So many data lines of a reply are kept here.
const DATA_CAP: usize = 4;
/// The user whom the kernel names here, and what a caller must claim.
const USER: u32 = 1000;
const CLAIM: &[u8] = b"31303030";

/// Replies of the speech server; and the same bytes as a text that is spoken: the server reads it
/// as it was, and none of it as a command.
pub fn ssip(bytes: &[u8]) {
    let mut decoder = Decoder::new(DATA_CAP);
    let whole = decoder.push(bytes);
    for reply in whole.iter().flatten() {
        match reply {
            Reply::Done { data } => assert!(data.len() <= DATA_CAP, "more data than is kept"),
            Reply::Refused { code } => assert!((300..600).contains(code)),
            Reply::Event { .. } => {}
        }
    }
    let mut decoder = Decoder::new(DATA_CAP);
    let pieces: Result<Vec<_>, NotSsip> = bytes.chunks(3).map(|part| decoder.push(part)).collect();
    assert_eq!(pieces.map(|replies| replies.concat()), whole, "the size of pieces matters");

    let text = String::from_utf8_lossy(bytes);
    let line = ssip::command(&text);
    let commands = line.iter().filter(|byte| matches!(byte, b'\r' | b'\n')).count();
    assert!(commands == 2 && line.ends_with(b"\r\n"), "a word begins another command");
    if let Some(text) = ssip::sayable(&text) {
        let (said, left_over) = as_the_server_reads_it(&ssip::body(&text));
        assert_eq!((said, left_over), (text, 0));
    }
}

/// What the server makes of the lines between `SPEAK` and the end mark, and how many lines follow.
fn as_the_server_reads_it(sent: &[u8]) -> (String, usize) {
    let sent = String::from_utf8_lossy(sent);
    let mut lines = sent.split_terminator("\r\n");
    let said: Vec<&str> = lines
        .by_ref()
        .take_while(|line| *line != ".")
        .map(|line| line.strip_prefix('.').unwrap_or(line))
        .collect();
    (said.join("\n"), lines.count())
}

/// The preferences file: what is read can be written again, beside whatever else stands there.
pub fn preferences(bytes: &[u8]) {
    let Ok(text) = str::from_utf8(bytes) else { return };
    let Ok(read) = preferences::parse(text) else { return };
    let words = Words::new(Language::English);
    let mut document: DocumentMut = text.parse().expect("what was read is TOML");
    preferences::write_into(&mut document, &read, &words);
    let written = document.to_string();
    assert_eq!(preferences::parse(&written).ok(), Some(read));
    for comment in text.lines().filter(|line| line.starts_with('#')) {
        assert!(written.contains(comment.trim_end()), "a comment is lost");
    }
}

/// A broker's answer, with a status of each kind before it.
pub fn answer(bytes: &[u8]) {
    for status in [StatusCode::OK, StatusCode::CONFLICT, StatusCode::SERVICE_UNAVAILABLE] {
        match http::understood::<Changes>(status, bytes) {
            Ok(_) => assert!(status.is_success()),
            Err(Refusal::Problem(problem)) => {
                assert!(!status.is_success());
                assert_ne!(problem.kind, ProblemType::Unavailable, "it is to be asked again");
            }
            Err(Refusal::Offline) => assert!(!status.is_success()),
            Err(Refusal::NotGenuine(_)) => unreachable!("an answer is no certificate"),
            Err(Refusal::Strange) => assert!(!status.is_server_error()),
        }
    }
}

/// What a program says at the private socket before anything else: nobody enters who does not
/// begin with a zero, claim the user that the kernel names, and say `BEGIN`; and nothing of what
/// follows is taken.
pub fn handshake(bytes: &[u8]) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build();
    let (entered, left) = runtime.expect("a runtime").block_on(async {
        let (mut near, mut far) = tokio::io::duplex(1 << 16);
        far.write_all(bytes).await.expect("there is room");
        far.shutdown().await.expect("it can be closed");
        let entered = shake_hands(&mut near, "0123456789abcdef", USER).await.is_ok();
        let mut left = Vec::new();
        near.read_to_end(&mut left).await.expect("it can be read");
        (entered, left)
    });
    assert!(bytes.ends_with(&left), "what follows was changed");
    if entered {
        let said = &bytes[..bytes.len() - left.len()];
        let begun = said.strip_prefix(b"\0").and_then(|rest| rest.strip_suffix(b"\r\n"));
        let lines: Vec<&[u8]> = begun.expect("whole lines").split(|byte| *byte == b'\n').collect();
        let lines: Vec<&[u8]> = lines.iter().map(|line| line.trim_ascii_end()).collect();
        assert_eq!(lines.last().copied(), Some(b"BEGIN".as_slice()));
        let claimed = lines.iter().any(|line| {
            *line == [b"AUTH EXTERNAL ", CLAIM].concat() || *line == [b"DATA ", CLAIM].concat()
        });
        let left_to_the_kernel = lines.iter().any(|line| *line == b"DATA");
        assert!(claimed || left_to_the_kernel, "nobody was named");
    }
}

/// What the sound server says: frames come out alike however they come in, and a description of
/// where sound goes is read or refused.
pub fn sound(bytes: &[u8]) {
    let whole = frames(bytes, bytes.len().max(1));
    assert_eq!(whole, frames(bytes, 3), "the size of pieces matters");
    for version in [23, 33, 34] {
        let mut sink = values::Values::new(bytes);
        wire::sink(&mut sink, version).ok();
        for (_, message) in &whole {
            wire::sink(&mut values::Values::new(message), version).ok();
        }
    }
}

/// The frames in bytes that come in pieces of this size, up to the first that is none.
fn frames(bytes: &[u8], size: usize) -> Vec<(u32, Vec<u8>)> {
    let (mut buffer, mut frames) = (Vec::new(), Vec::new());
    for piece in bytes.chunks(size) {
        buffer.extend_from_slice(piece);
        loop {
            match values::take_frame(&mut buffer) {
                Ok(Some(frame)) => frames.push(frame),
                Ok(None) => break,
                Err(_) => return frames,
            }
        }
    }
    frames
}
