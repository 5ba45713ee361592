//! Which change is meant, and why something was not done.

use std::time::Instant;

use sayso_protocol::bus::Error;
use sayso_protocol::change::{
    AccountSettings, ChangeTold, Changes as AllChanges, Proposal, Standing,
};
use sayso_protocol::enrolment::ApproverId;
use sayso_protocol::problem::{Problem, ProblemType};
use sayso_protocol::spoken::Clean;
use sayso_words::say;

use super::Pipeline;
use crate::changes::typed::{self, Mistyped};
use crate::changes::{News, is_of};
use crate::source::Refusal;

impl Pipeline {
    /// What was typed as a setting and its value.
    pub(super) fn proposal(&self, setting: &str, value: &str) -> Result<Proposal, Error> {
        let words = self.announcer.words();
        typed::read(setting, value).map_err(|error| match error {
            Mistyped::Setting => {
                let text = Clean::<40>::new(setting);
                Error::Invalid(say!(words, "error-setting-unknown", text = text.as_str()))
            }
            Mistyped::Value(values) => {
                let text = Clean::<40>::new(value);
                let text = text.as_str();
                Error::Invalid(say!(words, "error-setting-value", text = text, values = values))
            }
        })
    }

    /// The change that `id` names.
    pub(super) fn known_change(&self, id: &str) -> Result<News, Error> {
        let found = id.parse().ok().and_then(|id| self.changing.known.find(id));
        found.ok_or_else(|| Error::NoRequest(say!(self.announcer.words(), "error-change-unknown")))
    }

    /// The account was removed meanwhile.
    pub(in crate::pipeline) fn removed_error(&self, approver: &ApproverId) -> Error {
        let why = self.why_shut_out(approver, ProblemType::ApproverRemoved);
        Error::Refused(why.unwrap_or_else(|| say!(self.announcer.words(), "error-not-registered")))
    }

    /// An act was sent, and no answer came.
    pub(super) fn unanswered(&self, approver: &ApproverId) -> Error {
        let broker = self.broker_of(approver);
        Error::Offline(say!(self.announcer.words(), "error-change-unanswered", broker = broker))
    }

    /// The account's settings; a computer that is not let in yet is told none.
    pub(super) fn settings_of(&self, all: &AllChanges) -> Result<AccountSettings, Error> {
        let waits = || Error::Refused(say!(self.announcer.words(), "error-computer-waits"));
        all.settings.ok_or_else(waits)
    }

    /// Why the person cannot say yes to this change here, now.
    pub(super) fn not_confirmable(
        &self,
        approver: &ApproverId,
        change: &ChangeTold,
        now: Instant,
    ) -> Error {
        let words = self.announcer.words();
        match change.standing {
            ended @ (Standing::Applied
            | Standing::Cancelled
            | Standing::Lapsed
            | Standing::Replaced) => self.ended_error(Some(ended)),
            Standing::Waiting | Standing::Ready if is_of(approver, change) => {
                Error::Refused(say!(words, "error-computer-waits"))
            }
            Standing::Waiting | Standing::Ready => {
                let until = self.wording(approver, now, |here| here.day(change.ready_at));
                let until = until.unwrap_or_default();
                Error::Refused(say!(words, "error-change-not-ready", until = until.as_str()))
            }
        }
    }

    fn ended_error(&self, standing: Option<Standing>) -> Error {
        let state = match standing {
            Some(Standing::Applied) => "done",
            Some(Standing::Cancelled) => "stopped",
            Some(Standing::Waiting | Standing::Ready | Standing::Lapsed | Standing::Replaced)
            | None => "dropped",
        };
        Error::Ended(say!(self.announcer.words(), "error-change-ended", state = state))
    }

    /// Why the broker did not do what it was asked.
    pub(super) fn errand_error(
        &self,
        approver: &ApproverId,
        refusal: Refusal,
        now: Instant,
    ) -> Error {
        let words = self.announcer.words();
        let source = self.sources.get(approver);
        let broker = source.map_or("", |source| self.broker_called(source));
        let problem = match refusal {
            Refusal::Offline if source.is_some_and(|source| source.up) => {
                return Error::Offline(say!(words, "error-broker-silent", broker = broker));
            }
            Refusal::Offline => {
                return Error::Offline(say!(words, "error-offline", broker = broker));
            }
            Refusal::NotGenuine(fault) => return Error::Offline(fault.sentence(words, broker)),
            Refusal::Strange => {
                return Error::Refused(say!(words, "error-broker-strange", broker = broker));
            }
            Refusal::Problem(problem) => problem,
        };
        let Problem { kind, title, retry_at, change, .. } = *problem;
        if kind == ProblemType::NotReady {
            let until = retry_at.and_then(|at| self.wording(approver, now, |here| here.day(at)));
            let until = until.unwrap_or_default();
            return Error::Refused(say!(words, "error-change-not-ready", until = until.as_str()));
        }
        if kind == ProblemType::ChangeEnded {
            return self.ended_error(change);
        }
        if kind == ProblemType::NoChange {
            return Error::Invalid(say!(words, "error-setting-already"));
        }
        if let Some(why) = self.why_shut_out(approver, kind) {
            return Error::Refused(why);
        }
        let reason = Clean::<80>::new(&title);
        let reason = reason.as_str();
        Error::Refused(say!(words, "error-broker-refused", broker = broker, reason = reason))
    }
}
