//! The history in words: one entry, one line.

use sayso_protocol::bus::HistoryLine;
use sayso_protocol::change::{Proposal, Standing as ChangeStanding};
use sayso_protocol::decision::Verdict;
use sayso_protocol::enrolment::AccountName;
use sayso_protocol::life::Standing;
use sayso_words::{Words, say};

use crate::changes::typed::names;
use crate::clock;
use crate::store::{About, End, Ending, HistoryEntry, HistoryEvent};
use crate::wording::{action, host};

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
            ("registered", account_subject(words, account, broker))
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
        HistoryEvent::Agreed { heard, .. } => {
            // The line ends in a full stop of its own.
            ("agreed", heard.text.trim_end_matches('.').to_owned())
        }
        HistoryEvent::Changed { account, proposal, standing, .. } => {
            (standing_word(*standing), change_subject(words, account, proposal))
        }
        HistoryEvent::Renewed => ("renewed", say!(words, "history-subject-renewed")),
        HistoryEvent::BrokerKey { account, broker, .. } => {
            ("broker_key", account_subject(words, account, broker))
        }
        HistoryEvent::SetBack { broker, kept, told } => {
            let host = host(broker);
            let subject =
                say!(words, "history-subject-set-back", host = host, kept = *kept, told = *told);
            ("set_back", subject)
        }
        HistoryEvent::Removed { account, broker, .. } => {
            ("removed", account_subject(words, account, broker))
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

fn standing_word(standing: ChangeStanding) -> &'static str {
    match standing {
        ChangeStanding::Waiting => "change_waiting",
        ChangeStanding::Ready => "change_ready",
        ChangeStanding::Applied => "change_done",
        ChangeStanding::Cancelled => "change_stopped",
        ChangeStanding::Lapsed | ChangeStanding::Replaced => "change_dropped",
    }
}

fn account_subject(words: &Words, account: &AccountName, broker: &str) -> String {
    say!(words, "history-subject-account", account = account.as_str(), host = host(broker))
}

fn change_subject(words: &Words, account: &AccountName, proposal: &Proposal) -> String {
    let account = account.as_str();
    match proposal {
        Proposal::ApproveWith(_) | Proposal::SameDevice(_) => {
            let what = names(proposal).1;
            say!(words, "history-subject-change", what = what, account = account)
        }
        Proposal::Approver(computer) => {
            let name = computer.name.as_str();
            say!(words, "history-subject-computer", name = name, account = account)
        }
        Proposal::RemoveApprover(computer) => {
            let name = computer.name.as_str();
            say!(words, "history-subject-removal", name = name, account = account)
        }
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

#[cfg(test)]
mod tests {
    use super::*;
    use sayso_protocol::decision::Heard;
    use sayso_protocol::time::UnixTime;
    use sayso_words::Language;

    #[test]
    fn a_question_that_was_agreed_to_ends_its_line_once() {
        let heard = Heard { lang: "en".into(), text: "Remove the computer? Yes or no.".into() };
        let account = AccountName::parse("anna").unwrap();
        let (broker, jws) = ("http://127.0.0.1:1".into(), String::new());
        let event = HistoryEvent::Agreed { account, broker, heard, jws };
        let entry = HistoryEntry { number: 1, at: UnixTime(0), event };
        let said = line(&Words::new(Language::English), &entry).sentence;
        assert!(said.ends_with("Said yes: Remove the computer? Yes or no."), "{said}");
    }
}
