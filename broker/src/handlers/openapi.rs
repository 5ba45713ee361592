//! What the broker's HTTP interface is, for programs that make other programs of it.

use axum::http::header;
use axum::response::IntoResponse;

/// The description, as it is committed; a test makes it of the routes and the types on the wire.
const DESCRIPTION: &str = include_str!("../../../docs/openapi.json");

/// `GET /openapi.json`: every call, with what it takes, answers and refuses.
pub async fn describe() -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "application/json")], DESCRIPTION)
}
