//! Settings and computers: what brokers are asked for a person who waits, and what they tell.
//!
//! - `listing`: what is read
//! - `asking`: the questions that are put before anything changes
//! - `agreeing`: from the yes to what came of it
//! - `refusing`: which change is meant, and why nothing was done
//! - `telling`: what the person is told of changes, and when

mod agreeing;
mod asking;
mod listing;
mod refusing;
mod telling;

use std::collections::HashMap;
use std::time::Instant;

use sayso_protocol::bus::{ApproverLine, ChangeQuestion, Error, Place, SettingsLine};
use sayso_protocol::change::{Changes as AllChanges, Proposal};
use sayso_protocol::enrolment::ApproverId;

use super::Pipeline;
use crate::changes::Changes;
use crate::changes::asked::Asked;
use crate::changes::wording::{Here, Whose};
use crate::clock;
use crate::doors::{ChangeAsk, Reply};
use crate::source::errand::{Errand, Fetched};
use crate::source::{BrokerClock, Order, Refusal};
use agreeing::{Acting, Unsigned};
use telling::Telling;

/// What is known of settings, and what is under way.
pub(super) struct Changing {
    pub(super) known: Changes,
    asked: Asked,
    calls: HashMap<u64, (ApproverId, Waiting)>,
    telling: Telling,
}

impl Changing {
    /// Nothing, in a session that began at `started`.
    pub(super) fn new(started: Instant) -> Self {
        Self {
            known: Changes::default(),
            asked: Asked::default(),
            calls: HashMap::new(),
            telling: Telling::new(started),
        }
    }
}

/// Who waits for an errand, and for what.
enum Waiting {
    Settings(Reply<SettingsLine>),
    Approvers(Reply<Vec<ApproverLine>>),
    Set {
        proposal: Proposal,
        place: Place,
        reply: Reply<ChangeQuestion>,
    },
    Remove {
        name: String,
        place: Place,
        reply: Reply<ChangeQuestion>,
    },
    /// The clock is asked before an act is signed.
    Clock(Unsigned),
    /// The act is being signed, or on its way.
    Act(Acting),
}

impl Pipeline {
    pub(super) fn ask_change(&mut self, ask: ChangeAsk, now: Instant) {
        match ask {
            ChangeAsk::Settings { account, reply } => match self.approver_of(&account) {
                Ok(approver) => {
                    self.send_errand(approver, Errand::Settings, Waiting::Settings(reply), now);
                }
                Err(error) => drop(reply.send(Err(error))),
            },
            ChangeAsk::Pending { account, reply } => {
                drop(reply.send(self.pending(&account, now)));
            }
            ChangeAsk::Approvers { account, reply } => match self.approver_of(&account) {
                Ok(approver) => {
                    self.send_errand(approver, Errand::Approvers, Waiting::Approvers(reply), now);
                }
                Err(error) => drop(reply.send(Err(error))),
            },
            ChangeAsk::Set { account, setting, value, place, reply } => {
                let wished = self.approver_of(&account);
                match wished.and_then(|approver| Ok((approver, self.proposal(&setting, &value)?))) {
                    Ok((approver, proposal)) => {
                        let waiting = Waiting::Set { proposal, place, reply };
                        self.send_errand(approver, Errand::Settings, waiting, now);
                    }
                    Err(error) => self.refuse(place, reply, error),
                }
            }
            ChangeAsk::Confirm { id, place, reply } => {
                let asked = self.ask_confirm(&id, now);
                self.reply_question(place, reply, asked);
            }
            ChangeAsk::Remove { account, name, place, reply } => match self.approver_of(&account) {
                Ok(approver) => {
                    let waiting = Waiting::Remove { name, place, reply };
                    self.send_errand(approver, Errand::Approvers, waiting, now);
                }
                Err(error) => self.refuse(place, reply, error),
            },
            ChangeAsk::Unregister { account, place, reply } => match self.approver_of(&account) {
                Ok(approver) => {
                    let waiting = Waiting::Remove { name: approver.0.clone(), place, reply };
                    self.send_errand(approver, Errand::Approvers, waiting, now);
                }
                Err(error) => self.refuse(place, reply, error),
            },
            ChangeAsk::Agree { token, place, reply } => self.agree(&token, place, reply, now),
            ChangeAsk::Cancel { id, place, reply } => self.call_off(&id, place, reply, now),
        }
    }

    /// Sends `errand` to the account's broker. What it answers comes back as an event.
    fn send_errand(
        &mut self,
        approver: ApproverId,
        errand: Errand,
        waiting: Waiting,
        now: Instant,
    ) {
        self.last_call += 1;
        let call = self.last_call;
        let order = Order::Errand { call, errand };
        let sent = self.sources.get(&approver).map(|source| source.orders.try_send(order));
        if matches!(sent, Some(Ok(()))) {
            self.changing.calls.insert(call, (approver, waiting));
        } else {
            self.errand_failed(&approver, waiting, Refusal::Offline, now);
        }
    }

    /// What a broker answered to an errand.
    pub(super) fn errand_done(
        &mut self,
        call: u64,
        result: Result<Fetched, Refusal>,
        now: Instant,
    ) {
        let Some((approver, waiting)) = self.changing.calls.remove(&call) else { return };
        let fetched = match result {
            Ok(fetched) => fetched,
            Err(refusal) => return self.errand_failed(&approver, waiting, refusal, now),
        };
        match (waiting, fetched) {
            (Waiting::Settings(reply), Fetched::Settings(all, clock)) => {
                self.learn(&approver, &all, clock);
                let line = self.settings_line(&approver, &all, now);
                drop(reply.send(line));
            }
            (Waiting::Set { proposal, place, reply }, Fetched::Settings(all, clock)) => {
                self.learn(&approver, &all, clock);
                let asked = self.ask_setting(&approver, proposal, &all, now);
                self.reply_question(place, reply, asked);
            }
            (Waiting::Approvers(reply), Fetched::Approvers(all, _)) => {
                let lines = all.approvers.iter();
                let lines = lines.map(|one| self.approver_line(&approver, one, now)).collect();
                drop(reply.send(Ok(lines)));
            }
            (Waiting::Remove { name, place, reply }, Fetched::Approvers(all, _)) => {
                let asked = self.ask_remove(&approver, &name, &all.approvers, now);
                self.reply_question(place, reply, asked);
            }
            (Waiting::Clock(unsigned), Fetched::Clock(clock)) => {
                self.sign_act(&approver, unsigned, clock, now);
            }
            (Waiting::Act(acting), Fetched::Act(change)) => {
                self.acted(&approver, acting, *change, now);
            }
            (waiting, _) => self.errand_failed(&approver, waiting, Refusal::Strange, now),
        }
    }

    /// The account is registered no longer: nobody waits for its broker any more. Says whether
    /// anybody did, and so was told.
    pub(super) fn forget_changes(&mut self, approver: &ApproverId) -> bool {
        let of_it: Vec<_> = self
            .changing
            .calls
            .extract_if(|_, (whose, _)| whose == approver)
            .map(|(_, (_, waiting))| waiting)
            .collect();
        let answered = !of_it.is_empty();
        for waiting in of_it {
            let error = self.removed_error(approver);
            self.errand_refused(waiting, error);
        }
        self.close_changes(approver);
        self.changing.known.forget(approver);
        answered
    }

    /// Nothing of the account's changes stays on the screen.
    pub(super) fn close_changes(&self, approver: &ApproverId) {
        for change in self.changing.known.pending(approver) {
            self.announcer.close_news(&agreeing::key(change.id));
        }
    }

    fn errand_failed(
        &mut self,
        approver: &ApproverId,
        waiting: Waiting,
        refusal: Refusal,
        now: Instant,
    ) {
        let error = match (&waiting, &refusal) {
            // It was sent, and no answer came: nobody here knows what became of it.
            (Waiting::Act(_), Refusal::Offline) => self.unanswered(approver),
            (_, _) => self.errand_error(approver, refusal, now),
        };
        self.errand_refused(waiting, error);
    }

    fn errand_refused(&mut self, waiting: Waiting, error: Error) {
        match waiting {
            Waiting::Settings(reply) => drop(reply.send(Err(error))),
            Waiting::Approvers(reply) => drop(reply.send(Err(error))),
            Waiting::Set { place, reply, .. } | Waiting::Remove { place, reply, .. } => {
                self.refuse(place, reply, error);
            }
            Waiting::Clock(Unsigned { acting, .. }) | Waiting::Act(acting) => {
                self.refuse(acting.place, acting.reply, error);
            }
        }
    }

    /// The broker's settings and clock are news to us too.
    fn learn(&mut self, approver: &ApproverId, all: &AllChanges, clock: BrokerClock) {
        if let Some(source) = self.sources.get_mut(approver) {
            source.clock = Some(clock);
        }
        self.changing.known.read(approver, all.changes.clone());
    }

    /// The sentences of this account, now.
    pub(in crate::pipeline) fn wording<T>(
        &self,
        approver: &ApproverId,
        now: Instant,
        say: impl FnOnce(&Here<'_>) -> T,
    ) -> Option<T> {
        let source = self.sources.get(approver)?;
        let account = self.account_of(source);
        Some(say(&Here {
            words: self.announcer.words(),
            approver,
            account: &account,
            whose: if self.sources.len() > 1 { Whose::Named } else { Whose::Only },
            first: self.announcer.brokers().said_first(&source.broker),
            broker: self.broker_called(source),
            now: source.time(now),
            wall: clock::wall(),
        }))
    }
}
