//! `sayso time`: how long is left to answer; and `sayso more-time`.

use super::Ending;
use crate::command_line::Which;
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

/// Asks for more.
///
/// # Errors
/// What the daemon or the broker refused.
pub async fn more(session: &Session, which: Which) -> Ending {
    let id = which.id.unwrap_or_default();
    let asked = async { session.door.requests().await?.more_time(&id, prompt::place()).await };
    session.output.sentence(&session.call(asked).await?);
    Ok(Status::Done)
}
