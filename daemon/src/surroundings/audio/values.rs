//! How PulseAudio writes: a message is a frame of five numbers and a list of values, each of which
//! names its type ("tagstruct").

use std::io::{self, ErrorKind};

/// A frame's channel for messages; on the others flows sound.
pub(super) const CONTROL: u32 = u32::MAX;
const FRAME: usize = 20;
/// No sink is described at this length.
const LONGEST: usize = 1024 * 1024;

/// Takes one whole frame off the front: its channel and what it carries.
pub(crate) fn take_frame(buffer: &mut Vec<u8>) -> io::Result<Option<(u32, Vec<u8>)>> {
    let mut head = Values(buffer);
    if buffer.len() < FRAME {
        return Ok(None);
    }
    let (length, channel) = (head.u32()? as usize, head.u32()?);
    if length > LONGEST {
        return Err(garbled());
    }
    if buffer.len() < FRAME + length {
        return Ok(None);
    }
    let carried = buffer.drain(..FRAME + length).skip(FRAME).collect();
    Ok(Some((channel, carried)))
}

/// A command on its way; its number also marks the reply, since one of a kind is open at a time.
pub(super) struct Message {
    pub(super) command: u32,
    pub(super) values: Vec<u8>,
}

impl Message {
    pub(super) fn new(command: u32) -> Self {
        Self { command, values: Vec::new() }.number(command).number(command)
    }

    pub(super) fn number(mut self, number: u32) -> Self {
        self.values.push(b'L');
        self.values.extend(number.to_be_bytes());
        self
    }

    pub(super) fn text(mut self, text: &str) -> Self {
        self.values.push(b't');
        self.values.extend(text.bytes());
        self.values.push(0);
        self
    }

    pub(super) fn bytes(mut self, bytes: &[u8]) -> Self {
        self.values.push(b'x');
        self.values.extend(length(bytes).to_be_bytes());
        self.values.extend(bytes);
        self
    }

    /// A list of one property; its value is a text with its NUL.
    pub(super) fn property(mut self, key: &str, value: &str) -> Self {
        let value = [value.as_bytes(), b"\0"].concat();
        self.values.push(b'P');
        let mut list = self.text(key).number(length(&value)).bytes(&value);
        list.values.push(b'N');
        list
    }

    pub(super) fn framed(&self) -> Vec<u8> {
        let head = [length(&self.values), CONTROL, 0, 0, 0].map(u32::to_be_bytes);
        [head.as_flattened(), &self.values].concat()
    }
}

fn length(bytes: &[u8]) -> u32 {
    u32::try_from(bytes.len()).unwrap_or(u32::MAX)
}

/// Values that were received, taken off the front one by one.
pub(crate) struct Values<'a>(&'a [u8]);

impl<'a> Values<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    /// What was not taken yet.
    pub(super) fn rest(&self) -> &'a [u8] {
        self.0
    }

    pub(super) fn number(&mut self) -> io::Result<u32> {
        if self.u8()? != b'L' {
            return Err(garbled());
        }
        self.u32()
    }

    /// A text; the protocol has none for "nothing".
    pub(super) fn text(&mut self) -> io::Result<Option<&'a str>> {
        match self.u8()? {
            b'N' => Ok(None),
            b't' => self.rest_of_text().map(Some),
            _ => Err(garbled()),
        }
    }

    /// A list of properties: texts, as far as they are.
    pub(super) fn properties(&mut self, mut each: impl FnMut(&str, &str)) -> io::Result<()> {
        if self.u8()? != b'P' {
            return Err(garbled());
        }
        while let Some(key) = self.text()? {
            self.skip(1)?; // the length, which stands again before the bytes
            if self.u8()? != b'x' {
                return Err(garbled());
            }
            let length = self.u32()? as usize;
            if let Ok(value) = str::from_utf8(self.take(length)?) {
                each(key, value.trim_end_matches('\0'));
            }
        }
        Ok(())
    }

    /// Leaves out so many values, whatever they are.
    pub(super) fn skip(&mut self, count: usize) -> io::Result<()> {
        for _ in 0..count {
            match self.u8()? {
                b'N' | b'0' | b'1' => {}
                b'B' => drop(self.take(1)?),
                b'L' | b'V' => drop(self.take(4)?),
                b'R' | b'r' | b'T' | b'U' => drop(self.take(8)?),
                b'a' => drop(self.take(6)?), // format, channels, rate
                b't' => drop(self.rest_of_text()?),
                b'm' => {
                    let channels = self.u8()?;
                    self.take(channels.into())?;
                }
                b'v' => {
                    let channels = self.u8()?;
                    self.take(4 * usize::from(channels))?;
                }
                b'x' => {
                    let length = self.u32()? as usize;
                    self.take(length)?;
                }
                _ => return Err(garbled()),
            }
        }
        Ok(())
    }

    fn rest_of_text(&mut self) -> io::Result<&'a str> {
        let end = self.0.iter().position(|byte| *byte == 0).ok_or_else(garbled)?;
        let text = self.take(end)?;
        self.take(1)?;
        str::from_utf8(text).map_err(|_| garbled())
    }

    fn u8(&mut self) -> io::Result<u8> {
        Ok(self.take(1)?[0])
    }

    fn u32(&mut self) -> io::Result<u32> {
        let (bytes, rest) = self.0.split_first_chunk().ok_or_else(garbled)?;
        self.0 = rest;
        Ok(u32::from_be_bytes(*bytes))
    }

    fn take(&mut self, count: usize) -> io::Result<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(count).ok_or_else(garbled)?;
        self.0 = rest;
        Ok(taken)
    }
}

pub(super) fn garbled() -> io::Error {
    io::Error::new(ErrorKind::InvalidData, "not what a sound server says")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_is_taken_when_it_is_whole_and_no_longer_than_a_sink_can_be() {
        let frame = Message::new(66).number(0x10).framed();
        for end in 0..frame.len() {
            assert_eq!(take_frame(&mut frame[..end].to_vec()).unwrap(), None);
        }
        let mut two = [frame.clone(), frame[..9].to_vec()].concat();
        assert!(take_frame(&mut two).unwrap().is_some());
        assert_eq!(two, frame[..9]);
        assert!(take_frame(&mut [0xff; FRAME].to_vec()).is_err());
    }
}
