//! `sayso repeat`: the last thing again, where the person is.

use super::Ending;
use crate::exit::Status;
use crate::prompt;
use crate::session::Session;

/// Says or prints it.
///
/// # Errors
/// What the daemon refused.
pub async fn run(session: &Session) -> Ending {
    let asked = async { session.door.voice().await?.repeat(prompt::place()).await };
    session.output.sentence(&session.call(asked).await?);
    Ok(Status::Done)
}
