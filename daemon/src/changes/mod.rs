//! What this computer knows of its accounts' changes, and what of them the person has been told.
//! Pure: brokers tell and time goes by, and out comes what there is to tell. When that is done,
//! and on which channel, is left to the pipeline and the announcer.
//!
//! - `due`: what of it there is to tell, and when
//! - `typed`: settings as they are typed
//! - `wording`: one change in words
//! - `asked`: questions that wait for a yes

pub mod asked;
mod due;
pub mod typed;
pub mod wording;

use std::collections::HashMap;

use sayso_protocol::change::{Author, ChangeId, ChangeTold, Proposal, Standing, Wait};
use sayso_protocol::enrolment::ApproverId;
use sayso_protocol::time::UnixTime;

/// How this computer learned of something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Learned {
    /// As it happened.
    Live,
    /// Afterwards: it was so when the link came up.
    Later,
}

/// How long this session has been there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Session {
    /// It has just begun: the screen reader has enough to say. Only what happens now is told.
    Young,
    /// Everything may be told.
    Settled,
}

/// One change of one account here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct News {
    /// Whose account.
    pub approver: ApproverId,
    /// The change, as it stands.
    pub change: ChangeTold,
}

/// Which change of which account here: two accounts may hear of one change.
pub type Key = (ApproverId, ChangeId);

#[derive(Debug)]
struct Known {
    change: ChangeTold,
    learned: Learned,
    telling: Option<Telling>,
}

/// Something that was given to the announcer in this session.
#[derive(Debug)]
struct Telling {
    standing: Standing,
    /// In broker time.
    at: UnixTime,
    arrived: Arrived,
}

/// Whether the person has perceived it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Arrived {
    NotYet,
    Yes,
}

/// The change by which this computer ceased to be one of the account's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Parting<'a> {
    /// It was given to the announcer.
    Told,
    /// It still is to be told.
    Untold(&'a ChangeTold),
}

/// All changes of all accounts here.
#[derive(Debug, Default)]
pub struct Changes {
    known: HashMap<ApproverId, Vec<Known>>,
    told: HashMap<Key, Standing>,
    since: HashMap<ApproverId, UnixTime>,
}

impl Changes {
    /// An account that has been registered here since then.
    pub fn begin(&mut self, approver: ApproverId, since: UnixTime) {
        self.since.insert(approver, since);
    }

    /// What the person has been told in earlier sessions.
    pub fn remember(&mut self, told: Vec<(Key, Standing)>) {
        self.told.extend(told);
    }

    /// The account is no longer registered here.
    pub fn forget(&mut self, approver: &ApproverId) {
        self.known.remove(approver);
        self.since.remove(approver);
    }

    /// All that the broker tells of the account.
    pub fn snapshot(&mut self, approver: &ApproverId, changes: Vec<ChangeTold>) {
        let mut before = self.known.remove(approver).unwrap_or_default();
        let mut known = Vec::with_capacity(changes.len());
        for change in changes {
            let old = before.iter().position(|old| old.change.id == change.id);
            let old = old.map(|place| before.swap_remove(place));
            known.push(Known::after(old, change, Learned::Later));
        }
        self.known.insert(approver.clone(), known);
    }

    /// What was read from the broker, beside the link: it may be older than what the link has told.
    pub fn read(&mut self, approver: &ApproverId, changes: Vec<ChangeTold>) {
        for change in changes {
            self.learn(approver, change, Learned::Later);
        }
    }

    /// The broker tells of one change.
    pub fn take(&mut self, approver: &ApproverId, change: ChangeTold) {
        self.learn(approver, change, Learned::Live);
    }

    fn learn(&mut self, approver: &ApproverId, change: ChangeTold, learned: Learned) {
        let known = self.known.entry(approver.clone()).or_default();
        let old = known.iter().position(|old| old.change.id == change.id);
        match old {
            Some(place) => {
                let old = known.remove(place);
                known.insert(place, Known::after(Some(old), change, learned));
            }
            None => known.push(Known::after(None, change, learned)),
        }
    }

    /// What waits or is ready in an account, oldest first.
    pub fn pending(&self, approver: &ApproverId) -> impl Iterator<Item = &ChangeTold> {
        let known = self.known.get(approver).into_iter().flatten();
        known.map(|known| &known.change).filter(|change| is_pending(change))
    }

    /// The change of this id, and whose account it is of.
    #[must_use]
    pub fn find(&self, id: ChangeId) -> Option<News> {
        self.known.iter().find_map(|(approver, known)| {
            let found = known.iter().find(|known| known.change.id == id)?;
            Some(News { approver: approver.clone(), change: found.change.clone() })
        })
    }

    /// What the person may confirm now, oldest first.
    #[must_use]
    pub fn confirmable(&self) -> Vec<News> {
        let mut all = Vec::new();
        for approver in self.known.keys() {
            let pending = self.pending(approver).filter(|change| is_confirmable(approver, change));
            all.extend(
                pending.map(|change| News { approver: approver.clone(), change: change.clone() }),
            );
        }
        all.sort_by_key(|news| (news.change.queued_at, news.change.id));
        all
    }

    /// The change that this computer waits for, where it is not let in yet.
    #[must_use]
    pub fn waits_here(&self, approver: &ApproverId) -> Option<&ChangeTold> {
        self.pending(approver).find(|change| is_of(approver, change))
    }

    /// The change by which this computer was turned away or removed, where it is known.
    #[must_use]
    pub fn parting(&self, approver: &ApproverId) -> Option<Parting<'_>> {
        let known = self.known.get(approver)?;
        let own = known.iter().find(|known| is_parting(approver, &known.change))?;
        let standing = own.change.standing;
        let given = own.telling.as_ref().is_some_and(|given| given.standing == standing);
        let told = self.told.get(&(approver.clone(), own.change.id)) == Some(&standing);
        Some(if given || told { Parting::Told } else { Parting::Untold(&own.change) })
    }

    /// Something is given to the announcer, at `now` in broker time.
    pub fn telling(&mut self, news: &News, now: UnixTime) {
        if let Some(known) = self.known_mut(news) {
            let standing = news.change.standing;
            known.telling = Some(Telling { standing, at: now, arrived: Arrived::NotYet });
        }
    }

    /// The person has perceived it.
    pub fn told(&mut self, news: &News) {
        let standing = news.change.standing;
        self.told.insert((news.approver.clone(), news.change.id), standing);
        if let Some(known) = self.known_mut(news)
            && let Some(telling) = known.telling.as_mut().filter(|it| it.standing == standing)
        {
            telling.arrived = Arrived::Yes;
        }
    }

    /// What was on its way did not arrive: the screen was locked.
    pub fn interrupted(&mut self) {
        for known in self.known.values_mut().flatten() {
            known.telling.take_if(|telling| telling.arrived == Arrived::NotYet);
        }
    }

    fn known_mut(&mut self, news: &News) -> Option<&mut Known> {
        let known = self.known.get_mut(&news.approver)?;
        known.iter_mut().find(|known| known.change.id == news.change.id)
    }
}

impl Known {
    /// What was known of it stays known, as far as it still stands.
    fn after(old: Option<Known>, change: ChangeTold, learned: Learned) -> Known {
        match old {
            Some(old) if old.change.standing == change.standing => Known { change, ..old },
            // A change never goes back: this was read earlier.
            Some(old) if stage(&old.change) > stage(&change) => old,
            Some(old) => Known { change, learned, telling: old.telling },
            None => Known { change, learned, telling: None },
        }
    }
}

fn is_pending(change: &ChangeTold) -> bool {
    stage(change) < 2
}

/// How far it is in its life, which goes one way.
fn stage(change: &ChangeTold) -> u8 {
    match change.standing {
        Standing::Waiting => 0,
        Standing::Ready => 1,
        Standing::Applied | Standing::Cancelled | Standing::Lapsed | Standing::Replaced => 2,
    }
}

/// Whether `change` turned the computer of `approver` away, or removed it.
fn is_parting(approver: &ApproverId, change: &ChangeTold) -> bool {
    match (&change.proposal, change.standing) {
        (Proposal::Approver(computer), Standing::Cancelled)
        | (Proposal::RemoveApprover(computer), Standing::Applied) => computer.id == *approver,
        (
            Proposal::ApproveWith(_)
            | Proposal::SameDevice(_)
            | Proposal::Approver(_)
            | Proposal::RemoveApprover(_),
            _,
        ) => false,
    }
}

/// Whether `change` lets the computer of `approver` itself in.
#[must_use]
pub fn is_of(approver: &ApproverId, change: &ChangeTold) -> bool {
    matches!(&change.proposal, Proposal::Approver(computer) if computer.id == *approver)
}

/// Whether the person at the computer of `approver` may say yes to it now.
#[must_use]
pub fn is_confirmable(approver: &ApproverId, change: &ChangeTold) -> bool {
    match (change.standing, change.proposal.wait()) {
        (Standing::Ready, _) | (Standing::Waiting, Wait::Unasked) => !is_of(approver, change),
        (
            Standing::Waiting
            | Standing::Applied
            | Standing::Cancelled
            | Standing::Lapsed
            | Standing::Replaced,
            _,
        ) => false,
    }
}

/// Whether the person asked for it at the computer of `approver`.
#[must_use]
pub fn is_own(approver: &ApproverId, change: &ChangeTold) -> bool {
    matches!(&change.by, Author::Approver(computer) if computer.id == *approver)
}
