//! Desktop notifications: one for each key, replaced and closed as it goes. What stands in them,
//! and what follows from a button, is left to others; that one is dismissed means nothing.
//!
//! `notify-rust` says what a notification is. It would open a bus connection for each one, and
//! some servers answer only the connection that sent it, so the calls go over one that is kept.

mod board;
mod memory;
mod server;

use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use board::Board;
pub use memory::Memory;
use server::Server;

/// What the notifications are told to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Order {
    /// Show this, in the place of what stands under the same key.
    Show {
        /// Names the notification, usually a request.
        key: String,
        /// The heading: plain text.
        summary: String,
        /// The text: plain too, it is escaped here.
        body: String,
        /// The buttons, with what is written on them.
        actions: Vec<(Action, String)>,
        /// How much it may disturb.
        urgent: Urgency,
    },
    /// Take it away.
    Close {
        /// Which one.
        key: String,
    },
}

impl Order {
    fn key(&self) -> &str {
        match self {
            Self::Show { key, .. } | Self::Close { key } => key,
        }
    }
}

/// What a button asks for. There is no default action: a click beside the buttons does nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// Open the answer prompt.
    Answer,
    /// Deny the request.
    Deny,
    /// Say it again.
    Repeat,
}

impl Action {
    fn word(self) -> &'static str {
        match self {
            Self::Answer => "answer",
            Self::Deny => "deny",
            Self::Repeat => "repeat",
        }
    }

    fn parse(word: &str) -> Option<Self> {
        [Self::Answer, Self::Deny, Self::Repeat].into_iter().find(|action| action.word() == word)
    }
}

/// How much a notification may disturb.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Urgency {
    /// What can wait.
    Low,
    /// A request.
    Normal,
    /// Somebody else may be signing in.
    Critical,
}

/// What the notifications tell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// There is a server (or one that the bus starts when it is needed). Comes again for each new
    /// server: it knows nothing of what its predecessor showed.
    Up,
    /// There is none, or it does not answer.
    Down,
    /// The server took this notification.
    Shown {
        /// Its key.
        key: String,
        /// Its heading: another one may have been ordered under the same key meanwhile.
        summary: String,
    },
    /// It did not.
    NotShown(String),
    /// A button was pressed. Anybody of this user can make it look so: it authenticates nobody.
    Pressed {
        /// On which notification.
        key: String,
        /// Which button.
        action: Action,
    },
}

/// Shows what it is ordered to until `shutdown`; then what is shown is closed. Without a session
/// bus nothing is shown.
pub async fn run(
    session: Option<zbus::Connection>,
    orders: mpsc::Receiver<Order>,
    events: mpsc::Sender<Event>,
    shutdown: CancellationToken,
) {
    run_with(session, Memory::of_person(), orders, events, shutdown).await;
}

/// As [`run`], with the place where it is written down what is shown.
pub async fn run_with(
    session: Option<zbus::Connection>,
    memory: Memory,
    mut orders: mpsc::Receiver<Order>,
    events: mpsc::Sender<Event>,
    shutdown: CancellationToken,
) {
    let watched = match session {
        Some(session) => Server::watch(session).await.map_err(|error| error.to_string()),
        None => Err("there is no session bus".into()),
    };
    match watched {
        Ok((server, signals)) => {
            let board = Board::begin(server, memory).await;
            board.run(signals, &mut orders, &events, &shutdown).await;
        }
        Err(why) => tracing::info!(why, "no notifications"),
    }
    without_server(orders, events, shutdown).await;
}

async fn without_server(
    mut orders: mpsc::Receiver<Order>,
    events: mpsc::Sender<Event>,
    shutdown: CancellationToken,
) {
    let refuse = async {
        events.send(Event::Down).await?;
        while let Some(order) = orders.recv().await {
            if let Order::Show { key, .. } = order {
                events.send(Event::NotShown(key)).await?;
            }
        }
        Ok::<_, mpsc::error::SendError<Event>>(())
    };
    tokio::select! {
        biased;
        () = shutdown.cancelled() => {}
        _ = refuse => {}
    }
}
