//! The notice: the head that must be heard, the tail that may be cut, and its line of 40 cells.

use std::time::Duration;

use sayso_protocol::decision::Heard;
use sayso_protocol::request::{ActionKind, Near};
use sayso_words::say;

use super::{Told, Wording};

impl Wording<'_> {
    /// The part of a notice that must be heard: a risk, who, what, amount.
    #[must_use]
    pub fn head(&self) -> String {
        let (words, amount) = (self.words, self.amount());
        let sayso = if self.broker.is_empty() {
            say!(words, "notice-sayso")
        } else {
            say!(words, "notice-sayso-broker", broker = self.broker)
        };
        let summary = self.request.action.summary.as_str();
        let args = [
            ("sayso", sayso.as_str().into()),
            ("service", self.service().into()),
            ("risk", self.risk().into()),
            ("place", self.place().into()),
            ("amount", amount.as_str().into()),
            ("summary", summary.into()),
        ];
        let id = match self.request.action.kind {
            ActionKind::Login => "notice-login",
            ActionKind::Payment => "notice-payment",
            ActionKind::Practice => "notice-practice",
            ActionKind::Other => "notice-other",
        };
        words.head(id, &args)
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
            by = self.way(),
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
        let amount = self.amount_short();
        let of_all = [
            ("service", self.service().into()),
            ("risk", self.risk().into()),
            ("place", self.place().into()),
            ("by", self.way().into()),
        ];
        match self.request.action.kind {
            ActionKind::Login => self.line("line-login", &of_all),
            ActionKind::Payment => {
                let [service, risk, place, by] = of_all;
                let of_payment = [service, ("amount", amount.as_str().into()), risk, place, by];
                self.line("line-payment", &of_payment)
            }
            ActionKind::Practice => self.line("line-practice", &[]),
            ActionKind::Other => self.line("line-other", &of_all),
        }
    }

    /// The notice as it is signed with a denial: its head, which was heard whole.
    #[must_use]
    pub fn notice_heard(&self) -> Heard {
        self.heard(self.head())
    }

    /// Whether somebody else may be signing in.
    #[must_use]
    pub fn is_from_elsewhere(&self) -> bool {
        self.request.near == Near::Other
    }

    /// What is said first, if the login page is not here.
    pub(super) fn risk(&self) -> &'static str {
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
