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
use rig::service::Returned;
use rig::story::{ACCOUNT, CHANNELS, SERVICE, Story, claims};
use rig::transcript::Channel;
use sayso_protocol::link::{DeviceCall, SUBPROTOCOL};
use serde_json::{Value, json};
use tokio::net::{TcpSocket, TcpStream};
use tokio_rustls::client::TlsStream;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;

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
    log_in(&mut story).await;

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
    assert_eq!(story.broker.proxy().passed_named("link snapshot").len(), 1, "it held");

    where_a_forger_is(&story, &authority).await;
    assert_eq!(story.broker.visits(), "", "the address of a login page is in no log");
    story.end("nginx").await;
}

/// Anna logs in at her bank with Chromium; its page learns by itself that she has.
async fn log_in(story: &mut Story) {
    let browser = Browser::open(&story.desktop, "browser").await;
    story.act("in the browser: Anna begins to log in at Example Bank");
    browser.go(&story.service.login_address(ACCOUNT)).await;
    let code = browser.code().await;
    story.transcript().name_code(&code, "CODE-1");
    story.desktop.speech().wait_for("The code is on the page").await;
    let mut terminal = Terminal::sayso(&story.desktop, &["enter", &code]);
    story.wait_for_question(&mut terminal).await;
    terminal.type_line("approve");
    terminal.wait_for_status(0).await;
    browser.wait_for_text("approve for anna").await;
    assert!(matches!(story.service.wait_for_return().await, Returned::Outcome(_)));
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
    let mut link = forged_link(&story.broker.origin(), authority, &computer).await;
    for from in [ELSEWHERE, &*here] {
        story.service.ask_with("berta", json!({ "origin": { "address": from } })).await;
        let request = loop {
            let message = link.next().await.expect("a message").expect("a link");
            let Message::Text(text) = message else { continue };
            let message: Value = serde_json::from_str(&text).expect("JSON");
            if message["type"] == "request" {
                break claims(message["jws"].as_str().expect("a request")).expect("claims");
            }
        };
        let near = request["near"].as_str().expect("whether it is near");
        let told = format!("Berta's computer is told of a login from {from}: near {near}");
        story.transcript().note(Channel::Service, told);
    }
}

async fn forged_link(
    origin: &str,
    authority: &Authority,
    computer: &Approver,
) -> WebSocketStream<TlsStream<TcpStream>> {
    let path = "/v1/approver/link";
    let call = DeviceCall { method: "GET".into(), path: path.into() };
    let proof = computer.link_key.sign(&computer.envelope(call));
    let called = format!("{}{path}", origin.replace("https:", "wss:"));
    let mut request = called.into_client_request().expect("an address");
    for (name, value) in [
        ("authorization", &*format!("Bearer {}", proof.as_str())),
        ("sec-websocket-protocol", SUBPROTOCOL),
        ("x-forwarded-for", ELSEWHERE),
    ] {
        request.headers_mut().insert(name, value.parse().expect("a field"));
    }
    let stream = reach(origin, authority, HERE).await;
    tokio_tungstenite::client_async(request, stream).await.expect("a link").0
}

/// Calls nginx by TLS, from this address of this computer.
async fn reach(origin: &str, authority: &Authority, from: [u8; 4]) -> TlsStream<TcpStream> {
    let address: SocketAddr = origin.trim_start_matches("https://").parse().expect("an address");
    let socket = TcpSocket::new_v4().expect("a socket");
    socket.bind((from, 0).into()).expect("an address of this computer");
    let stream = socket.connect(address).await.expect("nginx");
    authority.believe().connect(address.ip().into(), stream).await.expect("TLS")
}
