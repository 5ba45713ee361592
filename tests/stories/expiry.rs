//! A request that nobody answers in time.

use rig::broker::Broker;
use rig::cli::{self, Terminal};
use rig::clock::{FakeClock, now_ns};
use rig::daemon::Daemon;
use rig::desktop::Desktop;
use rig::story::{Login, SERVICE, Story};

const NOT_BEGUN: &str = "\
A login that ran out. Anna hears of it and does nothing: when its five minutes are over, Sayso
takes it off the screen and says nothing more of it.";

const BEGUN: &str = "\
A login that ran out while Anna was at it. She has given the code and is slow to answer: Sayso
tells her once when a minute is left and once at twenty seconds; that it is too late is printed
where the question stands.";

/// Broker and daemon live by clocks that the story moves together.
struct Clocks {
    at_broker: FakeClock,
    here: FakeClock,
    ahead: i64,
}

/// The longest step, in seconds.
const STEP: i64 = 20;

impl Clocks {
    async fn begin(heading: &str) -> (Story, Clocks) {
        let desktop = Desktop::builder(heading).start().await;
        let at_broker = FakeClock::new(desktop.dir(), "broker");
        let here = FakeClock::new(desktop.dir(), "daemon");
        let broker = Broker::start_with_clock(&desktop, at_broker.clone()).await;
        let daemon = Daemon::start_with_clock(&desktop, here.clone()).await;
        let channels = ["--speech", "on", "--notification", "on", "--attend", "off"];
        let story = Story::begin_as(desktop, broker, daemon, SERVICE, &channels).await;
        (story, Clocks { at_broker, here, ahead: 0 })
    }

    /// Lets time pass until so many seconds are left to the request. A process that waits is not
    /// woken by this clock, so both are spoken to, once a step: no step is so long that the two
    /// would lose each other.
    async fn pass_until(&mut self, story: &Story, login: &mut Login, left: i64) {
        let asked = story.service.last().expect("a request");
        let path = format!("/v1/requests/{}", asked.id);
        let (_, answer) = story.service.call("GET", &path, None).await;
        let end = answer["expires_at"].as_i64().expect("its end");
        loop {
            let to_go = end - left - (seconds() + self.ahead);
            self.ahead += to_go.min(STEP);
            self.at_broker.set(self.ahead);
            self.here.set(self.ahead);
            cli::run_silently(cli::sayso(&story.desktop, &["status"]), "").await;
            login.look().await;
            if to_go <= STEP {
                return;
            }
        }
    }
}

/// The machine's time.
fn seconds() -> i64 {
    i64::try_from(now_ns() / 1_000_000_000).expect("a time")
}

#[tokio::test(flavor = "multi_thread")]
async fn not_begun() {
    let (mut story, mut clocks) = Clocks::begin(NOT_BEGUN).await;
    let mut login = story.log_in("CODE-1").await;
    let shown = story.desktop.session_bus().wait_for_notification("log in?").await;

    story.act("five minutes pass");
    clocks.pass_until(&story, &mut login, -1).await;
    story.desktop.session_bus().wait_for_close(&shown).await;
    login.go_on("Too late.", story.transcript()).await;
    let mut terminal = Terminal::sayso(&story.desktop, &["enter", &login.code]);
    let (status, rest) = terminal.wait_for_end().await;
    assert_eq!(status, 2, "{rest}");
    story.end("expiry-not-begun").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn begun() {
    let (mut story, mut clocks) = Clocks::begin(BEGUN).await;
    let mut login = story.log_in("CODE-1").await;
    let mut terminal = Terminal::sayso(&story.desktop, &["enter", &login.code]);
    story.wait_for_question(&mut terminal).await;

    story.act("four minutes pass");
    clocks.pass_until(&story, &mut login, 61).await;
    story.desktop.speech().wait_for("One minute left for Example Bank.").await;
    story.act("forty seconds pass");
    clocks.pass_until(&story, &mut login, 21).await;
    story.desktop.speech().wait_for("Twenty seconds left for Example Bank.").await;
    story.act("the last seconds pass");
    clocks.pass_until(&story, &mut login, 0).await;
    terminal.read_until("Too late.").await;
    let (status, rest) = terminal.wait_for_end().await;
    assert_eq!(status, 5, "{rest}");
    login.go_on("Too late.", story.transcript()).await;
    story.end("expiry-begun").await;
}
