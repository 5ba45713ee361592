//! What is not told, and why: requests that nobody wants, quiet hours, a person who is away. It is
//! one for all accounts: who must not be disturbed is the person. What is said of it is in
//! `telling`.

mod telling;

use std::time::{Duration, Instant};

use sayso_protocol::bus::{Place, Result as AnswerResult};
use sayso_protocol::life::{Reason, Standing};
use sayso_protocol::request::{ActionKind, RequestId};
use sayso_protocol::time::UnixTime;
use sayso_words::say;

use super::Pipeline;
use crate::doors::{QuietAsk, Reply};
use crate::inbox::Entry;
use crate::quiet::{Effect, Event, Kept, QuietHours, Silence, Why};
use crate::signer;
use crate::wording::Told;
pub(super) use telling::Untold;

/// Nobody is away for longer.
const LONGEST_AWAY: Duration = Duration::from_hours(365 * 24);

impl Pipeline {
    /// Something happened by which requests may be told or not told from now on.
    pub(super) fn quieten(&mut self, event: Event) {
        let before = self.quiet.kept().clone();
        let unwanted = self.quiet.unwanted().is_some();
        let (quiet, effect) = std::mem::take(&mut self.quiet).handle(event, &self.here);
        self.quiet = quiet;
        if *self.quiet.kept() != before {
            self.keep(signer::Order::Quiet(self.quiet.kept().clone()));
        }
        match effect {
            Some(Effect::Unwanted) => self.quiet_untold.unwanted = true,
            Some(Effect::Over(why)) => self.quiet_untold.over = Some(why),
            None => {}
        }
        if unwanted && self.quiet.unwanted().is_none() {
            self.announcer.close_news(telling::KEY);
        }
    }

    /// Other quiet hours hold from now on.
    pub(super) fn set_quiet_hours(&mut self) {
        let hours = QuietHours::parse(&self.announcer.preferences().quiet_hours);
        self.quiet = std::mem::take(&mut self.quiet).with_hours(hours);
    }

    /// What an earlier run kept. Who is away and begins a session may be back.
    pub(super) fn resume_quiet(&mut self, kept: Kept) {
        self.quiet = std::mem::take(&mut self.quiet).resumed(kept);
        self.quiet_untold.away = true;
        self.quieten(Event::Nothing);
    }

    /// Why new requests are not told, if they are not.
    pub(super) fn silence(&self) -> Option<Silence> {
        self.quiet.silence(&self.here)
    }

    /// Until when new requests are not told for this reason, if they are not.
    pub(super) fn silent_until(&self, why: Why) -> Option<UnixTime> {
        let silences = self.quiet.silences(&self.here);
        silences.into_iter().find(|silence| silence.why == why).map(|silence| silence.until)
    }

    /// Whether it is a time at which Sayso does not speak of its own accord.
    pub(super) fn nobody_listens(&self) -> bool {
        self.silence().is_some_and(|silence| silence.why != Why::Unwanted)
    }

    /// Whether the notice of `id` is left out. It stands on the list, and in quiet hours at the
    /// terminals that attend, without a bell.
    pub(super) fn leave_out(&mut self, id: RequestId, now: Instant) -> bool {
        let Some(silence) = self.silence() else {
            // One that was left out before is told now.
            self.found(id);
            return false;
        };
        let Some(entry) = self.inbox.get_mut(id) else { return false };
        if entry.is_question() || is_practice(entry) {
            return false;
        }
        entry.noticed = true;
        if entry.left_out.replace(silence.why).is_none() {
            if silence.why == Why::Hours {
                let wording = self.announcer.wording(&entry.received);
                let text = wording.notice(entry.left(now)).sentence;
                self.announcer.attend.line(Some(id), &text, false);
            }
            self.quieten(Event::LeftOut);
        }
        true
    }

    /// The person knows of it by themselves.
    pub(super) fn found(&mut self, id: RequestId) {
        let left_out = self.inbox.get_mut(id).and_then(|entry| entry.left_out.take());
        if left_out.is_some() {
            self.quieten(Event::Found);
        }
    }

    /// A request has ended that was not answered here.
    pub(super) fn ended_unanswered(
        &mut self,
        id: RequestId,
        state: Standing,
        reason: Option<Reason>,
    ) {
        let Some(entry) = self.inbox.get(id).filter(|entry| !is_practice(entry)) else { return };
        // That was an act of somebody who may act on the account.
        if reason == Some(Reason::ApproverRemoved) {
            return;
        }
        // Nobody could know of it.
        let unknown = matches!(entry.left_out, Some(Why::Hours | Why::Away));
        match state {
            Standing::Approved => self.quieten(Event::Succeeded),
            Standing::Denied => self.quieten(Event::Denied),
            // Who has brought its code or scanned it, here or elsewhere, wanted it.
            Standing::Expired | Standing::Cancelled
                if !entry.begun && !unknown && entry.standing == Standing::Pending =>
            {
                self.quieten(Event::Unanswered);
            }
            Standing::Expired
            | Standing::Cancelled
            | Standing::Pending
            | Standing::Bound
            | Standing::ApprovedUnconfirmed => {}
        }
    }

    /// A request was answered here, and the person knows how it ended.
    pub(super) fn ended_answered(&mut self, result: AnswerResult) {
        match result {
            AnswerResult::Approved => self.quieten(Event::Succeeded),
            AnswerResult::Denied => self.quieten(Event::Denied),
            AnswerResult::NotFetched
            | AnswerResult::Unfinished
            | AnswerResult::Readout
            | AnswerResult::Kept
            | AnswerResult::Ended
            | AnswerResult::Expired => {}
        }
    }

    pub(super) fn ask_quiet(&mut self, ask: QuietAsk) {
        match ask {
            QuietAsk::Away { time, place, reply } => self.away(time, place, reply),
            QuietAsk::Back { place, reply } => self.back(place, reply),
            QuietAsk::Why { reply } => {
                let why = [self.unreached(), self.silences()].concat();
                drop(reply.send(Ok(why)));
            }
        }
    }

    /// The person goes away.
    fn away(&mut self, time: Duration, place: Place, reply: Reply<String>) {
        let time = time.min(LONGEST_AWAY);
        let until = UnixTime(self.here.timestamp().as_second()).plus(time);
        self.quieten(Event::Away(until));
        let sentence = self.away_sentence(until);
        self.answer_quiet(sentence, place, reply);
    }

    fn away_sentence(&self, until: UnixTime) -> String {
        let when = self.when(until);
        say!(self.announcer.words(), "quiet-away", when = when.as_str())
    }

    /// The person wants to be told of requests again.
    fn back(&mut self, place: Place, reply: Reply<String>) {
        let chosen = |silence: &Silence| silence.why != Why::Hours;
        let ended = self.quiet.silences(&self.here).iter().any(chosen);
        self.quieten(Event::Back);
        let hours = self.silence().map(|silence| self.when(silence.until));
        let words = self.announcer.words();
        let (sentence, counted) = match hours {
            Some(when) => (say!(words, "quiet-back-hours", when = when.as_str()), false),
            None if ended => {
                let (came, waiting) = (self.quiet.came(), self.left_out());
                (say!(words, "quiet-back", came = came, waiting = waiting), true)
            }
            None => (say!(words, "quiet-back-already"), false),
        };
        if counted {
            self.quieten(Event::Counted);
        }
        self.answer_quiet(sentence, place, reply);
    }

    fn answer_quiet(&mut self, sentence: String, place: Place, reply: Reply<String>) {
        drop(reply.send(Ok(sentence.clone())));
        match place {
            Place::Terminal => {}
            Place::Dialog => self.say_in_dialog(&sentence),
            Place::Nowhere => self.tell_result(&Told::plain(sentence)),
        }
    }

    /// Why new requests are not told, until when, and how to end it.
    pub(super) fn silences(&self) -> Vec<String> {
        let silences = self.quiet.silences(&self.here);
        silences.into_iter().map(|silence| self.silence_sentence(silence)).collect()
    }

    fn silence_sentence(&self, Silence { why, until }: Silence) -> String {
        let when = self.when(until);
        say!(self.announcer.words(), "quiet-now", why = name(why), when = when.as_str())
    }

    /// How many wait of which the person knows nothing.
    fn left_out(&self) -> usize {
        let left_out = |entry: &Entry| entry.left_out.is_some() && !entry.left(self.now).is_zero();
        self.inbox.waiting().filter(|(_, entry)| left_out(entry)).count()
    }

    /// When something about it ends by itself.
    pub(super) fn quiet_due(&self, now: Instant) -> Option<Instant> {
        let here = UnixTime(self.here.timestamp().as_second());
        let silences = self.quiet.silences(&self.here);
        silences.iter().map(|silence| now + here.until(silence.until)).min()
    }

    /// The day and the time, as a person says them.
    fn when(&self, at: UnixTime) -> String {
        let zone = self.here.time_zone().clone();
        let at = jiff::Timestamp::from_second(at.0).unwrap_or(jiff::Timestamp::MAX).to_zoned(zone);
        self.announcer.words().day(self.here.date(), at.datetime())
    }
}

/// The person asked for it themselves.
pub(super) fn is_practice(entry: &Entry) -> bool {
    entry.received.request().action.kind == ActionKind::Practice
}

fn name(why: Why) -> &'static str {
    match why {
        Why::Away => "away",
        Why::Hours => "hours",
        Why::Unwanted => "unwanted",
    }
}
