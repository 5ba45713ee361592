//! How the broker's key takes the place of the one before, and the keys that were.

use rusqlite::OptionalExtension as _;
use sayso_protocol::rotation::{MAX_ROTATIONS, NewKey};
use sayso_protocol::signature::{Jws, PublicKey};
use sayso_protocol::time::UnixTime;
use std::sync::Arc;
use std::time::Duration;

use super::audit::Entry;
use super::key::Frame;
use super::signed::stored_jws;
use super::{Db, StoreError, Tx};

/// A key that another took the place of is listed for so long: an outcome that it signed can be
/// fetched as long as its request is remembered.
const LISTED: Duration = Duration::from_secs(90 * 24 * 60 * 60);

/// Gives the broker a new key, which the one in use signs. All that is signed after this is
/// signed with the new one. The answer is the new key.
///
/// # Errors
/// [`StoreError`]; the key in use stays.
pub fn rotate(tx: &mut Tx<'_>) -> Result<PublicKey, StoreError> {
    let next = tx.key.next(tx.folder)?;
    let frame = Frame { iss: tx.origin, aud: tx.origin, iat: tx.now, exp: Frame::ALWAYS };
    let signed = tx.key.sign(frame, NewKey { jwk: next.public().clone() });
    let (from, to) = (tx.key.public().thumbprint(), next.public().thumbprint());
    tx.sql()
        .prepare_cached(
            "INSERT INTO rotations (from_kid, from_jwk, to_kid, jws, at)
             VALUES (?1, ?2, ?3, ?4, ?5)",
        )?
        .execute((
            &from,
            serde_json::to_string(tx.key.public())?,
            &to,
            signed.as_str(),
            tx.now.0,
        ))?;
    tx.sql().prepare_cached("UPDATE broker SET key_id = ?1")?.execute([&to])?;
    tx.audit(&Entry::KeyRotated { from: &from, to: &to })?;
    tx.tell_all_anew();
    let public = next.public().clone();
    tx.key = Arc::new(next);
    Ok(public)
}

impl Db<'_> {
    /// How the key `kid` took its place; nothing for the first one.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn rotation_to(self, kid: &str) -> Result<Option<Jws<NewKey>>, StoreError> {
        let jws: Option<String> = self
            .0
            .prepare_cached("SELECT jws FROM rotations WHERE to_kid = ?1")?
            .query_row([kid], |row| row.get(0))
            .optional()?;
        jws.map(stored_jws).transpose()
    }

    /// The rotations from the key `after` on, up to the key `kid`, as many as one answer names.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn rotations(self, after: &str, kid: &str) -> Result<Vec<Jws<NewKey>>, StoreError> {
        let mut statement = self.0.prepare_cached(
            "SELECT jws FROM rotations
             WHERE n >= (SELECT n FROM rotations WHERE from_kid = ?1)
               AND n <= (SELECT n FROM rotations WHERE to_kid = ?2)
             ORDER BY n",
        )?;
        let rows = statement.query_map((after, kid), |row| row.get(0))?;
        rows.take(MAX_ROTATIONS).map(|jws| stored_jws(jws?)).collect()
    }

    /// The keys before `kid` that signed outcomes which a service may still get at `now`, the newest
    /// first.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn former_keys(self, kid: &str, now: UnixTime) -> Result<Vec<PublicKey>, StoreError> {
        let mut statement = self.0.prepare_cached(
            "SELECT from_jwk FROM rotations
             WHERE n <= (SELECT n FROM rotations WHERE to_kid = ?1) AND at > ?2
             ORDER BY n DESC",
        )?;
        let since = now.0.saturating_sub(LISTED.as_secs().cast_signed());
        let rows = statement.query_map((kid, since), |row| row.get::<_, String>(0))?;
        rows.map(|jwk| Ok(serde_json::from_str(&jwk?)?)).collect()
    }
}
