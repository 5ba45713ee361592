//! `sayso open`: an address that the desktop hands over. Any web page can make the desktop open
//! one, so the daemon reads it strictly, and nothing is sent before it is known to be the
//! person's.

use sayso_protocol::address::Address;

use super::{Ending, answer, register};
use crate::command_line::Register;
use crate::prompt::Prompt;
use crate::session::Session;
use crate::watch::Watch;

/// Ties a waiting request to the page whose button was pressed, and asks its question. In a
/// terminal an invitation to register is followed; elsewhere the daemon says what to type.
///
/// # Errors
/// What the daemon refused.
pub async fn run(session: &Session, prompt: &mut Prompt, address: &str) -> Ending {
    if let Prompt::Terminal(_) = prompt
        && let Ok(Address::Register { broker, account }) = Address::parse(address)
    {
        let typed = Register::of(broker.to_string(), account.to_string());
        return register::run(session, prompt, register::Wishes::typed(typed)?).await;
    }
    let watch = Watch::begin().await;
    let place = prompt.place();
    let opened = async { session.door.requests().await?.open(address, place).await };
    let question = session.call(opened).await?;
    answer::ask(session, prompt, watch, question).await
}
