//! A service to try the broker with: a real relying party on a port of its own. It knows the
//! broker's public HTTP API and its own API key, and nothing else of the broker.
//!
//! Its session is one cookie: a random value and the request that it asked for. `state` is the
//! value's hash, so a ticket counts only in the session that asked.

mod pages;

use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum::{Form, Router};
use reqwest::redirect::Policy;
use sayso_protocol::outcome::{Outcome, Verdict};
use sayso_protocol::request::RequestId;
use sayso_protocol::rotation::{KeySet, ListedKey};
use sayso_protocol::secret::Holder;
use sayso_protocol::service::{Asked, Collected};
use sayso_protocol::signature::{Digest, Expected};
use sayso_words::{Language, Words};
use serde::Deserialize;
use serde_json::json;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tower_http::timeout::TimeoutLayer;
use zeroize::Zeroizing;

use crate::clock::Clock;
use crate::random;
use crate::serving::{self, Entrance, Limits};

const COOKIE: &str = "sayso-demo";
/// A call with its body and what it asks of the broker takes no longer.
const ANSWER_WITHIN: Duration = Duration::from_secs(30);

/// The demo service.
#[derive(Clone, Debug)]
pub struct Demo(Arc<Inner>);

struct Inner {
    broker: String,
    id: String,
    key: Zeroizing<String>,
    return_url: String,
    account: &'static str,
    http: reqwest::Client,
    clock: Clock,
}

impl std::fmt::Debug for Inner {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Demo").field("id", &self.id).finish_non_exhaustive()
    }
}

impl Demo {
    /// A service known to `broker` as `id`, with this API key.
    #[must_use]
    pub fn new(
        broker: &str,
        id: String,
        key: Zeroizing<String>,
        return_url: String,
        account: &'static str,
    ) -> Self {
        let http = reqwest::Client::builder().redirect(Policy::none()).no_proxy().build();
        Self(Arc::new(Inner {
            broker: broker.to_owned(),
            id,
            key,
            return_url,
            account,
            http: http.unwrap_or_default(),
            clock: Clock::machine(),
        }))
    }
}

/// Serves the demo service until `stopping`.
pub async fn serve(listener: TcpListener, demo: Demo, stopping: CancellationToken) {
    let routes = Router::new()
        .route("/demo", get(start))
        .route("/demo/login", post(log_in))
        .route("/demo/return", get(come_back))
        .route("/demo/style.css", get(pages::style))
        .layer(TimeoutLayer::with_status_code(StatusCode::REQUEST_TIMEOUT, ANSWER_WITHIN))
        .with_state(demo);
    let entrance = Entrance::default();
    serving::serve(listener, entrance, routes, Limits::default(), stopping).await;
}

/// Why nobody is logged in.
#[derive(Debug, thiserror::Error)]
enum NotLoggedIn {
    #[error("the broker: {0}")]
    Broker(reqwest::Error),
    #[error("the outcome does not verify")]
    Outcome,
    #[error("another session")]
    Session,
    #[error("the broker says: {0:?}")]
    Ended(String),
}

impl From<reqwest::Error> for NotLoggedIn {
    fn from(error: reqwest::Error) -> Self {
        Self::Broker(error.without_url())
    }
}

async fn start(State(Demo(demo)): State<Demo>, headers: HeaderMap) -> Response {
    pages::start(&words(&headers), demo.account)
}

#[derive(Deserialize)]
struct LogIn {
    account: String,
}

async fn log_in(
    State(Demo(demo)): State<Demo>,
    headers: HeaderMap,
    Form(LogIn { account }): Form<LogIn>,
) -> Response {
    let words = words(&headers);
    let session = Holder::draw(&mut random());
    match ask(&demo, account.trim(), &session, words.language()).await {
        Ok(asked) => {
            let value = format!("{}.{}", session.reveal(), asked.id);
            let cookie = format!("{COOKIE}={value}; Path=/demo; HttpOnly; SameSite=Lax");
            ([(header::SET_COOKIE, cookie)], Redirect::to(&asked.login_url)).into_response()
        }
        Err(error) => nobody(&words, &error),
    }
}

async fn ask(
    demo: &Inner,
    account: &str,
    session: &Holder,
    language: Language,
) -> Result<Asked, NotLoggedIn> {
    let body = json!({
        "account": account,
        "action": { "kind": "login" },
        "origin": { "address": "127.0.0.1" },
        "return_url": demo.return_url,
        "state": state(session),
        "locale": language.tag(),
    });
    let call = demo.http.post(format!("{}/v1/requests", demo.broker));
    let answer = call.bearer_auth(demo.key.as_str()).json(&body).send().await?;
    Ok(answer.error_for_status()?.json().await?)
}

/// What the browser brings back.
#[derive(Deserialize)]
struct Brought {
    #[serde(default)]
    state: String,
    ticket: Option<String>,
    error: Option<String>,
}

async fn come_back(
    State(Demo(demo)): State<Demo>,
    headers: HeaderMap,
    Query(brought): Query<Brought>,
) -> Response {
    let words = words(&headers);
    match collect(&demo, &headers, brought).await {
        Ok(account) => pages::logged_in(&words, &account),
        Err(error) => nobody(&words, &error),
    }
}

/// The account, once the outcome is here and verifies.
async fn collect(
    demo: &Inner,
    headers: &HeaderMap,
    brought: Brought,
) -> Result<String, NotLoggedIn> {
    let (session, id) = session(headers).ok_or(NotLoggedIn::Session)?;
    if brought.state != state(&session) {
        return Err(NotLoggedIn::Session);
    }
    let Some(ticket) = brought.ticket else {
        return Err(NotLoggedIn::Ended(brought.error.unwrap_or_default()));
    };
    let call = demo.http.post(format!("{}/v1/requests/{id}/outcome", demo.broker));
    let call = call.bearer_auth(demo.key.as_str()).json(&json!({ "ticket": ticket }));
    let collected: Collected = call.send().await?.error_for_status()?.json().await?;
    let keys = demo.http.get(format!("{}/v1/keys", demo.broker)).send().await?;
    let KeySet { keys, .. } = keys.json().await?;
    let expected = Expected { iss: &demo.broker, aud: &demo.id, now: demo.clock.now() };
    let verify =
        |key: &ListedKey| key.jwk().verify::<Outcome>(collected.outcome.as_str(), expected).ok();
    let outcome = keys.iter().find_map(verify).ok_or(NotLoggedIn::Outcome)?.claims;
    if outcome.request == id && outcome.verdict == Verdict::Approve {
        Ok(outcome.account.to_string())
    } else {
        Err(NotLoggedIn::Outcome)
    }
}

fn nobody(words: &Words, error: &NotLoggedIn) -> Response {
    tracing::info!(%error, "the demo service logs nobody in");
    pages::nobody(words)
}

fn state(session: &Holder) -> String {
    Digest::of(session.reveal().as_bytes()).to_string()
}

fn session(headers: &HeaderMap) -> Option<(Holder, RequestId)> {
    let cookies = headers.get(header::COOKIE)?.to_str().ok()?;
    let ours = |cookie: &str| {
        cookie
            .trim()
            .split_once('=')
            .filter(|(name, _)| *name == COOKIE)
            .map(|(_, value)| value.to_owned())
    };
    let cookie = cookies.split(';').find_map(ours)?;
    let (session, id) = cookie.split_once('.')?;
    Some((Holder::parse(session).ok()?, id.parse().ok()?))
}

fn words(headers: &HeaderMap) -> Words {
    let accepted = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
    Words::new(Language::of_accept_language(accepted.unwrap_or("")))
}
