//! `sayso hush`: stop speaking.

use sayso_words::say;

use super::Ending;
use crate::exit::Status;
use crate::session::Session;

/// Stops it.
///
/// # Errors
/// What the daemon refused.
pub async fn run(session: &Session) -> Ending {
    session.call(async { session.door.voice().await?.hush().await }).await?;
    session.output.sentence(&say!(session.words().await, "hushed"));
    Ok(Status::Done)
}
