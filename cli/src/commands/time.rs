//! `sayso time`: how long is left to answer.

use super::Ending;
use crate::exit::Status;
use crate::prompt;
use crate::session::Session;

/// Tells it.
///
/// # Errors
/// What the daemon refused.
pub async fn run(session: &Session) -> Ending {
    let asked = async { session.door.requests().await?.time("", prompt::place()).await };
    session.output.sentence(&session.call(asked).await?);
    Ok(Status::Done)
}
