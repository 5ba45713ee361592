//! What sources tell: requests come, change and end; links come and go.

use std::time::{Duration, Instant};

use sayso_protocol::decision::Verdict;
use sayso_protocol::enrolment::ApproverId;
use sayso_protocol::life::Standing;
use sayso_protocol::link::Ended;
use sayso_protocol::request::RequestId;
use sayso_words::say;

use super::Pipeline;
use crate::doors::PublicEvent;
use crate::inbox::Entry;
use crate::signer;
use crate::source::{Arrived, Event};
use crate::wording::Told;

impl Pipeline {
    pub(super) fn arrive(&mut self, approver: &ApproverId, event: Event, now: Instant) {
        match event {
            Event::Up(clock) => self.up(approver, clock),
            Event::Down => {
                if let Some(source) = self.sources.get_mut(approver) {
                    source.up = false;
                }
            }
            Event::Snapshot { requests, ended, changes } => {
                self.changes_are(approver, changes);
                self.snapshot(approver, requests, &ended, now);
            }
            Event::Change(change) => self.changed(approver, *change),
            Event::Errand { call, result } => match self.more_times.remove(&call) {
                Some(wanted) => self.more_time_given(wanted, result, now),
                None => self.errand_done(call, result, now),
            },
            Event::Arrived(arrived) => self.take(approver, arrived, now),
            Event::Changed { id, standing, deadline } => {
                if let Some(entry) = self.of(approver, id) {
                    entry.standing = standing;
                    entry.move_deadline(deadline);
                    self.publish(PublicEvent::Changed(id.to_string()));
                }
            }
            Event::Ended(ended) => self.ended(approver, ended, now),
            Event::Collected(id) => self.collected(approver, id, now),
            Event::Bound { call, result } => self.bound(call, result, now),
            Event::Practised { call, result } => self.practised(call, result, now),
            Event::Answered { request, result } => self.answered(approver, request, result, now),
            Event::AuditHead(head) => {
                let (approver, at) = (approver.clone(), self.time_of(approver, now));
                self.keep(signer::Order::AuditHead { approver, head, at });
            }
            Event::Keys(keys) => {
                let (approver, at) = (approver.clone(), self.time_of(approver, now));
                self.keep(signer::Order::BrokerKeys { approver, keys, at });
            }
            Event::ClockOff(seconds) => {
                let words = self.announcer.words();
                let off = words.about(Duration::from_secs(seconds));
                let sentence = say!(words, "error-clock-off", off = off.as_str());
                let told = Told::plain(sentence);
                self.announcer.tell(None, &told);
            }
            Event::NotGenuine(fault) => self.not_genuine(approver, fault),
            Event::Replaced => self.copied(approver),
            Event::Blocked => self.blocked(approver, now),
            Event::Unknown => self.forgotten(approver),
            Event::Removed => self.removed(approver, now),
        }
    }

    /// The entry of `id`, if it is this approver's: a broker speaks of its own requests only.
    pub(super) fn of(&mut self, approver: &ApproverId, id: RequestId) -> Option<&mut Entry> {
        self.inbox.get_mut(id).filter(|entry| entry.approver == *approver)
    }

    /// The snapshot is the truth: what it does not name has ended.
    fn snapshot(
        &mut self,
        approver: &ApproverId,
        requests: Vec<Arrived>,
        ended: &[Ended],
        now: Instant,
    ) {
        for ended in ended {
            self.ended(approver, *ended, now);
            if ended.collected {
                self.collected(approver, ended.id, now);
            }
        }
        let named: Vec<_> = requests.iter().map(|arrived| arrived.received.id()).collect();
        for arrived in requests {
            self.take(approver, arrived, now);
        }
        let gone: Vec<_> = self
            .inbox
            .iter()
            .filter(|(_, entry)| entry.answering.is_none() || entry.is_unconfirmed())
            .filter(|(id, entry)| entry.approver == *approver && !named.contains(id))
            .map(|(id, _)| id)
            .collect();
        for id in gone {
            self.over(id, now);
        }
        self.next_question(now);
    }

    pub(super) fn take(&mut self, approver: &ApproverId, arrived: Arrived, now: Instant) {
        let id = arrived.received.id();
        let known = self.inbox.get(id).is_some();
        let unconfirmed = arrived.standing == Standing::ApprovedUnconfirmed;
        let earlier = if known { None } else { self.earlier.decisions.remove(&id) };
        match earlier {
            Some(kept) if unconfirmed && kept.verdict == Verdict::Approve => {
                self.inbox.take(approver, arrived);
                self.resume(kept, now);
                return;
            }
            Some(kept) => {
                // Decided in an earlier run; the same bytes are on their way again.
                self.earlier.decisions.insert(id, kept);
                return;
            }
            None => {}
        }
        self.inbox.take(approver, arrived);
        self.count();
        if !known {
            // The person first, and then whoever watches the session bus.
            self.turn(id, now);
            self.publish(PublicEvent::Added(id.to_string()));
        }
    }

    /// The broker says that a request has ended.
    pub(super) fn ended(&mut self, approver: &ApproverId, ended: Ended, now: Instant) {
        self.addresses.ended(ended.id, ended.state);
        let Some(entry) = self.of(approver, ended.id) else {
            self.ended_earlier(approver, ended, now);
            return;
        };
        if entry.is_unconfirmed() {
            self.ended_unconfirmed(ended, now);
            return;
        }
        if entry.answering.is_some() {
            // The answer to our own decision says more, and comes too.
            return;
        }
        self.ended_unanswered(ended.id, ended.state, ended.reason);
        let Some(entry) = self.inbox.get(ended.id) else { return };
        let wording = self.announcer.wording(&entry.received);
        let told = match ended.state {
            Standing::Cancelled if entry.noticed && entry.left_out.is_none() => {
                Some(wording.cancelled(ended.reason))
            }
            Standing::Expired if entry.begun => Some(wording.too_late()),
            Standing::Pending
            | Standing::Bound
            | Standing::ApprovedUnconfirmed
            | Standing::Approved
            | Standing::Denied
            | Standing::Expired
            | Standing::Cancelled => None,
        };
        self.end(ended.id, ended.state, told.as_ref(), now);
    }

    /// A request is over that the broker did not end: its deadline passed, or it is not in the
    /// snapshot.
    pub(super) fn over(&mut self, id: RequestId, now: Instant) {
        let Some(entry) = self.inbox.get(id) else { return };
        if entry.is_unconfirmed() {
            let ended = Ended { id, state: Standing::Expired, reason: None, collected: false };
            self.ended_unconfirmed(ended, now);
            return;
        }
        if entry.answering.is_some() && !entry.is_over(now) {
            return;
        }
        self.addresses.ended(id, Standing::Expired);
        if entry.answering.is_none() {
            self.ended_unanswered(id, Standing::Expired, None);
        }
        let Some(entry) = self.inbox.get(id) else { return };
        let unfetched = self.over_unfetched(entry);
        let told = unfetched
            .or_else(|| entry.begun.then(|| self.announcer.wording(&entry.received).too_late()));
        self.end(id, Standing::Expired, told.as_ref(), now);
    }

    /// Takes a request out, tells its end and writes it down.
    pub(super) fn end(
        &mut self,
        id: RequestId,
        standing: Standing,
        told: Option<&Told>,
        now: Instant,
    ) {
        let Some(entry) = self.inbox.remove(id) else { return };
        self.announcer.withdraw(id);
        self.post();
        self.tell_end(&entry, standing, told, now);
        self.publish(PublicEvent::Ended(id.to_string()));
        if entry.answering.is_none() {
            let at = self.time_of(&entry.approver, now);
            let (received, approver) = (entry.received, entry.approver);
            self.keep(signer::Order::Ended { received, approver, standing, at });
        }
        self.next_question(now);
    }
}
