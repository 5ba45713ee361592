//! Opens the store: the folder, the lock against a second daemon, the file, the schema. All
//! doubts about the file end here, before anything is signed.

use std::fs::{DirBuilder, File, OpenOptions, Permissions};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, OpenFlags};

use super::{FILE, StoreError};

mod embedded {
    //! The numbered migrations, as part of the program.
    refinery::embed_migrations!("src/store/migrations");
}

/// The file whose lock says that a daemon is at work here.
const LOCK: &str = "sayso.lock";
/// How long another program (a backup, say) may hold the file before a write gives up.
const PATIENCE: Duration = Duration::from_secs(5);

/// The open database and the lock that keeps a second daemon out.
pub(super) struct Database {
    pub(super) connection: Connection,
    _lock: File,
}

/// Opens the store in `folder`, or makes one.
pub(super) fn open(folder: &Path) -> Result<Database, StoreError> {
    make_private_folder(folder)?;
    let lock = take_lock(&folder.join(LOCK))?;
    let path = folder.join(FILE);
    make_private_file(&path)?;
    File::open(folder)?.sync_all()?;
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut connection = Connection::open_with_flags(&path, flags)?;
    connection.busy_timeout(PATIENCE)?;
    if connection.is_readonly("main")? {
        return Err(StoreError::ReadOnly(path.display().to_string()));
    }
    let version = schema_version(&connection)?;
    let ours = embedded::migrations::runner();
    let newest = ours.get_migrations().iter().map(|m| i64::from(m.version())).max().unwrap_or(0);
    if version > newest {
        return Err(StoreError::Newer(version));
    }
    set_durable(&connection)?;
    ours.run(&mut connection)?;
    Ok(Database { connection, _lock: lock })
}

/// Makes `folder` for its owner alone. One that is there must be ours; rights of others go.
fn make_private_folder(folder: &Path) -> Result<(), StoreError> {
    if !folder.exists() {
        DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
        if let Some(parent) = folder.parent() {
            File::open(parent)?.sync_all()?;
        }
    }
    let metadata = folder.metadata()?;
    let mode = metadata.permissions().mode();
    if !metadata.is_dir() || metadata.uid() != rustix::process::geteuid().as_raw() {
        return Err(StoreError::Io(format!("{} is not ours", folder.display())));
    }
    if mode & 0o077 != 0 {
        std::fs::set_permissions(folder, Permissions::from_mode(mode & 0o700))?;
    }
    Ok(())
}

/// Makes the database's file before SQLite does, so that it is never readable for others; the
/// log beside it gets the same mode from SQLite.
fn make_private_file(path: &Path) -> Result<(), StoreError> {
    let file = OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .mode(0o600)
        .open(path)?;
    let mode = file.metadata()?.permissions().mode();
    if mode & 0o077 != 0 {
        file.set_permissions(Permissions::from_mode(mode & 0o700))?;
    }
    Ok(())
}

/// The kernel gives the lock back when the process ends, however it ends.
fn take_lock(path: &Path) -> Result<File, StoreError> {
    let file =
        OpenOptions::new().write(true).create(true).truncate(false).mode(0o600).open(path)?;
    match rustix::fs::flock(&file, rustix::fs::FlockOperation::NonBlockingLockExclusive) {
        Ok(()) => Ok(file),
        Err(rustix::io::Errno::WOULDBLOCK) => Err(StoreError::AlreadyRunning),
        Err(errno) => Err(std::io::Error::from(errno).into()),
    }
}

/// The number of the newest migration that was applied; 0 for a new file. Checks the rows that
/// the migration runner will take on trust.
fn schema_version(connection: &Connection) -> Result<i64, StoreError> {
    let damage: String = connection.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
    if damage != "ok" {
        return Err(StoreError::Corrupt(damage));
    }
    let (tables, known): (i64, i64) = connection.query_row(
        "SELECT count(*), count(*) FILTER (WHERE name = 'refinery_schema_history')
         FROM sqlite_schema WHERE type = 'table'",
        [],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )?;
    if known == 0 {
        return if tables == 0 { Ok(0) } else { Err(StoreError::strange("not a store of Sayso")) };
    }
    let mut rows =
        connection.prepare("SELECT version, applied_on, checksum FROM refinery_schema_history")?;
    let rows = rows.query_map([], |row| {
        Ok((row.get::<_, i64>(0)?, row.get::<_, String>(1)?, row.get::<_, String>(2)?))
    })?;
    let mut newest = 0;
    for row in rows {
        let (version, applied_on, checksum) = row?;
        applied_on.parse::<jiff::Timestamp>().map_err(StoreError::strange)?;
        checksum.parse::<u64>().map_err(StoreError::strange)?;
        newest = newest.max(version);
    }
    Ok(newest)
}

/// What is committed is on the disk.
fn set_durable(connection: &Connection) -> Result<(), StoreError> {
    let mode: String = connection.query_row("PRAGMA journal_mode = WAL", [], |row| row.get(0))?;
    if mode != "wal" {
        return Err(StoreError::Io(format!("the journal's mode is {mode}")));
    }
    connection.execute_batch(
        "PRAGMA synchronous = FULL; PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON;
         PRAGMA secure_delete = ON;",
    )?;
    Ok(())
}
