//! A request that nobody answers in time.

use std::time::Duration;

use rig::cli::Terminal;
use rig::clock::FakeClock;
use rig::desktop::Desktop;
use rig::story::{Login, Story};

const NOT_BEGUN: &str = "\
A login that ran out. Anna hears of it and does nothing: when its five minutes are over, Sayso
takes it off the screen and says nothing more of it.";

const BEGUN: &str = "\
A login that ran out while Anna was at it. She has given the code and is slow to answer: Sayso
tells her once when a minute is left and once at twenty seconds; that it is too late is printed
where the question stands.";

/// The longest step. A process that waits is not woken by the clock, so both are spoken to, once a
/// step: no step is so long that the two would lose each other.
const STEP: i64 = 20;

/// Lets time pass until so many seconds are left to the request.
async fn pass_until(story: &Story, clock: &FakeClock, login: &mut Login, left: i64) {
    let end = story.expires_at().await;
    loop {
        let to_go = end - left - clock.seconds();
        let step = u64::try_from(to_go.min(STEP)).unwrap_or(0);
        story.pass(clock, Duration::from_secs(step)).await;
        login.look().await;
        if to_go <= STEP {
            return;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn not_begun() {
    let (mut story, clock) = Story::begin_with_clock(Desktop::builder(NOT_BEGUN)).await;
    let mut login = story.log_in("CODE-1").await;
    let shown = story.desktop.session_bus().wait_for_notification("log in?").await;

    story.act("five minutes pass");
    pass_until(&story, &clock, &mut login, -1).await;
    story.desktop.session_bus().wait_for_close(&shown).await;
    login.go_on("Too late.", story.transcript()).await;
    let mut terminal = Terminal::sayso(&story.desktop, &["enter", &login.code]);
    terminal.wait_for_status(2).await;
    story.end("expiry-not-begun").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn begun() {
    let (mut story, clock) = Story::begin_with_clock(Desktop::builder(BEGUN)).await;
    let mut login = story.log_in("CODE-1").await;
    let mut terminal = Terminal::sayso(&story.desktop, &["enter", &login.code]);
    story.wait_for_question(&mut terminal).await;

    story.act("four minutes pass");
    pass_until(&story, &clock, &mut login, 61).await;
    story.desktop.speech().wait_for("One minute left for Example Bank.").await;
    story.act("forty seconds pass");
    pass_until(&story, &clock, &mut login, 21).await;
    story.desktop.speech().wait_for("Twenty seconds left for Example Bank.").await;
    story.act("the last seconds pass");
    pass_until(&story, &clock, &mut login, 0).await;
    terminal.read_until("Too late.").await;
    terminal.wait_for_status(5).await;
    login.go_on("Too late.", story.transcript()).await;
    story.end("expiry-begun").await;
}
