//! What of the changes the person has still to be told, and when they are asked again.

use std::time::Duration;

use sayso_protocol::change::{ChangeTold, Standing, TO_CONFIRM};
use sayso_protocol::enrolment::ApproverId;
use sayso_protocol::time::UnixTime;

use super::{Arrived, Changes, Known, Learned, News, Session, Telling, is_of, is_own};

/// A ready change that nobody answered is asked about again after this long.
const AGAIN: Duration = Duration::from_hours(24);
/// What was given to the announcer and reached nobody is given to it again after this long.
const UNHEARD: Duration = Duration::from_hours(1);

impl Changes {
    /// What there is to tell, oldest first, of accounts whose broker can be reached: `time` knows
    /// their clocks.
    #[must_use]
    pub fn news(
        &self,
        session: Session,
        time: impl Fn(&ApproverId) -> Option<UnixTime>,
    ) -> Vec<News> {
        let mut news = Vec::new();
        for (approver, known) in &self.known {
            let Some(now) = time(approver) else { continue };
            let may = |known: &&Known| match session {
                Session::Young => known.learned == Learned::Live,
                Session::Settled => true,
            };
            let due = known.iter().filter(may).filter(|known| self.is_news(approver, known, now));
            news.extend(
                due.map(|due| News { approver: approver.clone(), change: due.change.clone() }),
            );
        }
        news.sort_by_key(|news| (news.change.queued_at, news.change.id));
        news
    }

    fn is_news(&self, approver: &ApproverId, known: &Known, now: UnixTime) -> bool {
        let change = &known.change;
        let given = known.telling.as_ref().filter(|given| given.standing == change.standing);
        if let Some(given) = given {
            let over =
                change.standing == Standing::Ready && now >= change.ready_at.plus(TO_CONFIRM);
            return given.again_at().is_some_and(|at| at <= now) && !over;
        }
        let told = self.told.get(&(approver.clone(), change.id)).copied();
        match (change.standing, told) {
            // What is ready is asked in each session anew, until its time is over: the broker
            // will say that it has lapsed.
            (Standing::Ready, _) => now < change.ready_at.plus(TO_CONFIRM),
            (Standing::Waiting, None) => true,
            // Whoever asked for the newer one here was told whose place it takes.
            (Standing::Replaced, Some(told)) => {
                told != Standing::Replaced && !self.is_replaced_here(approver, change)
            }
            (standing, Some(told)) => standing != told,
            // What began and ended before this computer was there, or is its own beginning.
            (Standing::Applied, None) => {
                let since = self.since.get(approver).copied().unwrap_or(UnixTime(0));
                change.queued_at >= since && !is_of(approver, change)
            }
            // Nobody here heard that it waited: nobody misses it.
            (Standing::Cancelled | Standing::Lapsed | Standing::Replaced, None) => false,
        }
    }

    fn is_replaced_here(&self, approver: &ApproverId, change: &ChangeTold) -> bool {
        let mut known = self.known.get(approver).into_iter().flatten().map(|known| &known.change);
        known.any(|newer| {
            newer.id > change.id
                && change.proposal.is_replaced_by(&newer.proposal)
                && is_own(approver, newer)
        })
    }

    /// When the person is told again of a change of this account, in its broker's time.
    #[must_use]
    pub fn again_at(&self, approver: &ApproverId) -> Option<UnixTime> {
        let known = self.known.get(approver).into_iter().flatten();
        let given = known.filter_map(|known| {
            known.telling.as_ref().filter(|given| given.standing == known.change.standing)
        });
        given.filter_map(Telling::again_at).min()
    }
}

impl Telling {
    fn again_at(&self) -> Option<UnixTime> {
        match (self.arrived, self.standing) {
            (Arrived::NotYet, _) => Some(self.at.plus(UNHEARD)),
            (Arrived::Yes, Standing::Ready) => Some(self.at.plus(AGAIN)),
            (
                Arrived::Yes,
                Standing::Waiting
                | Standing::Applied
                | Standing::Cancelled
                | Standing::Lapsed
                | Standing::Replaced,
            ) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sayso_protocol::change::{ApproveWith, Author, ChangeId, Proposal};
    use sayso_protocol::signature::Digest;

    const HOUR: i64 = 3600;

    fn ready() -> ChangeTold {
        ChangeTold {
            id: ChangeId(uuid::Uuid::from_u128(1)),
            hash: Digest::of(b"1"),
            proposal: Proposal::ApproveWith(ApproveWith::Qr),
            now: Some(Proposal::ApproveWith(ApproveWith::Code)),
            by: Author::Administrator,
            standing: Standing::Ready,
            queued_at: UnixTime(0),
            ready_at: UnixTime(24 * HOUR),
            ended_by: None,
        }
    }

    fn due_at(changes: &Changes, hours: i64) -> bool {
        !changes.news(Session::Settled, |_| Some(UnixTime(hours * HOUR))).is_empty()
    }

    #[test]
    fn what_nobody_heard_is_told_again_after_an_hour_and_what_nobody_answered_after_a_day() {
        let approver = ApproverId("desk".into());
        let mut changes = Changes::default();
        changes.take(&approver, ready());
        let news = changes.news(Session::Settled, |_| Some(UnixTime(24 * HOUR))).remove(0);
        changes.telling(&news, UnixTime(24 * HOUR));
        assert_eq!(changes.again_at(&approver), Some(UnixTime(25 * HOUR)));
        assert!(!due_at(&changes, 24) && due_at(&changes, 25));
        changes.told(&news);
        assert_eq!(changes.again_at(&approver), Some(UnixTime(48 * HOUR)));
        assert!(!due_at(&changes, 25) && due_at(&changes, 48));
        assert!(!due_at(&changes, 8 * 24), "it has lapsed, and the broker will say so");
    }
}
