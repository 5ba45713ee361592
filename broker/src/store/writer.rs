//! The one writer: takes the writes that wait, runs them in one transaction, signs the audit's
//! head once, commits once, and only then answers and tells. A write that fails is taken back
//! alone; a commit that fails takes all of its group back. However much there is to write, another
//! process gets its turn.

use rusqlite::Connection;
use sayso_protocol::link::AuditHead;
use sayso_protocol::signature::Jws;
use std::panic::AssertUnwindSafe;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc::error::TryRecvError;
use tokio::sync::{Notify, mpsc, oneshot, watch};

use super::faults::NotCommitted;
use super::key::BrokerKey;
use super::news::{Anew, News};
use super::tally::Tally;
use super::tx::Tx;
use super::{Db, Store, StoreError, audit, named_key};
use crate::clock::{Clock, nap};

/// So many writes may wait; one more is refused.
pub(super) const QUEUE: usize = 4096;
/// So many writes share a commit at most.
const GROUP: usize = 512;
/// So many groups are committed one right after the other; then another process may write.
const ROUND: u32 = 32;
/// What it is left for that.
const ROOM: Duration = Duration::from_millis(8);

/// What a write made, and the signed head that it stands under.
#[derive(Debug)]
pub struct Written<T> {
    /// What the write returned.
    pub value: T,
    /// The audit's head after it.
    pub head: Jws<AuditHead>,
}

type Answer = Box<dyn FnOnce(Result<Jws<AuditHead>, StoreError>) + Send>;

/// One write that waits.
pub(super) struct Job(Box<Act>);

/// `None` when there is nothing to write to: the answer then says what the group's failure was.
type Act = dyn FnOnce(Option<&mut Tx<'_>>) -> (Outcome, Answer) + Send;

impl std::fmt::Debug for Job {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Job")
    }
}

enum Outcome {
    Keep,
    TakeBack(Option<NotCommitted>),
}

impl Store {
    /// Runs `act` in the next group and returns once it is on the disk.
    ///
    /// # Errors
    /// [`StoreError`]; nothing of `act` was kept.
    pub async fn write<T, F>(&self, act: F) -> Result<Written<T>, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&mut Tx<'_>) -> Result<T, StoreError> + Send + 'static,
    {
        let (reply, answer) = oneshot::channel();
        let job = Job(Box::new(move |tx| {
            let made = tx.map_or(Err(StoreError::Ended), act);
            let outcome = match &made {
                Ok(_) => Outcome::Keep,
                Err(error) => Outcome::TakeBack(Some(NotCommitted::from(error))),
            };
            let answer = move |committed: Result<_, _>| {
                let written = committed.and_then(|head| made.map(|value| Written { value, head }));
                // Nobody waits any more: what is committed stays committed.
                let _ = reply.send(written);
            };
            (outcome, Box::new(answer))
        }));
        self.writer.try_send(job).map_err(|error| match error {
            mpsc::error::TrySendError::Full(_) => StoreError::QueueFull,
            mpsc::error::TrySendError::Closed(_) => StoreError::Ended,
        })?;
        answer.await.unwrap_or(Err(StoreError::Ended))
    }
}

pub(super) struct Writer {
    pub(super) db: Connection,
    pub(super) keys: watch::Sender<Arc<BrokerKey>>,
    pub(super) folder: PathBuf,
    pub(super) origin: Arc<str>,
    pub(super) clock: Clock,
    pub(super) news: Option<mpsc::Sender<News>>,
    pub(super) posted: Arc<Notify>,
    pub(super) tally: Tally,
}

impl Writer {
    pub(super) fn run(self, mut inbox: mpsc::Receiver<Job>) {
        let mut in_a_row = 0;
        loop {
            let first = match inbox.try_recv() {
                Ok(job) => {
                    in_a_row += 1;
                    job
                }
                Err(TryRecvError::Empty) => {
                    in_a_row = 0;
                    let Some(job) = inbox.blocking_recv() else { break };
                    job
                }
                Err(TryRecvError::Disconnected) => break,
            };
            if in_a_row >= ROUND {
                in_a_row = 0;
                nap(ROOM);
            }
            let mut group = vec![first];
            while group.len() < GROUP
                && let Ok(next) = inbox.try_recv()
            {
                group.push(next);
            }
            self.commit(group);
        }
    }

    /// One group: run, sign, commit, answer, tell.
    fn commit(&self, group: Vec<Job>) {
        let mut answers = Vec::with_capacity(group.len());
        let mut group = group.into_iter();
        match self.attempt(&mut group, &mut answers) {
            Ok((head, news)) => {
                for answer in answers {
                    answer(Ok(head.clone()));
                }
                self.publish(news);
            }
            Err(error) => {
                tracing::error!(%error, "the group was not committed");
                if !self.db.is_autocommit()
                    && let Err(error) = self.db.execute_batch("ROLLBACK")
                {
                    tracing::error!(%error, "rollback");
                }
                answers.extend(group.map(|job| (job.0)(None).1));
                for answer in answers {
                    answer(Err(StoreError::Commit(NotCommitted::from(&error))));
                }
            }
        }
    }

    fn attempt(
        &self,
        group: &mut impl Iterator<Item = Job>,
        answers: &mut Vec<Answer>,
    ) -> Result<(Jws<AuditHead>, Vec<News>), StoreError> {
        run(&self.db, "BEGIN IMMEDIATE")?;
        let mut news = Vec::new();
        if self.follow_key()? {
            // Before anything that the new key has signed.
            news.push(News { anew: Some(Anew::All), ..News::of(Vec::new()) });
        }
        let key = Arc::clone(&self.keys.borrow());
        let (before, kept) = audit::head(Db(&self.db), &key)?;
        let reading = self.clock.reading();
        let mut tx = Tx {
            db: &self.db,
            now: reading.time,
            reading,
            key: Arc::clone(&key),
            folder: &self.folder,
            origin: &self.origin,
            head: before,
            news,
            posted: false,
            counted: Vec::new(),
        };
        for job in group {
            run_one(&mut tx, job, answers)?;
        }
        let writes = answers.len();
        let head = match kept {
            Some(kept) if tx.head.length == before.length => kept,
            Some(_) | None => audit::sign_head(&mut tx)?,
        };
        let (length, news, posted, signs) = (tx.head.length, tx.news, tx.posted, tx.key);
        let counted = tx.counted;
        run(&self.db, "COMMIT")?;
        if posted {
            self.posted.notify_one();
        }
        self.tally.committed(writes, &counted);
        if !Arc::ptr_eq(&signs, &key) {
            self.put_in_place(signs);
        }
        let stamped = news.into_iter().map(|news| News { version: length, ..news });
        Ok((head, stamped.collect()))
    }

    /// Takes the key that the store names, if it is not the one in use: another process has given it
    /// one. Answers whether there is a new one. Called while nobody else can write.
    fn follow_key(&self) -> Result<bool, StoreError> {
        let named = named_key(&self.db)?.unwrap_or_default();
        if self.keys.borrow().public().thumbprint() == named {
            return Ok(false);
        }
        let key = BrokerKey::named(&self.folder, &named);
        let key = key.map_err(|error| StoreError::Key(error.to_string()))?;
        tracing::info!(key = named, "the broker has a new key");
        self.keys.send_replace(Arc::new(key));
        Ok(true)
    }

    /// The store names `key` now: the one before goes from the disk. Should that fail, the next
    /// start does it.
    fn put_in_place(&self, key: Arc<BrokerKey>) {
        let placed = || {
            self.db.execute_batch("BEGIN IMMEDIATE")?;
            let named = named_key(&self.db)?.unwrap_or_default();
            let placed = BrokerKey::named(&self.folder, &named);
            self.db.execute_batch("COMMIT")?;
            placed.map_err(|error| StoreError::Key(error.to_string()))
        };
        if let Err(error) = placed() {
            tracing::error!(%error, "the key before the new one is still on the disk");
        }
        self.keys.send_replace(key);
    }

    fn publish(&self, news: Vec<News>) {
        let Some(relay) = &self.news else { return };
        for news in news {
            if relay.blocking_send(news).is_err() {
                tracing::debug!("nobody listens to the news any more");
            }
        }
    }
}

/// Runs a statement that is kept prepared.
fn run(db: &Connection, sql: &str) -> rusqlite::Result<()> {
    db.prepare_cached(sql)?.execute([]).map(drop)
}

/// Runs one write in a savepoint of its own. What cannot be taken back alone (a full disk ends the
/// whole transaction) takes the group with it.
fn run_one(tx: &mut Tx<'_>, job: Job, answers: &mut Vec<Answer>) -> Result<(), StoreError> {
    run(tx.db, "SAVEPOINT job")?;
    let (head, told, key) = (tx.head, tx.news.len(), Arc::clone(&tx.key));
    let counted = tx.counted.len();
    let ran = std::panic::catch_unwind(AssertUnwindSafe(|| (job.0)(Some(tx))));
    let outcome = match ran {
        Ok((outcome, answer)) => {
            answers.push(answer);
            outcome
        }
        // The panic has said what it was; whoever asked is answered by the drop.
        Err(_) => Outcome::TakeBack(None),
    };
    if let Outcome::TakeBack(cause) = outcome {
        if tx.db.is_autocommit() {
            let cause = cause.map_or(StoreError::Ended, StoreError::Commit);
            return Err(cause);
        }
        run(tx.db, "ROLLBACK TO job")?;
        tx.head = head;
        tx.news.truncate(told);
        tx.counted.truncate(counted);
        tx.key = key;
    }
    run(tx.db, "RELEASE job")?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::audit::Entry;
    use crate::store::{Opening, Store};
    use rusqlite::ErrorCode;

    async fn open(folder: &std::path::Path) -> Store {
        let opening = Opening {
            folder: folder.to_owned(),
            origin: Some("http://127.0.0.1:1".into()),
            news: None,
            clock: Clock::machine(),
        };
        let (store, _) = Store::open(opening).unwrap();
        store.write(|tx| tx.audit(&Entry::Started)).await.unwrap();
        store
    }

    async fn length(store: &Store) -> u64 {
        let key = store.key().clone();
        store.read(move |db| Ok(db.verify_audit(&key))).await.unwrap().unwrap()
    }

    #[tokio::test]
    async fn a_write_that_fails_or_panics_is_taken_back_alone() {
        let folder = tempfile::tempdir().unwrap();
        let store = open(folder.path()).await;
        let good = |store: Store| async move {
            store.write(|tx| tx.audit(&Entry::Started)).await.map(|_| ())
        };
        let failing = store.write(|tx| {
            tx.audit(&Entry::Started)?;
            Err::<(), _>(StoreError::Unreadable("no".into()))
        });
        let panicking = store.write(|tx| -> Result<(), StoreError> {
            tx.audit(&Entry::Started)?;
            panic!("as the test wants")
        });
        let (first, failed, panicked, last) =
            tokio::join!(good(store.clone()), failing, panicking, good(store.clone()));
        assert!(first.is_ok() && last.is_ok());
        assert!(matches!(failed, Err(StoreError::Unreadable(_))));
        assert!(matches!(panicked, Err(StoreError::Ended)));
        assert_eq!(length(&store).await, 3);
    }

    #[tokio::test]
    async fn a_store_that_cannot_be_written_says_so_and_loses_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let store = open(folder.path()).await;
        let read_only = "PRAGMA query_only = ON";
        store.write(move |tx| Ok(tx.sql().execute_batch(read_only)?)).await.unwrap();
        for _ in 0..2 {
            let refused = store.write(|tx| tx.audit(&Entry::Started)).await.unwrap_err();
            assert_eq!(NotCommitted::from(&refused).code, Some(ErrorCode::ReadOnly), "{refused}");
        }
        assert_eq!(length(&store).await, 1);
    }

    #[tokio::test]
    async fn a_full_disk_refuses_what_does_not_fit_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let store = open(folder.path()).await;
        store.write(|tx| Ok(tx.sql().execute_batch("PRAGMA max_page_count = 1")?)).await.unwrap();
        let mut written = 1;
        let refused = loop {
            match store.write(|tx| (0..50).try_for_each(|_| tx.audit(&Entry::Started))).await {
                Ok(_) => written += 50,
                Err(error) => break error,
            }
        };
        assert_eq!(NotCommitted::from(&refused).code, Some(ErrorCode::DiskFull), "{refused}");
        assert_eq!(length(&store).await, written);
        let room = "PRAGMA max_page_count = 100000";
        store.write(move |tx| Ok(tx.sql().execute_batch(room)?)).await.unwrap();
        store.write(|tx| tx.audit(&Entry::Started)).await.unwrap();
        assert_eq!(length(&store).await, written + 1);
    }
}
