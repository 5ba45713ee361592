//! The daemon put together: who owns what, and which task talks to which. All tasks are spawned
//! here and in `desktop` (the links by the registrar), and all of them end by returning.

use std::path::PathBuf;

use sayso_words::Words;
use tokio::net::UnixListener;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::announcer::Announcer;
use crate::clock;
use crate::desktop::{Desktop, QUEUE};
use crate::doors;
use crate::fallback::Fallback;
use crate::pipeline::{Inputs, Orders, Pipeline};
use crate::preferences::PreferencesFile;
use crate::store::Store;
use crate::vault::Vault;
use crate::wording::{choice_of, words_of};

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
    let Opened { preferences, fallback, remark, words, listener, store } = open(&places)?;
    ready();
    let desktop = Desktop::connect(&shutdown).await;
    let mut tasks = JoinSet::new();
    let (words_out, words_in) = watch::channel(words.clone());
    let listening = desktop.sound(&mut tasks);
    let (speech_orders, speech) = desktop.voice(&mut tasks, listening.clone());
    let (notices, notifications) = desktop.notifications(&mut tasks);
    let (lock, reader) = desktop.surroundings(&mut tasks);
    let (calls_out, calls) = mpsc::channel(QUEUE);
    let (board, public) = desktop.session_door(&mut tasks, &calls_out, &words_in);
    desktop.private_door(&mut tasks, listener, calls_out, &lock, &words_in).await;
    let ((events, signer), (signer_out, orders)) = (mpsc::channel(QUEUE), mpsc::channel(QUEUE));
    let (registrar, registrations) = mpsc::channel(4);
    let (sources_out, sources) = mpsc::channel(QUEUE);
    let (browser, not_opened) = desktop.browser(&mut tasks);
    let (screen, looked) = desktop.screen(&mut tasks);
    let announcer = Announcer::new(words, preferences.current().clone(), speech_orders, notices);
    let vault = Vault {
        state: places.state,
        preferences,
        store: store.clone(),
        session: desktop.session.clone(),
        words: words_in,
        events,
        sources: sources_out,
        network: desktop.network(&mut tasks),
        remark,
        fallback,
        shutdown: shutdown.clone(),
    };
    tasks.spawn(vault.run(signer_out.clone(), orders, registrations));
    let orders = Orders {
        signer: signer_out,
        board,
        public,
        words: words_out,
        prompt: desktop.prompts(&mut tasks),
        browser,
        screen,
        voices: desktop.voices(&mut tasks),
        registrar,
    };
    let inputs = Inputs {
        sources,
        speech,
        notifications,
        calls,
        signer,
        lock,
        reader,
        listening,
        not_opened,
        looked,
    };
    tasks.spawn(pipeline(&store, announcer, orders).await.run(inputs, shutdown.clone()));
    wait(tasks, &shutdown).await;
    Ok(())
}

/// What a daemon cannot be without.
struct Opened {
    preferences: PreferencesFile,
    /// What is to be told of a language that there is not.
    fallback: Option<Fallback>,
    /// What is wrong with the preferences.
    remark: Option<String>,
    words: Words,
    listener: UnixListener,
    store: Store,
}

fn open(places: &Places) -> Result<Opened, NotStarted> {
    let mut preferences = PreferencesFile::new(&places.config, &places.state);
    let fault = preferences.reload().err();
    let words = words_of(preferences.current());
    let listener = doors::socket::bind(&places.runtime)
        .map_err(|error| NotStarted(error.sentences(&words)))?;
    let store = Store::open(&places.state)
        .map_err(|error| NotStarted(error.at_start(&words, &places.state)))?;
    let remark = fault.map(|fault| preferences.sentence(&fault, &words));
    let fallback = Fallback::untold(&choice_of(preferences.current()), &places.state);
    Ok(Opened { preferences, fallback, remark, words, listener, store })
}

/// Where no account is registered, nobody needs to wait for the keys to be told so.
async fn pipeline(store: &Store, announcer: Announcer, orders: Orders) -> Pipeline {
    let none = store.accounts().await.is_ok_and(|accounts| accounts.is_empty());
    Pipeline::new(announcer, orders, clock::now()).with_all_accounts(none)
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
