//! A story's usual beginning: a desktop, a broker with an account and a service, a daemon, and
//! this computer registered as Anna's approver. And its end: what was signed and stored.

mod afterwards;
mod browsing;
pub mod changing;
mod computer;
mod login;
mod read_out;

use std::time::Duration;

use serde_json::{Value, json};

use crate::broker::Broker;
use crate::cli::{self, Terminal};
use crate::clock::FakeClock;
use crate::daemon::Daemon;
use crate::desktop::{Builder, Desktop, Output};
use crate::processes::wait_until;
use crate::service::{Asked, Service};
use crate::transcript::{Channel, Transcript};

use afterwards::{ANSWERED, changes_of_broker, signed, stored_by_broker, stored_by_daemon};

pub use afterwards::claims;
pub use computer::Computer;
pub use login::Login;

/// The account that stories are told of.
pub const ACCOUNT: &str = "anna";
/// The service that asks.
pub const SERVICE: &str = "Example Bank";
/// How Sayso talks to her, as `sayso register` is told.
pub const CHANNELS: [&str; 6] = ["--speech", "on", "--notification", "on", "--attend", "off"];

/// All parts of a story. Fields end in the order in which they stand here, users before used.
#[derive(Debug)]
pub struct Story {
    /// Who asks.
    pub service: Service,
    /// Sayso.
    pub daemon: Daemon,
    /// Between them.
    pub broker: Broker,
    /// Around the person.
    pub desktop: Desktop,
}

impl Story {
    /// Begins with Anna's computer registered, speech and notifications on, everything quiet.
    pub async fn begin(desktop: Builder) -> Story {
        let desktop = desktop.start().await;
        let broker = Broker::start(&desktop).await;
        Story::begin_with(desktop, broker).await
    }

    /// The same for an account whose login pages show QR codes.
    pub async fn begin_by_qr(desktop: Builder) -> Story {
        let desktop = desktop.start().await;
        let (broker, daemon) = (Broker::start(&desktop).await, Daemon::start(&desktop).await);
        let answers = [&CHANNELS[..], &["--approve-with", "qr"]].concat();
        Story::begin_as(desktop, broker, daemon, SERVICE, &answers).await
    }

    /// The same with parts that the story has started in its own way.
    pub async fn begin_with(desktop: Desktop, broker: Broker) -> Story {
        let daemon = Daemon::start(&desktop).await;
        Story::begin_as(desktop, broker, daemon, SERVICE, &CHANNELS).await
    }

    /// The same with a clock that the story moves: the broker's, the service's and this computer's.
    pub async fn begin_with_clock(desktop: Builder) -> (Story, FakeClock) {
        Story::begin_with_clock_as(desktop, &[]).await
    }

    /// The same with other answers at registration too.
    pub async fn begin_with_clock_as(desktop: Builder, answers: &[&str]) -> (Story, FakeClock) {
        let desktop = desktop.start().await;
        let clock = FakeClock::new(desktop.dir(), "clock");
        clock.begin();
        let broker = Broker::start_with_clock(&desktop, clock.clone()).await;
        let daemon = Daemon::start_with_clock(&desktop, clock.clone()).await;
        let answers = [&CHANNELS, answers].concat();
        (Story::begin_as(desktop, broker, daemon, SERVICE, &answers).await, clock)
    }

    /// Lets time pass on a clock by which broker and daemon live, and lets both look at it. Where
    /// it is more than a minute, the link between them may be lost and opened again.
    pub async fn pass(&self, clock: &FakeClock, time: Duration) {
        self.pass_for(&[], clock, time).await;
    }

    /// The same where further computers live by that clock.
    pub async fn pass_for(&self, further: &[&Computer], clock: &FakeClock, time: Duration) {
        // Whoever is in the middle of something would take it for hung.
        self.wake(further).await;
        clock.forward(time);
        self.broker.wake().await;
        self.wake(further).await;
    }

    /// Lets time pass until so many seconds are left to the last request, however long the story
    /// has taken so far.
    ///
    /// # Panics
    /// If there is none.
    pub async fn pass_until(&self, clock: &FakeClock, left: i64) {
        let to_go = self.expires_at().await - left - clock.seconds();
        self.pass(clock, Duration::from_secs(u64::try_from(to_go).unwrap_or(0))).await;
    }

    /// When the last request ends (seconds since 1970), as the broker tells the service.
    ///
    /// # Panics
    /// If there is none.
    pub async fn expires_at(&self) -> i64 {
        let asked = self.service.last().expect("a request");
        let path = format!("/v1/requests/{}", asked.id);
        let (_, answer) = self.service.call("GET", &path, None).await;
        answer["expires_at"].as_i64().expect("its end")
    }

    async fn wake(&self, further: &[&Computer]) {
        self.daemon.wake(&self.desktop).await;
        for computer in further {
            computer.daemon.wake(&computer.desktop).await;
        }
    }

    /// The same with a daemon of its own kind, another service, and other answers at registration.
    pub async fn begin_as(
        desktop: Desktop,
        broker: Broker,
        daemon: Daemon,
        service: &str,
        channels: &[&str],
    ) -> Story {
        broker.add_account(ACCOUNT).await;
        let service = Service::start(&broker, service, desktop.whole_transcript()).await;
        let story = Story { service, daemon, broker, desktop };
        story.register(channels).await;
        // Before its link is open, the broker cannot tell whether a login is near.
        story.broker.proxy().wait_for("link snapshot", 1).await;
        story
    }

    /// Registers this computer for Anna without a word; `channels` says what she perceives.
    ///
    /// # Panics
    /// If it is refused.
    pub async fn register(&self, channels: &[&str]) {
        let code = self.broker.activation(ACCOUNT).await;
        register_at(&self.desktop, &self.broker.origin(), &code, channels).await;
    }

    /// Registers this computer for one more account at the same broker, without a word.
    ///
    /// # Panics
    /// If it is refused.
    pub async fn register_also(&self, account: &str) {
        let code = self.broker.activation(account).await;
        let at = (&*self.broker.origin(), account);
        computer::register(&self.desktop, at, &code, "laptop", &CHANNELS).await;
        self.wait_for_connected(account).await;
    }

    /// Waits until Sayso is connected for this account.
    ///
    /// # Panics
    /// If it is not.
    pub async fn wait_for_connected(&self, account: &str) {
        computer::connected(&self.desktop, account).await;
    }

    /// Waits until Sayso knows that the broker of this name cannot be reached.
    ///
    /// # Panics
    /// If it does not notice.
    pub async fn wait_for_lost(&self, broker: &str) {
        computer::lost(&self.desktop, broker).await;
    }

    /// The story's transcript.
    #[must_use]
    pub fn transcript(&self) -> &Transcript {
        self.desktop.whole_transcript()
    }

    /// The person (or the world) does something that is not typed.
    pub fn act(&self, text: &str) {
        self.transcript().note(Channel::Act, text);
    }

    /// The operator of the broker types a command, and reads what it prints.
    ///
    /// # Panics
    /// If it does not succeed.
    pub async fn operate(&self, arguments: &[&str]) -> String {
        self.act(&format!("the operator types: sayso-broker {}", arguments.join(" ")));
        let printed = self.broker.must(arguments).await;
        for line in printed.lines() {
            self.transcript().note(Channel::Printed, format!("the operator reads: {line}"));
        }
        printed
    }

    /// The operator draws an activation code for Anna; `more` may let its computer in at once.
    pub async fn draw_activation(&self, more: &[&str]) -> String {
        let printed = self.operate(&[&["activation", "new", ACCOUNT], more].concat()).await;
        let code = printed.trim().rsplit(": ").next().unwrap_or_default().to_owned();
        self.transcript().name(&code, "ACTIVATION-CODE");
        code
    }

    /// Anna puts the headset on or takes it off, and Sayso has noticed.
    ///
    /// # Panics
    /// If the story has no sound, or Sayso does not notice.
    pub async fn send_sound_to(&mut self, output: Output) {
        let (act, listening) = match output {
            Output::Speakers => ("Anna takes her headset off", "Loud"),
            Output::Headset => ("Anna puts her headset on", "Private"),
        };
        self.act(act);
        self.desktop.sound().send_to(output);
        let told = || Daemon::log(&self.desktop);
        wait_until(act, told, || {
            let log = told();
            let (_, last) = log.rsplit_once("sound: now=")?;
            last.starts_with(listening).then_some(())
        })
        .await;
    }

    /// The service asks for a login.
    pub async fn ask(&self) -> Asked {
        self.ask_with("service asks: a login for anna", json!({})).await
    }

    /// The same for a browser in another network: two at most wait from each.
    pub async fn ask_from(&self, address: &str) -> Asked {
        let act = format!("service asks: a login for anna, from {address}");
        self.ask_with(&act, json!({ "origin": { "address": address } })).await
    }

    async fn ask_with(&self, act: &str, more: Value) -> Asked {
        self.act(act);
        let asked = self.service.ask_with(ACCOUNT, more).await;
        self.transcript().name(&asked.id, "REQUEST");
        asked
    }

    /// Waits until so many requests wait at Sayso, whether it has told of them or not.
    ///
    /// # Panics
    /// If it does not run.
    pub async fn wait_for_waiting(&mut self, count: u64) {
        let Story { daemon, desktop, .. } = self;
        let noted = async || {
            let ran = cli::run_silently(cli::sayso(desktop, &["status", "--json"]), "").await;
            let status: Value = serde_json::from_str(&ran.out).unwrap_or_default();
            status["waiting"] == count
        };
        daemon.process().wait_until("waiting requests", noted).await;
    }

    /// Waits until Sayso has no account any more.
    pub async fn wait_for_no_account(&self) {
        computer::forgotten(&self.desktop).await;
    }

    /// Waits until the lines of the history, oldest first, are as they should be.
    pub async fn wait_for_history(&self, what: &str, are: impl Fn(&[Value]) -> bool) {
        computer::wait_for_history(&self.desktop, what, are).await;
    }

    /// Waits until `count` of the lines of the history hold `text`.
    pub async fn wait_for_in_history(&self, text: &str, count: usize) {
        let holds =
            |line: &&Value| line["sentence"].as_str().is_some_and(|line| line.contains(text));
        let are = |lines: &[Value]| lines.iter().filter(holds).count() == count;
        self.wait_for_history(&format!("{count} of {text:?}"), are).await;
    }

    /// Anna types the code of her login and approves, and goes on in her browser.
    ///
    /// # Panics
    /// If it comes otherwise.
    pub async fn approve(&self, login: &mut Login) {
        let mut terminal = Terminal::sayso(&self.desktop, &["enter", &login.code]);
        self.wait_for_question(&mut terminal).await;
        terminal.type_line("approve");
        login.go_on("Approved", self.transcript()).await;
        terminal.wait_for_status(0).await;
    }

    /// Waits until the question stands in the terminal and the notice is gone from the screen.
    pub async fn wait_for_question(&self, terminal: &mut Terminal) {
        terminal.read_until("Answer:").await;
        self.desktop.session_bus().wait_for_empty_screen().await;
    }

    /// Waits until a notification with this text has been shown for the `count`th time.
    pub async fn wait_for_shown(&self, text: &str, count: usize) {
        let bus = self.desktop.session_bus();
        let shown = || crate::desktop::shown(bus);
        let what = format!("notification {count} with {text:?}");
        let explain = || format!("shown so far: {:#?}", shown());
        wait_until(&what, explain, || {
            shown().into_iter().filter(|one| one.summary.contains(text)).nth(count - 1)
        })
        .await;
    }

    /// The languages of the person's desktop, as their browser asks for them.
    #[must_use]
    pub fn languages(&self) -> String {
        let list = self.desktop.env().get("LANGUAGE").map_or("en", String::as_str);
        list.replace(':', ",").replace('_', "-")
    }

    /// Tells what was signed, stored, said and shown, and compares with the golden transcript.
    ///
    /// # Panics
    /// With a readable difference, if it is another story; or if a record is not whole.
    pub async fn end(self, name: &str) {
        self.end_with(&[], name).await;
    }

    /// The same for a story with further computers.
    ///
    /// # Panics
    /// As [`Story::end`].
    pub async fn end_with(self, further: &[&Computer], name: &str) {
        let mut desktops = vec![&self.desktop];
        desktops.extend(further.iter().map(|computer| &computer.desktop));
        for desktop in &desktops {
            wait_for_answers(desktop).await;
        }
        let transcript = self.transcript();
        let origin = self.broker.origin();
        let port = origin.split_once("://").map_or(&*origin, |(_, port)| port);
        transcript.name(port, "BROKER");
        for passed in self.broker.proxy().passed() {
            if let Some(text) = signed(&passed.name, &passed.body) {
                transcript.note_at(passed.at, Channel::Signed, text);
            }
        }
        transcript.note(Channel::Act, "afterwards, on the disks:");
        let changes = changes_of_broker(&self.broker);
        for text in stored_by_broker(&self.broker).into_iter().chain(changes) {
            transcript.note(Channel::Stored, text);
        }
        for desktop in &desktops {
            for text in stored_by_daemon(desktop) {
                desktop.transcript().note(Channel::Stored, text);
            }
        }
        let audit = self.broker.administer(&["audit", "verify"]).await;
        assert_eq!(audit.status, 0, "audit verify: {}{}", audit.out, audit.err);
        for desktop in desktops {
            whole_history(desktop).await;
            desktop.session_bus().settle().await;
            desktop.tell();
        }
        transcript.compare(name);
    }

    /// Waits until the broker has answered every decision.
    pub async fn wait_for_answers(&self) {
        wait_for_answers(&self.desktop).await;
    }
}

async fn wait_for_answers(desktop: &Desktop) {
    let explain = || Daemon::log(desktop);
    wait_until("the broker's answer to each decision", explain, || {
        let stored = stored_by_daemon(desktop);
        stored.iter().all(|line| line.ends_with(ANSWERED)).then_some(())
    })
    .await;
}

/// A daemon's history is whole after every story.
async fn whole_history(desktop: &Desktop) {
    let verify = cli::sayso(desktop, &["history", "--verify"]);
    let history = cli::run_silently(verify, "").await;
    assert_eq!(history.status, 0, "history --verify: {}{}", history.out, history.err);
}

/// Registers a first computer for Anna at any broker, without a word.
///
/// # Panics
/// If it is refused.
pub async fn register_at(desktop: &Desktop, origin: &str, code: &str, channels: &[&str]) {
    computer::register(desktop, (origin, ACCOUNT), code, "laptop", channels).await;
}

/// The same where the broker is not believed: Anna reads why.
///
/// # Panics
/// If she is registered.
pub async fn register_in_vain(desktop: &Desktop, origin: &str, code: &str) {
    let transcript = desktop.whole_transcript();
    transcript.note(Channel::Act, format!("Anna registers at {origin}"));
    let (status, screen) =
        computer::try_to_register(desktop, (origin, ACCOUNT), code, "laptop", &CHANNELS).await;
    assert_ne!(status, 0, "{screen}");
    let last = screen.lines().rfind(|line| !line.trim().is_empty()).unwrap_or_default();
    transcript.note(Channel::Printed, format!("printed: {last}"));
}

#[cfg(test)]
mod tests {

    use super::*;

    const DAY: Duration = Duration::from_secs(86_400);

    /// Broker time, as it tells an approver.
    async fn broker_time(story: &Story) -> i64 {
        let address = format!("{}/v1/time?nonce=rig", story.broker.origin());
        let answer: Value = reqwest::get(address).await.unwrap().json().await.unwrap();
        claims(answer["time"].as_str().unwrap()).unwrap()["iat"].as_i64().unwrap()
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_day_passes_for_broker_and_daemon_and_they_find_each_other_again() {
        let (mut story, clock) = Story::begin_with_clock(Desktop::builder("A day.")).await;
        let began = clock.seconds();
        let before = broker_time(&story).await;
        story.pass(&clock, DAY).await;
        let later = broker_time(&story).await - before;
        assert!((86_400..86_430).contains(&later), "{later}");
        assert!((86_400..86_430).contains(&(clock.seconds() - began)));
        let login = story.log_in("CODE-1").await;
        let mut terminal = Terminal::sayso(&story.desktop, &["enter", &login.code]);
        story.wait_for_question(&mut terminal).await;
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_clock_that_is_set_moves_the_brokers_wall_time() {
        let desktop = Desktop::builder("A clock.").start().await;
        let clock = FakeClock::wall_alone(desktop.dir(), "broker");
        let broker = Broker::start_with_clock(&desktop, clock.clone()).await;
        let story = Story::begin_with(desktop, broker).await;
        let before = broker_time(&story).await;
        clock.forward(DAY);
        story.broker.wake().await;
        let later = broker_time(&story).await - before;
        assert!((86_400..86_430).contains(&later), "{later}");
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_story_is_told_on_wayland_as_on_x() {
        let mut story = Story::begin(Desktop::builder("On Wayland.").wayland()).await;
        story.log_in("CODE-1").await;
        story.wait_for_shown("log in? Answer: code", 1).await;
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn two_computers_are_told_apart_in_one_transcript() {
        let first = Desktop::builder("Two computers.").called("first computer");
        let mut story = Story::begin(first).await;
        let second = Computer::start(story.desktop.beside("second computer")).await;
        assert_ne!(story.desktop.env()["SPEECHD_ADDRESS"], second.desktop.env()["SPEECHD_ADDRESS"]);
        story.log_in("CODE-1").await;
        let ran = cli::run(&second.desktop, &["requests"]).await;
        for desktop in [&story.desktop, &second.desktop] {
            desktop.tell();
        }
        let told = story.transcript().text();
        for line in [
            "in the browser: Anna begins to log in at Example Bank",
            "first computer: said (message, to its end): Sayso. Example Bank asks you to log in.",
            "second computer: typed: sayso requests",
            &format!("second computer: printed: {}", ran.out.lines().next().unwrap_or_default()),
        ] {
            assert!(told.contains(&format!("\n{line}")), "{line:?} is not in:\n{told}");
        }
        assert!(!told.contains("second computer: said"), "{told}");
    }
}
