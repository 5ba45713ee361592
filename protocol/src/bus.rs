//! The D-Bus contract between `saysod` and `sayso`: one contract, two doors.
//!
//! The **private socket** (`$XDG_RUNTIME_DIR/sayso/socket`, peer to peer) carries the interfaces
//! `org.sayso.Approver1.*`, secrets included. The **session bus** carries `org.sayso.Approver1`
//! alone: how many wait, `Repeat`, `Hush`, `Status`; no act, no code, no text of a request.
//!
//! Sentences come from the daemon, in the person's language: results carry one, and so do errors
//! (two sentences: what happened, what to do).

use serde::{Deserialize, Serialize};
use zbus::zvariant::Type;

/// The well-known name on the session bus.
pub const NAME: &str = "org.sayso.Approver";
/// The object, behind both doors.
pub const PATH: &str = "/org/sayso/Approver";
/// The private socket, below `$XDG_RUNTIME_DIR`.
pub const SOCKET: &str = "sayso/socket";

/// Where the person who calls is. Answers go there, and are not spoken as well.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[zvariant(signature = "s")]
#[serde(rename_all = "kebab-case")]
pub enum Place {
    /// At a terminal: what is returned is printed.
    Terminal,
    /// At the answer dialog: questions and errors are shown there; results are announced.
    Dialog,
    /// Nowhere that can show anything: everything is announced.
    Nowhere,
}

/// How far a waiting request is, for this computer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[zvariant(signature = "s")]
#[serde(rename_all = "kebab-case")]
pub enum Stage {
    /// It waits for its code.
    Notice,
    /// This computer bound it: its question is open or due.
    Question,
    /// Another computer bound it.
    Elsewhere,
    /// It is answered; the broker has not confirmed it yet.
    Answered,
}

/// A waiting request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct RequestLine {
    /// The request's id.
    pub id: String,
    /// Of which account.
    pub account: String,
    /// The broker's host.
    pub broker: String,
    /// Who asks.
    pub service: String,
    /// How far it is.
    pub stage: Stage,
    /// The notice whole, as it would be spoken.
    pub text: String,
    /// The same in 40 characters.
    pub short: String,
    /// The running deadline, in seconds since 1970, by this computer's clock.
    pub expires_at: i64,
}

/// A question that wants its answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct Question {
    /// The request's id.
    pub id: String,
    /// What happened just before, as a sentence ("Code correct. ..."), or empty.
    pub before: String,
    /// The question whole: what is heard is what is signed.
    pub text: String,
    /// Its language (BCP 47).
    pub lang: String,
    /// Handed back with the answer: proves that the question was shown whole.
    pub token: String,
    /// The running deadline, in seconds since 1970, by this computer's clock.
    pub expires_at: i64,
}

/// The next thing to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[zvariant(signature = "s")]
#[serde(rename_all = "kebab-case")]
pub enum Step {
    /// Nothing waits.
    Nothing,
    /// A request waits for its code.
    Code,
    /// A question is open: [`RequestsProxy::question`].
    Question,
}

/// What `sayso` without a word does next.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct Next {
    /// What to do.
    pub step: Step,
    /// What waits, as a sentence.
    pub sentence: String,
}

/// How a request stands after an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[zvariant(signature = "s")]
#[serde(rename_all = "kebab-case")]
pub enum Result {
    /// Approved, and the service has fetched it.
    Approved,
    /// Approved; the service has not fetched it yet.
    NotFetched,
    /// Denied, or denied and reported.
    Denied,
    /// Kept, and sent as soon as there is a connection.
    Kept,
    /// It had ended before the answer came.
    Ended,
    /// Too late.
    Expired,
}

/// What an answer led to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct Answer {
    /// The request's id.
    pub id: String,
    /// How it stands.
    pub result: Result,
    /// The same as a sentence.
    pub sentence: String,
}

/// A line for a terminal that attends.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct AttendLine {
    /// The request it is about, or empty.
    pub id: String,
    /// What to print.
    pub text: String,
    /// Whether the terminal's bell rings.
    pub bell: bool,
}

/// An account that this computer approves for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct AccountLine {
    /// The account's name.
    pub account: String,
    /// The broker's origin.
    pub broker: String,
    /// What the broker calls this computer.
    pub computer: String,
    /// Whether the link is up.
    pub connected: bool,
    /// All that as one sentence.
    pub sentence: String,
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
}

/// How Sayso talks. Takes effect at once.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct Preferences {
    /// Whether the person perceives speech.
    pub speech: bool,
    /// Whether the person perceives desktop notifications.
    pub notification: bool,
    /// Whether the person stays at `sayso attend`.
    pub attend: bool,
    /// A voice of the speech service, or empty for its own choice.
    pub voice: String,
    /// The speed, -100 to 100; 0 is the speech service's own.
    pub rate: i32,
    /// The language, `en` or `da`, or empty for the session's.
    pub language: String,
}

/// One channel that can be tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[zvariant(signature = "s")]
#[serde(rename_all = "kebab-case")]
pub enum Channel {
    /// The voice.
    Speech,
    /// The desktop notification.
    Notification,
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
    /// The language Sayso talks in.
    pub language: String,
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

/// Why a call was refused. The text is two sentences for the person.
#[derive(Debug, zbus::DBusError)]
#[zbus(prefix = "org.sayso.Error")]
pub enum Error {
    /// The door itself failed.
    #[zbus(error)]
    ZBus(zbus::Error),
    /// The screen is locked.
    Locked(String),
    /// The broker cannot be reached; nothing was sent.
    Offline(String),
    /// The broker refused.
    Refused(String),
    /// No waiting request has this code.
    WrongCode(String),
    /// Codes are not taken for a while.
    Blocked(String),
    /// Not six digits: nothing was sent, no try is lost.
    NotACode(String),
    /// There is no such request, or none waits.
    NoRequest(String),
    /// Several could be meant.
    Ambiguous(String),
    /// There is no open question, or another one.
    NoQuestion(String),
    /// The question was not said or shown to its end yet.
    NotAnnounced(String),
    /// The request has ended.
    Ended(String),
    /// It was too late.
    Expired(String),
    /// This computer is not registered.
    NotRegistered(String),
    /// What was given cannot be used.
    Invalid(String),
    /// The daemon cannot keep what it must keep.
    Store(String),
}

/// Requests and answers. Private socket only.
#[zbus::proxy(
    interface = "org.sayso.Approver1.Requests",
    default_path = "/org/sayso/Approver",
    gen_blocking = false
)]
pub trait Requests {
    /// What is waiting. Printing it at a terminal counts as the notice.
    fn list(&self, place: Place) -> std::result::Result<Vec<RequestLine>, Error>;
    /// What to do next.
    fn next(&self, place: Place) -> std::result::Result<Next, Error>;
    /// Gives a login page's code; `account` may be empty. Answers with the question.
    fn enter(
        &self,
        code: &str,
        account: &str,
        place: Place,
    ) -> std::result::Result<Question, Error>;
    /// The open question, or that of the request `id`.
    fn question(&self, id: &str, place: Place) -> std::result::Result<Question, Error>;
    /// Yes to the open question, or that of `id`. `token` is the question's, or empty where it
    /// was spoken.
    fn approve(&self, id: &str, token: &str, place: Place) -> std::result::Result<Answer, Error>;
    /// No.
    fn deny(&self, id: &str, token: &str, place: Place) -> std::result::Result<Answer, Error>;
    /// No, and: this was not me.
    fn report(&self, id: &str, token: &str, place: Place) -> std::result::Result<Answer, Error>;
    /// How long is left, as a sentence.
    fn time(&self, id: &str, place: Place) -> std::result::Result<String, Error>;
    /// Lines for a terminal that attends, after line `after`; waits until there is one. Answers
    /// with the number of the last one.
    fn attend(&self, after: u64) -> std::result::Result<(u64, Vec<AttendLine>), Error>;
    /// A key was pressed at the attending terminal after line `after` was printed.
    fn attended(&self, after: u64) -> std::result::Result<(), Error>;
}

/// How Sayso talks. Private socket only.
#[zbus::proxy(
    interface = "org.sayso.Approver1.Voice",
    default_path = "/org/sayso/Approver",
    gen_blocking = false
)]
pub trait Voice {
    /// Says the last thing again, and returns it.
    fn repeat(&self, place: Place) -> std::result::Result<String, Error>;
    /// Stops speaking.
    fn hush(&self) -> std::result::Result<(), Error>;
    /// Says or shows one line on a channel, and answers whether the channel took it whole.
    fn try_channel(&self, channel: Channel) -> std::result::Result<bool, Error>;
    /// The voices that the speech service has for the language.
    fn voices(&self) -> std::result::Result<Vec<String>, Error>;
    /// The preferences.
    fn preferences(&self) -> std::result::Result<Preferences, Error>;
    /// Sets the preferences.
    fn prefer(&self, preferences: &Preferences) -> std::result::Result<(), Error>;
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
    fn list(&self) -> std::result::Result<Vec<AccountLine>, Error>;
    /// How the daemon is.
    fn status(&self) -> std::result::Result<Status, Error>;
    /// The last `count` entries of the history, oldest first.
    fn history(&self, count: u32) -> std::result::Result<Vec<HistoryLine>, Error>;
    /// Whether the history is whole.
    fn verify_history(&self) -> std::result::Result<Verified, Error>;
}

pub use desktop::ApproverProxy;

mod desktop {
    //! The session bus: no act, no code, no text of a request.
    #![allow(missing_docs, reason = "zbus generates types for each signal, without docs")]

    use super::Error;

    /// The session bus: no act, no code, no text of a request.
    #[zbus::proxy(
        interface = "org.sayso.Approver1",
        default_service = "org.sayso.Approver",
        default_path = "/org/sayso/Approver",
        gen_blocking = false
    )]
    pub trait Approver {
        /// How many requests wait.
        #[zbus(property)]
        fn waiting(&self) -> zbus::Result<u32>;
        /// Says the last thing again.
        fn repeat(&self) -> std::result::Result<(), Error>;
        /// Stops speaking.
        fn hush(&self) -> std::result::Result<(), Error>;
        /// How many wait, and how many accounts are connected.
        fn status(&self) -> std::result::Result<(u32, u32), Error>;
        /// A request came.
        #[zbus(signal)]
        fn added(&self, id: &str) -> zbus::Result<()>;
        /// A request's state changed.
        #[zbus(signal)]
        fn changed(&self, id: &str) -> zbus::Result<()>;
        /// A request ended.
        #[zbus(signal)]
        fn ended(&self, id: &str) -> zbus::Result<()>;
    }
}
