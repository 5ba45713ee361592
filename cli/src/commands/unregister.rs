//! `sayso unregister`: this computer answers for an account no longer. The broker is told; where it
//! cannot be, the person may have the account forgotten here alone.

use sayso_words::say;

use super::{Ending, accounts, settings};
use crate::exit::{Failure, NO_KEYS, Status};
use crate::prompt::{Prompt, Yes};
use crate::session::Session;

/// The broker did not do it, or could not be asked.
const NOT_DONE: [&str; 3] = ["offline", "refused", NO_KEYS];

/// Asks, and does it.
///
/// # Errors
/// What the daemon refused, or that nobody can be asked.
pub async fn run(session: &Session, prompt: &mut Prompt, account: Option<String>) -> Ending {
    let account = &*accounts::which(session, prompt, account).await?;
    let place = prompt.place();
    let asked = async { session.door.changes().await?.unregister(account, place).await };
    match session.call(asked).await {
        Ok(question) => settings::agreed(session, prompt, question).await,
        Err(failure) if NOT_DONE.contains(&failure.name) => {
            here_alone(session, prompt, account, &failure).await
        }
        Err(failure) => Err(failure),
    }
}

/// The second choice, after `failure` is told.
async fn here_alone(
    session: &Session,
    prompt: &mut Prompt,
    account: &str,
    failure: &Failure,
) -> Ending {
    let words = session.words().await;
    let told = failure.sentences(words);
    let ask = say!(words, "unregister-here-ask");
    let asked = match prompt {
        Prompt::Dialog(_) => format!("{told}\n{ask}"),
        Prompt::Terminal(_) | Prompt::Nowhere(_) => {
            session.output.fault(&told);
            ask
        }
    };
    match prompt.yes(words, &asked).await {
        Some(Yes::Yes) => forget(session, account).await,
        Some(Yes::No) => {
            session.output.sentence(&say!(words, "change-unchanged"));
            Ok(Status::Denied)
        }
        None => {
            session.output.note(&say!(words, "prompt-nothing-sent"));
            Ok(Status::WrongUse)
        }
    }
}

async fn forget(session: &Session, account: &str) -> Ending {
    let forgotten = async { session.door.accounts().await?.forget(account).await };
    let sentence = session.call(forgotten).await?;
    session.output.sentence(&sentence);
    Ok(Status::Done)
}
