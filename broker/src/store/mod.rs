//! What the broker keeps: one SQLite database, one writer thread that commits waiting writes as a
//! group, readers apart. SQL stands in this folder only.
//!
//! - `writer`: group commit, and the order "commit first, then tell"
//! - `tx`: one of the writes
//! - `news`: what is told then; [`tally`]: what is counted
//! - [`open`](Store::open) and the faults of a store
//! - [`key`]: the broker's own key, a file beside the database
//! - [`rotations`]: how another takes its place
//! - [`audit`]: the hash chain and its signed head; `verifying`: whether it is whole
//! - [`services`], [`accounts`], [`approvers`], [`networks`], [`changes`], [`requests`],
//!   [`ended`], [`signed`], [`messages`], [`idempotency`], [`webhooks`], [`outbox`]: the rows

pub mod accounts;
pub mod approvers;
pub mod audit;
pub mod changes;
pub mod ended;
mod faults;
pub mod idempotency;
pub mod key;
pub mod messages;
pub mod networks;
mod news;
pub mod outbox;
pub mod requests;
pub mod rotations;
pub mod services;
pub mod signed;
pub mod tally;
mod tx;
mod verifying;
pub mod webhooks;
mod writer;

pub use faults::{NotCommitted, OpenError, StoreError};
pub use news::{Anew, News};
pub use tx::Tx;
pub use verifying::Broken;
pub use writer::Written;

use rusqlite::{Connection, OpenFlags, TransactionBehavior};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::{Notify, mpsc, watch};

use crate::clock::{Clock, nap};
use key::BrokerKey;
use tally::Tally;

mod migrations {
    refinery::embed_migrations!("migrations");
}

/// The name of the database in the store's folder.
pub const DATABASE: &str = "sayso-broker.db";

/// How often to try whether another process has written.
const TRY_EVERY: Duration = Duration::from_millis(1);
/// After so many tries it is given up: some ten seconds.
const TRIES: i32 = 8_000;

/// Opens a store.
#[derive(Debug)]
pub struct Opening {
    /// The folder.
    pub folder: PathBuf,
    /// The broker's address; `None` for administration, which goes by what the broker left there.
    pub origin: Option<String>,
    /// Who is told of what was committed, with the audit's length as the version.
    pub news: Option<mpsc::Sender<News>>,
    /// The time.
    pub clock: Clock,
}

/// An open store. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Store {
    // Dropped before `writer`: only a connection that may write leaves no WAL behind when it is
    // the last to close.
    readers: Arc<Readers>,
    writer: mpsc::Sender<writer::Job>,
    key: watch::Receiver<Arc<BrokerKey>>,
    origin: Arc<str>,
    posted: Arc<Notify>,
    tally: Tally,
}

/// A reading of the store; [`Tx`] reads and writes.
#[derive(Debug, Clone, Copy)]
pub struct Db<'a>(pub(in crate::store) &'a Connection);

/// Returns when the writer thread has ended, which it does once every [`Store`] is dropped.
#[derive(Debug)]
pub struct Closed(std::thread::JoinHandle<()>);

impl Closed {
    /// Waits for the last commit.
    pub async fn wait(self) {
        // A panic of the writer was logged where it happened.
        let _ = tokio::task::spawn_blocking(move || self.0.join()).await;
    }
}

impl Store {
    /// Opens the store in `opening.folder`, and makes it if there is none.
    ///
    /// # Errors
    /// [`OpenError`]: what is wrong with the folder, the database or the key.
    pub fn open(opening: Opening) -> Result<(Store, Closed), OpenError> {
        let Opening { folder, origin, news, clock } = opening;
        make_folder(&folder)?;
        let path = folder.join(DATABASE);
        let look = if origin.is_some() { Look::Through } else { Look::AtWhatIsRead };
        let mut db = open_database(&path, look).map_err(|error| error.looked_into(&folder))?;
        let key = settle_key(&mut db, &folder)?;
        let origin = settle_origin(&db, origin)?;
        let (sender, inbox) = mpsc::channel(writer::QUEUE);
        let (keys, key) = watch::channel(Arc::new(key));
        let (posted, tally) = (Arc::new(Notify::new()), Tally::default());
        let writer = writer::Writer {
            db,
            keys,
            folder,
            origin: Arc::clone(&origin),
            clock,
            news,
            posted: Arc::clone(&posted),
            tally: tally.clone(),
        };
        let thread = std::thread::Builder::new()
            .name("store-writer".into())
            .spawn(move || writer.run(inbox))
            .map_err(OpenError::Thread)?;
        let readers = Arc::new(Readers { path, idle: Mutex::default() });
        Ok((Store { writer: sender, readers, key, origin, posted, tally }, Closed(thread)))
    }

    /// The broker's key, as it is in use now.
    #[must_use]
    pub fn key(&self) -> Arc<BrokerKey> {
        Arc::clone(&self.key.borrow())
    }

    /// The broker's address, as it stands in `iss` and `aud`.
    #[must_use]
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// Runs `look` on one consistent state of the store, at once and on this thread: it takes
    /// microseconds, and handing it to another thread costs more than that. No writer holds it up.
    ///
    /// # Errors
    /// [`StoreError`].
    #[expect(clippy::unused_async, reason = "a store on another machine will be waited for")]
    pub async fn read<T, F>(&self, look: F) -> Result<T, StoreError>
    where
        F: FnOnce(Db<'_>) -> Result<T, StoreError>,
    {
        self.readers.read(look)
    }
}

/// Reading connections that are not in use: at most one for each thread that reads.
#[derive(Debug)]
struct Readers {
    path: PathBuf,
    idle: Mutex<Vec<Connection>>,
}

/// So many statements stay prepared on a connection: more than there are.
const STATEMENTS: usize = 128;

impl Readers {
    fn read<T>(&self, look: impl FnOnce(Db<'_>) -> Result<T, StoreError>) -> Result<T, StoreError> {
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let mut db = match idle {
            Some(db) => db,
            None => self.connect()?,
        };
        let state = db.transaction()?;
        let seen = look(Db(&state));
        drop(state);
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(db);
        seen
    }

    fn connect(&self) -> Result<Connection, StoreError> {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let mut db = Connection::open_with_flags(&self.path, flags)?;
        db.busy_handler(Some(wait_for_another))?;
        db.set_prepared_statement_cache_capacity(STATEMENTS);
        Ok(db)
    }
}

fn make_folder(folder: &Path) -> Result<(), OpenError> {
    use std::os::unix::fs::DirBuilderExt as _;
    std::fs::DirBuilder::new().recursive(true).mode(0o700).create(folder).map_err(OpenError::Folder)
}

/// How much of a database is looked at when it is opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Look {
    /// All of it, before the broker rests on it.
    Through,
    /// What is read anyway: a command of administration, of which many may follow each other, does
    /// not take longer the more there is.
    AtWhatIsRead,
}

fn open_database(path: &Path, look: Look) -> Result<Connection, OpenError> {
    let mut db = Connection::open(path)?;
    prepare(&mut db)?;
    if look == Look::Through {
        check(&db)?;
    }
    migrations::migrations::runner().set_abort_missing(true).run(&mut db)?;
    Ok(db)
}

fn prepare(db: &mut Connection) -> Result<(), OpenError> {
    db.busy_handler(Some(wait_for_another))?;
    db.set_prepared_statement_cache_capacity(STATEMENTS);
    db.pragma_update(None, "journal_mode", "WAL")?;
    db.pragma_update(None, "synchronous", "FULL")?;
    db.pragma_update(None, "foreign_keys", "ON")?;
    Ok(())
}

/// Whether to wait on for another process that is writing (administration, or the broker itself).
/// Tried often: a broker under load leaves its store alone for a few milliseconds only.
fn wait_for_another(tried: i32) -> bool {
    nap(TRY_EVERY);
    tried < TRIES
}

fn check(db: &Connection) -> Result<(), OpenError> {
    let found: String = db.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
    if found == "ok" { Ok(()) } else { Err(OpenError::Corrupt(found)) }
}

/// The store's key. A store is fresh until it names its key: the key is on the disk before that,
/// so a first start that was cut short anywhere is begun again, and a store that had a key is never
/// given another.
fn settle_key(db: &mut Connection, folder: &Path) -> Result<BrokerKey, OpenError> {
    if named_key(db)?.is_none() {
        // One process at a time: the other finds the key named.
        let tx = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
        if named_key(&tx)?.is_none() {
            let key = BrokerKey::open(folder, true)?;
            let sql = "INSERT INTO broker (one, origin, key_id) VALUES (1, '', ?1)";
            tx.execute(sql, [key.public().thumbprint()])?;
        }
        tx.commit()?;
    }
    let tx = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let named = named_key(&tx)?.ok_or(OpenError::ForeignKey)?;
    let key = BrokerKey::named(folder, &named)?;
    tx.commit()?;
    Ok(key)
}

fn named_key(db: &Connection) -> rusqlite::Result<Option<String>> {
    use rusqlite::OptionalExtension as _;
    db.prepare_cached("SELECT key_id FROM broker")?.query_row([], |row| row.get(0)).optional()
}

/// Keeps the broker's address for administration.
fn settle_origin(db: &Connection, origin: Option<String>) -> Result<Arc<str>, OpenError> {
    let known: String = db.query_row("SELECT origin FROM broker", [], |row| row.get(0))?;
    let settled = origin.unwrap_or_else(|| known.clone());
    if known != settled {
        db.execute("UPDATE broker SET origin = ?1", [&settled])?;
    }
    Ok(settled.into())
}

#[cfg(test)]
mod tests;
