//! Yes and no, and the few other words, as a person types them. Every language's words are taken in every language: a
//! person does not know which one the terminal is in.

/// What a person answered. Anything else they typed is no answer, and never a yes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// y, yes, approve; j, ja, godkend.
    Yes,
    /// n, no, deny; nej, afvis.
    No,
    /// report, not me; anmeld, ikke mig: no, and "this was not me". Where only yes or no is asked, ask again.
    Report,
}

const YES: [&str; 6] = ["y", "yes", "approve", "j", "ja", "godkend"];
const NO: [&str; 5] = ["n", "no", "deny", "nej", "afvis"];
const REPORT: [&str; 4] = ["report", "not me", "anmeld", "ikke mig"];

impl Answer {
    /// Reads one line. `None` when it is none of them: ask again.
    #[must_use]
    pub fn read(line: &str) -> Option<Answer> {
        let word = line.trim().trim_end_matches('.').to_lowercase();
        let listed = |words: &[&str]| words.contains(&word.as_str());
        if listed(&YES) {
            Some(Answer::Yes)
        } else if listed(&NO) {
            Some(Answer::No)
        } else if listed(&REPORT) {
            Some(Answer::Report)
        } else {
            None
        }
    }
}

/// Whether a person asks for the next step: next, næste.
#[must_use]
pub fn is_next(line: &str) -> bool {
    let word = line.trim().trim_end_matches('.').to_lowercase();
    ["next", "næste"].contains(&word.as_str())
}

/// What a person wants done with digits that stand before them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wish {
    /// c, copy; k, kopier: onto the clipboard.
    Copy,
    /// s, say; sig: aloud.
    Say,
}

const COPY: [&str; 4] = ["c", "copy", "k", "kopier"];
const SAY: [&str; 3] = ["s", "say", "sig"];

impl Wish {
    /// Reads one line. `None` when it is none of them: ask again.
    #[must_use]
    pub fn read(line: &str) -> Option<Wish> {
        let word = line.trim().trim_end_matches('.').to_lowercase();
        if COPY.contains(&word.as_str()) {
            Some(Wish::Copy)
        } else if SAY.contains(&word.as_str()) {
            Some(Wish::Say)
        } else {
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn every_languages_words_are_taken() {
        for yes in ["y", "Yes", " approve\n", "j", "JA", "godkend", "Ja."] {
            assert_eq!(Answer::read(yes), Some(Answer::Yes), "{yes}");
        }
        for no in ["n", "No", "deny", "nej", "Afvis\r\n"] {
            assert_eq!(Answer::read(no), Some(Answer::No), "{no}");
        }
        for report in ["report", "Anmeld", "not me", "Ikke mig."] {
            assert_eq!(Answer::read(report), Some(Answer::Report), "{report}");
        }
    }

    #[test]
    fn a_doubtful_word_is_no_answer() {
        for other in ["", "yess", "ok", "yes no", "approved", "disapprove", "482913"] {
            assert_eq!(Answer::read(other), None, "{other}");
        }
    }

    #[test]
    fn digits_are_copied_or_said_in_every_language() {
        for (line, wish) in [("Copy", Wish::Copy), ("k", Wish::Copy), (" sig. ", Wish::Say)] {
            assert_eq!(Wish::read(line), Some(wish), "{line}");
        }
        assert_eq!(Wish::read("yes"), None);
    }

    proptest! {
        #[test]
        fn only_the_listed_words_are_a_yes(line in "\\PC{0,12}") {
            let listed = YES.contains(&line.trim().trim_end_matches('.').to_lowercase().as_str());
            prop_assert_eq!(Answer::read(&line) == Some(Answer::Yes), listed);
        }
    }
}
