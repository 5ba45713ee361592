//! Requests and answers.

use std::fmt;

use serde::{Deserialize, Serialize};
use zbus::zvariant::Type;

use super::{Error, Place};
use crate::binding::Method;

/// How far a waiting request is, for this computer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[zvariant(signature = "s")]
#[serde(rename_all = "kebab-case")]
pub enum Stage {
    /// It waits to be tied to its login page.
    Notice,
    /// This computer bound it: its question is open or due.
    Question,
    /// Another computer bound it.
    Elsewhere,
    /// It is approved here; its login page has yet to confirm that.
    Unconfirmed,
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

/// A request to practise on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct Practice {
    /// The request's id.
    pub id: String,
    /// The address of its login page.
    pub page: String,
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
    /// A request waits for the code that its login page shows: [`RequestsProxy::enter`].
    Code,
    /// A request waits for its login page's button or QR code.
    Page,
    /// Requests wait to be taken by the person: [`RequestsProxy::take`].
    Take,
    /// A question is open: [`RequestsProxy::question`].
    Question,
    /// A login page waits for the digits of an approval: [`RequestsProxy::readout`].
    Readout,
    /// Changes can be confirmed: [`super::ChangesProxy::confirm`].
    Change,
}

/// One of several requests, changes or accounts that could be meant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct Choice {
    /// The request's id, the change's, or the account as NAME@HOST.
    pub id: String,
    /// Who asks for what, and from where if that is a risk.
    pub sentence: String,
}

/// What `sayso` without a word does next.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct Next {
    /// What to do.
    pub step: Step,
    /// What waits, as a sentence.
    pub sentence: String,
    /// Which requests can be taken, or which changes confirmed; empty for every other step.
    pub choices: Vec<Choice>,
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
    /// Approved here; the browser that shows the login page has not finished it yet.
    Unfinished,
    /// Approved here; its digits are wanted on the login page: [`RequestsProxy::readout`].
    Readout,
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

/// The digits that a login page waits for. `Debug` redacts.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct Readout {
    /// The request's id.
    pub id: String,
    /// The six digits; empty for a caller who is nowhere, to whom they are said.
    pub code: String,
    /// What to do with them, as a sentence, digit by digit.
    pub sentence: String,
    /// The running deadline, in seconds since 1970, by this computer's clock.
    pub expires_at: i64,
}

impl fmt::Debug for Readout {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Readout").field("id", &self.id).finish_non_exhaustive()
    }
}

/// How digits may be said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
#[zvariant(signature = "s")]
#[serde(rename_all = "kebab-case")]
pub enum Aloud {
    /// Where the setting `speak_codes` lets them be said.
    AsSet,
    /// Here, whoever hears them: the person has just said so.
    Here,
}

/// A QR code that was read and can be used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct Found {
    /// What [`RequestsProxy::scanned`] takes.
    pub address: String,
    /// Who asks for what.
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
    /// Opens a `sayso:` address that a page's button handed over. Answers with the question.
    fn open(&self, address: &str, place: Place) -> std::result::Result<Question, Error>;
    /// Gives the address of a QR code that was read on this computer. Answers with the question.
    fn scanned(&self, address: &str, place: Place) -> std::result::Result<Question, Error>;
    /// Looks at all screens, once, and answers with the QR codes that can be used. The desktop may
    /// ask for permission; a minute is waited for that.
    fn look(&self, place: Place) -> std::result::Result<Vec<Found>, Error>;
    /// Which of the texts of QR codes that were read elsewhere can be used.
    fn sort(&self, texts: &[&str], place: Place) -> std::result::Result<Vec<Found>, Error>;
    /// Takes the request `id`, or the only one that can be taken, whose digits are read out after
    /// its approval. Answers with the question.
    fn take(&self, id: &str, place: Place) -> std::result::Result<Question, Error>;
    /// The digits of the approval `id`, or of the newest one that waits for them. To a caller who is
    /// nowhere they are said, as the setting lets them.
    fn readout(&self, id: &str, place: Place) -> std::result::Result<Readout, Error>;
    /// Says these digits. [`Error::Loud`] is the question to ask first.
    fn say_readout(&self, id: &str, aloud: Aloud, place: Place) -> std::result::Result<(), Error>;
    /// How the request `id` ended that was answered here, once it has. The sentence is empty where
    /// the person was told it.
    fn how_it_ended(&self, id: &str) -> std::result::Result<Answer, Error>;
    /// The accounts that have a request which a code may be for, and what waits there: a code goes
    /// to one broker only, so where there are several the person says which.
    fn code_accounts(&self, place: Place) -> std::result::Result<Vec<Choice>, Error>;
    /// Has a request made to practise this way on, by which nothing happens; `account` may be
    /// empty where there is one. Answers with it and its login page.
    fn practise(
        &self,
        account: &str,
        method: Method,
        place: Place,
    ) -> std::result::Result<Practice, Error>;
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
    /// Asks the broker for more time, for the open question or the request `id`. Answers with how
    /// long is left then, as a sentence.
    fn more_time(&self, id: &str, place: Place) -> std::result::Result<String, Error>;
    /// The person goes away for so many seconds: until then, no request is told. Answers with a
    /// sentence.
    fn away(&self, seconds: u64, place: Place) -> std::result::Result<String, Error>;
    /// The person wants to be told of requests again. Answers with a sentence.
    fn back(&self, place: Place) -> std::result::Result<String, Error>;
    /// Why no request comes or is told now, until when, and how to end it: a sentence for each
    /// reason.
    fn quiet(&self) -> std::result::Result<Vec<String>, Error>;
    /// Lines for a terminal that attends, after line `after`; waits until there is one. Answers
    /// with the number of the last one.
    fn attend(&self, after: u64) -> std::result::Result<(u64, Vec<AttendLine>), Error>;
    /// A key was pressed at the attending terminal after line `after` was printed.
    fn attended(&self, after: u64) -> std::result::Result<(), Error>;
}
