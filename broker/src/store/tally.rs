//! What is counted of what was committed, for whoever watches the broker: acts by their kind, never by
//! whom or for whom.

use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use sayso_protocol::life::Standing;

use super::Store;
use super::audit::Entry;

/// Counters of a store. Cheap to clone; the clones count together.
#[derive(Clone, Debug, Default)]
pub struct Tally {
    /// What was done, by `act`.
    pub acts: Family<[(&'static str, &'static str); 1], Counter>,
    /// Groups that were committed.
    pub commits: Counter,
    /// Writes in them.
    pub writes: Counter,
}

impl Tally {
    /// A group of so many writes is on the disk.
    pub(super) fn committed(&self, writes: usize, acts: &[&'static str]) {
        self.commits.inc();
        self.writes.inc_by(writes as u64);
        for act in acts {
            self.acts.get_or_create(&[("act", *act)]).inc();
        }
    }
}

impl Store {
    /// What is counted of its commits.
    #[must_use]
    pub fn tally(&self) -> &Tally {
        &self.tally
    }

    /// How many writes wait.
    #[must_use]
    pub fn queue(&self) -> usize {
        self.writer.max_capacity() - self.writer.capacity()
    }
}

/// As what an entry of the audit is counted, if it is.
pub(super) fn act(entry: &Entry<'_>) -> Option<&'static str> {
    match entry {
        Entry::Asked { .. } => Some("asked"),
        Entry::Changed { state, .. } => standing(*state),
        Entry::Collected { .. } => Some("collected"),
        Entry::ReportedLater { .. } => Some("reported_later"),
        Entry::Withheld { .. } => Some("withheld"),
        Entry::WrongCode { .. } => Some("wrong_code"),
        Entry::WrongSecret { .. } => Some("wrong_secret"),
        Entry::WrongReadout { .. } => Some("wrong_readout"),
        Entry::ActivationRefused { .. } => Some("activation_refused"),
        Entry::ServiceAdded { .. }
        | Entry::ServicePage { .. }
        | Entry::ServiceRemoved { .. }
        | Entry::WebhookSet { .. }
        | Entry::WebhookRemoved { .. }
        | Entry::WebhookGone { .. }
        | Entry::WebhookResent { .. }
        | Entry::AccountAdded { .. }
        | Entry::AccountBlocked { .. }
        | Entry::AccountUnblocked { .. }
        | Entry::ActivationMade { .. }
        | Entry::ApproverEnrolled { .. }
        | Entry::ApproverRemoved { .. }
        | Entry::Read { .. }
        | Entry::PageNeeded { .. }
        | Entry::Held { .. }
        | Entry::ChangeQueued { .. }
        | Entry::ChangeMoved { .. }
        | Entry::MoreTime { .. }
        | Entry::TicketMade { .. }
        | Entry::KeyRotated { .. }
        | Entry::Started => None,
    }
}

fn standing(state: Standing) -> Option<&'static str> {
    match state {
        Standing::Pending => None,
        Standing::Bound => Some("bound"),
        Standing::ApprovedUnconfirmed => Some("approved_unconfirmed"),
        Standing::Approved => Some("approved"),
        Standing::Denied => Some("denied"),
        Standing::Expired => Some("expired"),
        Standing::Cancelled => Some("cancelled"),
    }
}
