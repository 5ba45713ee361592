//! The rules of the design's "Words" and "Speaking", over all that can be said.

use std::process::Command;

use super::catalogue::{Said, everything_said};
use crate::languages::Language;

fn spoken() -> Vec<Said> {
    let files = ["spoken", "changes"];
    everything_said().into_iter().filter(|said| files.contains(&said.file)).collect()
}

fn lower(said: &Said) -> String {
    said.text.to_lowercase()
}

/// Fails with the first sentence that has one of these (in lower case).
fn never(sentences: &[Said], english: &[&str], danish: &[&str]) {
    for said in sentences {
        let text = lower(said);
        let unwanted = match said.language {
            Language::English => english,
            Language::Danish => danish,
        };
        for word in unwanted {
            assert!(!text.contains(word), "{} {}: {}", said.language, said.id, said.text);
        }
    }
}

#[test]
fn only_an_approval_and_its_question_say_approve() {
    let others: Vec<Said> = everything_said()
        .into_iter()
        .filter(|said| matches!(said.file, "spoken" | "changes" | "notification" | "errors"))
        .filter(|said| {
            let id = said.id.strip_prefix("line-").unwrap_or(&said.id);
            !id.starts_with("question-") && !id.starts_with("approved-")
        })
        .collect();
    assert!(others.len() > 300);
    never(&others, &["approv"], &["godkend"]);
}

#[test]
fn every_approval_and_its_question_do_say_it() {
    for said in spoken() {
        let word = match said.language {
            Language::English => "approve",
            Language::Danish => "godkend",
        };
        if said.id.starts_with("question-") || said.id.starts_with("approved-") {
            assert!(lower(&said).contains(word), "{}: {}", said.id, said.text);
        }
    }
}

/// The words that results begin with, and the messages that are those results.
const RESULTS: [(&str, &str, &[&str]); 7] = [
    ("Code correct", "Koden er rigtig", &["code-correct"]),
    ("Wrong code", "Forkert kode", &["code-wrong"]),
    ("Too late", "For sent", &["too-late"]),
    ("Approved", "Godkendt", &["approved-"]),
    ("Denied", "Afvist", &["denied-", "reported-login", "reported-payment", "reported-other"]),
    ("Done", "Udført", &["done-", "reported-late", "registered"]),
    ("Stopped", "Stoppet", &["cancelled"]),
];

#[test]
fn results_and_nothing_else_begin_with_their_own_word() {
    for said in spoken() {
        for (english, danish, ids) in RESULTS {
            let word = match said.language {
                Language::English => english,
                Language::Danish => danish,
            };
            let is_result = ids.iter().any(|id| said.id.starts_with(id));
            assert_eq!(said.text.starts_with(word), is_result, "{}: {}", said.id, said.text);
        }
    }
}

#[test]
fn words_that_sound_alike_are_not_used() {
    let all = everything_said();
    never(
        &all,
        &["accept", "expire", "declin", "reject"],
        &["accepter", "udløb", "afslå", "afslag"],
    );
    for said in all {
        let text = lower(&said);
        let pair = match said.language {
            Language::English => ["confirm", "cancel"],
            Language::Danish => ["bekræft", "annull"],
        };
        assert!(!pair.iter().all(|word| text.contains(word)), "{}: {}", said.id, said.text);
    }
}

#[test]
fn a_time_to_come_is_a_clock_time() {
    never(
        &everything_said(),
        &["24 hours", "24-hour", "in one hour", "twenty-four"],
        &["24 timer", "om én time", "fireogtyve"],
    );
}

#[test]
fn a_sentence_for_ears_has_no_signs_that_voices_stumble_over() {
    for said in spoken() {
        let stray =
            said.text.chars().find(|one| !one.is_alphanumeric() && !" .,:?'-".contains(*one));
        assert_eq!(stray, None, "{}: {}", said.id, said.text);
        assert!(!said.text.ends_with(".."), "{}", said.text);
    }
}

#[test]
fn a_line_fits_the_braille_display() {
    let lines: Vec<Said> =
        everything_said().into_iter().filter(|said| said.id.starts_with("line-")).collect();
    assert!(lines.len() > 80);
    for said in lines {
        let cells = said.text.chars().count();
        assert!(cells <= 40, "{} {} cells: {}", said.id, cells, said.text);
    }
}

#[test]
fn a_fault_is_what_happened_and_what_to_do() {
    for said in everything_said() {
        if !said.id.contains("error-") || said.id.ends_with("-title") {
            continue;
        }
        let sentences = said.text.split(". ").count();
        assert_eq!(sentences, 2, "{}: {}", said.id, said.text);
        assert!(said.text.ends_with('.'), "{}: {}", said.id, said.text);
    }
}

/// How long espeak-ng speaks at 175 words a minute.
fn seconds(said: &Said) -> f64 {
    let spoken = Command::new("espeak-ng")
        .args(["-v", said.language.tag(), "-s", "175", "--stdout", &said.text])
        .output()
        .expect("espeak-ng is installed: `make test` sees to it");
    assert!(spoken.status.success(), "espeak-ng: {}", String::from_utf8_lossy(&spoken.stderr));
    // A WAV header of 44 bytes, then 22,050 samples of 16 bits a second.
    let samples = u32::try_from((spoken.stdout.len() - 44) / 2).expect("a sentence is short");
    f64::from(samples) / 22_050.0
}

#[test]
fn no_sentence_keeps_a_screen_reader_waiting() {
    let mut heads = 0;
    for said in spoken() {
        let head = said.id.starts_with("notice-") && said.id != "notice-tail";
        let plain = !said.text.contains("Careful") && !said.text.contains("Pas på");
        let limit = match (head, said.id.as_str()) {
            // The design's 3 s, measured with the names of the examples and rounded as there.
            (true, "notice-login") if plain => 3.1,
            (true, _) => 6.0,
            // These give way to the screen reader.
            (false, _) if said.file == "changes" => 12.0,
            (false, _) => 7.0,
        };
        heads += u32::from(head);
        let seconds = seconds(&said);
        assert!(seconds > 0.2 && seconds <= limit, "{} {seconds:.1} s: {}", said.id, said.text);
    }
    assert!(heads > 20);
}

#[test]
fn a_long_brokers_name_leaves_room_for_who_asks() {
    let args =
        [("service", "Nordic Rail".into()), ("risk", "place".into()), ("place", "Berlin".into())];
    let line =
        crate::Words::new(Language::English).line_at("Abcdefghijklmnopqrst", "line-login", &args);
    assert_eq!(line, "Abcd…: NOT HERE, Berlin. Nordi…: log in?");
}
