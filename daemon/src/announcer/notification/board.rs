//! All that is shown, by key: what is asked of the server next, and what its answers and signals
//! mean. It waits for all of them at once, and for none longer than the time limit.

use std::collections::{HashMap, VecDeque};
use std::time::{Duration, Instant};

use futures_util::StreamExt;
use futures_util::future::BoxFuture;
use futures_util::stream::FuturesUnordered;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::server::{self, Failed, Heard, Server, Shown, Signals};
use super::{Action, Event, Memory, Order};
use crate::clock;

/// A server that has not answered in this time hangs.
const TIME_LIMIT: Duration = Duration::from_secs(2);
/// Answers that came too late to count, and are still waited for, so as to close what they show.
const LATE_CAP: usize = 16;

/// An answer to a `Notify`, with the key it was for.
type Answer = BoxFuture<'static, (Named, Result<Shown, Failed>)>;

/// Which notification a call is about.
#[derive(Clone)]
struct Named {
    key: String,
    summary: String,
}

/// All that is shown, and what is being shown now. One call is under way at a time.
pub(super) struct Board {
    server: Server,
    memory: Memory,
    up: Option<bool>,
    shown: HashMap<String, Shown>,
    waiting: VecDeque<Order>,
    /// The call under way, and when it is late.
    asked: Option<(Answer, Named, Instant)>,
    late: FuturesUnordered<Answer>,
    told: VecDeque<Event>,
}

impl Board {
    /// Begins by closing what an earlier daemon left standing.
    pub(super) async fn begin(server: Server, memory: Memory) -> Self {
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

    pub(super) async fn run(
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
                (named, answer) = answered(&mut self.asked) => self.answered(named, answer),
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
        self.wait_for_answer().await;
        self.memory.keep(std::iter::empty());
        for shown in self.shown.into_values() {
            self.server.close(&shown).await;
        }
    }

    /// What is being shown at the end has an id, by which it can be closed, only once it is shown.
    async fn wait_for_answer(&mut self) {
        if let Some((answer, _, late)) = self.asked.take() {
            tokio::select! {
                (named, answer) = answer => self.answered(named, answer),
                () = clock::until(late) => {}
            }
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
                    let named = Named { key, summary };
                    let asked = named.clone();
                    let answer: Answer = Box::pin(async move { (asked, call.await) });
                    self.asked = Some((answer, named, clock::now() + TIME_LIMIT));
                }
                Order::Close { key } => {
                    if let Some(shown) = self.shown.remove(&key) {
                        self.memory.keep(self.shown.values());
                        let close = self.server.closing(shown);
                        let named = Named { key, summary: String::new() };
                        self.late.push(Box::pin(async move {
                            close.await;
                            (named, Err(Failed::Closed))
                        }));
                    }
                }
            }
        }
    }

    fn answered(&mut self, Named { key, summary }: Named, answer: Result<Shown, Failed>) {
        match answer {
            Ok(shown) => {
                self.server.answered_by(&shown);
                self.shown.insert(key.clone(), shown);
                self.memory.keep(self.shown.values());
                self.tell_up(true);
                self.told.push_back(Event::Shown { key, summary });
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
        if let Some((answer, named, _)) = self.asked.take() {
            if self.late.len() < LATE_CAP {
                self.late.push(answer);
            }
            self.answered(named, Err(Failed::Late));
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

async fn answered(asked: &mut Option<(Answer, Named, Instant)>) -> (Named, Result<Shown, Failed>) {
    match asked {
        Some((answer, _, _)) => {
            let answer = answer.await;
            *asked = None;
            answer
        }
        None => std::future::pending().await,
    }
}
