//! The code from the login page: which broker may see it.

use std::time::Instant;

use sayso_protocol::binding::{Binding, Code, Method, NotACode};
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
        if !account.is_empty() && !self.sources.values().any(|s| s.account.as_str() == account) {
            let account = Clean::<64>::new(account);
            return Err(Error::Invalid(say!(
                words,
                "error-account-unknown",
                account = account.as_str()
            )));
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

    /// The approvers of `account`, or of all if it is empty, that have a request which a code may
    /// find.
    fn taking_codes(&self, account: &str) -> Vec<&ApproverId> {
        let mut approvers = Vec::new();
        for (_, entry) in self.inbox.waiting() {
            let approver = &entry.approver;
            let source = self.sources.get(approver);
            let meant = account.is_empty() || source.is_some_and(|s| s.account.as_str() == account);
            let takes = entry.takes_proof() && entry.offers(Method::Code);
            if takes && meant && !approvers.contains(&approver) {
                approvers.push(approver);
            }
        }
        approvers
    }
}
