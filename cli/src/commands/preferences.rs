//! `sayso preferences`: how Sayso talks. What is set holds at once.

use sayso_protocol::bus::{MoreTime, Preferences};
use sayso_words::{Words, say};
use serde::Serialize;

use super::Ending;
use crate::command_line::PreferencesOf;
use crate::exit::{Failure, Status};
use crate::session::Session;

/// One of them, as it stands in the file.
#[derive(Serialize)]
struct Line {
    name: &'static str,
    value: String,
}

/// Shows them all, or one, or sets one.
///
/// # Errors
/// What the daemon refused, or that there is no such preference.
pub async fn run(session: &Session, typed: PreferencesOf) -> Ending {
    let asked = async { session.door.voice().await?.preferences().await };
    let mut preferences = session.call(asked).await?;
    if let (Some(key), Some(value)) = (&typed.key, &typed.value) {
        set(&mut preferences, key, value)?;
        let told = async { session.door.voice().await?.prefer(&preferences).await };
        session.call(told).await?;
    }
    let known = |line: &Line| typed.key.as_ref().is_none_or(|key| key == line.name);
    let found: Vec<_> = lines(&preferences).into_iter().filter(known).collect();
    if found.is_empty() {
        return Err(unknown());
    }
    let words = session.words().await;
    let told: Vec<_> = found.iter().map(|line| sentence(words, line)).collect();
    let told: Vec<&str> = told.iter().map(String::as_str).collect();
    session.output.data(&found, &told);
    Ok(Status::Done)
}

fn unknown() -> Failure {
    Failure::own(Status::WrongUse, "preference", |words| say!(words, "error-preference-refused"))
}

fn lines(preferences: &Preferences) -> Vec<Line> {
    let line = |name, value: &dyn ToString| Line { name, value: value.to_string() };
    vec![
        line("speech", &preferences.speech),
        line("notification", &preferences.notification),
        line("attend", &preferences.attend),
        line("voice", &preferences.voice),
        line("rate", &preferences.rate),
        line("language", &preferences.language),
        line("quiet_hours", &preferences.quiet_hours),
        match preferences.more_time {
            MoreTime::Asked => line("more_time", &"asked"),
            MoreTime::Auto => line("more_time", &"auto"),
        },
    ]
}

/// What a preference means, as it stands in the file.
fn meaning(words: &Words, name: &str) -> String {
    match name {
        "speech" => say!(words, "preferences-speech"),
        "notification" => say!(words, "preferences-notification"),
        "attend" => say!(words, "preferences-attend"),
        "voice" => say!(words, "preferences-voice"),
        "rate" => say!(words, "preferences-rate"),
        "language" => say!(words, "preferences-language"),
        "quiet_hours" => say!(words, "preferences-quiet-hours"),
        _ => say!(words, "preferences-more-time"),
    }
}

fn sentence(words: &Words, line: &Line) -> String {
    let value =
        if line.value.is_empty() { say!(words, "preferences-empty") } else { line.value.clone() };
    let meaning = meaning(words, line.name);
    let meaning = meaning.as_str();
    say!(words, "preferences-line", name = line.name, value = value.as_str(), meaning = meaning)
}

/// Sets one. What is no value of it is told with what it can be; the daemon looks at the rest.
fn set(preferences: &mut Preferences, key: &str, value: &str) -> Result<(), Failure> {
    let not = |name: &'static str| {
        Failure::own(Status::WrongUse, "preference", move |words| {
            let meaning = meaning(words, name);
            let meaning = meaning.trim_end_matches('.');
            say!(words, "error-preference-value", name = name, meaning = meaning)
        })
    };
    match key {
        "speech" => preferences.speech = switch(value).ok_or_else(|| not("speech"))?,
        "notification" => {
            preferences.notification = switch(value).ok_or_else(|| not("notification"))?;
        }
        "attend" => preferences.attend = switch(value).ok_or_else(|| not("attend"))?,
        "voice" => value.clone_into(&mut preferences.voice),
        "rate" => {
            let rate = value.parse().ok().filter(|rate| (-100..=100).contains(rate));
            preferences.rate = rate.ok_or_else(|| not("rate"))?;
        }
        "language" => match value {
            "" | "en" | "da" => value.clone_into(&mut preferences.language),
            _ => return Err(not("language")),
        },
        "quiet_hours" => value.clone_into(&mut preferences.quiet_hours),
        "more_time" => {
            preferences.more_time = match value {
                "asked" => MoreTime::Asked,
                "auto" => MoreTime::Auto,
                _ => return Err(not("more_time")),
            }
        }
        _ => return Err(unknown()),
    }
    Ok(())
}

fn switch(value: &str) -> Option<bool> {
    match value {
        "true" | "on" => Some(true),
        "false" | "off" => Some(false),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sayso_words::Language;

    fn after(key: &str, value: &str) -> Result<Preferences, String> {
        let mut preferences = Preferences::default();
        let words = Words::new(Language::English);
        set(&mut preferences, key, value).map_err(|failure| failure.sentences(&words))?;
        Ok(preferences)
    }

    #[test]
    fn a_value_is_taken_or_told_what_it_can_be() {
        assert!(after("speech", "on").unwrap().speech);
        assert_eq!(after("rate", "-20").unwrap().rate, -20);
        assert_eq!(after("language", "da").unwrap().language, "da");
        assert_eq!(after("quiet_hours", "22:00-07:00").unwrap().quiet_hours, "22:00-07:00");
        assert_eq!(
            after("rate", "fast").unwrap_err(),
            "rate cannot be that. What it can be: The speed, from -100 to 100; 0 is the speech \
             service's own."
        );
        assert!(after("language", "fr").is_err() && after("speech", "loud").is_err());
        assert_eq!(
            after("colour", "red").unwrap_err(),
            "That is no preference Sayso knows. To see yours: sayso preferences."
        );
    }

    #[test]
    fn each_preference_is_a_line_with_its_meaning() {
        let words = Words::new(Language::English);
        let all = lines(&Preferences { speech: true, ..Preferences::default() });
        assert_eq!(
            sentence(&words, &all[0]),
            "speech is true. Whether you hear Sayso: true or false."
        );
        assert!(sentence(&words, &all[6]).starts_with("quiet_hours is empty. Quiet hours, like"));
        for line in &all {
            assert!(after(line.name, &line.value).is_ok(), "{}", line.name);
        }
    }
}
