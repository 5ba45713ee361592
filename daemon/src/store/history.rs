//! The history: what happened here, as a hash chain whose head is signed by the history key and
//! kept as one row that is overwritten.
//!
//! A new entry goes on from the signed head, never from the last row, so that a history that was
//! cut stays visibly cut.

use rusqlite::{Connection, OptionalExtension as _, Transaction, params};
use sayso_protocol::signature::{Claims, Digest, Envelope, PublicKey, SecretKey};
use sayso_protocol::time::UnixTime;
use serde::{Deserialize, Serialize};

use super::StoreError;
use super::events::{HistoryEntry, HistoryEvent};

/// Whether the history is whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum Wholeness {
    /// Every entry, the chain and the signed head fit.
    Whole {
        /// How many entries there are.
        entries: u64,
    },
    /// The same, but another key signed the lines before this one, which is lost: nobody can prove
    /// them.
    WholeSince {
        /// The first line that the key of today signed.
        line: u64,
    },
    /// The entry with this number was changed, or is missing.
    Broken {
        /// Its number.
        line: u64,
    },
    /// The end or the signed head is missing, or the head does not fit.
    Cut,
}

/// `sayso-history+jwt`: the head of the history. `iss` is the history key's thumbprint; it is sent
/// to nobody and does not expire.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct HistoryHead {
    /// How many entries there are.
    length: u64,
    /// The hash of the last one.
    hash: Digest,
}

impl Claims for HistoryHead {
    const TYP: &'static str = "sayso-history+jwt";
}

/// The hash before the first entry.
fn beginning() -> Digest {
    Digest::of(b"sayso-history")
}

/// Writes `event` behind the signed head, and signs the new one.
pub(super) fn append(
    transaction: &Transaction<'_>,
    event: HistoryEvent,
    at: UnixTime,
    key: &SecretKey,
) -> Result<(), StoreError> {
    let head = match signed_head(transaction, &key.public())? {
        Some(head) => head,
        None if length(transaction)? == 0 => HistoryHead { length: 0, hash: beginning() },
        None => return Err(StoreError::strange("the history has no head of this key")),
    };
    write(transaction, head, event, at, key)
}

/// Goes on behind the last entry with a key that has not signed it.
pub(super) fn renew(
    transaction: &Transaction<'_>,
    at: UnixTime,
    key: &SecretKey,
) -> Result<(), StoreError> {
    let last: Option<(i64, String)> = transaction
        .query_row("SELECT number, hash FROM history ORDER BY number DESC LIMIT 1", [], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })
        .optional()?;
    let strange = || StoreError::strange("the history's last line has no number or hash");
    // Its number, not how many there are: one that was deleted is missed when it is verified.
    let head = match last {
        Some((number, hash)) => HistoryHead {
            length: u64::try_from(number).map_err(|_| strange())?,
            hash: Digest::parse(&hash).ok_or_else(strange)?,
        },
        None => HistoryHead { length: 0, hash: beginning() },
    };
    write(transaction, head, HistoryEvent::Renewed, at, key)
}

fn write(
    transaction: &Transaction<'_>,
    head: HistoryHead,
    event: HistoryEvent,
    at: UnixTime,
    key: &SecretKey,
) -> Result<(), StoreError> {
    let number = head.length + 1;
    let entry = serde_json::to_string(&HistoryEntry { number, at, event })
        .map_err(|error| StoreError::Io(error.to_string()))?;
    let hash = head.hash.then(entry.as_bytes());
    transaction
        .prepare_cached("INSERT INTO history (number, entry, hash) VALUES (?1, ?2, ?3)")?
        .execute(params![row_number(number)?, entry, hash.to_string()])?;
    let envelope = Envelope {
        iss: key.public().thumbprint(),
        aud: "history".into(),
        iat: at,
        exp: UnixTime(i64::MAX),
        jti: number.to_string(),
        claims: HistoryHead { length: number, hash },
    };
    transaction
        .prepare_cached(
            "INSERT INTO history_head (only, jws) VALUES (1, ?1)
             ON CONFLICT (only) DO UPDATE SET jws = excluded.jws",
        )?
        .execute([key.sign(&envelope).as_str()])?;
    Ok(())
}

/// The last `count` entries, oldest first.
pub(super) fn last(connection: &Connection, count: u32) -> Result<Vec<HistoryEntry>, StoreError> {
    let mut rows = connection
        .prepare_cached("SELECT number, entry FROM history ORDER BY number DESC LIMIT ?1")?;
    let rows = rows.query_map([count], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let mut entries = Vec::new();
    for row in rows {
        let (number, entry): (i64, String) = row?;
        let number = u64::try_from(number).map_err(StoreError::strange)?;
        let entry: HistoryEntry =
            serde_json::from_str(&entry).map_err(|_| StoreError::Altered(number))?;
        if entry.number != number {
            return Err(StoreError::Altered(number));
        }
        entries.push(entry);
    }
    entries.reverse();
    Ok(entries)
}

/// Whether every entry is as it was written, and none is missing.
pub(super) fn verify(connection: &Connection, key: &PublicKey) -> Result<Wholeness, StoreError> {
    let mut rows = connection.prepare("SELECT number, entry, hash FROM history ORDER BY number")?;
    let mut rows = rows.query([])?;
    let (mut entries, mut hash, mut since) = (0_u64, beginning(), None);
    while let Some(row) = rows.next()? {
        let line = entries + 1;
        // Text that is no longer UTF-8 was changed as well: it is read as bytes.
        let entry = row.get_ref(1)?.as_bytes().unwrap_or_default();
        let next = hash.then(entry);
        let fits = row.get_ref(0)?.as_i64().is_ok_and(|number| u64::try_from(number) == Ok(line))
            && row.get_ref(2)?.as_bytes().is_ok_and(|kept| kept == next.to_string().as_bytes());
        if !fits {
            return Ok(Wholeness::Broken { line });
        }
        (entries, hash) = (line, next);
        if is_renewal(entry) {
            since = Some(line);
        }
    }
    Ok(match signed_head(connection, key)? {
        Some(head) if head == (HistoryHead { length: entries, hash }) => {
            since.map_or(Wholeness::Whole { entries }, |line| Wholeness::WholeSince { line })
        }
        Some(_) | None => Wholeness::Cut,
    })
}

fn is_renewal(entry: &[u8]) -> bool {
    serde_json::from_slice(entry)
        .is_ok_and(|entry: HistoryEntry| matches!(entry.event, HistoryEvent::Renewed))
}

/// How many entries there are.
pub(super) fn length(connection: &Connection) -> Result<u64, StoreError> {
    let count: i64 = connection.query_row("SELECT count(*) FROM history", [], |row| row.get(0))?;
    u64::try_from(count).map_err(StoreError::strange)
}

/// The head, if there is one and `key` signed it.
fn signed_head(
    connection: &Connection,
    key: &PublicKey,
) -> Result<Option<HistoryHead>, StoreError> {
    let jws: Option<Vec<u8>> = connection
        .query_row("SELECT CAST(jws AS BLOB) FROM history_head", [], |row| row.get(0))
        .optional()?;
    Ok(jws
        .and_then(|jws| String::from_utf8(jws).ok())
        .and_then(|jws| key.verify_at_any_time::<HistoryHead>(&jws).ok())
        .map(|envelope| envelope.claims))
}

fn row_number(number: u64) -> Result<i64, StoreError> {
    i64::try_from(number).map_err(StoreError::strange)
}
