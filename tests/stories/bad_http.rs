//! What comes to the broker's door that is not a call of ours: it is refused in the broker's own
//! words, and nobody else waits because of it.

use rig::approver::Approver;
use rig::broker::Broker;
use rig::browser::PlainBrowser;
use rig::desktop::Desktop;
use rig::service::Service;
use rig::story::{ACCOUNT, SERVICE};
use rig::transcript::Channel;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

const HEADING: &str = "\
Bad calls. Malformed, oversized and half-finished calls come to the broker's door, in between a
person's login. Each that is finished gets a refusal that a program can read; the login goes on; and
the broker ends when it is asked to, whoever dawdles.";

/// Calls that are wrong: how they are called, the path, the content type and the body.
fn bad_calls() -> Vec<(&'static str, &'static str, &'static str, Vec<u8>)> {
    let json = "application/json";
    let deep = [vec![b'['; 60_000], vec![b']'; 60_000]].concat();
    vec![
        ("no JSON", "/v1/bindings", json, b"binding=1".to_vec()),
        ("JSON cut short", "/v1/bindings", json, br#"{"binding":"eyJ"#.to_vec()),
        ("JSON of another shape", "/v1/bindings", json, br#"{"binding":{"a":1}}"#.to_vec()),
        ("a member too many", "/v1/bindings", json, br#"{"binding":"a.b.c","x":1}"#.to_vec()),
        ("a name twice", "/v1/bindings", json, br#"{"binding":"a","binding":"b"}"#.to_vec()),
        ("an empty body", "/v1/approvers", json, Vec::new()),
        ("bytes that are no text", "/v1/approvers", json, vec![0xff; 64]),
        ("lists in lists, 60,000 deep", "/v1/approvers", json, deep[..60_000].to_vec()),
        ("70,000 bytes", "/v1/bindings", json, vec![b' '; 70_000]),
        ("a form", "/v1/bindings", "application/x-www-form-urlencoded", b"binding=a".to_vec()),
        ("a picture", "/v1/approvers", "image/png", b"\x89PNG\r\n".to_vec()),
        ("a signed message that is none", "/v1/bindings", json, br#"{"binding":"a.b.c"}"#.to_vec()),
        ("no such path", "/v1/bindings/2", json, b"{}".to_vec()),
        ("no such request", "/v1/requests/1/decision", json, br#"{"decision":"a.b.c"}"#.to_vec()),
        ("nobody's key", "/v1/requests", json, b"{}".to_vec()),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn bad_http() {
    let desktop = Desktop::builder(HEADING).bare().start().await;
    let mut broker = Broker::start(&desktop).await;
    broker.add_account(ACCOUNT).await;
    // Without a computer, the page of an account shows any of the ways.
    Approver::register(&broker, ACCOUNT).await;
    let transcript = desktop.transcript();
    let service = Service::start(&broker, SERVICE, transcript).await;
    let mut browser = PlainBrowser::new("en");
    let page = browser.go(&service.login_address(ACCOUNT)).await;
    let code = page.code().expect("a code");

    // Each call on a connection of its own: one that was refused before its body was read is closed.
    let http = reqwest::Client::builder().pool_max_idle_per_host(0).build().expect("a client");
    for (what, path, kind, body) in bad_calls() {
        let call = http.post(format!("{}{path}", broker.origin())).header("content-type", kind);
        let answer = call.body(body).send().await.expect("an answer");
        let status = answer.status().as_u16();
        let is = answer.headers()["content-type"].to_str().unwrap().to_owned();
        let text = answer.text().await.expect("a body");
        assert_eq!(is, "application/problem+json", "{what}: {status} {text}");
        let problem: serde_json::Value = serde_json::from_str(&text).expect("JSON");
        assert_eq!(problem["status"], status);
        let words = |name: &str| problem[name].as_str().unwrap_or_default().to_owned();
        assert!(!words("title").is_empty() && !words("detail").is_empty(), "{problem}");
        transcript.note(Channel::Act, format!("brought: {what}"));
        transcript
            .note(Channel::Service, format!("the broker answers: {status} {}", words("type")));
    }

    transcript.note(Channel::Act, "brought: half a head, half a body, and no byte at all");
    let slow = slow_clients(&broker).await;
    let again = browser.go(page.address.as_str()).await;
    assert_eq!(again.code(), Some(code), "{}", again.text());
    transcript.note(Channel::Page, "on the page: the same code");
    transcript.note(Channel::Act, "brought: what is no HTTP");
    let answer = raw(&broker, b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n").await;
    assert!(!answer.contains(" 200 "), "{answer}");

    assert!(!broker.log().contains("panicked"), "{}", broker.log());
    transcript.note(Channel::Act, "the broker is asked to end, while they dawdle");
    broker.stop().await;
    transcript.note(Channel::Service, "the broker ends");
    drop(slow);
    desktop.compare("bad-http");
}

/// Connections to the broker itself whose calls never come to an end.
async fn slow_clients(broker: &Broker) -> Vec<TcpStream> {
    let mut clients = Vec::new();
    let half_a_body = b"POST /v1/bindings HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\n{\"bin";
    for start in [&b"GET /v1/keys HTTP/1.1\r\nhost"[..], half_a_body, b""] {
        for _ in 0..20 {
            let mut client = TcpStream::connect(broker.address()).await.expect("the broker");
            client.write_all(start).await.expect("the broker");
            clients.push(client);
        }
    }
    clients
}

/// Sends bytes and reads until the broker closes.
async fn raw(broker: &Broker, bytes: &[u8]) -> String {
    let mut client = TcpStream::connect(broker.address()).await.expect("the broker");
    client.write_all(bytes).await.expect("the broker");
    let mut answer = Vec::new();
    client.read_to_end(&mut answer).await.ok();
    String::from_utf8_lossy(&answer).into_owned()
}
