//! Exit statuses, and why a command failed: always two finished sentences.

use std::fmt;
use std::process::ExitCode;

use sayso_protocol::bus;
use sayso_words::{Words, say};

/// What a command's end means to the shell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// Done, or approved.
    Done,
    /// Denied; for `history --verify`: the history is not whole; for `doctor`: something is wrong.
    Denied,
    /// Wrong use, or no answer was given.
    WrongUse,
    /// The daemon is not there.
    NotThere,
    /// Refused by the broker, or it cannot be reached.
    Refused,
    /// Expired, or ended by somebody else.
    Expired,
    /// Stopped by a signal.
    Interrupted,
}

impl Status {
    /// The number that the shell sees.
    #[must_use]
    pub fn number(self) -> u8 {
        match self {
            Status::Done => 0,
            Status::Denied => 1,
            Status::WrongUse => 2,
            Status::NotThere => 3,
            Status::Refused => 4,
            Status::Expired => 5,
            Status::Interrupted => 130,
        }
    }

    /// The status for how a request stands after an answer.
    #[must_use]
    pub fn of_result(result: bus::Result) -> Status {
        match result {
            bus::Result::Approved
            | bus::Result::NotFetched
            | bus::Result::Unfinished
            | bus::Result::Readout => Status::Done,
            bus::Result::Denied => Status::Denied,
            bus::Result::Kept => Status::Refused,
            bus::Result::Ended | bus::Result::Expired => Status::Expired,
        }
    }
}

impl From<Status> for ExitCode {
    fn from(status: Status) -> ExitCode {
        ExitCode::from(status.number())
    }
}

/// The name of an address that was not looked at.
const TOO_SOON: &str = "too-soon";
/// The account's keys are not at hand.
pub const NO_KEYS: &str = "no-keys";

/// The name of a look at the screens that saw no code which can be used.
pub const NO_CODE: &str = "no-code";

/// The name of a question about a request that is not there.
pub const NO_REQUEST: &str = "no-request";

/// Why a command failed.
pub struct Failure {
    /// Its exit status.
    pub status: Status,
    /// Its name in JSON, stable.
    pub name: &'static str,
    text: Text,
}

/// Whose sentences they are.
enum Text {
    /// The daemon's: finished.
    Daemon(String),
    /// Ours, said once the language is known.
    Own(Box<dyn Fn(&Words) -> String>),
}

impl Failure {
    /// A failure with sentences of our own.
    pub fn own(
        status: Status,
        name: &'static str,
        say: impl Fn(&Words) -> String + 'static,
    ) -> Failure {
        Failure { status, name, text: Text::Own(Box::new(say)) }
    }

    /// The daemon is not there.
    #[must_use]
    pub fn not_there() -> Failure {
        Failure::own(Status::NotThere, "not-there", |words| say!(words, "error-daemon-not-there"))
    }

    /// The daemon is there and does not answer.
    #[must_use]
    pub fn silent() -> Failure {
        Failure::own(Status::NotThere, "silent", |words| say!(words, "error-daemon-silent"))
    }

    /// The daemon does not let this caller in, and says why.
    #[must_use]
    pub fn turned_away(text: String) -> Failure {
        Failure::daemon(Status::Refused, "turned-away", text)
    }

    /// Whether no dialog opens for it: any page can open fifty addresses.
    #[must_use]
    pub fn is_quiet(&self) -> bool {
        self.name == TOO_SOON
    }

    /// The two sentences.
    #[must_use]
    pub fn sentences(&self, words: &Words) -> String {
        match &self.text {
            Text::Daemon(text) => text.clone(),
            Text::Own(say) => say(words),
        }
    }

    fn daemon(status: Status, name: &'static str, text: String) -> Failure {
        Failure { status, name, text: Text::Daemon(text) }
    }
}

impl fmt::Debug for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Failure")
            .field("status", &self.status)
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}

impl From<bus::Error> for Failure {
    fn from(error: bus::Error) -> Failure {
        match error {
            bus::Error::ZBus(cause) => of_the_door(&cause),
            bus::Error::Locked(text) => Failure::daemon(Status::Refused, "locked", text),
            bus::Error::Offline(text) => Failure::daemon(Status::Refused, "offline", text),
            bus::Error::Refused(text) => Failure::daemon(Status::Refused, "refused", text),
            bus::Error::WrongCode(text) => Failure::daemon(Status::Refused, "wrong-code", text),
            bus::Error::Blocked(text) => Failure::daemon(Status::Refused, "blocked", text),
            bus::Error::NotACode(text) => Failure::daemon(Status::WrongUse, "not-a-code", text),
            bus::Error::NotAnAddress(text) => {
                Failure::daemon(Status::WrongUse, "not-an-address", text)
            }
            bus::Error::TooSoon(text) => Failure::daemon(Status::WrongUse, TOO_SOON, text),
            bus::Error::Unseen(text) => Failure::daemon(Status::Refused, "unseen", text),
            bus::Error::NoCode(text) => Failure::daemon(Status::WrongUse, NO_CODE, text),
            bus::Error::Loud(text) => Failure::daemon(Status::WrongUse, "loud", text),
            bus::Error::NoRequest(text) => Failure::daemon(Status::WrongUse, NO_REQUEST, text),
            bus::Error::Ambiguous(text) => Failure::daemon(Status::WrongUse, "ambiguous", text),
            bus::Error::NoQuestion(text) => Failure::daemon(Status::WrongUse, "no-question", text),
            bus::Error::NotAnnounced(text) => {
                Failure::daemon(Status::WrongUse, "not-announced", text)
            }
            bus::Error::Ended(text) => Failure::daemon(Status::Expired, "ended", text),
            bus::Error::Expired(text) => Failure::daemon(Status::Expired, "expired", text),
            bus::Error::NotRegistered(text) => {
                Failure::daemon(Status::WrongUse, "not-registered", text)
            }
            bus::Error::NoKeys(text) => Failure::daemon(Status::Refused, NO_KEYS, text),
            bus::Error::Invalid(text) => Failure::daemon(Status::WrongUse, "invalid", text),
            bus::Error::Store(text) => Failure::daemon(Status::Refused, "store", text),
        }
    }
}

/// The door closed, or something went wrong in the daemon behind it.
#[allow(clippy::wildcard_enum_match_arm, reason = "zbus's enum: all other errors are the door's")]
fn of_the_door(cause: &zbus::Error) -> Failure {
    match cause {
        zbus::Error::MethodError(..) => {
            Failure::own(Status::Refused, "inside", |words| say!(words, "error-inside"))
        }
        _ => Failure::silent(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sayso_words::Language;

    #[test]
    fn only_an_approval_that_the_broker_has_is_zero() {
        let numbers: Vec<u8> = [
            bus::Result::Approved,
            bus::Result::NotFetched,
            bus::Result::Denied,
            bus::Result::Kept,
            bus::Result::Ended,
            bus::Result::Expired,
        ]
        .map(|result| Status::of_result(result).number())
        .to_vec();
        assert_eq!(numbers, [0, 0, 1, 4, 5, 5]);
    }

    #[test]
    fn the_daemons_sentences_are_handed_on_as_they_are() {
        let failure = Failure::from(bus::Error::Offline("No connection. Try again.".to_owned()));
        assert_eq!(failure.status, Status::Refused);
        let danish = Words::new(Language::Danish);
        assert_eq!(failure.sentences(&danish), "No connection. Try again.");
    }

    #[test]
    fn a_door_that_closes_is_a_daemon_that_is_not_there() {
        let failure = Failure::from(bus::Error::ZBus(zbus::Error::InvalidReply));
        assert_eq!(failure.status.number(), 3);
        let sentences = failure.sentences(&Words::new(Language::English));
        assert!(sentences.starts_with("Sayso does not answer. "), "{sentences}");
    }
}
