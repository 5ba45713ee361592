//! The inbox: what waits, in the order in which it came, and how far each request is here.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use sayso_protocol::bus::{Answer, Place, Result as AnswerResult};
use sayso_protocol::decision::Verdict;
use sayso_protocol::enrolment::ApproverId;
use sayso_protocol::life::Standing;
use sayso_protocol::relay::{Announced, Notice, Question, Received};
use sayso_protocol::request::RequestId;
use sayso_protocol::secret::Receipt;
use sayso_protocol::signature::Digest;

use crate::doors::Reply;
use crate::source::Arrived;

/// Time left is told at these moments, once the person has begun.
const WARNINGS: [Duration; 2] = [Duration::from_secs(60), Duration::from_secs(20)];
/// A broker lets 20 requests wait for an account.
const MOST: usize = 100;
/// A request that the broker has not ended is given up here so long after its deadline.
const GRACE: Duration = Duration::from_secs(5);

/// Who waits for what an answer leads to, and until when.
pub struct Answering {
    /// What was decided.
    pub verdict: Verdict,
    /// Where the person is.
    pub place: Place,
    /// The call that waits, until it is answered.
    pub reply: Option<Reply<Answer>>,
    /// When the call is answered with what is known then.
    pub patience: Instant,
    /// Names the signed decision, once it is kept.
    pub digest: Option<Digest>,
    /// When the service should have fetched the approval, once the broker has it.
    pub fetched_by: Option<Instant>,
    /// Whether the service has fetched it.
    pub collected: bool,
    /// What the person has been told meanwhile: "not sent yet" or "not fetched yet".
    pub told: Option<AnswerResult>,
}

/// A request and how far it is here.
pub struct Entry {
    /// For which of this computer's approvers.
    pub approver: ApproverId,
    /// The request, verified.
    pub received: Received,
    /// When it expires.
    pub deadline: Instant,
    /// When it is over, whatever happens: until then a decision is sent and an approval fetched.
    pub exp: Instant,
    /// What the broker says.
    pub standing: Standing,
    /// If this computer bound it.
    pub receipt: Option<Receipt>,
    /// Whether a notice has been given to the announcer.
    pub noticed: bool,
    /// The notice, once announced.
    pub notice: Option<Announced<Notice>>,
    /// Since when its question is open.
    pub asked: Option<Instant>,
    /// Where it was asked last.
    pub asked_at: Option<Place>,
    /// The question, once announced.
    pub question: Option<Announced<Question>>,
    /// Whether the person has begun to answer it.
    pub begun: bool,
    /// The answer that is under way.
    pub answering: Option<Answering>,
    warned: usize,
}

impl Entry {
    /// The time left at `now`.
    #[must_use]
    pub fn left(&self, now: Instant) -> Duration {
        self.deadline.saturating_duration_since(now)
    }

    /// Whether this computer bound it and it waits for its answer.
    #[must_use]
    pub fn is_question(&self) -> bool {
        self.standing == Standing::Bound && self.receipt.is_some() && self.answering.is_none()
    }

    /// Whether a code may still find it: nobody has bound it, or the answer that would prove that
    /// this computer did was lost.
    #[must_use]
    pub fn takes_code(&self) -> bool {
        match self.standing {
            Standing::Pending => true,
            Standing::Bound => self.receipt.is_none(),
            Standing::ApprovedUnconfirmed
            | Standing::Approved
            | Standing::Denied
            | Standing::Expired
            | Standing::Cancelled => false,
        }
    }

    /// The next moment at which something is due.
    #[must_use]
    pub fn due(&self, now: Instant) -> Instant {
        let mut due = self.over_at();
        if let Some(answering) = &self.answering {
            if answering.told.is_none() {
                due = due.min(answering.fetched_by.unwrap_or(answering.patience));
            }
        } else if self.begun
            && let Some(warning) = WARNINGS.get(self.warned)
        {
            due = due.min(self.deadline.checked_sub(*warning).unwrap_or(now));
        }
        due
    }

    /// Whether time left is to be told now. Moments that have passed are not told late.
    pub fn warn(&mut self, now: Instant) -> bool {
        let mut warn = false;
        while let Some(warning) = WARNINGS.get(self.warned)
            && self.left(now) <= *warning
        {
            let late = warning.saturating_sub(self.left(now)) > Duration::from_secs(5);
            warn = self.begun && self.answering.is_none() && !late;
            self.warned += 1;
        }
        warn
    }

    fn over_at(&self) -> Instant {
        let end =
            if self.answering.is_some() { self.exp.max(self.deadline) } else { self.deadline };
        end + GRACE
    }

    /// Whether it is over here, whatever the broker has not said.
    #[must_use]
    pub fn is_over(&self, now: Instant) -> bool {
        now >= self.over_at()
    }
}

/// All entries, oldest first: request ids are time-ordered.
#[derive(Default)]
pub struct Inbox(BTreeMap<RequestId, Entry>);

impl Inbox {
    /// Takes a request that came, or what is new about one that is here.
    /// What another broker says of a request that is not its own changes nothing, and neither does
    /// one more request where so many wait that no broker of ours would send it.
    pub fn take(&mut self, approver: &ApproverId, arrived: Arrived) {
        let Arrived { received, standing, receipt, deadline, exp } = arrived;
        let known = self.0.get(&received.id());
        let foreign = known.is_some_and(|entry| entry.approver != *approver);
        let own = self.0.values().filter(|entry| entry.approver == *approver).count();
        if foreign || (known.is_none() && own >= MOST) {
            tracing::warn!(request = %received.id(), "a request is left out");
            return;
        }
        let entry = self.0.entry(received.id()).or_insert_with(|| Entry {
            approver: approver.clone(),
            received,
            deadline,
            exp,
            standing,
            receipt: None,
            noticed: false,
            notice: None,
            asked: None,
            asked_at: None,
            question: None,
            begun: false,
            answering: None,
            warned: 0,
        });
        entry.standing = standing;
        entry.deadline = deadline;
        if receipt.is_some() {
            entry.receipt = receipt;
        }
    }

    /// The entry of `id`.
    #[must_use]
    pub fn get(&self, id: RequestId) -> Option<&Entry> {
        self.0.get(&id)
    }

    /// The entry of `id`, to change.
    pub fn get_mut(&mut self, id: RequestId) -> Option<&mut Entry> {
        self.0.get_mut(&id)
    }

    /// Takes the entry of `id` out.
    pub fn remove(&mut self, id: RequestId) -> Option<Entry> {
        self.0.remove(&id)
    }

    /// All of them, oldest first.
    pub fn iter(&self) -> impl Iterator<Item = (RequestId, &Entry)> {
        self.0.iter().map(|(id, entry)| (*id, entry))
    }

    /// The ids of all of them, oldest first.
    #[must_use]
    pub fn ids(&self) -> Vec<RequestId> {
        self.0.keys().copied().collect()
    }

    /// Those that still want something of the person.
    pub fn waiting(&self) -> impl Iterator<Item = (RequestId, &Entry)> {
        self.iter().filter(|(_, entry)| entry.answering.is_none())
    }

    /// When something is due.
    #[must_use]
    pub fn deadline(&self, now: Instant) -> Option<Instant> {
        self.0.values().map(|entry| entry.due(now)).min()
    }
}
