//! What the connection's state machine says, done: links opened, tried, taken and let go.

use rand::RngExt;
use sayso_protocol::link::Inbox;
use sayso_protocol::problem::ProblemType;

use super::super::connection::{self, Effect, Way};
use super::super::{Event, NotGenuine, Refusal};
use super::calls::fresh_jti;
use super::opening::{NotOpened, Opened};
use super::{Broker, CLOCK_DIFFERENCE, Done};
use crate::clock;

/// So many of our proofs may still be on their way.
const PROOFS: usize = 16;

impl Broker {
    /// Lets the connection's state machine take `event`, and does what it says.
    pub(super) async fn step(&mut self, event: connection::Event) -> bool {
        let (connection, effect) = self.connection.handle(event, clock::now());
        self.connection = connection;
        match effect {
            Effect::Nothing | Effect::Switch => {}
            Effect::Open(way) => self.open(way),
            Effect::Try => self.open(Way::Socket),
            Effect::GoOn => {
                self.attempt += 1;
                self.look();
            }
            Effect::Drop { was_up } => {
                self.attempt += 1;
                self.let_go();
                if was_up {
                    self.tell(Event::Down).await;
                }
            }
            Effect::TellUp => {
                if let Some(clock) = self.clock {
                    self.tell(Event::Up(clock)).await;
                }
                let waiting: Vec<_> = self.unsent.keys().copied().collect();
                for request in waiting {
                    if self.unsent.get(&request).is_some_and(|unsent| unsent.again.is_some()) {
                        self.send(request);
                    }
                }
            }
        }
        true
    }

    /// The link, or what was tried beside it, cannot be had.
    pub(super) async fn failed(&mut self) -> bool {
        if self.connection.is_trying() {
            // What is tried beside it says how it goes on.
            self.let_go();
            return true;
        }
        self.step(connection::Event::Failed(chance())).await
    }

    /// A newer link of this approver, by the proof named `by`, has taken this one's place.
    pub(super) async fn replaced(&mut self, by: &str) -> bool {
        if self.connection.is_trying() {
            // By our own.
            self.let_go();
            return true;
        }
        if self.proofs.iter().any(|own| own == by) {
            // What was given up here has come to the broker last.
            tracing::info!("an own link that was given up has taken the place of this one");
            return self.failed().await;
        }
        if !self.told_replaced {
            self.told_replaced = true;
            self.tell(Event::Replaced).await;
        }
        self.step(connection::Event::Replaced(chance())).await
    }

    fn open(&mut self, way: Way) {
        self.attempt += 1;
        let (calls, attempt, jti) = (self.calls.clone(), self.attempt, self.next_proof());
        self.work.push(Box::pin(async move {
            let within = clock::now() + connection::OPENING;
            let opening = async {
                match way {
                    Way::Socket => calls.open_socket(jti).await,
                    Way::Calls => calls.open_calls(jti).await,
                }
            };
            let opened = tokio::select! {
                opened = opening => opened,
                () = clock::until(within) => Err(NotOpened::Refused(Refusal::Offline)),
            };
            Done::Opened { attempt, opened: opened.map(Box::new) }
        }));
    }

    /// The name of the proof of one more link or call of ours.
    fn next_proof(&mut self) -> String {
        let jti = fresh_jti();
        self.proofs.push_back(jti.clone());
        if self.proofs.len() > PROOFS {
            self.proofs.pop_front();
        }
        jti
    }

    /// What was open is heard no more.
    fn let_go(&mut self) {
        (self.stream, self.pongs, self.snapshot) = (None, None, None);
        self.looking += 1;
    }

    /// Waits for news by a call.
    fn look(&mut self) {
        self.looking += 1;
        let (Some(version), Some(clock)) = (self.version, self.clock) else { return };
        let (calls, looking, jti) = (self.calls.clone(), self.looking, self.next_proof());
        self.work.push(Box::pin(async move {
            Done::Looked { looking, result: calls.look(version, clock, jti).await }
        }));
    }

    pub(super) async fn opened(
        &mut self,
        attempt: u64,
        opened: Result<Box<Opened>, NotOpened>,
    ) -> bool {
        // One that was given up meanwhile opens nothing.
        if attempt != self.attempt {
            return true;
        }
        let genuine = match opened.as_deref() {
            Ok(Opened::Socket { first, .. }) => self.is_genuine(Some(first)),
            Ok(Opened::Calls { inbox, .. }) => self.is_genuine(inbox.messages.first()),
            Err(_) => true,
        };
        if !genuine {
            return self.not_opened(Refusal::NotGenuine(NotGenuine::Key)).await;
        }
        let (clock, messages) = match opened.map(|opened| *opened) {
            Ok(Opened::Socket { link, clock, first }) => {
                self.let_go();
                let (pongs, stream) = futures_util::StreamExt::split(*link);
                (self.stream, self.pongs, self.version) = (Some(stream), Some(pongs), None);
                (clock, vec![*first])
            }
            Ok(Opened::Calls { clock, inbox: Inbox { version, messages } }) => {
                self.let_go();
                self.version = Some(version);
                (clock, messages)
            }
            Err(NotOpened::NoSocket) => {
                tracing::info!("the broker answers, but not by a WebSocket");
                return self.step(connection::Event::NoSocket(chance())).await;
            }
            Err(NotOpened::CutOff) => {
                tracing::info!("the connection ended while a WebSocket was being opened");
                return self.step(connection::Event::CutOff(chance())).await;
            }
            Err(NotOpened::Refused(refusal)) => return self.not_opened(refusal).await,
        };
        (self.clock, self.told_not_genuine, self.told_unknown) = (Some(clock), None, false);
        let off = clock.time(clock::now()).0.abs_diff(clock::wall());
        if off > CLOCK_DIFFERENCE && !self.told_clock {
            self.told_clock = true;
            self.tell(Event::ClockOff(off)).await;
        }
        self.step(connection::Event::Opened).await;
        tracing::info!(way = ?self.connection.way(), "the link is open");
        self.heard(messages).await
    }

    /// What a call has brought, or the first message of a WebSocket. More is waited for by calls
    /// where it came by them.
    async fn heard(&mut self, messages: Vec<sayso_protocol::link::FromBroker>) -> bool {
        for message in messages {
            if !self.message(message).await {
                return false;
            }
        }
        if self.connection.is_up() && self.connection.way() == Way::Calls {
            self.look();
        }
        true
    }

    pub(super) async fn looked(&mut self, looking: u64, result: Result<Inbox, Refusal>) -> bool {
        if looking != self.looking {
            return true;
        }
        match result {
            Ok(Inbox { version, .. }) if self.version == Some(version) => {
                self.look();
                self.step(connection::Event::Heard).await
            }
            Ok(Inbox { version, messages }) => {
                self.version = Some(version);
                self.heard(messages).await
            }
            Err(Refusal::Problem(problem)) if problem.kind == ProblemType::Replaced => {
                self.replaced(problem.by.as_deref().unwrap_or_default()).await
            }
            Err(refusal) if self.connection.is_trying() => {
                tracing::info!(?refusal, "a call for news failed");
                self.failed().await
            }
            Err(refusal) => self.not_opened(refusal).await,
        }
    }

    async fn not_opened(&mut self, refusal: Refusal) -> bool {
        match &refusal {
            Refusal::Problem(problem) if problem.kind == ProblemType::ApproverRemoved => {
                self.tell(Event::Removed).await;
                return false;
            }
            // It may be let in again.
            Refusal::Problem(problem) if problem.kind == ProblemType::AccountBlocked => {
                self.tell(Event::Blocked).await;
            }
            // It may be put right.
            Refusal::Problem(problem) if problem.kind == ProblemType::Unauthorized => {
                if !std::mem::replace(&mut self.told_unknown, true) {
                    self.tell(Event::Unknown).await;
                }
            }
            Refusal::NotGenuine(fault) => {
                if self.told_not_genuine.replace(*fault) != Some(*fault) {
                    self.tell(Event::NotGenuine(*fault)).await;
                }
            }
            Refusal::Offline | Refusal::Problem(_) | Refusal::Strange => {
                tracing::info!(?refusal, "the link cannot be opened");
            }
        }
        self.step(connection::Event::Failed(chance())).await
    }
}

fn chance() -> f64 {
    rand::rng().random_range(0.0..1.0)
}
