//! `sayso practise`: a whole approval of each kind, with nothing at stake. It says what is to be
//! done; the answer is given where any other is.

use sayso_protocol::binding::Method;
use sayso_protocol::bus::Practice;
use sayso_words::say;

use super::{Ending, accounts, answer, scan};
use crate::command_line::{Practise, Way};
use crate::exit::Status;
use crate::prompt::{Prompt, Yes};
use crate::session::Session;
use crate::watch::Watch;

/// In which order they are practised.
const WAYS: [Way; 4] = [Way::Link, Way::Qr, Way::Code, Way::Readout];

/// Practises the way that was named, or asks for each.
///
/// # Errors
/// What the daemon refused.
pub async fn run(session: &Session, prompt: &mut Prompt, wished: Practise) -> Ending {
    let account = &*accounts::which(session, prompt, wished.account).await?;
    if let Some(way) = wished.way {
        return practise(session, prompt, account, way).await;
    }
    let words = session.words().await;
    for way in WAYS {
        let asked = say!(words, "practise-ask", way = name(way));
        match prompt.yes(words, &asked).await {
            Some(Yes::Yes) => {
                let ended = practise(session, prompt, account, way).await?;
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
async fn practise(session: &Session, prompt: &mut Prompt, account: &str, way: Way) -> Ending {
    let words = session.words().await;
    let what = say!(words, "practise-what", way = name(way));
    prompt.tell(words, &what).await;
    let ready = say!(words, "practise-begin", way = name(way));
    if prompt.line(words, &ready).await.is_none() {
        return stopped(session).await;
    }
    let watch = Watch::begin().await;
    let (method, place) = (method(way), prompt.place());
    let begun = async { session.door.requests().await?.practise(account, method, place).await };
    let begun = session.call(begun).await?;
    prompt.tell(words, &say!(words, "practise-page", address = begun.page.as_str())).await;
    let ended = approve(session, prompt, way, watch, &begun).await?;
    // To say no is practised as well.
    if ![Status::Done, Status::Denied].contains(&ended) {
        return Ok(ended);
    }
    prompt.tell(words, &say!(words, "practise-learnt", way = name(way))).await;
    Ok(Status::Done)
}

/// What the person does with the page, by the command that they would use in earnest.
async fn approve(
    session: &Session,
    prompt: &mut Prompt,
    way: Way,
    mut watch: Watch,
    begun: &Practice,
) -> Ending {
    let words = session.words().await;
    let there = say!(words, "practise-there", way = name(way));
    if way == Way::Link {
        // The page opens Sayso, which asks in its own dialog.
        prompt.tell(words, &there).await;
        watch.ended(session, &begun.id, begun.expires_at).await;
        // What nobody answered is told by the daemon.
        let ended = answer::how_it_ended(session, &begun.id).await?;
        return Ok(ended.unwrap_or(Status::Expired));
    }
    if prompt.line(words, &there).await.is_none() {
        return stopped(session).await;
    }
    match way {
        Way::Qr => scan::screen(session, prompt).await,
        Way::Code | Way::Link | Way::Readout => answer::run(session, prompt).await,
    }
}

async fn stopped(session: &Session) -> Ending {
    session.output.note(&say!(session.words().await, "practise-stopped"));
    Ok(Status::WrongUse)
}

fn method(way: Way) -> Method {
    match way {
        Way::Code => Method::Code,
        Way::Qr => Method::Qr,
        Way::Link => Method::Link,
        Way::Readout => Method::Readout,
    }
}

/// The name of a way, as sentences choose by it.
fn name(way: Way) -> &'static str {
    match way {
        Way::Code => "code",
        Way::Qr => "qr",
        Way::Link => "link",
        Way::Readout => "readout",
    }
}
