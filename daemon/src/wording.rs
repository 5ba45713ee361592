//! One request in words: the notice's head and tail, the question, the results, and the line of 40
//! cells for each. Pure: a request, a language and the time left go in, sentences come out.

use std::time::Duration;

use sayso_protocol::bus::Preferences;
use sayso_protocol::decision::{Heard, Verdict};
use sayso_protocol::life::Reason;
use sayso_protocol::request::{Action, ActionKind, Amount, Near, Request};
use sayso_words::{Language, Words, say};

/// A sentence for the ear, and the same in 40 cells for braille and notifications.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// Spoken, printed.
    pub sentence: String,
    /// Shown.
    pub line: String,
}

/// The language of the preferences, or else the person's.
#[must_use]
pub fn words_of(preferences: &Preferences) -> Words {
    Words::new(Language::of_tag(&preferences.language).unwrap_or_else(Language::of_person))
}

/// The sentences of one request in one language.
pub struct Wording<'a> {
    words: &'a Words,
    request: &'a Request,
}

impl<'a> Wording<'a> {
    /// Of `request`, in the language of `words`.
    #[must_use]
    pub fn new(words: &'a Words, request: &'a Request) -> Self {
        Self { words, request }
    }

    /// The part of a notice that must be heard: a risk, who, what, amount.
    #[must_use]
    pub fn head(&self) -> String {
        let (service, place, risk) =
            (self.service().into(), self.place().into(), self.risk().into());
        let words = self.words;
        match self.request.action.kind {
            ActionKind::Login => words
                .head("notice-login", &[("service", service), ("risk", risk), ("place", place)]),
            ActionKind::Payment => {
                let amount = self.amount();
                let amount = amount.as_str().into();
                words.head(
                    "notice-payment",
                    &[("service", service), ("amount", amount), ("risk", risk), ("place", place)],
                )
            }
            ActionKind::Other => {
                let summary = self.request.action.summary.as_str().into();
                words.head(
                    "notice-other",
                    &[("service", service), ("summary", summary), ("risk", risk), ("place", place)],
                )
            }
        }
    }

    /// The rest: account, place, what to do, how long.
    #[must_use]
    pub fn tail(&self, left: Duration) -> String {
        let (account, near, place) = (self.account(), self.near(), self.place());
        let left = self.words.time_left(left);
        say!(
            self.words,
            "notice-tail",
            account = account,
            near = near,
            place = place,
            left = left.as_str()
        )
    }

    /// The notice whole, and its line.
    #[must_use]
    pub fn notice(&self, left: Duration) -> Told {
        Told { sentence: format!("{} {}", self.head(), self.tail(left)), line: self.notice_line() }
    }

    /// What stands below the notice's line in a notification.
    #[must_use]
    pub fn notice_tail_line(&self, left: Duration) -> String {
        let (account, near, place) = (self.account(), self.near(), self.place());
        let left = self.words.time_left_short(left);
        self.words.line(
            "line-tail",
            &[
                ("account", account.into()),
                ("near", near.into()),
                ("place", place.into()),
                ("left", left.as_str().into()),
            ],
        )
    }

    fn notice_line(&self) -> String {
        let (service, place, risk) = (self.service(), self.place(), self.risk());
        let words = self.words;
        match self.request.action.kind {
            ActionKind::Login => words.line(
                "line-login",
                &[("service", service.into()), ("risk", risk.into()), ("place", place.into())],
            ),
            ActionKind::Payment => {
                let amount = self.amount_short();
                words.line(
                    "line-payment",
                    &[
                        ("service", service.into()),
                        ("amount", amount.as_str().into()),
                        ("risk", risk.into()),
                        ("place", place.into()),
                    ],
                )
            }
            ActionKind::Other => words.line(
                "line-other",
                &[("service", service.into()), ("risk", risk.into()), ("place", place.into())],
            ),
        }
    }

    /// The question, as it is asked and signed.
    #[must_use]
    pub fn question(&self) -> Heard {
        let (service, account, words) = (self.service(), self.account(), self.words);
        let text = match (self.request.action.kind, &self.request.action.amount) {
            (ActionKind::Login, _) => {
                say!(words, "question-login", service = service, account = account)
            }
            (ActionKind::Payment, Some(Amount { minor, currency })) => {
                let digits = words.amount_digits(*minor, currency.as_str());
                let (amount, payee) = (self.amount(), self.payee());
                say!(
                    words,
                    "question-payment",
                    amount = amount.as_str(),
                    payee = payee,
                    digits = digits.as_str()
                )
            }
            (ActionKind::Payment, None) | (ActionKind::Other, _) => {
                let summary = self.request.action.summary.as_str();
                say!(
                    words,
                    "question-other",
                    service = service,
                    summary = summary,
                    account = account
                )
            }
        };
        self.heard(text)
    }

    /// The question in 40 cells.
    #[must_use]
    pub fn question_line(&self) -> String {
        let (service, account, words) = (self.service(), self.account(), self.words);
        match self.request.action.kind {
            ActionKind::Login => words.line(
                "line-question-login",
                &[("service", service.into()), ("account", account.into())],
            ),
            ActionKind::Payment => {
                let (amount, payee) = (self.amount_short(), self.payee());
                words.line(
                    "line-question-payment",
                    &[("amount", amount.as_str().into()), ("payee", payee.into())],
                )
            }
            ActionKind::Other => words.line(
                "line-question-other",
                &[("service", service.into()), ("account", account.into())],
            ),
        }
    }

    /// The notice as it is signed with a denial: its head, which was heard whole.
    #[must_use]
    pub fn notice_heard(&self) -> Heard {
        self.heard(self.head())
    }

    /// What is asked, inside another sentence: "log in".
    #[must_use]
    pub fn action(&self) -> String {
        action(self.words, &self.request.action)
    }

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

    /// Denied, or denied and reported.
    #[must_use]
    pub fn denied(&self, verdict: Verdict) -> Told {
        let reported = verdict == Verdict::Report;
        let (sentence, line) = match (self.request.action.kind, reported) {
            (ActionKind::Login, false) => ("denied-login", "line-denied-login"),
            (ActionKind::Payment, false) => ("denied-payment", "line-denied-payment"),
            (ActionKind::Other, false) => ("denied-other", "line-denied-other"),
            (ActionKind::Login, true) => ("reported-login", "line-reported-login"),
            (ActionKind::Payment, true) => ("reported-payment", "line-reported-payment"),
            (ActionKind::Other, true) => ("reported-other", "line-reported-other"),
        };
        self.of_service(sentence, line)
    }

    /// The answer came too late.
    #[must_use]
    pub fn too_late(&self) -> Told {
        self.of_service("too-late", "line-too-late")
    }

    /// Somebody called it off.
    #[must_use]
    pub fn cancelled(&self, reason: Option<Reason>) -> Told {
        let (service, words) = (self.service(), self.words);
        let reason = match reason {
            Some(Reason::Service) => "service",
            Some(Reason::Page) => "page",
            Some(Reason::ReadoutFailed) => "readout_failed",
            Some(Reason::OtherBrowser) => "other_browser",
            Some(Reason::ApproverRemoved) | None => "other",
        };
        Told {
            sentence: say!(words, "cancelled", reason = reason, service = service),
            line: words
                .line("line-cancelled", &[("reason", reason.into()), ("service", service.into())]),
        }
    }

    /// How long is left.
    #[must_use]
    pub fn time_left(&self, left: Duration) -> Told {
        let (service, words) = (self.service(), self.words);
        let (long, short) = (words.time_left(left), words.time_left_short(left));
        Told {
            sentence: say!(words, "time-left-for", left = long.as_str(), service = service),
            line: words.line(
                "line-time-left",
                &[("left", short.as_str().into()), ("service", service.into())],
            ),
        }
    }

    fn of_service(&self, sentence: &str, line: &str) -> Told {
        let args = [("service", self.service().into())];
        Told { sentence: self.words.say(sentence, &args), line: self.words.say(line, &args) }
    }

    fn heard(&self, text: String) -> Heard {
        Heard { lang: self.words.language().tag().to_owned(), text }
    }

    fn service(&self) -> &str {
        self.request.service.as_str()
    }

    fn account(&self) -> &str {
        self.request.account.as_str()
    }

    fn place(&self) -> &str {
        self.request.origin.place.as_str()
    }

    fn payee(&self) -> &str {
        self.request.action.payee.as_ref().map_or(self.service(), |payee| payee.as_str())
    }

    fn amount(&self) -> String {
        amount(self.words, &self.request.action)
    }

    fn amount_short(&self) -> String {
        self.request.action.amount.as_ref().map_or_else(String::new, |amount| {
            self.words.amount_short(amount.minor, amount.currency.as_str())
        })
    }

    /// Whether somebody else may be signing in.
    #[must_use]
    pub fn is_from_elsewhere(&self) -> bool {
        self.request.near == Near::Other
    }

    /// What is said first, if the login page is not here.
    fn risk(&self) -> &'static str {
        match self.request.near {
            Near::Other if self.place().is_empty() => "network",
            Near::Other => "place",
            Near::Same | Near::Unknown => "none",
        }
    }

    fn near(&self) -> &'static str {
        match self.request.near {
            Near::Same => "same",
            // A risk names the place, and comes first: it is not told twice.
            Near::Other => "unknown",
            Near::Unknown if self.place().is_empty() => "unknown",
            Near::Unknown => "place",
        }
    }
}

/// What is asked, inside another sentence: "log in".
pub(crate) fn action(words: &Words, action: &Action) -> String {
    match action.kind {
        ActionKind::Login => say!(words, "action-login"),
        ActionKind::Payment => {
            let amount = amount(words, action);
            say!(words, "action-payment", amount = amount.as_str())
        }
        ActionKind::Other => say!(words, "action-other", summary = action.summary.as_str()),
    }
}

fn amount(words: &Words, action: &Action) -> String {
    action
        .amount
        .as_ref()
        .map_or_else(String::new, |amount| words.amount(amount.minor, amount.currency.as_str()))
}
