//! The desktop around the daemon: which of its parts there are, and the task that talks to each.

use std::path::PathBuf;
use std::process::Stdio;

use futures_util::future::BoxFuture;
use sayso_protocol::request::RequestId;
use sayso_words::Words;
use tokio::net::UnixListener;
use tokio::process::Command;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use zbus::Connection;

use crate::announcer::{notification, spare, speech};
use crate::doors::{self, Board, PublicEvent, Reply};
use crate::errands::browser::{self, Visit};
use crate::errands::screen::{self, Look, Looked};
use crate::surroundings::audio::{self, Listening};
use crate::surroundings::lock::{self, Lock};
use crate::surroundings::network;
use crate::surroundings::reader::{self, ScreenReader};

/// So many events of one kind may wait.
pub(crate) const QUEUE: usize = 256;

/// The desktop around the daemon, as much of it as there is.
pub(crate) struct Desktop {
    pub(crate) session: Option<Connection>,
    system: Option<Connection>,
    voice: Option<speech::Address>,
    /// The sound server's socket.
    sound: Option<PathBuf>,
    shutdown: CancellationToken,
}

impl Desktop {
    pub(crate) async fn connect(shutdown: &CancellationToken) -> Self {
        let session = Connection::session().await;
        let system = Connection::system().await;
        if let Err(error) = &session {
            tracing::info!(%error, "there is no session bus");
        }
        Self {
            session: session.ok(),
            system: system.ok(),
            voice: speech::Address::of_person(),
            sound: audio::socket_of_person(),
            shutdown: shutdown.clone(),
        }
    }

    /// Speech Dispatcher's voice, and the spare one. `sound` tells of changes of the sound server.
    pub(crate) fn voice(
        &self,
        tasks: &mut JoinSet<()>,
        sound: watch::Receiver<Listening>,
    ) -> (mpsc::Sender<speech::Order>, mpsc::Receiver<speech::Event>) {
        let (main_orders, taken) = mpsc::channel(QUEUE);
        let (events_out, main_events) = mpsc::channel(QUEUE);
        let shutdown = self.shutdown.clone();
        let dispatcher: BoxFuture<'static, ()> = match self.voice.clone() {
            Some(address) => Box::pin(speech::run(address, taken, events_out, shutdown)),
            None => Box::pin(no_voice(taken, events_out, shutdown)),
        };
        let (orders, taken) = mpsc::channel(QUEUE);
        let (events_out, events) = mpsc::channel(QUEUE);
        let main = spare::Main { orders: main_orders, events: main_events };
        let (program, shutdown) = (spare::Program::of_person(), self.shutdown.clone());
        let relay = spare::run(program, main, taken, events_out, sound, shutdown);
        // One task: what the one passes on, the other says before anything else has its turn.
        tasks.spawn(async {
            tokio::join!(biased; relay, dispatcher);
        });
        (orders, events)
    }

    pub(crate) fn notifications(
        &self,
        tasks: &mut JoinSet<()>,
    ) -> (mpsc::Sender<notification::Order>, mpsc::Receiver<notification::Event>) {
        let (orders, taken) = mpsc::channel(QUEUE);
        let (events_out, events) = mpsc::channel(QUEUE);
        let session = self.session.clone();
        tasks.spawn(notification::run(session, taken, events_out, self.shutdown.clone()));
        (orders, events)
    }

    pub(crate) fn surroundings(
        &self,
        tasks: &mut JoinSet<()>,
    ) -> (watch::Receiver<Lock>, watch::Receiver<ScreenReader>) {
        let (lock_out, lock) = watch::channel(Lock::default());
        let (reader_out, reader) = watch::channel(ScreenReader::default());
        let (session, system) = (self.session.clone(), self.system.clone());
        tasks.spawn(lock::watch(system, session.clone(), lock_out, self.shutdown.clone()));
        tasks.spawn(reader::watch(session, reader_out, self.shutdown.clone()));
        (lock, reader)
    }

    pub(crate) fn sound(&self, tasks: &mut JoinSet<()>) -> watch::Receiver<Listening> {
        let (out, listening) = watch::channel(Listening::default());
        tasks.spawn(audio::watch(self.sound.clone(), out, self.shutdown.clone()));
        listening
    }

    pub(crate) fn network(&self, tasks: &mut JoinSet<()>) -> watch::Receiver<network::Changes> {
        let (out, changes) = watch::channel(0);
        tasks.spawn(network::watch(self.system.clone(), out, self.shutdown.clone()));
        changes
    }

    pub(crate) async fn private_door(
        &self,
        tasks: &mut JoinSet<()>,
        listener: UnixListener,
        calls: mpsc::Sender<doors::Call>,
        lock: &watch::Receiver<Lock>,
        words: &watch::Receiver<Words>,
    ) {
        let own_session = match &self.system {
            Some(system) => lock::own_session(system).await,
            None => None,
        };
        let (lock, words, shutdown) = (lock.clone(), words.clone(), self.shutdown.clone());
        tasks.spawn(doors::socket::run(listener, calls, lock, own_session, words, shutdown));
    }

    pub(crate) fn session_door(
        &self,
        tasks: &mut JoinSet<()>,
        calls: &mpsc::Sender<doors::Call>,
        words: &watch::Receiver<Words>,
    ) -> (watch::Sender<Board>, mpsc::Sender<PublicEvent>) {
        let (board_out, board) = watch::channel(Board::default());
        let (public_out, public) = mpsc::channel(QUEUE);
        if let Some(session) = self.session.clone() {
            let (calls, words, shutdown) = (calls.clone(), words.clone(), self.shutdown.clone());
            tasks.spawn(async move {
                let door = doors::session_bus::run(session, calls, board, public, words, shutdown);
                if let Err(error) = door.await {
                    tracing::warn!(%error, "the door at the session bus is closed");
                }
            });
        }
        (board_out, public_out)
    }

    /// Starts `sayso` for who pressed "Answer": one at a time.
    pub(crate) fn prompts(&self, tasks: &mut JoinSet<()>) -> mpsc::Sender<()> {
        let (out, mut wanted) = mpsc::channel::<()>(1);
        let shutdown = self.shutdown.clone();
        tasks.spawn(async move {
            let serve = async {
                while wanted.recv().await.is_some() {
                    let prompt = Command::new(beside("sayso")).stdin(Stdio::null()).status().await;
                    if let Err(error) = prompt {
                        tracing::error!(%error, "the prompt cannot be started");
                    }
                }
            };
            tokio::select! { () = serve => {}, () = shutdown.cancelled() => {} }
        });
        out
    }

    /// Opens addresses in the person's browser.
    pub(crate) fn browser(
        &self,
        tasks: &mut JoinSet<()>,
    ) -> (mpsc::Sender<Visit>, mpsc::Receiver<RequestId>) {
        let (orders, taken) = mpsc::channel(4);
        let (failed, not_opened) = mpsc::channel(4);
        let session = self.session.clone();
        tasks.spawn(browser::run(session, taken, failed, self.shutdown.clone()));
        (orders, not_opened)
    }

    /// Looks at the screens.
    pub(crate) fn screen(
        &self,
        tasks: &mut JoinSet<()>,
    ) -> (mpsc::Sender<Look>, mpsc::Receiver<Looked>) {
        let (orders, taken) = mpsc::channel(4);
        let (out, looked) = mpsc::channel(4);
        let session = self.session.clone();
        tasks.spawn(screen::run(session, taken, out, self.shutdown.clone()));
        (orders, looked)
    }

    /// Lists the names of the voices.
    pub(crate) fn voices(&self, tasks: &mut JoinSet<()>) -> mpsc::Sender<Reply<Vec<String>>> {
        let (out, mut wanted) = mpsc::channel::<Reply<Vec<String>>>(4);
        let (address, shutdown) = (self.voice.clone(), self.shutdown.clone());
        tasks.spawn(async move {
            let serve = async {
                while let Some(reply) = wanted.recv().await {
                    let voices = match &address {
                        Some(address) => speech::list_voices(address).await.unwrap_or_default(),
                        None => Vec::new(),
                    };
                    let names = voices.into_iter().map(|voice| voice.name).collect();
                    drop(reply.send(Ok(names)));
                }
            };
            tokio::select! { () = serve => {}, () = shutdown.cancelled() => {} }
        });
        out
    }
}

/// The program of this name that was installed with this one, else the one on the search path.
fn beside(name: &str) -> PathBuf {
    let own = std::env::current_exe().ok();
    let beside = own.map(|own| own.with_file_name(name)).filter(|path| path.is_file());
    beside.unwrap_or_else(|| name.into())
}

/// Without a place where Speech Dispatcher could listen, there is no voice, and that is said.
async fn no_voice(
    mut orders: mpsc::Receiver<speech::Order>,
    events: mpsc::Sender<speech::Event>,
    shutdown: CancellationToken,
) {
    let down = speech::Event::Down { why: speech::DownReason::Refused };
    let _nobody_listens = events.send(down).await;
    let serve = async {
        while let Some(order) = orders.recv().await {
            if let speech::Order::Say(utterance) = order {
                let _nobody_listens = events.send(speech::Event::NotSaid(utterance.id)).await;
            }
        }
    };
    tokio::select! { () = serve => {}, () = shutdown.cancelled() => {} }
}
