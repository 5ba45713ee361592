//! The prompt as plain lines: no cursor codes, nothing redrawn. An empty line hears the question
//! again; the end of input is no answer, and neither is what was typed before the question.

use std::future::poll_fn;
use std::io::IsTerminal;
use std::pin::Pin;
use std::task::Poll;

use rustix::termios::{QueueSelector, tcflush};
use sayso_protocol::bus::{ChangeQuestion, Question};
use sayso_words::{Answer, Wish, Words, say};
use tokio::io::{AsyncBufRead, AsyncBufReadExt, AsyncRead, AsyncReadExt, BufReader};

use super::Yes;
use crate::output::Output;

/// The longest line that is read: nothing that is asked for is longer.
const LONGEST: usize = 1024;

/// A terminal, or a script that writes lines.
pub struct Terminal {
    input: Box<dyn AsyncBufRead + Unpin>,
    /// What has come of a line: kept while something else was waited for as well.
    begun: Vec<u8>,
    typist: Typist,
    output: Output,
}

/// Who writes the lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Typist {
    /// A person at a keyboard, or what was pasted for them: it may come before it is asked for.
    Keyboard,
    /// A script, which knows beforehand what it answers.
    Script,
}

impl Terminal {
    /// The terminal of this command.
    #[must_use]
    pub fn new(output: Output) -> Terminal {
        let typist = if std::io::stdin().is_terminal() { Typist::Keyboard } else { Typist::Script };
        Terminal { typist, ..Terminal::reading(tokio::io::stdin(), output) }
    }

    /// A terminal whose lines come from `input`.
    pub fn reading(input: impl AsyncRead + Unpin + 'static, output: Output) -> Terminal {
        let input = Box::new(BufReader::new(input));
        Terminal { input, begun: Vec::new(), typist: Typist::Script, output }
    }

    /// Prints a line, unless there is nothing to say.
    pub fn tell(&self, text: &str) {
        if !text.is_empty() {
            self.output.line(text);
        }
    }

    /// Asks for a line.
    pub async fn line(&mut self, asked: &str) -> Option<String> {
        self.output.ask(asked);
        self.next().await
    }

    /// Asks until the line is not empty: an empty one hears `again`.
    pub(super) async fn line_again(&mut self, asked: &str, again: &str) -> Option<String> {
        loop {
            let line = self.line(asked).await?;
            if !line.is_empty() {
                return Some(line);
            }
            self.tell(again);
        }
    }

    /// Leaves the prompt's line: what follows is no answer to it.
    pub fn leave(&self) {
        self.output.note("");
    }

    /// The next line that is typed; `None` at the end of input. Dropping this loses nothing.
    pub async fn next(&mut self) -> Option<String> {
        let room = LONGEST.saturating_sub(self.begun.len());
        let mut input = (&mut self.input).take(u64::try_from(room).unwrap_or(0));
        let read = input.read_until(b'\n', &mut self.begun).await;
        let line = std::mem::take(&mut self.begun);
        match read {
            Ok(_) if !line.is_empty() => Some(String::from_utf8_lossy(&line).trim().to_owned()),
            Ok(_) | Err(_) => None,
        }
    }

    /// Throws away what was typed so far: it cannot answer the question that is printed now. One
    /// paste may hold a code and an `approve`.
    pub async fn forget_typed(&mut self) {
        if self.typist == Typist::Script {
            return;
        }
        // What the terminal still holds first: reading on must not bring it here. A terminal that
        // is gone holds nothing.
        let _ = tcflush(rustix::stdio::stdin(), QueueSelector::IFlush);
        self.begun.clear();
        poll_fn(|context| {
            if let Poll::Ready(Ok(typed)) = Pin::new(&mut self.input).poll_fill_buf(context) {
                let typed = typed.len();
                Pin::new(&mut self.input).consume(typed);
            }
            Poll::Ready(())
        })
        .await;
    }

    /// Asks the question until it is answered.
    pub async fn question(&mut self, words: &Words, question: &Question) -> Option<Answer> {
        self.tell(&question.before);
        self.tell(&question.text);
        self.forget_typed().await;
        loop {
            let line = self.line(&say!(words, "prompt-answer")).await?;
            if line.is_empty() {
                self.tell(&question.text);
            } else if let Some(answer) = Answer::read(&line) {
                return Some(answer);
            } else {
                self.output.note(&say!(words, "prompt-answer-again"));
            }
        }
    }

    /// Asks about settings until it is yes or no.
    pub async fn consent(&mut self, words: &Words, question: &ChangeQuestion) -> Option<Yes> {
        self.tell(&question.before);
        self.tell(&question.text);
        self.forget_typed().await;
        loop {
            let line = self.line(&say!(words, "prompt-answer")).await?;
            match Answer::read(&line) {
                Some(Answer::Yes) => return Some(Yes::Yes),
                Some(Answer::No) => return Some(Yes::No),
                None if line.is_empty() => self.tell(&question.text),
                Some(Answer::Report) | None => {
                    self.output.note(&say!(words, "prompt-yes-no-again"));
                }
            }
        }
    }

    /// Asks what to do with the digits above; an empty line is nothing more.
    pub(super) async fn wish(&mut self, words: &Words) -> Option<Wish> {
        loop {
            let line = self.line(&say!(words, "prompt-digits")).await?;
            if line.is_empty() {
                return None;
            }
            if let Some(wish) = Wish::read(&line) {
                return Some(wish);
            }
            self.output.note(&say!(words, "prompt-digits-again"));
        }
    }

    /// Asks which one of several is meant, and answers with its place; an empty line is no answer.
    pub async fn which(&mut self, words: &Words, choices: &[String]) -> Option<usize> {
        let most = choices.len();
        for line in super::numbered(words, choices) {
            self.tell(&line);
        }
        loop {
            let line = self.line(&say!(words, "prompt-choose", most = most)).await?;
            if line.is_empty() {
                return None;
            }
            match line.parse::<usize>() {
                Ok(number) if (1..=most).contains(&number) => return Some(number - 1),
                Ok(_) | Err(_) => {
                    self.output.note(&say!(words, "prompt-choose-again", most = most));
                }
            }
        }
    }

    /// Asks for yes or no.
    pub(super) async fn yes(&mut self, words: &Words, asked: &str) -> Option<Yes> {
        loop {
            match Answer::read(&self.line(asked).await?) {
                Some(Answer::Yes) => return Some(Yes::Yes),
                Some(Answer::No) => return Some(Yes::No),
                Some(Answer::Report) | None => {
                    self.output.note(&say!(words, "prompt-yes-no-again"));
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sayso_words::Language;

    fn typed(text: &'static str) -> Terminal {
        Terminal::reading(text.as_bytes(), Output::plain())
    }

    fn asked() -> Question {
        Question {
            id: "r1".to_owned(),
            before: "Code correct. One question left.".to_owned(),
            text: "Log in at Example Bank as Anna? Approve or deny?".to_owned(),
            lang: "en".to_owned(),
            token: "t".to_owned(),
            expires_at: 0,
        }
    }

    async fn answered(text: &'static str) -> Option<Answer> {
        typed(text).question(&Words::new(Language::Danish), &asked()).await
    }

    #[tokio::test]
    async fn every_languages_words_are_taken_at_the_prompt() {
        for yes in ["y\n", "yes\n", "approve\n", "j\n", "ja\n", "Godkend\r\n", "  y  "] {
            assert_eq!(answered(yes).await, Some(Answer::Yes), "{yes}");
        }
        for no in ["n\n", "no\n", "deny\n", "nej\n", "afvis\n"] {
            assert_eq!(answered(no).await, Some(Answer::No), "{no}");
        }
        for report in ["report\n", "not me\n", "anmeld\n", "ikke mig\n"] {
            assert_eq!(answered(report).await, Some(Answer::Report), "{report}");
        }
    }

    #[tokio::test]
    async fn the_end_of_input_is_no_answer() {
        for nothing in ["", "\n\n", "maybe\n", "yess\nok\n"] {
            assert_eq!(answered(nothing).await, None, "{nothing}");
        }
    }

    #[tokio::test]
    async fn an_empty_line_and_a_doubtful_word_ask_again() {
        assert_eq!(answered("\nperhaps\nyes\n").await, Some(Answer::Yes));
    }

    #[tokio::test]
    async fn bytes_that_are_no_text_are_no_answer() {
        let mut terminal = Terminal::reading(&b"\xff\xfey\n\xffyes"[..], Output::plain());
        assert_eq!(terminal.question(&Words::new(Language::English), &asked()).await, None);
    }

    #[tokio::test]
    async fn an_endless_line_is_read_in_pieces_and_never_a_yes() {
        let mut terminal = Terminal::reading(tokio::io::repeat(b'y').take(5000), Output::plain());
        assert_eq!(terminal.question(&Words::new(Language::English), &asked()).await, None);
    }

    #[tokio::test]
    async fn a_line_that_comes_in_pieces_is_read_whole() {
        use tokio::io::AsyncWriteExt;
        let (mut keyboard, input) = tokio::io::duplex(64);
        let mut terminal = Terminal::reading(input, Output::plain());
        keyboard.write_all(b"godk").await.unwrap();
        tokio::select! {
            biased;
            line = terminal.next() => panic!("{line:?} is not whole"),
            () = tokio::task::yield_now() => (),
        }
        keyboard.write_all(b"end\n").await.unwrap();
        assert_eq!(terminal.next().await, Some("godkend".to_owned()));
    }

    #[tokio::test]
    async fn only_yes_or_no_answers_what_is_not_a_request() {
        let mut terminal = typed("report\nja\nn\n");
        let words = Words::new(Language::English);
        assert_eq!(terminal.yes(&words, "Send?").await, Some(Yes::Yes));
        assert_eq!(terminal.yes(&words, "Send?").await, Some(Yes::No));
        assert_eq!(terminal.yes(&words, "Send?").await, None);
    }
}
