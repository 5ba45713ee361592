//! The broker's keys: a new one counts here once the one before has signed it. An approver that was
//! away learns all that came meanwhile, one after the other.

use sayso_protocol::link::FromBroker;
use sayso_protocol::rotation::{KeySet, NewKey, Taken};
use sayso_protocol::signature::{Jws, SignatureError};

use super::super::{BrokerClock, Event, NotGenuine, Refusal};
use super::Broker;
use super::calls::Calls;
use super::http::{Call, Line};

/// So many answers with keys are asked for at most: a thousand keys.
const ANSWERS: u32 = 32;

impl Calls {
    /// The broker's clock. Where a key signed it that is not known, it must have come after the one
    /// that is.
    pub(super) async fn clock(&self, line: &mut Line) -> Result<BrokerClock, Refusal> {
        let known = self.keys().borrow().current().clone();
        match line.time(self.origin(), &known).await {
            Err(Refusal::NotGenuine(NotGenuine::Key)) => {
                self.learn(line).await?;
                let key = self.keys().borrow().current().clone();
                line.time(self.origin(), &key).await
            }
            answer => answer,
        }
    }

    /// Asks how the broker's key came after the one that is known.
    async fn learn(&self, line: &mut Line) -> Result<(), Refusal> {
        for _ in 0..ANSWERS {
            let known = self.keys().borrow().current().thumbprint();
            let call = format!("/v1/keys?after={known}");
            let KeySet { rotations, .. } = line.ask(Call::get(&call)).await?;
            if rotations.is_empty() {
                break;
            }
            for rotation in &rotations {
                self.take(rotation).map_err(|error| {
                    tracing::warn!(%error, "a new key of the broker does not count");
                    Refusal::NotGenuine(NotGenuine::Key)
                })?;
            }
        }
        Ok(())
    }

    /// Takes a new key of the broker, if the one that is known has signed it.
    pub(super) fn take(&self, rotation: &Jws<NewKey>) -> Result<(), SignatureError> {
        let mut outcome = Ok(Taken::Known);
        self.keys().send_if_modified(|keys| {
            outcome = keys.take(self.origin(), rotation);
            outcome == Ok(Taken::New)
        });
        outcome.map(|_| ())
    }
}

impl Broker {
    /// Whether what a link begins with names the key that is known here, or one that it leads to.
    pub(super) fn is_genuine(&self, first: Option<&FromBroker>) -> bool {
        let Some(FromBroker::Snapshot { rotation: Some(rotation), .. }) = first else {
            return true;
        };
        let taken = self.calls.take(rotation);
        if let Err(error) = &taken {
            tracing::warn!(%error, "the broker names a key that does not count");
        }
        taken.is_ok()
    }

    /// Tells the broker's keys where they have changed: before what the new one has signed.
    pub(super) async fn tell_keys(&mut self) {
        if self.keys.has_changed().unwrap_or(false) {
            let keys = self.keys.borrow_and_update().clone();
            self.tell(Event::Keys(Box::new(keys))).await;
        }
    }
}
