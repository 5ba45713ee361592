//! The real Speech Dispatcher, with an output module (`recorder.py`) that writes down what it
//! would say. The server itself decides what waits, what is cut and what is dropped.

mod queue;
mod screen_reader;
pub(crate) mod spare;
mod voice;

use std::path::{Path, PathBuf};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::UnixStream;

use crate::processes::{Process, bare_command, wait_until};
use crate::transcript::{Channel, Transcript};

pub use queue::Priority;
pub use screen_reader::ScreenReader;
pub use spare::{Recording, SpareVoice, Spoken};
pub use voice::Voice;

/// How a message ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// It is still being said (or the module died in the middle of it).
    NotYet,
    /// Said to its end.
    Whole,
    /// Interrupted.
    Cut,
}

/// One message as the person heard it.
#[derive(Debug, Clone)]
pub struct Utterance {
    /// The SSIP client's name, `user:program:part`.
    pub client: String,
    /// The priority with which it was queued.
    pub priority: Priority,
    /// The exact text.
    pub text: String,
    /// The language it was to be said in.
    pub language: String,
    /// The rate it was to be said at.
    pub rate: String,
    /// Whether the person heard it whole.
    pub ending: Ending,
    /// Whether it has begun, or is about to.
    pub begun: bool,
    /// When it began, in nanoseconds since 1970.
    pub began: u128,
    /// When it ended or was cut.
    pub over: Option<u128>,
}

impl Utterance {
    /// How long it was to be heard.
    #[must_use]
    pub fn length(&self) -> Option<Duration> {
        let nanos = self.over?.saturating_sub(self.began);
        Some(Duration::from_nanos(u64::try_from(nanos).unwrap_or(u64::MAX)))
    }
}

/// Speech Dispatcher in a story.
#[derive(Debug)]
pub struct Speech {
    server: Option<Process>,
    dir: PathBuf,
}

impl Speech {
    /// Prepares the folder and starts the server.
    pub async fn start(dir: &Path) -> Speech {
        let mut speech = Speech::prepare(dir);
        speech.restart().await;
        speech
    }

    /// Prepares the folder; the server is dead until [`Speech::restart`].
    ///
    /// # Panics
    /// If the folder cannot be written.
    #[must_use]
    pub fn prepare(dir: &Path) -> Speech {
        let speech = Speech { server: None, dir: dir.to_owned() };
        std::fs::create_dir_all(dir.join("conf/modules")).expect("folder of the speech server");
        let recorder = Path::new(env!("CARGO_MANIFEST_DIR")).join("rig/recorder.py");
        let settings = format!(
            "LogLevel 5\nDefaultModule recorder\nDefaultLanguage \"en\"\nSymbolsPreproc \"none\"\n\
             AddModule \"recorder\" \"{}\" \"recorder.conf\"\n",
            recorder.display()
        );
        std::fs::write(dir.join("conf/speechd.conf"), settings).expect("speechd.conf");
        std::fs::write(dir.join("conf/modules/recorder.conf"), "").expect("recorder.conf");
        speech.take_per_message(Duration::from_millis(20));
        speech
    }

    /// Starts the server again after it was killed.
    ///
    /// # Panics
    /// If it does not take connections.
    pub async fn restart(&mut self) {
        let dir = &self.dir;
        let mut command = bare_command("speech-dispatcher");
        command
            .args(["-s", "-t", "0", "-c", "unix_socket", "-S"])
            .arg(self.socket())
            .arg("-P")
            .arg(dir.join("pid"))
            .arg("-L")
            .arg(dir)
            .arg("-C")
            .arg(dir.join("conf"))
            .env("LANG", "C.UTF-8")
            .env("HOME", dir)
            .env("XDG_RUNTIME_DIR", dir)
            .env("RIG_SPEECH", dir);
        let mut server = Process::start_quiet("speech-server", &mut command, dir);
        let socket = self.socket();
        server.wait_until("a connection that is answered", async || answers(&socket).await).await;
        self.server = Some(server);
    }

    /// The socket that clients connect to.
    #[must_use]
    pub fn socket(&self) -> PathBuf {
        self.dir.join("sock")
    }

    /// What a client finds the server by: `SPEECHD_ADDRESS`.
    #[must_use]
    pub fn address(&self) -> String {
        format!("unix_socket:{}", self.socket().display())
    }

    /// From the next message on, each message takes this long to say.
    ///
    /// # Panics
    /// If the folder cannot be written.
    pub fn take_per_message(&self, time: Duration) {
        let next = self.dir.join("speech_ms.next");
        std::fs::write(&next, time.as_millis().to_string()).expect("speech_ms");
        std::fs::rename(&next, self.dir.join("speech_ms")).expect("speech_ms");
    }

    /// Kills the server (`SIGKILL`); its socket file stays behind, as in life.
    pub fn kill(&mut self) {
        if let Some(mut server) = self.server.take() {
            server.kill();
        }
    }

    /// The server takes connections, and never answers again.
    pub fn hang(&mut self) {
        if let Some(server) = &mut self.server {
            server.hang();
        }
    }

    /// It answers again.
    pub fn go_on(&mut self) {
        if let Some(server) = &mut self.server {
            server.go_on();
        }
    }

    /// Kills the output module; the server goes on, takes messages and says nothing.
    ///
    /// # Panics
    /// If the module never started.
    pub fn kill_module(&self) {
        let id = std::fs::read_to_string(self.dir.join("recorder.pid")).expect("recorder.pid");
        let id = id.trim().parse().ok().and_then(Pid::from_raw).expect("a process id");
        kill_process(id, Signal::KILL).ok();
    }

    /// Everything that was said so far, by any client, in order of time.
    #[must_use]
    pub fn all(&self) -> Vec<Utterance> {
        let record = read(&self.dir.join("said.jsonl"));
        let log = read(&self.dir.join("speech-dispatcher.log"));
        queue::heard(&record, &log)
    }

    /// What Sayso said so far.
    #[must_use]
    pub fn said(&self) -> Vec<Utterance> {
        self.said_by("sayso")
    }

    /// What one program said so far; a client's name is `user:program:part`.
    #[must_use]
    pub fn said_by(&self, program: &str) -> Vec<Utterance> {
        let is_its = |name: &str| {
            name.split(':').nth(1).is_some_and(|part| part.eq_ignore_ascii_case(program))
        };
        self.all().into_iter().filter(|one| is_its(&one.client)).collect()
    }

    /// Waits until a message that holds `text` has been said to its end or cut, for the
    /// `count`th time (1: the first time).
    pub async fn wait_for_nth(&self, text: &str, count: usize) -> Utterance {
        let what = format!("{text:?} to be said (time {count})");
        wait_until(
            &what,
            || self.explain(),
            || {
                self.said()
                    .into_iter()
                    .filter(|one| one.text.contains(text) && one.ending != Ending::NotYet)
                    .nth(count - 1)
            },
        )
        .await
    }

    /// Waits until a message that holds `text` has been said to its end or cut.
    pub async fn wait_for(&self, text: &str) -> Utterance {
        self.wait_for_nth(text, 1).await
    }

    /// Waits until a message that holds `text` has begun.
    pub async fn wait_for_begin(&self, text: &str) -> Utterance {
        let what = format!("{text:?} to begin");
        wait_until(
            &what,
            || self.explain(),
            || self.said().into_iter().find(|one| one.begun && one.text.contains(text)),
        )
        .await
    }

    /// Writes what Sayso said into the transcript. Called once, at the end of the story.
    pub fn tell(&self, transcript: &Transcript) {
        // A text without a sound is how Sayso finds out that there is a voice: nobody hears it.
        for one in self.said().into_iter().filter(|one| !one.text.trim().is_empty()) {
            let ending = match one.ending {
                Ending::NotYet => "never ended",
                Ending::Whole => "to its end",
                Ending::Cut => "cut",
            };
            let priority = one.priority.word();
            let text = format!("said ({priority}, {ending}): {}", one.text);
            transcript.note_at(one.began, Channel::Said, text);
        }
    }

    fn explain(&self) -> String {
        let all: Vec<_> = self.all();
        let server = self.server.as_ref().map_or("(dead)".to_owned(), Process::log);
        format!("said so far: {all:#?}\nspeech server: {server}")
    }
}

fn read(path: &Path) -> String {
    std::fs::read(path)
        .map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
        .unwrap_or_default()
}

/// Does a server behind this socket answer? (The file alone says nothing.)
async fn answers(socket: &Path) -> bool {
    let Ok(mut stream) = UnixStream::connect(socket).await else { return false };
    if stream.write_all(b"QUIT\r\n").await.is_err() {
        return false;
    }
    let mut reply = [0; 64];
    tokio::time::timeout(Duration::from_secs(1), stream.read(&mut reply))
        .await
        .is_ok_and(|read| read.is_ok_and(|length| length > 0))
}

#[cfg(test)]
mod tests;
