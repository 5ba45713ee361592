//! The ends of the pipeline: everything that can happen to it, and where its orders go.

use std::time::Instant;

use sayso_protocol::request::RequestId;
use sayso_words::Words;
use tokio::sync::{mpsc, watch};

use crate::announcer::{notification, speech};
use crate::clock;
use crate::doors::{Board, Call, PublicEvent, Reply};
use crate::errands::browser::Visit;
use crate::errands::screen::{Look, Looked};
use crate::registrar;
use crate::signer;
use crate::source::FromSource;
use crate::surroundings::audio::Listening;
use crate::surroundings::lock::Lock;
use crate::surroundings::reader::ScreenReader;

/// Everything that can happen to the pipeline.
#[derive(Debug)]
pub enum Event {
    /// A source tells.
    Source(FromSource),
    /// The voice tells.
    Speech(speech::Event),
    /// The notification server tells.
    Notification(notification::Event),
    /// Somebody calls through a door.
    Call(Call),
    /// The signer tells.
    Signer(signer::Event),
    /// The screen was locked or unlocked.
    Lock(Lock),
    /// A screen reader started or ended.
    Reader(ScreenReader),
    /// Headphones came or went.
    Listening(Listening),
    /// No browser could be opened to finish this approval.
    NotOpened(RequestId),
    /// The screens were looked at.
    Looked(Looked),
    /// A deadline came.
    Due,
}

/// Where the pipeline's events come from.
pub struct Inputs {
    /// All sources.
    pub sources: mpsc::Receiver<FromSource>,
    /// The voice.
    pub speech: mpsc::Receiver<speech::Event>,
    /// The notification server.
    pub notifications: mpsc::Receiver<notification::Event>,
    /// Both doors.
    pub calls: mpsc::Receiver<Call>,
    /// The signer and the registrar.
    pub signer: mpsc::Receiver<signer::Event>,
    /// The screen.
    pub lock: watch::Receiver<Lock>,
    /// The screen reader.
    pub reader: watch::Receiver<ScreenReader>,
    /// Who hears what is said.
    pub listening: watch::Receiver<Listening>,
    /// Approvals for which no browser could be opened.
    pub not_opened: mpsc::Receiver<RequestId>,
    /// What was seen on the screens.
    pub looked: mpsc::Receiver<Looked>,
}

impl Inputs {
    pub(super) async fn next(&mut self, deadline: Option<Instant>) -> Option<Event> {
        tokio::select! {
            biased;
            event = self.speech.recv() => event.map(Event::Speech),
            event = self.notifications.recv() => event.map(Event::Notification),
            Ok(()) = self.listening.changed() => {
                Some(Event::Listening(*self.listening.borrow_and_update()))
            }
            Ok(()) = self.lock.changed() => Some(Event::Lock(*self.lock.borrow_and_update())),
            Ok(()) = self.reader.changed() => Some(Event::Reader(*self.reader.borrow_and_update())),
            event = self.signer.recv() => event.map(Event::Signer),
            Some(looked) = self.looked.recv() => Some(Event::Looked(looked)),
            Some(id) = self.not_opened.recv() => Some(Event::NotOpened(id)),
            event = self.sources.recv() => event.map(Event::Source),
            call = self.calls.recv() => call.map(Event::Call),
            () = clock::until_some(deadline) => Some(Event::Due),
        }
    }
}

/// Where the pipeline's orders go.
pub struct Orders {
    /// To the signer, which also keeps what must be kept.
    pub signer: mpsc::Sender<signer::Order>,
    /// What the session bus shows.
    pub board: watch::Sender<Board>,
    /// What the session bus signals.
    pub public: mpsc::Sender<PublicEvent>,
    /// The language, for the doors.
    pub words: watch::Sender<Words>,
    /// Starts `sayso` for the person who pressed "Answer".
    pub prompt: mpsc::Sender<()>,
    /// Opens addresses that finish approvals.
    pub browser: mpsc::Sender<Visit>,
    /// Looks at the screens.
    pub screen: mpsc::Sender<Look>,
    /// Lists the voices.
    pub voices: mpsc::Sender<Reply<Vec<String>>>,
    /// Registers this computer, and forgets where it is registered no longer.
    pub registrar: mpsc::Sender<registrar::Call>,
}
