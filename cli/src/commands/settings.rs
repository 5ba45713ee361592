//! `sayso settings`: what lets a login through, and the changes that wait. Whatever lets something
//! happen is asked first; calling a change off is not.

use sayso_protocol::bus::{ChangeLine, ChangeQuestion, Choice, Place, SettingsLine};
use sayso_words::say;

use super::{Ending, accounts};
use crate::command_line::{Settings, SettingsWord};
use crate::exit::{Failure, Status};
use crate::prompt::{Prompt, Yes};
use crate::session::Session;

/// Does what was typed.
///
/// # Errors
/// What the daemon refused, or that nobody can be asked.
pub async fn run(session: &Session, prompt: &mut Prompt, typed: Settings) -> Ending {
    let account = typed.account.as_deref().unwrap_or_default();
    let value = typed.value.as_deref().unwrap_or_default();
    match (typed.key, value) {
        (None, _) => show(session, account, "").await,
        (Some(SettingsWord::ApproveWith), "") => show(session, account, "approve_with").await,
        (Some(SettingsWord::SameDevice), "") => show(session, account, "same_device").await,
        (Some(SettingsWord::ApproveWith), value) => {
            set(session, prompt, typed.account.clone(), "approve_with", value).await
        }
        (Some(SettingsWord::SameDevice), value) => {
            set(session, prompt, typed.account.clone(), "same_device", value).await
        }
        (Some(SettingsWord::Pending), _) => pending(session, account).await,
        (Some(SettingsWord::Confirm), id) => {
            let lines = waiting(session, account).await?;
            let some = lines.iter().any(|line| line.confirmable);
            // What cannot be confirmed yet is refused by the daemon, which says when it can.
            let lines = lines.into_iter().filter(|line| line.confirmable || !some);
            let id = choose(session, prompt, lines.map(of_line).collect(), id).await?;
            confirm(session, prompt, &id).await
        }
        (Some(SettingsWord::Cancel), id) => {
            let lines = waiting(session, account).await?;
            let choices = lines.into_iter().map(of_line).collect();
            let id = choose(session, prompt, choices, id).await?;
            cancel(session, prompt.place(), &id, Status::Done).await
        }
    }
}

/// Prints the settings of one account or of all; `only` names one setting.
async fn show(session: &Session, account: &str, only: &str) -> Ending {
    let words = session.words().await;
    let accounts = named(session, account).await?;
    let (mut all, mut lines, mut status) = (Vec::new(), Vec::new(), Status::Done);
    for (account, broker) in &accounts {
        let asked = async { session.door.changes().await?.settings(account).await };
        match session.call(asked).await {
            Ok(settings) => {
                if accounts.len() > 1 {
                    let (name, host) = (settings.account.as_str(), broker.as_str());
                    lines.push(say!(words, "settings-account", account = name, host = host));
                }
                lines.extend(of_settings(&settings, only));
                all.push(settings);
            }
            // One broker that cannot be reached hides no other's settings.
            Err(failure) if accounts.len() > 1 => {
                session.output.failure(&failure, words);
                status = failure.status;
            }
            Err(failure) => return Err(failure),
        }
    }
    let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
    session.output.data(&all, &lines);
    Ok(status)
}

/// The account that was typed, or all of them, as the daemon takes them; and their brokers' names.
async fn named(session: &Session, account: &str) -> Result<Vec<(String, String)>, Failure> {
    if !account.is_empty() {
        return Ok(vec![(account.to_owned(), String::new())]);
    }
    let accounts = accounts::list(session, Place::Terminal).await?;
    if accounts.is_empty() {
        // The daemon says what to do.
        return Ok(vec![(String::new(), String::new())]);
    }
    Ok(accounts.into_iter().map(|line| (line.id, line.broker_name)).collect())
}

fn of_settings(settings: &SettingsLine, only: &str) -> Vec<String> {
    let meant = |name: &str| only.is_empty() || only == name;
    let named = ["approve_with", "same_device"].into_iter().zip(&settings.sentences);
    let sentences = named.filter(|(name, _)| meant(name)).map(|(_, sentence)| sentence.clone());
    let waits = settings.changes.iter().filter(|change| meant(&change.setting));
    sentences.chain(waits.map(|change| change.sentence.clone())).collect()
}

/// Asks for a change, and queues it.
async fn set(
    session: &Session,
    prompt: &mut Prompt,
    account: Option<String>,
    setting: &str,
    value: &str,
) -> Ending {
    let account = &*accounts::which(session, prompt, account).await?;
    let place = prompt.place();
    let asked = async { session.door.changes().await?.set(account, setting, value, place).await };
    let question = session.call(asked).await?;
    agreed(session, prompt, question).await
}

/// Puts a question before anything is sent. A no sends nothing.
pub(super) async fn agreed(
    session: &Session,
    prompt: &mut Prompt,
    question: ChangeQuestion,
) -> Ending {
    match ask(session, prompt, &question).await? {
        Some(Yes::Yes) => agree(session, prompt.place(), &question).await,
        Some(Yes::No) => {
            session.output.sentence(&say!(session.words().await, "change-unchanged"));
            Ok(Status::Denied)
        }
        None => unanswered(session).await,
    }
}

/// Asks about a change that can be confirmed. A no drops it; no answer leaves it.
pub(super) async fn confirm(session: &Session, prompt: &mut Prompt, id: &str) -> Ending {
    let place = prompt.place();
    let question = question(session, place, id).await?;
    let answer = ask(session, prompt, &question).await?;
    confirmed(session, place, &question, answer).await
}

/// The question whether a change is to hold.
pub(super) async fn question(
    session: &Session,
    place: Place,
    id: &str,
) -> Result<ChangeQuestion, Failure> {
    session.call(async { session.door.changes().await?.confirm(id, place).await }).await
}

/// Does what was answered to it.
pub(super) async fn confirmed(
    session: &Session,
    place: Place,
    question: &ChangeQuestion,
    answer: Option<Yes>,
) -> Ending {
    match answer {
        Some(Yes::Yes) => agree(session, place, question).await,
        Some(Yes::No) => cancel(session, place, &question.id, Status::Denied).await,
        None => unanswered(session).await,
    }
}

async fn ask(
    session: &Session,
    prompt: &mut Prompt,
    question: &ChangeQuestion,
) -> Result<Option<Yes>, Failure> {
    let answer = prompt.consent(session.words().await, question).await;
    match prompt {
        Prompt::Nowhere(_) => Err(super::enter::no_prompt()),
        Prompt::Terminal(_) | Prompt::Dialog(_) => Ok(answer),
    }
}

async fn agree(session: &Session, place: Place, question: &ChangeQuestion) -> Ending {
    session.output.note(&say!(session.words().await, "sending"));
    let agreed = async { session.door.changes().await?.agree(&question.token, place).await };
    let result = session.call(agreed).await?;
    session.output.data(&result, &[&result.sentence]);
    Ok(Status::Done)
}

async fn cancel(session: &Session, place: Place, id: &str, done: Status) -> Ending {
    let cancelled = async { session.door.changes().await?.cancel(id, place).await };
    let result = session.call(cancelled).await?;
    session.output.data(&result, &[&result.sentence]);
    Ok(done)
}

async fn unanswered(session: &Session) -> Ending {
    session.output.note(&say!(session.words().await, "prompt-nothing-sent"));
    Ok(Status::WrongUse)
}

async fn pending(session: &Session, account: &str) -> Ending {
    let lines = waiting(session, account).await?;
    let none =
        if lines.is_empty() { Some(say!(session.words().await, "change-none")) } else { None };
    let sentences: Vec<&str> =
        lines.iter().map(|line| &line.sentence).chain(&none).map(String::as_str).collect();
    session.output.data(&lines, &sentences);
    Ok(Status::Done)
}

async fn waiting(session: &Session, account: &str) -> Result<Vec<ChangeLine>, Failure> {
    session.call(async { session.door.changes().await?.pending(account).await }).await
}

/// Which change is meant: the one that was named, the only one, or the one that the person chooses.
pub(super) async fn choose(
    session: &Session,
    prompt: &mut Prompt,
    mut choices: Vec<Choice>,
    id: &str,
) -> Result<String, Failure> {
    if !id.is_empty() {
        return Ok(id.to_owned());
    }
    if choices.len() > 1 {
        let sentences: Vec<_> = choices.iter().map(|choice| choice.sentence.clone()).collect();
        let chosen = prompt.which(session.words().await, &sentences).await;
        return chosen.map(|place| choices.swap_remove(place).id).ok_or_else(|| {
            Failure::own(Status::WrongUse, "no-answer", |words| say!(words, "error-change-several"))
        });
    }
    choices.pop().map(|choice| choice.id).ok_or_else(|| {
        Failure::own(Status::WrongUse, "no-change", |words| say!(words, "error-change-none"))
    })
}

fn of_line(ChangeLine { id, sentence, .. }: ChangeLine) -> Choice {
    Choice { id, sentence }
}
