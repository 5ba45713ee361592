//! What of the changes the person has still to be told, and when they are asked again.

use std::time::Duration;

use sayso_protocol::change::{ChangeTold, Standing, TO_CONFIRM};
use sayso_protocol::enrolment::ApproverId;
use sayso_protocol::time::UnixTime;

use super::{Changes, Known, Learned, News, Session, is_of, is_own};

/// A ready change that nobody answered is asked about again after this long.
const AGAIN: Duration = Duration::from_hours(24);

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
            let over = change.ready_at.plus(TO_CONFIRM);
            return change.standing == Standing::Ready && given.at.plus(AGAIN) <= now && now < over;
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

    /// When the person is asked again about a ready change of this account, in its broker's time.
    #[must_use]
    pub fn again_at(&self, approver: &ApproverId) -> Option<UnixTime> {
        let known = self.known.get(approver).into_iter().flatten();
        let ready = known.filter(|known| known.change.standing == Standing::Ready);
        let given = ready.filter_map(|known| known.telling.as_ref());
        given
            .filter(|given| given.standing == Standing::Ready)
            .map(|given| given.at.plus(AGAIN))
            .min()
    }
}
