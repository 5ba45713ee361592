//! Decisions of an earlier run whose end the person has not heard: after a crash the state that
//! holds is told, never an older one.

use std::collections::HashMap;
use std::time::Instant;

use sayso_protocol::decision::Verdict;
use sayso_protocol::enrolment::ApproverId;
use sayso_protocol::life::Standing;
use sayso_protocol::link::Ended;
use sayso_protocol::request::RequestId;

use super::Pipeline;
use super::answering::{FETCHED, ending, not_taken, refused};
use crate::signer;
use crate::store::{Ending, KeptDecision, Told as ToldSoFar};

/// Decisions of an earlier run whose end the person has not heard.
#[derive(Default)]
pub(super) struct Earlier {
    pub(super) decisions: HashMap<RequestId, KeptDecision>,
    /// When a service should have fetched its approval.
    fetched_by: HashMap<RequestId, Instant>,
}

impl Earlier {
    /// The account is gone: nothing is told of it any more.
    pub(super) fn forget(&mut self, approver: &ApproverId) {
        self.decisions.retain(|_, kept| kept.approver != *approver);
        self.fetched_by.retain(|id, _| self.decisions.contains_key(id));
    }

    /// When something is due.
    pub(super) fn deadline(&self) -> Option<Instant> {
        self.fetched_by.values().min().copied()
    }
}

impl Pipeline {
    pub(super) fn answered_earlier(
        &mut self,
        mut kept: KeptDecision,
        standing: Result<Standing, String>,
        now: Instant,
    ) {
        let words = self.announcer.words().clone();
        let wording = self.announcer.wording_of(&kept.broker, &kept.request);
        let ending = ending(kept.verdict, standing.as_ref().ok().copied());
        let at = self.time_of(&kept.approver, now);
        self.keep(signer::Order::Settled { digest: kept.digest, ending, at });
        let broker = self.announcer.brokers().called(&kept.broker).to_owned();
        let told = match (ending, standing) {
            (Ending::Taken, _) if kept.verdict == Verdict::Approve => {
                if kept.collected_at.is_none() {
                    kept.ending = Some(ending);
                    self.wait_for_fetching(kept, now);
                    return;
                }
                wording.approved()
            }
            (Ending::Taken, standing) => wording.denied(kept.verdict, standing.ok()),
            (Ending::Refused(_) | Ending::Expired, Ok(standing)) => not_taken(&wording, standing).1,
            (Ending::Refused(_) | Ending::Expired, Err(reason)) => {
                refused(&words, &broker, &reason)
            }
        };
        self.keep(signer::Order::Told { digest: kept.digest, told: ToldSoFar::End });
        self.tell_result(&told);
    }

    /// An approval of an earlier run still waits to be confirmed. Its request may be here already.
    pub(super) fn unconfirmed_earlier(&mut self, kept: KeptDecision, now: Instant) {
        let id = kept.request.request;
        if self.inbox.get(id).is_some_and(|entry| entry.answering.is_none()) {
            self.resume(kept, now);
        } else {
            self.earlier.decisions.insert(id, kept);
        }
    }

    /// The browser may be on its way to the service: that is told when it has arrived, or late.
    fn wait_for_fetching(&mut self, kept: KeptDecision, now: Instant) {
        let id = kept.request.request;
        self.earlier.fetched_by.entry(id).or_insert(now + FETCHED);
        self.earlier.decisions.insert(id, kept);
    }

    /// Services that have not fetched their approvals in time.
    pub(super) fn not_fetched_earlier(&mut self, now: Instant) {
        let late: Vec<_> =
            self.earlier.fetched_by.extract_if(|_, fetched_by| *fetched_by <= now).collect();
        for (id, _) in late {
            let Some(kept) = self.earlier.decisions.get_mut(&id) else { continue };
            kept.told = ToldSoFar::NotFetched;
            let (digest, told) =
                (kept.digest, self.announcer.wording_of(&kept.broker, &kept.request).not_fetched());
            self.keep(signer::Order::Told { digest, told: ToldSoFar::NotFetched });
            self.tell_result(&told);
        }
    }

    /// The broker says how a request ended that an earlier run decided.
    pub(super) fn ended_earlier(&mut self, approver: &ApproverId, ended: Ended, now: Instant) {
        if ended.collected {
            self.collected_earlier(approver, ended.id, now);
            return;
        }
        let settled = self.earlier.decisions.get(&ended.id).is_some_and(|kept| {
            kept.approver == *approver && kept.ending.is_some() && kept.told == ToldSoFar::Nothing
        });
        if settled && let Some(kept) = self.earlier.decisions.remove(&ended.id) {
            self.answered_earlier(kept, Ok(ended.state), now);
        }
    }

    pub(super) fn collected_earlier(&mut self, approver: &ApproverId, id: RequestId, now: Instant) {
        let Some(kept) = self.earlier.decisions.get_mut(&id) else { return };
        if kept.approver != *approver || kept.verdict != Verdict::Approve {
            return;
        }
        let first = kept.collected_at.is_none();
        let at = self.time_of(approver, now);
        let Some(kept) = self.earlier.decisions.get_mut(&id) else { return };
        kept.collected_at = Some(at);
        if kept.ending.is_none() || !first {
            // The decision's own answer is on its way, and tells it.
            return;
        }
        let wording = self.announcer.wording_of(&kept.broker, &kept.request);
        let told = match kept.told {
            ToldSoFar::Nothing => wording.approved(),
            ToldSoFar::NotFetched => wording.fetched_now(),
            ToldSoFar::End => return,
        };
        let digest = kept.digest;
        self.earlier.decisions.remove(&id);
        self.earlier.fetched_by.remove(&id);
        self.keep(signer::Order::Collected { approver: approver.clone(), request: id, at });
        self.keep(signer::Order::Told { digest, told: ToldSoFar::End });
        self.tell_result(&told);
    }
}
