//! More time for the request, asked on its page.

use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Redirect;
use sayso_protocol::life::{Effect, Event};

use super::reader::Reader;
use super::{PageError, holding};
use crate::course;
use crate::server::Broker;

/// `POST /login/{page}/more-time`: back to the page, which says how long is left now.
pub(super) async fn give(
    State(broker): State<Broker>,
    reader: Reader,
    Path(page): Path<String>,
    headers: HeaderMap,
) -> Result<Redirect, PageError> {
    let kept = holding::held_from_here(&broker, &page, &headers).await;
    let id = kept.map_err(|error| error.for_reader(reader))?.id;
    let given = broker.store.write(move |tx| {
        let Some(mut kept) = tx.db().request(id)? else { return Ok(None) };
        let event = Event::MoreTime { exp: kept.exp };
        Ok(course::advance(tx, &mut kept, event, None)?.ok())
    });
    let asked = match given.await?.value {
        Some(Effect::Changed) => "?time=more",
        Some(Effect::Same | Effect::ReportedLater) => "?time=all",
        // It has ended, and the page says so.
        None => "",
    };
    Ok(Redirect::to(&format!("/login/{page}{asked}")))
}
