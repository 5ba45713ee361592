//! Results: what became of a request.

use sayso_protocol::decision::Verdict;
use sayso_protocol::life::{Reason, Standing};
use sayso_protocol::request::ActionKind;
use sayso_words::Arg;

use super::{Told, Wording};

impl Wording<'_> {
    /// Approved, and the service has fetched it.
    #[must_use]
    pub fn approved(&self) -> Told {
        match self.request.action.kind {
            ActionKind::Login => self.of_service("approved-login", "line-approved-login"),
            ActionKind::Payment => {
                let (amount, short) = (self.amount(), self.amount_short());
                let payee = ("payee", self.payee().into());
                self.told(
                    ("approved-payment", &[("amount", amount.as_str().into()), payee.clone()]),
                    ("line-approved-payment", &[("amount", short.as_str().into()), payee]),
                )
            }
            ActionKind::Practice => {
                self.told(("approved-practice", &[]), ("line-approved-practice", &[]))
            }
            ActionKind::Other => self.of_service("approved-other", "line-approved-other"),
        }
    }

    /// Approved; the service has not fetched it yet.
    #[must_use]
    pub fn not_fetched(&self) -> Told {
        self.of_service("approved-not-fetched", "line-approved-not-fetched")
    }

    /// Approved, and over before the service fetched it.
    #[must_use]
    pub fn never_fetched(&self) -> Told {
        self.of_service("approved-end", "line-approved-not-fetched")
    }

    /// The answer came after another one.
    #[must_use]
    pub fn too_late_answered(&self) -> Told {
        self.of_service("too-late-answered", "line-too-late")
    }

    /// Fetched, after "not fetched yet" had been said.
    #[must_use]
    pub fn fetched_now(&self) -> Told {
        self.of_service("done-fetched", "line-done-fetched")
    }

    /// Approved here; the browser that shows the login page is to finish it.
    #[must_use]
    pub fn unfinished(&self) -> Told {
        self.of_service("approved-unfinished", "line-approved-unfinished")
    }

    /// Denied, or denied and reported; a report may come after the approval.
    #[must_use]
    pub fn denied(&self, verdict: Verdict, standing: Option<Standing>) -> Told {
        if standing == Some(Standing::Approved) {
            return self.of_service("reported-late", "line-reported-late");
        }
        let reported = verdict == Verdict::Report;
        let (sentence, line) = match (self.request.action.kind, reported) {
            (ActionKind::Login, false) => ("denied-login", "line-denied-login"),
            (ActionKind::Payment, false) => ("denied-payment", "line-denied-payment"),
            (ActionKind::Other, false) => ("denied-other", "line-denied-other"),
            // Of a practice nobody is told.
            (ActionKind::Practice, _) => ("denied-practice", "line-denied-practice"),
            (ActionKind::Login, true) => ("reported-login", "line-reported-login"),
            (ActionKind::Payment, true) => ("reported-payment", "line-reported-payment"),
            (ActionKind::Other, true) => ("reported-other", "line-reported-other"),
        };
        self.of_service(sentence, line)
    }

    /// The answer came too late.
    #[must_use]
    pub fn too_late(&self) -> Told {
        if self.is_practice() {
            return self.of_service("too-late-practice", "line-too-late-practice");
        }
        self.of_service("too-late", "line-too-late")
    }

    /// Somebody called it off.
    #[must_use]
    pub fn cancelled(&self, reason: Option<Reason>) -> Told {
        if self.is_practice() {
            return self.of_service("cancelled-practice", "line-cancelled-practice");
        }
        let reason = match reason {
            Some(Reason::Service) => "service",
            Some(Reason::Page) => "page",
            Some(Reason::Replaced) => "replaced",
            Some(Reason::ReadoutFailed) => "readout_failed",
            Some(Reason::OtherBrowser) => "other_browser",
            Some(Reason::ApproverRemoved) => "approver_removed",
            None => "other",
        };
        let args = [("reason", reason.into()), ("service", self.service().into())];
        self.told(("cancelled", &args), ("line-cancelled", &args))
    }

    fn is_practice(&self) -> bool {
        self.request.action.kind == ActionKind::Practice
    }

    fn of_service(&self, sentence: &str, line: &str) -> Told {
        let args = [("service", self.service().into())];
        self.told((sentence, &args), (line, &args))
    }

    /// A sentence and its line, both after their broker's name where that must be said.
    fn told(&self, sentence: Message<'_>, line: Message<'_>) -> Told {
        let said = self.words.say(sentence.0, sentence.1);
        Told { sentence: self.at_broker(said), line: self.line(line.0, line.1) }
    }
}

/// A message's name, and what is in it.
type Message<'a> = (&'a str, &'a [(&'a str, Arg<'a>)]);
