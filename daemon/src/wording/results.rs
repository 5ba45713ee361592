//! Results: what became of a request.

use sayso_protocol::decision::Verdict;
use sayso_protocol::life::{Reason, Standing};
use sayso_protocol::request::ActionKind;
use sayso_words::say;

use super::{Told, Wording};

impl Wording<'_> {
    /// Approved, and the service has fetched it.
    #[must_use]
    pub fn approved(&self) -> Told {
        let (service, payee, words) = (self.service(), self.payee(), self.words);
        match self.request.action.kind {
            ActionKind::Login => Told {
                sentence: say!(words, "approved-login", service = service),
                line: words.line("line-approved-login", &[("service", service.into())]),
            },
            ActionKind::Payment => {
                let (amount, short) = (self.amount(), self.amount_short());
                Told {
                    sentence: say!(
                        words,
                        "approved-payment",
                        amount = amount.as_str(),
                        payee = payee
                    ),
                    line: words.line(
                        "line-approved-payment",
                        &[("amount", short.as_str().into()), ("payee", payee.into())],
                    ),
                }
            }
            ActionKind::Practice => Told {
                sentence: say!(words, "approved-practice"),
                line: say!(words, "line-approved-practice"),
            },
            ActionKind::Other => Told {
                sentence: say!(words, "approved-other", service = service),
                line: words.line("line-approved-other", &[("service", service.into())]),
            },
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
        let (service, words) = (self.service(), self.words);
        let reason = match reason {
            Some(Reason::Service) => "service",
            Some(Reason::Page) => "page",
            Some(Reason::Replaced) => "replaced",
            Some(Reason::ReadoutFailed) => "readout_failed",
            Some(Reason::OtherBrowser) => "other_browser",
            Some(Reason::ApproverRemoved) => "approver_removed",
            None => "other",
        };
        Told {
            sentence: say!(words, "cancelled", reason = reason, service = service),
            line: words
                .line("line-cancelled", &[("reason", reason.into()), ("service", service.into())]),
        }
    }

    fn is_practice(&self) -> bool {
        self.request.action.kind == ActionKind::Practice
    }

    fn of_service(&self, sentence: &str, line: &str) -> Told {
        let args = [("service", self.service().into())];
        Told { sentence: self.words.say(sentence, &args), line: self.words.say(line, &args) }
    }
}
