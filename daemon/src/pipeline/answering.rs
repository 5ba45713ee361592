//! From a decision to its result: have it signed and kept, send it, tell what came of it, where
//! the person is.

use std::time::{Duration, Instant};

use sayso_protocol::bus::{Answer, Error, Place, Result as AnswerResult};
use sayso_protocol::decision::Verdict;
use sayso_protocol::enrolment::ApproverId;
use sayso_protocol::life::Standing;
use sayso_protocol::problem::{Problem, ProblemType};
use sayso_protocol::request::RequestId;
use sayso_words::{Words, say};

use super::Pipeline;
use super::silence::is_practice;
use crate::clock;
use crate::doors::{PublicEvent, Reply};
use crate::inbox::{Answering, Entry, Progress};
use crate::signer;
use crate::source::{self, Answered, Refusal};
use crate::store::{Ending, Told as ToldSoFar};
use crate::wording::{Told, Wording};

/// A call that waits for the broker is answered after this long, whatever is known then.
const PATIENCE: Duration = Duration::from_millis(4500);
/// The service should have fetched an approval after this long.
pub(super) const FETCHED: Duration = Duration::from_secs(5);

impl Pipeline {
    /// What the signer tells.
    pub(super) fn signed(&mut self, event: signer::Event, now: Instant) {
        match event {
            signer::Event::Signed { approver, digest, signed } => {
                let request = signed.received().id();
                if let Some(entry) = self.inbox.get_mut(request) {
                    entry.notice = Some(signed.announced());
                    if let Some(answering) = entry.answering.as_mut() {
                        answering.digest = Some(digest);
                    }
                }
                let (decision, exp) = (signed.jws().clone(), signed.received().exp());
                self.send(&approver, source::Order::Send { request, decision, exp });
            }
            signer::Event::NotSigned { request, why } => self.not_signed(request, why, now),
            signer::Event::ChangeSigned { call, signed } => self.change_signed(call, signed, now),
            signer::Event::ChangeNotSigned { call, why } => self.change_not_signed(call, why),
            signer::Event::ChangesTold(told) => self.changing.known.remember(told),
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
                self.linked(approver, source, now);
            }
            signer::Event::KeysWait(why) => self.keys_wait(why),
            signer::Event::Keyless(keyless) => {
                let (approver, keyless) = *keyless;
                self.keyless(approver, keyless);
            }
            signer::Event::BroughtBack => self.keys.brought_back(),
            signer::Event::Preferred(preferences) => self.preferred(preferences),
            signer::Event::SpeakCodes(speak_codes) => self.speak_codes = speak_codes,
            signer::Event::Quiet(kept) => self.resume_quiet(kept),
            signer::Event::Forgotten(approver) => self.let_go(&approver, now),
            signer::Event::Brokers(brokers) => self.announcer.call_brokers(brokers),
            signer::Event::SetBack(approver) => self.set_back(&approver),
            signer::Event::Remark(sentence) => self.announcer.remark(sentence),
            signer::Event::LanguageMissing { instead, told } => {
                self.announcer.miss_language(instead, told);
            }
        }
    }

    pub(super) fn send(&self, approver: &ApproverId, order: source::Order) {
        let sent = self.sources.get(approver).map(|source| source.orders.try_send(order));
        if !matches!(sent, Some(Ok(()))) {
            // It is kept, and sent at the next start.
            tracing::error!("the source takes no orders");
        }
    }

    /// Nothing was signed: the question is open as before.
    fn not_signed(&mut self, request: RequestId, why: String, now: Instant) {
        let Some(entry) = self.inbox.get_mut(request) else { return };
        let Some(Answering { place, reply, undone, .. }) = entry.answering.take() else { return };
        if undone.is_none() {
            // To the ear it is asked again at once. At a terminal or dialog the person is told
            // why, and begins again when that is mended.
            entry.asked = (place != Place::Nowhere).then_some(now);
        }
        entry.answering = undone.map(|undone| *undone);
        match reply {
            Some(reply) => self.refuse(place, reply, Error::Store(why)),
            None => self.announcer.tell(None, &Told::plain(why)),
        }
        self.next_question(now);
    }

    /// The broker's answer to a decision.
    pub(super) fn answered(
        &mut self,
        approver: &ApproverId,
        request: RequestId,
        result: Result<Answered, Refusal>,
        now: Instant,
    ) {
        let standing = match result {
            // Kept and sent again; the waiting call is answered when its patience ends.
            Err(Refusal::Offline | Refusal::NotGenuine(_)) => return,
            Ok(answered) if answered.standing == Standing::ApprovedUnconfirmed => {
                return match self.earlier.decisions.remove(&request) {
                    Some(kept) => self.unconfirmed_earlier(kept, now),
                    None => self.unconfirmed(request, answered, now),
                };
            }
            Ok(answered) => Ok(answered.standing),
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
        let host = self.broker_of(approver).to_owned();
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
        let wording = self.announcer.wording(&entry.received);
        match (ending, standing) {
            (Ending::Taken, standing) if verdict != Verdict::Approve => {
                let told = wording.denied(verdict, standing.ok());
                self.finish(request, AnswerResult::Denied, &told, now);
            }
            (Ending::Taken, _) if answering.collected => {
                let told = wording.approved();
                self.finish(request, AnswerResult::Approved, &told, now);
            }
            (Ending::Taken, _) => answering.progress = Progress::Unfetched { late: now + FETCHED },
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
        let Some(entry) = self.inbox.get_mut(id).filter(|entry| entry.approver == *approver) else {
            self.collected_earlier(approver, id, now);
            return;
        };
        let Some(answering) = entry.answering.as_mut() else { return };
        answering.collected = true;
        let wording = self.announcer.wording(&entry.received);
        let told = match answering.progress {
            // The decision's own answer is on its way, and tells it.
            Progress::Sending { .. } | Progress::Kept => return,
            Progress::Unconfirmed { .. } | Progress::Unfetched { .. } => wording.approved(),
            Progress::Late => wording.fetched_now(),
        };
        self.keep(signer::Order::Collected { approver: approver.clone(), request: id, at });
        self.finish(id, AnswerResult::Approved, &told, now);
    }

    /// A call has waited long enough, or a service has not fetched its approval in time.
    pub(super) fn lose_patience(&mut self, id: RequestId, now: Instant) {
        let words = self.announcer.words().clone();
        let Some(entry) = self.inbox.get_mut(id) else { return };
        let left = entry.left(now);
        let wording = self.announcer.wording(&entry.received);
        let Some(answering) = entry.answering.as_mut() else { return };
        if answering.due().is_none_or(|due| now < due) {
            return;
        }
        let (result, told) = match &mut answering.progress {
            Progress::Kept | Progress::Late => return,
            Progress::Sending { patience } if answering.digest.is_none() => {
                // Not on the disk yet: nothing may be promised. The signer answers either way.
                *patience = now + PATIENCE;
                return;
            }
            Progress::Unconfirmed { .. } => {
                let told = wording.unfinished();
                return self.unfinished(id, &told, now);
            }
            Progress::Sending { .. } => {
                answering.progress = Progress::Kept;
                (AnswerResult::Kept, not_sent(&words, left))
            }
            Progress::Unfetched { .. } => {
                answering.progress = Progress::Late;
                (AnswerResult::NotFetched, wording.not_fetched())
            }
        };
        let (place, reply) = (answering.place, answering.reply.take());
        if let (AnswerResult::NotFetched, Some(digest)) = (result, answering.digest) {
            self.keep(signer::Order::Told { digest, told: ToldSoFar::NotFetched });
        }
        self.deliver(id, place, reply, result, &told);
    }

    /// The result is known: tell it, and take the request out.
    pub(super) fn finish(
        &mut self,
        id: RequestId,
        result: AnswerResult,
        told: &Told,
        now: Instant,
    ) {
        let Some(entry) = self.inbox.get_mut(id) else { return };
        let Some(answering) = entry.answering.take() else { return };
        let practised = is_practice(entry);
        if let Some(digest) = answering.digest {
            self.keep(signer::Order::Told { digest, told: ToldSoFar::End });
        }
        let untold = Some(&told.sentence).filter(|_| !self.announcer.reaches_anybody());
        let sentence = untold.cloned().unwrap_or_default();
        self.over.answered(Answer { id: id.to_string(), result, sentence });
        self.deliver(id, answering.place, answering.reply, result, told);
        self.inbox.remove(id);
        self.post();
        self.publish(PublicEvent::Ended(id.to_string()));
        if !practised {
            self.ended_answered(result);
        }
        self.tell_came();
        self.next_question(now);
    }

    /// An approval that the service never fetched is over.
    pub(super) fn over_unfetched(&self, entry: &Entry) -> Option<Told> {
        match entry.answering.as_ref()?.progress {
            Progress::Unfetched { .. } | Progress::Late => {
                Some(self.announcer.wording(&entry.received).never_fetched())
            }
            Progress::Sending { .. } | Progress::Kept | Progress::Unconfirmed { .. } => None,
        }
    }
}

pub(super) fn answering(
    verdict: Verdict,
    place: Place,
    reply: Option<Reply<Answer>>,
    now: Instant,
) -> Answering {
    Answering {
        verdict,
        place,
        reply,
        digest: None,
        progress: Progress::Sending { patience: now + PATIENCE },
        collected: false,
        undone: None,
    }
}

/// Whether the broker took the verdict.
pub(super) fn ending(verdict: Verdict, standing: Option<Standing>) -> Ending {
    match (verdict, standing) {
        (Verdict::Approve | Verdict::Report, Some(Standing::Approved))
        | (Verdict::Deny | Verdict::Report, Some(Standing::Denied)) => Ending::Taken,
        (_, Some(Standing::Expired) | None) => Ending::Expired,
        (_, Some(standing)) => Ending::Refused(standing),
    }
}

/// Why the verdict did not count.
pub(super) fn not_taken(wording: &Wording<'_>, standing: Standing) -> (AnswerResult, Told) {
    match standing {
        Standing::Expired => (AnswerResult::Expired, wording.too_late()),
        Standing::Cancelled => (AnswerResult::Ended, wording.cancelled(None)),
        Standing::Approved
        | Standing::ApprovedUnconfirmed
        | Standing::Denied
        | Standing::Pending
        | Standing::Bound => (AnswerResult::Ended, wording.too_late_answered()),
    }
}

pub(super) fn refused(words: &Words, broker: &str, reason: &str) -> Told {
    let sentence = if reason.is_empty() {
        say!(words, "error-broker-strange", broker = broker)
    } else {
        say!(words, "error-broker-refused", broker = broker, reason = reason)
    };
    Told::plain(sentence)
}

/// Kept here, and sent until this time of day.
fn not_sent(words: &Words, left: Duration) -> Told {
    let until = words.clock(clock::time_of_day(left));
    Told {
        sentence: say!(words, "not-sent", until = until.as_str()),
        line: words.line("line-not-sent", &[("until", until.as_str().into())]),
    }
}
