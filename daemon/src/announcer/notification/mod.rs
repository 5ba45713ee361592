//! Desktop notifications: one for each key, replaced and closed as it goes. What stands in them,
//! and what follows from a button, is left to others; that one is dismissed means nothing.
//!
//! `notify-rust` says what a notification is. It would open a bus connection for each one, and
//! some servers answer only the connection that sent it, so the calls go over one that is kept.

mod memory;
mod server;

use std::collections::{HashMap, VecDeque};
use std::time::Duration;

use futures_util::StreamExt;
use futures_util::future::BoxFuture;
use futures_util::stream::FuturesUnordered;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use crate::clock;
pub use memory::Memory;
use server::{Failed, Heard, Server, Shown, Signals};

/// A server that has not answered in this time hangs.
const TIME_LIMIT: Duration = Duration::from_secs(2);
/// Answers that came too late to count, and are still waited for, so as to close what they show.
const LATE_CAP: usize = 16;

/// What the notifications are told to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Order {
    /// Show this, in the place of what stands under the same key.
    Show {
        /// Names the notification, usually a request.
        key: String,
        /// The heading: plain text.
        summary: String,
        /// The text: plain too, it is escaped here.
        body: String,
        /// The buttons, with what is written on them.
        actions: Vec<(Action, String)>,
        /// How much it may disturb.
        urgent: Urgency,
    },
    /// Take it away.
    Close {
        /// Which one.
        key: String,
    },
}

impl Order {
    fn key(&self) -> &str {
        match self {
            Self::Show { key, .. } | Self::Close { key } => key,
        }
    }
}

/// What a button asks for. There is no default action: a click beside the buttons does nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// Open the answer prompt.
    Answer,
    /// Deny the request.
    Deny,
    /// Say it again.
    Repeat,
}

impl Action {
    fn word(self) -> &'static str {
        match self {
            Self::Answer => "answer",
            Self::Deny => "deny",
            Self::Repeat => "repeat",
        }
    }

    fn parse(word: &str) -> Option<Self> {
        [Self::Answer, Self::Deny, Self::Repeat].into_iter().find(|action| action.word() == word)
    }
}

/// How much a notification may disturb.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Urgency {
    /// What can wait.
    Low,
    /// A request.
    Normal,
    /// Somebody else may be signing in.
    Critical,
}

/// What the notifications tell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// There is a server (or one that the bus starts when it is needed). Comes again for each new
    /// server: it knows nothing of what its predecessor showed.
    Up,
    /// There is none, or it does not answer.
    Down,
    /// The server took the notification with this key.
    Shown(String),
    /// It did not.
    NotShown(String),
    /// A button was pressed. Anybody of this user can make it look so: it authenticates nobody.
    Pressed {
        /// On which notification.
        key: String,
        /// Which button.
        action: Action,
    },
}

/// Shows what it is ordered to until `shutdown`; then what is shown is closed. Without a session
/// bus nothing is shown.
pub async fn run(
    session: Option<zbus::Connection>,
    orders: mpsc::Receiver<Order>,
    events: mpsc::Sender<Event>,
    shutdown: CancellationToken,
) {
    run_with(session, Memory::of_person(), orders, events, shutdown).await;
}

/// As [`run`], with the place where it is written down what is shown.
pub async fn run_with(
    session: Option<zbus::Connection>,
    memory: Memory,
    mut orders: mpsc::Receiver<Order>,
    events: mpsc::Sender<Event>,
    shutdown: CancellationToken,
) {
    let watched = match session {
        Some(session) => Server::watch(session).await.map_err(|error| error.to_string()),
        None => Err("there is no session bus".into()),
    };
    match watched {
        Ok((server, signals)) => {
            let board = Board::begin(server, memory).await;
            board.run(signals, &mut orders, &events, &shutdown).await;
        }
        Err(why) => tracing::info!(why, "no notifications"),
    }
    without_server(orders, events, shutdown).await;
}

async fn without_server(
    mut orders: mpsc::Receiver<Order>,
    events: mpsc::Sender<Event>,
    shutdown: CancellationToken,
) {
    let refuse = async {
        events.send(Event::Down).await?;
        while let Some(order) = orders.recv().await {
            if let Order::Show { key, .. } = order {
                events.send(Event::NotShown(key)).await?;
            }
        }
        Ok::<_, mpsc::error::SendError<Event>>(())
    };
    tokio::select! {
        biased;
        () = shutdown.cancelled() => {}
        _ = refuse => {}
    }
}

/// An answer to a `Notify`, with the key it was for.
type Answer = BoxFuture<'static, (String, Result<Shown, Failed>)>;

/// All that is shown, and what is being shown now. One call is under way at a time.
struct Board {
    server: Server,
    memory: Memory,
    up: Option<bool>,
    shown: HashMap<String, Shown>,
    waiting: VecDeque<Order>,
    /// The call under way, and when it is late.
    asked: Option<(Answer, String, std::time::Instant)>,
    late: FuturesUnordered<Answer>,
    told: VecDeque<Event>,
}

impl Board {
    /// Begins by closing what an earlier daemon left standing.
    async fn begin(server: Server, memory: Memory) -> Self {
        let (memory, left) = memory.recall(server.bus());
        for shown in left {
            server.close(&shown).await;
        }
        let mut board = Self {
            server,
            memory,
            up: None,
            shown: HashMap::new(),
            waiting: VecDeque::new(),
            asked: None,
            late: FuturesUnordered::new(),
            told: VecDeque::new(),
        };
        board.tell_up(board.server.is_there());
        board
    }

    async fn run(
        mut self,
        mut signals: Signals,
        orders: &mut mpsc::Receiver<Order>,
        events: &mpsc::Sender<Event>,
        shutdown: &CancellationToken,
    ) {
        loop {
            self.ask_next();
            let deadline = self.asked.as_ref().map(|(_, _, at)| *at);
            tokio::select! {
                biased;
                () = shutdown.cancelled() => break,
                heard = signals.next() => match heard {
                    Some(heard) => self.heard(heard),
                    None => break,
                },
                (key, answer) = answered(&mut self.asked) => self.answered(key, answer),
                Some((_, answer)) = self.late.next() => self.answered_late(answer).await,
                permit = events.reserve(), if !self.told.is_empty() => {
                    let (Ok(permit), Some(event)) = (permit, self.told.pop_front()) else { break };
                    permit.send(event);
                }
                order = orders.recv() => match order {
                    Some(order) => self.take(order),
                    None => break,
                },
                () = clock::until_some(deadline) => self.is_late(),
            }
        }
        self.memory.keep(std::iter::empty());
        for shown in self.shown.into_values() {
            self.server.close(&shown).await;
        }
    }

    /// The newest order for a key is the one that counts.
    fn take(&mut self, order: Order) {
        self.waiting.retain(|older| older.key() != order.key());
        self.waiting.push_back(order);
    }

    fn ask_next(&mut self) {
        while self.asked.is_none() {
            let Some(order) = self.waiting.pop_front() else { return };
            match order {
                Order::Show { key, summary, body, actions, urgent } => {
                    let replaces = self.shown.get(&key).cloned();
                    let notification = server::notification(&summary, &body, &actions, urgent);
                    let call = self.server.show(notification, replaces);
                    let named = key.clone();
                    let answer: Answer = Box::pin(async move { (named, call.await) });
                    self.asked = Some((answer, key, clock::now() + TIME_LIMIT));
                }
                Order::Close { key } => {
                    if let Some(shown) = self.shown.remove(&key) {
                        self.memory.keep(self.shown.values());
                        let close = self.server.closing(shown);
                        self.late.push(Box::pin(async move {
                            close.await;
                            (key, Err(Failed::Closed))
                        }));
                    }
                }
            }
        }
    }

    fn answered(&mut self, key: String, answer: Result<Shown, Failed>) {
        match answer {
            Ok(shown) => {
                self.server.answered_by(&shown);
                self.shown.insert(key.clone(), shown);
                self.memory.keep(self.shown.values());
                self.tell_up(true);
                self.told.push_back(Event::Shown(key));
            }
            Err(error) => {
                // What stood there before still stands, and is closed in its time.
                tracing::info!(%error, "a notification was not shown");
                self.tell_up(false);
                self.told.push_back(Event::NotShown(key));
            }
        }
    }

    fn is_late(&mut self) {
        if let Some((answer, key, _)) = self.asked.take() {
            if self.late.len() < LATE_CAP {
                self.late.push(answer);
            }
            self.answered(key, Err(Failed::Late));
        }
    }

    /// It was given up, and others were told instead: what stands there now is nobody's.
    async fn answered_late(&mut self, answer: Result<Shown, Failed>) {
        let Ok(shown) = answer else { return };
        if !self.shown.values().any(|other| *other == shown) {
            self.server.close(&shown).await;
        }
        self.tell_up(self.server.is_there());
    }

    fn heard(&mut self, heard: Heard) {
        match heard {
            Heard::Owner(owner) => {
                let news = self.server.owned_by(owner);
                self.shown.retain(|_, shown| self.server.is_of_owner(shown));
                if news {
                    self.up = None;
                    self.tell_up(self.server.is_there());
                }
            }
            Heard::Pressed { by, id, action } => {
                let key = self.key_of(&by, id);
                if let (Some(key), Some(action)) = (key, Action::parse(&action)) {
                    self.told.push_back(Event::Pressed { key, action });
                }
            }
            Heard::Closed { by, id } => {
                if let Some(key) = self.key_of(&by, id) {
                    self.shown.remove(&key);
                }
            }
        }
    }

    fn key_of(&self, by: &str, id: u32) -> Option<String> {
        let ours = |shown: &Shown| shown.id == id && shown.owner == by;
        self.shown.iter().find(|(_, shown)| ours(shown)).map(|(key, _)| key.clone())
    }

    fn tell_up(&mut self, up: bool) {
        if self.up != Some(up) {
            self.up = Some(up);
            self.told.push_back(if up { Event::Up } else { Event::Down });
        }
    }
}

async fn answered(
    asked: &mut Option<(Answer, String, std::time::Instant)>,
) -> (String, Result<Shown, Failed>) {
    match asked {
        Some((answer, _, _)) => {
            let answer = answer.await;
            *asked = None;
            answer
        }
        None => std::future::pending().await,
    }
}
