//! `sayso approvers`: the computers of an account, and taking one away.

use super::{Ending, accounts, settings};
use crate::command_line::{Approvers, ApproversAct};
use crate::exit::Status;
use crate::prompt::Prompt;
use crate::session::Session;

/// Lists them, or asks whether one is to be removed.
///
/// # Errors
/// What the daemon refused, or that nobody can be asked.
pub async fn run(session: &Session, prompt: &mut Prompt, typed: Approvers) -> Ending {
    let account = &*accounts::which(session, prompt, typed.account).await?;
    match typed.act {
        None => list(session, account).await,
        Some(ApproversAct::Remove { name }) => {
            let place = prompt.place();
            let asked = async { session.door.changes().await?.remove(account, &name, place).await };
            let question = session.call(asked).await?;
            settings::agreed(session, prompt, question).await
        }
    }
}

async fn list(session: &Session, account: &str) -> Ending {
    let listed = async { session.door.changes().await?.approvers(account).await };
    let computers = session.call(listed).await?;
    let lines: Vec<&str> = computers.iter().map(|one| one.sentence.as_str()).collect();
    session.output.data(&computers, &lines);
    Ok(Status::Done)
}
