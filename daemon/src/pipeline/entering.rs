//! The code from the login page: which broker may see it.

use std::time::Instant;

use sayso_protocol::binding::{Binding, Code, NotACode};
use sayso_protocol::bus::{Error, Place, Question};
use sayso_protocol::enrolment::ApproverId;
use sayso_protocol::spoken::Clean;
use sayso_words::say;

use super::Pipeline;
use crate::doors::Reply;

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
            Ok((value, approver)) => self.prove(approver, Binding::Code { value }, place, reply),
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
        self.no_question_open(now)?;
        if !self.sources.values().any(|source| self.is_meant(source, account)) {
            return Err(self.no_account(account));
        }
        let approvers = self.taking_codes(account);
        match approvers[..] {
            [approver] if self.used.contains(&self.used.mark(approver, &code)) => {
                Err(Error::WrongCode(say!(words, "error-code-used")))
            }
            [approver] => Ok((code, approver.clone())),
            [] if self.inbox.waiting().any(|(_, entry)| entry.takes_proof()) => {
                Err(Error::NoRequest(say!(words, "error-no-code-wanted")))
            }
            [] => Err(self.nothing_to_bind()),
            [_, ..] => {
                let sources = approvers.iter().filter_map(|one| self.sources.get(*one));
                let names = self.names_of(sources);
                Err(Error::Ambiguous(say!(words, "error-code-account", accounts = names.as_str())))
            }
        }
    }

    /// The approvers of `account`, or of all if it is empty, that have a request which a code may
    /// find.
    pub(super) fn taking_codes(&self, account: &str) -> Vec<&ApproverId> {
        let mut approvers = Vec::new();
        for (_, entry) in self.inbox.waiting() {
            let approver = &entry.approver;
            let source = self.sources.get(approver);
            let meant = source.is_some_and(|source| self.is_meant(source, account));
            if entry.takes_code() && meant && !approvers.contains(&approver) {
                approvers.push(approver);
            }
        }
        approvers
    }
}
