//! A broker that was trusted once and is not to be trusted any more.

use rig::cli;
use rig::daemon::Daemon;
use rig::desktop::Desktop;
use rig::false_broker::{FalseBroker, Manner};
use rig::story;
use rig::transcript::Channel;
use sayso_protocol::enrolment::ActivationCode;
use sayso_protocol::signature::SecretKey;
use tokio_tungstenite::tungstenite::Message;

const HEADING: &str = "\
A false broker. It says on the link whatever it likes: frames that are too large, nonsense, requests
that it did not sign, requests for somebody else, ends of requests that nobody made; it sends calls
round in circles. Nothing of it is said or shown, and Sayso lives: the one request that is in order
is announced.";

#[tokio::test(flavor = "multi_thread")]
async fn hostile_broker() {
    let mut desktop = Desktop::builder(HEADING).start().await;
    let broker = FalseBroker::start().await;
    let mut daemon = Daemon::start(&desktop).await;
    let activation = ActivationCode::draw(&mut rand::rng());
    story::register_at(&desktop, broker.origin(), activation.reveal(), &story::CHANNELS).await;
    broker.wait_for_link(1).await;
    let said = desktop.speech().said().len();

    let act = |what: &str| desktop.transcript().note(Channel::Act, format!("the broker: {what}"));
    // Each of these ends the link; the daemon opens another one.
    for (what, message) in [
        ("a frame of 70,000 bytes", Message::text(" ".repeat(70_000))),
        ("a request cut short", Message::text(r#"{"type":"request","jws":"eyJ"#)),
        ("a message of an unknown type", Message::text(r#"{"type":"approve_everything"}"#)),
        ("brackets, 60,000 deep", Message::text("[".repeat(60_000))),
        ("bytes", Message::binary(vec![0xff; 100])),
    ] {
        act(what);
        let opened = broker.opened();
        broker.say(message);
        broker.wait_for_link(opened + 1).await;
    }
    // These do not verify, and are dropped.
    let mut foreign = broker.request("Foreign Bank");
    foreign.aud = "somebody-else".to_owned();
    let mut stale = broker.request("Stale Bank");
    // Times are whole seconds: a moment ago might not be over yet.
    stale.exp.0 = stale.iat.0 - 60;
    let mut other = broker.request("Other Bank");
    other.iss = "http://127.0.0.1:1".to_owned();
    let stranger = SecretKey::generate(&mut rand::rng());
    let forged = broker.request("Forged Bank");
    act("requests that are forged, foreign, stale, and another broker's");
    broker.say_request(&forged, Some(&stranger));
    for request in [&foreign, &stale, &other] {
        broker.say_request(request, None);
    }
    act("a second snapshot with nonsense in it");
    broker.say_snapshot(&serde_json::json!([
        {"jws": "a.b.c", "state": "pending", "expires_at": 1},
        {"jws": "a.b.c", "state": "bound", "expires_at": 1}
    ]));
    act("the end of a request that nobody made, and its collection");
    let id = "018f2d7e-7e3b-7000-8000-000000000000";
    let ended = format!(r#"{{"type":"request_ended","id":"{id}","state":"denied"}}"#);
    let collected = format!(r#"{{"type":"collected","id":"{id}"}}"#);
    let changed =
        format!(r#"{{"type":"request_changed","id":"{id}","state":"bound","expires_at":1}}"#);
    for text in [ended, collected, changed] {
        broker.say(Message::text(text));
    }
    for (what, manner) in [
        ("every call is sent on to itself", Manner::Redirects),
        ("every call is answered with a megabyte", Manner::Floods),
        ("no call is answered", Manner::Silent),
    ] {
        act(what);
        let called = broker.called();
        broker.behave(manner);
        broker.cut();
        broker.wait_for_call(called + 1).await;
        let status = cli::run_silently(cli::sayso(&desktop, &["status"]), "").await;
        assert_eq!(status.status, 0, "{}", status.err);
        assert!(broker.called() <= called + 5, "{} calls", broker.called() - called);
    }
    let opened = broker.opened();
    broker.behave(Manner::Proper);
    broker.wait_for_link(opened + 1).await;
    act("a request in order");
    broker.say_request(&broker.request("Example Bank"), None);
    desktop.session_bus().wait_for_notification("Example Bank: log in?").await;
    let tail = desktop.speech().wait_for("The code is on the page").await;
    assert_eq!(desktop.speech().said().len(), said + 2, "nothing else was said: {tail:?}");
    assert!(daemon.process().is_running());
    assert!(!Daemon::log(&desktop).contains("panicked"), "{}", Daemon::log(&desktop));
    daemon.stop().await;
    desktop.compare("hostile-broker");
}
