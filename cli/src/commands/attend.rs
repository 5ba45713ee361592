//! `sayso attend`: stay here. Each request is a line and a bell; a code or an answer is taken at
//! the same prompt; nothing is spoken. For a text console, ssh, and who reads by braille alone.

use std::ops::ControlFlow;

use sayso_protocol::binding::Code;
use sayso_protocol::bus::{self, AttendLine, Choice, Next, Place, Question, Readout, Step};
use sayso_words::{Answer, Words, say};

use super::{Ending, settings};
use crate::door::Door;
use crate::exit::{Failure, Status};
use crate::output::Form;
use crate::prompt::terminal::Terminal;
use crate::prompt::{Prompt, whole};
use crate::session::Session;

/// Attends until the input ends or the daemon is gone for good.
///
/// # Errors
/// The daemon is gone and cannot be started, or refuses.
pub async fn run(session: &Session, prompt: &mut Prompt) -> Ending {
    let Prompt::Terminal(terminal) = prompt else { return Ok(Status::WrongUse) };
    let words = session.words().await.clone();
    session.output.note(&say!(words, "attend-begin"));
    let mut attending = Attending { session, words: &words, seen: 0, question: None };
    let first = attending.sit(terminal).await;
    let lost = match first {
        Ok(status) => return Ok(status),
        Err(failure) if failure.status == Status::NotThere => failure,
        Err(failure) => return Err(failure),
    };
    again(session, terminal, &words, lost).await
}

/// The daemon went away: whoever supervises it starts it anew, or D-Bus does, once for each time
/// that it was there.
async fn again(
    session: &Session,
    terminal: &mut Terminal,
    words: &Words,
    mut lost: Failure,
) -> Ending {
    loop {
        session.output.fault(&lost.sentences(words));
        let session = Session::new(Door::open().await?, session.output);
        let mut attending = Attending { session: &session, words, seen: 0, question: None };
        match attending.sit(terminal).await {
            Ok(status) => return Ok(status),
            Err(failure) if failure.status == Status::NotThere && attending.seen > 0 => {
                lost = failure;
            }
            Err(failure) => return Err(failure),
        }
    }
}

/// Where an attending terminal stands.
struct Attending<'a> {
    session: &'a Session,
    words: &'a Words,
    /// The last line that was printed.
    seen: u64,
    /// The question that was printed whole here and waits for its answer.
    question: Option<Question>,
}

impl Attending<'_> {
    /// Prints lines and takes answers, both as they come.
    async fn sit(&mut self, terminal: &mut Terminal) -> Ending {
        let session = self.session;
        let requests = session.door.requests().await.map_err(Failure::from)?;
        loop {
            let lines = requests.attend(self.seen);
            tokio::pin!(lines);
            // The call stays open while lines are typed: the daemon counts it as this terminal.
            loop {
                tokio::select! {
                    came = &mut lines => {
                        let (last, lines) = came.map_err(Failure::from)?;
                        self.print(&lines);
                        self.seen = last;
                        break;
                    }
                    line = terminal.next() => match self.typed(line, terminal).await? {
                        ControlFlow::Continue(()) => (),
                        ControlFlow::Break(status) => return Ok(status),
                    },
                }
            }
        }
    }

    fn print(&self, lines: &[AttendLine]) {
        let output = self.session.output;
        for line in lines {
            match (output.form(), line.bell) {
                (Form::Json, _) => output.data(line, &[]),
                (Form::Lines, true) => output.bell(&line.text),
                (Form::Lines, false) => output.line(&line.text),
            }
        }
    }

    /// A line was typed: whoever typed it has read what stands above it.
    async fn typed(
        &mut self,
        line: Option<String>,
        terminal: &mut Terminal,
    ) -> Result<ControlFlow<Status>, Failure> {
        let Some(line) = line else {
            self.session.output.note(&say!(self.words, "attend-end"));
            return Ok(ControlFlow::Break(Status::Done));
        };
        let session = self.session;
        let seen = self.seen;
        session.call(async { session.door.requests().await?.attended(seen).await }).await?;
        match self.said(&line, terminal).await {
            // Without the daemon there is nothing to attend.
            Err(failure) if failure.status == Status::NotThere => return Err(failure),
            Err(failure) => session.output.failure(&failure, self.words),
            Ok(()) => (),
        }
        Ok(ControlFlow::Continue(()))
    }

    async fn said(&mut self, line: &str, terminal: &mut Terminal) -> Result<(), Failure> {
        match Said::read(line) {
            Said::Nothing => {
                if let Some(question) = &self.question {
                    self.session.output.line(&question.text);
                }
                Ok(())
            }
            Said::Code => self.enter(line, terminal).await,
            Said::Answer(answer) => self.answer(answer).await,
            Said::Next => self.next(terminal).await,
            Said::Unknown => {
                let ask = if self.question.is_some() {
                    say!(self.words, "prompt-answer-again")
                } else {
                    say!(self.words, "attend-prompt")
                };
                self.session.output.note(&ask);
                Ok(())
            }
        }
    }

    async fn enter(&mut self, code: &str, terminal: &mut Terminal) -> Result<(), Failure> {
        let session = self.session;
        let place = Place::Terminal;
        let asked = async { session.door.requests().await?.code_accounts(place).await };
        let accounts = session.call(asked).await?;
        let account = match &accounts[..] {
            [] | [_] => String::new(),
            several => {
                terminal.forget_typed().await;
                let Some(account) = self.choose(terminal, several).await else { return Ok(()) };
                account
            }
        };
        let entered = async { session.door.requests().await?.enter(code, &account, place).await };
        let question = session.call(entered).await?;
        self.ask(question, terminal).await;
        Ok(())
    }

    /// What was typed before a question stands here is no answer to it.
    async fn ask(&mut self, question: Question, terminal: &mut Terminal) {
        terminal.forget_typed().await;
        self.session.output.data(&question, &[&whole(&question)]);
        self.question = Some(question);
    }

    /// The next step, whatever it is.
    async fn next(&mut self, terminal: &mut Terminal) -> Result<(), Failure> {
        let session = self.session;
        let place = Place::Terminal;
        let asked = async { session.door.requests().await?.next(place).await };
        let next = session.call::<Next>(asked).await?;
        terminal.forget_typed().await;
        match next.step {
            Step::Nothing | Step::Code | Step::Page => {
                session.output.data(&next, &[&next.sentence]);
            }
            Step::Take => {
                let Some(chosen) = self.choose(terminal, &next.choices).await else {
                    return Ok(());
                };
                let taken = async { session.door.requests().await?.take(&chosen, place).await };
                let question = session.call(taken).await?;
                self.ask(question, terminal).await;
            }
            Step::Question => {
                let asked = async { session.door.requests().await?.question("", place).await };
                let question = session.call(asked).await?;
                self.ask(question, terminal).await;
            }
            Step::Readout => self.readout("").await?,
            Step::Change => {
                let Some(chosen) = self.choose(terminal, &next.choices).await else {
                    return Ok(());
                };
                let question = settings::question(session, place, &chosen).await?;
                let answer = terminal.consent(self.words, &question).await;
                settings::confirmed(session, place, &question, answer).await?;
            }
        }
        Ok(())
    }

    /// Which one of several is meant.
    async fn choose(&self, terminal: &mut Terminal, choices: &[Choice]) -> Option<String> {
        let named: Vec<_> = choices.iter().map(|one| one.sentence.clone()).collect();
        let place = if named.len() > 1 { terminal.which(self.words, &named).await? } else { 0 };
        choices.get(place).map(|chosen| chosen.id.clone())
    }

    /// The digits of an approval.
    async fn readout(&self, id: &str) -> Result<(), Failure> {
        let session = self.session;
        let read = async { session.door.requests().await?.readout(id, Place::Terminal).await };
        let readout = session.call::<Readout>(read).await?;
        session.output.data(&readout, &[&readout.sentence]);
        Ok(())
    }

    /// To the question printed here; without one, to what the daemon says is open.
    async fn answer(&mut self, answer: Answer) -> Result<(), Failure> {
        let session = self.session;
        let (id, token) = self
            .question
            .as_ref()
            .map_or(("", ""), |question| (question.id.as_str(), question.token.as_str()));
        let answered = async {
            let requests = session.door.requests().await?;
            match answer {
                Answer::Yes => requests.approve(id, token, Place::Terminal).await,
                Answer::No => requests.deny(id, token, Place::Terminal).await,
                Answer::Report => requests.report(id, token, Place::Terminal).await,
            }
        };
        let answered: Result<bus::Answer, Failure> = session.call(answered).await;
        self.question = None;
        let answered = answered?;
        session.output.data(&answered, &[&answered.sentence]);
        if answered.result == bus::Result::Readout {
            self.readout(&answered.id).await
        } else {
            Ok(())
        }
    }
}

/// What a typed line means.
#[derive(Debug, PartialEq, Eq)]
enum Said {
    /// An empty line: it was read.
    Nothing,
    /// Digits: a code, or one that is too short or too long, which the daemon says.
    Code,
    /// An answer.
    Answer(Answer),
    /// The next step.
    Next,
    /// Anything else.
    Unknown,
}

impl Said {
    fn read(line: &str) -> Said {
        use sayso_protocol::binding::NotACode;
        match (line.trim().is_empty(), Answer::read(line), Code::parse(line)) {
            (true, _, _) => Said::Nothing,
            (false, Some(answer), _) => Said::Answer(answer),
            (false, None, _) if sayso_words::is_next(line) => Said::Next,
            (false, None, Ok(_) | Err(NotACode::Digits(1..))) => Said::Code,
            (false, None, Err(NotACode::Digits(0) | NotACode::NotDigits)) => Said::Unknown,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_a_code_an_answer_or_a_sign_of_life() {
        assert_eq!(Said::read(""), Said::Nothing);
        assert_eq!(Said::read("482 913"), Said::Code);
        assert_eq!(Said::read("48291"), Said::Code);
        assert_eq!(Said::read("godkend"), Said::Answer(Answer::Yes));
        assert_eq!(Said::read("anmeld"), Said::Answer(Answer::Report));
        assert_eq!(Said::read("Next"), Said::Next);
        assert_eq!(Said::read("næste"), Said::Next);
        assert_eq!(Said::read("hello"), Said::Unknown);
        assert_eq!(Said::read("..."), Said::Unknown);
    }
}
