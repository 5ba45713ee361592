//! The private socket in daily life.

use std::os::unix::fs::PermissionsExt;

use sayso_protocol::bus::{
    self, AccountsProxy, Aloud, ChangesProxy, Channel, Error, Place, Preferences, Registration,
    RequestsProxy, SpeakCodes, VoiceProxy,
};
use sayso_protocol::change::{ApproveWith, SameDevice};

use super::super::{Ask, DoorError, socket};
use super::hostile::attend_often;
use super::{answer, answer_all, connect, serve, within};
use crate::surroundings::lock::Lock;

#[tokio::test]
async fn every_method_of_the_contract_arrives_with_its_arguments() {
    let served = serve();
    let mut heard = answer_all(served.calls);
    let door = connect(&served.path).await.unwrap();
    let requests = RequestsProxy::new(&door, bus::NAME).await.unwrap();
    assert_eq!(requests.list(Place::Terminal).await.unwrap()[0].service, "Brugseni");
    assert!(matches!(requests.next(Place::Dialog).await, Err(Error::NoRequest(_))));
    let wrong = requests.enter("482913", "anna", Place::Terminal).await;
    assert!(matches!(wrong, Err(Error::WrongCode(text)) if text == "482913 anna"));
    let refused = requests.open("sayso:x", Place::Dialog).await;
    assert!(matches!(refused, Err(Error::NotAnAddress(address)) if address == "sayso:x"));
    let refused = requests.scanned("sayso:y", Place::Terminal).await;
    assert!(matches!(refused, Err(Error::NotAnAddress(address)) if address == "sayso:y"));
    assert!(matches!(requests.look(Place::Terminal).await, Err(Error::Unseen(_))));
    assert_eq!(requests.sort(&["one", "two"], Place::Terminal).await.unwrap(), []);
    assert!(matches!(requests.take("f", Place::Terminal).await,
        Err(Error::NoRequest(id)) if id == "f"));
    assert_eq!(requests.readout("g", Place::Terminal).await.unwrap().id, "g");
    assert!(matches!(requests.say_readout("g", Aloud::Here, Place::Terminal).await,
        Err(Error::Loud(text)) if text == "Here"));
    assert!(matches!(requests.how_it_ended("h").await,
        Err(Error::NoRequest(id)) if id == "h"));
    assert!(matches!(requests.question("a", Place::Terminal).await,
        Err(Error::NoQuestion(id)) if id == "a"));
    assert!(matches!(requests.approve("b", "t", Place::Terminal).await,
        Err(Error::NotAnnounced(text)) if text == "b t"));
    assert!(matches!(requests.deny("c", "", Place::Terminal).await,
        Err(Error::Ended(id)) if id == "c"));
    assert!(matches!(requests.report("d", "", Place::Terminal).await,
        Err(Error::Expired(id)) if id == "d"));
    assert_eq!(requests.time("e", Place::Terminal).await.unwrap(), "e");
    assert_eq!(requests.more_time("m", Place::Terminal).await.unwrap(), "m");
    assert_eq!(requests.away(60, Place::Terminal).await.unwrap(), "60s");
    assert_eq!(requests.back(Place::Dialog).await.unwrap(), "Dialog");
    assert_eq!(requests.quiet().await.unwrap(), ["Q."]);
    assert_eq!(requests.attend(6).await.unwrap(), (7, vec![]));
    requests.attended(7).await.unwrap();
    let voice = VoiceProxy::new(&door, bus::NAME).await.unwrap();
    assert_eq!(voice.repeat(Place::Terminal).await.unwrap(), "Terminal");
    voice.hush().await.unwrap();
    assert!(voice.try_channel(Channel::Speech).await.unwrap());
    assert_eq!(voice.voices().await.unwrap(), ["anna"]);
    let preferences = voice.preferences().await.unwrap();
    assert_eq!(preferences, Preferences::default());
    voice.prefer(&preferences).await.unwrap();
    let accounts = AccountsProxy::new(&door, bus::NAME).await.unwrap();
    assert_eq!(accounts.register(&registration()).await.unwrap(), "kitchen");
    assert_eq!(accounts.list(Place::Terminal).await.unwrap(), []);
    assert_eq!(accounts.status().await.unwrap().waiting, 1);
    assert_eq!(accounts.history(3).await.unwrap(), []);
    assert!(accounts.verify_history().await.unwrap().whole);
    drop((requests, voice, accounts));
    door.close().await.unwrap();
    let mut order = Vec::new();
    while order.last() != Some(&"Gone") {
        order.push(within(heard.recv()).await.unwrap().1);
    }
    let expected = "List Next Enter Open Scanned Look Sort Take Readout SayReadout HowItEnded Question Approve Deny Report Time MoreTime Away Back Quiet Attend Attended Repeat Hush \
                    TryChannel Voices Preferences Prefer Register Accounts Status History \
                    VerifyHistory Gone";
    assert_eq!(order.join(" "), expected);
}

/// A registration with every field.
fn registration() -> Registration {
    Registration {
        broker: "https://broker.example".into(),
        account: "anna".into(),
        activation: "0".repeat(14),
        computer: "kitchen".into(),
        approve_with: ApproveWith::Qr,
        same_device: SameDevice::Off,
        speak_codes: SpeakCodes::Private,
    }
}

#[tokio::test]
async fn settings_have_an_interface_of_their_own() {
    let served = serve();
    let mut heard = answer_all(served.calls);
    let door = connect(&served.path).await.unwrap();
    let changes = ChangesProxy::new(&door, bus::NAME).await.unwrap();
    let at = Place::Terminal;
    let text = |error: Error| zbus::DBusError::description(&error).map(str::to_owned).unwrap();
    assert_eq!(text(changes.settings("anna").await.unwrap_err()), "anna");
    assert_eq!(changes.pending("").await.unwrap(), []);
    assert_eq!(text(changes.approvers("anna").await.unwrap_err()), "anna");
    let set = changes.set("anna", "approve_with", "qr", at).await;
    assert_eq!(text(set.unwrap_err()), "anna approve_with qr");
    assert_eq!(text(changes.confirm("c1", at).await.unwrap_err()), "c1");
    assert_eq!(text(changes.remove("anna", "laptop", at).await.unwrap_err()), "anna laptop");
    assert_eq!(text(changes.agree("t", at).await.unwrap_err()), "t");
    assert_eq!(text(changes.cancel("c2", at).await.unwrap_err()), "c2");
    drop(changes);
    door.close().await.unwrap();
    let mut order = Vec::new();
    while order.last() != Some(&"Gone") {
        order.push(within(heard.recv()).await.unwrap().1);
    }
    let expected = "Settings Pending Approvers Set Confirm Remove Agree Cancel Gone";
    assert_eq!(order.join(" "), expected);
}

#[tokio::test]
async fn behind_the_lock_there_is_only_hush_a_short_repeat_and_status() {
    // Whichever session this test runs in, nobody says that another one is the locked one.
    let mut served = serve();
    served.lock.send_replace(Lock::Locked);
    let door = connect(&served.path).await.unwrap();
    let requests = RequestsProxy::new(&door, bus::NAME).await.unwrap();
    let voice = VoiceProxy::new(&door, bus::NAME).await.unwrap();
    let accounts = AccountsProxy::new(&door, bus::NAME).await.unwrap();
    let is_locked = |error: &Error| {
        matches!(error, Error::Locked(text)
        if text == "The screen is locked. Unlock it, then try again.")
    };
    assert!(is_locked(&requests.list(Place::Terminal).await.unwrap_err()));
    assert!(is_locked(&requests.enter("482913", "", Place::Terminal).await.unwrap_err()));
    assert!(is_locked(&requests.approve("", "", Place::Nowhere).await.unwrap_err()));
    assert!(is_locked(&requests.look(Place::Terminal).await.unwrap_err()));
    assert!(is_locked(&requests.readout("", Place::Terminal).await.unwrap_err()));
    assert!(is_locked(&requests.say_readout("", Aloud::Here, Place::Terminal).await.unwrap_err()));
    assert!(is_locked(&requests.how_it_ended("h").await.unwrap_err()));
    assert!(is_locked(&requests.attend(0).await.unwrap_err()));
    assert!(is_locked(&voice.preferences().await.unwrap_err()));
    assert!(is_locked(&accounts.history(9).await.unwrap_err()));
    let changes = ChangesProxy::new(&door, bus::NAME).await.unwrap();
    assert!(is_locked(&changes.pending("").await.unwrap_err()));
    assert!(is_locked(&changes.agree("t", Place::Terminal).await.unwrap_err()));
    assert!(served.is_quiet().await, "nothing of that reached the pipeline");
    let (place, call) =
        tokio::join!(voice.repeat(Place::Terminal), async { answer(served.heard().await) });
    assert_eq!((place.unwrap().as_str(), call), ("Nowhere", "Repeat"));
    let (hushed, _) = tokio::join!(voice.hush(), async { answer(served.heard().await) });
    hushed.unwrap();
    let (status, _) = tokio::join!(accounts.status(), async { answer(served.heard().await) });
    status.unwrap();
    served.lock.send_replace(Lock::Unlocked);
    let (list, _) =
        tokio::join!(requests.list(Place::Terminal), async { answer(served.heard().await) });
    assert_eq!(list.unwrap().len(), 1);
}

#[tokio::test]
async fn what_comes_after_the_screen_was_locked_is_not_handed_out() {
    let mut served = serve();
    let door = connect(&served.path).await.unwrap();
    let requests = RequestsProxy::new(&door, bus::NAME).await.unwrap();
    let (lines, ()) = tokio::join!(requests.attend(0), async {
        let call = served.heard().await;
        served.lock.send_replace(Lock::Locked);
        answer(call);
    });
    assert!(matches!(lines, Err(Error::Locked(_))));
}

#[tokio::test]
async fn a_call_that_is_dropped_ends_in_an_error() {
    let mut served = serve();
    let door = connect(&served.path).await.unwrap();
    let requests = RequestsProxy::new(&door, bus::NAME).await.unwrap();
    let (list, ()) =
        tokio::join!(within(requests.list(Place::Terminal)), async { drop(served.heard().await) });
    assert!(matches!(list, Err(Error::ZBus(_))));
    drop(served.calls);
    let list = within(requests.list(Place::Terminal)).await;
    assert!(matches!(list, Err(Error::ZBus(_))));
}

#[tokio::test]
async fn a_shutdown_ends_open_calls_and_takes_the_socket_away() {
    let mut served = serve();
    let door = connect(&served.path).await.unwrap();
    let requests = RequestsProxy::new(&door, bus::NAME).await.unwrap();
    let (attend, kept) = tokio::join!(within(requests.attend(0)), async {
        let kept = served.heard().await;
        served.shutdown.cancel();
        kept
    });
    assert!(matches!(attend, Err(Error::ZBus(_))));
    assert!(matches!(served.heard().await.ask, Ask::Gone));
    within(served.running).await.unwrap();
    assert!(!served.path.exists());
    drop(kept);
}

#[tokio::test]
async fn a_pipeline_that_takes_nothing_more_does_not_hold_up_the_shutdown() {
    let served = serve();
    let mut doors = Vec::new();
    for _ in 0..10 {
        let door = connect(&served.path).await.unwrap();
        attend_often(&door, 32, None).await;
        doors.push(door);
    }
    let is_full = async {
        while served.calls.len() < served.calls.max_capacity() {
            tokio::task::yield_now().await;
        }
    };
    within(is_full).await;
    served.shutdown.cancel();
    within(served.running).await.unwrap();
}

#[tokio::test]
async fn a_stale_socket_is_replaced_and_a_living_one_is_not() {
    let folder = tempfile::tempdir().unwrap();
    let first = socket::bind(folder.path()).unwrap();
    assert!(matches!(socket::bind(folder.path()), Err(DoorError::AlreadyRunning)));
    drop(first);
    let second = socket::bind(folder.path()).unwrap();
    let path = folder.path().join(bus::SOCKET);
    let mode = |path: &std::path::Path| path.metadata().unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&path), 0o600);
    assert_eq!(mode(path.parent().unwrap()), 0o700);
    drop(second);
}

#[tokio::test]
async fn a_daemon_that_hangs_with_a_full_queue_is_alive() {
    let folder = tempfile::tempdir().unwrap();
    let listener = socket::bind(folder.path()).unwrap();
    let path = folder.path().join(bus::SOCKET);
    rustix::net::listen(&listener, 0).unwrap();
    let waiting = std::os::unix::net::UnixStream::connect(&path).unwrap();
    assert!(matches!(socket::bind(folder.path()), Err(DoorError::AlreadyRunning)));
    drop(waiting);
}

#[tokio::test]
async fn an_open_folder_is_closed_and_a_strange_one_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let ours = folder.path().join("sayso");
    std::fs::create_dir(&ours).unwrap();
    std::fs::set_permissions(&ours, std::fs::Permissions::from_mode(0o777)).unwrap();
    drop(socket::bind(folder.path()).unwrap());
    assert_eq!(ours.metadata().unwrap().permissions().mode() & 0o777, 0o700);

    let linked = tempfile::tempdir().unwrap();
    std::os::unix::fs::symlink(&ours, linked.path().join("sayso")).unwrap();
    assert!(matches!(socket::bind(linked.path()), Err(DoorError::Socket { .. })));

    let missing = folder.path().join("nowhere");
    assert!(matches!(socket::bind(&missing), Err(DoorError::NoRuntimeFolder { .. })));

    let taken = tempfile::tempdir().unwrap();
    std::fs::create_dir(taken.path().join("sayso")).unwrap();
    std::fs::write(taken.path().join("sayso/socket"), "a letter").unwrap();
    assert!(matches!(socket::bind(taken.path()), Err(DoorError::Socket { .. })));
    assert_eq!(std::fs::read(taken.path().join("sayso/socket")).unwrap(), b"a letter");
}

#[tokio::test]
async fn an_error_of_the_door_is_two_sentences() {
    let words = sayso_words::Words::new(sayso_words::Language::English);
    let source = || std::io::Error::other("x");
    let path = std::path::PathBuf::from("/run/user/1000");
    for error in [
        DoorError::NoRuntimeFolder { path: path.clone(), source: source() },
        DoorError::Socket { path, source: source() },
        DoorError::AlreadyRunning,
        DoorError::Bus(zbus::Error::InvalidReply),
    ] {
        let sentences = error.sentences(&words);
        assert!(sentences.matches(". ").count() >= 1 && sentences.ends_with('.'), "{sentences}");
    }
}
