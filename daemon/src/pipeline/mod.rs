//! The main path, read first: a source brings a request to the inbox; when its turn comes the
//! announcer tells the person; what the person does becomes a decision; the signer signs it; the
//! same source carries it back.
//!
//! One task owns all of this. It never waits: every event is handled to its end, orders go out to
//! the tasks that talk to the world, and their answers come back as events.
//!
//! - `ends`: everything that can happen to it, and where its orders go
//! - `arriving`: what sources tell
//! - `asking`: notices and questions: whose turn it is
//! - `voice`: the voice is lost, or back
//! - `entering`: the code that the person gives
//! - `addressed`: the `sayso:` address of a page's button or QR code
//! - `looking`: QR codes on the screens and in pictures
//! - `taking`: a request whose page waits for digits that follow the approval
//! - `binding`: the proof that each of them leads to, and its question
//! - `practising`: requests of which nothing comes
//! - `used`: codes that are good for nothing more
//! - `deciding`: from the person's act to a decision
//! - `answering`: from the decision to its result
//! - `confirming`: approvals that the browser that holds the page has to confirm
//! - `reading`: the digits that are read out for that
//! - `changing`: settings, computers, and what waits to change them
//! - `over`: what ended while its question stood at a terminal
//! - `earlier`: what an earlier run left
//! - `more_time`: more time for a request
//! - `keyless`: accounts whose keys are not at hand
//! - `naming`: which account is meant, and what brokers are called
//! - `next`: what `sayso` without a word does
//! - `calling`: everything else that comes in through the doors
//! - `silence`: what is not told, and why
//! - `shut_out`: this computer was removed or not let in, or its account is blocked
//! - `reporting`: the accounts, and the status

mod addressed;
mod answering;
mod arriving;
mod asking;
mod binding;
mod calling;
mod changing;
mod confirming;
mod deciding;
mod delivering;
mod earlier;
mod ends;
mod entering;
mod keyless;
mod looking;
mod more_time;
mod naming;
mod next;
mod over;
mod practising;
mod reading;
mod reporting;
mod shut_out;
mod silence;
mod taking;
mod used;
mod voice;

use std::collections::HashMap;
use std::time::Instant;

use jiff::Zoned;
use sayso_protocol::bus::{Place, SpeakCodes};
use sayso_protocol::enrolment::ApproverId;
use sayso_protocol::request::RequestId;
use tokio_util::sync::CancellationToken;

use crate::announcer::{Announcer, Outcome, notification::Action};
use crate::clock;
use crate::doors::{Board, PublicEvent};
use crate::inbox::Inbox;
use crate::quiet::{self, Quiet};
use crate::signer;
use crate::source::Source;
use crate::wording::Told;
pub use ends::{Event, Inputs, Orders};

/// The state of the daemon.
pub struct Pipeline {
    announcer: Announcer,
    inbox: Inbox,
    sources: HashMap<ApproverId, Source>,
    keys: keyless::Keys,
    orders: Orders,
    proofs: HashMap<u64, binding::Proof>,
    practices: HashMap<u64, practising::Practising>,
    used: used::UsedCodes,
    addresses: addressed::Addresses,
    speak_codes: Option<SpeakCodes>,
    last_call: u64,
    /// Decisions of an earlier run whose end the person has not heard.
    earlier: earlier::Earlier,
    /// Requests that ended while a terminal asked about them.
    over: over::Over,
    /// Results that came while the screen was locked.
    untold: Vec<Told>,
    changing: changing::Changing,
    more_times: HashMap<u64, more_time::Wanted>,
    /// Whether new requests are told.
    quiet: Quiet,
    quiet_untold: silence::Untold,
    /// When the event came that is handled, and what the wall clock showed where the person is.
    now: Instant,
    here: Zoned,
}

impl Pipeline {
    /// A pipeline with nothing in it, in a session that began at `started`.
    #[must_use]
    pub fn new(announcer: Announcer, orders: Orders, started: Instant) -> Self {
        let mut pipeline = Self {
            announcer,
            inbox: Inbox::default(),
            sources: HashMap::new(),
            keys: keyless::Keys::default(),
            orders,
            proofs: HashMap::new(),
            practices: HashMap::new(),
            used: used::UsedCodes::new(),
            addresses: addressed::Addresses::default(),
            speak_codes: None,
            last_call: 0,
            earlier: earlier::Earlier::default(),
            over: over::Over::default(),
            untold: Vec::new(),
            changing: changing::Changing::new(started),
            more_times: HashMap::new(),
            quiet: Quiet::default(),
            quiet_untold: silence::Untold::default(),
            now: started,
            here: Zoned::default(),
        };
        pipeline.set_quiet_hours();
        pipeline
    }

    /// The same; `all` says whether it has all the accounts that are registered.
    #[must_use]
    pub fn with_all_accounts(self, all: bool) -> Self {
        Self { keys: keyless::Keys::at_start(all), ..self }
    }

    /// Handles events until `shutdown`, or until a part that sends them is gone.
    pub async fn run(mut self, mut inputs: Inputs, shutdown: CancellationToken) {
        loop {
            let deadline = self.deadline(clock::now());
            let event = tokio::select! {
                () = shutdown.cancelled() => None,
                event = inputs.next(deadline) => event,
            };
            let Some(event) = event else { break };
            // A request whose time is up is over before quiet hours are that end with it.
            let here = clock::here();
            self.handle(event, clock::now(), here);
        }
    }

    /// When something is due: of a request, of what ended, or of a question left alone while
    /// others wait.
    fn deadline(&self, now: Instant) -> Option<Instant> {
        let left_alone = self.left_alone(now).filter(|_| self.inbox.waiting().count() > 1);
        let deadlines = [
            self.inbox.deadline(now),
            self.over.deadline(),
            self.earlier.deadline(),
            self.changes_due(now),
            self.quiet_due(now),
            left_alone,
        ];
        deadlines.into_iter().flatten().min()
    }

    /// Handles one event to its end.
    /// `here` is what the wall clock shows where the person is.
    pub fn handle(&mut self, event: Event, now: Instant, here: Zoned) {
        (self.now, self.here) = (now, here);
        match event {
            Event::Source((approver, event)) => self.arrive(&approver, event, now),
            Event::Speech(event) => {
                let outcomes = self.announcer.on_speech(event);
                self.announced(outcomes, now);
            }
            Event::Notification(event) => {
                let outcomes = self.announcer.on_notification(event);
                self.announced(outcomes, now);
            }
            Event::Call(call) => self.called(call, now),
            Event::Signer(event) => self.signed(event, now),
            Event::Lock(lock) => self.locked(lock, now),
            Event::Reader(reader) => self.announcer.reader(reader),
            Event::Listening(listening) => self.listened(listening),
            Event::NotOpened(id) => self.not_opened(id, now),
            Event::Looked(looked) => self.looked(looked, now),
            Event::Due => self.due(now),
        }
        self.quieten(quiet::Event::Nothing);
        self.tell_quiet();
        self.tell_changes(now);
        self.post();
    }

    /// What the announcer gave back.
    fn announced(&mut self, outcomes: Vec<Outcome>, now: Instant) {
        for outcome in outcomes {
            match outcome {
                Outcome::Notice(notice) => {
                    if let Some(entry) = self.inbox.get_mut(notice.received().id()) {
                        entry.notice = Some(notice);
                    }
                }
                Outcome::Question(question) => {
                    if let Some(entry) = self.inbox.get_mut(question.received().id()) {
                        entry.question = Some(question);
                    }
                }
                Outcome::News(id) => self.news_arrived(id, now),
                Outcome::ShowsNothing => self.show_all(now),
                Outcome::VoiceLost => self.voice_lost(now),
                Outcome::VoiceSpare { after_silence } => {
                    self.voice_lost(now);
                    if after_silence {
                        self.ask_open_again(now);
                    }
                }
                Outcome::VoiceBack => self.voice_back(now),
                Outcome::Pressed(id, action) => self.pressed(id, action, now),
            }
        }
    }

    fn pressed(&mut self, id: RequestId, action: Action, now: Instant) {
        match action {
            Action::Answer => {
                if self.orders.prompt.try_send(()).is_err() {
                    tracing::info!("a prompt is being started already");
                }
            }
            Action::Deny => self.deny_by_button(id, now),
            Action::Repeat => drop(self.repeat(Place::Nowhere)),
        }
    }

    /// Deadlines that have come: time left, calls that waited long enough, requests that are over.
    fn due(&mut self, now: Instant) {
        self.tell_over(now);
        self.not_fetched_earlier(now);
        for id in self.inbox.ids() {
            self.warn(id, now);
            self.lose_patience(id, now);
            if self.inbox.get(id).is_some_and(|entry| entry.is_over(now)) {
                self.over(id, now);
            }
        }
        self.next_question(now);
    }

    /// Counts what waits, for whoever is told of it.
    fn count(&mut self) -> u32 {
        let waiting = u32::try_from(self.inbox.waiting().count()).unwrap_or(u32::MAX);
        self.announcer.waiting(waiting);
        waiting
    }

    /// Puts on the board what the session bus may show.
    fn post(&mut self) {
        let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        let board = Board {
            waiting: self.count(),
            connected: count(self.sources.values().filter(|source| source.up).count()),
        };
        self.orders.board.send_if_modified(|posted| {
            let changed = *posted != board;
            *posted = board;
            changed
        });
    }

    fn publish(&self, event: PublicEvent) {
        if self.orders.public.try_send(event).is_err() {
            tracing::debug!("the session bus is slow; a signal is left out");
        }
    }

    fn keep(&self, order: signer::Order) {
        if self.orders.signer.try_send(order).is_err() {
            tracing::error!("the signer takes no orders");
        }
    }
}

#[cfg(test)]
mod tests;
