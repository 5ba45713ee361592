//! `sayso` without a word: the next step, whatever it is. The code first where one is wanted,
//! then the question, then what came of it.

use sayso_protocol::bus::{self, Answer as Answered, Next, Question, Step};
use sayso_words::{Answer, say};

use super::{Ending, enter, readout, settings};
use crate::exit::{Failure, NO_REQUEST, Status};
use crate::prompt::{Prompt, whole};
use crate::session::Session;
use crate::watch::Watch;

/// Does the next step.
///
/// # Errors
/// What the daemon refused.
pub async fn run(session: &Session, prompt: &mut Prompt) -> Ending {
    let next = next(session, prompt).await?;
    match next.step {
        Step::Nothing | Step::Page => {
            if let Prompt::Dialog(_) = prompt {
                prompt.tell(session.words().await, &next.sentence).await;
                if let Prompt::Nowhere(_) = prompt {
                    // The daemon says it instead.
                    self::next(session, prompt).await?;
                }
            }
            session.output.data(&next, &[&next.sentence]);
            Ok(Status::Done)
        }
        Step::Code => enter::ask(session, prompt, next.sentence, "").await,
        Step::Take => take(session, prompt, &next).await,
        Step::Readout => readout::run(session, prompt, "").await,
        Step::Change => match prompt {
            // The daemon has said it.
            Prompt::Nowhere(_) => {
                session.output.data(&next, &[&next.sentence]);
                Ok(Status::Done)
            }
            Prompt::Terminal(_) | Prompt::Dialog(_) => {
                let id = settings::choose(session, prompt, next.choices, "").await?;
                settings::confirm(session, prompt, &id).await
            }
        },
        Step::Question => {
            let watch = Watch::begin().await;
            let place = prompt.place();
            let asked = async { session.door.requests().await?.question("", place).await };
            let question = session.call(asked).await?;
            ask(session, prompt, watch, question).await
        }
    }
}

/// Takes a request whose digits are read out after its approval; of several, the one that the
/// person names.
async fn take(session: &Session, prompt: &mut Prompt, next: &Next) -> Ending {
    let words = session.words().await;
    let id = match (&next.choices[..], &prompt) {
        ([only], _) => &only.id,
        (_, Prompt::Nowhere(_)) => "",
        (choices, Prompt::Terminal(_) | Prompt::Dialog(_)) => {
            let named: Vec<String> = choices.iter().map(|one| one.sentence.clone()).collect();
            let place = prompt.which(words, &named).await;
            let Some(chosen) = place.and_then(|place| choices.get(place)) else {
                session.output.note(&say!(words, "prompt-nothing-sent"));
                return Ok(Status::WrongUse);
            };
            &chosen.id
        }
    };
    let watch = Watch::begin().await;
    let place = prompt.place();
    let taken = async { session.door.requests().await?.take(id, place).await };
    let question = session.call(taken).await?;
    ask(session, prompt, watch, question).await
}

pub(super) async fn next(session: &Session, prompt: &Prompt) -> Result<Next, Failure> {
    let place = prompt.place();
    session.call(async { session.door.requests().await?.next(place).await }).await
}

/// Asks the question and hands the answer back. The prompt closes when the request ends first.
pub(super) async fn ask(
    session: &Session,
    prompt: &mut Prompt,
    mut watch: Watch,
    mut question: Question,
) -> Ending {
    if let Prompt::Nowhere(_) = prompt {
        return Ok(left_open(session, &question));
    }
    let words = session.words().await;
    let place = prompt.place();
    loop {
        let answer = tokio::select! {
            answer = prompt.question(words, &question) => answer,
            () = watch.ended(session, &question.id, question.expires_at) => {
                prompt.leave();
                match (still_open(session, prompt, &question).await, &prompt) {
                    (Ok(again), _) => question = again,
                    // A dialog closes without a word: the daemon says how the request ended.
                    (Err(ended), Prompt::Dialog(_)) => {
                        session.output.failure(&ended, words);
                        return Ok(ended.status);
                    }
                    (Err(ended), Prompt::Terminal(_) | Prompt::Nowhere(_)) => return Err(ended),
                }
                continue;
            }
        };
        let Some(answer) = answer else {
            if let Prompt::Nowhere(_) = prompt {
                // The dialog could not be shown.
                let spoken = still_open(session, prompt, &question).await?;
                return Ok(left_open(session, &spoken));
            }
            session.output.note(&say!(words, "prompt-nothing-sent"));
            return Ok(Status::WrongUse);
        };
        let answered = async {
            let requests = session.door.requests().await?;
            match answer {
                Answer::Yes => requests.approve(&question.id, &question.token, place).await,
                Answer::No => requests.deny(&question.id, &question.token, place).await,
                Answer::Report => requests.report(&question.id, &question.token, place).await,
            }
        };
        let answered = session.call(answered).await?;
        return told(session, prompt, &answered).await;
    }
}

/// The daemon says the question; `sayso approve` or `sayso deny` answers it.
fn left_open(session: &Session, question: &Question) -> Status {
    session.output.data(question, &[&whole(question)]);
    Status::Done
}

/// The question once more where it still stands; else why not.
async fn still_open(
    session: &Session,
    prompt: &Prompt,
    question: &Question,
) -> Result<Question, Failure> {
    let place = prompt.place();
    let again = async { session.door.requests().await?.question(&question.id, place).await };
    let mut again = session.call(again).await?;
    again.before = String::new();
    Ok(again)
}

/// How a request ended that was answered, if it has: printed where nobody was told.
pub(super) async fn how_it_ended(session: &Session, id: &str) -> Result<Option<Status>, Failure> {
    let asked = async { session.door.requests().await?.how_it_ended(id).await };
    match session.call(asked).await {
        Ok(answer) => {
            if !answer.sentence.is_empty() {
                session.output.data(&answer, &[&answer.sentence]);
            }
            Ok(Some(Status::of_result(answer.result)))
        }
        Err(failure) if failure.name == NO_REQUEST => Ok(None),
        Err(failure) => Err(failure),
    }
}

/// Prints what came of an answer, and goes on to the digits that its page wants.
pub(super) async fn told(session: &Session, prompt: &mut Prompt, answer: &Answered) -> Ending {
    session.output.data(answer, &[&answer.sentence]);
    match (answer.result, &prompt) {
        // Where nobody can read them, the daemon has them said.
        (bus::Result::Readout, Prompt::Terminal(_) | Prompt::Dialog(_)) => {
            readout::run(session, prompt, &answer.id).await
        }
        (result, _) => Ok(Status::of_result(result)),
    }
}
