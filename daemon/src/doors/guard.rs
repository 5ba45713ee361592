//! What zbus lacks between a server and a socket: a limit on the size of a message, on the time that
//! it takes to come, on open calls and on the patience with a client that does not read; names that
//! are checked; no file descriptors; and turns for the others while one floods.

use std::io;
use std::os::fd::{BorrowedFd, OwnedFd};
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::net::UnixStream;
use tokio::net::unix::{OwnedReadHalf, OwnedWriteHalf};
use tokio::sync::Semaphore;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;
use zbus::connection::socket::{ReadHalf, Socket, Split, WriteHalf};
use zbus::export::async_trait::async_trait;
use zbus::message::{Message, Type};
use zbus::names::{BusName, ErrorName, InterfaceName, MemberName, UniqueName};
use zbus::zvariant::{ObjectPath, Value};

use crate::clock;

const MAX_MESSAGE: usize = 1 << 20;
const MAX_OPEN_CALLS: usize = 32;
const UNREAD_LIMIT: Duration = Duration::from_secs(5);
/// A message that has begun is whole by then, or its client is dropped.
const MESSAGE_LIMIT: Duration = Duration::from_secs(5);
/// A message's fixed part: byte order, type, flags, version, body, serial, length of the fields.
const HEAD: usize = 16;
/// Where the header's fields begin: an array of codes and values.
const FIELDS: usize = 12;
const METHOD_CALL: u8 = 1;
const NO_REPLY_EXPECTED: u8 = 1;

/// A socket whose handshake is done, with its limits. `ended` is cancelled when reading or writing
/// has ended for whatever reason, and ends both when it is cancelled.
#[derive(Debug)]
pub(super) struct Guarded {
    stream: UnixStream,
    ended: CancellationToken,
}

impl Guarded {
    pub(super) fn new(stream: UnixStream, ended: CancellationToken) -> Guarded {
        Guarded { stream, ended }
    }
}

impl Socket for Guarded {
    type ReadHalf = GuardedRead;
    type WriteHalf = GuardedWrite;

    fn split(self) -> Split<GuardedRead, GuardedWrite> {
        let (read, write) = self.stream.into_split();
        let room = Arc::new(Semaphore::new(MAX_OPEN_CALLS));
        Split::new(
            GuardedRead(Bytes {
                half: read,
                frame: Frame::default(),
                deadline: None,
                room: Arc::clone(&room),
                ended: self.ended.clone(),
            }),
            GuardedWrite { half: write, room, ended: self.ended },
        )
    }
}

/// The half that reads calls: only whole messages whose names are names.
#[derive(Debug)]
pub(super) struct GuardedRead(Bytes);

#[async_trait]
impl ReadHalf for GuardedRead {
    async fn receive_message(
        &mut self,
        number: u64,
        bytes: &mut Vec<u8>,
        descriptors: &mut Vec<OwnedFd>,
    ) -> zbus::Result<Message> {
        let message = self.0.receive_message(number, bytes, descriptors).await?;
        check_names(&message)?;
        Ok(message)
    }
}

/// zbus takes the names in a message's header as they are, and panics when it reads them back.
#[expect(clippy::wildcard_enum_match_arm, reason = "zvariant's enum: no other value is a name")]
fn check_names(message: &Message) -> zbus::Result<()> {
    let header = message.data().slice(FIELDS..);
    let (fields, _): (Vec<(u8, Value<'_>)>, usize) = header.deserialize()?;
    for (code, value) in &fields {
        let name = match value {
            Value::Str(text) => text.as_str(),
            Value::ObjectPath(path) => path.as_str(),
            _ => continue,
        };
        match code {
            1 => ObjectPath::try_from(name).map(drop)?,
            2 => InterfaceName::try_from(name).map(drop)?,
            3 => MemberName::try_from(name).map(drop)?,
            4 => ErrorName::try_from(name).map(drop)?,
            6 => BusName::try_from(name).map(drop)?,
            7 => UniqueName::try_from(name).map(drop)?,
            _ => {}
        }
    }
    Ok(())
}

/// The bytes below [`GuardedRead`].
#[derive(Debug)]
struct Bytes {
    half: OwnedReadHalf,
    frame: Frame,
    /// Of the message that has begun.
    deadline: Option<Instant>,
    room: Arc<Semaphore>,
    ended: CancellationToken,
}

impl Drop for Bytes {
    fn drop(&mut self) {
        self.ended.cancel();
    }
}

#[async_trait]
impl ReadHalf for Bytes {
    async fn recvmsg(&mut self, buffer: &mut [u8]) -> io::Result<(usize, Vec<OwnedFd>)> {
        // zbus reads without tokio's budget: a flood would starve the one thread.
        tokio::task::consume_budget().await;
        let ended = self.ended.clone();
        tokio::select! {
            biased;
            () = ended.cancelled() => Err(io::ErrorKind::ConnectionAborted.into()),
            read = self.read(buffer) => Ok((read?, Vec::new())),
        }
    }
}

impl Bytes {
    async fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let wanted = self.frame.wanted().min(buffer.len());
        let buffer = &mut buffer[..wanted];
        let late = clock::until_some(self.deadline);
        // What comes beside the bytes is closed here: no method takes a file descriptor.
        let (read, _) = tokio::select! {
            read = ReadHalf::recvmsg(&mut self.half, buffer) => read?,
            () = late => return Err(io::ErrorKind::TimedOut.into()),
        };
        if self.frame.advance(&mut buffer[..read])? == Met::Call {
            // Given back when the reply is written. zbus spawns a task for each call and keeps
            // every reply, so without this one client could fill the memory.
            self.room.acquire().await.map_err(io::Error::other)?.forget();
            // It has not dawdled while it waited for that.
            self.deadline = None;
        }
        let within = || self.deadline.unwrap_or_else(|| clock::now() + MESSAGE_LIMIT);
        self.deadline = self.frame.is_within_a_message().then(within);
        Ok(read)
    }
}

/// The half that writes replies.
#[derive(Debug)]
pub(super) struct GuardedWrite {
    half: OwnedWriteHalf,
    room: Arc<Semaphore>,
    ended: CancellationToken,
}

#[async_trait]
impl WriteHalf for GuardedWrite {
    async fn send_message(&mut self, message: &Message) -> zbus::Result<()> {
        let sending = timeout(UNREAD_LIMIT, self.half.send_message(message));
        let sent = tokio::select! {
            biased;
            () = self.ended.cancelled() => Err(io::Error::from(io::ErrorKind::ConnectionAborted).into()),
            sent = sending => sent.unwrap_or_else(|late| Err(io::Error::from(late).into())),
        };
        if sent.is_err() {
            // Part of the message may be out: nothing sensible can follow it.
            self.ended.cancel();
        }
        if matches!(message.message_type(), Type::MethodReturn | Type::Error) {
            self.room.add_permits(1);
        }
        sent
    }

    async fn sendmsg(&mut self, buffer: &[u8], fds: &[BorrowedFd<'_>]) -> io::Result<usize> {
        self.half.sendmsg(buffer, fds).await
    }

    async fn close(&mut self) -> io::Result<()> {
        WriteHalf::close(&mut self.half).await
    }
}

/// Where in the stream of messages the reader is.
#[derive(Debug, Default)]
struct Frame {
    head: [u8; HEAD],
    have: usize,
    left: usize,
}

/// What the last bytes brought.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Met {
    /// The head of a method call, whole.
    Call,
    /// Anything else.
    Other,
}

impl Frame {
    /// Whether a message has begun and is not whole.
    fn is_within_a_message(&self) -> bool {
        self.have > 0
    }

    /// How many bytes may be read now: never past the head, never past the message.
    fn wanted(&self) -> usize {
        if self.have < HEAD { HEAD - self.have } else { self.left }
    }

    /// Takes bytes that were read, at most as many as [`Frame::wanted`]. Every call is made one
    /// that expects a reply, so that each can be counted. Fails on a message that is too large or
    /// is none.
    fn advance(&mut self, bytes: &mut [u8]) -> io::Result<Met> {
        if self.have == HEAD {
            self.left = self.left.saturating_sub(bytes.len());
            if self.left == 0 {
                self.have = 0;
            }
            return Ok(Met::Other);
        }
        for byte in bytes {
            if self.have == 2 {
                *byte &= !NO_REPLY_EXPECTED;
            }
            let Some(place) = self.head.get_mut(self.have) else { break };
            *place = *byte;
            self.have += 1;
        }
        if self.have < HEAD {
            return Ok(Met::Other);
        }
        self.left = rest_of_message(&self.head)?;
        if self.left == 0 {
            self.have = 0;
        }
        Ok(if self.head[1] == METHOD_CALL { Met::Call } else { Met::Other })
    }
}

/// How many bytes follow this head, if the message may be read at all.
fn rest_of_message(head: &[u8; HEAD]) -> io::Result<usize> {
    let read = match head[0] {
        b'l' => u32::from_le_bytes,
        b'B' => u32::from_be_bytes,
        _ => return Err(io::Error::other("not a D-Bus message")),
    };
    let [_, body, _, fields] = [0, 1, 2, 3].map(|word| {
        let mut bytes = [0; 4];
        bytes.copy_from_slice(&head[4 * word..4 * word + 4]);
        read(bytes)
    });
    let body = usize::try_from(body).map_err(io::Error::other)?;
    let fields = usize::try_from(fields).map_err(io::Error::other)?;
    if body > MAX_MESSAGE || fields > MAX_MESSAGE || body + fields > MAX_MESSAGE {
        return Err(io::Error::other("the message is too large"));
    }
    Ok(fields.next_multiple_of(8) + body)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn head(kind: u8, flags: u8, body: u32, fields: u32) -> Vec<u8> {
        let mut head = vec![b'l', kind, flags, 1];
        head.extend(body.to_le_bytes());
        head.extend(7_u32.to_le_bytes());
        head.extend(fields.to_le_bytes());
        head
    }

    #[test]
    fn a_call_that_wants_no_reply_gets_one_and_is_counted() {
        let mut bytes = head(1, 1, 0, 0);
        assert_eq!(Frame::default().advance(&mut bytes).unwrap(), Met::Call);
        assert_eq!(bytes[2], 0);
        // The same when the flags come by themselves.
        let mut frame = Frame::default();
        let mut bytes = head(1, 3, 0, 0);
        let met: Vec<_> = bytes.chunks_mut(1).map(|byte| frame.advance(byte).unwrap()).collect();
        assert_eq!(met.iter().filter(|met| **met == Met::Call).count(), 1);
        assert_eq!(bytes[2], 2);
    }

    #[test]
    fn over_a_mebibyte_is_refused_from_the_head_alone() {
        for (body, fields) in
            [(1 << 20, 1), (0, (1 << 20) + 1), (u32::MAX, 0), (0, u32::MAX), (u32::MAX, u32::MAX)]
        {
            assert!(Frame::default().advance(&mut head(1, 0, body, fields)).is_err());
        }
        assert!(Frame::default().advance(&mut head(1, 0, 1 << 20, 0)).is_ok());
        assert!(Frame::default().advance(&mut [b'x'; HEAD]).is_err());
    }

    proptest! {
        /// However a stream is cut into reads, the frame finds each message's beginning.
        #[test]
        fn messages_are_found_in_any_cut(
            sizes in prop::collection::vec((1_u8..5, 0_u32..40, 0_u32..40), 1..8),
            cuts in prop::collection::vec(1_usize..20, 1..40),
        ) {
            let mut stream = Vec::new();
            for (kind, body, fields) in &sizes {
                stream.extend(head(*kind, 1, *body, *fields));
                let rest = fields.next_multiple_of(8) + body;
                stream.extend(std::iter::repeat_n(0xff, rest as usize));
            }
            let (mut frame, mut calls, mut at) = (Frame::default(), 0, 0);
            let mut cuts = cuts.iter().cycle();
            while at < stream.len() {
                let size = frame.wanted().min(*cuts.next().unwrap()).min(stream.len() - at);
                prop_assert!(size > 0);
                calls += usize::from(frame.advance(&mut stream[at..at + size]).unwrap() == Met::Call);
                at += size;
            }
            prop_assert_eq!(calls, sizes.iter().filter(|(kind, ..)| *kind == 1).count());
            prop_assert_eq!((frame.have, frame.left), (0, 0));
        }

        #[test]
        fn no_bytes_break_it(mut bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let mut frame = Frame::default();
            let mut at = 0;
            while at < bytes.len() {
                let size = frame.wanted().min(bytes.len() - at);
                prop_assert!(size > 0);
                if frame.advance(&mut bytes[at..at + size]).is_err() { break }
                at += size;
            }
        }
    }
}
