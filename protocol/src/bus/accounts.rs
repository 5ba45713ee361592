//! Accounts, the history, and how the daemon is.

use serde::{Deserialize, Serialize};
use zbus::zvariant::Type;

use super::{Error, Place};
use crate::change::{ApproveWith, SameDevice};

/// An account that this computer approves for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct AccountLine {
    /// The account's name.
    pub account: String,
    /// The account as NAME@HOST, which stands for no other one here.
    pub id: String,
    /// The broker's origin.
    pub broker: String,
    /// What the broker is called here.
    pub broker_name: String,
    /// Whether the person gave it that name.
    pub named: bool,
    /// What the broker calls this computer.
    pub computer: String,
    /// Whether it can be answered for, and why not.
    pub state: AccountState,
    /// All that as one sentence.
    pub sentence: String,
}

/// Whether an account can be answered for on this computer, and why not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[zvariant(signature = "s")]
#[serde(rename_all = "kebab-case")]
pub enum AccountState {
    /// Its link is up.
    Connected,
    /// Its link is down; Sayso keeps trying.
    Offline,
    /// A further computer is not let in yet.
    Waits,
    /// Its broker shuts out every computer of the account.
    Blocked,
    /// Its keys are not at hand.
    Keyless,
}

impl AccountState {
    /// Its name, as in JSON and in sentences.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Connected => "connected",
            Self::Offline => "offline",
            Self::Waits => "waits",
            Self::Blocked => "blocked",
            Self::Keyless => "keyless",
        }
    }
}

/// What registering needs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct Registration {
    /// The broker's address.
    pub broker: String,
    /// The account's name there.
    pub account: String,
    /// The 14 digits, as typed.
    pub activation: String,
    /// What the person calls this computer.
    pub computer: String,
    /// How logins are bound, where this is the account's first computer.
    pub approve_with: ApproveWith,
    /// Whether login pages offer the button that opens Sayso here, where it is the first.
    pub same_device: SameDevice,
    /// Where codes may be said aloud. Counts at the first registration only.
    pub speak_codes: SpeakCodes,
}

/// Security setting: where codes may be said aloud.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[zvariant(signature = "s")]
#[serde(rename_all = "kebab-case")]
pub enum SpeakCodes {
    /// Where only the person hears them: in headphones. Elsewhere the person is asked each time.
    #[default]
    Private,
    /// Everywhere.
    Always,
}

/// How the daemon is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct Status {
    /// How many requests wait.
    pub waiting: u32,
    /// How many accounts are registered here.
    pub accounts: u32,
    /// How many of them are connected.
    pub connected: u32,
    /// Whether the screen is locked.
    pub locked: bool,
    /// Whether speech works.
    pub speech: bool,
    /// Whether a notification server answers.
    pub notifications: bool,
    /// Where codes may be said aloud, as was chosen with the first account: `private` or
    /// `always`; empty before.
    pub speak_codes: String,
    /// The language Sayso talks in.
    pub language: String,
    /// The daemon's version.
    pub version: String,
    /// The same as sentences, the key fact first.
    pub sentences: Vec<String>,
}

/// An entry of the history.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct HistoryLine {
    /// Its number, from 1.
    pub number: u64,
    /// When, in seconds since 1970.
    pub at: i64,
    /// What kind of entry it is: `registered`, `decided`, `ended`.
    pub kind: String,
    /// As a sentence.
    pub sentence: String,
}

/// Whether the history is whole.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct Verified {
    /// Whether every entry, the chain and the signed head fit.
    pub whole: bool,
    /// The same as a sentence or two.
    pub sentence: String,
}

/// Accounts and history. Private socket only.
#[zbus::proxy(
    interface = "org.sayso.Approver1.Accounts",
    default_path = "/org/sayso/Approver",
    gen_blocking = false
)]
pub trait Accounts {
    /// Makes this computer an approver. Answers with a sentence.
    fn register(&self, registration: &Registration) -> std::result::Result<String, Error>;
    /// The accounts that this computer approves for.
    fn list(&self, place: Place) -> std::result::Result<Vec<AccountLine>, Error>;
    /// Forgets an account and its keys here alone: its broker goes on listing this computer.
    /// Answers with a sentence.
    fn forget(&self, account: &str) -> std::result::Result<String, Error>;
    /// Calls a broker so from now on; `broker` is its name here, its host or its origin. Answers
    /// with a sentence.
    fn name_broker(&self, broker: &str, name: &str) -> std::result::Result<String, Error>;
    /// How the daemon is.
    fn status(&self) -> std::result::Result<Status, Error>;
    /// The last `count` entries of the history, oldest first.
    fn history(&self, count: u32) -> std::result::Result<Vec<HistoryLine>, Error>;
    /// Whether the history is whole.
    fn verify_history(&self) -> std::result::Result<Verified, Error>;
}
