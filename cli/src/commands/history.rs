//! `sayso history`: what was asked and answered here, and whether that is all of it.

use sayso_words::say;

use super::Ending;
use crate::command_line::History;
use crate::exit::Status;
use crate::session::Session;

/// Prints the last lines, or verifies all of them.
///
/// # Errors
/// What the daemon refused.
pub async fn run(session: &Session, wished: History) -> Ending {
    if wished.verify { verify(session).await } else { list(session, wished.count).await }
}

async fn list(session: &Session, count: u32) -> Ending {
    let asked = async { session.door.accounts().await?.history(count).await };
    let history = session.call(asked).await?;
    let none =
        if history.is_empty() { Some(say!(session.words().await, "history-none")) } else { None };
    let lines: Vec<&str> =
        history.iter().map(|entry| &entry.sentence).chain(&none).map(String::as_str).collect();
    session.output.data(&history, &lines);
    Ok(Status::Done)
}

async fn verify(session: &Session) -> Ending {
    let asked = async { session.door.accounts().await?.verify_history().await };
    let verified = session.call(asked).await?;
    session.output.data(&verified, &[&verified.sentence]);
    Ok(if verified.whole { Status::Done } else { Status::Denied })
}
