//! The talk with Speech Dispatcher as a state machine: connecting, greeting, saying, and noticing
//! that nothing is heard. No IO and no clock: `speech` carries out the effects.
//!
//! What the server (0.11) does, found by trying it: at one priority messages queue, but a `text`
//! cuts a `text`; a `message` cuts and drops every `text`, `important` cuts all. A server with a
//! dead or hung output module takes everything, answers everything, and speaks nothing: only an
//! event proves a voice. So one utterance is with the server at a time (another program's line
//! can come between two of ours), and only a more urgent one goes past it.

mod hearing;
mod saying;

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use super::ssip::{self, Reply};
use super::{DownReason, Event, Order, Priority, Utterance, UtteranceId, Voice};

/// A reply, and the beginning of a `message`, come within this.
const PATIENCE: Duration = Duration::from_secs(5);
/// A `text` waits this long for another program's speech, while the server answers.
const TEXT_PATIENCE: Duration = Duration::from_secs(60);
/// Speech may last this much longer than `PATIENCE` for each character.
const PER_CHARACTER: Duration = Duration::from_millis(150);
const FIRST_PAUSE: Duration = Duration::from_millis(250);
const LONGEST_PAUSE: Duration = Duration::from_secs(30);
/// More waiting utterances than this are refused: nobody would hear them in time.
const LINE_CAP: usize = 32;

/// What can come to the conversation.
#[derive(Debug)]
pub(super) enum Input {
    Start,
    Order(Order),
    Connected,
    /// Nobody listens at the address.
    Refused,
    /// The attempt to start a server is over, however it went.
    Spawned,
    Lost(DownReason),
    Reply(Reply),
    Tick,
    Stop,
}

/// What is to be done about it, in this order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Effect {
    Connect,
    Spawn,
    Write(Vec<u8>),
    HangUp,
    Tell(Event),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Link {
    Idle,
    Resting {
        since: Instant,
        until: Instant,
    },
    Connecting {
        spawned: bool,
    },
    Spawning,
    /// Connected; settings are on their way and not all are answered.
    Greeting,
    /// The server answers; a silent message shows whether it can speak.
    Proving,
    Up,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Expect {
    Setting,
    Rate,
    Pong,
    Cancelled,
    /// The go-ahead for the text.
    GoAhead,
    /// The message's number.
    Number,
}

/// An utterance that the server has, or is being given.
#[derive(Debug)]
struct Open {
    /// `None` is the silent message that proves a voice.
    id: Option<UtteranceId>,
    priority: Priority,
    number: Option<u64>,
    patience: Duration,
    sent: Instant,
    begun: Option<Instant>,
}

/// The `SPEAK` that is under way; between its two halves no other command may be sent.
#[derive(Debug)]
enum Pen {
    Down,
    Offered { body: Vec<u8>, then_cancel: bool },
    Given,
}

#[derive(Debug)]
pub(super) struct Conversation {
    link: Link,
    may_spawn: bool,
    /// What was last told: `None` before anything was.
    told_up: Option<bool>,
    pause: Duration,
    line: VecDeque<Utterance>,
    open: Vec<Open>,
    pen: Pen,
    awaiting: VecDeque<(Expect, Instant)>,
    last_number: u64,
    next_ping: Option<Instant>,
    voice: Voice,
    server_rate: i8,
    /// What this connection has been set to.
    set: Option<(Priority, String, Voice)>,
    effects: Vec<Effect>,
}

impl Conversation {
    /// `may_spawn`: nobody else is to start a server at this address.
    pub(super) fn new(may_spawn: bool) -> Self {
        Self {
            link: Link::Idle,
            may_spawn,
            told_up: None,
            pause: FIRST_PAUSE,
            line: VecDeque::new(),
            open: Vec::new(),
            pen: Pen::Down,
            awaiting: VecDeque::new(),
            last_number: 0,
            next_ping: None,
            voice: Voice::default(),
            server_rate: 0,
            set: None,
            effects: Vec::new(),
        }
    }

    /// One step.
    pub(super) fn handle(mut self, input: Input, now: Instant) -> (Self, Vec<Effect>) {
        match input {
            Input::Start => self.connect(false),
            Input::Order(order) => self.order(order, now),
            Input::Connected => self.greet(now),
            Input::Refused => self.refused(now),
            Input::Spawned => self.connect(true),
            Input::Lost(why) => self.down(why, now),
            Input::Reply(reply) => self.reply(reply, now),
            Input::Tick => self.tick(now),
            Input::Stop => self.stop(now),
        }
        self.say_next(now);
        let effects = std::mem::take(&mut self.effects);
        (self, effects)
    }

    /// When `Tick` is wanted; `None` while all is well and nothing is being said.
    pub(super) fn deadline(&self) -> Option<Instant> {
        if let Link::Resting { until, .. } = self.link {
            return Some(until);
        }
        let reply = self.awaiting.front().map(|(_, at)| *at + PATIENCE);
        let speech = self.open.iter().map(|open| open.limit().0).min();
        [reply, speech, self.next_ping].into_iter().flatten().min()
    }

    fn tick(&mut self, now: Instant) {
        if let Link::Resting { until, .. } = self.link {
            if now >= until {
                self.connect(false);
            }
            return;
        }
        if self.awaiting.front().is_some_and(|(_, at)| now >= *at + PATIENCE) {
            return self.down(DownReason::NotAnswering, now);
        }
        let late = self.open.iter().map(Open::limit).find(|(limit, _)| now >= *limit);
        if let Some((_, why)) = late {
            return self.down(why, now);
        }
        if self.next_ping.is_some_and(|at| now >= at) {
            self.next_ping = Some(now + PATIENCE);
            if !matches!(self.pen, Pen::Offered { .. }) {
                self.send("GET RATE", Expect::Pong, now);
            }
        }
    }

    fn connect(&mut self, spawned: bool) {
        self.link = Link::Connecting { spawned };
        self.effects.push(Effect::Connect);
    }

    fn refused(&mut self, now: Instant) {
        if self.may_spawn && self.link == (Link::Connecting { spawned: false }) {
            self.link = Link::Spawning;
            self.effects.push(Effect::Spawn);
        } else {
            self.down(DownReason::Refused, now);
        }
    }

    /// Lets go of the connection, and of everything that was to be said over it: what the server
    /// has of it is cancelled, so that it is not heard minutes later.
    fn down(&mut self, why: DownReason, now: Instant) {
        if matches!(self.link, Link::Greeting | Link::Proving | Link::Up) {
            if !self.open.is_empty() && !matches!(self.pen, Pen::Offered { .. }) {
                self.effects.push(Effect::Write(ssip::command("CANCEL self")));
            }
            self.effects.push(Effect::HangUp);
        }
        self.link = Link::Resting { since: now, until: now + self.pause };
        self.pause = (self.pause * 2).min(LONGEST_PAUSE);
        // Told at each attempt: that a silence was not heard either says more than the first time.
        self.told_up = Some(false);
        self.tell(Event::Down { why });
        let open = std::mem::take(&mut self.open).into_iter().filter_map(|open| open.id);
        let line = std::mem::take(&mut self.line).into_iter().map(|utterance| utterance.id);
        for id in open.chain(line).collect::<Vec<_>>() {
            self.tell(Event::NotSaid(id));
        }
        self.pen = Pen::Down;
        self.awaiting.clear();
        self.last_number = 0;
        self.next_ping = None;
        self.set = None;
    }

    fn stop(&mut self, now: Instant) {
        self.line.clear();
        if !self.open.is_empty() {
            self.cancel(now);
        }
        self.link = Link::Idle;
    }

    fn tell(&mut self, event: Event) {
        self.effects.push(Effect::Tell(event));
    }
}

impl Open {
    /// When it is late, and what that means.
    fn limit(&self) -> (Instant, DownReason) {
        match (self.begun, self.priority) {
            (Some(begun), _) => (begun + self.patience, DownReason::NotEnded),
            (None, Priority::Text) => (self.sent + TEXT_PATIENCE, DownReason::NotBegun),
            (None, Priority::Important | Priority::Message) => {
                (self.sent + PATIENCE, DownReason::NotBegun)
            }
        }
    }

    fn is_waiting_text(&self) -> bool {
        self.priority == Priority::Text && self.begun.is_none()
    }
}

#[cfg(test)]
mod tests;
