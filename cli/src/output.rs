//! The only place that prints. Data goes to stdout, the rest to stderr; plain lines, no cursor
//! codes. A reader that has gone away is no error.

use std::io::{self, Write};

use sayso_words::Words;
use serde::Serialize;

use crate::exit::Failure;

/// Which form the data has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// Lines for a person.
    Lines,
    /// JSON for a program: one value a line.
    Json,
}

/// Where a command's words go.
#[derive(Clone, Copy, Debug)]
pub struct Output {
    form: Form,
}

/// A sentence as JSON, where a command has no other data.
#[derive(Serialize)]
struct Sentence<'a> {
    sentence: &'a str,
}

/// A failure as JSON.
#[derive(Serialize)]
struct Refusal<'a> {
    error: &'a str,
    sentence: &'a str,
}

impl Output {
    /// An output in this form.
    #[must_use]
    pub fn new(form: Form) -> Output {
        Output { form }
    }

    /// Lines for a person.
    #[must_use]
    pub fn plain() -> Output {
        Output::new(Form::Lines)
    }

    /// The form.
    #[must_use]
    pub fn form(&self) -> Form {
        self.form
    }

    /// A line of what the command is about: stdout, or stderr where stdout is JSON.
    pub fn line(&self, text: &str) {
        match self.form {
            Form::Lines => write(io::stdout(), text, "\n"),
            Form::Json => write(io::stderr(), text, "\n"),
        }
    }

    /// A line that rings the terminal's bell.
    pub fn bell(&self, text: &str) {
        match self.form {
            Form::Lines => write(io::stdout(), text, "\x07\n"),
            Form::Json => write(io::stderr(), text, "\x07\n"),
        }
    }

    /// A line that is no data.
    pub fn note(&self, text: &str) {
        write(io::stderr(), text, "\n");
    }

    /// Asks: the cursor stays behind the words.
    pub fn ask(&self, text: &str) {
        write(io::stderr(), text, " ");
    }

    /// Data: `lines` for a person, `value` for a program.
    pub fn data<T: Serialize>(&self, value: &T, lines: &[&str]) {
        match self.form {
            Form::Lines => lines.iter().for_each(|line| self.line(line)),
            Form::Json => json(value),
        }
    }

    /// A command's result where it is only a sentence.
    pub fn sentence(&self, sentence: &str) {
        self.data(&Sentence { sentence }, &[sentence]);
    }

    /// What went wrong.
    pub fn fault(&self, sentences: &str) {
        write(io::stderr(), sentences, "\n");
    }

    /// Why the command failed: for the person always, for a program where it reads JSON.
    pub fn failure(&self, failure: &Failure, words: &Words) {
        let sentence = failure.sentences(words);
        self.fault(&sentence);
        match self.form {
            Form::Lines => (),
            Form::Json => json(&Refusal { error: failure.name, sentence: &sentence }),
        }
    }
}

fn json<T: Serialize>(value: &T) {
    // The contract's types have string keys only: they always have a JSON form.
    if let Ok(text) = serde_json::to_string(value) {
        write(io::stdout(), &text, "\n");
    }
}

/// Writes whole lines at once, so that two programs' lines never mix. Who closed the pipe has
/// read enough: nothing else can be done about it here.
fn write(mut to: impl Write, text: &str, end: &str) {
    let _ = to.write_all(format!("{text}{end}").as_bytes());
    let _ = to.flush();
}
