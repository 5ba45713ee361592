//! Two doors to the daemon, one contract (`sayso_protocol::bus`).
//!
//! - [`socket`]: the private socket. Everything, secrets included, for the same user's programs
//!   outside any sandbox.
//! - [`session_bus`]: the session bus. How many wait, repeat, hush, status; no act, no text.
//!
//! A caller is looked at in `caller`, its bytes in `handshake` and `guard`; `processes` counts. The methods
//! (`requests`, `voice`, `accounts`, `changes`) only pass a [`Call`] to the pipeline and hand its reply back;
//! what a call means, and every sentence of its answer, is left to the pipeline.

mod accounts;
mod caller;
mod changes;
mod desk;
mod guard;
pub(crate) mod handshake;
mod processes;
mod requests;
pub mod session_bus;
pub mod socket;
mod voice;

#[cfg(test)]
mod tests;

use std::path::PathBuf;

use sayso_protocol::binding::Method;
use sayso_protocol::bus::{
    Aloud, Answer, AttendLine, Channel, Choice, Error, Found, HistoryLine, Next, Place, Practice,
    Preferences, Question, Readout, RequestLine, Status, Verified,
};
use sayso_words::{Words, say};
use tokio::sync::oneshot;

pub use accounts::AccountAsk;
pub use changes::ChangeAsk;
pub use requests::QuietAsk;

/// One connection at the private socket, or the session bus as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ClientId(pub u64);

impl ClientId {
    /// The session bus. It never sends [`Ask::Gone`].
    pub const SESSION_BUS: ClientId = ClientId(0);
}

/// What somebody at a door wants from the pipeline.
#[derive(Debug)]
pub struct Call {
    /// Who asks.
    pub client: ClientId,
    /// What for.
    pub ask: Ask,
}

/// Where the answer goes. Dropping it answers with an error.
pub type Reply<T> = oneshot::Sender<Result<T, Error>>;

/// One method of the contract, or the end of a client. The methods' meanings and errors stand at
/// the proxies of `sayso_protocol::bus`.
#[derive(Debug)]
#[expect(missing_docs, reason = "the arguments are those of the contract's methods")]
pub enum Ask {
    /// What is waiting.
    List { place: Place, reply: Reply<Vec<RequestLine>> },
    /// What to do next.
    Next { place: Place, reply: Reply<Next> },
    /// What ties a request to its login page.
    Bind { given: Given, place: Place, reply: Reply<Question> },
    /// A request to practise this way on.
    Practise { account: String, method: Method, place: Place, reply: Reply<Practice> },
    /// A look at all screens.
    Look { place: Place, reply: Reply<Vec<Found>> },
    /// The texts of QR codes that were read elsewhere.
    Sort { texts: Vec<String>, place: Place, reply: Reply<Vec<Found>> },
    /// The digits of an approval; the id may be empty.
    Readout { id: String, place: Place, reply: Reply<Readout> },
    /// The same said; the id may be empty.
    SayReadout { id: String, aloud: Aloud, place: Place, reply: Reply<()> },
    /// How a request ended that was answered here.
    HowItEnded { id: String, reply: Reply<Answer> },
    /// The open question, or that of the request `id`; the id may be empty.
    Question { id: String, place: Place, reply: Reply<Question> },
    /// Yes.
    Approve { id: String, token: String, place: Place, reply: Reply<Answer> },
    /// No.
    Deny { id: String, token: String, place: Place, reply: Reply<Answer> },
    /// No, and: this was not me.
    Report { id: String, token: String, place: Place, reply: Reply<Answer> },
    /// How long is left.
    Time { id: String, place: Place, reply: Reply<String> },
    /// More time; the id may be empty.
    MoreTime { id: String, place: Place, reply: Reply<String> },
    /// Something about requests that are not told.
    Quiet(QuietAsk),
    /// Lines for a terminal that attends, after line `after`; the reply is kept until there is one.
    Attend { after: u64, reply: Reply<(u64, Vec<AttendLine>)> },
    /// A key was pressed there after line `after` was printed.
    Attended { after: u64, reply: Reply<()> },
    /// The last thing again. While the screen is locked, [`Place::Nowhere`] means: short, without
    /// the text of a request, spoken and returned alike.
    Repeat { place: Place, reply: Reply<String> },
    /// Stop speaking.
    Hush { reply: Reply<()> },
    /// One line on a channel: did it take it whole?
    TryChannel { channel: Channel, reply: Reply<bool> },
    /// The voices that can be chosen.
    Voices { reply: Reply<Vec<String>> },
    /// The preferences.
    Preferences { reply: Reply<Preferences> },
    /// New preferences.
    Prefer { preferences: Preferences, reply: Reply<()> },
    /// Something about settings and computers.
    Change(ChangeAsk),
    /// Something about accounts.
    Account(AccountAsk),
    /// The accounts that have a request which a code may be for.
    CodeAccounts { place: Place, reply: Reply<Vec<Choice>> },
    /// How the daemon is.
    Status { reply: Reply<Status> },
    /// The last `count` entries of the history.
    History { count: u32, reply: Reply<Vec<HistoryLine>> },
    /// Is the history whole?
    VerifyHistory { reply: Reply<Verified> },
    /// This client's connection has ended; nothing more comes from it.
    Gone,
}

/// What ties a request to its login page, as it came in.
#[derive(Debug)]
#[expect(missing_docs, reason = "the arguments are those of the contract's methods")]
pub enum Given {
    /// A login page's code; the account may be empty.
    Code { code: String, account: String },
    /// The `sayso:` address of a page's button.
    Button { address: String },
    /// The `sayso:` address of a QR code.
    Picture { address: String },
    /// The person takes a request; the id may be empty.
    Taken { id: String },
}

/// What the session bus may know at any time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Board {
    /// How many requests wait.
    pub waiting: u32,
    /// How many of the accounts are connected.
    pub connected: u32,
}

/// What the session bus is told as it happens: request ids, nothing else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PublicEvent {
    /// A request came.
    Added(String),
    /// A request's state changed.
    Changed(String),
    /// A request ended.
    Ended(String),
}

/// Why a door cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum DoorError {
    /// There is no runtime folder.
    #[error("no runtime folder at {path}")]
    NoRuntimeFolder {
        /// Where it should be.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The socket or its folder cannot be made, or is not ours.
    #[error("cannot open the socket {path}")]
    Socket {
        /// Where it should be.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// Another daemon of this user is running.
    #[error("another saysod is running")]
    AlreadyRunning,
    /// The session bus failed.
    #[error("the session bus failed")]
    Bus(#[from] zbus::Error),
}

impl DoorError {
    /// What happened and what to do, for the person.
    #[must_use]
    pub fn sentences(&self, words: &Words) -> String {
        match self {
            Self::NoRuntimeFolder { path, .. } => {
                say!(words, "error-runtime-folder", path = path.display().to_string().as_str())
            }
            Self::Socket { path, .. } => {
                say!(words, "error-socket", path = path.display().to_string().as_str())
            }
            Self::AlreadyRunning => say!(words, "error-already-running"),
            Self::Bus(_) => say!(words, "error-no-bus"),
        }
    }
}
