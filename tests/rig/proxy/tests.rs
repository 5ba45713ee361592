use std::sync::atomic::{AtomicBool, Ordering};

use futures_util::{SinkExt, StreamExt};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio_tungstenite::tungstenite::Message;

use super::*;

/// A broker of two answers and a link with one message.
async fn broker() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            tokio::spawn(async move {
                let mut start = [0; 12];
                stream.peek(&mut start).await.unwrap();
                if start.starts_with(b"GET /link") {
                    let mut link = tokio_tungstenite::accept_async(stream).await.unwrap();
                    link.send(Message::text(r#"{"type":"snapshot","n":1}"#)).await.unwrap();
                    while link.next().await.is_some() {}
                    return;
                }
                let mut seen = vec![0; 4096];
                while let Ok(length) = stream.read(&mut seen).await {
                    if length == 0 {
                        return;
                    }
                    let answer = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n\
                                  2\r\nok\r\n0\r\n\r\n";
                    stream.write_all(answer.as_bytes()).await.unwrap();
                }
            });
        }
    });
    address
}

async fn post(proxy: &Proxy, path: &str) -> Result<String, reqwest::Error> {
    let address = format!("{}{path}", proxy.origin());
    reqwest::Client::new().post(address).body("{}").send().await?.text().await
}

#[tokio::test]
async fn calls_and_answers_pass_and_are_known_by_name() {
    let proxy = Proxy::start().await;
    proxy.forward_to(broker().await);
    assert_eq!(post(&proxy, "/v1/requests/7/decision?x=1").await.unwrap(), "ok");
    assert_eq!(proxy.wait_for("POST /v1/requests/*/decision", 1).await.body, b"{}");
    let answer = proxy.wait_for("answer to POST /v1/requests/*/decision", 1).await;
    assert_eq!(answer.status, Some(200));
}

#[tokio::test]
async fn a_held_call_waits_and_a_lost_answer_is_lost_once() {
    let proxy = Proxy::start().await;
    proxy.forward_to(broker().await);
    let mut held = proxy.hold("POST /held");
    let call = post(&proxy, "/held");
    let story = async {
        held.arrived().await;
        assert!(proxy.passed_named("POST /held").is_empty());
        held.release();
    };
    let (answer, ()) = tokio::join!(call, story);
    assert_eq!(answer.unwrap(), "ok");
    proxy.cut("answer to POST /held");
    assert!(post(&proxy, "/held").await.is_err());
    assert_eq!(post(&proxy, "/held").await.unwrap(), "ok");
}

#[tokio::test]
async fn something_happens_before_a_message_of_the_link_goes_on() {
    let proxy = Proxy::start().await;
    proxy.forward_to(broker().await);
    let happened = Arc::new(AtomicBool::new(false));
    let flag = Arc::clone(&happened);
    proxy.call("link snapshot", move || flag.store(true, Ordering::SeqCst));
    let address = proxy.origin().replace("http", "ws") + "/link";
    let (mut link, _) = tokio_tungstenite::connect_async(address).await.unwrap();
    let message = link.next().await.unwrap().unwrap();
    assert_eq!(message.into_text().unwrap().as_str(), r#"{"type":"snapshot","n":1}"#);
    assert!(happened.load(Ordering::SeqCst));
    proxy.network_down();
    assert!(!matches!(link.next().await, Some(Ok(_))));
    assert!(post(&proxy, "/x").await.is_err());
    proxy.network_up();
    assert!(post(&proxy, "/x").await.is_ok());
}
