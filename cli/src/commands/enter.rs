//! `sayso enter`: the code from a login page, then its question. A wrong code is asked again.

use sayso_protocol::binding::Code;
use sayso_protocol::bus::{Question, Step};
use sayso_words::say;

use super::{Ending, accounts, answer};
use crate::command_line::Enter;
use crate::exit::{Failure, Status};
use crate::prompt::Prompt;
use crate::prompt::clipboard::{self, Clipboard};
use crate::session::Session;
use crate::watch::Watch;

/// Takes the code from the command line, the clipboard or the prompt.
///
/// # Errors
/// What the daemon refused, or that there is no code.
pub async fn run(session: &Session, prompt: &mut Prompt, typed: Enter) -> Ending {
    let account = typed.account.unwrap_or_default();
    if typed.clipboard {
        let code = copied(clipboard::look().await)?;
        return give(session, prompt, String::new(), Some(code), &account).await;
    }
    if typed.code.is_empty() && !account.is_empty() {
        // What waits next may be another account's.
        return ask(session, prompt, String::new(), &account).await;
    }
    if typed.code.is_empty() {
        let next = answer::next(session, prompt).await?;
        return ask(session, prompt, next.sentence, &account).await;
    }
    give(session, prompt, String::new(), Some(typed.code.concat()), &account).await
}

/// Asks for the code, unless the clipboard holds it. `said` is what waits.
pub(super) async fn ask(
    session: &Session,
    prompt: &mut Prompt,
    said: String,
    account: &str,
) -> Ending {
    let code = copied(clipboard::look().await).ok();
    give(session, prompt, said, code, account).await
}

/// Gives codes to the daemon until one is right; then asks its question.
async fn give(
    session: &Session,
    prompt: &mut Prompt,
    mut said: String,
    mut code: Option<String>,
    account: &str,
) -> Ending {
    let mut watch = Watch::begin().await;
    let mut account = account.to_owned();
    loop {
        let given = match code.take() {
            Some(code) => code,
            None => match typed(session, prompt, &mut watch, &said).await? {
                Typed::Code(code) => code,
                Typed::Nothing => return unanswered(session).await,
                Typed::Ended(status) => return Ok(status),
            },
        };
        // Which account is asked once, and not for what is no code.
        if account.is_empty() && Code::parse(&given).is_ok() {
            account = whose(session, prompt).await?;
        }
        match entered(session, prompt, &given, &account).await {
            Ok(question) => return answer::ask(session, prompt, watch, question).await,
            Err(failure) if asks_again(&failure, prompt) => {
                said = failure.sentences(session.words().await);
            }
            Err(failure) => return Err(failure),
        }
    }
}

/// What came of asking for the code.
enum Typed {
    /// It was given.
    Code(String),
    /// The prompt was closed.
    Nothing,
    /// Nothing wants a code any more.
    Ended(Status),
}

async fn typed(
    session: &Session,
    prompt: &mut Prompt,
    watch: &mut Watch,
    said: &str,
) -> Result<Typed, Failure> {
    if let Prompt::Nowhere(_) = prompt {
        return Err(no_prompt());
    }
    let words = session.words().await;
    let place = prompt.place();
    let ended = async {
        loop {
            watch.next().await;
            let next = async { session.door.requests().await?.next(place).await };
            match session.call(next).await {
                Ok(next) if next.step == Step::Code => (),
                Ok(next) => return Ok(next),
                Err(failure) => return Err(failure),
            }
        }
    };
    let code = tokio::select! {
        code = prompt.code(words, said) => code,
        next = ended => {
            prompt.leave();
            let next = next?;
            session.output.data(&next, &[&next.sentence]);
            return Ok(Typed::Ended(Status::Expired));
        }
    };
    match (code, &prompt) {
        (Some(code), _) => Ok(Typed::Code(code)),
        (None, Prompt::Nowhere(_)) => {
            // The dialog could not be shown: the daemon says what waits.
            answer::next(session, prompt).await?;
            Err(no_prompt())
        }
        (None, Prompt::Terminal(_) | Prompt::Dialog(_)) => Ok(Typed::Nothing),
    }
}

/// Nobody can be asked here.
pub(super) fn no_prompt() -> Failure {
    Failure::own(Status::WrongUse, "no-prompt", |words| say!(words, "error-no-prompt"))
}

async fn unanswered(session: &Session) -> Ending {
    session.output.note(&say!(session.words().await, "prompt-nothing-sent"));
    Ok(Status::WrongUse)
}

/// The account that the person chooses of several that have a request which a code may be for. A
/// code goes to one broker only.
async fn whose(session: &Session, prompt: &mut Prompt) -> Result<String, Failure> {
    let place = prompt.place();
    let asked = async { session.door.requests().await?.code_accounts(place).await };
    let choices = session.call(asked).await?;
    accounts::choose(session, prompt, choices).await
}

async fn entered(
    session: &Session,
    prompt: &Prompt,
    code: &str,
    account: &str,
) -> Result<Question, Failure> {
    let place = prompt.place();
    let entered = async { session.door.requests().await?.enter(code, account, place).await };
    session.call::<Question>(entered).await
}

/// Whether the person may try again where they are.
fn asks_again(failure: &Failure, prompt: &Prompt) -> bool {
    match prompt {
        Prompt::Nowhere(_) => false,
        Prompt::Terminal(_) | Prompt::Dialog(_) => {
            ["wrong-code", "blocked", "not-a-code"].contains(&failure.name)
        }
    }
}

/// The code on the clipboard.
fn copied(clipboard: Clipboard) -> Result<String, Failure> {
    match clipboard {
        Clipboard::Code(code) => Ok(code.reveal().to_owned()),
        Clipboard::NoCode => Err(Failure::own(Status::WrongUse, "clipboard-empty", |words| {
            say!(words, "error-clipboard-empty")
        })),
        Clipboard::Unreadable => Err(Failure::own(Status::WrongUse, "clipboard-tool", |words| {
            say!(words, "error-clipboard-tool")
        })),
    }
}
