//! The security settings of this daemon. One that was never chosen has its strictest value.

use rusqlite::{Connection, OptionalExtension as _, Transaction, params};
use sayso_protocol::bus::SpeakCodes;

use super::StoreError;
use super::decisions::{from_json, to_json};

const SPEAK_CODES: &str = "speak_codes";

/// Chooses where codes may be said aloud, if that was not chosen before.
pub(super) fn choose_speak_codes(
    transaction: &Transaction<'_>,
    speak_codes: SpeakCodes,
) -> Result<(), StoreError> {
    transaction
        .prepare_cached(
            "INSERT INTO settings (name, value) VALUES (?1, ?2) ON CONFLICT (name) DO NOTHING",
        )?
        .execute(params![SPEAK_CODES, to_json(&speak_codes)?])?;
    Ok(())
}

/// Every setting has its strictest value from now on, whatever was chosen.
pub(super) fn tighten(transaction: &Transaction<'_>) -> Result<(), StoreError> {
    transaction.prepare_cached("DELETE FROM settings WHERE name = ?1")?.execute([SPEAK_CODES])?;
    choose_speak_codes(transaction, SpeakCodes::default())
}

/// Where codes may be said aloud, if that was chosen.
pub(super) fn speak_codes(connection: &Connection) -> Result<Option<SpeakCodes>, StoreError> {
    let value: Option<String> = connection
        .prepare_cached("SELECT value FROM settings WHERE name = ?1")?
        .query_row([SPEAK_CODES], |row| row.get(0))
        .optional()?;
    value.map(|value| from_json(&value)).transpose()
}
