//! The servers that idle links are held against, each with one subscription a connection.

use std::path::Path;
use std::process::Command;

use rig::clock;
use rig::processes::{Process, bare_command, free_address};
use rig::seeded::home;
use rig::wire::connect_from;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::figure::Missing;

/// A running peer.
#[derive(Debug)]
pub struct Peer {
    /// The process.
    pub process: Process,
    address: String,
    speaks: Speaks,
}

#[derive(Debug, Clone, Copy)]
enum Speaks {
    Mqtt,
    Nats,
}

impl Peer {
    /// mosquitto: MQTT, no persistence.
    ///
    /// # Errors
    /// Where it is not installed.
    pub async fn mosquitto(folder: &Path) -> Result<Peer, Missing> {
        let address = free_address().to_string();
        let port = address.rsplit(':').next().unwrap_or_default();
        let settings = folder.join("mosquitto.conf");
        let text = format!(
            "listener {port} 127.0.0.1\nallow_anonymous true\npersistence false\n\
             max_connections -1\nlog_type error\nset_tcp_nodelay true\nuser root\n"
        );
        std::fs::write(&settings, text).expect("settings of mosquitto");
        let mut command = bare_command("mosquitto");
        command.arg("-c").arg(&settings);
        Peer::start("mosquitto", command, address, Speaks::Mqtt, folder).await
    }

    /// nats-server, without its store.
    ///
    /// # Errors
    /// Where it is not installed.
    pub async fn nats(folder: &Path) -> Result<Peer, Missing> {
        let address = free_address().to_string();
        let port = address.rsplit(':').next().unwrap_or_default().to_owned();
        let mut command = bare_command("nats-server");
        command.args(["-a", "127.0.0.1", "-p", &port]);
        Peer::start("nats-server", command, address, Speaks::Nats, folder).await
    }

    async fn start(
        name: &'static str,
        mut command: Command,
        address: String,
        speaks: Speaks,
        folder: &Path,
    ) -> Result<Peer, Missing> {
        let there = bare_command("sh").args(["-c", "command -v \"$0\"", name]).output();
        if !there.is_ok_and(|done| done.status.success()) {
            return Err(Missing { name: "link_memory", why: format!("{name} is not installed") });
        }
        let mut process = Process::start_quiet(name, &mut command, folder);
        let listens = async || TcpStream::connect(&address).await.is_ok();
        process.wait_until("a connection", listens).await;
        Ok(Peer { process, address, speaks })
    }

    /// A connection from this person's home that waits for something to come.
    ///
    /// # Panics
    /// If it is refused.
    pub async fn connect(&self, number: usize) -> TcpStream {
        let home = home(u32::try_from(number).expect("not that many"));
        let to = self.address.parse().expect("an address");
        let mut stream = connect_from(home, to).await.expect("a connection");
        match self.speaks {
            Speaks::Mqtt => subscribe_mqtt(&mut stream, number).await,
            Speaks::Nats => {
                let hello = format!("CONNECT {{\"verbose\":false}}\r\nSUB person.{number} 1\r\n");
                stream.write_all(format!("{hello}PING\r\n").as_bytes()).await.expect("sent");
                let mut heard = Vec::new();
                while !heard.ends_with(b"PONG\r\n") {
                    assert!(stream.read_buf(&mut heard).await.expect("an answer") > 0);
                }
            }
        }
        stream
    }
}

/// CONNECT and SUBSCRIBE of MQTT 3.1.1, without keep-alive.
async fn subscribe_mqtt(stream: &mut TcpStream, number: usize) {
    let client = format!("person-{number}");
    let mut connect = vec![0, 4, b'M', b'Q', b'T', b'T', 4, 2, 0, 0];
    connect.extend(mqtt_text(&client));
    let mut subscribe = vec![0, 1];
    subscribe.extend(mqtt_text(&format!("person/{number}")));
    subscribe.push(1);
    for (kind, packet) in [(0x10, connect), (0x82, subscribe)] {
        let length = u8::try_from(packet.len()).expect("short");
        stream.write_all(&[&[kind, length], &*packet].concat()).await.expect("sent");
    }
    // CONNACK of four bytes, SUBACK of five.
    stream.read_exact(&mut [0; 9]).await.expect("both answers");
}

fn mqtt_text(text: &str) -> Vec<u8> {
    let length = u16::try_from(text.len()).expect("short").to_be_bytes();
    [&length, text.as_bytes()].concat()
}

/// Lets a process settle: what it frees a moment later is not what a link costs.
pub async fn settle() {
    clock::pass(std::time::Duration::from_millis(500)).await;
}
