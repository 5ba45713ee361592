//! The native broker: a link that brings requests, by a WebSocket or by calls that wait, and signed
//! calls that carry codes and decisions. One task per account; [`super::connection`] decides when to
//! try what.
//!
//! - `linking`: what that decides, done
//! - `opening`: how a link is opened
//! - `frames`: what the broker says on the link
//! - `calls`: the signed calls
//! - `http`: how calls are made, and the broker's clock
//! - `learning`: the broker's keys
//! - `dial`: connections, and whom to trust
//! - `practice`: the call for something to practise on
//! - `errands`: calls about settings
//! - `enrolling`: the one call to a broker that is not known yet

mod calls;
mod dial;
mod enrolling;
mod errands;
mod frames;
pub(crate) mod http;
mod learning;
mod linking;
mod opening;
mod practice;

use std::collections::{HashMap, VecDeque};
use std::time::{Duration, Instant};

use futures_util::stream::{FuturesUnordered, SplitStream};
use futures_util::{SinkExt, StreamExt};
use sayso_protocol::decision::{DecisionAnswer, DecisionClaims};
use sayso_protocol::life::Standing;
use sayso_protocol::link::Inbox;
use sayso_protocol::request::RequestId;
use sayso_protocol::rotation::BrokerKeys;
use sayso_protocol::signature::{Digest, Jws};
use sayso_protocol::time::UnixTime;
use tokio::sync::{mpsc, watch};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_util::sync::CancellationToken;

use super::connection::{self, Connection};
use super::errand::Fetched;
use super::{Answered, Arrived, Begun, BrokerClock, Event, FromSource, NotGenuine, Order, Refusal};
use crate::clock;
pub use calls::Calls;
pub use dial::Dialer;
use dial::Wire;
pub use enrolling::{Enrolling, enrol, meet};
use frames::{Snapshot, next_frame};
use opening::{NotOpened, Opened};

/// How long a decision that could not be sent waits before it is sent again, link or no link.
const SEND_AGAIN: Duration = Duration::from_secs(5);
/// A difference between the two clocks that the person should hear of.
const CLOCK_DIFFERENCE: u64 = 60;

type Link = WebSocketStream<Wire>;

/// A finished piece of work of this task.
enum Done {
    Opened { attempt: u64, opened: Result<Box<Opened>, NotOpened> },
    Looked { looking: u64, result: Result<Inbox, Refusal> },
    Bound { call: u64, result: Result<(Arrived, String), Refusal> },
    Practised { call: u64, result: Result<Box<Begun>, Refusal> },
    Sent { request: RequestId, result: Result<DecisionAnswer, Refusal> },
    Ran { call: u64, result: Result<(Fetched, Option<String>), Refusal> },
}

type Work = FuturesUnordered<std::pin::Pin<Box<dyn Future<Output = Done> + Send + Sync>>>;

struct Unsent {
    decision: Jws<DecisionClaims>,
    exp: UnixTime,
    /// `None` while it is on its way.
    again: Option<Instant>,
}

/// The link of one account.
pub struct Broker {
    calls: Calls,
    events: mpsc::Sender<FromSource>,
    network: watch::Receiver<u64>,
    keys: watch::Receiver<BrokerKeys>,
    connection: Connection,
    clock: Option<BrokerClock>,
    stream: Option<SplitStream<Link>>,
    pongs: Option<futures_util::stream::SplitSink<Link, Message>>,
    unsent: HashMap<RequestId, Unsent>,
    work: Work,
    /// Counts what is opened: what comes of an earlier one is let go.
    attempt: u64,
    /// Counts calls that wait: an earlier one's answer is let go.
    looking: u64,
    /// The names of the last proofs for links and calls that wait, oldest first.
    proofs: VecDeque<String>,
    /// What the last of them has brought.
    version: Option<Digest>,
    told_clock: bool,
    told_replaced: bool,
    told_unknown: bool,
    told_not_genuine: Option<NotGenuine>,
    snapshot: Option<Snapshot>,
}

impl Broker {
    /// A link that is not open yet. It is tried again at once whenever `network` changes.
    #[must_use]
    pub fn new(
        calls: Calls,
        events: mpsc::Sender<FromSource>,
        network: watch::Receiver<u64>,
    ) -> Self {
        Self {
            keys: calls.keys().subscribe(),
            calls,
            events,
            network,
            connection: Connection::new(clock::now()),
            clock: None,
            stream: None,
            pongs: None,
            unsent: HashMap::new(),
            work: FuturesUnordered::new(),
            attempt: 0,
            looking: 0,
            proofs: VecDeque::new(),
            version: None,
            told_clock: false,
            told_replaced: false,
            told_unknown: false,
            told_not_genuine: None,
            snapshot: None,
        }
    }

    /// Runs until `shutdown`, until nobody orders any more, or until the broker has removed this
    /// approver.
    pub async fn run(mut self, mut orders: mpsc::Receiver<Order>, shutdown: CancellationToken) {
        loop {
            let deadline = self.deadline();
            let keep_on = tokio::select! {
                () = shutdown.cancelled() => false,
                order = orders.recv() => match order {
                    Some(order) => { self.obey(order); true }
                    None => false,
                },
                Some(done) = self.work.next() => self.done(done).await,
                frame = next_frame(self.stream.as_mut()) => self.frame(frame).await,
                Ok(()) = self.network.changed() => self.step(connection::Event::Nudged).await,
                () = clock::until(deadline) => self.due().await,
            };
            if !keep_on {
                break;
            }
        }
        if let Some(mut link) = self.pongs.take() {
            // The broker notices a broken link as well; this only saves it the wait.
            drop(tokio::time::timeout(Duration::from_millis(200), link.close()).await);
        }
    }

    fn deadline(&self) -> Instant {
        let unsent = self.unsent.values().filter_map(|unsent| unsent.again).min();
        let connection = self.connection.deadline();
        unsent.map_or(connection, |again| again.min(connection))
    }

    fn obey(&mut self, order: Order) {
        match order {
            Order::Bind { call, binding } => {
                let calls = self.calls.clone();
                self.work.push(Box::pin(async move {
                    Done::Bound { call, result: calls.bind(binding).await }
                }));
            }
            Order::Practise { call, practice } => {
                let calls = self.calls.clone();
                self.work.push(Box::pin(async move {
                    Done::Practised { call, result: calls.practise(practice).await }
                }));
            }
            Order::Send { request, decision, exp } => {
                self.unsent.insert(request, Unsent { decision, exp, again: None });
                self.send(request);
            }
            Order::Errand { call, errand } => {
                let calls = self.calls.clone();
                self.work.push(Box::pin(async move {
                    Done::Ran { call, result: calls.run(errand).await }
                }));
            }
        }
    }

    fn send(&mut self, request: RequestId) {
        let Some(unsent) = self.unsent.get_mut(&request) else { return };
        unsent.again = None;
        let (calls, decision) = (self.calls.clone(), unsent.decision.clone());
        self.work.push(Box::pin(async move {
            Done::Sent { request, result: calls.decide(request, decision).await }
        }));
    }

    async fn due(&mut self) -> bool {
        let now = clock::now();
        let due: Vec<_> = self
            .unsent
            .iter()
            .filter(|(_, unsent)| unsent.again.is_some_and(|again| again <= now))
            .map(|(request, _)| *request)
            .collect();
        for request in due {
            let late = self.unsent.get(&request).is_some_and(|unsent| {
                self.clock.is_some_and(|clock| clock.time(now) >= unsent.exp)
            });
            if late {
                self.unsent.remove(&request);
                let result = Ok(Standing::Expired.into());
                self.tell(Event::Answered { request, result }).await;
            } else {
                self.send(request);
            }
        }
        self.step(connection::Event::Due).await
    }

    async fn done(&mut self, done: Done) -> bool {
        match done {
            Done::Opened { attempt, opened } => self.opened(attempt, opened).await,
            Done::Looked { looking, result } => self.looked(looking, result).await,
            Done::Bound { call, result } => {
                let result = match result {
                    Ok((arrived, head)) => {
                        self.tell_head(head).await;
                        Ok(arrived)
                    }
                    Err(refusal) => Err(refusal),
                };
                self.tell(Event::Bound { call, result }).await;
                true
            }
            Done::Practised { call, result } => {
                self.tell(Event::Practised { call, result }).await;
                true
            }
            Done::Ran { call, result } => self.ran(call, result).await,
            Done::Sent { request, result: Err(Refusal::Offline | Refusal::NotGenuine(_)) } => {
                if let Some(unsent) = self.unsent.get_mut(&request) {
                    unsent.again = Some(clock::now() + SEND_AGAIN);
                    self.tell(Event::Answered { request, result: Err(Refusal::Offline) }).await;
                }
                true
            }
            Done::Sent { request, result } => {
                self.unsent.remove(&request);
                let result = match result {
                    Ok(DecisionAnswer { state: standing, confirm, expires_at, audit_head }) => {
                        self.tell_head(audit_head.as_str().to_owned()).await;
                        let deadline = self.clock.map(|clock| clock.instant(expires_at));
                        Ok(Answered { standing, confirm, deadline })
                    }
                    Err(refusal) => Err(refusal),
                };
                self.tell(Event::Answered { request, result }).await;
                // What becomes of it comes on the link: it is not waited for any longer.
                self.step(connection::Event::Reached).await
            }
        }
    }

    async fn ran(&mut self, call: u64, result: Result<(Fetched, Option<String>), Refusal>) -> bool {
        let result = match result {
            Ok((fetched, head)) => {
                if let Some(head) = head {
                    self.tell_head(head).await;
                }
                Ok(fetched)
            }
            Err(refusal) => Err(refusal),
        };
        let reached = !matches!(result, Err(Refusal::Offline | Refusal::NotGenuine(_)));
        self.tell(Event::Errand { call, result }).await;
        if reached { self.step(connection::Event::Reached).await } else { true }
    }

    /// Tells an audit head, after the key that may have signed it.
    async fn tell_head(&mut self, head: String) {
        self.tell_keys().await;
        self.tell(Event::AuditHead(head)).await;
    }

    async fn tell(&self, event: Event) {
        // The pipeline ends last; when it is gone, there is nobody to tell.
        drop(self.events.send((self.calls.approver().clone(), event)).await);
    }
}
