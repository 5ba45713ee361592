//! What stands on the pages, in the reader's language.
//!
//! - `ways`: what the login page offers to bind it by
//! - `qr`: how a QR code is drawn
//! - `state`: how far the request is

mod qr;
mod state;
mod ways;

pub(super) use state::{
    Entry, Time, how_it_stands, leads_onward, may_have_more, status, time_left, time_said, topic,
    waits_for_digits,
};

use askama::Template;
use sayso_protocol::request::ActionKind;
use sayso_protocol::time::UnixTime;
use sayso_words::{Words, say};

use self::ways::Ways;
use super::frame::Frame;
use super::help::Topic;
use super::reader::Reader;
use crate::collecting;
use crate::store::requests::Kept;

/// The login page.
#[derive(Template)]
#[template(path = "login.html")]
pub(super) struct Login {
    lang: &'static str,
    title: String,
    question: String,
    from: Option<String>,
    state: &'static str,
    status: String,
    left: String,
    ways: Ways,
    time_said: String,
    more: More,
    no_script: String,
    check: String,
    cancel: String,
    onward: String,
    go_on: String,
    over: bool,
    leads_onward: bool,
    goes_on: bool,
    no_connection: String,
    path: String,
    frame: Frame,
}

/// The button for more time.
struct More {
    why: String,
    give: String,
    /// Whether there is more to have.
    open: bool,
}

/// A page that has one thing to say.
#[derive(Template)]
#[template(path = "message.html")]
pub(super) struct Message {
    lang: &'static str,
    title: String,
    text: String,
    frame: Frame,
}

/// Where and when a login page is shown.
pub(super) struct At<'a> {
    /// The broker's address.
    pub(super) origin: &'a str,
    /// The page's path.
    pub(super) path: &'a str,
    pub(super) now: UnixTime,
    /// What was put into its field before.
    pub(super) entry: Entry,
    /// Whether more time was asked for before, and got.
    pub(super) time: Option<Time>,
}

/// The login page of `kept`.
pub(super) fn login(reader: Reader, kept: &Kept, at: &At<'_>) -> Login {
    let words = &reader.words();
    let service = kept.service.name.as_str();
    let standing = kept.life.standing();
    let is_login = kept.action.kind == ActionKind::Login;
    let ways = Ways::of(words, kept, at.origin, at.entry);
    let time_said = at.time.map_or_else(String::new, |time| time_said(words, kept, at.now, time));
    Login {
        lang: words.language().tag(),
        title: title(words, kept, &ways, &time_said),
        question: question(words, kept),
        from: Some(kept.origin.place.as_str())
            .filter(|place| !place.is_empty())
            .map(|place| say!(words, "page-from", place = place)),
        state: state::name(standing),
        status: status(words, kept),
        // Said with what came of asking for more, or here.
        left: if time_said.is_empty() { time_left(words, kept, at.now) } else { String::new() },
        ways,
        time_said,
        more: More {
            why: say!(words, "page-more-time-why"),
            give: say!(words, "page-more-time"),
            open: may_have_more(kept),
        },
        no_script: say!(words, "page-no-script"),
        check: say!(words, "page-check"),
        cancel: if is_login {
            say!(words, "page-cancel")
        } else {
            say!(words, "page-cancel-action")
        },
        onward: say!(words, "page-return", service = service),
        go_on: say!(words, "page-continue", service = service),
        over: standing.is_final(),
        leads_onward: leads_onward(kept),
        goes_on: collecting::can_be_collected(kept, at.now) && leads_onward(kept),
        no_connection: say!(words, "page-state-connection"),
        path: at.path.to_owned(),
        frame: Frame::of(reader, topic(kept)),
    }
}

/// What was wrong with the last entry, or how long is left after more time was asked for, comes
/// first: a title is what is read first of a page.
fn title(words: &Words, kept: &Kept, ways: &Ways, time_said: &str) -> String {
    let service = kept.service.name.as_str();
    let title = if kept.action.kind == ActionKind::Login {
        say!(words, "page-title", service = service)
    } else {
        say!(words, "page-title-action", service = service)
    };
    match ways.field.as_ref().and_then(|field| field.fault.as_ref()) {
        Some(fault) => format!("{} {title}", fault.text),
        None if !time_said.is_empty() => format!("{time_said} {title}"),
        None => title,
    }
}

pub(super) fn question(words: &Words, kept: &Kept) -> String {
    let (service, account) = (kept.service.name.as_str(), kept.account.as_str());
    match (kept.action.kind, &kept.action.amount) {
        (ActionKind::Login, _) => {
            say!(words, "page-question-login", service = service, account = account)
        }
        (ActionKind::Payment, Some(amount)) => {
            let amount = words.amount(amount.minor, amount.currency.as_str());
            let payee = kept.action.payee.as_ref().map_or(service, |payee| payee.as_str());
            say!(words, "page-question-payment", amount = &amount, payee = payee, account = account)
        }
        (ActionKind::Practice, _) => say!(words, "page-question-practice"),
        (ActionKind::Payment, None) | (ActionKind::Other, _) => {
            let summary = kept.action.summary.as_str();
            say!(
                words,
                "page-question-other",
                service = service,
                summary = summary,
                account = account
            )
        }
    }
}

/// A page that has one thing to say.
pub(super) fn message(reader: Reader, title: String, text: String) -> Message {
    let frame = Frame::of(reader, Topic::CannotApprove);
    Message { lang: reader.language().tag(), title, text, frame }
}
