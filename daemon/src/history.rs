//! The history in words: one entry, one line.

use sayso_protocol::bus::HistoryLine;
use sayso_protocol::decision::Verdict;
use sayso_protocol::life::Standing;
use sayso_words::{Words, say};

use crate::clock;
use crate::store::{About, End, Ending, HistoryEntry, HistoryEvent};
use crate::wording::action;

/// An entry as a line.
#[must_use]
pub fn line(words: &Words, entry: &HistoryEntry) -> HistoryLine {
    HistoryLine {
        number: entry.number,
        at: entry.at.0,
        kind: entry.event.kind().to_owned(),
        sentence: sentence(words, entry),
    }
}

/// The day is written as ISO 8601 has it.
fn sentence(words: &Words, entry: &HistoryEntry) -> String {
    let (day, time) = clock::day_and_time(entry.at.0);
    let (date, time) = (day.to_string(), words.clock(time));
    let (event, subject) = match &entry.event {
        HistoryEvent::Registered { account, broker, .. } => {
            let host = broker.split_once("://").map_or(broker.as_str(), |(_, host)| host);
            let account = account.as_str();
            let subject = say!(words, "history-subject-account", account = account, host = host);
            ("registered", subject)
        }
        HistoryEvent::Decided { about, verdict, .. } => {
            (verdict_word(*verdict), subject(words, about))
        }
        HistoryEvent::Ended { about, end } => {
            let event = match end {
                End::Decision { ending: Ending::Taken, .. } => "taken",
                End::Without { standing: Standing::Cancelled } => "cancelled",
                End::Decision { .. } | End::Without { .. } => "expired",
            };
            (event, subject(words, about))
        }
    };
    say!(
        words,
        "history-line",
        date = date.as_str(),
        time = time.as_str(),
        event = event,
        subject = subject.as_str()
    )
}

fn verdict_word(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Approve => "approve",
        Verdict::Deny => "deny",
        Verdict::Report => "report",
    }
}

fn subject(words: &Words, about: &About) -> String {
    let what = action(words, &about.action);
    say!(
        words,
        "history-subject-request",
        service = about.service.as_str(),
        what = what.as_str(),
        account = about.account.as_str()
    )
}
