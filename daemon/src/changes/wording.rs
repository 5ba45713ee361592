//! One change in words: what the person is told of it, and what is asked. Pure: a change, a
//! language and the day go in, sentences come out.

use sayso_protocol::change::{Author, ChangeTold, Computer, Proposal, Standing, TO_CONFIRM};
use sayso_protocol::decision::Heard;
use sayso_protocol::enrolment::ApproverId;
use sayso_protocol::time::UnixTime;
use sayso_words::{Words, say};

use super::is_of;
use super::typed::names;
use crate::clock;
use crate::wording::Told;

/// This computer, its account, and now: what a sentence must know to say "here" and "tomorrow".
#[derive(Clone, Debug)]
pub struct Here<'a> {
    /// The language.
    pub words: &'a Words,
    /// This computer.
    pub approver: &'a ApproverId,
    /// The account's name.
    pub account: &'a str,
    /// Whether sentences name it that concern no other.
    pub whose: Whose,
    /// What comes first in all that is told: the broker's name where there are several, or nothing.
    pub first: &'a str,
    /// What the broker is called.
    pub broker: &'a str,
    /// The broker's clock.
    pub now: UnixTime,
    /// This computer's clock, in seconds since 1970.
    pub wall: i64,
}

/// Whether it must be said which account is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whose {
    /// It is the only one here.
    Only,
    /// There are others.
    Named,
}

/// A question, and what the person should know beforehand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asking {
    /// What follows from no and from no answer.
    pub before: String,
    /// The question whole: heard, and signed.
    pub heard: Heard,
}

impl Here<'_> {
    /// A moment of broker time, by this computer's clock.
    #[must_use]
    pub fn local(&self, at: UnixTime) -> i64 {
        self.wall.saturating_add(at.0.saturating_sub(self.now.0))
    }

    /// The same as a day with a time.
    #[must_use]
    pub fn day(&self, at: UnixTime) -> String {
        let (today, _) = clock::day_and_time(self.wall);
        let (day, time) = clock::day_and_time(self.local(at));
        self.words.day(today, day.to_datetime(time))
    }

    /// What the person is told of `change` as it stands.
    #[must_use]
    pub fn told(&self, change: &ChangeTold) -> Told {
        let told = match &change.proposal {
            Proposal::ApproveWith(_) | Proposal::SameDevice(_) => self.setting(change),
            Proposal::Approver(_) if is_of(self.approver, change) => self.here(change),
            Proposal::Approver(computer) => self.computer(change, computer),
            Proposal::RemoveApprover(computer) => self.removed(change, computer),
        };
        Told { sentence: self.at_broker(told.sentence), ..told }
    }

    /// A sentence after its broker's name, where that must be said.
    fn at_broker(&self, sentence: String) -> String {
        if self.first.is_empty() {
            return sentence;
        }
        say!(self.words, "at-broker", broker = self.first, sentence = sentence.as_str())
    }

    fn setting(&self, change: &ChangeTold) -> Told {
        let what = names(&change.proposal).1;
        let (state, sentence) = match change.standing {
            Standing::Waiting => ("waiting", self.waits(change, what)),
            Standing::Ready => ("ready", self.ready(change, what)),
            Standing::Applied => ("done", self.done(change, what)),
            Standing::Cancelled => ("stopped", self.stopped(change)),
            Standing::Lapsed | Standing::Replaced => ("dropped", self.dropped(change, what)),
        };
        let sentence = match self.whose {
            Whose::Only => sentence,
            Whose::Named => {
                let account = say!(self.words, "change-account", account = self.account);
                format!("{sentence} {account}")
            }
        };
        let args = [("state", state.into()), ("what", what.into())];
        Told { sentence, line: self.words.line("line-change", &args) }
    }

    fn waits(&self, change: &ChangeTold, what: &str) -> String {
        let (who, name) = self.who(Some(&change.by));
        let until = self.day(change.ready_at);
        say!(
            self.words,
            "change-waiting",
            what = what,
            who = who,
            name = name,
            until = until.as_str()
        )
    }

    fn ready(&self, change: &ChangeTold, what: &str) -> String {
        let (who, name) = self.who(Some(&change.by));
        let when = self.day(change.queued_at);
        let when = when.as_str();
        say!(self.words, "change-ready", what = what, who = who, name = name, when = when)
    }

    fn done(&self, change: &ChangeTold, what: &str) -> String {
        let (who, name) = self.who(change.ended_by.as_ref());
        say!(self.words, "done-change", what = what, who = who, name = name, broker = self.broker)
    }

    fn stopped(&self, change: &ChangeTold) -> String {
        let (who, name) = self.who(change.ended_by.as_ref());
        say!(
            self.words,
            "change-stopped",
            kept = kept(change),
            who = who,
            name = name,
            broker = self.broker
        )
    }

    fn dropped(&self, change: &ChangeTold, what: &str) -> String {
        if change.standing == Standing::Replaced {
            return say!(self.words, "change-replaced", what = what);
        }
        say!(self.words, "change-lapsed", kept = kept(change))
    }

    /// A further computer, as the others hear of it.
    fn computer(&self, change: &ChangeTold, computer: &Computer) -> Told {
        let (words, account) = (self.words, self.account);
        let name = computer.name.as_str();
        let (who, by) = match &change.ended_by {
            None => ("nobody", ""),
            by => self.who(by.as_ref()),
        };
        let (state, sentence) = match change.standing {
            Standing::Waiting | Standing::Ready => {
                let until = self.day(change.ready_at);
                let until = until.as_str();
                let sentence =
                    say!(words, "computer-waiting", name = name, account = account, until = until);
                ("waiting", sentence)
            }
            Standing::Applied => (
                "in",
                say!(
                    words,
                    "done-computer-in",
                    name = name,
                    account = account,
                    who = who,
                    by = by,
                    broker = self.broker
                ),
            ),
            Standing::Cancelled | Standing::Lapsed | Standing::Replaced => {
                ("out", say!(words, "computer-kept-out", name = name, account = account))
            }
        };
        let line = words.line("line-computer", &[("state", state.into()), ("name", name.into())]);
        Told { sentence, line }
    }

    fn removed(&self, change: &ChangeTold, computer: &Computer) -> Told {
        let (words, name) = (self.words, computer.name.as_str());
        let (account, broker) = (self.account, self.broker);
        let sentence = match self.who(Some(&change.by)) {
            ("here", _) => say!(words, "done-computer-removed", name = name, account = account),
            (who, by) => say!(
                words,
                "computer-removed",
                name = name,
                account = account,
                who = who,
                by = by,
                broker = broker
            ),
        };
        let state = "removed";
        let line = words.line("line-computer", &[("state", state.into()), ("name", name.into())]);
        Told { sentence, line }
    }

    /// This computer, where it is a further one.
    fn here(&self, change: &ChangeTold) -> Told {
        let (words, account) = (self.words, self.account);
        let (state, sentence) = match change.standing {
            Standing::Waiting | Standing::Ready => {
                ("waiting", self.waits_here("computer-here-waits", change))
            }
            Standing::Applied => ("in", say!(words, "done-computer-here", account = account)),
            Standing::Cancelled | Standing::Lapsed | Standing::Replaced => {
                ("out", say!(words, "computer-here-kept-out", account = account))
            }
        };
        Told { sentence, line: words.line("line-computer-here", &[("state", state.into())]) }
    }

    /// What registering says where this computer waits.
    #[must_use]
    pub fn registered_waits(&self, change: &ChangeTold) -> String {
        self.waits_here("registered-waits", change)
    }

    fn waits_here(&self, sentence: &str, change: &ChangeTold) -> String {
        let until = self.day(change.ready_at);
        let args = [("account", self.account.into()), ("until", until.as_str().into())];
        let waits = self.words.say(sentence, &args);
        format!("{waits} {}", say!(self.words, "computer-here-sooner"))
    }

    /// Whether a ready change is to hold, or a computer that waits is let in.
    #[must_use]
    pub fn confirm(&self, change: &ChangeTold) -> Asking {
        let (words, account) = (self.words, self.account);
        let when = self.day(change.queued_at);
        let when = when.as_str();
        if let Proposal::Approver(computer) = &change.proposal {
            let name = computer.name.as_str();
            let until = self.day(change.ready_at);
            let text = say!(words, "computer-let-in", name = name, account = account, when = when);
            let before = say!(words, "computer-let-in-before", until = until.as_str());
            return self.asking(before, text);
        }
        let until = self.day(change.ready_at.plus(TO_CONFIRM));
        let (what, (who, name)) = (names(&change.proposal).1, self.who(Some(&change.by)));
        let text = say!(
            words,
            "change-confirm",
            what = what,
            account = account,
            who = who,
            name = name,
            when = when
        );
        self.asking(say!(words, "change-confirm-before", until = until.as_str()), text)
    }

    /// Whether a setting is to change; `ready` is when it could be confirmed, if it waits.
    #[must_use]
    pub fn ask(
        &self,
        proposal: &Proposal,
        ready: Option<UnixTime>,
        replaced: Option<&ChangeTold>,
    ) -> Asking {
        let (words, account, what) = (self.words, self.account, names(proposal).1);
        let (from, until) = match ready {
            Some(ready) => ("later", self.day(ready)),
            None => ("now", String::new()),
        };
        let until = until.as_str();
        let text =
            say!(words, "change-ask", what = what, account = account, from = from, until = until);
        let mut before = match ready {
            Some(_) => say!(words, "change-ask-before"),
            None => say!(words, "change-ask-before-at-once"),
        };
        if let Some(replaced) = replaced {
            let what = names(&replaced.proposal).1;
            before = format!("{before} {}", say!(words, "change-ask-replaces", what = what));
        }
        self.asking(before, text)
    }

    /// Whether a computer is to be removed.
    #[must_use]
    pub fn remove(&self, computer: &Computer, of: usize) -> Asking {
        let (words, name) = (self.words, computer.name.as_str());
        let which = if computer.id == *self.approver { "here" } else { "other" };
        let text =
            say!(words, "computer-remove", which = which, name = name, account = self.account);
        let before = if of == 1 { say!(words, "computer-remove-last") } else { String::new() };
        self.asking(before, text)
    }

    fn asking(&self, before: String, text: String) -> Asking {
        let lang = self.words.language().tag().to_owned();
        Asking { before, heard: Heard { lang, text: self.at_broker(text) } }
    }

    /// Who asked for something or ended it, and the name of that computer.
    fn who<'b>(&self, author: Option<&'b Author>) -> (&'static str, &'b str) {
        match author {
            None => ("here", ""),
            Some(Author::Approver(computer)) if computer.id == *self.approver => ("here", ""),
            Some(Author::Approver(computer)) => ("there", computer.name.as_str()),
            Some(Author::Administrator) => ("broker", ""),
            Some(Author::WrongCodes) => ("codes", ""),
        }
    }
}

/// The value that a change leaves as it is.
fn kept(change: &ChangeTold) -> &str {
    change.now.as_ref().map_or("", |now| names(now).1)
}
