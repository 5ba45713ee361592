//! `sayso approve`, `sayso deny`, `sayso report`: an answer without a prompt, to the open
//! question or to the request that is named.

use sayso_protocol::bus;

use super::{Ending, answer};
use crate::command_line::Which;
use crate::prompt::{self, Prompt};
use crate::session::Session;

/// Yes. The daemon takes it only for a question that was said or shown to its end.
///
/// # Errors
/// What the daemon refused.
pub async fn approve(session: &Session, prompt: &mut Prompt, which: Which) -> Ending {
    let id = which.id.unwrap_or_default();
    decide(session, prompt, async {
        session.door.requests().await?.approve(&id, "", prompt::place()).await
    })
    .await
}

/// No.
///
/// # Errors
/// What the daemon refused.
pub async fn deny(session: &Session, prompt: &mut Prompt, which: Which) -> Ending {
    let id = which.id.unwrap_or_default();
    decide(session, prompt, async {
        session.door.requests().await?.deny(&id, "", prompt::place()).await
    })
    .await
}

/// No, and: this was not me.
///
/// # Errors
/// What the daemon refused.
pub async fn report(session: &Session, prompt: &mut Prompt, which: Which) -> Ending {
    let id = which.id.unwrap_or_default();
    decide(session, prompt, async {
        session.door.requests().await?.report(&id, "", prompt::place()).await
    })
    .await
}

async fn decide(
    session: &Session,
    prompt: &mut Prompt,
    decided: impl Future<Output = Result<bus::Answer, bus::Error>>,
) -> Ending {
    let answered = session.call(decided).await?;
    answer::told(session, prompt, &answered).await
}
