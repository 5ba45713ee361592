//! The questions that are put before anything changes. Nothing is sent before the yes.

use std::time::{Duration, Instant};

use sayso_protocol::bus::{ChangeQuestion, Error, Place};
use sayso_protocol::change::{ApproverTold, Changes as AllChanges, Proposal, Wait};
use sayso_protocol::enrolment::ApproverId;
use sayso_protocol::spoken::Clean;
use sayso_words::say;

use super::Pipeline;
use crate::changes::asked::Act;
use crate::changes::wording::Asking;
use crate::changes::{News, is_confirmable};
use crate::doors::Reply;

impl Pipeline {
    pub(super) fn ask_setting(
        &mut self,
        approver: &ApproverId,
        proposal: Proposal,
        all: &AllChanges,
        now: Instant,
    ) -> Result<ChangeQuestion, Error> {
        let words = self.announcer.words().clone();
        let settings = self.settings_of(all)?;
        let pending = || self.changing.known.pending(approver);
        if pending().any(|change| change.proposal == proposal) {
            return Err(Error::Invalid(say!(words, "error-setting-waits")));
        }
        let replaced = pending().find(|change| change.proposal.is_replaced_by(&proposal)).cloned();
        if settings.is_already(&proposal) {
            let sentence = match replaced {
                Some(_) => say!(words, "error-setting-already-waits"),
                None => say!(words, "error-setting-already"),
            };
            return Err(Error::Invalid(sentence));
        }
        let asking = self.wording(approver, now, |here| {
            let ready = match proposal.wait() {
                Wait::None => None,
                Wait::Unasked | Wait::Confirmed => {
                    Some(here.now.plus(Duration::from_secs(all.wait)))
                }
            };
            here.ask(&proposal, ready, replaced.as_ref())
        });
        let asking = asking.ok_or_else(|| self.removed_error(approver))?;
        Ok(self.put(approver, String::new(), Act::Queue(proposal), asking, now))
    }

    pub(super) fn ask_confirm(&mut self, id: &str, now: Instant) -> Result<ChangeQuestion, Error> {
        self.registered()?;
        let News { approver, change } = self.known_change(id)?;
        if !is_confirmable(&approver, &change) {
            return Err(self.not_confirmable(&approver, &change, now));
        }
        let asking = self.wording(&approver, now, |here| here.confirm(&change));
        let asking = asking.ok_or_else(|| self.removed_error(&approver))?;
        let act = Act::Confirm { change: change.id, hash: change.hash };
        Ok(self.put(&approver, change.id.to_string(), act, asking, now))
    }

    pub(super) fn ask_remove(
        &mut self,
        approver: &ApproverId,
        name: &str,
        all: &[ApproverTold],
        now: Instant,
    ) -> Result<ChangeQuestion, Error> {
        let words = self.announcer.words().clone();
        let is_meant = |one: &&ApproverTold| {
            one.computer.id.0 == name || one.computer.name.as_str().eq_ignore_ascii_case(name)
        };
        let mut meant = all.iter().filter(is_meant);
        let computer = match (meant.next(), meant.next()) {
            (Some(one), None) => one.computer.clone(),
            (None, _) => {
                let name = Clean::<40>::new(name);
                let sentence = say!(words, "error-computer-unknown", name = name.as_str());
                return Err(Error::Invalid(sentence));
            }
            (Some(_), Some(_)) => {
                let name = Clean::<40>::new(name);
                let sentence = say!(words, "error-computer-several", name = name.as_str());
                return Err(Error::Ambiguous(sentence));
            }
        };
        let asking = self.wording(approver, now, |here| here.remove(&computer, all.len()));
        let asking = asking.ok_or_else(|| self.removed_error(approver))?;
        Ok(self.put(approver, String::new(), Act::Remove(computer.id), asking, now))
    }

    /// Puts a question: from now on its token counts.
    fn put(
        &mut self,
        approver: &ApproverId,
        id: String,
        act: Act,
        Asking { before, heard }: Asking,
        now: Instant,
    ) -> ChangeQuestion {
        let (text, lang) = (heard.text.clone(), heard.lang.clone());
        let token = self.changing.asked.ask(approver.clone(), act, heard, now);
        ChangeQuestion { id, before, text, lang, token }
    }

    /// A question goes to its prompt; beside a dialog without a screen reader it is also said.
    pub(super) fn reply_question(
        &mut self,
        place: Place,
        reply: Reply<ChangeQuestion>,
        asked: Result<ChangeQuestion, Error>,
    ) {
        match asked {
            Ok(question) => {
                if place == Place::Dialog {
                    self.say_in_dialog(&question.text);
                }
                drop(reply.send(Ok(question)));
            }
            Err(error) => self.refuse(place, reply, error),
        }
    }
}
