//! From the person's act to the result: decide, have it signed and kept, send it, tell what came
//! of it. What an earlier run decided and nobody heard the end of is told here too.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use sayso_protocol::bus::{Answer, Error, Place, Result as AnswerResult};
use sayso_protocol::decision::Verdict;
use sayso_protocol::enrolment::ApproverId;
use sayso_protocol::life::Standing;
use sayso_protocol::link::Ended;
use sayso_protocol::problem::{Problem, ProblemType};
use sayso_protocol::request::RequestId;
use sayso_words::{Words, say};

use super::Pipeline;
use crate::announcer::Outcome;
use crate::clock;
use crate::decision::{Heard, OnlyANotice, decide};
use crate::doors::{PublicEvent, Reply};
use crate::inbox::{Answering, Entry};
use crate::signer;
use crate::source::{self, Refusal};
use crate::store::{Ending, KeptDecision, Told as ToldSoFar};
use crate::wording::{Told, Wording};

/// A call that waits for the broker is answered after this long, whatever is known then.
const PATIENCE: Duration = Duration::from_millis(4500);
/// The service should have fetched an approval after this long.
const FETCHED: Duration = Duration::from_secs(5);

/// Decisions of an earlier run whose end the person has not heard.
#[derive(Default)]
pub(super) struct Earlier {
    decisions: HashMap<RequestId, KeptDecision>,
}

impl Earlier {
    pub(super) fn is_about(&self, id: RequestId) -> bool {
        self.decisions.contains_key(&id)
    }
}

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
        let decided = self.meant(id, verdict).and_then(|id| {
            let heard = self.heard(id, token, verdict)?;
            self.decide(id, heard, verdict, now)?;
            Ok(id)
        });
        match decided {
            Ok(id) => {
                if let Some(entry) = self.inbox.get_mut(id) {
                    entry.answering = Some(answering(verdict, place, Some(reply), now));
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
    pub(super) fn meant(&self, id: &str, verdict: Verdict) -> Result<RequestId, Error> {
        let words = self.announcer.words();
        if !id.is_empty() {
            let unknown = || Error::NoRequest(say!(words, "error-request-unknown", request = id));
            let id = id.parse().map_err(|_| unknown())?;
            let entry = self.inbox.get(id).ok_or_else(unknown)?;
            return if entry.answering.is_none() {
                Ok(id)
            } else {
                Err(Error::Ended(say!(words, "error-answered")))
            };
        }
        if let Some(id) = self.asked_last() {
            return Ok(id);
        }
        let mut waiting = self.inbox.waiting();
        match (waiting.next(), waiting.next(), verdict) {
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
            Outcome::VoiceLost
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
                self.keep(signer::Order::Sign { approver, decision });
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

    /// What the signer tells.
    pub(super) fn signed(&mut self, event: signer::Event, now: Instant) {
        match event {
            signer::Event::Signed { approver, digest, signed } => {
                let request = signed.received().id();
                if let Some(answering) =
                    self.inbox.get_mut(request).and_then(|entry| entry.answering.as_mut())
                {
                    answering.digest = Some(digest);
                }
                let (decision, exp) = (signed.jws().clone(), signed.received().exp());
                self.send(&approver, source::Order::Send { request, decision, exp });
            }
            signer::Event::NotSigned { request, why } => self.not_signed(request, why, now),
            signer::Event::Earlier(decisions) => {
                for kept in decisions {
                    let request = kept.request.request;
                    if kept.ending.is_none() {
                        let (decision, exp) = (kept.jws.clone(), kept.exp);
                        self.send(&kept.approver, source::Order::Send { request, decision, exp });
                    }
                    self.earlier.decisions.insert(request, kept);
                }
            }
            signer::Event::Source(source) => {
                let (approver, source) = *source;
                let first = self.sources.is_empty();
                self.sources.insert(approver, source);
                if first && !self.announcer.channels().0 {
                    self.voice_lost();
                }
            }
            signer::Event::Preferred(preferences) => self.preferred(preferences),
            signer::Event::Remark(sentence) => self.remark(sentence),
        }
    }

    fn send(&self, approver: &ApproverId, order: source::Order) {
        let sent = self.sources.get(approver).map(|source| source.orders.try_send(order));
        if !matches!(sent, Some(Ok(()))) {
            // It is kept, and sent at the next start.
            tracing::error!("the source takes no orders");
        }
    }

    /// Nothing was signed: the question is open as before.
    fn not_signed(&mut self, request: RequestId, why: String, now: Instant) {
        let Some(entry) = self.inbox.get_mut(request) else { return };
        let Some(Answering { place, reply, .. }) = entry.answering.take() else { return };
        entry.asked = None;
        match reply {
            Some(reply) => self.refuse(place, reply, Error::Store(why)),
            None => self.announcer.tell(None, &Told { line: why.clone(), sentence: why }),
        }
        self.next_question(now);
    }

    /// The broker's answer to a decision.
    pub(super) fn answered(
        &mut self,
        approver: &ApproverId,
        request: RequestId,
        result: Result<Standing, Refusal>,
        now: Instant,
    ) {
        let standing = match result {
            // Kept and sent again; the waiting call is answered when its patience ends.
            Err(Refusal::Offline) => return,
            Ok(standing) => Ok(standing),
            Err(Refusal::Problem(problem)) => match *problem {
                Problem { kind: ProblemType::Ended, state: Some(standing), .. } => Ok(standing),
                problem => Err(problem.title),
            },
            Err(Refusal::Strange) => Err(String::new()),
        };
        if let Some(kept) = self.earlier.decisions.remove(&request) {
            self.answered_earlier(kept, standing, now);
            return;
        }
        let at = self.time_of(approver, now);
        let words = self.announcer.words().clone();
        let host = self.sources.get(approver).map_or("", |source| source.host()).to_owned();
        let Some(entry) = self.inbox.get_mut(request) else { return };
        let Some(answering) = entry.answering.as_mut() else { return };
        let verdict = answering.verdict;
        let ending = ending(verdict, standing.as_ref().ok().copied());
        if let Some(digest) = answering.digest {
            let order = signer::Order::Settled { digest, ending, at };
            if self.orders.signer.try_send(order).is_err() {
                tracing::error!("the signer takes no orders");
            }
        }
        let wording = Wording::new(&words, entry.received.request());
        match (ending, standing) {
            (Ending::Taken, _) if verdict != Verdict::Approve => {
                let told = wording.denied(verdict);
                self.finish(request, AnswerResult::Denied, &told, now);
            }
            (Ending::Taken, _) if answering.collected => {
                let told = wording.approved();
                self.finish(request, AnswerResult::Approved, &told, now);
            }
            (Ending::Taken, _) => {
                (answering.fetched_by, answering.told) = (Some(now + FETCHED), None);
            }
            (Ending::Refused(_) | Ending::Expired, Ok(standing)) => {
                let (result, told) = not_taken(&wording, standing);
                self.finish(request, result, &told, now);
            }
            (Ending::Refused(_) | Ending::Expired, Err(reason)) => {
                let told = refused(&words, &host, &reason);
                self.finish(request, AnswerResult::Ended, &told, now);
            }
        }
    }

    /// The service has fetched an approval.
    pub(super) fn collected(&mut self, approver: &ApproverId, id: RequestId, now: Instant) {
        let at = self.time_of(approver, now);
        let words = self.announcer.words().clone();
        let Some(entry) = self.inbox.get_mut(id).filter(|entry| entry.approver == *approver) else {
            self.collected_earlier(approver, id, now);
            return;
        };
        let Some(answering) = entry.answering.as_mut() else { return };
        answering.collected = true;
        if answering.fetched_by.is_none() {
            return;
        }
        let wording = Wording::new(&words, entry.received.request());
        let told =
            if answering.told.is_some() { wording.fetched_now() } else { wording.approved() };
        self.keep(signer::Order::Collected { approver: approver.clone(), request: id, at });
        self.finish(id, AnswerResult::Approved, &told, now);
    }

    /// A call has waited long enough, or a service has not fetched its approval in time.
    pub(super) fn lose_patience(&mut self, id: RequestId, now: Instant) {
        let words = self.announcer.words().clone();
        let Some(entry) = self.inbox.get_mut(id) else { return };
        let left = entry.left(now);
        let Some(answering) = entry.answering.as_mut().filter(|a| a.told.is_none()) else {
            return;
        };
        let wording = Wording::new(&words, entry.received.request());
        if now < answering.fetched_by.unwrap_or(answering.patience) {
            return;
        }
        let (result, told) = match answering.fetched_by {
            Some(_) => (AnswerResult::NotFetched, wording.not_fetched()),
            None => (AnswerResult::Kept, not_sent(&words, left)),
        };
        answering.told = Some(result);
        let (place, reply) = (answering.place, answering.reply.take());
        if let (AnswerResult::NotFetched, Some(digest)) = (result, answering.digest) {
            self.keep(signer::Order::Told { digest, told: ToldSoFar::NotFetched });
        }
        self.deliver(id, place, reply, result, &told);
    }

    /// The result is known: tell it, and take the request out.
    fn finish(&mut self, id: RequestId, result: AnswerResult, told: &Told, now: Instant) {
        let Some(entry) = self.inbox.get_mut(id) else { return };
        let Some(answering) = entry.answering.take() else { return };
        if let Some(digest) = answering.digest {
            self.keep(signer::Order::Told { digest, told: ToldSoFar::End });
        }
        self.deliver(id, answering.place, answering.reply, result, told);
        self.inbox.remove(id);
        self.post();
        self.publish(PublicEvent::Ended(id.to_string()));
        self.next_question(now);
    }

    /// A result goes to where the person is: once.
    fn deliver(
        &mut self,
        id: RequestId,
        place: Place,
        reply: Option<Reply<Answer>>,
        result: AnswerResult,
        told: &Told,
    ) {
        let answer = Answer { id: id.to_string(), result, sentence: told.sentence.clone() };
        let returned = reply.is_some_and(|reply| reply.send(Ok(answer)).is_ok());
        if !returned || place != Place::Terminal {
            self.tell_result(told);
        }
    }

    /// A refusal goes to where the person is: once.
    pub(super) fn refuse<T>(&mut self, place: Place, reply: Reply<T>, error: Error) {
        let sentence = zbus::DBusError::description(&error).unwrap_or_default().to_owned();
        drop(reply.send(Err(error)));
        if place == Place::Nowhere && !sentence.is_empty() {
            self.tell_result(&Told { line: sentence.clone(), sentence });
        }
    }

    /// An approval that the service never fetched is over.
    pub(super) fn over_unfetched(&self, entry: &Entry) -> Option<Told> {
        let answering = entry.answering.as_ref()?;
        answering.fetched_by?;
        let words = self.announcer.words();
        Some(Wording::new(words, entry.received.request()).never_fetched())
    }

    /// Tells a result, or keeps it until the screen is unlocked.
    pub(super) fn tell_result(&mut self, told: &Told) {
        if self.announcer.locked() {
            self.untold.push(told.clone());
        } else {
            self.announcer.tell(None, told);
        }
    }

    /// Results that came while the screen was locked.
    pub(super) fn tell_untold(&mut self) {
        for told in std::mem::take(&mut self.untold) {
            self.announcer.tell(None, &told);
        }
    }

    fn answered_earlier(
        &mut self,
        mut kept: KeptDecision,
        standing: Result<Standing, String>,
        now: Instant,
    ) {
        let words = self.announcer.words().clone();
        let wording = Wording::new(&words, &kept.request);
        let ending = ending(kept.verdict, standing.as_ref().ok().copied());
        let at = self.time_of(&kept.approver, now);
        self.keep(signer::Order::Settled { digest: kept.digest, ending, at });
        let (told, so_far) = match (ending, standing) {
            (Ending::Taken, _) if kept.verdict == Verdict::Approve => {
                if kept.collected_at.is_some() {
                    (wording.approved(), ToldSoFar::End)
                } else {
                    (wording.not_fetched(), ToldSoFar::NotFetched)
                }
            }
            (Ending::Taken, _) => (wording.denied(kept.verdict), ToldSoFar::End),
            (Ending::Refused(_) | Ending::Expired, Ok(standing)) => {
                (not_taken(&wording, standing).1, ToldSoFar::End)
            }
            (Ending::Refused(_) | Ending::Expired, Err(reason)) => {
                (refused(&words, &kept.broker, &reason), ToldSoFar::End)
            }
        };
        self.keep(signer::Order::Told { digest: kept.digest, told: so_far });
        self.tell_result(&told);
        if so_far == ToldSoFar::NotFetched {
            (kept.ending, kept.told) = (Some(ending), so_far);
            self.earlier.decisions.insert(kept.request.request, kept);
        }
    }

    /// The broker says how a request ended that an earlier run decided.
    pub(super) fn ended_earlier(&mut self, approver: &ApproverId, ended: Ended, now: Instant) {
        if ended.collected {
            self.collected_earlier(approver, ended.id, now);
            return;
        }
        let settled = self.earlier.decisions.get(&ended.id).is_some_and(|kept| {
            kept.approver == *approver && kept.ending.is_some() && kept.told == ToldSoFar::Nothing
        });
        if settled && let Some(kept) = self.earlier.decisions.remove(&ended.id) {
            self.answered_earlier(kept, Ok(ended.state), now);
        }
    }

    fn collected_earlier(&mut self, approver: &ApproverId, id: RequestId, now: Instant) {
        let Some(kept) = self.earlier.decisions.get_mut(&id) else { return };
        if kept.approver != *approver || kept.verdict != Verdict::Approve {
            return;
        }
        let first = kept.collected_at.is_none();
        let at = self.time_of(approver, now);
        let Some(kept) = self.earlier.decisions.get_mut(&id) else { return };
        kept.collected_at = Some(at);
        if kept.ending.is_none() || !first {
            // The decision's own answer is on its way, and tells it.
            return;
        }
        let words = self.announcer.words().clone();
        let wording = Wording::new(&words, &kept.request);
        let told = match kept.told {
            ToldSoFar::Nothing => wording.approved(),
            ToldSoFar::NotFetched => wording.fetched_now(),
            ToldSoFar::End => return,
        };
        let digest = kept.digest;
        self.earlier.decisions.remove(&id);
        self.keep(signer::Order::Collected { approver: approver.clone(), request: id, at });
        self.keep(signer::Order::Told { digest, told: ToldSoFar::End });
        self.tell_result(&told);
    }
}

fn answering(
    verdict: Verdict,
    place: Place,
    reply: Option<Reply<Answer>>,
    now: Instant,
) -> Answering {
    Answering {
        verdict,
        place,
        reply,
        patience: now + PATIENCE,
        digest: None,
        fetched_by: None,
        collected: false,
        told: None,
    }
}

/// Whether the broker took the verdict.
fn ending(verdict: Verdict, standing: Option<Standing>) -> Ending {
    match (verdict, standing) {
        (Verdict::Approve | Verdict::Report, Some(Standing::Approved))
        | (Verdict::Deny | Verdict::Report, Some(Standing::Denied)) => Ending::Taken,
        (_, Some(Standing::Expired) | None) => Ending::Expired,
        (_, Some(standing)) => Ending::Refused(standing),
    }
}

/// Why the verdict did not count.
fn not_taken(wording: &Wording<'_>, standing: Standing) -> (AnswerResult, Told) {
    match standing {
        Standing::Expired => (AnswerResult::Expired, wording.too_late()),
        Standing::Cancelled => (AnswerResult::Ended, wording.cancelled(None)),
        Standing::Approved | Standing::Denied | Standing::Pending | Standing::Bound => {
            (AnswerResult::Ended, wording.too_late_answered())
        }
    }
}

fn refused(words: &Words, broker: &str, reason: &str) -> Told {
    let sentence = if reason.is_empty() {
        say!(words, "error-broker-strange", broker = broker)
    } else {
        say!(words, "error-broker-refused", broker = broker, reason = reason)
    };
    Told { line: sentence.clone(), sentence }
}

/// Kept here, and sent until this time of day.
fn not_sent(words: &Words, left: Duration) -> Told {
    let until = words.clock(clock::time_of_day(left));
    Told {
        sentence: say!(words, "not-sent", until = until.as_str()),
        line: words.line("line-not-sent", &[("until", until.as_str().into())]),
    }
}
