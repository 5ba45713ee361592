//! From the person's act to a decision: which request is meant, what was heard of it, and then the
//! one decision that follows.

use std::time::Instant;

use sayso_protocol::bus::{Answer, Error, Place};
use sayso_protocol::decision::Verdict;
use sayso_protocol::life::Standing;
use sayso_protocol::request::RequestId;
use sayso_words::say;

use super::Pipeline;
use super::answering::answering;
use crate::announcer::Outcome;
use crate::decision::{Heard, OnlyANotice, decide};
use crate::doors::{PublicEvent, Reply};
use crate::inbox::Answering;
use crate::signer;

impl Pipeline {
    /// The person answers: the open question, or the request that `id` names.
    pub(super) fn answer(
        &mut self,
        id: &str,
        token: &str,
        verdict: Verdict,
        place: Place,
        reply: Reply<Answer>,
        now: Instant,
    ) {
        let decided = self.meant(id, verdict, now).and_then(|id| {
            let heard = self.heard(id, token, verdict)?;
            self.decide(id, heard, verdict, now)?;
            Ok(id)
        });
        match decided {
            Ok(id) => {
                let undone = self.undo(id).map(Box::new);
                if let Some(entry) = self.inbox.get_mut(id) {
                    let answering = answering(verdict, place, Some(reply), now);
                    entry.answering = Some(Answering { undone, ..answering });
                }
                self.announcer.withdraw(id);
                self.publish(PublicEvent::Changed(id.to_string()));
            }
            Err(error) => self.refuse(place, reply, error),
        }
    }

    /// The notification's button, pressed in a session that is not locked.
    pub(super) fn deny_by_button(&mut self, id: RequestId, now: Instant) {
        if self.announcer.locked() || self.inbox.get(id).is_none_or(|e| e.answering.is_some()) {
            return;
        }
        // Who pressed a button of the notification has it before them.
        if let Some(notice) = self.announcer.printed(id)
            && let Some(entry) = self.inbox.get_mut(id)
        {
            entry.notice = Some(notice);
        }
        let Ok(heard) = self.heard(id, "", Verdict::Deny) else { return };
        if self.decide(id, heard, Verdict::Deny, now).is_ok() {
            if let Some(entry) = self.inbox.get_mut(id) {
                entry.answering = Some(answering(Verdict::Deny, Place::Nowhere, None, now));
            }
            self.announcer.withdraw(id);
        }
    }

    /// Which request is meant: the named one; without a name the open question, and for a no also
    /// the only request that waits.
    pub(super) fn meant(
        &mut self,
        id: &str,
        verdict: Verdict,
        now: Instant,
    ) -> Result<RequestId, Error> {
        let words = self.announcer.words();
        if !id.is_empty() {
            let unknown = || Error::NoRequest(say!(words, "error-request-unknown", request = id));
            let id = id.parse().map_err(|_| unknown())?;
            let Some(entry) = self.inbox.get(id) else {
                return Err(self.over.asked(id).unwrap_or_else(unknown));
            };
            // A no undoes an approval that nothing has confirmed.
            let undoes = entry.is_unconfirmed() && verdict != Verdict::Approve;
            return if entry.answering.is_none() || undoes {
                Ok(id)
            } else {
                Err(Error::Ended(say!(words, "error-answered")))
            };
        }
        // A yes without a name means the open question and no other: one that was left alone
        // while others were told of is asked again first.
        let alone = self.inbox.waiting().count() == 1;
        let asked = match verdict {
            Verdict::Approve if !alone => self.open_question(now),
            Verdict::Approve | Verdict::Deny | Verdict::Report => self.asked_last(),
        };
        if let Some(id) = asked {
            return Ok(id);
        }
        let words = self.announcer.words();
        let mut waiting = self.inbox.waiting();
        match (waiting.next(), waiting.next(), verdict) {
            (None, _, Verdict::Deny | Verdict::Report)
                if let Some(id) = self.only_unconfirmed() =>
            {
                Ok(id)
            }
            (None, _, _) => Err(Error::NoRequest(say!(words, "error-no-request"))),
            (Some((id, _)), None, Verdict::Deny | Verdict::Report) => Ok(id),
            (Some(_), None, Verdict::Approve) => {
                Err(Error::NoQuestion(say!(words, "error-no-question")))
            }
            (Some(_), Some(_), _) => Err(Error::Ambiguous(say!(words, "error-request-several"))),
        }
    }

    /// What the person has heard or read of it: the announcement that the decision consumes.
    fn heard(&mut self, id: RequestId, token: &str, verdict: Verdict) -> Result<Heard, Error> {
        let words = self.announcer.words().clone();
        let Some(entry) = self.inbox.get_mut(id) else {
            return Err(Error::NoRequest(say!(words, "error-no-request")));
        };
        if let Some(question) = entry.question.take() {
            return Ok(Heard::Question(question));
        }
        if let Some(question) = self.announcer.shown(id, token) {
            return Ok(Heard::Question(question));
        }
        if verdict == Verdict::Approve {
            return Err(if entry.is_question() {
                Error::NotAnnounced(say!(words, "error-not-announced"))
            } else if entry.standing == Standing::Bound {
                Error::NoQuestion(say!(words, "error-not-bound"))
            } else {
                Error::NoQuestion(say!(words, "error-no-question"))
            });
        }
        if let Some(notice) = entry.notice.take() {
            return Ok(Heard::Notice(notice));
        }
        self.interrupted(id).ok_or_else(|| Error::NotAnnounced(say!(words, "error-not-announced")))
    }

    /// A no that comes while the notice or the question is being said: the person has heard enough.
    fn interrupted(&mut self, id: RequestId) -> Option<Heard> {
        match self.announcer.interrupted(id)? {
            Outcome::Notice(notice) => Some(Heard::Notice(notice)),
            Outcome::Question(question) => Some(Heard::Question(question)),
            Outcome::News(_)
            | Outcome::VoiceLost
            | Outcome::VoiceSpare { .. }
            | Outcome::VoiceBack
            | Outcome::ShowsNothing
            | Outcome::Pressed(..) => None,
        }
    }

    /// Makes the decision and hands it to the signer.
    fn decide(
        &mut self,
        id: RequestId,
        heard: Heard,
        verdict: Verdict,
        now: Instant,
    ) -> Result<(), Error> {
        let words = self.announcer.words().clone();
        let Some(entry) = self.inbox.get_mut(id) else {
            return Err(Error::NoRequest(say!(words, "error-no-request")));
        };
        let approver = entry.approver.clone();
        let at = self.time_of(&approver, now);
        match decide(heard, verdict, at) {
            Ok(decision) => {
                self.keep(signer::Order::Sign { approver, decision, at });
                Ok(())
            }
            Err(OnlyANotice(notice)) => {
                if let Some(entry) = self.inbox.get_mut(id) {
                    entry.notice = Some(notice);
                }
                Err(Error::NoQuestion(say!(words, "error-no-question")))
            }
        }
    }
}
