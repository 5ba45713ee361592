//! What was committed, for those who are connected.

use sayso_protocol::enrolment::ApproverId;
use sayso_protocol::link::FromBroker;
use sayso_protocol::request::RequestId;

/// What was committed, told to the relay.
#[derive(Debug, Clone)]
pub struct News {
    /// The audit's length at the commit: a reading at least as long knows this already.
    pub version: u64,
    /// Which request changed.
    pub about: Option<RequestId>,
    /// Who is to be told what.
    pub messages: Vec<(ApproverId, FromBroker)>,
    /// An approver that was removed: its link closes.
    pub removed: Option<ApproverId>,
    /// Who may know more than before: their links begin anew.
    pub anew: Option<Anew>,
}

/// Whose links begin anew.
#[derive(Debug, Clone)]
pub enum Anew {
    /// That of this approver.
    Of(ApproverId),
    /// All.
    All,
}

impl News {
    pub(super) fn of(messages: Vec<(ApproverId, FromBroker)>) -> Self {
        Self { version: 0, about: None, messages, removed: None, anew: None }
    }
}
