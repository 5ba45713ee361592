//! What stands on the pages, in the reader's language.

use askama::Template;
use sayso_protocol::binding::Code;
use sayso_protocol::life::Standing;
use sayso_protocol::request::ActionKind;
use sayso_protocol::time::UnixTime;
use sayso_words::{Words, say};

use super::frame::Frame;
use super::help::Topic;
use super::reader::Reader;
use crate::course;
use crate::offer::Offer;
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
    code: Option<CodeShown>,
    code_heading: String,
    do_heading: String,
    do_steps: [String; 3],
    no_script: String,
    check: String,
    cancel: String,
    onward: String,
    go_on: String,
    over: bool,
    no_connection: String,
    path: String,
    frame: Frame,
}

/// The code, for eyes, for ears and for the clipboard.
struct CodeShown {
    eyes: String,
    ears: String,
    clipboard: String,
    copy: String,
    copied: String,
    copy_failed: String,
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

/// The login page of `kept` at `path`.
pub(super) fn login(reader: Reader, kept: &Kept, path: &str, now: UnixTime) -> Login {
    let words = &reader.words();
    let service = kept.service.name.as_str();
    let standing = kept.life.standing();
    let is_login = kept.action.kind == ActionKind::Login;
    let pending = standing == Standing::Pending;
    Login {
        lang: words.language().tag(),
        title: if is_login {
            say!(words, "page-title", service = service)
        } else {
            say!(words, "page-title-action", service = service)
        },
        question: question(words, kept),
        from: Some(kept.origin.place.as_str())
            .filter(|place| !place.is_empty())
            .map(|place| say!(words, "page-from", place = place)),
        state: name(standing),
        status: status(words, kept),
        left: time_left(words, kept, now),
        code: kept
            .offer
            .as_ref()
            .and_then(Offer::code)
            .filter(|_| pending)
            .map(|code| code_shown(words, code)),
        code_heading: say!(words, "page-code-heading"),
        do_heading: say!(words, "page-do-heading"),
        do_steps: [
            say!(words, "page-do-give"),
            say!(words, "page-do-answer"),
            say!(words, "page-do-unasked"),
        ],
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
        no_connection: say!(words, "page-state-connection"),
        path: path.to_owned(),
        frame: Frame::of(reader, topic(kept)),
    }
}

/// The page of the help that is about what the person is at.
fn topic(kept: &Kept) -> Topic {
    match kept.life.standing() {
        Standing::Pending
        | Standing::Bound
        | Standing::ApprovedUnconfirmed
        | Standing::Approved => Topic::Code,
        Standing::Denied => Topic::NotMine,
        Standing::Expired | Standing::Cancelled => Topic::CannotApprove,
    }
}

fn code_shown(words: &Words, code: &Code) -> CodeShown {
    let ears = words.code_spoken(code.reveal());
    CodeShown {
        eyes: words.code_shown(code.reveal()),
        copy: say!(words, "page-copy", code = &ears),
        ears: say!(words, "page-code-spoken", code = &ears),
        clipboard: code.for_clipboard(),
        copied: say!(words, "page-copied"),
        copy_failed: say!(words, "page-copy-failed"),
    }
}

fn question(words: &Words, kept: &Kept) -> String {
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

/// The state, as it is called in the page's own script and styles.
fn name(standing: Standing) -> &'static str {
    match standing {
        Standing::Pending => "pending",
        Standing::Bound => "bound",
        Standing::ApprovedUnconfirmed => "unconfirmed",
        Standing::Approved => "approved",
        Standing::Denied => "denied",
        Standing::Expired => "expired",
        Standing::Cancelled => "cancelled",
    }
}

/// The state, as a sentence.
pub(super) fn status(words: &Words, kept: &Kept) -> String {
    let service = kept.service.name.as_str();
    let is_login = kept.action.kind == ActionKind::Login;
    match kept.life.standing() {
        Standing::Pending => say!(words, "page-state-waiting"),
        Standing::Bound => say!(words, "page-state-bound"),
        Standing::ApprovedUnconfirmed => say!(words, "page-state-unconfirmed"),
        Standing::Approved if kept.collected_at.is_some() => {
            say!(words, "page-state-done", service = service)
        }
        Standing::Approved if !course::reported_later(kept) => {
            say!(words, "page-state-approved", service = service)
        }
        // An approval that was reported before the service had it counts as denied.
        Standing::Approved | Standing::Denied if is_login => say!(words, "page-state-denied"),
        Standing::Approved | Standing::Denied => say!(words, "page-state-denied-action"),
        Standing::Expired => say!(words, "page-state-expired", service = service),
        Standing::Cancelled if is_login => say!(words, "page-state-cancelled"),
        Standing::Cancelled => say!(words, "page-state-cancelled-action"),
    }
}

/// How long the person has; nothing once it is over.
pub(super) fn time_left(words: &Words, kept: &Kept, now: UnixTime) -> String {
    let left = now.until(kept.life.expires_at);
    if kept.life.standing().is_final() || left.is_zero() {
        return String::new();
    }
    say!(words, "page-time-left", left = &words.time_left(left))
}

/// A page that has one thing to say.
pub(super) fn message(reader: Reader, title: String, text: String) -> Message {
    let frame = Frame::of(reader, Topic::CannotApprove);
    Message { lang: reader.language().tag(), title, text, frame }
}
