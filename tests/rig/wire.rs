//! HTTP and WebSocket by hand, as cheap as they can be: what measures shares the machine with what
//! is measured.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};

use sayso_protocol::link::{DeviceCall, SUBPROTOCOL};
use serde_json::Value;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpSocket, TcpStream};

use crate::seeded::{Keys, Seeded};

/// A connection for one call after the other.
#[derive(Debug)]
pub struct Caller(BufReader<TcpStream>);

impl Caller {
    /// Connects.
    ///
    /// # Panics
    /// If nobody listens.
    pub async fn connect(address: &str) -> Caller {
        Caller(connect(Ipv4Addr::LOCALHOST, address).await)
    }

    /// Calls, and waits for the answer: status and body.
    ///
    /// # Panics
    /// If the answer is none.
    pub async fn call(&mut self, method: &str, path: &str, key: &str, body: &str) -> (u16, Value) {
        self.send(method, path, key, body).await;
        self.answer().await
    }

    /// Posts a form whose values need no escapes, and waits for the answer.
    ///
    /// # Panics
    /// If the answer is none.
    pub async fn post_form(&mut self, path: &str, form: &str) -> (u16, Value) {
        let kind = "Content-Type: application/x-www-form-urlencoded\r\n";
        self.write(&format!("POST {path}"), kind, form).await;
        self.answer().await
    }

    /// Sends a call.
    ///
    /// # Panics
    /// If the connection is lost.
    pub async fn send(&mut self, method: &str, path: &str, key: &str, body: &str) {
        let headers = format!("Authorization: Bearer {key}\r\nContent-Type: application/json\r\n");
        self.write(&format!("{method} {path}"), &headers, body).await;
    }

    async fn write(&mut self, what: &str, headers: &str, body: &str) {
        let call = format!(
            "{what} HTTP/1.1\r\nHost: sayso\r\n{headers}Content-Length: {}\r\n\r\n{body}",
            body.len()
        );
        self.0.get_mut().write_all(call.as_bytes()).await.expect("a call is sent");
    }

    /// Waits for the answer to what was sent.
    ///
    /// # Panics
    /// If there is none.
    pub async fn answer(&mut self) -> (u16, Value) {
        let (status, length) = head(&mut self.0).await;
        let mut body = vec![0; length];
        self.0.read_exact(&mut body).await.expect("a body");
        (status, serde_json::from_slice(&body).unwrap_or_default())
    }
}

/// An approver's link.
#[derive(Debug)]
pub struct Link(BufReader<TcpStream>);

impl Link {
    /// Opens it.
    ///
    /// # Panics
    /// If the broker refuses.
    pub async fn open(seeded: &Seeded, keys: &Keys) -> Link {
        let path = "/v1/approver/link";
        let call = DeviceCall { method: "GET".into(), path: path.into() };
        let proof = keys.link.sign(&keys.envelope(&seeded.broker.origin(), call));
        Link::open_at(keys.home, seeded.broker.address(), path, proof.as_str()).await
    }

    /// Opens a WebSocket of Sayso's subprotocol anywhere, from this address of this machine.
    ///
    /// # Panics
    /// If it is refused.
    pub async fn open_at(from: Ipv4Addr, address: &str, path: &str, key: &str) -> Link {
        let mut stream = connect(from, address).await;
        let call = format!(
            "GET {path} HTTP/1.1\r\nHost: sayso\r\nAuthorization: Bearer {key}\r\n\
             Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\
             Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
             Sec-WebSocket-Protocol: {SUBPROTOCOL}\r\n\r\n"
        );
        stream.get_mut().write_all(call.as_bytes()).await.expect("a call is sent");
        let (status, _) = head(&mut stream).await;
        assert_eq!(status, 101, "a link");
        Link(stream)
    }

    /// The next message (RFC 6455, section 5.2); a ping is answered.
    ///
    /// # Panics
    /// If the link is over.
    pub async fn next(&mut self) -> String {
        self.take().await.expect("a message")
    }

    /// Takes what comes, until the link is over.
    pub async fn drain(mut self) {
        while self.take().await.is_some() {}
    }

    async fn take(&mut self) -> Option<String> {
        loop {
            let mut head = [0; 2];
            self.0.read_exact(&mut head).await.ok()?;
            let length = match head[1] {
                126 => usize::from(self.0.read_u16().await.expect("a length")),
                127 => usize::try_from(self.0.read_u64().await.expect("a length")).expect("small"),
                length => usize::from(length),
            };
            let mut payload = vec![0; length];
            self.0.read_exact(&mut payload).await.expect("a payload");
            match head[0] & 0x0f {
                0x1 => return String::from_utf8(payload).ok(),
                0x9 => {
                    let pong = [0x8a, 0x80, 0, 0, 0, 0];
                    self.0.get_mut().write_all(&pong).await.ok()?;
                }
                _ => return None,
            }
        }
    }
}

async fn connect(from: Ipv4Addr, address: &str) -> BufReader<TcpStream> {
    let to = address.parse().expect("an address");
    let stream = connect_from(from, to).await.expect("a connection");
    stream.set_nodelay(true).expect("a socket");
    BufReader::with_capacity(1024, stream)
}

/// Connects from this address. Each has some 28,000 ports of its own, every one of which is taken
/// for a minute more when its connection has ended.
///
/// # Errors
/// What the system says.
pub async fn connect_from(from: Ipv4Addr, to: SocketAddr) -> io::Result<TcpStream> {
    let socket = TcpSocket::new_v4()?;
    socket.bind((from, 0).into())?;
    socket.connect(to).await
}

/// Reads a head: the status, and how long the body is.
async fn head(stream: &mut BufReader<TcpStream>) -> (u16, usize) {
    let (mut status, mut length) = (0, 0);
    let mut line = String::new();
    loop {
        line.clear();
        let read = stream.read_line(&mut line).await.expect("a head");
        assert!(read > 0, "the connection was closed");
        let text = line.trim_end();
        if text.is_empty() {
            return (status, length);
        }
        if let Some(rest) = text.strip_prefix("HTTP/1.1 ") {
            status = rest.split(' ').next().and_then(|code| code.parse().ok()).expect("a status");
        } else if let Some((name, value)) = text.split_once(": ")
            && name.eq_ignore_ascii_case("content-length")
        {
            length = value.parse().expect("a length");
        }
    }
}
