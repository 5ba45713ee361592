//! This computer cannot answer for an account: it was removed, or not let in yet, or the account is
//! blocked. What waited is over, and the person is told why, once.

use std::time::Instant;

use sayso_protocol::bus::{Place, Result as AnswerResult};
use sayso_protocol::enrolment::ApproverId;
use sayso_protocol::life::Standing;
use sayso_protocol::problem::ProblemType;
use sayso_protocol::request::RequestId;
use sayso_words::say;

use super::Pipeline;
use super::calling::pass;
use crate::changes::Parting;
use crate::registrar;
use crate::signer;
use crate::source::{BrokerClock, NotGenuine, Source};
use crate::store::Ending;
use crate::wording::Told;

impl Pipeline {
    /// The link is up.
    pub(super) fn up(&mut self, approver: &ApproverId, clock: BrokerClock) {
        let Some(source) = self.sources.get_mut(approver) else { return };
        (source.up, source.clock, source.not_genuine) = (true, Some(clock), None);
        source.unknown = false;
        if std::mem::take(&mut source.blocked) {
            let account = source.account.to_string();
            let words = self.announcer.words();
            let told = Told::plain(say!(words, "account-unblocked", account = account.as_str()));
            self.tell_result(&told);
        }
    }

    /// Whoever answers for the broker has a certificate that does not count.
    pub(super) fn not_genuine(&mut self, approver: &ApproverId, fault: NotGenuine) {
        let Some(source) = self.sources.get_mut(approver) else { return };
        source.not_genuine = Some(fault);
        let broker = self.broker_of(approver);
        let told = Told::plain(fault.sentence(self.announcer.words(), broker));
        self.tell_result(&told);
    }

    /// Another computer has this one's key, and answers in its place.
    pub(super) fn copied(&mut self, approver: &ApproverId) {
        let Some(source) = self.sources.get(approver) else { return };
        let (account, broker) = (source.account.as_str(), self.broker_called(source));
        let words = self.announcer.words();
        let told = Told::plain(say!(words, "error-key-copied", account = account, broker = broker));
        self.announcer.tell(None, &told);
    }

    /// The broker does not know this computer. Its keys stay: the broker may be put right.
    pub(super) fn forgotten(&mut self, approver: &ApproverId) {
        let Some(source) = self.sources.get_mut(approver) else { return };
        source.unknown = true;
        if let Some(told) = self.why_shut_out(approver, ProblemType::Unauthorized).map(Told::plain)
        {
            self.tell_result(&told);
        }
    }

    /// The broker was set back to an earlier state.
    pub(super) fn set_back(&mut self, approver: &ApproverId) {
        let broker = self.broker_of(approver);
        let words = self.announcer.words();
        let told = Told::plain(say!(words, "error-broker-set-back", broker = broker));
        self.tell_result(&told);
    }

    /// The broker shuts out every computer of the account. It has called off all that waited.
    pub(super) fn blocked(&mut self, approver: &ApproverId, now: Instant) {
        let Some(source) = self.sources.get_mut(approver).filter(|source| !source.blocked) else {
            return;
        };
        source.blocked = true;
        self.close_changes(approver);
        self.changing.known.snapshot(approver, Vec::new());
        let words = self.announcer.words();
        let told = self.sources.get(approver).map(|source| {
            let (account, broker) = (source.account.as_str(), self.broker_called(source));
            Told::plain(say!(words, "account-blocked", account = account, broker = broker))
        });
        self.end_all(approver, told.as_ref(), now);
    }

    /// The broker no longer knows this computer: the account is forgotten.
    pub(super) fn removed(&mut self, approver: &ApproverId, now: Instant) {
        let told = match self.changing.known.parting(approver) {
            Some(Parting::Told) => None,
            Some(Parting::Untold(change)) => self.wording(approver, now, |here| here.told(change)),
            None => self.why_shut_out(approver, ProblemType::ApproverRemoved).map(Told::plain),
        };
        let answered = self.forget_changes(approver);
        self.refuse_proofs(approver);
        self.refuse_practices(approver);
        self.refuse_more_times(approver);
        let told = told.filter(|_| !answered);
        self.end_all(approver, told.as_ref(), now);
        self.earlier.forget(approver);
        if self.sources.remove(approver).is_some() {
            pass(&self.orders.registrar, registrar::Call::Forget(approver.clone()));
        }
    }

    /// The person had the account forgotten on this computer, and knows it.
    pub(super) fn let_go(&mut self, approver: &ApproverId, now: Instant) {
        self.forget_changes(approver);
        self.refuse_proofs(approver);
        self.refuse_practices(approver);
        self.refuse_more_times(approver);
        self.end_all(approver, None, now);
        self.earlier.forget(approver);
        self.sources.remove(approver);
        self.keys.found(approver);
    }

    /// Ends what waits here for this account, and tells why: at the terminal that asks about it,
    /// else aloud.
    fn end_all(&mut self, approver: &ApproverId, told: Option<&Told>, now: Instant) {
        let mut said = false;
        for id in self.inbox.ids() {
            let at = self.time_of(approver, now);
            let Some(entry) = self.of(approver, id) else { continue };
            let Some(answering) = &entry.answering else {
                let here = entry.asked_at == Some(Place::Terminal);
                said |= here;
                self.end(id, Standing::Cancelled, told.filter(|_| here), now);
                continue;
            };
            if let Some(digest) = answering.digest {
                let ending = Ending::Refused(Standing::Cancelled);
                self.keep(signer::Order::Settled { digest, ending, at });
            }
            if let Some(told) = told {
                said = true;
                self.finish(id, AnswerResult::Ended, told, now);
            } else {
                self.give_up(approver, id, now);
            }
        }
        if let Some(told) = told.filter(|_| !said) {
            self.tell_result(told);
        }
    }

    /// An answer that is under way for an account that is gone, as the person knows.
    fn give_up(&mut self, approver: &ApproverId, id: RequestId, now: Instant) {
        let error = self.removed_error(approver);
        let answering = self.inbox.get_mut(id).and_then(|entry| entry.answering.as_mut());
        if let Some(reply) = answering.and_then(|answering| answering.reply.take()) {
            drop(reply.send(Err(error)));
        }
        self.end(id, Standing::Cancelled, None, now);
    }

    /// Why this computer cannot do what it was asked, where it answers for no account at all.
    pub(super) fn shut_out(&self) -> Option<String> {
        let reason = |(approver, source): (&ApproverId, &Source)| {
            if source.blocked {
                Some((approver.clone(), ProblemType::AccountBlocked))
            } else {
                let waits = self.changing.known.waits_here(approver);
                waits.map(|_| (approver.clone(), ProblemType::ApproverWaits))
            }
        };
        let reasons: Option<Vec<_>> = self.sources.iter().map(reason).collect();
        let (approver, kind) = reasons?.into_iter().next()?;
        self.why_shut_out(&approver, kind)
    }

    /// What a broker means that refuses this computer, or its account, as such.
    pub(super) fn why_shut_out(&self, approver: &ApproverId, kind: ProblemType) -> Option<String> {
        let source = self.sources.get(approver)?;
        let (account, broker) = (source.account.as_str(), self.broker_called(source));
        let words = self.announcer.words();
        if kind == ProblemType::ApproverRemoved {
            Some(say!(words, "error-removed", account = account, broker = broker))
        } else if kind == ProblemType::Unauthorized {
            Some(say!(words, "error-computer-forgotten", broker = broker))
        } else if kind == ProblemType::ApproverWaits {
            Some(say!(words, "error-computer-waits"))
        } else if kind == ProblemType::AccountBlocked {
            Some(say!(words, "error-account-blocked", account = account, broker = broker))
        } else {
            None
        }
    }
}
