//! The pages of the demo service.

use askama::Template;
use axum::http::{StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use sayso_words::{Words, say};

const POLICY: &str =
    "default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'";

/// A page of the demo service.
#[derive(Template)]
#[template(path = "demo.html")]
struct Page {
    lang: &'static str,
    title: String,
    text: String,
    form: Option<Form>,
    again: String,
}

struct Form {
    label: String,
    account: &'static str,
    button: String,
}

pub(super) fn start(words: &Words, account: &'static str) -> Response {
    let (label, button) = (say!(words, "demo-account"), say!(words, "demo-log-in"));
    let form = Form { label, account, button };
    page(words, say!(words, "demo-title"), say!(words, "demo-text"), Some(form))
}

pub(super) fn logged_in(words: &Words, account: &str) -> Response {
    page(words, say!(words, "demo-in", account = account), say!(words, "demo-in-text"), None)
}

pub(super) fn nobody(words: &Words) -> Response {
    page(words, say!(words, "demo-out"), say!(words, "demo-out-text"), None)
}

fn page(words: &Words, title: String, text: String, form: Option<Form>) -> Response {
    let again = say!(words, "demo-again");
    let page = Page { lang: words.language().tag(), title, text, form, again };
    let headers = [
        (header::CACHE_CONTROL, "no-store"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::CONTENT_SECURITY_POLICY, POLICY),
    ];
    match page.render() {
        Ok(text) => (headers, Html(text)).into_response(),
        Err(error) => {
            tracing::error!(%error, "a page cannot be rendered");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

pub(super) async fn style() -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "text/css; charset=utf-8")], crate::page::STYLE)
}
