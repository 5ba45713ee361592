//! What an approval cannot cost less than: one signature, two strict verifications, and the
//! seven rows that it leaves (the request, the request as signed, the binding's answer, the decision,
//! three entries of the audit), written to SQLite a hundred approvals at a time, on the disk.

use std::hint::black_box;
use std::path::Path;

use ed25519_dalek::{Signer, SigningKey};
use rig::clock;
use rusqlite::types::Value;
use rusqlite::{Connection, params_from_iter};

use rig::meter;

/// So many approvals share a commit.
const GROUP: usize = 100;
/// As long as what approvers sign.
const MESSAGE: [u8; 400] = [b'a'; 400];
const TABLES: [&str; 7] =
    ["requests", "signed_requests", "messages", "decisions", "audit", "audit", "audit"];
/// Where the audit stands first.
const AUDIT: usize = 4;

/// The rows of approvals, as a broker has written them.
#[derive(Debug)]
pub struct Rows {
    schema: Vec<String>,
    rows: [Vec<Vec<Value>>; TABLES.len()],
}

/// What the limit is, for one approval.
#[derive(Debug, Clone, Copy)]
pub struct Limit {
    /// Processor time of signatures and rows, in microseconds.
    pub cpu: f64,
    /// Approvals a second, of the rows alone.
    pub rate: f64,
}

impl Rows {
    /// Of `count` approvals that are in this database.
    ///
    /// # Errors
    /// If they are not.
    pub fn read(database: &Path, count: usize) -> rusqlite::Result<Rows> {
        let store = Connection::open(database)?;
        let mut statement = store
            .prepare("SELECT sql FROM sqlite_master WHERE tbl_name = ?1 AND sql IS NOT NULL")?;
        let mut schema = Vec::new();
        for table in &TABLES[..=AUDIT] {
            for sql in statement.query_map([table], |row| row.get(0))? {
                schema.push(sql?);
            }
        }
        let mut rows: [Vec<Vec<Value>>; TABLES.len()] = Default::default();
        for (at, (table, rows)) in TABLES.iter().zip(&mut rows).enumerate() {
            // The audit stands there three times.
            *rows = read(&store, table, count, count * at.saturating_sub(AUDIT))?;
        }
        Ok(Rows { schema, rows })
    }

    /// Takes the limit in a fresh database in `folder`.
    ///
    /// # Errors
    /// If that cannot be written.
    ///
    /// # Panics
    /// If a signature does not verify.
    pub fn limit(&self, folder: &Path) -> rusqlite::Result<Limit> {
        let folder = tempfile::tempdir_in(folder).expect("a folder");
        let mut store = Connection::open(folder.path().join("limit.db"))?;
        store.pragma_update(None, "journal_mode", "WAL")?;
        store.pragma_update(None, "synchronous", "FULL")?;
        for sql in &self.schema {
            store.execute_batch(sql)?;
        }
        let (began, cpu) = (clock::start(), meter::own_cpu());
        let count = self.rows[0].len();
        for from in (0..count).step_by(GROUP) {
            let tx = store.transaction()?;
            for at in from..(from + GROUP).min(count) {
                for (table, rows) in TABLES.iter().zip(&self.rows) {
                    let row = &rows[at];
                    let marks = vec!["?"; row.len()].join(", ");
                    let sql = format!("INSERT INTO {table} VALUES ({marks})");
                    tx.prepare_cached(&sql)?.execute(params_from_iter(row))?;
                }
            }
            tx.commit()?;
        }
        let (took, written) = (began.elapsed(), meter::own_cpu() - cpu);
        let count = u32::try_from(count).expect("not many");
        let signed = signatures(count);
        let cpu = (written + signed).as_secs_f64() / f64::from(count) * 1e6;
        Ok(Limit { cpu, rate: f64::from(count) / took.as_secs_f64() })
    }
}

fn signatures(count: u32) -> std::time::Duration {
    let key = SigningKey::from_bytes(&rand::random());
    let known = key.verifying_key();
    let before = meter::own_cpu();
    for _ in 0..count {
        let signature = key.sign(black_box(&MESSAGE));
        for _ in 0..2 {
            known.verify_strict(black_box(&MESSAGE), &signature).expect("what was signed");
        }
    }
    meter::own_cpu() - before
}

fn read(
    store: &Connection,
    table: &str,
    count: usize,
    skip: usize,
) -> rusqlite::Result<Vec<Vec<Value>>> {
    let sql = format!("SELECT * FROM {table} LIMIT {count} OFFSET {skip}");
    let mut statement = store.prepare(&sql)?;
    let columns = statement.column_count();
    let rows = statement.query_map([], |row| (0..columns).map(|at| row.get(at)).collect())?;
    let rows: Vec<Vec<Value>> = rows.collect::<Result<_, _>>()?;
    assert_eq!(rows.len(), count, "rows of {table}");
    Ok(rows)
}
