//! An approver asks for more time: for any request that it was asked.

use axum::Json;
use axum::extract::{Path, State};
use sayso_protocol::life::Event;
use sayso_protocol::problem::ProblemType;
use sayso_protocol::request::MoreTimeAnswer;

use super::requests::request_id;
use crate::auth::{self, CallingApprover};
use crate::course;
use crate::error::Error;
use crate::server::Broker;

/// `POST /v1/requests/{id}/more-time`: what stands then. At the request's `exp` there is no more.
///
/// # Errors
/// `unauthorized`, `signature`, `clock`, `approver-removed`; `not-found` for a request that this
/// approver was not asked; `ended` with what stands.
pub async fn give(
    State(broker): State<Broker>,
    CallingApprover(approver): CallingApprover,
    Path(id): Path<String>,
) -> Result<Json<MoreTimeAnswer>, Error> {
    let id = request_id(&id)?;
    let given = broker.store.write(move |tx| {
        let found = tx.db().request(id)?.zip(tx.db().signed_for(id, &approver.id)?);
        let Some((mut kept, _)) = found else {
            return Ok(Err(Error::of(ProblemType::NotFound)));
        };
        if let Err(error) = auth::acting(tx.db(), &approver.id)? {
            return Ok(Err(error));
        }
        let event = Event::MoreTime { exp: kept.exp };
        let done = course::advance(tx, &mut kept, event, None)?;
        Ok(done.map(|_| kept.life).map_err(Error::from))
    });
    let given = given.await?;
    let life = given.value?;
    Ok(Json(MoreTimeAnswer {
        state: life.standing(),
        expires_at: life.expires_at,
        audit_head: given.head,
    }))
}
