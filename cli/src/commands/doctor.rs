//! `sayso doctor`: why somebody might not hear, read or be able to answer. It needs no daemon.

use sayso_words::{Language, Words, say};

use super::Ending;
use crate::doctor::{Weight, gathering, judging};
use crate::door::Door;
use crate::exit::Status;
use crate::output::Output;
use crate::session::Session;

/// Looks at everything, and prints what is wrong and what to do.
///
/// # Errors
/// None: what cannot be asked is a finding.
pub async fn run(output: Output) -> Ending {
    let session = Door::open().await.map(|door| Session::new(door, output));
    let facts = gathering::facts(&session).await;
    let words = match &session {
        Ok(session) => session.words().await.clone(),
        Err(_) => Words::new(Language::of_person()),
    };
    let found = judging::findings(&facts, &words);
    let faults = found.iter().filter(|finding| finding.weight == Weight::Fault).count();
    let mut lines = vec![if faults == 0 {
        say!(words, "doctor-well")
    } else {
        say!(words, "doctor-faults", count = faults)
    }];
    for (place, finding) in found.iter().enumerate() {
        if place == faults {
            lines.push(say!(words, "doctor-notes"));
        }
        lines.push(finding.sentence.clone());
    }
    let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
    output.data(&found, &lines);
    Ok(if faults == 0 { Status::Done } else { Status::Denied })
}
