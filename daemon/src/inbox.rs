//! The inbox: what waits, in the order in which it came, and how far each request is here.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use sayso_protocol::binding::{Code, Method};
use sayso_protocol::bus::{Answer, Place};
use sayso_protocol::decision::{Confirmation, Verdict};
use sayso_protocol::enrolment::ApproverId;
use sayso_protocol::life::Standing;
use sayso_protocol::relay::{Announced, Notice, Question, Received};
use sayso_protocol::request::RequestId;
use sayso_protocol::secret::Receipt;
use sayso_protocol::signature::Digest;

use crate::doors::Reply;
use crate::quiet::Why;
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
    /// Names the signed decision, once it is kept.
    pub digest: Option<Digest>,
    /// How far it is.
    pub progress: Progress,
    /// Whether the service has fetched the approval.
    pub collected: bool,
    /// The approval that waits to be confirmed, which this no undoes.
    pub undone: Option<Box<Answering>>,
}

impl Answering {
    /// Whether it approves and waits for the browser that holds the page.
    #[must_use]
    pub fn is_unconfirmed(&self) -> bool {
        matches!(self.progress, Progress::Unconfirmed { .. })
    }

    /// When something is due.
    #[must_use]
    pub fn due(&self) -> Option<Instant> {
        match self.progress {
            Progress::Sending { patience } => Some(patience),
            Progress::Unconfirmed { late, .. } => late,
            Progress::Unfetched { late } => Some(late),
            Progress::Kept | Progress::Late => None,
        }
    }

    /// The digits that are wanted on the login page.
    #[must_use]
    pub fn digits(&self) -> Option<&Code> {
        match &self.progress {
            Progress::Unconfirmed { confirm: Confirmation::Readout(code), .. } => Some(code),
            Progress::Unconfirmed { confirm: Confirmation::Finish(_), .. }
            | Progress::Sending { .. }
            | Progress::Kept
            | Progress::Unfetched { .. }
            | Progress::Late => None,
        }
    }
}

/// How far an answer is.
#[derive(Clone, Debug)]
pub enum Progress {
    /// Being signed, kept and sent.
    Sending {
        /// When the call is answered with what is known then.
        patience: Instant,
    },
    /// Kept, and sent until the broker answers; the person knows.
    Kept,
    /// The broker has the approval, which counts once the browser that holds the page confirms it.
    Unconfirmed {
        /// By what.
        confirm: Confirmation,
        /// When the person is told that the browser has not; none once they know what to do.
        late: Option<Instant>,
    },
    /// The approval counts, and the service should fetch it.
    Unfetched {
        /// When the person is told that it has not.
        late: Instant,
    },
    /// It has not, and the person knows.
    Late,
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
    /// Whether a notice has been given to the announcer, or left out.
    pub noticed: bool,
    /// Why the notice was left out, as long as the person knows nothing of it.
    pub left_out: Option<Why>,
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

    /// Whether it is approved here and waits for the browser that holds the page.
    #[must_use]
    pub fn is_unconfirmed(&self) -> bool {
        self.answering.as_ref().is_some_and(Answering::is_unconfirmed)
    }

    /// Whether it may be bound in this way.
    #[must_use]
    pub fn offers(&self, method: Method) -> bool {
        self.received.request().bindings.contains(&method)
    }

    /// Whether a proof may still bind it: nobody has, or the answer that would prove that this
    /// computer did was lost.
    #[must_use]
    pub fn takes_proof(&self) -> bool {
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

    /// Whether a code may bind it.
    #[must_use]
    pub fn takes_code(&self) -> bool {
        self.takes_proof() && self.offers(Method::Code)
    }

    /// The next moment at which something is due.
    #[must_use]
    pub fn due(&self, now: Instant) -> Instant {
        let mut due = self.over_at();
        if let Some(answering) = &self.answering {
            due = answering.due().map_or(due, |at| due.min(at));
        }
        if self.waits_for_person()
            && let Some(warning) = WARNINGS.get(self.warned)
        {
            due = due.min(self.deadline.checked_sub(*warning).unwrap_or(now));
        }
        due
    }

    /// Whether the person has begun, and has something to do still: to answer, or to type digits.
    fn waits_for_person(&self) -> bool {
        let at_digits = |answering: &Answering| answering.digits().is_some();
        self.begun && self.answering.as_ref().is_none_or(at_digits)
    }

    /// There is time until `deadline`. Where that is more than before, it is told anew.
    pub fn move_deadline(&mut self, deadline: Instant) {
        if deadline > self.deadline {
            self.warned = 0;
        }
        self.deadline = deadline;
    }

    /// Whether time left is to be told now. Moments that have passed are not told late.
    pub fn warn(&mut self, now: Instant) -> bool {
        let mut warn = false;
        while let Some(warning) = WARNINGS.get(self.warned)
            && self.left(now) <= *warning
        {
            let late = warning.saturating_sub(self.left(now)) > Duration::from_secs(5);
            warn = self.waits_for_person() && !late;
            self.warned += 1;
        }
        warn
    }

    fn over_at(&self) -> Instant {
        let sent = self.answering.is_some() && !self.is_unconfirmed();
        let end = if sent { self.exp.max(self.deadline) } else { self.deadline };
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
            left_out: None,
            notice: None,
            asked: None,
            asked_at: None,
            question: None,
            begun: false,
            answering: None,
            warned: 0,
        });
        entry.standing = standing;
        entry.move_deadline(deadline);
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
