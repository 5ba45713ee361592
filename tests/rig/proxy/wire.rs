//! As much of HTTP/1.1 and WebSocket (RFC 9112, RFC 6455) as it takes to tell messages apart.

use std::io;

use tokio::io::{
    AsyncBufReadExt, AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, BufReader, split,
};

use super::{Gate, Manner, Pass};

type Input = BufReader<Box<dyn AsyncRead + Send + Unpin>>;

/// One side of a connection.
struct Side {
    input: Input,
    output: Box<dyn AsyncWrite + Send + Unpin>,
}

impl Side {
    fn new(stream: impl AsyncRead + AsyncWrite + Send + 'static) -> Side {
        let (input, output) = split(stream);
        Side { input: BufReader::new(Box::new(input)), output: Box::new(output) }
    }
}

/// The lines of a message up to the empty one.
pub(crate) struct Head {
    /// All of it, as it came.
    pub(crate) bytes: Vec<u8>,
}

impl Head {
    /// Reads one, or `None` at the end of the connection.
    pub(crate) async fn read(
        input: &mut (impl AsyncBufReadExt + Unpin),
    ) -> io::Result<Option<Head>> {
        let mut bytes = Vec::new();
        loop {
            let line = input.read_until(b'\n', &mut bytes).await?;
            if line == 0 {
                return Ok(None);
            }
            if bytes.ends_with(b"\r\n\r\n") {
                return Ok(Some(Head { bytes }));
            }
        }
    }

    /// The first line's words: method and target, or version and status.
    pub(crate) fn first_line(&self) -> (String, String) {
        let text = String::from_utf8_lossy(&self.bytes);
        let mut words = text.lines().next().unwrap_or_default().split(' ').map(str::to_owned);
        (words.next().unwrap_or_default(), words.next().unwrap_or_default())
    }

    /// A field's value.
    pub(crate) fn field(&self, name: &str) -> Option<String> {
        let text = String::from_utf8_lossy(&self.bytes);
        text.lines().skip(1).find_map(|line| {
            let (field, value) = line.split_once(':')?;
            field.eq_ignore_ascii_case(name).then(|| value.trim().to_owned())
        })
    }

    /// All of it but what concerns the connection itself.
    fn without_upgrade(&self) -> Vec<u8> {
        let text = String::from_utf8_lossy(&self.bytes);
        let stays = |line: &&str| {
            let name = line.split(':').next().unwrap_or_default().to_ascii_lowercase();
            !["upgrade", "connection"].contains(&name.as_str())
        };
        text.split_inclusive("\r\n").filter(stays).collect::<String>().into_bytes()
    }

    fn length(&self) -> Option<usize> {
        self.field("content-length")?.parse().ok()
    }

    fn is_chunked(&self) -> bool {
        self.field("transfer-encoding").is_some_and(|value| value.contains("chunked"))
    }

    /// The body that belongs to it, if its length is announced.
    pub(crate) async fn body(
        &self,
        input: &mut (impl AsyncReadExt + Unpin),
    ) -> io::Result<Vec<u8>> {
        let mut body = vec![0; self.length().unwrap_or(0)];
        input.read_exact(&mut body).await?;
        Ok(body)
    }
}

/// Carries calls and answers until one side closes or the story cuts.
pub(super) async fn carry(
    client: impl AsyncRead + AsyncWrite + Send + 'static,
    server: impl AsyncRead + AsyncWrite + Send + 'static,
    gate: &Gate,
) -> io::Result<()> {
    let (mut client, mut server) = (Side::new(client), Side::new(server));
    while let Some(call) = next_call(&mut client, &mut server).await? {
        let body = call.body(&mut client.input).await?;
        let (method, target) = call.first_line();
        let name = format!("{method} {}", target.split('?').next().unwrap_or_default());
        let passed = gate.pass(name.clone(), body.clone(), None).await;
        if passed == Pass::Cut {
            break;
        }
        let manner = gate.state().manner;
        match manner {
            Manner::StripsUpgrade => server.output.write_all(&call.without_upgrade()).await?,
            Manner::Open | Manner::Buffers | Manner::Cuts => {
                server.output.write_all(&call.bytes).await?;
            }
        }
        server.output.write_all(&body).await?;
        server.output.flush().await?;
        if passed == Pass::Last {
            // The broker has all of it: who cuts here cuts before the answer.
            Head::read(&mut server.input).await?;
            break;
        }
        let Some(answer) = Head::read(&mut server.input).await? else { break };
        let status = answer.first_line().1.parse().ok();
        let back = format!("answer to {name}");
        let passed = gate.pass(back, Vec::new(), status).await;
        if passed == Pass::Cut {
            break;
        }
        if status == Some(101) && manner == Manner::Buffers {
            // It has no end, and so none of it is sent on.
            tokio::io::copy(&mut client.input, &mut server.output).await?;
            break;
        }
        client.output.write_all(&answer.bytes).await?;
        match status {
            Some(101) if passed == Pass::Forward => {
                return web_socket(client, server, gate, manner).await;
            }
            Some(101 | 204 | 304) => {}
            _ if method == "HEAD" => {}
            _ => carry_body(&answer, &mut client, &mut server).await?,
        }
        if passed == Pass::Last {
            client.output.flush().await?;
            break;
        }
    }
    Ok(())
}

/// The client's next call. Where the broker closes first, the client learns that at once, as it
/// would without a proxy.
async fn next_call(client: &mut Side, server: &mut Side) -> io::Result<Option<Head>> {
    tokio::select! {
        call = Head::read(&mut client.input) => call,
        closed = server.input.fill_buf() => closed.map(|_| None),
    }
}

/// An answer's body; the client may leave in the middle of it.
async fn carry_body(answer: &Head, client: &mut Side, server: &mut Side) -> io::Result<()> {
    if let Some(length) = answer.length() {
        let mut body = vec![0; length];
        server.input.read_exact(&mut body).await?;
        return client.output.write_all(&body).await;
    }
    let chunked = answer.is_chunked();
    loop {
        let part = tokio::select! {
            part = next_part(&mut server.input, chunked) => part?,
            left = client.input.fill_buf() => {
                if left?.is_empty() {
                    return Err(io::ErrorKind::ConnectionAborted.into());
                }
                continue;
            }
        };
        let Some(part) = part else { return Ok(()) };
        client.output.write_all(&part).await?;
        if chunked && part == b"0\r\n\r\n" {
            return Ok(());
        }
    }
}

/// A chunk whole, or what has come of a body that ends with the connection.
async fn next_part(input: &mut Input, chunked: bool) -> io::Result<Option<Vec<u8>>> {
    let mut part = Vec::new();
    if !chunked {
        let got = input.fill_buf().await?.to_vec();
        input.consume(got.len());
        return Ok((!got.is_empty()).then_some(got));
    }
    if input.read_until(b'\n', &mut part).await? == 0 {
        return Ok(None);
    }
    let size = String::from_utf8_lossy(&part);
    let size = usize::from_str_radix(size.trim().split(';').next().unwrap_or_default(), 16)
        .map_err(|_| io::ErrorKind::InvalidData)?;
    let start = part.len();
    part.resize(start + size + 2, 0);
    input.read_exact(&mut part[start..]).await?;
    Ok(Some(part))
}

/// Frames from the broker are looked at one by one; those to the broker are passed on unread.
async fn web_socket(client: Side, server: Side, gate: &Gate, manner: Manner) -> io::Result<()> {
    let Side { input: mut from_client, output: mut to_client } = client;
    let Side { input: mut from_server, output: mut to_server } = server;
    let down = async {
        while let Some(frame) = Frame::read(&mut from_server).await? {
            let mut passed = Pass::Forward;
            if let Some(name) = frame.name() {
                let body = frame.bytes[frame.header..].to_vec();
                passed = gate.pass(name, body, None).await;
            }
            if passed == Pass::Cut {
                return Ok(());
            }
            to_client.write_all(&frame.bytes).await?;
            if passed == Pass::Last || (manner == Manner::Cuts && frame.name().is_some()) {
                break;
            }
        }
        Ok(())
    };
    tokio::select! {
        done = down => done,
        done = tokio::io::copy(&mut from_client, &mut to_server) => done.map(|_| ()),
    }
}

/// A frame as it came; the broker's are not masked.
struct Frame {
    bytes: Vec<u8>,
    header: usize,
}

impl Frame {
    async fn read(input: &mut Input) -> io::Result<Option<Frame>> {
        let mut bytes = vec![0; 2];
        if input.read_exact(&mut bytes).await.is_err() {
            return Ok(None);
        }
        let more = match bytes[1] & 0x7f {
            126 => 2,
            127 => 8,
            _ => 0,
        };
        bytes.resize(2 + more, 0);
        input.read_exact(&mut bytes[2..]).await?;
        let length = if more == 0 {
            usize::from(bytes[1] & 0x7f)
        } else {
            bytes[2..].iter().fold(0, |sum, byte| sum << 8 | usize::from(*byte))
        };
        let header = bytes.len();
        bytes.resize(header + length, 0);
        input.read_exact(&mut bytes[header..]).await?;
        Ok(Some(Frame { bytes, header }))
    }

    /// `link TYPE` of a text frame, `link ping` of a ping (RFC 6455, section 11.8).
    fn name(&self) -> Option<String> {
        const TEXT: u8 = 0x1;
        const PING: u8 = 0x9;
        match self.bytes[0] & 0x0f {
            TEXT => {}
            PING => return Some("link ping".to_owned()),
            _ => return None,
        }
        let message: serde_json::Value = serde_json::from_slice(&self.bytes[self.header..]).ok()?;
        Some(format!("link {}", message.get("type")?.as_str()?))
    }
}
