//! The session bus: how many requests wait, repeat, hush, status. No act, no code, no text of a
//! request; whoever may read the bus learns no more than that something waits.
#![expect(missing_docs, reason = "zbus generates the signals' functions without docs")]

use sayso_protocol::bus::{self, Error, Place};
use sayso_words::Words;
use tokio::sync::{mpsc, watch};
use tokio_util::sync::CancellationToken;
use zbus::Connection;
use zbus::fdo::RequestNameFlags;
use zbus::message::Header;
use zbus::object_server::{InterfaceRef, SignalEmitter};

use super::caller::Caller;
use super::desk::Desk;
use super::socket::own_uid;
use super::{Ask, Board, Call, ClientId, DoorError, PublicEvent};

/// The interface's one object.
struct Approver {
    desk: Desk,
    board: watch::Receiver<Board>,
    words: watch::Receiver<Words>,
}

#[zbus::interface(name = "org.sayso.Approver1")]
impl Approver {
    /// How many requests wait.
    #[zbus(property)]
    fn waiting(&self) -> u32 {
        self.board.borrow().waiting
    }

    /// Says the last thing again.
    async fn repeat(
        &self,
        #[zbus(header)] header: Header<'_>,
        #[zbus(connection)] connection: &Connection,
    ) -> Result<(), Error> {
        self.check(connection, &header).await?;
        let place = Place::Nowhere;
        self.desk.ask(|reply| Ask::Repeat { place, reply }).await.map(drop)
    }

    /// Stops speaking.
    async fn hush(
        &self,
        #[zbus(header)] header: Header<'_>,
        #[zbus(connection)] connection: &Connection,
    ) -> Result<(), Error> {
        self.check(connection, &header).await?;
        self.desk.ask(|reply| Ask::Hush { reply }).await
    }

    /// How many wait, and how many accounts are connected.
    #[zbus(out_args("waiting", "connected"))]
    fn status(&self) -> (u32, u32) {
        let board = *self.board.borrow();
        (board.waiting, board.connected)
    }

    /// A request came.
    #[zbus(signal)]
    async fn added(emitter: &SignalEmitter<'_>, id: &str) -> zbus::Result<()>;

    /// A request's state changed.
    #[zbus(signal)]
    async fn changed(emitter: &SignalEmitter<'_>, id: &str) -> zbus::Result<()>;

    /// A request ended.
    #[zbus(signal)]
    async fn ended(emitter: &SignalEmitter<'_>, id: &str) -> zbus::Result<()>;
}

impl Approver {
    /// Lets the same user's programs pass, outside any sandbox.
    async fn check(&self, connection: &Connection, header: &Header<'_>) -> Result<(), Error> {
        let Err(refusal) = Caller::on_bus(connection, header, own_uid()).await else {
            return Ok(());
        };
        tracing::warn!(%refusal, "a caller on the session bus was refused");
        let sentences = refusal.sentences(&self.words.borrow());
        Err(Error::Refused(sentences.unwrap_or_else(|| refusal.to_string())))
    }
}

/// Serves the object, then takes the name, and serves until `shutdown` or the end of the bus.
///
/// # Errors
/// When the bus fails, or another daemon has the name.
pub async fn run(
    connection: Connection,
    calls: mpsc::Sender<Call>,
    mut board: watch::Receiver<Board>,
    mut events: mpsc::Receiver<PublicEvent>,
    words: watch::Receiver<Words>,
    shutdown: CancellationToken,
) -> Result<(), DoorError> {
    let desk = Desk { client: ClientId::SESSION_BUS, calls, ended: shutdown.child_token() };
    let object = Approver { desk, board: board.clone(), words };
    connection.object_server().at(bus::PATH, object).await?;
    take_name(&connection).await?;
    let object = connection.object_server().interface::<_, Approver>(bus::PATH).await?;
    let mut waiting = board.borrow_and_update().waiting;
    loop {
        tokio::select! {
            biased;
            () = shutdown.cancelled() => return Ok(()),
            () = connection.closed() => {
                return Err(zbus::Error::Failure("the session bus has ended".to_owned()).into());
            }
            Some(event) = events.recv() => tell(&object, event).await?,
            Ok(()) = board.changed() => {
                let now = board.borrow_and_update().waiting;
                if now != waiting {
                    waiting = now;
                    object.get().await.waiting_changed(object.signal_emitter()).await?;
                }
            }
        }
    }
}

/// Takes the name now or not at all, and lets nobody replace us.
async fn take_name(connection: &Connection) -> Result<(), DoorError> {
    let flags = RequestNameFlags::DoNotQueue.into();
    match connection.request_name_with_flags(bus::NAME, flags).await {
        Ok(_) => Ok(()),
        Err(zbus::Error::NameTaken) => Err(DoorError::AlreadyRunning),
        Err(error) => Err(DoorError::Bus(error)),
    }
}

async fn tell(object: &InterfaceRef<Approver>, event: PublicEvent) -> zbus::Result<()> {
    let emitter = object.signal_emitter();
    match event {
        PublicEvent::Added(id) => Approver::added(emitter, &id).await,
        PublicEvent::Changed(id) => Approver::changed(emitter, &id).await,
        PublicEvent::Ended(id) => Approver::ended(emitter, &id).await,
    }
}
