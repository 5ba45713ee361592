//! What the daemon must not forget: accounts, decisions, the history and the brokers' audit heads,
//! in one SQLite file. One thread owns the connection; everybody else holds a [`Store`] and waits
//! for its answer. A call that returned `Ok` is on the disk. Keys are not here: see `keys`.
//!
//! - `open`: the folder, the lock, the file, the schema
//! - `accounts`: accounts
//! - `heads`: the brokers' audit heads
//! - `brokers`: what the person calls the brokers, and their keys
//! - `changes`: what the person agreed to and was told of changes
//! - `decisions`: decisions, from kept to told
//! - `settings`: this daemon's own security settings
//! - `quiet`: why and until when requests are not told
//! - `history`: the signed chain of what happened
//! - `events`: what can happen
//! - `history_key`: which key signs it
//! - `error`: why the store could not do it

use std::path::Path;
use std::thread;

use rusqlite::{Connection, Transaction, TransactionBehavior};
use sayso_protocol::bus::SpeakCodes;
use sayso_protocol::enrolment::ApproverId;
use sayso_protocol::life::Standing;
use sayso_protocol::relay::{Received, SignedDecision};
use sayso_protocol::request::RequestId;
use sayso_protocol::signature::{Digest, PublicKey, SecretKey};
use sayso_protocol::time::UnixTime;
use tokio::sync::{mpsc, oneshot};

mod accounts;
mod brokers;
mod changes;
mod decisions;
mod error;
mod events;
mod heads;
mod history;
mod history_key;
mod open;
mod quiet;
mod settings;
#[cfg(test)]
mod tests;

pub use accounts::{Account, AccountState};
pub use changes::{ToldChange, Whose};
pub use decisions::{Ending, KeptDecision, Told};
pub use error::StoreError;
pub use events::{About, End, HistoryEntry, HistoryEvent};
pub use heads::{BrokerHead, HeadCheck};
pub use history::Wholeness;
pub use history_key::KnownKey;

/// The database's file in the store's folder.
pub const FILE: &str = "sayso.db";
/// So many calls may wait for the owner; the next caller waits for its place.
const QUEUE: usize = 64;

/// What the owner's thread is asked to do.
enum Job {
    /// Work on the connection; it answers for itself.
    Work(Box<dyn FnOnce(&mut Connection) + Send>),
    /// Write everything back, let the file go, and say so.
    Close(oneshot::Sender<()>),
}

/// A handle on the store. Clones share one owner; it ends with the last of them.
#[derive(Clone, Debug)]
pub struct Store {
    owner: mpsc::Sender<Job>,
}

impl Store {
    /// Opens the store in `folder`, or makes one there. Blocks for a few milliseconds.
    ///
    /// # Errors
    /// Each doubt about the folder or the file, and [`StoreError::AlreadyRunning`] when another
    /// daemon has it open.
    pub fn open(folder: &Path) -> Result<Self, StoreError> {
        let database = open::open(folder)?;
        let (owner, jobs) = mpsc::channel(QUEUE);
        thread::Builder::new().name("store".into()).spawn(move || own(database, jobs))?;
        Ok(Self { owner })
    }

    /// Ends the owner and waits until the file is let go. Later calls give
    /// [`StoreError::Closed`].
    pub async fn close(self) {
        let (done, closed) = oneshot::channel();
        if self.owner.send(Job::Close(done)).await.is_ok() {
            closed.await.ok();
        }
    }

    /// Chooses where codes may be said aloud, once, with the first account: later choices change
    /// nothing.
    ///
    /// # Errors
    /// When it could not be kept.
    pub async fn choose_speak_codes(&self, speak_codes: SpeakCodes) -> Result<(), StoreError> {
        self.write(move |transaction| settings::choose_speak_codes(transaction, speak_codes)).await
    }

    /// Where codes may be said aloud, if that was chosen.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn speak_codes(&self) -> Result<Option<SpeakCodes>, StoreError> {
        self.read(settings::speak_codes).await
    }

    /// Keeps a signed decision of `approver` with its history entry. Call it before sending; the
    /// same bytes again change nothing.
    ///
    /// # Errors
    /// [`StoreError::Decided`] when something else was decided about this request (a report after
    /// an approval is kept, and a no to one that is not settled), or when it could not be kept: then it must not be sent.
    pub async fn keep_decision(
        &self,
        decision: SignedDecision,
        approver: &ApproverId,
        at: UnixTime,
        history_key: &SecretKey,
    ) -> Result<(), StoreError> {
        let (approver, key) = (approver.clone(), history_key.clone());
        self.write(move |transaction| decisions::keep(transaction, &decision, &approver, at, &key))
            .await
    }

    /// What `approver` still has to send, oldest first; also what has expired meanwhile.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn unsent(&self, approver: &ApproverId) -> Result<Vec<KeptDecision>, StoreError> {
        let approver = approver.clone();
        self.read(move |connection| decisions::unsent(connection, &approver)).await
    }

    /// What was decided about a request: at most an approval and a later no.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn decisions(
        &self,
        approver: &ApproverId,
        request: RequestId,
    ) -> Result<Vec<KeptDecision>, StoreError> {
        let approver = approver.clone();
        self.read(move |connection| decisions::of_request(connection, &approver, request)).await
    }

    /// What became of the decision `digest`, with its history entry and the head that the broker
    /// sent along. The first ending stands.
    ///
    /// # Errors
    /// [`StoreError::Unknown`], or when it could not be kept.
    pub async fn settled(
        &self,
        digest: Digest,
        ending: Ending,
        at: UnixTime,
        audit_head: Option<BrokerHead>,
        history_key: &SecretKey,
    ) -> Result<Option<HeadCheck>, StoreError> {
        let key = history_key.clone();
        self.write(move |transaction| {
            decisions::settle(transaction, digest, ending, at, &key)?;
            audit_head.map(|head| heads::keep_head(transaction, &head, at, &key)).transpose()
        })
        .await
    }

    /// The service has fetched the approval of `request`. Nothing happens if there is none.
    ///
    /// # Errors
    /// When it could not be kept.
    pub async fn collected(
        &self,
        approver: &ApproverId,
        request: RequestId,
        at: UnixTime,
    ) -> Result<(), StoreError> {
        let approver = approver.clone();
        self.write(move |transaction| decisions::collect(transaction, &approver, request, at)).await
    }

    /// The person has been told this much about the decision `digest`.
    ///
    /// # Errors
    /// [`StoreError::Unknown`], or when it could not be kept.
    pub async fn told(&self, digest: Digest, told: Told) -> Result<(), StoreError> {
        self.write(move |transaction| decisions::tell(transaction, digest, told)).await
    }

    /// Decisions that are settled and whose end the person has not been told, oldest first.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn untold(&self) -> Result<Vec<KeptDecision>, StoreError> {
        self.read(decisions::untold).await
    }

    /// Writes the end of a request that was not decided here into the history, once.
    ///
    /// # Errors
    /// When it could not be kept.
    pub async fn ended(
        &self,
        received: Received,
        approver: &ApproverId,
        standing: Standing,
        at: UnixTime,
        history_key: &SecretKey,
    ) -> Result<(), StoreError> {
        let (approver, key) = (approver.clone(), history_key.clone());
        self.write(move |transaction| {
            decisions::end(transaction, &received, &approver, standing, at, &key)
        })
        .await
    }

    /// The last `count` entries of the history, oldest first.
    ///
    /// # Errors
    /// [`StoreError::Altered`] at an entry that cannot be read.
    pub async fn history(&self, count: u32) -> Result<Vec<HistoryEntry>, StoreError> {
        self.read(move |connection| history::last(connection, count)).await
    }

    /// How many entries the history has. With none, a history key may be made.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn history_length(&self) -> Result<u64, StoreError> {
        self.read(history::length).await
    }

    /// Whether every entry of the history is as it was written and none is missing.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn verify_history(&self, history_key: &PublicKey) -> Result<Wholeness, StoreError> {
        let key = history_key.clone();
        self.read(move |connection| history::verify(connection, &key)).await
    }

    /// One transaction: all of `work` is on the disk when this returns `Ok`, or none of it is.
    async fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Transaction<'_>) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        self.ask(move |connection| {
            let transaction =
                connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            let answer = work(&transaction)?;
            transaction.commit()?;
            Ok(answer)
        })
        .await
    }

    async fn read<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        self.ask(move |connection| work(connection)).await
    }

    async fn ask<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Connection) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let (reply, answer) = oneshot::channel();
        let job = Job::Work(Box::new(move |connection| {
            // Whoever asked may have gone; the work is done all the same.
            drop(reply.send(work(connection)));
        }));
        self.owner.send(job).await.map_err(|_| StoreError::Closed)?;
        answer.await.map_err(|_| StoreError::Closed)?
    }
}

/// The owner's thread: one job after the other, until nobody can ask any more.
fn own(mut database: open::Database, mut jobs: mpsc::Receiver<Job>) {
    while let Some(job) = jobs.blocking_recv() {
        match job {
            Job::Work(work) => work(&mut database.connection),
            Job::Close(done) => {
                drop(database);
                let _gone = done.send(());
                return;
            }
        }
    }
}
