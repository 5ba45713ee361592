//! The calls of services and approvers, one file per noun of the path.
//!
//! - [`asking`]: a service asks
//! - `nearness`: from where, against its account's approvers
//! - [`once`]: a call that is to be done once
//! - [`requests`]: it looks, collects, calls off
//! - [`approvers`]: a computer becomes an approver
//! - [`link`]: an approver is connected
//! - [`inbox`]: the same for one that can have no link
//! - `snapshot`: what either begins with
//! - [`changes`]: an approver reads and changes its account's security settings
//! - [`bindings`]: an approver brings a code
//! - [`decisions`]: an approver brings what the person decided
//! - [`more_time`]: an approver asks for more time
//! - [`practice`]: an approver asks for something to practise on
//! - [`health`]: the time, the keys, whether the broker is well
//! - [`openapi`]: what all these calls are

pub mod approvers;
pub mod asking;
pub mod bindings;
pub mod changes;
pub mod decisions;
pub mod health;
pub mod inbox;
pub mod link;
pub mod more_time;
mod nearness;
pub mod once;
pub mod openapi;
pub mod practice;
pub mod requests;
mod snapshot;

use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use axum::http::StatusCode;
use sayso_protocol::problem::{Problem, ProblemType};
use serde::de::DeserializeOwned;
use std::time::Duration;

use crate::clock::pause;
use crate::error::{Error, problem};

/// A body that has not come by then is not waited for.
const BODY_WITHIN: Duration = Duration::from_secs(10);

fn too_slow() -> Error {
    let status = StatusCode::REQUEST_TIMEOUT.as_u16();
    Problem { status, ..problem(ProblemType::Malformed) }.into()
}

/// The bytes of a body, if they come in time and are not too many.
pub(crate) async fn whole(request: Request, state: &(impl Send + Sync)) -> Result<Bytes, Error> {
    let bytes = tokio::select! {
        bytes = Bytes::from_request(request, state) => bytes,
        () = pause(BODY_WITHIN) => return Err(too_slow()),
    };
    bytes.map_err(|rejection| {
        let too_large = rejection.status() == StatusCode::PAYLOAD_TOO_LARGE;
        Error::of(if too_large { ProblemType::TooLarge } else { ProblemType::Malformed })
    })
}

/// A JSON body; its size is looked at before anything is parsed.
#[derive(Debug)]
pub struct Body<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Body<T> {
    type Rejection = Error;

    async fn from_request(request: Request, state: &S) -> Result<Self, Error> {
        let bytes = whole(request, state).await?;
        serde_json::from_slice(&bytes).map(Self).map_err(|error| {
            // The error names fields and places, never what stood there.
            tracing::info!(line = error.line(), column = error.column(), "a body was malformed");
            Error::of(ProblemType::Malformed)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_body_that_does_not_come_is_not_waited_for() {
        let never = futures_util::stream::pending::<Result<Bytes, std::io::Error>>();
        let request = Request::new(axum::body::Body::from_stream(never));
        let refused = Body::<String>::from_request(request, &()).await;
        let Err(Error::Refused(problem)) = refused else { panic!("{refused:?}") };
        assert_eq!(problem.status, 408);
    }
}
