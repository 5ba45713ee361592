//! `org.sayso.Approver1.Requests`, behind the private socket.

use std::time::Duration;

use sayso_protocol::binding::Method;
use sayso_protocol::bus::{
    Aloud, Answer, AttendLine, Choice, Error, Found, Next, Place, Practice, Question, Readout,
    RequestLine,
};

use super::desk::PrivateDesk;
use super::{Ask, Given, Reply};

/// One method about requests that are not told.
#[derive(Debug)]
#[expect(missing_docs, reason = "the arguments are those of the contract's methods")]
pub enum QuietAsk {
    /// None is told for so long.
    Away { time: Duration, place: Place, reply: Reply<String> },
    /// They are told again.
    Back { place: Place, reply: Reply<String> },
    /// Why none comes or is told.
    Why { reply: Reply<Vec<String>> },
}

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
        let given = Given::Code { code, account };
        self.0.ask(|reply| Ask::Bind { given, place, reply }).await
    }

    /// Opens a `sayso:` address that a page's button handed over. Answers with the question.
    async fn open(&self, address: String, place: Place) -> Result<Question, Error> {
        let given = Given::Button { address };
        self.0.ask(|reply| Ask::Bind { given, place, reply }).await
    }

    /// Gives the address of a QR code that was read on this computer. Answers with the question.
    async fn scanned(&self, address: String, place: Place) -> Result<Question, Error> {
        let given = Given::Picture { address };
        self.0.ask(|reply| Ask::Bind { given, place, reply }).await
    }

    /// Looks at all screens, once, and answers with the QR codes that can be used. The desktop may
    /// ask for permission; a minute is waited for that.
    async fn look(&self, place: Place) -> Result<Vec<Found>, Error> {
        self.0.ask_and_wait(|reply| Ask::Look { place, reply }).await
    }

    /// Which of the texts of QR codes that were read elsewhere can be used.
    async fn sort(&self, texts: Vec<String>, place: Place) -> Result<Vec<Found>, Error> {
        self.0.ask(|reply| Ask::Sort { texts, place, reply }).await
    }

    /// Takes the request `id`, or the only one that can be taken, whose digits are read out after
    /// its approval. Answers with the question.
    async fn take(&self, id: String, place: Place) -> Result<Question, Error> {
        let given = Given::Taken { id };
        self.0.ask(|reply| Ask::Bind { given, place, reply }).await
    }

    /// The digits of the approval `id`, or of the newest one that waits for them. To a caller who is
    /// nowhere they are said, as the setting lets them.
    async fn readout(&self, id: String, place: Place) -> Result<Readout, Error> {
        self.0.ask(|reply| Ask::Readout { id, place, reply }).await
    }

    /// Says these digits.
    async fn say_readout(&self, id: String, aloud: Aloud, place: Place) -> Result<(), Error> {
        self.0.ask(|reply| Ask::SayReadout { id, aloud, place, reply }).await
    }

    /// How the request `id` ended that was answered here, once it has. The sentence is empty where
    /// the person was told it.
    async fn how_it_ended(&self, id: String) -> Result<Answer, Error> {
        self.0.ask(|reply| Ask::HowItEnded { id, reply }).await
    }

    /// The accounts that have a request which a code may be for: where there are several, the
    /// person says which.
    async fn code_accounts(&self, place: Place) -> Result<Vec<Choice>, Error> {
        self.0.ask(|reply| Ask::CodeAccounts { place, reply }).await
    }

    /// Has a request made to practise this way on, by which nothing happens. Answers with it and
    /// its login page.
    async fn practise(
        &self,
        account: String,
        method: Method,
        place: Place,
    ) -> Result<Practice, Error> {
        self.0.ask(|reply| Ask::Practise { account, method, place, reply }).await
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

    /// Asks the broker for more time. Answers with how long is left then, as a sentence.
    async fn more_time(&self, id: String, place: Place) -> Result<String, Error> {
        self.0.ask(|reply| Ask::MoreTime { id, place, reply }).await
    }

    /// The person goes away for so many seconds: until then, no request is told.
    async fn away(&self, seconds: u64, place: Place) -> Result<String, Error> {
        let time = Duration::from_secs(seconds);
        self.0.ask(|reply| Ask::Quiet(QuietAsk::Away { time, place, reply })).await
    }

    /// The person wants to be told of requests again.
    async fn back(&self, place: Place) -> Result<String, Error> {
        self.0.ask(|reply| Ask::Quiet(QuietAsk::Back { place, reply })).await
    }

    /// Why no request comes or is told now, until when, and how to end it.
    async fn quiet(&self) -> Result<Vec<String>, Error> {
        self.0.ask(|reply| Ask::Quiet(QuietAsk::Why { reply })).await
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
