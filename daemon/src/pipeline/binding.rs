//! From a proof to its question: it goes to one broker, the broker answers, and the question is
//! asked where the person is. What makes a proof of what comes in is left to `entering`, `addressed` and
//! `taking`.

use std::time::{Duration, Instant};

use sayso_protocol::binding::{Binding, Method};
use sayso_protocol::bus::{Error, Place, Question};
use sayso_protocol::decision::Verdict;
use sayso_protocol::enrolment::ApproverId;
use sayso_protocol::problem::{Problem, ProblemType};
use sayso_protocol::relay::Announced;
use sayso_protocol::request::RequestId;
use sayso_protocol::signature::Digest;
use sayso_protocol::spoken::Clean;
use sayso_protocol::time::UnixTime;
use sayso_words::{Words, say};

use super::Pipeline;
use super::calling::local;
use crate::doors::{Given, Reply};
use crate::inbox::Entry;
use crate::source::{Arrived, Order, Refusal};

/// A proof that was sent and not answered yet.
pub(super) struct Proof {
    reply: Reply<Question>,
    approver: ApproverId,
    place: Place,
    method: Method,
    /// Of a code: what is remembered of it once it is used.
    mark: Option<Digest>,
}

impl Pipeline {
    /// What ties a request to its login page came in.
    pub(super) fn bind(
        &mut self,
        given: Given,
        place: Place,
        reply: Reply<Question>,
        now: Instant,
    ) {
        match given {
            Given::Code { code, account } => self.enter(&code, &account, place, reply, now),
            Given::Button { address } => self.open(&address, place, reply, now),
            Given::Picture { address } => self.scanned(&address, place, reply, now),
            Given::Taken { id } => self.take_up(&id, place, reply, now),
        }
    }

    /// Sends a proof to the one broker that may see it.
    pub(super) fn prove(
        &mut self,
        approver: ApproverId,
        binding: Binding,
        place: Place,
        reply: Reply<Question>,
    ) {
        self.last_call += 1;
        let (call, method) = (self.last_call, binding.method());
        let mark = match &binding {
            Binding::Code { value } => Some(self.used.mark(&approver, value)),
            Binding::Qr { .. } | Binding::Link { .. } | Binding::Readout { .. } => None,
        };
        let order = Order::Bind { call, binding };
        let sent = self.sources.get(&approver).is_some_and(|s| s.orders.try_send(order).is_ok());
        if sent {
            self.proofs.insert(call, Proof { reply, approver, place, method, mark });
        } else {
            let error = self.silent(&approver);
            self.refuse(place, reply, error);
        }
    }

    /// The account's source takes no more calls.
    pub(super) fn silent(&self, approver: &ApproverId) -> Error {
        let broker = self.broker_of(approver);
        Error::Offline(say!(self.announcer.words(), "error-broker-silent", broker = broker))
    }

    /// The account is registered no longer: nothing that was brought for it is answered any more.
    pub(super) fn refuse_proofs(&mut self, approver: &ApproverId) {
        let of_it = |proof: &mut Proof| proof.approver == *approver;
        let proofs: Vec<_> = self.proofs.extract_if(|_, proof| of_it(proof)).collect();
        for (_, Proof { reply, place, .. }) in proofs {
            let error = self.removed_error(approver);
            self.refuse(place, reply, error);
        }
    }

    /// One question is open at a time.
    pub(super) fn no_question_open(&self, now: Instant) -> Result<(), Error> {
        let Some(open) = self.open_question(now).and_then(|id| self.inbox.get(id)) else {
            return Ok(());
        };
        let service = open.received.request().service.as_str();
        let sentence = say!(self.announcer.words(), "error-question-open", service = service);
        Err(Error::Ambiguous(sentence))
    }

    /// No request waits here: perhaps none came, perhaps none could come.
    pub(super) fn nothing_to_bind(&self) -> Error {
        let words = self.announcer.words();
        if let Some(why) = self.shut_out() {
            return Error::Refused(why);
        }
        match self.sources.values().find(|source| !source.up) {
            Some(source) => {
                Error::Offline(say!(words, "error-offline", broker = self.broker_called(source)))
            }
            None => Error::NoRequest(say!(words, "error-no-request")),
        }
    }

    /// The broker's answer to a proof.
    pub(super) fn bound(&mut self, call: u64, result: Result<Arrived, Refusal>, now: Instant) {
        let Some(proof) = self.proofs.remove(&call) else { return };
        let Proof { reply, approver, place, method, mark } = proof;
        let question = match result {
            Ok(arrived) => {
                let id = arrived.received.id();
                self.inbox.take(&approver, arrived);
                if let Some(mark) = mark {
                    self.used.keep(mark);
                }
                let before = before(self.announcer.words(), method);
                self.asked(id, &before, place, now)
            }
            Err(refusal) => Err(self.not_bound(&approver, refusal, now)),
        };
        match question {
            Ok(question) => drop(reply.send(Ok(question))),
            Err(error) => {
                if method == Method::Link {
                    self.refuse_address(place, reply, error, now);
                } else {
                    self.refuse(place, reply, error);
                }
                self.next_question(now);
            }
        }
    }

    /// Whether a proof for this account is on its way.
    pub(super) fn is_proving(&self, approver: &ApproverId) -> bool {
        self.proofs.values().any(|proof| proof.approver == *approver)
    }

    pub(super) fn not_bound(&self, approver: &ApproverId, refusal: Refusal, now: Instant) -> Error {
        let words = self.announcer.words();
        let broker = self.broker_of(approver);
        let problem = match refusal {
            Refusal::Offline => {
                return Error::Offline(say!(words, "error-broker-silent", broker = broker));
            }
            Refusal::NotGenuine(fault) => return Error::Offline(fault.sentence(words, broker)),
            Refusal::Strange => {
                return Error::Refused(say!(words, "error-broker-strange", broker = broker));
            }
            Refusal::Problem(problem) => problem,
        };
        if let Some(error) = wrong_code(words, &problem, self.time_of(approver, now)) {
            return error;
        }
        let kind = problem.kind;
        if kind == ProblemType::Ended {
            Error::Ended(say!(words, "error-code-used"))
        } else if kind == ProblemType::WrongSecret {
            Error::NotAnAddress(say!(words, "error-address-secret"))
        } else if kind == ProblemType::Method {
            Error::NotAnAddress(say!(words, "error-address-method"))
        } else if kind == ProblemType::NotBound {
            Error::Ended(say!(words, "error-bound-elsewhere"))
        } else if let Some(why) = self.why_shut_out(approver, kind) {
            Error::Refused(why)
        } else {
            let reason = Clean::<80>::new(&problem.title);
            let reason = reason.as_str();
            Error::Refused(say!(words, "error-broker-refused", broker = broker, reason = reason))
        }
    }

    pub(super) fn asked(
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
        // What is signed is what was asked first, in whatever language that was.
        let announced = entry.question.as_ref().map(Announced::words);
        let Some(heard) = announced.or_else(|| self.announcer.asked(id)) else {
            return Err(Error::NoQuestion(say!(words, "error-no-question")));
        };
        Ok(Question {
            id: id.to_string(),
            before: before.to_owned(),
            text: heard.text.clone(),
            lang: heard.lang.clone(),
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
        if id.is_empty() {
            // One that is named may have ended with the account.
            self.registered()?;
        }
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

/// What has just happened, said before the question.
fn before(words: &Words, method: Method) -> String {
    match method {
        Method::Code => say!(words, "code-correct"),
        Method::Qr => say!(words, "bound-qr"),
        Method::Link => say!(words, "bound-link"),
        Method::Readout => say!(words, "bound-readout"),
    }
}

/// What a code that was not taken costs, if it was a code.
fn wrong_code(words: &Words, problem: &Problem, at: UnixTime) -> Option<Error> {
    // Both times are whole seconds, so their difference may be one too many.
    let second = Duration::from_secs(1);
    let wait = problem.retry_at.map(|until| at.until(until).saturating_sub(second).max(second));
    let said = words.wait(wait.unwrap_or(second));
    let said = said.as_str();
    if let Some(left) = problem.before_removal {
        let sentence = say!(words, "code-wrong-warning", count = left, wait = said);
        return Some(Error::Blocked(sentence));
    }
    if problem.kind == ProblemType::CodeBlocked {
        return Some(Error::Blocked(say!(words, "code-not-yet", wait = said)));
    }
    if problem.kind != ProblemType::WrongCode {
        return None;
    }
    Some(match (problem.tries_left, wait) {
        (Some(tries), None) => Error::WrongCode(say!(words, "code-wrong", tries = tries)),
        (_, Some(wait)) if wait < Duration::from_secs(45) => {
            Error::Blocked(say!(words, "code-wrong-blocked", wait = said))
        }
        (_, Some(_)) => Error::Blocked(say!(words, "code-wrong-again", wait = said)),
        (None, None) => Error::WrongCode(say!(words, "error-code-foreign")),
    })
}
