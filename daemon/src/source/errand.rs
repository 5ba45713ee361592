//! Calls about settings, computers and time: each is made once, for a person who waits for its answer.

use std::time::Instant;

use sayso_protocol::change::{Approvers, ChangeAct, ChangeTold, Changes};
use sayso_protocol::request::RequestId;
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
    /// More time for a request.
    MoreTime(RequestId),
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
    /// When the request ends now.
    MoreTime(Instant),
    /// What stands of the change after the act, durably.
    Act(Box<ChangeTold>),
}
