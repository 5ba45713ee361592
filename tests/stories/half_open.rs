//! A login while others hold connections open, at the broker and at the daemon, and bring nothing to
//! its end.

use std::time::Duration;

use futures_util::StreamExt;
use rig::approver::Approver;
use rig::authority::Authority;
use rig::broker::Broker;
use rig::browser::Browser;
use rig::cli::Terminal;
use rig::daemon::Daemon;
use rig::desktop::Desktop;
use rig::hoard::{Callers, Hoard};
use rig::processes::in_time;
use rig::service::{Returned, Service};
use rig::story::{ACCOUNT, CHANNELS, SERVICE, Story};
use rig::transcript::Channel;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

const HEADING: &str = "\
Connections that come to no end. From one network, a thousand are opened to the broker again and again:
nothing is sent on them, or half a head, half a body, a link without a proof. On Anna's own computer a
program calls Sayso forty times and never says why. She logs in meanwhile as ever.";

const BY_TLS: &str = "\
Connections by TLS that come to no end. From one network, a thousand are opened to the broker again and
again: nothing is sent on them, or half of what TLS begins with. Anna logs in meanwhile as ever.";

const HALF_A_MESSAGE: &str = "\
Half a message. Berta's computer proves who it is, begins to say something to the broker, and never goes
on. Anna logs in meanwhile as ever. Within four minutes the broker lets Berta's computer go, and not hers.";

/// About as many as one network may have open whom nobody knows.
const CONNECTIONS: usize = 1000;
/// A slow machine drops so many while a person logs in.
const DROPPED: usize = 300;
/// After so long the broker pings whoever is connected.
const IDLE: Duration = Duration::from_secs(57);

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

#[tokio::test(flavor = "multi_thread")]
async fn half_open_by_tls() {
    let builder = Desktop::builder(BY_TLS).without_notifications().without_display();
    let mut desktop = builder.start().await;
    let authority = Authority::found(desktop.dir(), "brokers-authority");
    desktop.trust(&authority);
    let broker = Broker::start_secure(&desktop, &authority).await;
    broker.add_account(ACCOUNT).await;
    let daemon = Daemon::start(&desktop).await;
    let service = Service::start(&broker, SERVICE, desktop.whole_transcript()).await;
    let mut story = Story { service, daemon, broker, desktop };
    story.register(&CHANNELS).await;
    story.broker.wait_for_link(1).await;
    story.act("from one network: a thousand connections by TLS that come to no end");
    let hoard = Hoard::begin(&story.broker, [127, 0, 0, 2], CONNECTIONS);

    let browser = Browser::open(&story.desktop, "browser").await;
    let code = story.log_in_by_code(&browser).await;
    story.approve_by_code(&browser, &code).await;
    drop(browser);

    hoard.wait_for_dropped(DROPPED).await;
    story.transcript().note(Channel::Service, "the broker drops them in their time");
    drop(hoard);
    story.end("half-open-by-tls").await;
}

/// A text of so many bytes that are masked (RFC 6455, section 5.2), and the first of them.
const HALF: [u8; 9] = [0x81, 0xfe, 0x01, 0x00, 0, 0, 0, 0, b'{'];
const PING: [u8; 2] = [0x89, 0];
/// Closed with 4000: the approver is silent.
const CLOSED: [u8; 4] = [0x88, 2, 0x0f, 0xa0];

#[tokio::test(flavor = "multi_thread")]
async fn half_a_message() {
    let desktop = Desktop::builder(HALF_A_MESSAGE).without_notifications().without_display();
    let (mut story, clock) = Story::begin_with_clock(desktop).await;
    story.broker.add_account("berta").await;
    let berta = Approver::register(&story.broker, "berta").await;
    let stream = TcpStream::connect(story.broker.address()).await.expect("the broker");
    let mut link = berta.link(stream, &[]).await;
    let snapshot = in_time("a snapshot", link.next()).await.expect("a message").expect("a link");
    assert!(snapshot.to_text().expect("a text").contains("snapshot"), "{snapshot}");
    story.act("Berta's computer sends half a message");
    let mut half = link.into_inner();
    half.write_all(&HALF).await.expect("the broker");

    let mut login = story.log_in("CODE-1").await;
    story.approve(&mut login).await;
    for pings in 1..=3 {
        story.pass(&clock, IDLE).await;
        story.broker.proxy().wait_for("link ping", pings).await;
        let mut ping = [0; 2];
        in_time("a ping", half.read_exact(&mut ping)).await.expect("the broker");
        assert_eq!(ping, PING);
    }
    story.pass(&clock, IDLE).await;
    let mut rest = Vec::new();
    in_time("the end", half.read_to_end(&mut rest)).await.expect("the broker");
    assert_eq!(rest, CLOSED);
    story.transcript().note(Channel::Service, "the broker lets Berta's computer go");
    assert_eq!(story.broker.log().matches("disconnected").count(), 1, "Anna's link holds");
    story.end("half-a-message").await;
}
