//! A login while others hold connections open, at the broker and at the daemon, and bring nothing to
//! its end.

use rig::cli::Terminal;
use rig::daemon::Daemon;
use rig::desktop::Desktop;
use rig::hoard::{Callers, Hoard};
use rig::service::Returned;
use rig::story::Story;
use rig::transcript::Channel;

const HEADING: &str = "\
Connections that come to no end. From one network, a thousand are opened to the broker again and again:
nothing is sent on them, or half a head, half a body, a link without a proof. On Anna's own computer a
program calls Sayso forty times and never says why. She logs in meanwhile as ever.";

/// About as many as one network may have open whom nobody knows.
const CONNECTIONS: usize = 1000;
/// A slow machine drops so many while a person logs in.
const DROPPED: usize = 300;

#[tokio::test(flavor = "multi_thread")]
async fn half_open() {
    let mut story =
        Story::begin(Desktop::builder(HEADING).without_notifications().without_display()).await;
    story.act("from one network: a thousand connections to the broker that come to no end");
    let hoard = Hoard::begin(&story.broker, [127, 0, 0, 2], CONNECTIONS);
    story.act("on Anna's computer: a program calls Sayso 40 times and says nothing");
    let callers = Callers::begin(&Daemon::door(&story.desktop), 40).await;
    assert_eq!(callers.inside(), 16);

    let mut login = story.log_in("CODE-1").await;
    let mut terminal = Terminal::sayso(&story.desktop, &["enter", &login.code]);
    story.wait_for_question(&mut terminal).await;
    terminal.type_line("approve");
    login.go_on("Approved", story.transcript()).await;
    let (status, rest) = terminal.wait_for_end().await;
    assert_eq!(status, 0, "{rest}");
    assert!(matches!(story.service.wait_for_return().await, Returned::Outcome(_)));

    hoard.wait_for_dropped(DROPPED).await;
    story.transcript().note(Channel::Service, "the broker drops them in their time");
    drop((hoard, callers));
    story.end("half-open").await;
}
