//! The code from the login page: which broker may see it, what the broker says to it, and the
//! question that it leads to.

use std::time::{Duration, Instant};

use sayso_protocol::binding::{Code, NotACode};
use sayso_protocol::bus::{Error, Place, Question};
use sayso_protocol::decision::Verdict;
use sayso_protocol::enrolment::ApproverId;
use sayso_protocol::problem::{Problem, ProblemType};
use sayso_protocol::request::RequestId;
use sayso_protocol::spoken::Clean;
use sayso_words::{Words, say};

use super::calling::local;
use super::{Binding, Pipeline};
use crate::doors::Reply;
use crate::inbox::Entry;
use crate::source::{Arrived, Order, Refusal};
use crate::wording::Wording;

impl Pipeline {
    pub(super) fn enter(
        &mut self,
        code: &str,
        account: &str,
        place: Place,
        reply: Reply<Question>,
        now: Instant,
    ) {
        match self.bindable(code, account, now) {
            Ok((code, approver)) => {
                self.last_call += 1;
                let call = self.last_call;
                let mark = self.used.mark(&approver, &code);
                let order = Order::Bind { call, code };
                let sent =
                    self.sources.get(&approver).is_some_and(|s| s.orders.try_send(order).is_ok());
                if sent {
                    self.bindings.insert(call, Binding { reply, approver, place, mark });
                }
            }
            Err(error) => self.refuse(place, reply, error),
        }
    }

    /// The code, and the one approver whose broker may see it.
    fn bindable(
        &self,
        code: &str,
        account: &str,
        now: Instant,
    ) -> Result<(Code, ApproverId), Error> {
        let words = self.announcer.words();
        self.registered()?;
        let code = Code::parse(code).map_err(|error| match error {
            NotACode::Digits(digits) => {
                Error::NotACode(say!(words, "code-length", digits = digits))
            }
            NotACode::NotDigits => {
                let text = Clean::<20>::new(code);
                Error::NotACode(say!(words, "error-not-number", text = text.as_str()))
            }
        })?;
        if let Some(open) = self.open_question(now).and_then(|id| self.inbox.get(id)) {
            let service = open.received.request().service.as_str();
            return Err(Error::Ambiguous(say!(words, "error-question-open", service = service)));
        }
        if !account.is_empty() && !self.sources.values().any(|s| s.account.as_str() == account) {
            let account = Clean::<64>::new(account);
            return Err(Error::Invalid(say!(
                words,
                "error-account-unknown",
                account = account.as_str()
            )));
        }
        let mut approvers: Vec<&ApproverId> = Vec::new();
        for (_, entry) in self.inbox.waiting().filter(|(_, entry)| entry.takes_code()) {
            let approver = &entry.approver;
            let source = self.sources.get(approver);
            let meant = account.is_empty() || source.is_some_and(|s| s.account.as_str() == account);
            if meant && !approvers.contains(&approver) {
                approvers.push(approver);
            }
        }
        match approvers[..] {
            [approver] if self.used.contains(&self.used.mark(approver, &code)) => {
                Err(Error::WrongCode(say!(words, "error-code-used")))
            }
            [approver] => Ok((code, approver.clone())),
            [] => Err(self.nothing_to_bind()),
            [_, ..] => {
                let mut names: Vec<_> = approvers
                    .iter()
                    .filter_map(|approver| self.sources.get(*approver))
                    .map(|source| source.account.as_str())
                    .collect();
                names.dedup();
                let names = names.join(", ");
                Err(Error::Ambiguous(say!(words, "error-code-account", accounts = names.as_str())))
            }
        }
    }

    /// No request waits here: perhaps none came, perhaps none could come.
    fn nothing_to_bind(&self) -> Error {
        let words = self.announcer.words();
        match self.sources.values().find(|source| !source.up) {
            Some(source) => Error::Offline(say!(words, "error-offline", broker = source.host())),
            None => Error::NoRequest(say!(words, "error-no-request")),
        }
    }

    /// The broker's answer to a code.
    pub(super) fn bound(&mut self, call: u64, result: Result<Arrived, Refusal>, now: Instant) {
        let Some(binding) = self.bindings.remove(&call) else { return };
        let Binding { reply, approver, place, mark } = binding;
        let question = match result {
            Ok(arrived) => {
                let id = arrived.received.id();
                self.inbox.take(&approver, arrived);
                self.used.keep(mark);
                let words = self.announcer.words();
                let before = say!(words, "code-correct");
                self.asked(id, &before, place, now)
            }
            Err(refusal) => Err(self.not_bound(&approver, refusal, now)),
        };
        match question {
            Ok(question) => drop(reply.send(Ok(question))),
            Err(error) => self.refuse(place, reply, error),
        }
    }

    pub(super) fn not_bound(&self, approver: &ApproverId, refusal: Refusal, now: Instant) -> Error {
        let words = self.announcer.words();
        let broker = self.sources.get(approver).map_or("", |source| source.host());
        let problem = match refusal {
            Refusal::Offline => {
                return Error::Offline(say!(words, "error-broker-silent", broker = broker));
            }
            Refusal::Strange => {
                return Error::Refused(say!(words, "error-broker-strange", broker = broker));
            }
            Refusal::Problem(problem) => problem,
        };
        let at = self.time_of(approver, now);
        let Problem { kind, title, tries_left, retry_at, before_removal, .. } = *problem;
        // Both times are whole seconds, so their difference may be one too many.
        let second = Duration::from_secs(1);
        let wait = retry_at.map_or(Duration::ZERO, |until| at.until(until).saturating_sub(second));
        let wait = wait.max(second);
        let wait_words = words.wait(wait);
        if let Some(left) = before_removal {
            let sentence =
                say!(words, "code-wrong-warning", count = left, wait = wait_words.as_str());
            return Error::Blocked(sentence);
        }
        if kind == ProblemType::WrongCode {
            return wrong_code(words, tries_left, retry_at.map(|_| wait));
        }
        if kind == ProblemType::CodeBlocked {
            return Error::Blocked(say!(words, "code-not-yet", wait = wait_words.as_str()));
        }
        if kind == ProblemType::Ended {
            return Error::Ended(say!(words, "error-code-used"));
        }
        if kind == ProblemType::ApproverRemoved {
            return Error::Refused(say!(words, "error-removed", broker = broker));
        }
        let reason = Clean::<80>::new(&title);
        let reason = reason.as_str();
        Error::Refused(say!(words, "error-broker-refused", broker = broker, reason = reason))
    }

    fn asked(
        &mut self,
        id: RequestId,
        before: &str,
        place: Place,
        now: Instant,
    ) -> Result<Question, Error> {
        let words = self.announcer.words().clone();
        let Some(token) = self.ask(id, before, place, now) else {
            return Err(Error::NoQuestion(say!(words, "error-no-question")));
        };
        let Some(entry) = self.inbox.get(id) else {
            return Err(Error::NoRequest(say!(words, "error-no-request")));
        };
        let heard = Wording::new(&words, entry.received.request()).question();
        Ok(Question {
            id: id.to_string(),
            before: before.to_owned(),
            text: heard.text,
            lang: heard.lang,
            token,
            expires_at: local(entry.left(now)),
        })
    }

    pub(super) fn question(
        &mut self,
        id: &str,
        place: Place,
        now: Instant,
    ) -> Result<Question, Error> {
        let words = self.announcer.words().clone();
        self.registered()?;
        let id = match self.asked_last().filter(|_| id.is_empty()) {
            Some(asked) => asked,
            None => self.meant(id, Verdict::Approve, now)?,
        };
        if self.inbox.get(id).is_some_and(Entry::is_question) {
            self.asked(id, "", place, now)
        } else {
            Err(Error::NoQuestion(say!(words, "error-no-question")))
        }
    }
}

fn wrong_code(words: &Words, tries_left: Option<u32>, wait: Option<Duration>) -> Error {
    match (tries_left, wait) {
        (Some(tries), None) => Error::WrongCode(say!(words, "code-wrong", tries = tries)),
        (_, Some(wait)) => {
            let first = wait < Duration::from_secs(45);
            let wait = words.wait(wait);
            Error::Blocked(if first {
                say!(words, "code-wrong-blocked", wait = wait.as_str())
            } else {
                say!(words, "code-wrong-again", wait = wait.as_str())
            })
        }
        (None, None) => Error::WrongCode(say!(words, "error-code-foreign")),
    }
}
