//! The little of PulseAudio's native protocol that tells where sound goes: say hello, ask to be
//! told of changes, ask for the default sink.

use std::io::{self, ErrorKind};
use std::path::Path;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::UnixStream;

use super::sink::{Port, Sink};
use super::values::{CONTROL, Message, Values, take_frame};

/// The protocol's version that has the types of ports; older servers describe without them.
const VERSION: u32 = 34;
/// The key of servers that do not know us otherwise; ours knows the person from the kernel.
const NO_COOKIE: [u8; 256] = [0; 256];

const ERROR: u32 = 0;
const REPLY: u32 = 2;
const AUTH: u32 = 8;
const SET_CLIENT_NAME: u32 = 9;
const GET_SINK_INFO: u32 = 21;
const SUBSCRIBE: u32 = 35;
const SUBSCRIBE_EVENT: u32 = 66;
/// Changes of sinks, of the server (its default sink) and of cards (their plugs).
const WANTED: u32 = 0x0001 | 0x0080 | 0x0200;

/// What the server tells.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Heard {
    /// The default sink, if there is one.
    Sink(Option<Sink>),
    /// Something changed.
    Changed,
}

/// A conversation with a sound server.
#[derive(Debug)]
pub(super) struct Wire {
    stream: UnixStream,
    buffer: Vec<u8>,
    version: u32,
}

impl Wire {
    /// Connects, and asks to be told of changes.
    pub(super) async fn open(socket: &Path) -> io::Result<Self> {
        let stream = UnixStream::connect(socket).await?;
        let mut wire = Self { stream, buffer: Vec::with_capacity(4096), version: VERSION };
        let hello = Message::new(AUTH).number(VERSION).bytes(&NO_COOKIE);
        let theirs = Values::new(&wire.call(hello).await?).number()?;
        // Above the version stand flags of what is shared beside the socket: nothing here.
        wire.version = VERSION.min(theirs & 0xffff);
        let name = Message::new(SET_CLIENT_NAME).property("application.name", "Sayso");
        wire.call(name).await?;
        wire.call(Message::new(SUBSCRIBE).number(WANTED)).await?;
        Ok(wire)
    }

    /// Asks for the default sink.
    pub(super) async fn ask(&mut self) -> io::Result<()> {
        let ask = Message::new(GET_SINK_INFO).number(u32::MAX).text("@DEFAULT_SINK@");
        self.stream.write_all(&ask.framed()).await
    }

    /// The next thing that the server tells. Nothing is lost if this is dropped halfway.
    pub(super) async fn hear(&mut self) -> io::Result<Heard> {
        loop {
            let message = self.message().await?;
            let mut values = Values::new(&message);
            let (command, of) = (values.number()?, values.number()?);
            match (command, of) {
                (SUBSCRIBE_EVENT, _) => return Ok(Heard::Changed),
                (REPLY, GET_SINK_INFO) => {
                    return Ok(Heard::Sink(Some(sink(&mut values, self.version)?)));
                }
                (ERROR, GET_SINK_INFO) => return Ok(Heard::Sink(None)),
                _ => {}
            }
        }
    }

    /// Sends a command and returns the values of its reply.
    async fn call(&mut self, message: Message) -> io::Result<Vec<u8>> {
        let called = message.command;
        self.stream.write_all(&message.framed()).await?;
        loop {
            let message = self.message().await?;
            let mut values = Values::new(&message);
            match (values.number()?, values.number()?) {
                (REPLY, of) if of == called => return Ok(values.rest().to_vec()),
                (ERROR, of) if of == called => return Err(ErrorKind::PermissionDenied.into()),
                _ => {}
            }
        }
    }

    /// The next message's values.
    async fn message(&mut self) -> io::Result<Vec<u8>> {
        loop {
            if let Some((channel, message)) = take_frame(&mut self.buffer)? {
                if channel == CONTROL {
                    return Ok(message);
                }
            } else if self.stream.read_buf(&mut self.buffer).await? == 0 {
                return Err(ErrorKind::UnexpectedEof.into());
            }
        }
    }
}

/// The reply to `GET_SINK_INFO`, of a server that speaks this version.
pub(crate) fn sink(values: &mut Values<'_>, version: u32) -> io::Result<Sink> {
    // Index, name, description, sample spec, channel map, module, volume, mute, monitor's
    // index and name, latency, driver, flags.
    values.skip(13)?;
    let mut sink = Sink::default();
    values.properties(|key, value| {
        let value = Some(value.to_owned());
        match key {
            "device.form_factor" => sink.form_factor = value,
            "device.bus" => sink.bus = value,
            "device.api" => sink.api = value,
            _ => {}
        }
    })?;
    // Configured latency, base volume, state, steps of volume, card.
    values.skip(5)?;
    let mut ports = Vec::new();
    for _ in 0..values.number()? {
        let name = values.text()?;
        values.skip(2)?; // description, priority
        let available = if version >= 24 { Some(values.number()?) } else { None };
        let kind = if version >= 34 {
            values.skip(1)?; // ports with which it shares a plug
            Some(values.number()?)
        } else {
            None
        };
        ports.push((name, Port::of(kind, available)));
    }
    let active = values.text()?;
    let is_active = |(name, _): &&(Option<&str>, Port)| active.is_some() && *name == active;
    sink.port = ports.iter().find(is_active).map(|(_, port)| *port);
    Ok(sink)
}

#[cfg(test)]
pub(super) mod tests {
    use proptest::prelude::*;

    use super::super::Listening;
    use super::super::values::garbled;
    use super::*;

    /// What follows a property list in the description of a sink with these ports: name, type
    /// and availability; the first one is active.
    fn ports(mut message: Message, version: u32, ports: &[(&str, u32, u32)]) -> Message {
        message.values.extend(b"U\0\0\0\0\0\0\0\0V\0\x01\0\0");
        message = message.number(2).number(65537).number(0);
        message = message.number(u32::try_from(ports.len()).unwrap());
        for (name, kind, available) in ports {
            message = message.text(name).text("What the person reads").number(9000);
            if version >= 24 {
                message = message.number(*available);
            }
            if version >= 34 {
                message.values.push(b'N');
                message = message.number(*kind);
            }
        }
        if let Some((name, ..)) = ports.first() {
            return message.text(name);
        }
        message.values.push(b'N');
        message
    }

    /// What PulseAudio answers to `GET_SINK_INFO`, without its formats, which nobody reads.
    pub(in super::super) fn description(
        version: u32,
        property: (&str, &str),
        with: &[(&str, u32, u32)],
    ) -> Vec<u8> {
        let mut message = Message::new(REPLY).number(1).text("alsa_output").text("Built-in");
        message.values[5..10].copy_from_slice(b"L\0\0\0\x15");
        message.values.extend(b"a\x03\x02\0\0\xac\x44m\x02\x01\x02");
        message = message.number(7);
        message.values.extend(b"v\x02\0\x01\0\0\0\x01\0\0");
        message.values.push(b'0');
        message = message.number(1).text("alsa_output.monitor");
        message.values.extend(b"U\0\0\0\0\0\0\0\0");
        message = message.text("module-alsa-card.c").number(0x2b).property(property.0, property.1);
        ports(message, version, with).framed()
    }

    /// An answer without values.
    pub(in super::super) fn answer(to: u32, value: Option<u32>) -> Vec<u8> {
        let mut message = Message::new(REPLY);
        message.values[5..10].copy_from_slice(&[b'L', 0, 0, 0, u8::try_from(to).unwrap()]);
        value.into_iter().fold(message, Message::number).framed()
    }

    /// That something changed.
    pub(in super::super) fn change() -> Vec<u8> {
        Message::new(SUBSCRIBE_EVENT).number(0x10).number(1).framed()
    }

    fn sink(version: u32, frame: &[u8]) -> io::Result<Sink> {
        let mut buffer = frame.to_vec();
        let (_, message) = take_frame(&mut buffer)?.ok_or_else(garbled)?;
        let mut values = Values::new(&message);
        values.skip(2)?;
        super::sink(&mut values, version)
    }

    #[test]
    fn a_sink_is_read_with_its_active_port() {
        let headphones = ("analog-output-headphones", 3, 2);
        let speakers = ("analog-output-speaker", 2, 0);
        let of = |ports: &[_]| sink(34, &description(34, ("device.bus", "pci"), ports)).unwrap();
        let private = of(&[headphones, speakers]);
        assert_eq!(private.bus.as_deref(), Some("pci"));
        assert_eq!(private.listening(), Listening::Private);
        assert_eq!(of(&[speakers, headphones]).listening(), Listening::Loud);
        assert_eq!(of(&[]).port, None);
    }

    #[test]
    fn older_servers_describe_ports_without_their_types() {
        for version in [23, 33] {
            let form_factor = ("device.form_factor", "headset");
            let frame = description(version, form_factor, &[("analog-output", 2, 2)]);
            let sink = sink(version, &frame).unwrap();
            assert_eq!(sink.port, Some(Port::of(None, None)));
            assert_eq!(sink.listening(), Listening::Private);
        }
    }

    proptest! {
        #[test]
        fn whatever_a_server_says_is_read_or_refused(
            at in 0_usize..400, with in any::<[u8; 4]>(), end in 0_usize..500,
        ) {
            let mut frame = description(34, ("device.bus", "usb"), &[("headset", 6, 2)]);
            let at = at.min(frame.len() - 4);
            frame[at..at + 4].copy_from_slice(&with);
            frame.truncate(end);
            drop(sink(34, &frame));
        }
    }
}
