//! More time for a request, asked of its broker: by the person, or by Sayso where they chose that,
//! once they have begun and time gets short. There is at most until the request's signed `exp`.

use std::time::{Duration, Instant};

use sayso_protocol::bus::{Error, MoreTime, Place};
use sayso_protocol::decision::Verdict;
use sayso_protocol::enrolment::ApproverId;
use sayso_protocol::problem::ProblemType;
use sayso_protocol::request::RequestId;
use sayso_words::say;

use super::Pipeline;
use crate::doors::Reply;
use crate::source::errand::{Errand, Fetched};
use crate::source::{Order, Refusal};
use crate::wording::Told;

/// Deadlines come in whole seconds.
const SECOND: Duration = Duration::from_secs(1);

/// More time that a broker was asked for.
pub(super) struct Wanted {
    id: RequestId,
    approver: ApproverId,
    /// Who waits for it; nobody where Sayso asked by itself.
    by: Option<(Place, Reply<String>)>,
}

impl Pipeline {
    /// The person wants more time.
    pub(super) fn more_time(&mut self, id: &str, place: Place, reply: Reply<String>, now: Instant) {
        match self.meant(id, Verdict::Deny, now) {
            Ok(id) => match self.last_time(id, now) {
                Some(told) => self.answer_more(&told, place, reply),
                None => self.want(id, Some((place, reply))),
            },
            Err(error) => self.refuse(place, reply, error),
        }
    }

    /// Asks for more time where the person chose that Sayso does. Answers whether it did.
    pub(super) fn wants_more(&mut self, id: RequestId) -> bool {
        let auto = self.announcer.preferences().more_time == MoreTime::Auto;
        let entry = self.inbox.get(id).filter(|_| auto && self.has_more(id));
        let up = |entry: &crate::inbox::Entry| {
            self.sources.get(&entry.approver).is_some_and(|source| source.up)
        };
        let wants = entry.is_some_and(up);
        if wants {
            self.want(id, None);
        }
        wants
    }

    /// Whether its broker can give it more.
    fn has_more(&self, id: RequestId) -> bool {
        self.inbox.get(id).is_some_and(|entry| entry.deadline + SECOND < entry.exp)
    }

    fn want(&mut self, id: RequestId, by: Option<(Place, Reply<String>)>) {
        let Some(approver) = self.inbox.get(id).map(|entry| entry.approver.clone()) else { return };
        self.last_call += 1;
        let call = self.last_call;
        let order = Order::Errand { call, errand: Errand::MoreTime(id) };
        let sent = self.sources.get(&approver).is_some_and(|s| s.orders.try_send(order).is_ok());
        if sent {
            self.more_times.insert(call, Wanted { id, approver, by });
        } else if let Some((place, reply)) = by {
            let error = self.silent(&approver);
            self.refuse(place, reply, error);
        }
    }

    /// The broker's answer to that.
    pub(super) fn more_time_given(
        &mut self,
        wanted: Wanted,
        result: Result<Fetched, Refusal>,
        now: Instant,
    ) {
        let Wanted { id, approver, by } = wanted;
        let result = match result {
            Ok(Fetched::MoreTime(deadline)) => Ok(deadline),
            Ok(_) => Err(Refusal::Strange),
            Err(refusal) => Err(refusal),
        };
        let told = result.map(|deadline| {
            let entry = self.inbox.get_mut(id)?;
            entry.move_deadline(deadline.min(entry.exp));
            let wording = self.announcer.wording(&entry.received);
            Some(wording.more_time(entry.left(now)))
        });
        match (told, by) {
            (Ok(Some(told)), Some((place, reply))) => self.answer_more(&told, place, reply),
            (Ok(Some(told)), None) if !self.announcer.locked() => {
                self.announcer.tell(Some(id), &told);
            }
            (Ok(_), None) => {}
            (Ok(None), Some((place, reply))) => {
                let error = Error::Ended(say!(self.announcer.words(), "error-no-request"));
                self.refuse(place, reply, error);
            }
            (Err(refusal), Some((place, reply))) => {
                let error = self.not_more(&approver, refusal, now);
                self.refuse(place, reply, error);
            }
            (Err(_), None) => self.tell_time_left(id, now),
        }
    }

    fn not_more(&self, approver: &ApproverId, refusal: Refusal, now: Instant) -> Error {
        match &refusal {
            Refusal::Problem(problem) if problem.kind == ProblemType::Ended => {
                Error::Ended(say!(self.announcer.words(), "error-no-request"))
            }
            Refusal::Problem(_) | Refusal::Offline | Refusal::NotGenuine(_) | Refusal::Strange => {
                self.not_bound(approver, refusal, now)
            }
        }
    }

    fn answer_more(&mut self, told: &Told, place: Place, reply: Reply<String>) {
        drop(reply.send(Ok(told.sentence.clone())));
        if place != Place::Terminal {
            self.tell_result(told);
        }
    }

    /// The account is registered no longer.
    pub(super) fn refuse_more_times(&mut self, approver: &ApproverId) {
        let of_it = |wanted: &mut Wanted| wanted.approver == *approver;
        let wanted: Vec<_> = self.more_times.extract_if(|_, wanted| of_it(wanted)).collect();
        for (_, Wanted { by, .. }) in wanted {
            if let Some((place, reply)) = by {
                let error = self.removed_error(approver);
                self.refuse(place, reply, error);
            }
        }
    }

    /// How long is left, where no more can be given.
    fn last_time(&self, id: RequestId, now: Instant) -> Option<Told> {
        let entry = self.inbox.get(id).filter(|_| !self.has_more(id))?;
        let wording = self.announcer.wording(&entry.received);
        Some(wording.no_more_time(entry.left(now)))
    }
}
