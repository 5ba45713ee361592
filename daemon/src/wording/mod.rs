//! One request in words: the notice's head and tail, the question, the results, and the line of 40
//! cells for each. Pure: a request, a language and the time left go in, sentences come out.

mod brokers;
mod notice;
mod results;

use std::time::Duration;

use sayso_protocol::binding::Method;
use sayso_protocol::bus::Preferences;
use sayso_protocol::decision::Heard;
use sayso_protocol::request::{Action, ActionKind, Amount, Request};
use sayso_words::{Arg, Choice, Language, Words, say};

pub use brokers::{BrokerName, BrokerNames, Called};
pub(crate) use brokers::{host, named};

/// A sentence for the ear, and the same in 40 cells for braille and notifications.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// Spoken, printed.
    pub sentence: String,
    /// Shown.
    pub line: String,
}

impl Told {
    /// A sentence that is shown as it is spoken.
    #[must_use]
    pub fn plain(sentence: String) -> Self {
        Self { line: sentence.clone(), sentence }
    }
}

/// The language of the preferences, or else the person's.
#[must_use]
pub fn words_of(preferences: &Preferences) -> Words {
    Words::new(choice_of(preferences).language())
}

/// The language that a person gets: the one they chose, else by the list of their session.
#[must_use]
pub fn choice_of(preferences: &Preferences) -> Choice {
    Language::of_tag(&preferences.language).map_or_else(Choice::of_person, Choice::Theirs)
}

/// The sentences of one request in one language.
pub struct Wording<'a> {
    words: &'a Words,
    request: &'a Request,
    /// What its broker is called, where that must be said; else empty.
    broker: &'a str,
}

impl<'a> Wording<'a> {
    /// Of `request`, in the language of `words`.
    #[must_use]
    pub fn new(words: &'a Words, request: &'a Request) -> Self {
        Self { words, request, broker: "" }
    }

    /// The same with its broker's name, which comes first; an empty one is not said.
    #[must_use]
    pub fn at(self, broker: &'a str) -> Self {
        Self { broker, ..self }
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
            (ActionKind::Practice, _) => say!(words, "question-practice"),
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
        self.heard(self.at_broker(text))
    }

    /// The question in 40 cells.
    #[must_use]
    pub fn question_line(&self) -> String {
        let (service, account) = (self.service(), self.account());
        match self.request.action.kind {
            ActionKind::Login => self.line(
                "line-question-login",
                &[("service", service.into()), ("account", account.into())],
            ),
            ActionKind::Payment => {
                let (amount, payee) = (self.amount_short(), self.payee());
                self.line(
                    "line-question-payment",
                    &[("amount", amount.as_str().into()), ("payee", payee.into())],
                )
            }
            ActionKind::Practice => self.line("line-question-practice", &[]),
            ActionKind::Other => self.line(
                "line-question-other",
                &[("service", service.into()), ("account", account.into())],
            ),
        }
    }

    /// Who asks for what, for a person who chooses among several.
    #[must_use]
    pub fn choice(&self) -> String {
        let what = self.action();
        self.at_broker(say!(
            self.words,
            "choice",
            risk = self.risk(),
            place = self.place(),
            service = self.service(),
            what = what.as_str(),
            account = self.account()
        ))
    }

    /// How the login page is tied to the answer, as sentences name it.
    #[must_use]
    pub fn way(&self) -> &'static str {
        let offers = |method| self.request.bindings.contains(&method);
        match (offers(Method::Code), offers(Method::Qr), offers(Method::Link)) {
            (true, _, _) => "code",
            (false, true, true) => "page",
            (false, true, false) => "scan",
            (false, false, _) if offers(Method::Readout) => "readout",
            (false, false, _) => "button",
        }
    }

    /// What is asked, inside another sentence: "log in".
    #[must_use]
    pub fn action(&self) -> String {
        action(self.words, &self.request.action)
    }

    /// How long is left.
    #[must_use]
    pub fn time_left(&self, left: Duration) -> Told {
        let (service, words) = (self.service(), self.words);
        let (long, short) = (words.time_left(left), words.time_left_short(left));
        Told {
            sentence: self.at_broker(say!(
                words,
                "time-left-for",
                left = long.as_str(),
                service = service
            )),
            line: self.line(
                "line-time-left",
                &[("left", short.as_str().into()), ("service", service.into())],
            ),
        }
    }

    /// How long is left, after more was given.
    #[must_use]
    pub fn more_time(&self, left: Duration) -> Told {
        let (service, long) = (self.service(), self.words.time_left(left));
        let sentence = say!(self.words, "time-more", left = long.as_str(), service = service);
        Told { sentence: self.at_broker(sentence), ..self.time_left(left) }
    }

    /// How long is left, where no more can be given.
    #[must_use]
    pub fn no_more_time(&self, left: Duration) -> Told {
        let (service, long) = (self.service(), self.words.time_left(left));
        let sentence = say!(self.words, "time-last", left = long.as_str(), service = service);
        Told { sentence: self.at_broker(sentence), ..self.time_left(left) }
    }

    /// A sentence after its broker's name.
    #[must_use]
    pub fn at_broker(&self, sentence: String) -> String {
        if self.broker.is_empty() {
            return sentence;
        }
        say!(self.words, "at-broker", broker = self.broker, sentence = sentence.as_str())
    }

    /// A line of 40 cells, its broker's name among them.
    fn line(&self, id: &str, args: &[(&str, Arg<'_>)]) -> String {
        if self.broker.is_empty() {
            return self.words.line(id, args);
        }
        self.words.line_at(self.broker, id, args)
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
}

/// What is asked, inside another sentence: "log in".
pub(crate) fn action(words: &Words, action: &Action) -> String {
    match action.kind {
        ActionKind::Login => say!(words, "action-login"),
        ActionKind::Payment => {
            let amount = amount(words, action);
            say!(words, "action-payment", amount = amount.as_str())
        }
        ActionKind::Practice => say!(words, "action-practice"),
        ActionKind::Other => say!(words, "action-other", summary = action.summary.as_str()),
    }
}

fn amount(words: &Words, action: &Action) -> String {
    action
        .amount
        .as_ref()
        .map_or_else(String::new, |amount| words.amount(amount.minor, amount.currency.as_str()))
}
