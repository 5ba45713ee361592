//! Owns what is under way to webhooks. Each service has calls of its own, so that a receiver that
//! hangs holds up no other's; whatever is under way when the broker stops, or is killed, is sent
//! again with the same id.

use rand::Rng as _;
use sayso_protocol::webhook::Event;
use std::collections::{HashMap, HashSet};
use std::time::Duration;
use tokio::task::JoinSet;
use uuid::Uuid;

use super::attempt::{self, InVain, Letter};
use super::dial::Dialer;
use super::schedule;
use super::signing::WebhookKey;
use crate::clock::pause;
use crate::server::Broker;
use crate::store::outbox::{Failure, Waiting};
use crate::store::webhooks::Endpoint;
use crate::store::{StoreError, Tx};
use crate::{collecting, progress, random};

/// So many calls to one service are under way at a time.
const EACH: u32 = 4;
/// How long to let a store be that refuses.
const AFTER_FAULT: Duration = Duration::from_secs(5);

/// Brings everything that is due to where it belongs, until the broker stops.
pub async fn run(broker: Broker) {
    let stopping = broker.stopping.clone();
    let mut courier = Courier { broker, dialer: Dialer::default(), under_way: HashMap::new() };
    let mut calls = JoinSet::new();
    let rounds = async {
        loop {
            if let Err(error) = courier.round(&mut calls).await {
                tracing::error!(%error, "what is due to services cannot be read");
                pause(AFTER_FAULT).await;
            }
        }
    };
    stopping.run_until_cancelled(rounds).await;
    calls.shutdown().await;
}

/// What a call was about.
type Returned = (String, Uuid);

struct Courier {
    broker: Broker,
    dialer: Dialer,
    /// By service.
    under_way: HashMap<String, HashSet<Uuid>>,
}

impl Courier {
    /// Sends what is due, and waits until there may be more.
    async fn round(&mut self, calls: &mut JoinSet<Returned>) -> Result<(), StoreError> {
        let store = self.broker.store.clone();
        let posted = store.posted().notified();
        let now = self.broker.clock.now();
        // Those that are under way are due still.
        let due = move |db: crate::store::Db<'_>| {
            Ok((db.due_events(now, 2 * EACH)?, db.next_event(now)?))
        };
        let (due, next) = store.read(due).await?;
        for (endpoint, events) in due {
            self.send(&endpoint, events, calls);
        }
        let more_due = async {
            match next {
                Some(next) => self.broker.clock.reach(next).await,
                None => std::future::pending().await,
            }
        };
        let returned = tokio::select! {
            () = posted => None,
            () = more_due => None,
            Some(returned) = calls.join_next() => Some(returned),
        };
        match returned {
            Some(Ok((service, id))) => {
                if let Some(under_way) = self.under_way.get_mut(&service) {
                    under_way.remove(&id);
                }
            }
            Some(Err(error)) => {
                // It panicked, and has said why. What else is under way is counted anew.
                tracing::error!(%error, "a call to a webhook broke off");
                calls.shutdown().await;
                self.under_way.clear();
                pause(AFTER_FAULT).await;
            }
            None => {}
        }
        Ok(())
    }

    fn send(&mut self, endpoint: &Endpoint, due: Vec<Waiting>, calls: &mut JoinSet<Returned>) {
        let under_way = self.under_way.entry(endpoint.service.clone()).or_default();
        for event in due {
            if under_way.len() >= EACH as usize {
                return;
            }
            if under_way.insert(event.id) {
                let call = Call {
                    broker: self.broker.clone(),
                    dialer: self.dialer.clone(),
                    endpoint: endpoint.clone(),
                    event,
                };
                calls.spawn(call.make());
            }
        }
    }
}

/// One call, from what waits on the disk to what has come of it there.
struct Call {
    broker: Broker,
    dialer: Dialer,
    endpoint: Endpoint,
    event: Waiting,
}

impl Call {
    async fn make(self) -> Returned {
        let returned = (self.endpoint.service.clone(), self.event.id);
        if let Err(error) = self.try_once().await {
            tracing::error!(%error, "what came of a call to a webhook cannot be kept");
            pause(AFTER_FAULT).await;
        }
        returned
    }

    async fn try_once(self) -> Result<(), StoreError> {
        let Self { broker, dialer, endpoint, event } = self;
        let (body, approval) = body(&broker, &event).await?;
        let (id, from) = (event.id, broker.clock.reading());
        let at = from.time;
        let signature = WebhookKey::of(&broker.store.key(), &endpoint).sign(id, at, &body);
        let letter = Letter { url: endpoint.url.clone(), id, at, signature, body };
        let late = broker.clock.rest(&from, attempt::LIMIT);
        let sent = attempt::send(&dialer, letter, late).await;
        broker.metrics.called(match sent {
            Ok(()) => "taken",
            Err(InVain { why: Failure::Gone, .. }) => "gone",
            Err(_) => "in_vain",
        });
        tracing::debug!(service = endpoint.service, event = %id, ?sent, "a webhook was called");
        let written = broker.store.write(move |tx| settle(tx, &endpoint, &event, approval, sent));
        written.await.map(|_| ())
    }
}

/// Whether an approval goes with an event that needs no ticket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Approval {
    Goes,
    Stays,
}

/// What is sent: an approval that needs no ticket goes with it as long as it may be handed out.
async fn body(broker: &Broker, event: &Waiting) -> Result<(String, Approval), StoreError> {
    if !event.hands_out {
        return Ok((event.body.clone(), Approval::Stays));
    }
    let (waiting, now) = (event.clone(), broker.clock.now());
    let data = broker.store.read(move |db| progress::handed_out(db, &waiting, now)).await?;
    let Some(data) = data else { return Ok((event.body.clone(), Approval::Stays)) };
    let approval = if data.outcome.is_some() { Approval::Goes } else { Approval::Stays };
    let told: Event = serde_json::from_str(&event.body)?;
    Ok((serde_json::to_string(&Event { data, ..told })?, approval))
}

/// Keeps what has come of a call.
fn settle(
    tx: &mut Tx<'_>,
    endpoint: &Endpoint,
    event: &Waiting,
    approval: Approval,
    sent: Result<(), InVain>,
) -> Result<(), StoreError> {
    let Err(InVain { why, asked }) = sent else {
        if approval == Approval::Goes
            && let Some(mut kept) = tx.db().request(event.request)?
        {
            collecting::note_fetched(tx, &mut kept)?;
        }
        return tx.forget_event(event.id);
    };
    if why == Failure::Gone {
        let service = endpoint.service.as_str();
        tracing::warn!(service, "the webhook says that it is gone, and is not called any more");
        return tx.mark_gone(endpoint);
    }
    let mut spread = [0];
    random().fill_bytes(&mut spread);
    let wait = schedule::next(event.tries + 1, asked, spread[0]);
    if wait.is_none() {
        let (service, id) = (endpoint.service.as_str(), event.id);
        tracing::warn!(service, event = %id, "an event could not be delivered and was given up");
    }
    let due_at = wait.map(|wait| tx.now.plus(wait));
    tx.put_off(event.id, due_at, why)?;
    Ok(())
}
