//! Where a method of either door puts its call, and waits for the reply: the rule of the locked
//! screen, and the ends of the wait.

use std::sync::Arc;

use sayso_protocol::bus::{Error, Place};
use sayso_words::{Words, say};
use tokio::sync::{mpsc, oneshot, watch};
use tokio_util::sync::CancellationToken;

use super::caller::Caller;
use super::{Ask, Call, ClientId, Reply};
use crate::surroundings::lock::Lock;

/// What locks the screen, and whom that shuts out.
#[derive(Clone, Debug)]
pub(super) struct Screen {
    pub(super) lock: watch::Receiver<Lock>,
    pub(super) session: Option<Arc<str>>,
}

/// The way of one client to the pipeline.
#[derive(Clone, Debug)]
pub(super) struct Desk {
    pub(super) client: ClientId,
    pub(super) calls: mpsc::Sender<Call>,
    pub(super) ended: CancellationToken,
}

/// The same for one that came to the private socket.
#[derive(Clone, Debug)]
pub(super) struct PrivateDesk {
    pub(super) desk: Desk,
    pub(super) caller: Arc<Caller>,
    pub(super) screen: Screen,
    pub(super) words: watch::Receiver<Words>,
}

impl Desk {
    /// Asks the pipeline, whatever the screen is.
    pub(super) async fn ask<T>(&self, ask: impl FnOnce(Reply<T>) -> Ask) -> Result<T, Error> {
        let (reply, answer) = oneshot::channel();
        let call = Call { client: self.client, ask: ask(reply) };
        let asked = async {
            self.calls.send(call).await.ok()?;
            answer.await.ok()
        };
        tokio::select! {
            answer = asked => answer.unwrap_or_else(|| Err(stopping())),
            () = self.ended.cancelled() => Err(stopping()),
        }
    }
}

impl PrivateDesk {
    /// Asks the pipeline, if the screen is unlocked for this caller.
    pub(super) async fn ask<T>(&self, ask: impl FnOnce(Reply<T>) -> Ask) -> Result<T, Error> {
        self.check_unlocked()?;
        self.desk.ask(ask).await
    }

    /// The same for a call that may wait long: the screen may be locked when the answer comes.
    pub(super) async fn ask_and_wait<T>(
        &self,
        ask: impl FnOnce(Reply<T>) -> Ask,
    ) -> Result<T, Error> {
        let answer = self.ask(ask).await?;
        self.check_unlocked()?;
        Ok(answer)
    }

    /// Where this caller is: nowhere that may show anything, while the screen is locked for it.
    pub(super) fn place(&self, place: Place) -> Place {
        if self.is_shut_out() { Place::Nowhere } else { place }
    }

    fn check_unlocked(&self) -> Result<(), Error> {
        if self.is_shut_out() {
            return Err(Error::Locked(say!(self.words.borrow(), "error-locked")));
        }
        Ok(())
    }

    fn is_shut_out(&self) -> bool {
        match *self.screen.lock.borrow() {
            Lock::Locked => self.caller.is_behind_lock_of(self.screen.session.as_deref()),
            Lock::Unlocked | Lock::Unknown => false,
        }
    }
}

fn stopping() -> Error {
    Error::ZBus(zbus::Error::Failure("saysod is stopping".to_owned()))
}
