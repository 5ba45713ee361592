//! `sayso requests`: what is waiting, one line each. A line at a terminal is a notice like any
//! other.

use sayso_protocol::bus::{Place, RequestLine, Stage};
use sayso_words::{Words, say};

use super::Ending;
use crate::exit::Status;
use crate::output::Form;
use crate::prompt;
use crate::session::Session;

/// Lists them.
///
/// # Errors
/// What the daemon refused.
pub async fn run(session: &Session) -> Ending {
    let place = match session.output.form() {
        Form::Lines => prompt::place(),
        // A program reads it: no notice, and nothing to be said aloud.
        Form::Json => Place::Dialog,
    };
    let listed = async { session.door.requests().await?.list(place).await };
    let waiting = session.call(listed).await?;
    let words = session.words().await;
    let mut lines = lines(words, &waiting);
    if session.output.form() == Form::Lines {
        let asked = async { session.door.requests().await?.quiet().await };
        let quiet = session.call(asked).await?;
        // That nothing waits says little where nothing can come.
        let at = if waiting.is_empty() { 0 } else { lines.len() };
        lines.splice(at..at, quiet);
    }
    let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
    session.output.data(&waiting, &lines);
    Ok(Status::Done)
}

fn lines(words: &Words, waiting: &[RequestLine]) -> Vec<String> {
    if waiting.is_empty() {
        return vec![say!(words, "waiting-none")];
    }
    // Ids are long by ear: they stand there only where one must be chosen.
    let named = waiting.len() > 1;
    let line = |request: &RequestLine| {
        let id = named.then(|| say!(words, "requests-id", request = &request.id));
        let parts = [Some(request.text.clone()), state(words, request.stage), id];
        parts.into_iter().flatten().collect::<Vec<_>>().join(" ")
    };
    waiting.iter().map(line).collect()
}

/// How far it is, where that is more than the notice says already.
fn state(words: &Words, stage: Stage) -> Option<String> {
    let how_far = match stage {
        Stage::Notice => return None,
        Stage::Question => "question",
        Stage::Elsewhere => "elsewhere",
        Stage::Unconfirmed => "unconfirmed",
        Stage::Answered => "answered",
    };
    Some(say!(words, "requests-state", state = how_far))
}

#[cfg(test)]
mod tests {
    use super::*;
    use sayso_words::Language;

    fn waiting(id: &str, stage: Stage) -> RequestLine {
        RequestLine {
            id: id.to_owned(),
            account: "anna".to_owned(),
            broker: "127.0.0.1".to_owned(),
            service: "Example Bank".to_owned(),
            stage,
            text: "Sayso. Example Bank asks you to log in. Account Anna.".to_owned(),
            short: "Example Bank: log in? Answer: code".to_owned(),
            expires_at: 1_790_000_000,
        }
    }

    #[test]
    fn the_key_fact_stands_in_the_first_forty_characters() {
        let words = Words::new(Language::English);
        let lines = lines(&words, &[waiting("r1", Stage::Question)]);
        assert_eq!(
            lines,
            ["Sayso. Example Bank asks you to log in. Account Anna. The question is open."]
        );
        assert!(lines[0].chars().take(40).collect::<String>().contains("Example Bank asks"));
    }

    #[test]
    fn ids_are_told_only_where_one_must_be_chosen() {
        let words = Words::new(Language::English);
        let two = [waiting("r1", Stage::Notice), waiting("r2", Stage::Elsewhere)];
        let lines = lines(&words, &two);
        assert!(lines[0].ends_with("Account Anna. Request r1."), "{}", lines[0]);
        assert!(lines[1].ends_with("Request r2."), "{}", lines[1]);
    }

    #[test]
    fn nothing_waiting_is_a_line_too() {
        assert_eq!(lines(&Words::new(Language::English), &[]), ["Nothing is waiting."]);
    }

    #[test]
    fn json_names_the_stage_in_words() {
        let json = serde_json::to_value(waiting("r1", Stage::Elsewhere)).unwrap();
        assert_eq!(json["stage"], "elsewhere");
        assert_eq!(json["expires_at"], 1_790_000_000);
        let mut keys: Vec<&String> = json.as_object().unwrap().keys().collect();
        keys.sort();
        assert_eq!(
            keys,
            ["account", "broker", "expires_at", "id", "service", "short", "stage", "text"]
        );
    }
}
