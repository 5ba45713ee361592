//! The daemon put together: who owns what, and which task talks to which. All tasks are spawned
//! here (the links by the registrar), and all of them end by returning.

use std::path::PathBuf;
use std::process::Stdio;

use sayso_words::Words;
use tokio::net::UnixListener;
use tokio::process::Command;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use zbus::Connection;

use crate::announcer::{Announcer, notification, speech};
use crate::doors::{self, Board, PublicEvent, Reply};
use crate::fallback::Fallback;
use crate::pipeline::{Inputs, Orders, Pipeline};
use crate::preferences::PreferencesFile;
use crate::store::Store;
use crate::surroundings::audio::{self, Listening};
use crate::surroundings::lock::{self, Lock};
use crate::surroundings::reader::{self, ScreenReader};
use crate::vault::Vault;
use crate::wording::{choice_of, words_of};

/// So many events of one kind may wait.
const QUEUE: usize = 256;

/// Where everything lies.
#[derive(Clone, Debug)]
pub struct Places {
    /// The socket's folder is made here.
    pub runtime: PathBuf,
    /// The store, and keys where there is no keyring.
    pub state: PathBuf,
    /// The preferences.
    pub config: PathBuf,
}

/// Why the daemon did not start: two sentences for the person.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct NotStarted(pub String);

/// Runs until `shutdown`. `ready` is called once the door and the store are open; keys, the desktop
/// and the network come after.
///
/// # Errors
/// [`NotStarted`] when there can be no door or no store.
pub async fn run(
    places: Places,
    ready: impl FnOnce(),
    shutdown: CancellationToken,
) -> Result<(), NotStarted> {
    let mut preferences = PreferencesFile::new(&places.config, &places.state);
    let fault = preferences.reload().err();
    let chosen = preferences.current().clone();
    let words = words_of(&chosen);
    let fallback = Fallback::untold(&choice_of(&chosen), &places.state);
    let listener = doors::socket::bind(&places.runtime)
        .map_err(|error| NotStarted(error.sentences(&words)))?;
    let store = Store::open(&places.state)
        .map_err(|error| NotStarted(error.at_start(&words, &places.state)))?;
    ready();
    let remark = fault.map(|fault| preferences.sentence(&fault, &words));

    let desktop = Desktop::connect(&shutdown).await;
    let mut tasks = JoinSet::new();
    let (words_out, words_in) = watch::channel(words.clone());
    let (speech_orders, speech) = desktop.voice(&mut tasks);
    let (notices, notifications) = desktop.notifications(&mut tasks);
    let (lock, reader) = desktop.surroundings(&mut tasks);
    let listening = desktop.sound(&mut tasks);
    let (calls_out, calls) = mpsc::channel(QUEUE);
    let (board, public) = desktop.session_door(&mut tasks, &calls_out, &words_in);
    desktop.private_door(&mut tasks, listener, calls_out, &lock, &words_in).await;
    let (signer_out, orders) = mpsc::channel(QUEUE);
    let (registrar, registrations) = mpsc::channel(4);
    let (sources_out, sources) = mpsc::channel(QUEUE);
    let (events, signer) = mpsc::channel(QUEUE);
    let vault = Vault {
        state: places.state,
        preferences,
        store,
        session: desktop.session.clone(),
        words: words_in,
        events,
        sources: sources_out,
        remark,
        fallback,
        shutdown: shutdown.clone(),
    };
    tasks.spawn(vault.run(signer_out.clone(), orders, registrations));
    let announcer = Announcer::new(words, chosen, speech_orders, notices);
    let orders = Orders {
        signer: signer_out,
        board,
        public,
        words: words_out,
        prompt: desktop.prompts(&mut tasks),
        voices: desktop.voices(&mut tasks),
        registrar,
    };
    let inputs = Inputs { sources, speech, notifications, calls, signer, lock, reader, listening };
    tasks.spawn(Pipeline::new(announcer, orders).run(inputs, shutdown.clone()));
    wait(tasks, &shutdown).await;
    Ok(())
}

/// Waits until every task has returned. One that fails ends the others, and the daemon.
async fn wait(mut tasks: JoinSet<()>, shutdown: &CancellationToken) {
    while let Some(ended) = tasks.join_next().await {
        if let Err(error) = ended {
            tracing::error!(%error, "a part of the daemon failed");
            shutdown.cancel();
        }
    }
}

/// The desktop around the daemon, as much of it as there is.
struct Desktop {
    session: Option<Connection>,
    system: Option<Connection>,
    voice: Option<speech::Address>,
    /// The sound server's socket.
    sound: Option<PathBuf>,
    shutdown: CancellationToken,
}

impl Desktop {
    async fn connect(shutdown: &CancellationToken) -> Self {
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

    fn voice(
        &self,
        tasks: &mut JoinSet<()>,
    ) -> (mpsc::Sender<speech::Order>, mpsc::Receiver<speech::Event>) {
        let (orders, taken) = mpsc::channel(QUEUE);
        let (events_out, events) = mpsc::channel(QUEUE);
        let shutdown = self.shutdown.clone();
        match self.voice.clone() {
            Some(address) => {
                tasks.spawn(speech::run(address, taken, events_out, shutdown));
            }
            None => {
                tasks.spawn(no_voice(taken, events_out, shutdown));
            }
        }
        (orders, events)
    }

    fn notifications(
        &self,
        tasks: &mut JoinSet<()>,
    ) -> (mpsc::Sender<notification::Order>, mpsc::Receiver<notification::Event>) {
        let (orders, taken) = mpsc::channel(QUEUE);
        let (events_out, events) = mpsc::channel(QUEUE);
        let session = self.session.clone();
        tasks.spawn(notification::run(session, taken, events_out, self.shutdown.clone()));
        (orders, events)
    }

    fn surroundings(
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

    fn sound(&self, tasks: &mut JoinSet<()>) -> watch::Receiver<Listening> {
        let (out, listening) = watch::channel(Listening::default());
        tasks.spawn(audio::watch(self.sound.clone(), out, self.shutdown.clone()));
        listening
    }

    async fn private_door(
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

    fn session_door(
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
    fn prompts(&self, tasks: &mut JoinSet<()>) -> mpsc::Sender<()> {
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

    /// Lists the names of the voices.
    fn voices(&self, tasks: &mut JoinSet<()>) -> mpsc::Sender<Reply<Vec<String>>> {
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
