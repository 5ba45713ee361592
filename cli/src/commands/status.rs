//! `sayso status`: how Sayso is, one fact a line.

use super::Ending;
use crate::exit::Status;
use crate::session::Session;

/// Prints it.
///
/// # Errors
/// What the daemon refused.
pub async fn run(session: &Session) -> Ending {
    let asked = async { session.door.accounts().await?.status().await };
    let status = session.call(asked).await?;
    let lines: Vec<&str> = status.sentences.iter().map(String::as_str).collect();
    session.output.data(&status, &lines);
    Ok(Status::Done)
}
