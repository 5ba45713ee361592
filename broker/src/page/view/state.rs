//! How far a request is, as the page says it.

use sayso_protocol::binding::Method;
use sayso_protocol::life::{READOUT_TRIES, Reason, Standing, State};
use sayso_protocol::request::ActionKind;
use sayso_protocol::time::UnixTime;
use sayso_words::{Words, say};
use serde::Deserialize;

use super::ways::{self, Fault};
use crate::collecting;
use crate::offer::Chosen;
use crate::page::help::Topic;
use crate::store::requests::Kept;

/// What was last put into the page's field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::page) enum Entry {
    /// Nothing, or six digits.
    Read,
    /// Something else, with so many digits; none if it was not digits at all. It costs no try.
    Unreadable(u32),
}

/// The state, as the page's own script and styles call it.
pub(super) fn name(standing: Standing) -> &'static str {
    match standing {
        Standing::Pending => "pending",
        Standing::Bound => "bound",
        Standing::ApprovedUnconfirmed => "approved_unconfirmed",
        Standing::Approved => "approved",
        Standing::Denied => "denied",
        Standing::Expired => "expired",
        Standing::Cancelled => "cancelled",
    }
}

/// How the request was bound, once it is.
fn method(kept: &Kept) -> Option<Method> {
    match kept.life.state {
        State::Bound { method, .. }
        | State::ApprovedUnconfirmed { method, .. }
        | State::Approved { method, .. } => Some(method),
        State::Pending | State::Denied { .. } | State::Expired | State::Cancelled { .. } => None,
    }
}

/// How often the digits that were read out may still be typed in, while they are waited for.
pub(in crate::page) fn waits_for_digits(kept: &Kept) -> Option<u8> {
    match kept.life.state {
        State::ApprovedUnconfirmed { method: Method::Readout, wrong, .. } => {
            Some(READOUT_TRIES.saturating_sub(wrong))
        }
        State::Pending
        | State::Bound { .. }
        | State::ApprovedUnconfirmed { .. }
        | State::Approved { .. }
        | State::Denied { .. }
        | State::Expired
        | State::Cancelled { .. } => None,
    }
}

/// What is wrong with what was typed in last.
pub(super) fn fault(words: &Words, kept: &Kept, entry: Entry) -> Option<Fault> {
    let left = waits_for_digits(kept)?;
    match entry {
        Entry::Unreadable(digits) => {
            Some(Fault { id: "fault", text: say!(words, "code-length", digits = digits) })
        }
        // The status says it.
        Entry::Read if left < READOUT_TRIES => {
            Some(Fault { id: "status", text: wrong(words, left) })
        }
        Entry::Read => None,
    }
}

fn wrong(words: &Words, left: u8) -> String {
    say!(words, "page-state-wrong", tries = u32::from(left))
}

/// The state, as a sentence on the login page.
pub(in crate::page) fn status(words: &Words, kept: &Kept) -> String {
    if went_on_elsewhere(kept) {
        say!(words, "page-state-other-tab")
    } else {
        how_it_stands(words, kept)
    }
}

/// Whether the approval was finished in a tab that Sayso opened, which goes on to the service.
fn went_on_elsewhere(kept: &Kept) -> bool {
    let approved = matches!(kept.life.state, State::Approved { method: Method::Link, .. });
    let goes_on = !collecting::reported_later(kept) && !collecting::is_withheld(kept);
    approved && (goes_on || kept.collected_at.is_some())
}

/// Whether the page leads on to the service.
pub(in crate::page) fn leads_onward(kept: &Kept) -> bool {
    kept.ended_at.is_some() && kept.collected_at.is_none() && !went_on_elsewhere(kept)
}

/// The state, as a sentence.
pub(in crate::page) fn how_it_stands(words: &Words, kept: &Kept) -> String {
    let service = kept.service.name.as_str();
    let is_login = kept.action.kind == ActionKind::Login;
    match kept.life.standing() {
        Standing::Pending => {
            let chosen = kept.offer.as_ref().map_or("code", ways::chosen);
            say!(words, "page-state-waiting", chosen = chosen)
        }
        Standing::Bound => {
            let method = method(kept).map_or("code", method_name);
            say!(words, "page-state-bound", method = method)
        }
        Standing::ApprovedUnconfirmed => match waits_for_digits(kept) {
            Some(READOUT_TRIES) => say!(words, "page-state-readout"),
            Some(left) => wrong(words, left),
            None => say!(words, "page-state-finish"),
        },
        Standing::Approved if kept.collected_at.is_some() => {
            say!(words, "page-state-done", service = service)
        }
        Standing::Approved if collecting::is_withheld(kept) => cancelled(words, kept),
        Standing::Approved if !collecting::reported_later(kept) => {
            say!(words, "page-state-approved", service = service)
        }
        // An approval that was reported before the service had it counts as denied.
        Standing::Approved | Standing::Denied if is_login => say!(words, "page-state-denied"),
        Standing::Approved | Standing::Denied => say!(words, "page-state-denied-action"),
        Standing::Expired => say!(words, "page-state-expired", service = service),
        Standing::Cancelled => cancelled(words, kept),
    }
}

fn cancelled(words: &Words, kept: &Kept) -> String {
    let is_login = kept.action.kind == ActionKind::Login;
    let what = if is_login { "login" } else { "action" };
    match kept.life.state {
        State::Cancelled { reason: Reason::Replaced } => {
            say!(words, "page-state-replaced", what = what)
        }
        State::Cancelled { reason: Reason::ReadoutFailed } => {
            say!(words, "page-state-readout-failed", what = what)
        }
        State::Cancelled { reason: Reason::OtherBrowser } => {
            say!(words, "page-state-other-browser", what = what)
        }
        State::Cancelled { .. }
        | State::Pending
        | State::Bound { .. }
        | State::ApprovedUnconfirmed { .. }
        | State::Approved { .. }
        | State::Denied { .. }
        | State::Expired => {
            if is_login {
                say!(words, "page-state-cancelled")
            } else {
                say!(words, "page-state-cancelled-action")
            }
        }
    }
}

/// The name of a method, as sentences choose by it.
fn method_name(method: Method) -> &'static str {
    match method {
        Method::Code => "code",
        Method::Qr => "qr",
        Method::Link => "link",
        Method::Readout => "readout",
    }
}

/// How long the person has; nothing once it is over.
pub(in crate::page) fn time_left(words: &Words, kept: &Kept, now: UnixTime) -> String {
    let left = now.until(kept.life.expires_at);
    if kept.life.standing().is_final() || left.is_zero() {
        return String::new();
    }
    say!(words, "page-time-left", left = &words.time_left(left))
}

/// What came of asking for more time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(in crate::page) enum Time {
    /// There is more than before.
    More,
    /// There was no more to have.
    All,
}

/// Whether there is more time to have.
pub(in crate::page) fn may_have_more(kept: &Kept) -> bool {
    !kept.life.standing().is_final() && kept.life.expires_at < kept.exp
}

/// How long the person has, now that they asked for more; nothing once it is over.
pub(in crate::page) fn time_said(words: &Words, kept: &Kept, now: UnixTime, time: Time) -> String {
    let left = time_left(words, kept, now);
    match time {
        _ if left.is_empty() => left,
        Time::More => say!(words, "page-more-time-given", left = &left),
        Time::All => say!(words, "page-more-time-none", left = &left),
    }
}

/// The page of the help that is about what the person is at.
pub(in crate::page) fn topic(kept: &Kept) -> Topic {
    let chosen = || match kept.offer.as_ref().and_then(|offer| offer.chosen.as_ref()) {
        Some(Chosen::Code(_)) => Topic::Code,
        Some(Chosen::Qr(_)) => Topic::QrCode,
        Some(Chosen::Readout) => Topic::ReadOut,
        None => Topic::ThisComputer,
    };
    match kept.life.standing() {
        Standing::Pending
        | Standing::Bound
        | Standing::ApprovedUnconfirmed
        | Standing::Approved => match method(kept) {
            None => chosen(),
            Some(Method::Code) => Topic::Code,
            Some(Method::Qr) => Topic::QrCode,
            Some(Method::Link) => Topic::ThisComputer,
            Some(Method::Readout) => Topic::ReadOut,
        },
        Standing::Denied => Topic::NotMine,
        Standing::Expired | Standing::Cancelled => Topic::CannotApprove,
    }
}
