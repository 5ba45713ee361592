use super::*;
use crate::forwarding::Caller;
use crate::vestibule::Crowd;
use axum::Extension;
use axum::body::Bytes;
use axum::routing::{get, post};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::task::JoinHandle;

const LONG: Duration = Duration::from_secs(3600);
const SHORT: Duration = Duration::from_millis(50);
const MANY: Crowd = Crowd { all: 9, each: 9 };
const PATIENT: Limits = Limits {
    head: LONG,
    unread: LONG,
    handshakes: MANY,
    strangers: MANY,
    drain: LONG,
    connections: 9,
};

async fn start(limits: Limits) -> (SocketAddr, CancellationToken, JoinHandle<()>) {
    start_behind(Entrance::default(), limits).await
}

async fn start_behind(
    entrance: Entrance,
    limits: Limits,
) -> (SocketAddr, CancellationToken, JoinHandle<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let routes = Router::new()
        .route(
            "/",
            get(|Extension(Caller(caller)): Extension<Caller>| async move {
                caller.map(|caller| caller.to_string()).unwrap_or_default()
            }),
        )
        .route("/body", post(|body: Bytes| async move { body.len().to_string() }))
        .route("/much", get(|| async { vec![b'x'; MUCH] }))
        .route("/me", get(|Extension(me): Extension<Stranger>| async move { me.is_known() }));
    let stopping = CancellationToken::new();
    let serving = tokio::spawn(serve(listener, entrance, routes, limits, stopping.clone()));
    (address, stopping, serving)
}

async fn send(address: SocketAddr, text: &str) -> TcpStream {
    let mut client = TcpStream::connect(address).await.unwrap();
    client.write_all(text.as_bytes()).await.unwrap();
    client
}

async fn to_its_end(mut client: TcpStream) -> String {
    let mut text = String::new();
    client.read_to_string(&mut text).await.unwrap();
    text
}

/// More bytes than two sockets hold.
const MUCH: usize = 64 << 20;
const WHOLE: &str = "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";

#[tokio::test]
async fn half_a_head_is_not_waited_for() {
    let (address, stopping, serving) = start(Limits { head: SHORT, ..PATIENT }).await;
    for half in ["", "GET / HTTP/1.1\r\nHos", "GET / HTTP/1.1\r\nHost: x\r\n\r\n"] {
        let text = to_its_end(send(address, half).await).await;
        assert_eq!(text.contains(" 200 OK"), half.ends_with("\r\n\r\n"), "{text}");
    }
    stopping.cancel();
    serving.await.unwrap();
}

#[tokio::test]
async fn half_a_request_does_not_keep_the_server_from_stopping() {
    let (address, stopping, serving) = start(Limits { drain: SHORT, ..PATIENT }).await;
    let half_a_head = send(address, "GET / HTTP/1.1\r\nHos").await;
    let body = "POST /body HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nhalf";
    let half_a_body = send(address, body).await;
    let answered = to_its_end(send(address, WHOLE).await).await;
    assert!(answered.ends_with("127.0.0.1"), "{answered}");
    stopping.cancel();
    serving.await.unwrap();
    drop((half_a_head, half_a_body));
}

#[tokio::test]
async fn more_connections_than_there_is_room_for_wait_at_the_door() {
    let (address, stopping, serving) =
        start(Limits { drain: SHORT, connections: 1, ..PATIENT }).await;
    let first = send(address, "GET / HTTP/1.1\r\nHost: x\r\n\r\n").await;
    first.readable().await.unwrap();
    let second = tokio::spawn(to_its_end(send(address, WHOLE).await));
    let waiting = tokio::time::timeout(SHORT, async {
        while !second.is_finished() {
            tokio::task::yield_now().await;
        }
    });
    assert!(waiting.await.is_err(), "there is room for one");
    drop(first);
    assert!(second.await.unwrap().contains(" 200 OK"));
    stopping.cancel();
    serving.await.unwrap();
}

/// A TLS listener that nobody talks to rightly: what it greets with does not matter.
fn tls() -> Entrance {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_cert_resolver(Arc::new(rustls::server::ResolvesServerCertUsingSni::new()));
    let (_, greeting) = tokio::sync::watch::channel(Arc::new(config));
    Entrance { tls: Some(greeting), ..Entrance::default() }
}

#[tokio::test]
async fn half_a_handshake_is_not_waited_for() {
    let limits = Limits { head: SHORT, ..PATIENT };
    let (address, stopping, serving) = start_behind(tls(), limits).await;
    for half in ["", "\u{16}\u{3}\u{1}"] {
        assert_eq!(to_its_end(send(address, half).await).await, "");
    }
    stopping.cancel();
    serving.await.unwrap();
}

#[tokio::test]
async fn handshakes_beyond_their_number_are_turned_away_and_none_delays_the_end() {
    let limits = Limits { handshakes: Crowd { all: 1, each: 1 }, ..PATIENT };
    let (address, stopping, serving) = start_behind(tls(), limits).await;
    let half_open = send(address, "").await;
    // Accepted in the order in which they came.
    assert_eq!(to_its_end(send(address, "").await).await, "");
    stopping.cancel();
    serving.await.unwrap();
    drop(half_open);
}

#[tokio::test]
async fn behind_a_proxy_the_caller_is_whom_the_proxy_names_and_nobody_else_is_let_in() {
    let limits = Limits { drain: SHORT, ..PATIENT };
    let proxies =
        |address: &str| Proxies { addresses: vec![address.parse().unwrap()], ..Proxies::default() };
    let call =
        "GET / HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: 192.0.2.9\r\nConnection: close\r\n\r\n";
    for (proxies, proxies_only, wanted) in [
        (proxies("127.0.0.1"), ProxiesOnly::Yes, "192.0.2.9"),
        (proxies("192.0.2.1"), ProxiesOnly::No, "127.0.0.1"),
        (proxies("192.0.2.1"), ProxiesOnly::Yes, ""),
    ] {
        let entrance = Entrance { tls: None, proxies, proxies_only };
        let (address, stopping, serving) = start_behind(entrance, limits).await;
        let mut client = TcpStream::connect(address).await.unwrap();
        // Who is turned away may be gone before it has written.
        client.write_all(call.as_bytes()).await.ok();
        let mut text = String::new();
        client.read_to_string(&mut text).await.ok();
        assert!(text.ends_with(wanted) && text.is_empty() == wanted.is_empty(), "{text}");
        stopping.cancel();
        serving.await.unwrap();
    }
}

#[tokio::test]
async fn who_does_not_read_an_answer_is_not_waited_for() {
    let (address, stopping, serving) = start(Limits { unread: SHORT, ..PATIENT }).await;
    let mut idle = send(address, "GET /much HTTP/1.1\r\nHost: x\r\n\r\n").await;
    // Nothing else that is open ends before the answer is given up.
    stopping.cancel();
    serving.await.unwrap();
    let mut read = Vec::new();
    idle.read_to_end(&mut read).await.ok();
    assert!(read.len() < MUCH, "it was cut");
}

#[tokio::test]
async fn strangers_beyond_their_number_are_turned_away_and_who_is_known_is_none() {
    let strangers = Crowd { all: 1, each: 1 };
    let (address, stopping, serving) = start(Limits { strangers, drain: SHORT, ..PATIENT }).await;
    let mut known = send(address, "GET /me HTTP/1.1\r\nHost: x\r\n\r\n").await;
    known.read_exact(&mut [0; 15]).await.unwrap();
    let stranger = send(address, "GET / HTTP/1.1\r\n").await;
    // Accepted in the order in which they came.
    let mut turned_away = TcpStream::connect(address).await.unwrap();
    assert_eq!(turned_away.read(&mut [0]).await.unwrap_or(0), 0);
    drop(stranger);
    known.write_all(WHOLE.as_bytes()).await.unwrap();
    assert!(to_its_end(known).await.ends_with("127.0.0.1"));
    stopping.cancel();
    serving.await.unwrap();
}
