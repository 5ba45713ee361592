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

/// The checksums of all migrations, first to last, as the runner writes them down. A store that has
/// just these is as it should be, and the runner, which reads all their texts, is not asked.
const CHECKSUMS: [u64; 6] = [
    95_053_999_694_369_116,
    12_872_635_122_848_759_220,
    1_742_235_469_811_388_848,
    8_751_215_590_128_377_304,
    5_514_705_150_159_142_126,
    14_022_067_180_458_510_287,
];

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
    make_private_file(&path, folder)?;
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut connection = Connection::open_with_flags(&path, flags)?;
    connection.busy_timeout(PATIENCE)?;
    if connection.is_readonly("main")? {
        return Err(StoreError::ReadOnly(path.display().to_string()));
    }
    let applied = applied(&connection)?;
    if applied == CHECKSUMS.iter().copied().zip(1..).collect::<Vec<_>>() {
        set_durable(&connection)?;
    } else {
        migrate(&mut connection, &applied)?;
    }
    Ok(Database { connection, _lock: lock })
}

/// Brings the schema up to date, where it is of an earlier version.
fn migrate(connection: &mut Connection, applied: &[(u64, i64)]) -> Result<(), StoreError> {
    let version = applied.iter().map(|(_, version)| *version).max().unwrap_or(0);
    let ours = embedded::migrations::runner();
    let newest = ours.get_migrations().iter().map(|m| i64::from(m.version())).max().unwrap_or(0);
    if version > newest {
        return Err(StoreError::Newer(version));
    }
    set_durable(connection)?;
    ours.run(connection)?;
    Ok(())
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
/// log beside it gets the same mode from SQLite. As long as nothing is in it, its name may not be on
/// the disk either.
fn make_private_file(path: &Path, folder: &Path) -> Result<(), StoreError> {
    let file = OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .mode(0o600)
        .open(path)?;
    let metadata = file.metadata()?;
    let mode = metadata.permissions().mode();
    if mode & 0o077 != 0 {
        file.set_permissions(Permissions::from_mode(mode & 0o700))?;
    }
    if metadata.len() == 0 {
        File::open(folder)?.sync_all()?;
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

/// The checksums and numbers of the migrations that were applied, first to last; none for a new
/// file. Checks the rows that the migration runner will take on trust.
fn applied(connection: &Connection) -> Result<Vec<(u64, i64)>, StoreError> {
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
        return if tables == 0 {
            Ok(Vec::new())
        } else {
            Err(StoreError::strange("not a store of Sayso"))
        };
    }
    let mut rows = connection.prepare(
        "SELECT version, applied_on, checksum FROM refinery_schema_history ORDER BY version",
    )?;
    let rows = rows.query_map([], |row| {
        Ok((row.get::<_, i64>(0)?, row.get::<_, String>(1)?, row.get::<_, String>(2)?))
    })?;
    let mut applied = Vec::new();
    for row in rows {
        let (version, applied_on, checksum) = row?;
        applied_on.parse::<jiff::Timestamp>().map_err(StoreError::strange)?;
        applied.push((checksum.parse().map_err(StoreError::strange)?, version));
    }
    Ok(applied)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_store_that_is_up_to_date_has_the_checksums_of_all_migrations() {
        let runner = embedded::migrations::runner();
        let mut migrations: Vec<_> = runner.get_migrations().iter().collect();
        migrations.sort();
        let checksums: Vec<_> = migrations.iter().map(|one| one.checksum()).collect();
        assert_eq!(checksums, CHECKSUMS);
        let versions = migrations.iter().map(|one| usize::try_from(one.version()).unwrap());
        assert!(versions.eq(1..=CHECKSUMS.len()));
    }
}
