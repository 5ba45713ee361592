//! Requests that ended while their question stood at a terminal. The terminal comes for how it
//! ended, and prints it; then it is not said as well. If none comes, it is said. And how requests
//! ended that were answered here, for a prompt that is open still.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use sayso_protocol::bus::{Answer, Error, Place};
use sayso_protocol::life::Standing;
use sayso_protocol::request::RequestId;
use sayso_words::say;

use super::Pipeline;
use crate::inbox::Entry;
use crate::wording::Told;

/// So many are kept for terminals that are slow to ask.
const KEPT: usize = 16;
/// A terminal that is still there comes within this time.
const COMES: Duration = Duration::from_secs(3);

struct One {
    id: RequestId,
    standing: Standing,
    told: Told,
    /// When it is said, unless it was printed before.
    said_at: Option<Instant>,
}

/// What ended lately, oldest first.
#[derive(Default)]
pub(super) struct Over {
    unanswered: VecDeque<One>,
    answered: VecDeque<Answer>,
}

impl Over {
    fn keep(&mut self, one: One) {
        push(&mut self.unanswered, one);
    }

    /// A request has ended in this way that was answered here.
    pub(super) fn answered(&mut self, answer: Answer) {
        push(&mut self.answered, answer);
    }

    /// How a request ended, for a call that asks; from then on it is not said any more.
    pub(super) fn asked(&mut self, id: RequestId) -> Option<Error> {
        let one = self.unanswered.iter_mut().find(|one| one.id == id)?;
        one.said_at = None;
        let sentence = one.told.sentence.clone();
        Some(match one.standing {
            Standing::Expired => Error::Expired(sentence),
            Standing::Pending
            | Standing::Bound
            | Standing::ApprovedUnconfirmed
            | Standing::Approved
            | Standing::Denied
            | Standing::Cancelled => Error::Ended(sentence),
        })
    }

    /// When something is due to be said.
    pub(super) fn deadline(&self) -> Option<Instant> {
        self.unanswered.iter().filter_map(|one| one.said_at).min()
    }

    /// What nobody came for.
    fn due(&mut self, now: Instant) -> Vec<Told> {
        let unanswered = self.unanswered.iter_mut();
        let due = unanswered.filter(|one| one.said_at.is_some_and(|at| at <= now));
        due.map(|one| {
            one.said_at = None;
            one.told.clone()
        })
        .collect()
    }
}

fn push<T>(kept: &mut VecDeque<T>, new: T) {
    kept.push_back(new);
    if kept.len() > KEPT {
        kept.pop_front();
    }
}

impl Pipeline {
    /// How a request ended that was answered here, once it has.
    pub(super) fn how_it_ended(&self, id: &str) -> Result<Answer, Error> {
        let words = self.announcer.words();
        let ended = self.over.answered.iter().rfind(|answer| answer.id == id);
        let unknown = || Error::NoRequest(say!(words, "error-request-unknown", request = id));
        ended.cloned().ok_or_else(unknown)
    }

    /// Tells how a request ended: where its question stands, else to the ear. `told` is none
    /// where another approver answered, which only the terminal must learn.
    pub(super) fn tell_end(
        &mut self,
        entry: &Entry,
        standing: Standing,
        told: Option<&Told>,
        now: Instant,
    ) {
        let at_terminal = entry.asked_at == Some(Place::Terminal) && entry.answering.is_none();
        if !at_terminal {
            if let Some(told) = told {
                self.tell_result(told);
            }
            return;
        }
        let late = || self.announcer.wording(&entry.received).too_late_answered();
        let said_at = told.map(|_| now + COMES);
        let told = told.cloned().unwrap_or_else(late);
        self.over.keep(One { id: entry.received.id(), standing, told, said_at });
    }

    /// Says what no terminal came for.
    pub(super) fn tell_over(&mut self, now: Instant) {
        for told in self.over.due(now) {
            self.tell_result(&told);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock;

    fn one(number: u128, standing: Standing, said_at: Instant) -> One {
        let told = Told { sentence: number.to_string(), line: String::new() };
        let id = RequestId(uuid::Uuid::from_u128(number));
        One { id, standing, told, said_at: Some(said_at) }
    }

    #[test]
    fn an_end_is_printed_or_said_and_never_both() {
        let now = clock::now();
        let mut over = Over::default();
        over.keep(one(1, Standing::Expired, now));
        over.keep(one(2, Standing::Cancelled, now));
        let first = RequestId(uuid::Uuid::from_u128(1));
        assert!(matches!(over.asked(first), Some(Error::Expired(text)) if text == "1"));
        let said: Vec<_> = over.due(now).into_iter().map(|told| told.sentence).collect();
        assert_eq!(said, ["2"]);
        assert!(over.due(now + COMES).is_empty() && over.deadline().is_none());
        // A terminal that comes late still learns why its question is gone.
        let second = RequestId(uuid::Uuid::from_u128(2));
        assert!(matches!(over.asked(second), Some(Error::Ended(text)) if text == "2"));
    }

    #[test]
    fn what_is_not_due_waits_and_old_ends_are_forgotten() {
        let now = clock::now();
        let mut over = Over::default();
        for number in 0..=KEPT as u128 {
            over.keep(one(number, Standing::Expired, now + COMES));
        }
        assert!(over.due(now).is_empty());
        assert_eq!(over.deadline(), Some(now + COMES));
        assert!(over.asked(RequestId(uuid::Uuid::from_u128(0))).is_none());
    }
}
