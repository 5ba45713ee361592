//! A request for the tests of this crate, inside it and outside.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use sayso_protocol::binding::Method;
use sayso_protocol::enrolment::AccountName;
use sayso_protocol::request::{
    Action, ActionKind, Near, Origin, Request, RequestId, ServiceName, Verification,
};
use sayso_protocol::spoken::Clean;

/// A login from this network, bound by a code, of which nothing more is said.
pub(crate) fn login(id: RequestId, account: &str, service: &str) -> Request {
    Request {
        request: id,
        account: AccountName::parse(account).unwrap(),
        service: ServiceName::new(service),
        action: Action {
            kind: ActionKind::Login,
            summary: Clean::default(),
            details: Clean::default(),
            amount: None,
            payee: None,
        },
        origin: Origin::default(),
        near: Near::Same,
        locale: Clean::default(),
        bindings: vec![Method::Code],
        min_verification: Verification::Session,
    }
}
