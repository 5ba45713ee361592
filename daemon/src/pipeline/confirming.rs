//! Approvals that count once the browser that holds the login page confirms them: by an address
//! that is opened in it, or by digits that the person reads or hears and types there.

use std::time::{Duration, Instant};

use sayso_protocol::bus::{Answer, Error, Place, Result as AnswerResult};
use sayso_protocol::decision::{Confirmation, FinishUrl};
use sayso_protocol::life::{READOUT_LEAST, Standing};
use sayso_protocol::link::Ended;
use sayso_protocol::relay::{Perceived, Turn};
use sayso_protocol::request::RequestId;
use sayso_words::say;
use url::Url;

use super::Pipeline;
use super::answering::{FETCHED, answering, ending, not_taken, refused};
use crate::errands::browser::Visit;
use crate::inbox::{Answering, Progress};
use crate::signer;
use crate::source::{Answered, Order};
use crate::store::KeptDecision;
use crate::wording::Told;

/// The browser should have finished an approval after this long.
const FINISHED: Duration = Duration::from_secs(5);
/// No finish address is longer, in bytes.
const LONGEST: usize = 512;

impl Pipeline {
    /// The broker has an approval, and says what confirms it. The same answer again changes nothing:
    /// no address is opened twice.
    pub(super) fn unconfirmed(&mut self, id: RequestId, answered: Answered, now: Instant) {
        let Some(entry) = self.inbox.get_mut(id) else { return };
        entry.standing = answered.standing;
        entry.move_deadline(answered.deadline.unwrap_or(entry.deadline));
        let left = entry.left(now);
        let broker = self.sources.get(&entry.approver).map_or("", |source| &source.broker);
        let Some(answering) = entry.answering.as_mut().filter(|own| !own.is_unconfirmed()) else {
            return;
        };
        let at_once = matches!(answering.progress, Progress::Sending { .. });
        let Some(confirm) = answered.confirm.filter(|confirm| fits(confirm, broker)) else {
            tracing::warn!(request = %id, "the broker does not say what confirms an approval");
            self.unconfirmable(id, now);
            return;
        };
        let late = match &confirm {
            Confirmation::Finish(_) => Some(now + FINISHED),
            Confirmation::Readout(_) => None,
        };
        answering.progress = Progress::Unconfirmed { confirm: confirm.clone(), late };
        match confirm {
            Confirmation::Finish(address) => self.open_browser(id, address, now),
            Confirmation::Readout(_) if at_once && left < READOUT_LEAST => {
                let ended = Ended { id, state: Standing::Expired, reason: None, collected: false };
                self.ended_unconfirmed(ended, now);
            }
            Confirmation::Readout(_) => self.hand_digits_over(id),
        }
    }

    fn unconfirmable(&mut self, id: RequestId, now: Instant) {
        let words = self.announcer.words().clone();
        let Some(entry) = self.inbox.get(id) else { return };
        let host = self.broker_of(&entry.approver);
        let told = refused(&words, host, "");
        self.finish(id, AnswerResult::Ended, &told, now);
    }

    fn open_browser(&mut self, id: RequestId, address: FinishUrl, now: Instant) {
        if self.orders.browser.try_send(Visit { id, address: address.0 }).is_err() {
            self.not_opened(id, now);
        }
    }

    /// No browser could be opened.
    pub(super) fn not_opened(&mut self, id: RequestId, now: Instant) {
        let sentence = say!(self.announcer.words(), "error-no-browser");
        let told = Told::plain(sentence);
        self.unfinished(id, &told, now);
    }

    /// Tells where an approval hangs that the browser was to finish.
    pub(super) fn unfinished(&mut self, id: RequestId, told: &Told, now: Instant) {
        let Some(answering) = self.inbox.get_mut(id).and_then(|entry| entry.answering.as_mut())
        else {
            return;
        };
        let Progress::Unconfirmed { late, .. } = &mut answering.progress else { return };
        *late = None;
        let (place, reply) = (answering.place, answering.reply.take());
        self.deliver(id, place, reply, AnswerResult::Unfinished, told);
        self.next_question(now);
    }

    /// The call that approved learns that there are digits, and asks for them; without one they
    /// are said.
    fn hand_digits_over(&mut self, id: RequestId) {
        let sentence = say!(self.announcer.words(), "approved-readout");
        let Some(answering) = self.inbox.get_mut(id).and_then(|entry| entry.answering.as_mut())
        else {
            return;
        };
        let answer = Answer { id: id.to_string(), result: AnswerResult::Readout, sentence };
        let reply = answering.reply.take();
        let returned = reply.is_some_and(|reply| reply.send(Ok(answer)).is_ok());
        if !returned || answering.place == Place::Nowhere {
            self.say_digits(id);
        }
    }

    /// How a request ended whose approval waited to be confirmed.
    pub(super) fn ended_unconfirmed(&mut self, ended: Ended, now: Instant) {
        let Ended { id, state, reason, collected: _ } = ended;
        let Some(entry) = self.inbox.get(id) else { return };
        let wording = self.announcer.wording(&entry.received);
        let (result, told) = match state {
            Standing::Pending | Standing::Bound | Standing::ApprovedUnconfirmed => return,
            Standing::Approved => return self.confirmed(id, now),
            Standing::Cancelled => (AnswerResult::Ended, wording.cancelled(reason)),
            Standing::Denied | Standing::Expired => not_taken(&wording, state),
        };
        self.announcer.withdraw(id);
        self.settle(id, Some(state), now);
        self.finish(id, result, &told, now);
    }

    /// The browser that holds the page has confirmed it: now the service fetches it.
    fn confirmed(&mut self, id: RequestId, now: Instant) {
        self.announcer.withdraw(id);
        self.settle(id, Some(Standing::Approved), now);
        let Some(entry) = self.inbox.get_mut(id) else { return };
        entry.standing = Standing::Approved;
        let Some(answering) = entry.answering.as_mut() else { return };
        // A call that waits still is answered no later than it would have been.
        let late = answering.due().filter(|_| answering.reply.is_some());
        answering.progress = Progress::Unfetched { late: late.unwrap_or(now + FETCHED) };
    }

    /// Keeps what became of the decision.
    fn settle(&self, id: RequestId, standing: Option<Standing>, now: Instant) {
        let Some(entry) = self.inbox.get(id) else { return };
        let Some(Answering { verdict, digest: Some(digest), .. }) = entry.answering else { return };
        let (ending, at) = (ending(verdict, standing), self.time_of(&entry.approver, now));
        self.keep(signer::Order::Settled { digest, ending, at });
    }

    /// The approval of an earlier run still waits to be confirmed: the broker is asked again by
    /// what.
    pub(super) fn resume(&mut self, kept: KeptDecision, now: Instant) {
        let request = kept.request.request;
        let Some(entry) = self.inbox.get_mut(request) else { return };
        let told = Turn::notice(entry.received.clone(), kept.heard);
        (entry.noticed, entry.begun) = (true, true);
        entry.notice = Some(told.perceived(Perceived::Shown));
        let mut resumed = answering(kept.verdict, Place::Nowhere, None, now);
        (resumed.digest, resumed.progress) = (Some(kept.digest), Progress::Kept);
        entry.answering = Some(resumed);
        let order = Order::Send { request, decision: kept.jws, exp: kept.exp };
        self.send(&kept.approver, order);
    }

    /// The approval that waits to be confirmed, if there is only one.
    pub(super) fn only_unconfirmed(&self) -> Option<RequestId> {
        let mut unconfirmed = self.inbox.iter().filter(|(_, entry)| entry.is_unconfirmed());
        unconfirmed.next().filter(|_| unconfirmed.next().is_none()).map(|(id, _)| id)
    }

    /// Takes the approval of `id` that a no undoes, if there is one. Who waits for it learns that.
    pub(super) fn undo(&mut self, id: RequestId) -> Option<Answering> {
        let mut undone = self.inbox.get_mut(id)?.answering.take()?;
        if let Some(reply) = undone.reply.take() {
            let sentence = say!(self.announcer.words(), "error-answered");
            drop(reply.send(Err(Error::Ended(sentence))));
        }
        Some(undone)
    }
}

/// Whether this can confirm an approval: a finish address is one of the broker's own.
fn fits(confirm: &Confirmation, broker: &str) -> bool {
    match confirm {
        Confirmation::Readout(_) => true,
        Confirmation::Finish(FinishUrl(address)) => {
            let fits = |url: Url| {
                url.origin().ascii_serialization() == broker
                    && url.username().is_empty()
                    && url.password().is_none()
            };
            address.len() <= LONGEST && Url::parse(address).is_ok_and(fits)
        }
    }
}
