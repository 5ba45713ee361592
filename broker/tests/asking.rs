//! While a call to ask waits for its turn, what it rests on changes.

mod parts;

use futures_util::FutureExt as _;
use parts::{Site, login};
use sayso_broker::licence;
use sayso_broker::turns::Nearness;
use sayso_protocol::request::{Near, Request};
use sayso_protocol::signature::unverified;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

#[tokio::test]
async fn how_near_a_request_is_goes_by_the_links_there_are_when_its_turn_comes() {
    let site = Site::start().await;
    let turns = site.running.broker.turns.clone();
    let mut taken = Vec::new();
    while let Some(turn) = turns.take(Nearness::Elsewhere).now_or_never() {
        taken.push(turn.unwrap());
    }
    let asking = site.service.ask("anna");
    let connecting = async {
        let mut link = site.anna.connect(site.running.now()).await;
        let (mut waiting, _) = link.snapshot().await;
        taken.clear();
        match waiting.pop() {
            Some(open) => open,
            None => link.request().await,
        }
    };
    let (_, open) = tokio::join!(asking, connecting);
    let request = unverified::<Request>(open.jws.as_str()).unwrap();
    assert_eq!(request.claims.near, Near::Same);
    site.stop().await;
}

#[tokio::test]
async fn a_service_that_is_removed_before_the_body_of_its_call_has_come_asks_nobody() {
    let site = Site::start().await;
    let (key, body) = (&site.service.key, login("anna").to_string());
    let host = site.running.origin.trim_start_matches("http://");
    let mut call = TcpStream::connect(host).await.unwrap();
    let head = format!(
        "POST /v1/requests HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {key}\r\n\
         Idempotency-Key: once\r\nConnection: close\r\nExpect: 100-continue\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    call.write_all(head.as_bytes()).await.unwrap();
    // It is said once the key was looked at and the body is wanted (RFC 9110, section 10.1.1).
    let mut told = [0; b"HTTP/1.1 100 Continue\r\n\r\n".len()];
    call.read_exact(&mut told).await.unwrap();
    assert_eq!(&told[9..12], b"100");
    let store = &site.running.broker.store;
    assert!(store.write(|tx| licence::remove(tx, "bank")).await.unwrap().value);
    call.write_all(body.as_bytes()).await.unwrap();
    let mut answer = String::new();
    call.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 401 "), "{answer}");
    let (waiting, _) = site.anna.connect(site.running.now()).await.snapshot().await;
    assert!(waiting.is_empty(), "nothing was made");
    site.stop().await;
}
