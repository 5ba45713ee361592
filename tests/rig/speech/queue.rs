//! Puts two records together: what the module was given to say and how it ended (`said.jsonl`),
//! and which client queued it with which priority (the server's own log at level 5).

use std::collections::HashMap;

use serde::Deserialize;

use super::{Ending, Utterance};

/// The SSIP priority of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Priority {
    /// Cuts everything else.
    Important,
    /// Cuts text, waits for messages.
    Message,
    /// Cut by messages.
    Text,
    /// Vanishes if anything is being said.
    Notification,
    /// Only the last one is said.
    Progress,
}

impl Priority {
    /// Its name in SSIP.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Priority::Important => "important",
            Priority::Message => "message",
            Priority::Text => "text",
            Priority::Notification => "notification",
            Priority::Progress => "progress",
        }
    }

    pub(super) fn from_level(level: &str) -> Option<Priority> {
        match level {
            "1" => Some(Priority::Important),
            "2" => Some(Priority::Message),
            "3" => Some(Priority::Text),
            "4" => Some(Priority::Notification),
            "5" => Some(Priority::Progress),
            _ => None,
        }
    }
}

#[derive(Debug, Deserialize)]
struct Event {
    event: String,
    at: u128,
    n: usize,
    #[serde(default)]
    text: String,
    #[serde(default)]
    settings: HashMap<String, String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Queued {
    client: String,
    priority: Priority,
    text: String,
}

/// The client of a message whose queueing is not in the log yet.
pub(super) const UNKNOWN: &str = "unknown";

/// Everything that was said, in order.
pub(super) fn heard(record: &str, log: &str) -> Vec<Utterance> {
    let mut said: Vec<Utterance> = Vec::new();
    let mut numbers: HashMap<usize, usize> = HashMap::new();
    let mut queue = queued(log);
    // A line without its end is still being written.
    for line in record.split_inclusive('\n').filter(|line| line.ends_with('\n')) {
        let event: Event = serde_json::from_str(line).expect("a line of said.jsonl");
        if event.event == "speak" {
            let found = queue.iter().position(|one| same(&one.text, &event.text));
            let from = found.map(|at| queue.remove(at));
            let setting = |name: &str| event.settings.get(name).cloned().unwrap_or_default();
            numbers.insert(event.n, said.len());
            said.push(Utterance {
                client: from.as_ref().map_or_else(|| UNKNOWN.into(), |one| one.client.clone()),
                priority: from.map_or(Priority::Message, |one| one.priority),
                language: setting("language"),
                rate: setting("rate"),
                text: event.text,
                ending: Ending::NotYet,
                begun: false,
                began: event.at,
                over: None,
            });
            continue;
        }
        let Some(one) = numbers.get(&event.n).and_then(|at| said.get_mut(*at)) else { continue };
        match event.event.as_str() {
            "end" => (one.ending, one.over) = (Ending::Whole, Some(event.at)),
            "stop" | "pause" => (one.ending, one.over) = (Ending::Cut, Some(event.at)),
            _ => (one.begun, one.began) = (true, event.at),
        }
    }
    said
}

/// Texts are the same if only the white space of line ends differs. A client that queued SSML
/// (Orca does) is given to the module without its marks, and an ellipsis as three dots.
fn same(queued: &str, given: &str) -> bool {
    let words = |text: &str| {
        let text = text.replace('…', "...");
        text.split_whitespace().map(str::to_owned).collect::<Vec<_>>()
    };
    words(queued) == words(given) || words(&without_marks(queued)) == words(given)
}

fn without_marks(ssml: &str) -> String {
    let mut text = String::new();
    let mut rest = ssml;
    while let Some((before, mark)) = rest.split_once('<') {
        text.push_str(before);
        rest = mark.split_once('>').map(|(_, after)| after).unwrap_or_default();
    }
    text.push_str(rest);
    let text = text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"");
    text.replace("&apos;", "'").replace("&amp;", "&")
}

/// What the clients queued, in order, from the server's log.
fn queued(log: &str) -> Vec<Queued> {
    let mut names: HashMap<String, String> = HashMap::new();
    let mut queue = Vec::new();
    let mut waiting: Option<(String, Priority)> = None;
    for entry in entries(log) {
        if let Some(message) = entry.strip_prefix("Queueing message |") {
            waiting = message.rsplit_once("| with priority ").and_then(|(text, level)| {
                Some((text.to_owned(), Priority::from_level(level.trim())?))
            });
        } else if let Some((client, reply)) = entry.split_once(":REPLY:|") {
            // The reply with the message's id goes to the client that queued it.
            if reply.starts_with("225-")
                && let Some((text, priority)) = waiting.take()
            {
                let client = names.get(client).cloned().unwrap_or_default();
                queue.push(Queued { client, priority, text });
            }
        } else if let Some((client, data)) = entry.split_once(":DATA:|") {
            let words: Vec<_> = data.split_whitespace().collect();
            if let [set, own, key, name, ..] = words[..]
                && set.eq_ignore_ascii_case("set")
                && own.eq_ignore_ascii_case("self")
                && key.eq_ignore_ascii_case("client_name")
            {
                names.insert(client.to_owned(), name.trim_matches(['"', '\'', '|']).to_owned());
            }
        }
    }
    queue
}

/// The entries of the log without their time stamps. An entry may have several lines; each
/// begins with `[Sun Nov 22 11:25:16 2026 : 94899] speechd:`.
pub(super) fn entries(log: &str) -> Vec<String> {
    const MARK: &str = "] speechd: ";
    let mut entries: Vec<String> = Vec::new();
    for line in log.split_inclusive('\n') {
        match line.split_once(MARK) {
            Some((stamp, rest)) if stamp.starts_with('[') && stamp.len() < 50 => {
                entries.push(rest.trim_start().to_owned());
            }
            _ => {
                if let Some(entry) = entries.last_mut() {
                    entry.push_str(line);
                }
            }
        }
    }
    entries
}
