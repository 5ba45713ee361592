//! A broker behind nginx, set up as `docs/hosting.md` prints it.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use futures_util::StreamExt;
use rig::approver::Approver;
use rig::authority::Authority;
use rig::broker::Broker;
use rig::browser::Browser;
use rig::cli::Terminal;
use rig::clock::FakeClock;
use rig::daemon::Daemon;
use rig::desktop::Desktop;
use rig::processes::in_time;
use rig::story::{CHANNELS, SERVICE, Story, claims};
use rig::transcript::Channel;
use rig::wire::connect_from;
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_rustls::client::TlsStream;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;

const HEADING: &str = "\
A broker behind nginx. Anna logs in; Sayso knows that the browser is in her own network, and of a login
from elsewhere that it is not. For three minutes nobody says anything, and then she is told of a login as
ever. A computer that writes into its calls where it wants to be is taken for where it is.";

/// The broker says something to an idle link more often than that, and nginx waits longer.
const IDLE: Duration = Duration::from_secs(57);

#[tokio::test(flavor = "multi_thread")]
async fn a_broker_behind_nginx() {
    let mut desktop = Desktop::builder(HEADING).start().await;
    let authority = Authority::found(desktop.dir(), "brokers-authority");
    desktop.trust(&authority);
    let clock = FakeClock::new(desktop.dir(), "clock");
    let broker = Broker::start_behind_nginx(&desktop, &authority, clock.clone()).await;
    let daemon = Daemon::start_with_clock(&desktop, clock.clone()).await;
    let mut story = Story::begin_as(desktop, broker, daemon, SERVICE, &CHANNELS).await;
    let browser = Browser::open(&story.desktop, "browser").await;
    let code = story.log_in_by_code(&browser).await;
    story.approve_by_code(&browser, &code).await;
    drop(browser);

    story.act("three minutes pass");
    for pings in 1..=3 {
        clock.forward(IDLE);
        // nginx looks at its clock too, before the broker does and says something.
        reach(&story.broker.origin(), &authority, [127, 0, 0, 1]).await;
        story.pass(&clock, Duration::ZERO).await;
        story.broker.proxy().wait_for("link ping", pings).await;
    }
    story.ask_from("127.0.0.2").await;
    story.desktop.speech().wait_for("Careful: from another network").await;
    story.desktop.speech().wait_for_nth("The code is on the page", 2).await;
    Terminal::sayso(&story.desktop, &["deny"]).wait_for_status(1).await;
    assert!(!story.broker.log().contains("disconnected"), "the link holds");

    where_a_forger_is(&story, &authority).await;
    assert_eq!(story.broker.visits(), "", "the address of a login page is in no log");
    story.end("nginx").await;
}

/// Where a computer is, and where it says that it is.
const HERE: [u8; 4] = [127, 0, 0, 7];
const ELSEWHERE: &str = "198.51.100.7";

/// Berta's computer says of itself that it is somewhere else; requests from there and from where it is
/// are told as near only if they are.
async fn where_a_forger_is(story: &Story, authority: &Authority) {
    story.broker.add_account("berta").await;
    let computer = Approver::register(&story.broker, "berta").await;
    let here = IpAddr::from(HERE).to_string();
    story.act(&format!("Berta's computer at {here} says that it is at {ELSEWHERE}"));
    let stream = reach(&story.broker.origin(), authority, HERE).await;
    let mut link = computer.link(stream, &[("x-forwarded-for", ELSEWHERE)]).await;
    // Before that the broker does not know that it is there.
    told(&mut link, "snapshot").await;
    for from in [ELSEWHERE, &*here] {
        story.service.ask_with("berta", json!({ "origin": { "address": from } })).await;
        let request = told(&mut link, "request").await;
        let request = claims(request["jws"].as_str().expect("a request")).expect("claims");
        let near = request["near"].as_str().expect("whether it is near");
        let told = format!("Berta's computer is told of a login from {from}: near {near}");
        story.transcript().note(Channel::Service, told);
    }
}

/// The next message of this type.
async fn told(link: &mut WebSocketStream<TlsStream<TcpStream>>, kind: &str) -> Value {
    loop {
        let message = in_time(kind, link.next()).await.expect("a message").expect("a link");
        let Message::Text(text) = message else { continue };
        let message: Value = serde_json::from_str(&text).expect("JSON");
        if message["type"] == kind {
            return message;
        }
    }
}

/// Calls nginx by TLS, from this address of this computer.
async fn reach(origin: &str, authority: &Authority, from: [u8; 4]) -> TlsStream<TcpStream> {
    let address: SocketAddr = origin.trim_start_matches("https://").parse().expect("an address");
    let stream = connect_from(from.into(), address).await.expect("nginx");
    let greeting = authority.believe().connect(address.ip().into(), stream);
    in_time("TLS with nginx", greeting).await.expect("TLS")
}
