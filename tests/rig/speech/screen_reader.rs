//! A screen reader on the same Speech Dispatcher, as Orca is: it speaks with priority `message`
//! and, on each key, takes back what it was saying and says the next line. It measures how long
//! it was kept waiting.

use std::path::Path;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::UnixStream;
use tokio::net::unix::{OwnedReadHalf, OwnedWriteHalf};

use crate::clock;
use crate::processes::PATIENCE;

/// The name by which its words are told from Sayso's.
const NAME: &str = "screen-reader";

/// One connection to Speech Dispatcher.
#[derive(Debug)]
pub struct ScreenReader {
    lines: BufReader<OwnedReadHalf>,
    out: OwnedWriteHalf,
}

impl ScreenReader {
    /// Connects and introduces itself.
    ///
    /// # Panics
    /// If the server is not there.
    pub async fn connect(socket: &Path) -> ScreenReader {
        let stream = UnixStream::connect(socket).await.expect("Speech Dispatcher's socket");
        let (read, out) = stream.into_split();
        let mut reader = ScreenReader { lines: BufReader::new(read), out };
        reader.command(&format!("SET self CLIENT_NAME rig:{NAME}:main")).await;
        reader.command("SET self NOTIFICATION ALL on").await;
        reader.command("SET self PRIORITY message").await;
        reader
    }

    /// The person presses a key: what it was saying is taken back, and it says `line`. Returns
    /// how long the person waited until `line` began.
    pub async fn key(&mut self, line: &str) -> Duration {
        let pressed = clock::start();
        self.send("CANCEL self\r\n").await;
        self.send("SPEAK\r\n").await;
        self.send(&format!("{}\r\n.\r\n", line.replace('\n', " "))).await;
        // The message may have begun before the server says under which number it is queued.
        let (mut begun, mut queued) = (Vec::new(), None);
        while !queued.as_ref().is_some_and(|id| begun.contains(id)) {
            let reply = self.read().await;
            if let Some(id) = reply.strip_prefix("701-") {
                begun.push(id.to_owned());
            } else if let Some(id) = reply.strip_prefix("225-") {
                queued = Some(id.to_owned());
            }
        }
        pressed.elapsed()
    }

    /// Waits until the line that it began last has been said to its end.
    pub async fn wait_for_end(&mut self) {
        while !self.read().await.starts_with("702 ") {}
    }

    async fn command(&mut self, command: &str) {
        self.send(&format!("{command}\r\n")).await;
        let reply = self.read().await;
        assert!(reply.starts_with('2'), "{command}: {reply}");
    }

    async fn send(&mut self, text: &str) {
        self.out.write_all(text.as_bytes()).await.expect("Speech Dispatcher listens");
    }

    async fn read(&mut self) -> String {
        let mut line = String::new();
        let read = tokio::time::timeout(PATIENCE, self.lines.read_line(&mut line)).await;
        let length = read.expect("Speech Dispatcher answers in time").expect("its answer");
        assert!(length > 0, "Speech Dispatcher closed the connection");
        line.trim_end().to_owned()
    }
}
