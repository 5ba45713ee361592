//! The login page: server-rendered and complete without JavaScript, live with it. It belongs to
//! the first browser that opens it.
//!
//! - `view`: what stands on it
//! - `events`: what changes while it is open
//! - `holding`: whose it is
//! - `confirming`: digits typed in, or a finish address opened, after an approval
//! - `more_time`: what a person does who needs longer
//! - `leaving`: cancel, and the way back to the service
//! - `practice`: where a practice leads to
//! - `reader`: in which language it is
//! - `frame`: what stands around it, and around every other page
//! - `help`: the guide

mod confirming;
mod events;
mod frame;
pub mod help;
mod holding;
mod leaving;
mod more_time;
mod practice;
mod reader;
mod view;

use askama::Template;
use axum::Router;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, Request, State};
use axum::http::{StatusCode, header};
use axum::middleware::{Next, from_fn};
use axum::response::{AppendHeaders, Html, IntoResponse, Response};
use axum::routing::{get, post};
use sayso_words::say;
use serde::Deserialize;

use self::reader::Reader;
use crate::auth;
use crate::handlers;
use crate::server::Broker;
use crate::store::StoreError;

/// What a page of the broker may do: fetch from here, and nothing else.
pub const POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; \
    connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// How every page of the broker looks.
pub const STYLE: &str = include_str!("login.css");

/// The routes of browsers.
pub fn routes() -> Router<Broker> {
    Router::new()
        .route("/login/{page}", get(show))
        .route("/login/{page}/events", get(events::stream))
        .route("/login/{page}/more-time", post(more_time::give))
        .route("/login/{page}/cancel", post(leaving::cancel))
        .route("/login/{page}/code", post(confirming::enter))
        .route("/login/finish/{finish}", get(confirming::finish))
        .route("/login/{page}/return", get(leaving::go_back))
        .route(handlers::practice::DONE, get(practice::done))
        .route("/help", get(help::begin))
        .route("/help/{topic}", get(help::choose))
        .route("/help/{language}/{topic}", get(help::show))
        .route("/assets/login.css", get(style))
        .route("/assets/login.js", get(script))
        .layer(from_fn(keep_out))
}

/// A page is for nobody's frame and nobody's opener.
async fn keep_out(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    for (name, value) in [
        (header::X_FRAME_OPTIONS, "DENY"),
        (header::HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        (header::HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    ] {
        headers.insert(name, header::HeaderValue::from_static(value));
    }
    response
}

/// What came of the form that led back to the page.
#[derive(Deserialize)]
struct After {
    /// How many digits were typed where six were asked for.
    digits: Option<u32>,
    /// Whether there was more time to have.
    time: Option<view::Time>,
}

/// `GET /login/{page}`: the login page. The first browser that opens it holds it.
async fn show(
    State(broker): State<Broker>,
    reader: Reader,
    Path(page): Path<String>,
    after: Result<Query<After>, QueryRejection>,
    request: Request,
) -> Result<Response, PageError> {
    let (method, headers) = (request.method().clone(), request.headers());
    let held = holding::hold(&broker, &page, &method, headers)
        .await
        .map_err(|error| error.for_reader(reader))?;
    let reader = reader.at_service(held.kept.locale.as_str());
    let path = format!("/login/{page}");
    let after = after.ok().map(|Query(after)| after);
    let unreadable = after.as_ref().and_then(|after| after.digits);
    let at = view::At {
        origin: broker.store.origin(),
        path: &path,
        now: broker.clock.now(),
        entry: unreadable.map_or(view::Entry::Read, view::Entry::Unreadable),
        time: after.and_then(|after| after.time),
    };
    let response = reader.told(html(StatusCode::OK, &view::login(reader, &held.kept, &at)));
    Ok(match held.cookie {
        Some(cookie) => (AppendHeaders([(header::SET_COOKIE, cookie)]), response).into_response(),
        None => response,
    })
}

/// `GET /assets/login.css`: how every page looks.
async fn style() -> impl IntoResponse {
    let headers = [
        (header::CONTENT_TYPE, "text/css; charset=utf-8"),
        (header::CACHE_CONTROL, "max-age=3600"),
    ];
    (headers, STYLE)
}

/// `GET /assets/login.js`: what keeps a login page up to date.
async fn script() -> impl IntoResponse {
    let headers = [
        (header::CONTENT_TYPE, "text/javascript; charset=utf-8"),
        (header::CACHE_CONTROL, "max-age=3600"),
    ];
    (headers, include_str!("login.js"))
}

fn html(status: StatusCode, view: &impl Template) -> Response {
    match view.render() {
        Ok(text) => (status, Html(text)).into_response(),
        Err(error) => {
            tracing::error!(%error, "a page cannot be rendered");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

/// Why there is no login page to show.
#[derive(Debug)]
pub(crate) struct PageError {
    fault: Fault,
    reader: Option<Reader>,
}

/// The kinds of it.
#[derive(Debug)]
enum Fault {
    /// No such page.
    NotFound,
    /// Another browser holds it.
    Elsewhere,
    /// Another browser holds it, and this one has ended it.
    OtherBrowser,
    /// A page from elsewhere opened what only Sayso opens.
    NotFromSayso,
    /// A look ahead holds nothing and sees nothing.
    LookAhead,
    /// No such page of the help.
    NoHelp,
    /// The store did not do it.
    Store(StoreError),
}

impl PageError {
    fn of(fault: Fault) -> Self {
        Self { fault, reader: None }
    }

    fn for_reader(self, reader: Reader) -> Self {
        Self { reader: Some(reader), ..self }
    }
}

impl From<StoreError> for PageError {
    fn from(error: StoreError) -> Self {
        Self::of(Fault::Store(error))
    }
}

impl IntoResponse for PageError {
    fn into_response(self) -> Response {
        let reader = self.reader.unwrap_or_default();
        let words = reader.words();
        let (status, title, text) = match self.fault {
            Fault::LookAhead => return StatusCode::NO_CONTENT.into_response(),
            Fault::NotFound => (
                StatusCode::NOT_FOUND,
                say!(words, "page-not-found-title"),
                say!(words, "page-not-found"),
            ),
            Fault::Elsewhere => (
                StatusCode::FORBIDDEN,
                say!(words, "page-elsewhere-title"),
                say!(words, "page-elsewhere"),
            ),
            Fault::OtherBrowser => (
                StatusCode::FORBIDDEN,
                say!(words, "page-other-browser-title"),
                say!(words, "page-other-browser"),
            ),
            Fault::NotFromSayso => (
                StatusCode::FORBIDDEN,
                say!(words, "page-not-from-sayso-title"),
                say!(words, "page-not-from-sayso"),
            ),
            Fault::NoHelp => (
                StatusCode::NOT_FOUND,
                say!(words, "page-no-help-title"),
                say!(words, "page-no-help"),
            ),
            Fault::Store(error) => {
                tracing::error!(%error, "a login page cannot be shown");
                (
                    StatusCode::SERVICE_UNAVAILABLE,
                    say!(words, "page-error-title"),
                    say!(words, "page-error"),
                )
            }
        };
        reader.told(html(status, &view::message(reader, title, text)))
    }
}

/// The cookie of a browser that holds a page it has just opened.
fn cookie_for(holder: &sayso_protocol::secret::Holder, broker: &Broker) -> String {
    auth::holder_cookie(holder, broker.store.origin())
}
