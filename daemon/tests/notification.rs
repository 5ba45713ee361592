//! Notifications on a private bus, with a server that the test plays.
#![allow(clippy::unwrap_used, clippy::used_underscore_binding, missing_docs, reason = "tests")]

mod bus;

use std::collections::HashMap;
use std::time::Duration;

use bus::Bus;
use saysod::announcer::notification::{Action, Event, Memory, Order, Urgency, run_with};
use tokio::sync::mpsc;
use tokio_util::sync::{CancellationToken, DropGuard};
use zbus::object_server::SignalEmitter;
use zbus::zvariant::OwnedValue;

const NAME: &str = "org.freedesktop.Notifications";
const PATH: &str = "/org/freedesktop/Notifications";

/// What reached the server.
#[derive(Debug, PartialEq, Eq)]
enum Asked {
    Notify { replaces: u32, summary: String, body: String, actions: Vec<String> },
    Close(u32),
}

struct Desktop {
    asked: mpsc::UnboundedSender<Asked>,
    next_id: u32,
    hangs: bool,
}

#[zbus::interface(name = "org.freedesktop.Notifications")]
impl Desktop {
    #[allow(clippy::too_many_arguments, reason = "the specification's")]
    async fn notify(
        &mut self,
        _app: String,
        replaces: u32,
        _icon: String,
        summary: String,
        body: String,
        actions: Vec<String>,
        _hints: HashMap<String, OwnedValue>,
        _timeout: i32,
    ) -> u32 {
        self.asked.send(Asked::Notify { replaces, summary, body, actions }).unwrap();
        if self.hangs {
            std::future::pending::<()>().await;
        }
        if replaces != 0 {
            return replaces;
        }
        self.next_id += 1;
        self.next_id
    }

    fn close_notification(&self, id: u32) {
        self.asked.send(Asked::Close(id)).unwrap();
    }

    #[zbus(signal)]
    async fn action_invoked(to: &SignalEmitter<'_>, id: u32, action: &str) -> zbus::Result<()>;

    #[zbus(signal)]
    async fn notification_closed(to: &SignalEmitter<'_>, id: u32, why: u32) -> zbus::Result<()>;
}

struct Server {
    connection: zbus::Connection,
    asked: mpsc::UnboundedReceiver<Asked>,
}

impl Server {
    async fn on(bus: &Bus, first_id: u32, hangs: bool) -> Self {
        let connection = bus.connect().await;
        let (asked, reached) = mpsc::unbounded_channel();
        let desktop = Desktop { asked, next_id: first_id - 1, hangs };
        connection.object_server().at(PATH, desktop).await.unwrap();
        connection.request_name(NAME).await.unwrap();
        Self { connection, asked: reached }
    }

    fn emitter(&self) -> SignalEmitter<'static> {
        SignalEmitter::new(&self.connection, PATH).unwrap().into_owned()
    }

    async fn press(&self, id: u32, action: &str) {
        Desktop::action_invoked(&self.emitter(), id, action).await.unwrap();
    }

    async fn next(&mut self) -> Asked {
        within(self.asked.recv()).await
    }
}

struct Shower {
    orders: mpsc::Sender<Order>,
    events: mpsc::Receiver<Event>,
    _end: DropGuard,
}

/// The server took what [`Shower::show`] ordered under this key.
fn taken(key: &str) -> Event {
    Event::Shown { key: key.into(), summary: format!("<b>{key}") }
}

impl Shower {
    async fn on(bus: &Bus) -> Self {
        Self::with(bus, Memory::default()).await
    }

    async fn with(bus: &Bus, memory: Memory) -> Self {
        let (orders, taken) = mpsc::channel(8);
        let (tell, events) = mpsc::channel(8);
        let end = CancellationToken::new();
        let session = Some(bus.connect().await);
        tokio::spawn(run_with(session, memory, taken, tell, end.clone()));
        Self { orders, events, _end: end.drop_guard() }
    }

    async fn show(&self, key: &str) {
        let order = Order::Show {
            key: key.into(),
            summary: format!("<b>{key}"),
            body: "a < b".into(),
            actions: vec![(Action::Answer, "Answer".into()), (Action::Deny, "Deny".into())],
            urgent: Urgency::Normal,
        };
        self.orders.send(order).await.unwrap();
    }

    async fn next(&mut self) -> Event {
        within(self.events.recv()).await
    }
}

async fn within<T>(what: impl Future<Output = Option<T>>) -> T {
    tokio::time::timeout(Duration::from_secs(20), what).await.unwrap().unwrap()
}

fn shown(replaces: u32, key: &str) -> Asked {
    let actions = ["answer", "Answer", "deny", "Deny"].map(String::from).to_vec();
    Asked::Notify { replaces, summary: format!("<b>{key}"), body: "a &lt; b".into(), actions }
}

fn pressed(key: &str, action: Action) -> Event {
    Event::Pressed { key: key.into(), action }
}

#[tokio::test]
async fn one_for_each_request_is_shown_replaced_pressed_and_closed() {
    let bus = Bus::start();
    let mut server = Server::on(&bus, 5, false).await;
    let mut shower = Shower::on(&bus).await;
    assert_eq!(shower.next().await, Event::Up);
    shower.show("one").await;
    assert_eq!(server.next().await, shown(0, "one"));
    assert_eq!(shower.next().await, taken("one"));
    shower.show("one").await;
    assert_eq!(server.next().await, shown(5, "one"));
    assert_eq!(shower.next().await, taken("one"));
    server.press(5, "default").await;
    server.press(6, "deny").await;
    server.press(5, "answer").await;
    assert_eq!(shower.next().await, pressed("one", Action::Answer));
    shower.orders.send(Order::Close { key: "one".into() }).await.unwrap();
    assert_eq!(server.next().await, Asked::Close(5));
}

#[tokio::test]
async fn a_button_that_somebody_else_claims_was_pressed_means_nothing() {
    let bus = Bus::start();
    let server = Server::on(&bus, 5, false).await;
    let mut shower = Shower::on(&bus).await;
    shower.next().await;
    shower.show("one").await;
    assert_eq!(shower.next().await, taken("one"));
    let forger = SignalEmitter::new(&bus.connect().await, PATH).unwrap().into_owned();
    Desktop::action_invoked(&forger, 5, "deny").await.unwrap();
    server.press(5, "repeat").await;
    assert_eq!(shower.next().await, pressed("one", Action::Repeat));
}

#[tokio::test]
async fn a_dismissed_one_is_forgotten_and_means_nothing() {
    let bus = Bus::start();
    let mut server = Server::on(&bus, 5, false).await;
    let mut shower = Shower::on(&bus).await;
    shower.next().await;
    shower.show("one").await;
    assert_eq!(shower.next().await, taken("one"));
    server.next().await;
    Desktop::notification_closed(&server.emitter(), 5, 2).await.unwrap();
    server.press(5, "deny").await;
    shower.show("two").await;
    assert_eq!(shower.next().await, taken("two"), "nothing was pressed");
    shower.show("one").await;
    assert_eq!(server.next().await, shown(0, "two"));
    assert_eq!(server.next().await, shown(0, "one"));
}

#[tokio::test]
async fn a_new_server_knows_nothing_of_the_old_ones_notifications() {
    let bus = Bus::start();
    let mut shower = Shower::on(&bus).await;
    assert_eq!(shower.next().await, Event::Down);
    shower.show("early").await;
    assert_eq!(shower.next().await, Event::NotShown("early".into()));
    let old = Server::on(&bus, 5, false).await;
    assert_eq!(shower.next().await, Event::Up);
    shower.show("one").await;
    assert_eq!(shower.next().await, taken("one"));
    old.connection.close().await.unwrap();
    assert_eq!(shower.next().await, Event::Down);
    let mut new = Server::on(&bus, 5, false).await;
    assert_eq!(shower.next().await, Event::Up);
    new.press(5, "deny").await;
    shower.show("two").await;
    assert_eq!(new.next().await, shown(0, "two"));
    assert_eq!(shower.next().await, taken("two"), "nothing was pressed");
}

#[tokio::test]
async fn what_a_crashed_daemon_left_standing_is_closed() {
    let bus = Bus::start();
    let mut server = Server::on(&bus, 5, false).await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("notifications");
    let mut crashed = Shower::with(&bus, Memory::in_file(file.clone())).await;
    crashed.next().await;
    crashed.show("one").await;
    assert_eq!(crashed.next().await, taken("one"));
    server.next().await;
    let at_the_crash = std::fs::read(&file).unwrap();
    drop(crashed);
    assert_eq!(server.next().await, Asked::Close(5), "an orderly end closes by itself");
    std::fs::write(&file, at_the_crash).unwrap();
    let _next = Shower::with(&bus, Memory::in_file(file)).await;
    assert_eq!(server.next().await, Asked::Close(5));
}

#[tokio::test]
async fn what_is_being_shown_when_the_daemon_ends_is_closed() {
    let bus = Bus::start();
    let mut server = Server::on(&bus, 1, false).await;
    let shower = Shower::on(&bus).await;
    shower.show("one").await;
    assert_eq!(server.next().await, shown(0, "one"));
    drop(shower);
    assert_eq!(server.next().await, Asked::Close(1));
}

#[tokio::test]
async fn a_hung_server_is_given_two_seconds() {
    let bus = Bus::start();
    let _server = Server::on(&bus, 5, true).await;
    let mut shower = Shower::on(&bus).await;
    assert_eq!(shower.next().await, Event::Up);
    shower.show("one").await;
    assert_eq!(shower.next().await, Event::Down);
    assert_eq!(shower.next().await, Event::NotShown("one".into()));
}

#[tokio::test]
async fn without_a_bus_each_is_refused() {
    let (orders, taken) = mpsc::channel(8);
    let (tell, mut events) = mpsc::channel(8);
    tokio::spawn(run_with(None, Memory::default(), taken, tell, CancellationToken::new()));
    orders.send(Order::Close { key: "one".into() }).await.unwrap();
    let actions = vec![];
    let (key, summary, body) = ("one".to_owned(), String::new(), String::new());
    let urgent = Urgency::Low;
    orders.send(Order::Show { key, summary, body, actions, urgent }).await.unwrap();
    assert_eq!(within(events.recv()).await, Event::Down);
    assert_eq!(within(events.recv()).await, Event::NotShown("one".into()));
}
