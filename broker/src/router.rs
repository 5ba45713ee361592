//! Every route of the broker.

use axum::Router;
use axum::extract::{DefaultBodyLimit, MatchedPath, Request, State};
use axum::http::HeaderName;
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use sayso_protocol::problem::ProblemType;
use tower_http::catch_panic::CatchPanicLayer;

use crate::error::Error;
use crate::handlers::{
    approvers, asking, bindings, changes, decisions, health, inbox, link, more_time, openapi,
    practice, requests,
};
use crate::page;
use crate::server::Broker;

/// No body is larger, in bytes.
pub const MAX_BODY: usize = 64 * 1024;

/// The routes of `broker`.
pub fn of(broker: Broker) -> Router {
    Router::new()
        // services
        .route("/v1/requests", post(asking::ask))
        .route("/v1/requests/{id}", get(requests::look).delete(requests::call_off))
        .route("/v1/requests/{id}/outcome", post(requests::collect))
        // approvers
        .route("/v1/approvers", get(approvers::list).post(approvers::enrol))
        .route("/v1/approver/link", get(link::open))
        .route("/v1/approver/inbox", get(inbox::look))
        .route("/v1/bindings", post(bindings::bind))
        .route("/v1/changes", get(changes::list).post(changes::act))
        .route("/v1/requests/{id}/decision", post(decisions::decide))
        .route("/v1/requests/{id}/more-time", post(more_time::give))
        .route("/v1/practice", post(practice::begin))
        // anyone
        .route("/v1/time", get(health::time))
        .route("/v1/keys", get(health::keys))
        .route("/healthz", get(health::healthz))
        .route("/openapi.json", get(openapi::describe))
        // browsers
        .merge(page::routes())
        .fallback(nothing_here)
        .method_not_allowed_fallback(nothing_here)
        .layer(DefaultBodyLimit::max(MAX_BODY))
        .layer(CatchPanicLayer::custom(|_| {
            Error::Inside("a handler panicked".into()).into_response()
        }))
        .layer(from_fn_with_state(broker.clone(), log))
        .layer(from_fn(harden))
        .with_state(broker)
}

async fn nothing_here() -> Error {
    Error::of(ProblemType::NotFound)
}

/// The route, never the address: a login page's address is a secret. A refusal counts.
async fn log(State(broker): State<Broker>, request: Request, next: Next) -> Response {
    let method = request.method().clone();
    let route = request.extensions().get::<MatchedPath>().cloned();
    let response = next.run(request).await;
    let route = route.as_ref().map_or("none", MatchedPath::as_str);
    if let Some(kind) = response.extensions().get::<ProblemType>() {
        broker.metrics.refused(*kind);
    }
    tracing::info!(%method, route, status = response.status().as_u16(), "answered");
    response
}

/// What every answer says to a browser that has come here by mistake.
async fn harden(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = [
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "no-referrer"),
        ("content-security-policy", page::POLICY),
        ("cache-control", "no-store"),
    ];
    for (name, value) in headers {
        response
            .headers_mut()
            .entry(HeaderName::from_static(name))
            .or_insert(axum::http::HeaderValue::from_static(value));
    }
    response
}
