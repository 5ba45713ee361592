//! The wire of Speech Dispatcher (SSIP): text that is safe to send, and replies and events as
//! they come in. What they mean is left to `conversation`.

use std::collections::VecDeque;

/// A line that is longer than this is not Speech Dispatcher's.
const LINE_CAP: usize = 8 * 1024;

/// What the server says, one whole answer at a time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Reply {
    /// A command was taken (2xx), with the data lines that came before, up to the cap.
    Done { data: Vec<String> },
    /// A command was refused (3xx to 5xx).
    Refused { code: u16 },
    /// Something happened to a message (7xx).
    Event { what: Happened, message: u64 },
}

/// The events that Sayso asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Happened {
    Begun,
    Ended,
    Cancelled,
    Paused,
}

/// Bytes that are not SSIP; the connection is worth nothing after them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the speech server sent something that is not SSIP")]
pub(crate) struct NotSsip;

/// Turns bytes into replies; replies and events interleave, each arrives whole.
#[derive(Debug)]
pub(crate) struct Decoder {
    bytes: Vec<u8>,
    data: VecDeque<String>,
    data_cap: usize,
}

impl Decoder {
    /// A decoder that keeps at most `data_cap` data lines of one reply, and drops the rest.
    pub(crate) fn new(data_cap: usize) -> Self {
        Self { bytes: Vec::new(), data: VecDeque::new(), data_cap }
    }

    /// Takes what was read, and gives back every reply that is whole now.
    pub(crate) fn push(&mut self, read: &[u8]) -> Result<Vec<Reply>, NotSsip> {
        self.bytes.extend_from_slice(read);
        let mut replies = Vec::new();
        let mut start = 0;
        while let Some(end) = self.bytes[start..].iter().position(|b| *b == b'\n') {
            if end > LINE_CAP {
                return Err(NotSsip);
            }
            let line = String::from_utf8_lossy(&self.bytes[start..start + end]).into_owned();
            start += end + 1;
            replies.extend(self.line(line.trim_end_matches('\r'))?);
        }
        self.bytes.drain(..start);
        if self.bytes.len() > LINE_CAP {
            return Err(NotSsip);
        }
        Ok(replies)
    }

    fn line(&mut self, line: &str) -> Result<Option<Reply>, NotSsip> {
        let (code, rest) = line.split_at_checked(3).ok_or(NotSsip)?;
        if !code.bytes().all(|b| b.is_ascii_digit()) {
            return Err(NotSsip);
        }
        let code: u16 = code.parse().map_err(|_| NotSsip)?;
        if let Some(data) = rest.strip_prefix('-') {
            if self.data.len() < self.data_cap {
                self.data.push_back(data.to_owned());
            }
            return Ok(None);
        }
        let data = Vec::from(std::mem::take(&mut self.data));
        match code {
            200..=299 => Ok(Some(Reply::Done { data })),
            300..=599 => Ok(Some(Reply::Refused { code })),
            700..=799 => event(code, &data),
            _ => Err(NotSsip),
        }
    }
}

fn event(code: u16, data: &[String]) -> Result<Option<Reply>, NotSsip> {
    let what = match code {
        701 => Happened::Begun,
        702 => Happened::Ended,
        703 => Happened::Cancelled,
        704 => Happened::Paused,
        _ => return Ok(None), // index marks and resumption: not asked for, harmless
    };
    let message = data.first().and_then(|id| id.trim().parse().ok()).ok_or(NotSsip)?;
    Ok(Some(Reply::Event { what, message }))
}

/// One command line. Nothing in `words` can begin a line of its own.
pub(crate) fn command(words: &str) -> Vec<u8> {
    let mut line: Vec<u8> =
        words.chars().filter(|c| !c.is_control()).collect::<String>().into_bytes();
    line.extend_from_slice(b"\r\n");
    line
}

/// `text` as it may be spoken: line breaks stay, tabs become spaces, NULs and all other control
/// characters go. `None` if nothing is left to say (the server never answers empty text).
pub(crate) fn sayable(text: &str) -> Option<String> {
    let text: String = text
        .replace("\r\n", "\n")
        .chars()
        .filter_map(|c| match c {
            '\r' | '\n' | '\u{85}' | '\u{2028}' | '\u{2029}' => Some('\n'),
            '\t' => Some(' '),
            c if c.is_control() => None,
            c => Some(c),
        })
        .collect();
    (!text.trim().is_empty()).then_some(text)
}

/// The data of a `SPEAK`, to its end mark: no line of it can end it early or be a command.
pub(crate) fn body(text: &str) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(text.len() + 8);
    for line in text.split('\n') {
        if line.starts_with('.') {
            bytes.push(b'.');
        }
        bytes.extend_from_slice(line.as_bytes());
        bytes.extend_from_slice(b"\r\n");
    }
    bytes.extend_from_slice(b".\r\n");
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_begin_that_comes_before_the_receipt_is_read_as_both() {
        let mut decoder = Decoder::new(4);
        let read = b"230 OK RECEIVING DATA\r\n701-7\r\n701-1\r\n701 BEGIN\r\n225-7\r\n225 OK MESSAGE QUEUED\r\n";
        assert_eq!(
            decoder.push(read),
            Ok(vec![
                Reply::Done { data: vec![] },
                Reply::Event { what: Happened::Begun, message: 7 },
                Reply::Done { data: vec!["7".into()] },
            ])
        );
    }

    #[test]
    fn a_reply_in_pieces_is_one_reply() {
        let mut decoder = Decoder::new(4);
        assert_eq!(decoder.push(b"251"), Ok(vec![]));
        assert_eq!(decoder.push(b"-30\r\n251 OK GET RET"), Ok(vec![]));
        assert_eq!(decoder.push(b"URNED\r\n"), Ok(vec![Reply::Done { data: vec!["30".into()] }]));
    }

    #[test]
    fn a_flood_of_data_lines_is_capped_and_still_ends() {
        let mut decoder = Decoder::new(2);
        let flood = "249-x\ta\tnone\r\n".repeat(10_000) + "249 OK VOICE LIST SENT\r\n";
        let Ok(replies) = decoder.push(flood.as_bytes()) else { panic!("it is SSIP") };
        assert!(matches!(&replies[..], [Reply::Done { data }] if data.len() == 2));
    }

    #[test]
    fn what_is_no_ssip_is_refused() {
        assert_eq!(Decoder::new(4).push(b"HTTP/1.1 200 OK\r\n"), Err(NotSsip));
        assert_eq!(Decoder::new(4).push(b"\r\n"), Err(NotSsip));
        assert_eq!(Decoder::new(4).push(&[b'2'; LINE_CAP + 1]), Err(NotSsip));
        let whole = [[b'2'; LINE_CAP + 1].as_slice(), b"\r\n"].concat();
        assert_eq!(Decoder::new(4).push(&whole), Err(NotSsip));
        assert_eq!(Decoder::new(4).push(b"701-what\r\n701 BEGIN\r\n"), Err(NotSsip));
    }

    #[test]
    fn nothing_but_silence_is_not_sayable() {
        for text in ["", " ", "\0", "\n\r\n", "\u{7}\t"] {
            assert_eq!(sayable(text), None, "{text:?}");
        }
        assert_eq!(sayable("a\0b\u{1b}[1m\tc\r\nd").as_deref(), Some("ab[1m c\nd"));
    }

    #[test]
    fn a_setting_cannot_smuggle_a_second_command() {
        assert_eq!(
            command("SET SELF LANGUAGE da\r\nCANCEL all"),
            b"SET SELF LANGUAGE daCANCEL all\r\n"
        );
    }
}
