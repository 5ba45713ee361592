//! Sources bring requests and carry decisions back. Each is a task with orders in and events out;
//! a new source touches its own file and one line here.

pub mod broker;
pub mod connection;
pub mod errand;
mod genuine;

use std::time::{Duration, Instant};

use sayso_protocol::binding::Binding;
use sayso_protocol::change::ChangeTold;
use sayso_protocol::decision::{Confirmation, DecisionClaims};
use sayso_protocol::enrolment::{AccountName, ApproverId};
use sayso_protocol::life::Standing;
use sayso_protocol::link::Ended;
use sayso_protocol::practice::PracticeCall;
use sayso_protocol::problem::Problem;
use sayso_protocol::relay::Received;
use sayso_protocol::request::RequestId;
use sayso_protocol::rotation::BrokerKeys;
use sayso_protocol::secret::Receipt;
use sayso_protocol::signature::Jws;
use sayso_protocol::time::UnixTime;
use tokio::sync::mpsc;

use crate::clock;
use errand::{Errand, Fetched};
pub use genuine::NotGenuine;

/// What a source is told to do.
#[derive(Debug)]
pub enum Order {
    /// Give this proof to the broker, once.
    Bind {
        /// Comes back with the answer.
        call: u64,
        /// What came from the login page, or that the person takes the request.
        binding: Binding,
    },
    /// Ask for a request to practise on.
    Practise {
        /// Comes back with the answer.
        call: u64,
        /// In which way, and in which language.
        practice: PracticeCall,
    },
    /// Send these bytes until they are answered or `exp` has come.
    Send {
        /// Which request they decide.
        request: RequestId,
        /// The signed decision.
        decision: Jws<DecisionClaims>,
        /// In broker time.
        exp: UnixTime,
    },
    /// Ask or tell something about settings, once.
    Errand {
        /// Comes back with the answer.
        call: u64,
        /// What.
        errand: Errand,
    },
}

/// The broker's clock as this computer knows it: so that a wrong clock here harms nobody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BrokerClock {
    at: Instant,
    time: UnixTime,
}

impl BrokerClock {
    /// At `at`, the broker said that it was `time`.
    #[must_use]
    pub fn new(at: Instant, time: UnixTime) -> Self {
        Self { at, time }
    }

    /// The broker's time at `now`.
    #[must_use]
    pub fn time(&self, now: Instant) -> UnixTime {
        self.time.plus(now.saturating_duration_since(self.at))
    }

    /// When it will be `time` at the broker. A year ahead at most.
    #[must_use]
    pub fn instant(&self, time: UnixTime) -> Instant {
        let ahead = self.time.until(time).min(Duration::from_secs(31_536_000));
        let behind = time.until(self.time).min(Duration::from_secs(31_536_000));
        (self.at + ahead).checked_sub(behind).unwrap_or(self.at)
    }
}

/// A request that is not final, as a source brings it.
#[derive(Clone, Debug)]
pub struct Arrived {
    /// Verified, with its bytes.
    pub received: Received,
    /// `Pending`, `Bound` or `ApprovedUnconfirmed`.
    pub standing: Standing,
    /// If this computer bound it.
    pub receipt: Option<Receipt>,
    /// When it expires.
    pub deadline: Instant,
    /// When it is over, whatever happens: the signed `exp`.
    pub exp: Instant,
}

/// A practice that a broker has begun.
#[derive(Clone, Debug)]
pub struct Begun {
    /// Its request.
    pub arrived: Arrived,
    /// The address of its login page, which is the broker's own.
    pub page: String,
}

/// The broker's answer to a decision, durable there.
#[derive(Clone, Debug)]
pub struct Answered {
    /// What stands now.
    pub standing: Standing,
    /// What an approval waits for, if it waits.
    pub confirm: Option<Confirmation>,
    /// When the request expires now, if that is known.
    pub deadline: Option<Instant>,
}

/// An account whose keys are not at hand: there is no link, and nothing can be signed for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Keyless {
    /// Its name.
    pub account: AccountName,
    /// The broker's origin.
    pub broker: String,
    /// What the broker calls this computer.
    pub computer: String,
    /// What is wrong with the keys and what to do, in two sentences.
    pub why: String,
}

impl From<Standing> for Answered {
    fn from(standing: Standing) -> Self {
        Self { standing, confirm: None, deadline: None }
    }
}

/// Why the broker did not do what it was asked.
#[derive(Clone, Debug)]
pub enum Refusal {
    /// It could not be reached, or not in time; nothing is known to have happened.
    Offline,
    /// Whoever answers for it is not taken for it; nothing was sent.
    NotGenuine(NotGenuine),
    /// It refused.
    Problem(Box<Problem>),
    /// It answered something that cannot be read or verified.
    Strange,
}

/// What a source tells.
#[derive(Clone, Debug)]
pub enum Event {
    /// The link is up, and this is the broker's clock.
    Up(BrokerClock),
    /// The link is down.
    Down,
    /// Everything that waits, and what ended lately. Always after `Up`.
    Snapshot {
        /// What waits.
        requests: Vec<Arrived>,
        /// What ended in the last 15 minutes.
        ended: Vec<Ended>,
        /// The account's changes that have not ended, and those that ended in the last weeks.
        changes: Vec<ChangeTold>,
    },
    /// A new request.
    Arrived(Arrived),
    /// A request's state or deadline changed.
    Changed {
        /// Which.
        id: RequestId,
        /// `Pending`, `Bound` or `ApprovedUnconfirmed`.
        standing: Standing,
        /// When it expires.
        deadline: Instant,
    },
    /// A request ended.
    Ended(Ended),
    /// The service has fetched an approval.
    Collected(RequestId),
    /// The answer to [`Order::Bind`].
    Bound {
        /// The order's.
        call: u64,
        /// The request, or why not.
        result: Result<Arrived, Refusal>,
    },
    /// The answer to [`Order::Practise`].
    Practised {
        /// The order's.
        call: u64,
        /// The request and its page, or why not.
        result: Result<Box<Begun>, Refusal>,
    },
    /// The answer to [`Order::Send`].
    Answered {
        /// Which request.
        request: RequestId,
        /// How it stands, or why the decision does not count.
        result: Result<Answered, Refusal>,
    },
    /// A change was queued, became ready or ended.
    Change(Box<ChangeTold>),
    /// The answer to [`Order::Errand`].
    Errand {
        /// The order's.
        call: u64,
        /// What was answered, or why not.
        result: Result<Fetched, Refusal>,
    },
    /// The broker has a new key, which the old one signed.
    Keys(Box<BrokerKeys>),
    /// The signed head of the broker's audit, as the broker sent it.
    AuditHead(String),
    /// The broker's clock and this computer's differ by so many seconds.
    ClockOff(u64),
    /// The link cannot be opened, since whoever answers is not taken for the broker. Told once while
    /// it stays so.
    NotGenuine(NotGenuine),
    /// Another computer with this one's key has taken the link. Told once.
    Replaced,
    /// The broker shuts out every computer of the account, until further notice.
    Blocked,
    /// The broker does not know this approver. Told once while it stays so.
    Unknown,
    /// The broker has removed this approver.
    Removed,
}

/// An event and the approver that it is for.
pub type FromSource = (ApproverId, Event);

/// One registered account and the task that keeps its link.
pub struct Source {
    /// The account's name.
    pub account: AccountName,
    /// The broker's origin.
    pub broker: String,
    /// What the broker calls this computer.
    pub computer: String,
    /// Since when it is registered, in broker time.
    pub since: UnixTime,
    /// Orders to the link's task.
    pub orders: mpsc::Sender<Order>,
    /// The broker's clock, while the link is up.
    pub clock: Option<BrokerClock>,
    /// Whether the link is up.
    pub up: bool,
    /// Whether the broker said that the account is blocked, and has not been up since.
    pub blocked: bool,
    /// Whether the broker said that it does not know this computer, and has not been up since.
    pub unknown: bool,
    /// Why whoever answers is not taken for the broker, since it was up last.
    pub not_genuine: Option<NotGenuine>,
}

impl Source {
    /// Broker time at `now`, as well as it is known.
    /// (When the link was never up, this computer's clock stands for the broker's.)
    #[must_use]
    pub fn time(&self, now: Instant) -> UnixTime {
        self.clock.map_or_else(|| UnixTime(clock::wall()), |clock| clock.time(now))
    }
}
