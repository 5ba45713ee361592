//! From the service's call to the approver: the request is committed and pushed. Against what that
//! cannot do without: one write to the disk, and one push by a server that does nothing else.

use std::fs::OpenOptions;
use std::io::Write as _;
use std::net::Ipv4Addr;
use std::os::unix::fs::FileExt as _;
use std::path::Path;
use std::process::Stdio;

use axum::Router;
use axum::extract::State;
use axum::extract::ws::{Message, WebSocketUpgrade};
use axum::response::Response;
use axum::routing::{get, post};
use rig::clock;
use rig::desktop::Desktop;
use rig::processes::{Process, bare_command, program};
use tokio::io::AsyncBufReadExt as _;
use tokio::net::TcpListener;
use tokio::sync::broadcast;

use crate::figure::{Bar, Figure, median};
use crate::person::Person;
use crate::{Report, Scale};
use rig::seeded::Seeded;
use rig::wire::{Caller, Link};

/// What `bench` is called with to be the peer.
pub const PEER: &str = "push-peer";

/// Takes the row `delivery`.
pub async fn measure(desktop: &Desktop, scale: &Scale, report: &mut Report<'_>) {
    let seeded = Seeded::start(desktop, "delivering", &[], 1).await;
    let keys = &seeded.approvers[0];
    let mut link = Link::open(&seeded, keys).await;
    link.next().await;
    let mut caller = Caller::connect(seeded.broker.address()).await;
    let (_peer, address) = start_peer(desktop).await;
    let mut pushed = Link::open_at(Ipv4Addr::LOCALHOST, &address, "/link", "").await;
    let mut pusher = Caller::connect(&address).await;
    let ask = Person::ask(keys);
    let mut rounds = Vec::new();
    for _ in 0..scale.rounds {
        let (mut ours, mut theirs) = (Vec::new(), Vec::new());
        for _ in 0..scale.requests {
            ours.push(request(&mut caller, &mut link, &seeded.api_key, &ask).await);
            theirs.push(push(&mut pusher, &mut pushed, &ask).await);
        }
        let written = median(&disk(desktop.dir(), scale.requests));
        rounds.push((median(&ours), written + median(&theirs)));
    }
    let bar = Bar::AtMost(1.3);
    report.figure(Figure { name: "delivery".into(), unit: "us", rounds, bar });
}

/// One request, until the approver has it, in microseconds; then it is called off.
async fn request(caller: &mut Caller, link: &mut Link, key: &str, ask: &str) -> f64 {
    let began = clock::start();
    caller.send("POST", "/v1/requests", key, ask).await;
    let told = link.next().await;
    let took = began.elapsed().as_secs_f64() * 1e6;
    assert!(told.contains("\"request\""), "{told}");
    let (status, asked) = caller.answer().await;
    assert_eq!(status, 201, "{asked}");
    let path = format!("/v1/requests/{}", asked["id"].as_str().expect("an id"));
    let (status, answer) = caller.call("DELETE", &path, key, "").await;
    assert_eq!(status, 200, "{answer}");
    link.next().await;
    took
}

async fn push(pusher: &mut Caller, pushed: &mut Link, body: &str) -> f64 {
    let began = clock::start();
    pusher.send("POST", "/", "", body).await;
    pushed.next().await;
    let took = began.elapsed().as_secs_f64() * 1e6;
    pusher.answer().await;
    took
}

/// Writes of a page to the end of the disk's cache, in microseconds each.
fn disk(folder: &Path, count: usize) -> Vec<f64> {
    let path = folder.join("disk");
    let mut file =
        OpenOptions::new().create(true).truncate(true).write(true).open(path).expect("a file");
    file.write_all(&[0; 4096 * 64]).and_then(|()| file.sync_all()).expect("a file");
    let mut took = Vec::new();
    for at in 0..count {
        let offset = 4096 * u64::try_from(at % 64).unwrap_or_default();
        let began = clock::start();
        file.write_all_at(&[1; 4096], offset).and_then(|()| file.sync_data()).expect("a write");
        took.push(began.elapsed().as_secs_f64() * 1e6);
    }
    took
}

async fn start_peer(desktop: &Desktop) -> (Process, String) {
    let mut command = bare_command(program("bench"));
    command.arg(PEER).stdin(Stdio::null()).stdout(Stdio::piped());
    let mut peer = Process::start_as_is(PEER, &mut command, &desktop.logs());
    let out = peer.child().stdout.take().expect("piped");
    let out = tokio::process::ChildStdout::from_std(out).expect("a pipe");
    let mut lines = tokio::io::BufReader::new(out).lines();
    let address = lines.next_line().await.expect("a line").expect("an address");
    (peer, address)
}

/// The peer: what is posted goes out on every WebSocket.
///
/// # Errors
/// If it cannot listen.
pub async fn serve_peer(mut say: impl FnMut(&str)) -> std::io::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    say(&listener.local_addr()?.to_string());
    let routes = Router::new()
        .route("/", post(publish))
        .route("/link", get(subscribe))
        .with_state(broadcast::Sender::new(16));
    axum::serve(listener, routes).await
}

async fn publish(State(posts): State<broadcast::Sender<String>>, body: String) -> &'static str {
    posts.send(body).ok();
    "{}"
}

async fn subscribe(
    State(posts): State<broadcast::Sender<String>>,
    upgrade: WebSocketUpgrade,
) -> Response {
    let mut posts = posts.subscribe();
    upgrade.protocols([sayso_protocol::link::SUBPROTOCOL]).on_upgrade(async move |mut socket| {
        while let Ok(post) = posts.recv().await {
            if socket.send(Message::Text(post.into())).await.is_err() {
                return;
            }
        }
    })
}
