//! The calls of services and approvers, one file per noun of the path.
//!
//! - [`requests`]: a service asks, looks, collects, calls off
//! - [`approvers`]: a computer becomes an approver
//! - [`link`]: an approver is connected
//! - [`bindings`]: an approver brings a code
//! - [`decisions`]: an approver brings what the person decided
//! - [`health`]: the time, the keys, whether the broker is well

pub mod approvers;
pub mod bindings;
pub mod decisions;
pub mod health;
pub mod link;
pub mod requests;

use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use sayso_protocol::problem::ProblemType;
use serde::de::DeserializeOwned;

use crate::error::Error;

/// A JSON body; its size is looked at before anything is parsed.
#[derive(Debug)]
pub struct Body<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Body<T> {
    type Rejection = Error;

    async fn from_request(request: Request, state: &S) -> Result<Self, Error> {
        let bytes = Bytes::from_request(request, state).await.map_err(|rejection| {
            let too_large = rejection.status() == axum::http::StatusCode::PAYLOAD_TOO_LARGE;
            Error::of(if too_large { ProblemType::TooLarge } else { ProblemType::Malformed })
        })?;
        serde_json::from_slice(&bytes).map(Self).map_err(|error| {
            // The error names fields and places, never what stood there.
            tracing::info!(line = error.line(), column = error.column(), "a body was malformed");
            Error::of(ProblemType::Malformed)
        })
    }
}
