//! What the brokers are called, once there are several: asked of each that the person has not
//! named.

use sayso_protocol::bus::{AccountLine, Place};
use sayso_words::say;

use super::Wishes;
use crate::commands::accounts;
use crate::exit::Failure;
use crate::prompt::Prompt;
use crate::session::Session;

/// Asks for names, and gives them. No answer leaves a broker the name that it has.
///
/// # Errors
/// What the daemon refused.
pub(super) async fn ask(
    session: &Session,
    prompt: &mut Prompt,
    wishes: &Wishes,
) -> Result<(), Failure> {
    let mut brokers = accounts::list(session, Place::Terminal).await?;
    brokers.sort_by(|one, other| one.broker.cmp(&other.broker));
    brokers.dedup_by(|one, other| one.broker == other.broker);
    if brokers.len() < 2 {
        return Ok(());
    }
    let new = wishes.broker.origin().ascii_serialization();
    brokers.sort_by_key(|broker| broker.broker == new);
    for broker in brokers.into_iter().filter(|broker| !broker.named) {
        match &wishes.typed.broker_name {
            Some(name) if broker.broker == new => {
                let sentence = accounts::call(session, &broker.broker, name).await?;
                prompt.tell(session.words().await, &sentence).await;
            }
            Some(_) | None => name(session, prompt, &broker).await?,
        }
    }
    Ok(())
}

/// Asks for the name of one until it can have it.
async fn name(session: &Session, prompt: &mut Prompt, line: &AccountLine) -> Result<(), Failure> {
    let words = session.words().await;
    let host = line.id.rsplit_once('@').map_or(&*line.broker, |(_, host)| host);
    let asked = say!(words, "register-broker-name", host = host, name = line.broker_name.as_str());
    loop {
        let typed = prompt.line(words, &asked).await.unwrap_or_default();
        if typed.trim().is_empty() {
            return Ok(());
        }
        match accounts::call(session, &line.broker, &typed).await {
            Ok(sentence) => {
                prompt.tell(words, &sentence).await;
                return Ok(());
            }
            Err(failure) if failure.name == "invalid" => {
                prompt.tell(words, &failure.sentences(words)).await;
            }
            Err(failure) => return Err(failure),
        }
    }
}
