//! What the person is told of changes, and when: not in the first moments of a session, never while
//! a question is open, one at a time, and nothing of it at a locked screen.

use std::collections::{HashMap, HashSet};
use std::time::{Duration, Instant};

use sayso_protocol::change::{ChangeTold, Standing};
use sayso_protocol::enrolment::ApproverId;
use sayso_protocol::time::UnixTime;

use super::Pipeline;
use super::agreeing::key;
use crate::announcer::NewsId;
use crate::changes::{Key, News, Session, is_of, is_own};
use crate::quiet::Why;
use crate::signer;

/// The screen reader has enough to say when a session begins.
const YOUNG: Duration = Duration::from_secs(20);

/// What is on its way to the person.
pub(super) struct Telling {
    settled_at: Instant,
    news: HashMap<NewsId, News>,
    /// Of these the locked screen has told that something waits.
    hinted: HashSet<Key>,
}

impl Telling {
    pub(super) fn new(started: Instant) -> Self {
        Self { settled_at: started + YOUNG, news: HashMap::new(), hinted: HashSet::new() }
    }

    fn session(&self, now: Instant) -> Session {
        if now < self.settled_at { Session::Young } else { Session::Settled }
    }
}

impl Pipeline {
    /// The broker tells of all changes of the account.
    pub(in crate::pipeline) fn changes_are(
        &mut self,
        approver: &ApproverId,
        changes: Vec<ChangeTold>,
    ) {
        self.changing.known.snapshot(approver, changes);
    }

    /// The broker tells of one change.
    pub(in crate::pipeline) fn changed(&mut self, approver: &ApproverId, change: ChangeTold) {
        self.changing.known.take(approver, change);
    }

    /// Tells what is due, one after the other.
    pub(in crate::pipeline) fn tell_changes(&mut self, now: Instant) {
        if self.announcer.locked() {
            self.hint_at_change(now);
            return;
        }
        let open = self.open_question(now).is_some() || self.is_answering();
        if open || self.announcer.is_talking() {
            return;
        }
        let session = self.changing.telling.session(now);
        // What waits for a yes can wait for the morning; what somebody asked for cannot.
        let quiet = self.silent_until(Why::Hours).is_some();
        let mut due = self.news(session, now).into_iter();
        let Some(news) = due.find(|news| !quiet || news.change.standing != Standing::Ready) else {
            return;
        };
        let Some(told) = self.wording(&news.approver, now, |here| here.told(&news.change)) else {
            return;
        };
        let at = self.time_of(&news.approver, now);
        self.changing.known.telling(&news, at);
        let id = self.announcer.news(&key(news.change.id), &told);
        self.changing.telling.news.insert(id, news);
    }

    /// What is due, of accounts whose broker can be reached and has no answer of ours to give:
    /// that answer tells it where the person is.
    fn news(&self, session: Session, now: Instant) -> Vec<News> {
        self.changing.known.news(session, |approver| self.clock_of(approver, now))
    }

    fn clock_of(&self, approver: &ApproverId, now: Instant) -> Option<UnixTime> {
        let source = self.sources.get(approver).filter(|source| source.up)?;
        let acting = self.changing.calls.values().any(|(acting, _)| acting == approver);
        (!acting).then(|| source.time(now))
    }

    /// A new change that was asked for elsewhere does not wait in silence for the unlock.
    fn hint_at_change(&mut self, now: Instant) {
        for News { approver, change } in self.news(Session::Settled, now) {
            let of_others = !is_own(&approver, &change) && !is_of(&approver, &change);
            let new = change.standing == Standing::Waiting && of_others;
            if new && self.changing.telling.hinted.insert((approver, change.id)) {
                self.announcer.tell_locked_change();
            }
        }
    }

    /// News has arrived.
    pub(in crate::pipeline) fn news_arrived(&mut self, id: NewsId, now: Instant) {
        if let Some(news) = self.changing.telling.news.remove(&id) {
            self.told_change(&news, now);
        }
    }

    /// The person knows how far a change is.
    pub(super) fn told_change(&mut self, news: &News, now: Instant) {
        let at = self.time_of(&news.approver, now);
        self.changing.known.told(news);
        let (approver, change) = (news.approver.clone(), Box::new(news.change.clone()));
        self.keep(signer::Order::ChangeTold { approver, change, at });
    }

    /// The screen was locked: nothing of changes stays on it, and what was being told is told again.
    pub(in crate::pipeline) fn hide_changes(&mut self) {
        for (_, news) in self.changing.telling.news.drain() {
            self.announcer.close_news(&key(news.change.id));
        }
        for approver in self.sources.keys() {
            for change in self.changing.known.pending(approver) {
                self.announcer.close_news(&key(change.id));
            }
        }
        self.changing.known.interrupted();
    }

    /// When something about changes is due.
    pub(in crate::pipeline) fn changes_due(&self, now: Instant) -> Option<Instant> {
        let settled_at = self.changing.telling.settled_at;
        let waits = now < settled_at && !self.news(Session::Settled, now).is_empty();
        let again =
            self.sources.iter().filter(|(_, source)| source.up).filter_map(|(approver, source)| {
                let at = self.changing.known.again_at(approver)?;
                Some(source.clock?.instant(at)).filter(|at| *at > now)
            });
        again.chain(waits.then_some(settled_at)).min()
    }
}
