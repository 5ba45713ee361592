//! The voice against a real Speech Dispatcher, whose output module writes down what it is to
//! speak. No sound, no bus, no session.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use saysod::announcer::speech::{
    Address, DownReason, Event, Order, Priority, Utterance, UtteranceId, list_voices, run,
};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

/// A server in a folder of its own.
struct Server {
    folder: tempfile::TempDir,
    process: Option<Child>,
}

impl Server {
    fn prepare(milliseconds: u32) -> Self {
        let folder = tempfile::Builder::new().prefix("spd").tempdir_in("/tmp").unwrap();
        let at = |name: &str| folder.path().join(name);
        fs::create_dir_all(at("conf/modules")).unwrap();
        fs::create_dir(at("log")).unwrap();
        let module = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/speech/module.py");
        let conf = format!(
            "LogLevel 1\nDefaultModule recording\nDefaultLanguage \"en\"\nSymbolsPreproc \"none\"\n\
             AddModule \"recording\" \"{}\" \"{}\"\n",
            module.display(),
            at("recording.conf").display()
        );
        fs::write(at("conf/speechd.conf"), conf).unwrap();
        fs::write(at("recording.conf"), "").unwrap();
        fs::write(at("milliseconds"), milliseconds.to_string()).unwrap();
        fs::write(at("spoken"), "").unwrap();
        Self { folder, process: None }
    }

    fn start(&mut self) {
        let at = |name: &str| self.folder.path().join(name);
        let mut command = Command::new("speech-dispatcher");
        command.args(["-s", "-t", "0", "-c", "unix_socket", "-S"]).arg(at("sock"));
        command.arg("-P").arg(at("pid")).arg("-L").arg(at("log")).arg("-C").arg(at("conf"));
        command.env_clear().env("PATH", "/usr/bin:/bin").env("HOME", at(""));
        command.env("XDG_RUNTIME_DIR", at("")).env("LANG", "C.UTF-8");
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        self.process = Some(command.spawn().unwrap());
    }

    fn signal(&self, signal: Signal) {
        let id = self.process.as_ref().unwrap().id();
        kill_process(Pid::from_raw(id.cast_signed()).unwrap(), signal).unwrap();
    }

    fn kill(&mut self) {
        let mut process = self.process.take().unwrap();
        process.kill().unwrap();
        process.wait().unwrap();
    }

    /// Kills the output module behind the server's back.
    fn kill_module(&self) {
        let server = self.process.as_ref().unwrap().id();
        let children = fs::read_to_string(format!("/proc/{server}/task/{server}/children"));
        for child in children.unwrap().split_whitespace() {
            let id = Pid::from_raw(child.parse().unwrap()).unwrap();
            kill_process(id, Signal::KILL).unwrap();
        }
    }

    fn spoken(&self) -> Vec<String> {
        let spoken = fs::read_to_string(self.folder.path().join("spoken")).unwrap();
        spoken.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    fn address(&self) -> Address {
        let socket = self.folder.path().join("sock");
        Address::choose(Some(&format!("unix_socket:{}", socket.display())), None).unwrap()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Some(mut process) = self.process.take() {
            let _ = process.kill();
            let _ = process.wait();
        }
    }
}

/// The voice under test.
struct Voice {
    orders: mpsc::Sender<Order>,
    events: mpsc::Receiver<Event>,
    _end: tokio_util::sync::DropGuard,
}

impl Voice {
    fn of(server: &Server) -> Self {
        let (orders, taken) = mpsc::channel(8);
        let (tell, events) = mpsc::channel(8);
        let shutdown = CancellationToken::new();
        tokio::spawn(run(server.address(), taken, tell, shutdown.clone()));
        Self { orders, events, _end: shutdown.drop_guard() }
    }

    async fn say(&self, id: u64, priority: Priority, text: &str) {
        let (id, text, language) = (UtteranceId(id), text.to_owned(), "en".to_owned());
        let utterance = Utterance { id, text, priority, language };
        self.orders.send(Order::Say(utterance)).await.unwrap();
    }

    async fn next(&mut self) -> Event {
        let event = tokio::time::timeout(Duration::from_secs(40), self.events.recv()).await;
        event.unwrap().unwrap()
    }

    /// Up, whether or not the server was still starting when it was first looked for.
    async fn wait_until_up(&mut self) {
        while self.next().await != Event::Up {}
    }
}

const ONE: UtteranceId = UtteranceId(1);
const TWO: UtteranceId = UtteranceId(2);

#[tokio::test]
async fn what_is_said_is_heard_as_it_is_written() {
    let mut server = Server::prepare(10);
    server.start();
    let mut voice = Voice::of(&server);
    voice.wait_until_up().await;
    let text = "Sayso. \u{1f}\"$HOME\" `x` & æøå\n.\nCANCEL all\r\n..\n.end";
    voice.say(1, Priority::Message, text).await;
    assert_eq!(voice.next().await, Event::Begun(ONE));
    assert_eq!(voice.next().await, Event::Ended(ONE));
    let heard = server.spoken().pop().unwrap().replace('\r', "");
    assert_eq!(heard, "Sayso. \"$HOME\" `x` & æøå\n.\nCANCEL all\n..\n.end");
    let voices = list_voices(&server.address()).await.unwrap();
    assert_eq!(voices.iter().map(|v| v.name.as_str()).collect::<Vec<_>>(), ["Danish"]);
}

#[tokio::test]
async fn a_tail_waits_for_another_program_and_a_head_cuts_our_own_tail() {
    let mut server = Server::prepare(3_000);
    server.start();
    let (mut voice, mut other) = (Voice::of(&server), Voice::of(&server));
    voice.wait_until_up().await;
    other.wait_until_up().await;
    other.say(9, Priority::Message, "another program").await;
    assert_eq!(other.next().await, Event::Begun(UtteranceId(9)));
    voice.say(1, Priority::Text, "tail").await;
    assert_eq!(voice.next().await, Event::Begun(ONE));
    assert_eq!(server.spoken().pop().unwrap(), "another program", "it was heard to its end");
    voice.say(2, Priority::Message, "head").await;
    assert_eq!(voice.next().await, Event::Cut(ONE));
    assert_eq!(voice.next().await, Event::Begun(TWO));
    voice.orders.send(Order::Hush).await.unwrap();
    assert_eq!(voice.next().await, Event::Cut(TWO));
}

#[tokio::test]
async fn a_server_killed_in_mid_sentence_is_noticed_and_found_again() {
    let mut server = Server::prepare(5_000);
    server.start();
    let mut voice = Voice::of(&server);
    voice.wait_until_up().await;
    voice.say(1, Priority::Message, "a long sentence").await;
    assert_eq!(voice.next().await, Event::Begun(ONE));
    server.kill();
    assert_eq!(voice.next().await, Event::Down { why: DownReason::Lost });
    assert_eq!(voice.next().await, Event::NotSaid(ONE));
    server.start();
    voice.wait_until_up().await;
}

#[tokio::test]
async fn a_hung_server_is_left_and_does_not_say_it_later() {
    let mut server = Server::prepare(10);
    server.start();
    let mut voice = Voice::of(&server);
    voice.wait_until_up().await;
    server.signal(Signal::STOP);
    voice.say(1, Priority::Message, "too late").await;
    assert_eq!(voice.next().await, Event::Down { why: DownReason::NotAnswering });
    assert_eq!(voice.next().await, Event::NotSaid(ONE));
    server.signal(Signal::CONT);
    assert_eq!(voice.next().await, Event::Up);
    voice.say(2, Priority::Message, "in time").await;
    assert_eq!(voice.next().await, Event::Begun(TWO));
    assert_eq!(voice.next().await, Event::Ended(TWO));
    let spoken: Vec<_> = server.spoken().into_iter().filter(|text| text != " ").collect();
    assert_eq!(spoken, ["in time"]);
}

#[tokio::test]
async fn a_server_without_a_living_module_has_no_voice_however_well_it_answers() {
    let mut server = Server::prepare(10);
    server.start();
    let mut voice = Voice::of(&server);
    voice.wait_until_up().await;
    server.kill_module();
    voice.say(1, Priority::Message, "nobody hears this").await;
    assert_eq!(voice.next().await, Event::Down { why: DownReason::NotBegun });
    assert_eq!(voice.next().await, Event::NotSaid(ONE));
    voice.say(2, Priority::Message, "nor this").await;
    assert_eq!(voice.next().await, Event::NotSaid(TWO), "not up, though the server answers");
    server.kill();
    server.start();
    voice.wait_until_up().await;
}
