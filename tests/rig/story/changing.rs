//! A setting that changes: the person asks for it at a computer, and answers when asked.

use crate::broker::Broker;
use crate::cli::Terminal;
use crate::desktop::Desktop;

use super::CHANNELS;
use super::{ACCOUNT, Computer};

/// The person asks for another way to approve, in a terminal, and says yes.
///
/// # Panics
/// If the change does not wait then.
pub async fn ask_for(desktop: &Desktop, value: &str) {
    let mut terminal = Terminal::sayso(desktop, &["settings", "approve_with", value]);
    terminal.read_until("Answer:").await;
    terminal.type_line("yes");
    let rest = terminal.wait_for_status(0).await;
    assert!(rest.contains("Change waiting"), "{rest}");
}

/// The person types `sayso`, is asked whether a change is to hold, and says `answer`. Returns what
/// came of it.
pub async fn answer(desktop: &Desktop, answer: &str) -> (i32, String) {
    let mut terminal = Terminal::sayso(desktop, &[]);
    terminal.read_until("Answer:").await;
    terminal.type_line(answer);
    terminal.wait_for_end().await
}

/// The person reads what holds and what waits.
///
/// # Panics
/// If it cannot be read.
pub async fn look(desktop: &Desktop) {
    let mut terminal = Terminal::sayso(desktop, &["settings"]);
    terminal.wait_for_status(0).await;
}

impl Computer {
    /// Registers it for Anna, with speech and notifications; the broker's administrator lets it in
    /// at once.
    pub async fn join(&self, broker: &Broker, name: &str) {
        let code = broker.activation_at_once(ACCOUNT).await;
        self.register(broker, &code, name, &CHANNELS).await;
    }
}
