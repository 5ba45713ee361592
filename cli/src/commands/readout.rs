//! The digits of an approval: where the person is, to read, to copy, or to have said.

use sayso_protocol::bus::{Aloud, Readout};
use sayso_words::{Wish, Words, say};

use super::{Ending, answer};
use crate::exit::{Failure, Status};
use crate::prompt::copying::Copied;
use crate::prompt::{Prompt, Yes};
use crate::session::Session;
use crate::watch::Watch;

/// Shows them, and does with them what the person wants, until they are on the login page.
///
/// # Errors
/// What the daemon refused.
pub(super) async fn run(session: &Session, prompt: &mut Prompt, id: &str) -> Ending {
    let mut watch = Watch::begin().await;
    let place = prompt.place();
    let read = async { session.door.requests().await?.readout(id, place).await };
    let readout = session.call(read).await?;
    let words = session.words().await.clone();
    session.output.data(&readout, &[]);
    prompt.show(&readout.sentence);
    loop {
        let wanted = tokio::select! {
            wanted = prompt.digits(&words, &readout.sentence) => wanted,
            () = watch.ended(session, &readout.id, readout.expires_at) => {
                prompt.leave();
                return ended(session, &readout.id).await;
            }
        };
        let done = match wanted {
            Some(Wish::Copy) => copy(session, &words, &mut watch, &readout).await,
            Some(Wish::Say) => say(session, prompt, &words, &readout).await,
            None => {
                let ended = answer::how_it_ended(session, &readout.id).await?;
                return Ok(ended.unwrap_or(Status::Done));
            }
        };
        match (done, &prompt) {
            (Ok(Then::Ended), _) => return ended(session, &readout.id).await,
            // A dialog has given the focus back to the page.
            (Ok(Then::Done), Prompt::Dialog(_)) => return Ok(Status::Done),
            (Ok(Then::Done), Prompt::Terminal(_) | Prompt::Nowhere(_)) => (),
            // The digits stand there still, for something else.
            (Err(failure), Prompt::Terminal(_)) if failure.status != Status::NotThere => {
                session.output.failure(&failure, &words);
            }
            (Err(failure), _) => return Err(failure),
        }
    }
}

/// Without a session bus, only the request's own deadline tells that it is over.
async fn ended(session: &Session, id: &str) -> Ending {
    Ok(answer::how_it_ended(session, id).await?.unwrap_or(Status::Expired))
}

/// What is when a wish was fulfilled.
enum Then {
    /// The request waits for its digits still.
    Done,
    /// It has ended.
    Ended,
}

/// Puts them on the clipboard for a minute, or until they are used.
async fn copy(
    session: &Session,
    words: &Words,
    watch: &mut Watch,
    readout: &Readout,
) -> Result<Then, Failure> {
    let copied = Copied::put(&readout.code).ok_or_else(|| {
        Failure::own(Status::WrongUse, "clipboard-tool", |words| say!(words, "error-copy-tool"))
    })?;
    session.output.note(&say!(words, "readout-copied"));
    Ok(tokio::select! {
        () = copied.minute() => Then::Done,
        () = watch.ended(session, &readout.id, readout.expires_at) => Then::Ended,
    })
}

/// Has them said; where others would hear them, the person is asked first.
async fn say(
    session: &Session,
    prompt: &mut Prompt,
    words: &Words,
    readout: &Readout,
) -> Result<Then, Failure> {
    let place = prompt.place();
    let said = async |aloud| {
        let said =
            async { session.door.requests().await?.say_readout(&readout.id, aloud, place).await };
        session.call(said).await.map(|()| Then::Done)
    };
    match said(Aloud::AsSet).await {
        Err(loud) if loud.name == "loud" => match prompt.yes(words, &loud.sentences(words)).await {
            Some(Yes::Yes) => said(Aloud::Here).await,
            Some(Yes::No) | None => Ok(Then::Done),
        },
        said => said,
    }
}
