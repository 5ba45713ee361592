//! The answer prompt, in the form that fits where the person is: lines in a terminal, or, started
//! without one (shortcut, desktop entry), one plain dialog. Nothing that is closed, ended or
//! misread is ever an answer.

pub mod clipboard;
pub mod copying;
pub mod dialog;
pub mod terminal;

use std::io::IsTerminal;

use sayso_protocol::bus::{ChangeQuestion, Place, Question};
use sayso_words::{Answer, Wish, Words, say};

use crate::output::Output;
use dialog::{Dialog, NotShown};
use terminal::Terminal;

/// Where the person is asked.
pub enum Prompt {
    /// At a terminal.
    Terminal(Terminal),
    /// In a dialog; it becomes [`Prompt::Nowhere`] when none can be shown after all.
    Dialog(Dialog),
    /// Nowhere: there is neither. What is said then is said by the daemon.
    Nowhere(Output),
}

impl Prompt {
    /// The prompt for where this command was started.
    #[must_use]
    pub fn here(output: Output) -> Prompt {
        if at_terminal() {
            return Prompt::Terminal(Terminal::new(output));
        }
        Dialog::find(output).map_or(Prompt::Nowhere(output), Prompt::Dialog)
    }

    /// Where somebody is asked whom this prompt has sent to a page: in a dialog, which comes to
    /// them there. What is printed at the terminal that they left, nobody would hear. `None` is
    /// here, for want of a dialog or because nobody was sent.
    #[must_use]
    pub fn at_page(&self, output: Output) -> Option<Prompt> {
        match self {
            Prompt::Terminal(_) => Dialog::find(output).map(Prompt::Dialog),
            Prompt::Dialog(_) | Prompt::Nowhere(_) => None,
        }
    }

    /// The prompt of a command that asks something in a terminal only, and opens no dialog.
    #[must_use]
    pub fn at_terminal(output: Output) -> Prompt {
        if at_terminal() {
            Prompt::Terminal(Terminal::new(output))
        } else {
            Prompt::Nowhere(output)
        }
    }

    /// The prompt for a person or a script that gives what is asked on standard input.
    #[must_use]
    pub fn of_lines(output: Output) -> Prompt {
        Prompt::Terminal(Terminal::new(output))
    }

    /// What the daemon is told about it.
    #[must_use]
    pub fn place(&self) -> Place {
        match self {
            Prompt::Terminal(_) => Place::Terminal,
            Prompt::Dialog(_) => Place::Dialog,
            Prompt::Nowhere(_) => Place::Nowhere,
        }
    }

    /// Asks for the code. `before` says what waits, or what was wrong with the last one. `None`
    /// is no answer.
    pub async fn code(&mut self, words: &Words, before: &str) -> Option<String> {
        match self {
            Prompt::Terminal(terminal) => {
                terminal.tell(before);
                terminal.line_again(&say!(words, "prompt-code"), before).await
            }
            Prompt::Dialog(dialog) => {
                let asked = if before.is_empty() {
                    say!(words, "dialog-code-any")
                } else {
                    say!(words, "dialog-code-again", fault = before)
                };
                let typed = dialog.entry(words, &asked).await;
                self.shown(typed)
            }
            Prompt::Nowhere(_) => None,
        }
    }

    /// Asks the question whole. `None` is no answer.
    pub async fn question(&mut self, words: &Words, question: &Question) -> Option<Answer> {
        match self {
            Prompt::Terminal(terminal) => terminal.question(words, question).await,
            Prompt::Dialog(dialog) => {
                let deny = say!(words, "dialog-deny");
                let approve = say!(words, "dialog-approve");
                let pressed = dialog.choose(words, &whole(question), &deny, &approve).await;
                self.shown(pressed)
            }
            Prompt::Nowhere(_) => None,
        }
    }

    /// Asks what to do with digits. `None` is nothing more.
    pub async fn digits(&mut self, words: &Words, digits: &str) -> Option<Wish> {
        match self {
            Prompt::Terminal(terminal) => terminal.wish(words).await,
            Prompt::Dialog(dialog) => {
                let labels = [
                    say!(words, "dialog-copy"),
                    say!(words, "dialog-say"),
                    say!(words, "dialog-close"),
                ];
                let labels = labels.each_ref().map(String::as_str);
                let pressed = dialog.pick(words, digits, &labels).await;
                match self.shown(pressed)? {
                    0 => Some(Wish::Copy),
                    1 => Some(Wish::Say),
                    _ => None,
                }
            }
            Prompt::Nowhere(_) => None,
        }
    }

    /// Asks which one of several is meant, and answers with its place. `None` is no answer.
    pub async fn which(&mut self, words: &Words, choices: &[String]) -> Option<usize> {
        match self {
            Prompt::Terminal(terminal) => terminal.which(words, choices).await,
            Prompt::Dialog(dialog) => {
                let lines = numbered(words, choices).join("\n");
                let asked = format!("{lines}\n{}", say!(words, "dialog-choose"));
                let typed = dialog.entry(words, &asked).await;
                let number: usize = self.shown(typed)?.trim().parse().ok()?;
                number.checked_sub(1).filter(|place| *place < choices.len())
            }
            Prompt::Nowhere(_) => None,
        }
    }

    /// Asks for a line. `None` is no answer; an empty line is an empty line.
    pub async fn line(&mut self, words: &Words, asked: &str) -> Option<String> {
        match self {
            Prompt::Terminal(terminal) => terminal.line(asked).await,
            Prompt::Dialog(dialog) => {
                let typed = dialog.entry(words, asked).await;
                self.shown(typed)
            }
            Prompt::Nowhere(_) => None,
        }
    }

    /// Asks for yes or no until it is one of them. `None` is no answer.
    pub async fn yes(&mut self, words: &Words, asked: &str) -> Option<Yes> {
        match self {
            Prompt::Terminal(terminal) => terminal.yes(words, asked).await,
            Prompt::Dialog(dialog) => {
                let no = say!(words, "dialog-no");
                let yes = say!(words, "dialog-yes");
                let pressed = dialog.choose(words, asked, &no, &yes).await;
                self.shown(pressed).map(Yes::of)
            }
            Prompt::Nowhere(_) => None,
        }
    }

    /// Asks about settings until it is yes or no. `None` is no answer.
    pub async fn consent(&mut self, words: &Words, question: &ChangeQuestion) -> Option<Yes> {
        match self {
            Prompt::Terminal(terminal) => terminal.consent(words, question).await,
            Prompt::Dialog(_) => {
                let ChangeQuestion { before, text, .. } = question;
                let asked = format!("{before}\n{text}");
                self.yes(words, asked.trim_start()).await
            }
            Prompt::Nowhere(_) => None,
        }
    }

    /// Prints what a dialog would show beside its buttons.
    pub fn show(&self, text: &str) {
        match self {
            Prompt::Terminal(terminal) => terminal.tell(text),
            Prompt::Dialog(_) => (),
            Prompt::Nowhere(output) => output.line(text),
        }
    }

    /// What came of a dialog. Where none can be shown, the person is nowhere from now on: the
    /// caller has to look, and lets the daemon speak.
    fn shown<T>(&mut self, came: Result<Option<T>, NotShown>) -> Option<T> {
        came.unwrap_or_else(|NotShown| {
            if let Prompt::Dialog(dialog) = self {
                *self = Prompt::Nowhere(dialog.output);
            }
            None
        })
    }

    /// Closes what was asked, unanswered. A dialog closes by itself.
    pub fn leave(&self) {
        match self {
            Prompt::Terminal(terminal) => terminal.leave(),
            Prompt::Dialog(_) | Prompt::Nowhere(_) => (),
        }
    }

    /// Tells something that needs no answer.
    pub async fn tell(&mut self, words: &Words, text: &str) {
        match self {
            Prompt::Terminal(terminal) => terminal.tell(text),
            Prompt::Dialog(dialog) => {
                let told = dialog.tell(words, text).await;
                let _ = self.shown(told.map(Some));
            }
            Prompt::Nowhere(output) => output.line(text),
        }
    }
}

/// Each with its number, from 1.
fn numbered(words: &Words, choices: &[String]) -> Vec<String> {
    let line = |(place, choice): (usize, &String)| {
        say!(words, "choice-line", number = (place + 1).to_string(), choice = choice.as_str())
    };
    choices.iter().enumerate().map(line).collect()
}

/// The answer to something that is not a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Yes {
    /// Yes.
    Yes,
    /// No.
    No,
}

impl Yes {
    fn of(answer: Answer) -> Yes {
        match answer {
            Answer::Yes => Yes::Yes,
            Answer::No | Answer::Report => Yes::No,
        }
    }
}

/// Where a command without a prompt was started: what it is told goes there.
#[must_use]
pub fn place() -> Place {
    if at_terminal() { Place::Terminal } else { Place::Nowhere }
}

fn at_terminal() -> bool {
    std::io::stdin().is_terminal() && std::io::stdout().is_terminal()
}

/// What stands beside the buttons: what happened just before, and the question whole.
pub(crate) fn whole(question: &Question) -> String {
    if question.before.is_empty() {
        question.text.clone()
    } else {
        format!("{}\n{}", question.before, question.text)
    }
}
