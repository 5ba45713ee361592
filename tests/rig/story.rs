//! A story's usual beginning: a desktop, a broker with an account and a service, a daemon, and
//! this computer registered as Anna's approver. And its end: what was signed and stored.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rusqlite::{Connection, OpenFlags};
use serde_json::Value;

use crate::broker::Broker;
use crate::browser::{Page, PlainBrowser};
use crate::cli::{self, Terminal};
use crate::clock::{self, FakeClock};
use crate::daemon::Daemon;
use crate::desktop::{Builder, Desktop, Output};
use crate::processes::{PATIENCE, wait_until};
use crate::service::{Asked, Service};
use crate::transcript::{Channel, Transcript};

/// The account that stories are told of.
pub const ACCOUNT: &str = "anna";
/// The service that asks.
pub const SERVICE: &str = "Example Bank";

/// How a decision stands that needs not be sent again.
const ANSWERED: &str = "answered by the broker";

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

    /// The same with parts that the story has started in its own way.
    pub async fn begin_with(desktop: Desktop, broker: Broker) -> Story {
        let daemon = Daemon::start(&desktop).await;
        let channels = ["--speech", "on", "--notification", "on", "--attend", "off"];
        Story::begin_as(desktop, broker, daemon, SERVICE, &channels).await
    }

    /// The same with a clock that the story moves: the broker's, the service's and this computer's.
    pub async fn begin_with_clock(desktop: Builder) -> (Story, FakeClock) {
        let desktop = desktop.start().await;
        let clock = FakeClock::new(desktop.dir(), "clock");
        let broker = Broker::start_with_clock(&desktop, clock.clone()).await;
        let daemon = Daemon::start_with_clock(&desktop, clock.clone()).await;
        let channels = ["--speech", "on", "--notification", "on", "--attend", "off"];
        (Story::begin_as(desktop, broker, daemon, SERVICE, &channels).await, clock)
    }

    /// Lets time pass on a clock by which broker and daemon live, and lets both look at it. Where
    /// it is more than a minute, the link between them may be lost and opened again.
    pub async fn pass(&self, clock: &FakeClock, time: Duration) {
        clock.forward(time);
        self.broker.wake().await;
        self.daemon.wake(&self.desktop).await;
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
        let service = Service::start(&broker, service, desktop.transcript()).await;
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

    /// The story's transcript.
    #[must_use]
    pub fn transcript(&self) -> &Transcript {
        self.desktop.transcript()
    }

    /// The person (or the world) does something that is not typed.
    pub fn act(&self, text: &str) {
        self.transcript().note(Channel::Act, text);
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
        self.act("service asks: a login for anna");
        let asked = self.service.ask(ACCOUNT).await;
        self.transcript().name(&asked.id, "REQUEST");
        asked
    }

    /// Anna begins to log in, in a browser without JavaScript, and Sayso tells her whole notice.
    /// `name` stands for the code in the transcript.
    ///
    /// # Panics
    /// If there is no code on the page, or nothing is said of it.
    pub async fn log_in(&mut self, name: &str) -> Login {
        let login = self.open_login_page(name).await;
        let tail = "The code is on the page";
        let notices = self.broker.proxy().passed_named("link request").len().max(1);
        self.desktop.speech().wait_for_nth(tail, notices).await;
        login
    }

    /// The same without waiting for anything to be said.
    ///
    /// # Panics
    /// If there is no code on the page.
    pub async fn open_login_page(&mut self, name: &str) -> Login {
        self.act("in the browser: Anna begins to log in at Example Bank");
        let address = self.service.login_address(ACCOUNT);
        self.open_page(&address, name).await
    }

    /// Anna opens a login page whose address somebody sent her.
    ///
    /// # Panics
    /// If there is no code on the page.
    pub async fn receive_login_page(&mut self, address: &str, name: &str) -> Login {
        self.act("in the browser: Anna opens the address that she was sent");
        self.open_page(address, name).await
    }

    async fn open_page(&mut self, address: &str, name: &str) -> Login {
        let login = Login::open(address, self.language()).await;
        self.transcript().name_code(&login.code, name);
        if let Some(asked) = self.service.last() {
            self.transcript().name(&asked.id, "REQUEST");
        }
        login
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

    /// The language of the person's desktop.
    #[must_use]
    pub fn language(&self) -> &str {
        self.desktop.env().get("LANGUAGE").map_or("en", String::as_str)
    }

    /// Tells what was signed, stored, said and shown, and compares with the golden transcript.
    ///
    /// # Panics
    /// With a readable difference, if it is another story; or if a code was readable by others.
    pub async fn end(self, name: &str) {
        self.wait_for_answers().await;
        let transcript = self.transcript();
        let port = self.broker.origin().replace("http://", "");
        transcript.name(&port, "BROKER");
        for passed in self.broker.proxy().passed() {
            if let Some(text) = signed(&passed.name, &passed.body) {
                transcript.note_at(passed.at, Channel::Signed, text);
            }
        }
        transcript.note(Channel::Act, "afterwards, on the disks:");
        for text in stored_by_broker(&self.broker).into_iter().chain(stored_by_daemon(&self)) {
            transcript.note(Channel::Stored, text);
        }
        self.whole_records().await;
        self.desktop.session_bus().settle().await;
        self.desktop.compare(name);
    }

    /// Waits until the broker has answered every decision.
    pub async fn wait_for_answers(&self) {
        let explain = || Daemon::log(&self.desktop);
        wait_until("the broker's answer to each decision", explain, || {
            let stored = stored_by_daemon(self);
            stored.iter().all(|line| line.ends_with(ANSWERED)).then_some(())
        })
        .await;
    }

    /// The broker's audit and the daemon's history are whole after every story.
    async fn whole_records(&self) {
        let audit = self.broker.administer(&["audit", "verify"]).await;
        assert_eq!(audit.status, 0, "audit verify: {}{}", audit.out, audit.err);
        let verify = cli::sayso(&self.desktop, &["history", "--verify"]);
        let history = cli::run_silently(verify, "").await;
        assert_eq!(history.status, 0, "history --verify: {}{}", history.out, history.err);
    }
}

/// Registers this computer for Anna at any broker, without a word.
///
/// # Panics
/// If it is refused.
pub async fn register_at(desktop: &Desktop, origin: &str, code: &str, channels: &[&str]) {
    let mut arguments = vec!["register", origin, ACCOUNT, "--yes"];
    arguments.extend(["--computer", "laptop", "--voice", "", "--rate", "0"]);
    if !channels.contains(&"--language") {
        arguments.extend(["--language", "en"]);
    }
    arguments.extend(channels);
    let command = cli::sayso(desktop, &arguments);
    let mut terminal = Terminal::open_silently(desktop, &command);
    terminal.read_until("14").await;
    terminal.type_line(code);
    let (status, _) = terminal.wait_for_end().await;
    let log = || Daemon::log(desktop);
    assert_eq!(status, 0, "sayso register: {}\n{}", terminal.screen(), log());
}

/// A login page that is open in a browser.
#[derive(Debug)]
pub struct Login {
    browser: PlainBrowser,
    page: Page,
    opened: String,
    /// The code on the page.
    pub code: String,
}

impl Login {
    /// A new browser, whose person reads `language`, is led to a login page with a code.
    ///
    /// # Panics
    /// If there is no code on the page.
    pub async fn open(address: &str, language: &str) -> Login {
        let mut browser = PlainBrowser::new(language);
        let page = browser.go(address).await;
        let code = page.code().unwrap_or_else(|| panic!("no code on the page: {}", page.text()));
        let opened = page.address.to_string();
        Login { browser, page, opened, code }
    }

    /// The page as it was seen last.
    #[must_use]
    pub fn page(&self) -> &Page {
        &self.page
    }

    /// A code that is not this one.
    #[must_use]
    pub fn wrong_code(&self) -> String {
        self.code
            .chars()
            .map(|digit| char::from_digit((digit.to_digit(10).unwrap_or(0) + 1) % 10, 10))
            .map(|digit| digit.unwrap_or('0'))
            .collect()
    }

    /// Where the page is.
    #[must_use]
    pub fn address(&self) -> &str {
        &self.opened
    }

    /// Looks at the page again.
    pub async fn look(&mut self) -> &Page {
        let address = self.page.address.to_string();
        self.page = self.browser.go(&address).await;
        &self.page
    }

    /// Looks again and again until `text` is on the page, then goes on to where it leads, as its
    /// script does. A page that leads on by itself has been left before that.
    ///
    /// # Panics
    /// If the text does not come.
    pub async fn go_on(&mut self, text: &str, transcript: &Transcript) {
        let started = clock::start();
        let login = self.page.address.clone();
        while !self.look().await.text().contains(text) {
            if self.page.address.origin() != login.origin() {
                return;
            }
            let shown = self.page.text();
            assert!(started.elapsed() < PATIENCE, "{text:?} is not on the page: {shown}");
            clock::moment().await;
        }
        transcript.note(Channel::Page, format!("on the page: {}", self.page.text()));
        self.follow().await;
    }

    /// Opens the page's `return` address.
    pub async fn follow(&mut self) -> &Page {
        let address = format!("{}/return", self.page.address.as_str().trim_end_matches('/'));
        self.page = self.browser.go(&address).await;
        &self.page
    }

    /// Presses a button on it.
    pub async fn press(&mut self, label: &str) -> &Page {
        self.page = self.browser.press(&self.page, label).await;
        &self.page
    }
}

/// What an approver signed, as it passed on its way to the broker.
fn signed(name: &str, body: &[u8]) -> Option<String> {
    let body: Value = serde_json::from_slice(body).ok()?;
    let member = |name: &str| body.get(name)?.as_str().and_then(claims);
    if name.ends_with("/decision") {
        let claims = member("decision")?;
        let heard = &claims["heard"];
        return Some(format!(
            "signed: decision {}, heard {} {}",
            claims["verdict"].as_str()?,
            heard["lang"].as_str()?,
            heard["text"]
        ));
    }
    if name == "POST /v1/bindings" {
        let claims = member("binding")?;
        return Some(format!(
            "signed: binding by {}, value {}",
            claims["method"].as_str()?,
            claims["value"].as_str()?
        ));
    }
    None
}

/// The claims of a signed message, unverified.
#[must_use]
pub fn claims(jws: &str) -> Option<Value> {
    let payload = URL_SAFE_NO_PAD.decode(jws.split('.').nth(1)?).ok()?;
    serde_json::from_slice(&payload).ok()
}

/// One line for each request at the broker: how it ended and which decisions stand beside it.
fn stored_by_broker(broker: &Broker) -> Vec<String> {
    let store = open(&broker.store().join("sayso-broker.db"));
    let mut requests = store
        .prepare("SELECT id, outcome, collected_at IS NOT NULL FROM requests ORDER BY rowid")
        .expect("the broker's requests");
    let rows = requests
        .query_map([], |row| {
            Ok((row.get(0)?, row.get::<_, Option<String>>(1)?, row.get::<_, bool>(2)?))
        })
        .expect("the broker's requests");
    rows.map(|row| {
        let (id, outcome, collected): (String, _, _) = row.expect("a request");
        let verdict = outcome.and_then(|jws| claims(&jws));
        let verdict = verdict.as_ref().and_then(|claims| claims["verdict"].as_str());
        let fetched = if collected { "fetched by the service" } else { "not fetched" };
        let decisions = decisions(&store, "SELECT jws FROM decisions WHERE request = ?1", &id);
        format!(
            "stored by the broker: the request ended with {}, {fetched}; decisions: {decisions}",
            verdict.unwrap_or("nothing yet")
        )
    })
    .collect()
}

/// One line for each decision that the daemon keeps.
fn stored_by_daemon(story: &Story) -> Vec<String> {
    let path = Daemon::store(&story.desktop);
    if !path.exists() {
        return Vec::new();
    }
    let store = open(&path);
    let mut kept = store
        .prepare("SELECT verdict, ending IS NOT NULL FROM decisions ORDER BY decided_at")
        .expect("the daemon's decisions");
    let rows = kept
        .query_map([], |row| Ok((row.get::<_, String>(0)?, row.get::<_, bool>(1)?)))
        .expect("the daemon's decisions");
    rows.map(|row| {
        let (verdict, settled) = row.expect("a decision");
        let settled = if settled { ANSWERED } else { "still to be sent" };
        format!("stored by Sayso: {}, {settled}", verdict.trim_matches('"'))
    })
    .collect()
}

fn decisions(store: &Connection, query: &str, request: &str) -> String {
    let mut found = store.prepare(query).expect("the broker's decisions");
    let verdicts: Vec<String> = found
        .query_map([request], |row| row.get::<_, String>(0))
        .expect("the broker's decisions")
        .filter_map(|jws| claims(&jws.ok()?)?["verdict"].as_str().map(str::to_owned))
        .collect();
    if verdicts.is_empty() { "none".to_owned() } else { verdicts.join(", ") }
}

/// Opens a store that a running process writes to, for reading alone.
fn open(path: &std::path::Path) -> Connection {
    Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY)
        .unwrap_or_else(|error| panic!("{}: {error}", path.display()))
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
        let before = broker_time(&story).await;
        story.pass(&clock, DAY).await;
        let later = broker_time(&story).await - before;
        assert!((86_400..86_430).contains(&later), "{later}");
        assert!((clock.seconds() - crate::clock::seconds() - 86_400).abs() < 2);
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
}
