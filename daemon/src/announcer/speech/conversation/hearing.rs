//! What comes from the server: answers to commands, in their order, and events, at any time.

use std::time::Instant;

use super::super::ssip::{Happened, Reply};
use super::super::{DownReason, Event, Priority};
use super::{Conversation, Effect, Expect, FIRST_PAUSE, Link, Open, Pen};

impl Conversation {
    pub(super) fn greet(&mut self, now: Instant) {
        self.link = Link::Greeting;
        let mut bytes = Vec::new();
        for words in [
            "SET SELF CLIENT_NAME user:sayso:main",
            "SET SELF NOTIFICATION BEGIN on",
            "SET SELF NOTIFICATION END on",
            "SET SELF NOTIFICATION CANCEL on",
            "SET SELF NOTIFICATION PAUSE on",
            "SET SELF SSML_MODE off",
            "SET SELF SPELLING off",
            "SET SELF PUNCTUATION some",
        ] {
            bytes.extend(self.ask(words, Expect::Setting, now));
        }
        bytes.extend(self.ask("GET RATE", Expect::Rate, now));
        self.effects.push(Effect::Write(bytes));
    }

    pub(super) fn reply(&mut self, reply: Reply, now: Instant) {
        let data = match reply {
            Reply::Event { what, message } => return self.event(what, message, now),
            Reply::Done { data } => data,
            Reply::Refused { code } => {
                let expect = self.awaiting.pop_front().map(|(expect, _)| expect);
                tracing::warn!(code, ?expect, "Speech Dispatcher refused a command");
                return match expect {
                    // A voice or language it does not have: it speaks with the one it has.
                    Some(Expect::Setting | Expect::Rate | Expect::Pong | Expect::Cancelled) => {
                        self.greeted(now);
                    }
                    Some(Expect::GoAhead | Expect::Number) | None => {
                        self.down(DownReason::Broken, now);
                    }
                };
            }
        };
        match self.awaiting.pop_front().map(|(expect, _)| expect) {
            Some(Expect::Rate) => {
                self.server_rate = data.first().and_then(|r| r.trim().parse().ok()).unwrap_or(0);
                self.greeted(now);
            }
            Some(Expect::Setting | Expect::Pong | Expect::Cancelled) => {}
            Some(Expect::GoAhead) => self.give(now),
            Some(Expect::Number) => {
                self.pen = Pen::Down;
                if let Some(number) = data.first().and_then(|n| n.trim().parse().ok()) {
                    self.number(number);
                }
            }
            None => self.down(DownReason::Broken, now),
        }
    }

    /// All of the greeting is answered: speech is up, or has to show it where it failed before.
    fn greeted(&mut self, now: Instant) {
        if self.link != Link::Greeting || !self.awaiting.is_empty() {
            return;
        }
        if self.told_up == Some(false) {
            self.link = Link::Proving;
            self.offer(None, Priority::Message, " ", "en".into(), now);
        } else {
            self.up();
        }
    }

    fn up(&mut self) {
        self.link = Link::Up;
        self.pause = FIRST_PAUSE;
        self.told_up = Some(true);
        self.tell(Event::Up);
    }

    fn give(&mut self, now: Instant) {
        let Pen::Offered { body, then_cancel } = std::mem::replace(&mut self.pen, Pen::Given)
        else {
            return self.down(DownReason::Broken, now);
        };
        self.awaiting.push_back((Expect::Number, now));
        self.effects.push(Effect::Write(body));
        if then_cancel {
            self.cancel(now);
        }
    }

    /// The server's number of the utterance just given; an event may know it before the reply.
    fn number(&mut self, number: u64) {
        if number > self.last_number {
            self.last_number = number;
            if let Some(open) = self.open.iter_mut().find(|open| open.number.is_none()) {
                open.number = Some(number);
            }
        }
    }

    fn event(&mut self, what: Happened, message: u64, now: Instant) {
        if matches!(self.pen, Pen::Given) {
            self.number(message);
        }
        let Some(at) = self.open.iter().position(|open| open.number == Some(message)) else {
            return;
        };
        if matches!(what, Happened::Begun | Happened::Ended) && self.open[at].begun.is_none() {
            self.open[at].begun = Some(now);
            if let Some(id) = self.open[at].id {
                self.tell(Event::Begun(id));
            }
        }
        if what == Happened::Begun {
            return self.settle_pings();
        }
        let gone = self.open.remove(at);
        self.settle_pings();
        match gone.id {
            Some(id) if what == Happened::Ended => self.tell(Event::Ended(id)),
            Some(id) => self.tell(Event::Cut(id)),
            None if gone.begun.is_some() => self.up(),
            None => self.down(DownReason::NotBegun, now),
        }
    }

    fn settle_pings(&mut self) {
        if !self.open.iter().any(Open::is_waiting_text) {
            self.next_ping = None;
        }
    }
}
