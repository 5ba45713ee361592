//! From the person's yes, or from calling a change off, to what came of it: the broker's clock is
//! asked, the act is signed and kept, sent once, and its result told where the person is.

use std::time::Instant;

use sayso_protocol::bus::{ChangeResult, Error, Place};
use sayso_protocol::change::{ChangeAct, ChangeId, ChangeTold};
use sayso_protocol::decision::UserVerification;
use sayso_protocol::enrolment::ApproverId;
use sayso_protocol::request::Verification;
use sayso_protocol::signature::{Digest, Jws};
use sayso_words::say;

use super::{Pipeline, Waiting};
use crate::changes::News;
use crate::changes::asked::Agreed;
use crate::doors::Reply;
use crate::signer;
use crate::source::BrokerClock;
use crate::source::errand::Errand;

/// An act that the person decided on, and who waits for what comes of it.
pub(super) struct Unsigned {
    pub(super) acting: Acting,
    act: Decided,
}

/// What the person decided.
enum Decided {
    /// Yes to a question.
    Agreed(Agreed),
    /// To call a change off.
    CallOff { change: ChangeId, hash: Digest },
}

/// Who waits for what comes of an act.
pub(super) struct Acting {
    pub(super) place: Place,
    pub(super) reply: Reply<ChangeResult>,
}

impl Pipeline {
    pub(super) fn agree(
        &mut self,
        token: &str,
        place: Place,
        reply: Reply<ChangeResult>,
        now: Instant,
    ) {
        let Some(agreed) = self.changing.asked.agree(token, now) else {
            let sentence = say!(self.announcer.words(), "error-change-question");
            return self.refuse(place, reply, Error::NoQuestion(sentence));
        };
        let approver = agreed.approver.clone();
        let acting = Acting { place, reply };
        let unsigned = Unsigned { acting, act: Decided::Agreed(agreed) };
        self.send_errand(approver, Errand::Clock, Waiting::Clock(unsigned), now);
    }

    pub(super) fn call_off(
        &mut self,
        id: &str,
        place: Place,
        reply: Reply<ChangeResult>,
        now: Instant,
    ) {
        match self.known_change(id) {
            Ok(News { approver, change }) => {
                let act = Decided::CallOff { change: change.id, hash: change.hash };
                let unsigned = Unsigned { acting: Acting { place, reply }, act };
                self.send_errand(approver, Errand::Clock, Waiting::Clock(unsigned), now);
            }
            Err(error) => self.refuse(place, reply, error),
        }
    }

    /// The broker's clock is known: the act is signed by it.
    pub(super) fn sign_act(
        &mut self,
        approver: &ApproverId,
        Unsigned { acting, act }: Unsigned,
        clock: BrokerClock,
        now: Instant,
    ) {
        if let Some(source) = self.sources.get_mut(approver) {
            source.clock = Some(clock);
        }
        let at = clock.time(now);
        let act = match act {
            Decided::Agreed(agreed) => {
                agreed.act(UserVerification { method: Verification::Session, at })
            }
            Decided::CallOff { change, hash } => ChangeAct::Cancel { change, hash },
        };
        self.last_call += 1;
        let call = self.last_call;
        self.changing.calls.insert(call, (approver.clone(), Waiting::Act(acting)));
        let (approver, act) = (approver.clone(), Box::new(act));
        self.keep(signer::Order::SignChange { call, approver, act, at });
    }

    /// The act is signed and kept: it is sent.
    pub(in crate::pipeline) fn change_signed(
        &mut self,
        call: u64,
        signed: Jws<ChangeAct>,
        now: Instant,
    ) {
        if let Some((approver, waiting)) = self.changing.calls.remove(&call) {
            self.send_errand(approver, Errand::Act(signed), waiting, now);
        }
    }

    /// Nothing was signed, or it must not be sent.
    pub(in crate::pipeline) fn change_not_signed(&mut self, call: u64, why: String) {
        if let Some((_, Waiting::Act(Acting { place, reply }))) = self.changing.calls.remove(&call)
        {
            self.refuse(place, reply, Error::Store(why));
        }
    }

    /// The broker has done it. The result goes to where the person is: once.
    pub(super) fn acted(
        &mut self,
        approver: &ApproverId,
        Acting { place, reply }: Acting,
        change: ChangeTold,
        now: Instant,
    ) {
        let told = self.wording(approver, now, |here| here.told(&change));
        let news = News { approver: approver.clone(), change };
        self.changing.known.take(approver, news.change.clone());
        self.told_change(&news, now);
        self.announcer.close_news(&key(news.change.id));
        let Some(told) = told else {
            let error = self.removed_error(approver);
            return self.refuse(place, reply, error);
        };
        let News { change: ChangeTold { id, standing, .. }, .. } = news;
        let result = ChangeResult { id: id.to_string(), standing, sentence: told.sentence.clone() };
        let returned = reply.send(Ok(result)).is_ok();
        if !returned || place != Place::Terminal {
            self.announcer.tell_gently(&told);
        }
    }
}

/// What names the notification about a change.
pub(super) fn key(change: ChangeId) -> String {
    format!("change-{change}")
}
