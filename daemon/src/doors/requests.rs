//! `org.sayso.Approver1.Requests`, behind the private socket.

use sayso_protocol::binding::Method;
use sayso_protocol::bus::{
    Answer, AttendLine, Error, Next, Place, Practice, Question, RequestLine,
};

use super::Ask;
use super::desk::PrivateDesk;

/// The interface's one object.
pub(super) struct Requests(pub(super) PrivateDesk);

#[zbus::interface(name = "org.sayso.Approver1.Requests")]
impl Requests {
    /// What is waiting. Printing it at a terminal counts as the notice.
    async fn list(&self, place: Place) -> Result<Vec<RequestLine>, Error> {
        self.0.ask(|reply| Ask::List { place, reply }).await
    }

    /// What to do next.
    async fn next(&self, place: Place) -> Result<Next, Error> {
        self.0.ask(|reply| Ask::Next { place, reply }).await
    }

    /// Gives a login page's code; `account` may be empty. Answers with the question.
    async fn enter(&self, code: String, account: String, place: Place) -> Result<Question, Error> {
        self.0.ask(|reply| Ask::Enter { code, account, place, reply }).await
    }

    /// Has a request made to practise this way on, by which nothing happens. Answers with it and
    /// its login page.
    async fn practise(&self, method: Method, place: Place) -> Result<Practice, Error> {
        self.0.ask(|reply| Ask::Practise { method, place, reply }).await
    }

    /// The open question, or that of the request `id`.
    async fn question(&self, id: String, place: Place) -> Result<Question, Error> {
        self.0.ask(|reply| Ask::Question { id, place, reply }).await
    }

    /// Yes to the open question, or that of `id`. `token` is the question's, or empty where it
    /// was spoken.
    async fn approve(&self, id: String, token: String, place: Place) -> Result<Answer, Error> {
        self.0.ask(|reply| Ask::Approve { id, token, place, reply }).await
    }

    /// No.
    async fn deny(&self, id: String, token: String, place: Place) -> Result<Answer, Error> {
        self.0.ask(|reply| Ask::Deny { id, token, place, reply }).await
    }

    /// No, and: this was not me.
    async fn report(&self, id: String, token: String, place: Place) -> Result<Answer, Error> {
        self.0.ask(|reply| Ask::Report { id, token, place, reply }).await
    }

    /// How long is left, as a sentence.
    async fn time(&self, id: String, place: Place) -> Result<String, Error> {
        self.0.ask(|reply| Ask::Time { id, place, reply }).await
    }

    /// Lines for a terminal that attends, after line `after`; waits until there is one. Answers
    /// with the number of the last one.
    #[zbus(out_args("last", "lines"))]
    async fn attend(&self, after: u64) -> Result<(u64, Vec<AttendLine>), Error> {
        self.0.ask_and_wait(|reply| Ask::Attend { after, reply }).await
    }

    /// A key was pressed at the attending terminal after line `after` was printed.
    async fn attended(&self, after: u64) -> Result<(), Error> {
        self.0.ask(|reply| Ask::Attended { after, reply }).await
    }
}
