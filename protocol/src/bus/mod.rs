//! The D-Bus contract between `saysod` and `sayso`: one contract, two doors.
//!
//! The **private socket** (`$XDG_RUNTIME_DIR/sayso/socket`, peer to peer) carries the interfaces
//! `org.sayso.Approver1.*`, secrets included. The **session bus** carries `org.sayso.Approver1`
//! alone: how many wait, `Repeat`, `Hush`, `Status`; no act, no code, no text of a request.
//!
//! Sentences come from the daemon, in the person's language: results carry one, and so do errors
//! (two sentences: what happened, what to do).

mod accounts;
mod changes;
mod desktop;
mod requests;
mod voice;

use serde::{Deserialize, Serialize};
use zbus::zvariant::Type;

pub use accounts::{
    AccountLine, AccountState, AccountsProxy, HistoryLine, Registration, SpeakCodes, Status,
    Verified,
};
pub use changes::{
    ApproverLine, ChangeLine, ChangeQuestion, ChangeResult, ChangesProxy, SettingsLine,
};
pub use desktop::ApproverProxy;
pub use requests::{
    Aloud, Answer, AttendLine, Choice, Found, Next, Practice, Question, Readout, RequestLine,
    RequestsProxy, Result, Stage, Step,
};
pub use voice::{Channel, MoreTime, Preferences, VoiceProxy};

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
    /// No request can be bound by this address: it is not one of ours, of another broker, or of a
    /// login that does not wait here. Nothing was sent.
    NotAnAddress(String),
    /// An address was looked at a moment ago, and this one was not; or the keys are not open yet.
    TooSoon(String),
    /// The screens could not be looked at.
    Unseen(String),
    /// No QR code was seen that can be used.
    NoCode(String),
    /// Others would hear the digits: say them all the same? Yes or no.
    Loud(String),
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
    /// The keys of this account are not at hand.
    NoKeys(String),
    /// What was given cannot be used.
    Invalid(String),
    /// The daemon cannot keep what it must keep.
    Store(String),
}
