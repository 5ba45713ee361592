//! `sayso accounts`: the accounts that this computer approves for.

use sayso_words::say;

use super::Ending;
use crate::exit::Status;
use crate::session::Session;

/// Lists them.
///
/// # Errors
/// What the daemon refused.
pub async fn run(session: &Session) -> Ending {
    let listed = async { session.door.accounts().await?.list().await };
    let accounts = session.call(listed).await?;
    let none =
        if accounts.is_empty() { Some(say!(session.words().await, "accounts-none")) } else { None };
    let lines: Vec<&str> =
        accounts.iter().map(|account| &account.sentence).chain(&none).map(String::as_str).collect();
    session.output.data(&accounts, &lines);
    Ok(Status::Done)
}
