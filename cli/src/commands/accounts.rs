//! `sayso accounts`: the accounts that this computer approves for, and what their brokers are
//! called; and which account a command means where there are several.

use sayso_protocol::bus::{AccountLine, Choice, Place};
use sayso_words::{Words, say};

use super::Ending;
use crate::command_line::{Accounts, AccountsAct};
use crate::exit::{Failure, Status};
use crate::prompt::Prompt;
use crate::session::Session;

/// Lists them, or gives a broker another name.
///
/// # Errors
/// What the daemon refused.
pub async fn run(session: &Session, typed: Accounts) -> Ending {
    match typed.act {
        None => show(session).await,
        Some(AccountsAct::Name { broker, name }) => {
            let sentence = call(session, &broker, &name).await?;
            session.output.sentence(&sentence);
            Ok(Status::Done)
        }
    }
}

async fn show(session: &Session) -> Ending {
    let accounts = list(session, Place::Terminal).await?;
    let none =
        if accounts.is_empty() { Some(say!(session.words().await, "accounts-none")) } else { None };
    let lines: Vec<&str> =
        accounts.iter().map(|account| &account.sentence).chain(&none).map(String::as_str).collect();
    session.output.data(&accounts, &lines);
    Ok(Status::Done)
}

/// The accounts, by broker. In a dialog they are choices, which are said where nothing reads them.
pub(super) async fn list(session: &Session, place: Place) -> Result<Vec<AccountLine>, Failure> {
    session.call(async { session.door.accounts().await?.list(place).await }).await
}

/// Calls a broker so from now on. Answers with a sentence.
pub(super) async fn call(session: &Session, broker: &str, name: &str) -> Result<String, Failure> {
    session.call(async { session.door.accounts().await?.name_broker(broker, name).await }).await
}

/// The account that was typed, or the one that the person chooses of several; empty where that is
/// the daemon's to say.
pub(super) async fn which(
    session: &Session,
    prompt: &mut Prompt,
    typed: Option<String>,
) -> Result<String, Failure> {
    if let Some(typed) = typed {
        return Ok(typed);
    }
    let choice = |AccountLine { id, sentence, .. }| Choice { id, sentence };
    let choices = list(session, prompt.place()).await?.into_iter().map(choice).collect();
    choose(session, prompt, choices).await
}

/// The only one of these accounts, or the one that the person chooses; empty where they are
/// nowhere, and the daemon says what to do.
pub(super) async fn choose(
    session: &Session,
    prompt: &mut Prompt,
    mut choices: Vec<Choice>,
) -> Result<String, Failure> {
    let place = match (&choices[..], &*prompt) {
        ([] | [_], _) | (_, Prompt::Nowhere(_)) => return Ok(String::new()),
        (_, Prompt::Terminal(_) | Prompt::Dialog(_)) => {
            let sentences: Vec<_> = choices.iter().map(|one| one.sentence.clone()).collect();
            prompt.which(session.words().await, &sentences).await
        }
    };
    match (place, &*prompt) {
        (Some(place), _) => Ok(choices.swap_remove(place).id),
        // No dialog could be shown.
        (None, Prompt::Nowhere(_)) => Ok(String::new()),
        (None, Prompt::Terminal(_) | Prompt::Dialog(_)) => Err(unanswered()),
    }
}

fn unanswered() -> Failure {
    Failure::own(Status::WrongUse, "no-answer", |words: &Words| say!(words, "prompt-nothing-sent"))
}
