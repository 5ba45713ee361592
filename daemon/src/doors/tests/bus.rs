//! The session bus door, on a real bus of its own.

use std::path::Path;
use std::process::Stdio;

use futures_util::StreamExt;
use sayso_protocol::bus::{ApproverProxy, NAME, PATH, Place};
use sayso_words::{Language, Words};
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};
use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use zbus::Connection;
use zbus::connection::Builder;

use super::super::{Ask, Board, Call, ClientId, DoorError, PublicEvent, session_bus};
use super::{Told, answer, answer_all, output, sandbox, within};

/// A bus that ends with the test.
pub(super) struct Bus {
    pub(super) folder: TempDir,
    address: String,
    _daemon: Child,
}

impl Bus {
    pub(super) async fn start() -> Bus {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("bus");
        let mut daemon = Command::new("dbus-daemon")
            .args(["--session", "--nofork", "--nopidfile", "--print-address=1"])
            .arg(format!("--address=unix:path={}", path.display()))
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(daemon.stdout.take().unwrap()).lines();
        let address = within(lines.next_line()).await.unwrap().unwrap();
        Bus { folder, address, _daemon: daemon }
    }

    pub(super) async fn connect(&self) -> Connection {
        within(Builder::address(self.address.as_str()).unwrap().build()).await.unwrap()
    }
}

pub(super) struct Door {
    pub(super) calls: mpsc::Receiver<Call>,
    pub(super) board: watch::Sender<Board>,
    pub(super) events: mpsc::Sender<PublicEvent>,
    pub(super) shutdown: CancellationToken,
    pub(super) running: JoinHandle<Result<(), DoorError>>,
    _words: watch::Sender<Words>,
}

pub(super) async fn open(bus: &Bus) -> Door {
    let (sender, calls) = mpsc::channel(16);
    let (board, seen) = watch::channel(Board::default());
    let (events, happened) = mpsc::channel(16);
    let (words, current) = watch::channel(Words::new(Language::English));
    let shutdown = CancellationToken::new();
    let connection = bus.connect().await;
    let running = tokio::spawn(session_bus::run(
        connection,
        sender,
        seen,
        happened,
        current,
        shutdown.clone(),
    ));
    Door { calls, board, events, shutdown, running, _words: words }
}

/// Waits until somebody has the name.
pub(super) async fn wait_for_name(connection: &Connection) {
    let dbus = zbus::fdo::DBusProxy::new(connection).await.unwrap();
    let mut changes = dbus.receive_name_owner_changed().await.unwrap();
    if dbus.name_has_owner(NAME.try_into().unwrap()).await.unwrap() {
        return;
    }
    while within(changes.next()).await.unwrap().args().unwrap().name.as_str() != NAME {}
}

#[tokio::test]
async fn the_desktop_sees_numbers_and_ids_and_nothing_else() {
    let bus = Bus::start().await;
    let door = open(&bus).await;
    let client = bus.connect().await;
    wait_for_name(&client).await;
    let approver = ApproverProxy::new(&client).await.unwrap();
    assert_eq!(approver.waiting().await.unwrap(), 0);
    let mut waiting = approver.receive_waiting_changed().await;
    let mut added = approver.receive_added().await.unwrap();
    let mut changed = approver.receive_changed().await.unwrap();
    let mut ended = approver.receive_ended().await.unwrap();
    let first = within(waiting.next()).await.unwrap().get().await.unwrap();
    assert_eq!(first, 0);
    door.board.send_replace(Board { waiting: 2, connected: 1 });
    for event in [
        PublicEvent::Added("a".into()),
        PublicEvent::Changed("b".into()),
        PublicEvent::Ended("c".into()),
    ] {
        door.events.send(event).await.unwrap();
    }
    assert_eq!(within(waiting.next()).await.unwrap().get().await.unwrap(), 2);
    assert_eq!(within(added.next()).await.unwrap().args().unwrap().id, "a");
    assert_eq!(within(changed.next()).await.unwrap().args().unwrap().id, "b");
    assert_eq!(within(ended.next()).await.unwrap().args().unwrap().id, "c");
    assert_eq!(approver.status().await.unwrap(), (2, 1));
    door.shutdown.cancel();
    within(door.running).await.unwrap().unwrap();
}

#[tokio::test]
async fn repeat_speaks_and_hush_stops() {
    let bus = Bus::start().await;
    let mut door = open(&bus).await;
    let client = bus.connect().await;
    wait_for_name(&client).await;
    let approver = ApproverProxy::new(&client).await.unwrap();
    let (repeated, ()) = tokio::join!(approver.repeat(), async {
        let call = within(door.calls.recv()).await.unwrap();
        assert_eq!(call.client, ClientId::SESSION_BUS);
        assert!(matches!(call.ask, Ask::Repeat { place: Place::Nowhere, .. }));
        answer(call);
    });
    repeated.unwrap();
    let (hushed, name) =
        tokio::join!(approver.hush(), async { answer(within(door.calls.recv()).await.unwrap()) });
    hushed.unwrap();
    assert_eq!(name, "Hush");
    drop(door.calls);
    assert!(within(approver.hush()).await.is_err(), "without a pipeline: an error, no hang");
}

#[tokio::test]
async fn the_name_is_taken_once_and_never_queued_for() {
    let bus = Bus::start().await;
    let first = open(&bus).await;
    wait_for_name(&bus.connect().await).await;
    let second = open(&bus).await;
    let refused = within(second.running).await.unwrap();
    assert!(matches!(refused, Err(DoorError::AlreadyRunning)), "{refused:?}");
    assert!(!first.running.is_finished());
}

#[tokio::test]
async fn no_act_can_be_done_on_the_bus() {
    let bus = Bus::start().await;
    let door = open(&bus).await;
    let mut heard = answer_all(door.calls);
    let client = bus.connect().await;
    wait_for_name(&client).await;
    for (interface, method) in [
        ("org.sayso.Approver1.Requests", "Approve"),
        ("org.sayso.Approver1.Requests", "List"),
        ("org.sayso.Approver1.Accounts", "History"),
        ("org.sayso.Approver1", "Approve"),
    ] {
        let refused = client
            .call_method(Some(NAME), PATH, Some(interface), method, &("", "", Place::Nowhere))
            .await;
        assert!(matches!(refused, Err(zbus::Error::MethodError(..))), "{interface}.{method}");
    }
    door.shutdown.cancel();
    within(door.running).await.unwrap().unwrap();
    drop(client);
    assert!(heard.try_recv().is_err());
}

async fn hush_from(folder: &Path, told: Told) -> (bool, String) {
    let mut caller = sandbox(folder, told);
    caller.args(["dbus-send", "--print-reply", "--reply-timeout=5000"]);
    caller.arg(format!("--bus=unix:path={}", folder.join("bus").display()));
    caller.args([&format!("--dest={NAME}"), PATH, "org.sayso.Approver1.Hush"]);
    let (status, _, errors) = output(&mut caller).await;
    (status.success(), errors)
}

#[tokio::test]
async fn a_sandboxed_program_on_the_bus_is_refused() {
    let bus = Bus::start().await;
    let door = open(&bus).await;
    let mut heard = answer_all(door.calls);
    wait_for_name(&bus.connect().await).await;
    let (done, errors) = hush_from(bus.folder.path(), Told::Nothing).await;
    assert!(done, "{errors}");
    assert_eq!(within(heard.recv()).await.unwrap().1, "Hush");
    let (done, errors) = hush_from(bus.folder.path(), Told::Flatpak).await;
    assert!(!done);
    assert!(errors.contains("org.sayso.Error.Refused"), "{errors}");
    assert!(errors.contains("A sandboxed program called Sayso and was refused."), "{errors}");
    assert!(heard.try_recv().is_err());
}

#[tokio::test]
async fn the_end_of_the_bus_ends_the_door() {
    let bus = Bus::start().await;
    let door = open(&bus).await;
    wait_for_name(&bus.connect().await).await;
    drop(bus);
    let ended = within(door.running).await.unwrap();
    assert!(matches!(ended, Err(DoorError::Bus(_))), "{ended:?}");
}
