//! `sayso practise`: a whole approval of each kind, with nothing at stake. It says what is to be
//! done; the answer is given where any other is.

use sayso_protocol::binding::Method;
use sayso_words::say;

use super::{Ending, answer};
use crate::command_line::{Practise, Way};
use crate::exit::Status;
use crate::prompt::{Prompt, Yes};
use crate::session::Session;

/// In which order they are practised.
const WAYS: [Way; 1] = [Way::Code];

/// Practises the way that was named, or asks for each.
///
/// # Errors
/// What the daemon refused.
pub async fn run(session: &Session, prompt: &mut Prompt, wished: Practise) -> Ending {
    if let Some(way) = wished.way {
        return practise(session, prompt, way).await;
    }
    let words = session.words().await;
    for way in WAYS {
        let asked = say!(words, "practise-ask");
        match prompt.yes(words, &asked).await {
            Some(Yes::Yes) => {
                let ended = practise(session, prompt, way).await?;
                if ended != Status::Done {
                    return Ok(ended);
                }
            }
            Some(Yes::No) => {}
            None => return stopped(session).await,
        }
    }
    Ok(Status::Done)
}

/// One practice from end to end.
async fn practise(session: &Session, prompt: &mut Prompt, way: Way) -> Ending {
    let words = session.words().await;
    let what = say!(words, "practise-what");
    prompt.tell(words, &what).await;
    if prompt.line(words, &say!(words, "practise-begin")).await.is_none() {
        return stopped(session).await;
    }
    let (method, place) = (method(way), prompt.place());
    let begun = async { session.door.requests().await?.practise(method, place).await };
    let begun = session.call(begun).await?;
    prompt.tell(words, &say!(words, "practise-page", address = begun.page.as_str())).await;
    if prompt.line(words, &say!(words, "practise-there")).await.is_none() {
        return stopped(session).await;
    }
    let ended = answer::run(session, prompt).await?;
    // To say no is practised as well.
    if ![Status::Done, Status::Denied].contains(&ended) {
        return Ok(ended);
    }
    prompt.tell(words, &say!(words, "practise-learnt")).await;
    Ok(Status::Done)
}

async fn stopped(session: &Session) -> Ending {
    session.output.note(&say!(session.words().await, "practise-stopped"));
    Ok(Status::WrongUse)
}

fn method(way: Way) -> Method {
    match way {
        Way::Code => Method::Code,
    }
}
