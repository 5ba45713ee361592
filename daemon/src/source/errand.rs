//! Calls about settings and computers: each is made once, for a person who waits for its answer.

use sayso_protocol::change::{Approvers, ChangeAct, ChangeTold, Changes};
use sayso_protocol::signature::Jws;

use super::BrokerClock;

/// What a broker is asked or told.
#[derive(Debug)]
pub enum Errand {
    /// What time it is there.
    Clock,
    /// The account's settings and changes.
    Settings,
    /// The account's computers.
    Approvers,
    /// A signed act on settings.
    Act(Jws<ChangeAct>),
}

/// What it answered.
#[derive(Clone, Debug)]
pub enum Fetched {
    /// What time it is.
    Clock(BrokerClock),
    /// The account's settings and changes.
    Settings(Box<Changes>, BrokerClock),
    /// The account's computers.
    Approvers(Approvers, BrokerClock),
    /// What stands of the change after the act, durably.
    Act(Box<ChangeTold>),
}
