//! The private socket under those who mean harm, and those who are broken.

use std::os::unix::process::ExitStatusExt;
use std::time::Duration;

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use sayso_protocol::bus::{self, AccountsProxy, Place, RequestsProxy};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::UnixStream;
use tokio::process::{Child, Command};
use zbus::message::Flags;

use super::super::caller::{Caller, Refusal};
use super::super::{Ask, socket};
use super::{Told, answer, answer_all, connect, output, sandbox, serve, serve_in_the_open, within};

/// Greets as the uid in argument 2 at the socket in argument 1, and prints what is answered.
const GREET: &str = r"
import socket, sys
s = socket.socket(socket.AF_UNIX)
s.connect(sys.argv[1])
s.sendall(b'\0AUTH EXTERNAL ' + sys.argv[2].encode().hex().encode() + b'\r\n')
print(s.recv(500).decode(), end='')
";

fn uid() -> String {
    socket::own_uid().to_string()
}

#[tokio::test]
async fn another_user_is_refused_whatever_name_is_claimed() {
    let mut served = serve_in_the_open();
    if socket::own_uid() == 0 {
        let mut stranger = Command::new("setpriv");
        stranger.args(["--reuid=65534", "--regid=65534", "--clear-groups", "--"]);
        stranger.args(["/usr/bin/python3", "-c", GREET]).arg(&served.path).arg(uid());
        let (_, said, errors) = output(&mut stranger).await;
        let refused = "ERROR Another user called Sayso and was refused. Call it as the user whose \
                       session this is.\r\n";
        assert_eq!(said, refused, "{errors}");
    } else {
        // Only root can become somebody else: here the daemon is somebody else.
        let (near, _far) = UnixStream::pair().unwrap();
        let refused = Caller::at_socket(&near, socket::own_uid() + 1);
        assert!(matches!(refused, Err(Refusal::OtherUser(_))));
    }
    assert!(served.is_quiet().await);
}

#[tokio::test]
async fn another_user_does_not_even_reach_the_socket() {
    let served = serve();
    if socket::own_uid() == 0 {
        let mut stranger = Command::new("setpriv");
        stranger.args(["--reuid=65534", "--regid=65534", "--clear-groups", "--"]);
        stranger.args(["/usr/bin/python3", "-c", GREET]).arg(&served.path).arg(uid());
        let (status, _, errors) = output(&mut stranger).await;
        assert!(!status.success() && errors.contains("PermissionError"), "{errors}");
    }
    let folder = served.path.parent().unwrap().metadata().unwrap();
    assert_eq!(std::os::unix::fs::PermissionsExt::mode(&folder.permissions()) & 0o077, 0);
}

#[tokio::test]
async fn a_sandboxed_caller_is_refused_and_the_same_one_outside_is_not() {
    let mut served = serve();
    let greet = |told| {
        let mut caller = sandbox(served.folder.path(), told);
        caller.args(["/usr/bin/python3", "-c", GREET]).arg(&served.path).arg(uid());
        caller
    };
    let (_, said, errors) = output(&mut greet(Told::Nothing)).await;
    assert!(said.starts_with("OK "), "{said}{errors}");
    let (_, said, errors) = output(&mut greet(Told::Flatpak)).await;
    let refused = "ERROR A sandboxed program called Sayso and was refused. Use a program outside \
                   the sandbox.\r\n";
    assert_eq!(said, refused, "{errors}");
    assert!(served.is_quiet().await);
}

/// A connection that has greeted, as bytes.
async fn greeted(path: &std::path::Path) -> UnixStream {
    let mut stream = UnixStream::connect(path).await.unwrap();
    let name = uid().chars().flat_map(|digit| ['3', digit]).collect::<String>();
    stream.write_all(format!("\0AUTH EXTERNAL {name}\r\nBEGIN\r\n").as_bytes()).await.unwrap();
    let mut answer = [0; 37];
    within(stream.read_exact(&mut answer)).await.unwrap();
    assert!(answer.starts_with(b"OK "));
    stream
}

/// How many bytes come before the end. That it was cut off is an end too.
async fn drain(stream: &mut UnixStream) -> usize {
    let (mut total, mut buffer) = (0, vec![0; 1 << 16]);
    while let Ok(read @ 1..) = within(stream.read(&mut buffer)).await {
        total += read;
    }
    total
}

#[tokio::test]
async fn a_large_message_is_refused_before_it_is_read() {
    let mut served = serve();
    let mut stream = greeted(&served.path).await;
    let mut head = b"l\x01\x00\x01".to_vec();
    head.extend((120_u32 << 20).to_le_bytes());
    head.extend(1_u32.to_le_bytes());
    head.extend(64_u32.to_le_bytes());
    stream.write_all(&head).await.unwrap();
    assert_eq!(drain(&mut stream).await, 0);
    assert!(matches!(served.heard().await.ask, Ask::Gone));
}

#[tokio::test]
async fn a_silent_caller_is_let_go_and_holds_up_nobody() {
    let mut served = serve();
    let mut silent = UnixStream::connect(&served.path).await.unwrap();
    let mut slow = UnixStream::connect(&served.path).await.unwrap();
    slow.write_all(b"\0AUTH EXT").await.unwrap();
    let door = connect(&served.path).await.unwrap();
    let accounts = AccountsProxy::new(&door, bus::NAME).await.unwrap();
    let (status, _) = tokio::join!(accounts.status(), async { answer(served.heard().await) });
    status.unwrap();
    assert_eq!(drain(&mut silent).await, 0);
    assert_eq!(drain(&mut slow).await, 0);
    assert!(served.is_quiet().await, "who never came in has not gone");
}

/// Greets so many times at the socket in argument 1, and holds on until its input ends.
const HOLD_ON: &str = r"
import socket, sys
held = []
for _ in range(int(sys.argv[3])):
    s = socket.socket(socket.AF_UNIX)
    s.connect(sys.argv[1])
    try:
        s.sendall(b'\0AUTH EXTERNAL ' + sys.argv[2].encode().hex().encode() + b'\r\nBEGIN\r\n')
        if not s.recv(500).startswith(b'OK'): break
    except OSError: break
    held.append(s)
print(len(held), flush=True)
sys.stdin.read()
";

/// A process that wants `count` connections, and how many it got.
async fn hold_on(path: &std::path::Path, count: usize) -> (Child, String) {
    let mut process = Command::new("/usr/bin/python3")
        .args(["-c", HOLD_ON])
        .arg(path)
        .args([uid(), count.to_string()])
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let mut told = BufReader::new(process.stdout.take().unwrap()).lines();
    let held = within(told.next_line()).await.unwrap().unwrap();
    (process, held)
}

#[tokio::test]
async fn at_most_64_are_in_at_once_and_16_of_one_process() {
    let served = serve();
    let mut heard = answer_all(served.calls);
    let mut inside = Vec::new();
    for _ in 0..3 {
        let (process, held) = hold_on(&served.path, 17).await;
        assert_eq!(held, "16");
        inside.push(process);
    }
    let door = connect(&served.path).await.unwrap();
    within(AccountsProxy::new(&door, bus::NAME).await.unwrap().status()).await.unwrap();
    assert_eq!(within(heard.recv()).await.unwrap().1, "Status");
    let (last, held) = hold_on(&served.path, 16).await;
    assert_eq!(held, "15", "there is one other");
    let mut refused = UnixStream::connect(&served.path).await.unwrap();
    assert_eq!(drain(&mut refused).await, 0);
    inside.pop();
    for _ in 0..16 {
        assert_eq!(within(heard.recv()).await.unwrap().1, "Gone");
    }
    let door = connect(&served.path).await.unwrap();
    within(AccountsProxy::new(&door, bus::NAME).await.unwrap().status()).await.unwrap();
    drop(last);
}

#[tokio::test]
async fn a_message_that_does_not_come_to_its_end_is_not_waited_for() {
    let served = serve();
    let mut heard = answer_all(served.calls);
    // Its head says that more follows.
    let half_a_message = b"l\x01\x00\x01\x10\x00\x00\x00\x01\x00\x00\x00\x10\x00\x00\x00half";
    for half in [&half_a_message[..9], half_a_message] {
        let mut slow = greeted(&served.path).await;
        slow.write_all(half).await.unwrap();
        assert_eq!(drain(&mut slow).await, 0);
        assert_eq!(within(heard.recv()).await.unwrap().1, "Gone");
    }
}

/// Sends `count` calls that wait for a line, and lets the pipeline hold them.
pub(super) async fn attend_often(door: &zbus::Connection, count: u64, flags: Option<Flags>) {
    for after in 0..count {
        let mut call = zbus::Message::method_call(bus::PATH, "Attend")
            .unwrap()
            .interface("org.sayso.Approver1.Requests")
            .unwrap();
        if let Some(flags) = flags {
            call = call.with_flags(flags).unwrap();
        }
        door.send(&call.build(&after).unwrap()).await.unwrap();
    }
}

#[tokio::test]
async fn at_most_32_calls_are_open_whether_they_want_a_reply_or_not() {
    for flags in [None, Some(Flags::NoReplyExpected)] {
        let mut served = serve();
        let door = connect(&served.path).await.unwrap();
        attend_often(&door, 40, flags).await;
        let mut held = Vec::new();
        for _ in 0..32 {
            held.push(served.heard().await);
        }
        assert!(served.is_quiet().await, "the 33rd waits");
        answer(held.remove(0));
        assert!(matches!(served.heard().await.ask, Ask::Attend { after: 32, .. }));
        drop(held);
        for _ in 33..40 {
            assert!(matches!(served.heard().await.ask, Ask::Attend { .. }));
        }
    }
}

#[tokio::test]
async fn a_flood_that_reads_nothing_is_cut_off_and_the_others_are_served() {
    const FLOOD: usize = 100_000;
    let served = serve();
    let mut heard = answer_all(served.calls);
    let flood = connect(&served.path).await.unwrap();
    let list = zbus::Message::method_call(bus::PATH, "List")
        .unwrap()
        .interface("org.sayso.Approver1.Requests")
        .unwrap()
        .build(&Place::Terminal)
        .unwrap();
    let bytes = list.data().to_vec();
    drop(flood);
    let mut stream = greeted(&served.path).await;
    let sender = tokio::spawn(async move {
        let mut sent = 0;
        while sent < FLOOD && stream.write_all(&bytes).await.is_ok() {
            sent += 1;
        }
        (sent, stream)
    });
    let door = connect(&served.path).await.unwrap();
    let accounts = AccountsProxy::new(&door, bus::NAME).await.unwrap();
    for _ in 0..20 {
        let status = tokio::time::timeout(Duration::from_secs(2), accounts.status());
        status.await.expect("served while another floods").unwrap();
    }
    let (sent, stream) = within(sender).await.unwrap();
    assert!(sent < FLOOD, "it was cut off");
    drop(stream);
    let mut lists = 0;
    loop {
        match within(heard.recv()).await.unwrap().1 {
            "List" => lists += 1,
            "Gone" if lists > 0 => break,
            _ => {}
        }
    }
    assert!(lists < 1000, "{lists} calls were taken from one that reads nothing");
}

#[tokio::test]
async fn no_bytes_after_the_greeting_break_the_door() {
    let served = serve();
    let mut heard = answer_all(served.calls);
    let mut random = StdRng::seed_from_u64(2);
    let panics = count_panics();
    let call = zbus::Message::method_call(bus::PATH, "Enter")
        .unwrap()
        .interface("org.sayso.Approver1.Requests")
        .unwrap()
        .build(&("482913", "anna", Place::Terminal))
        .unwrap();
    for round in 0..600 {
        let mut bytes = call.data().to_vec();
        for _ in 0..random.random_range(1..6) {
            let at = random.random_range(0..bytes.len());
            bytes[at] = random.random();
        }
        if round % 3 == 0 {
            bytes.truncate(random.random_range(0..bytes.len()));
        }
        let mut stream = greeted(&served.path).await;
        stream.write_all(&bytes).await.unwrap();
        stream.shutdown().await.unwrap();
        drain(&mut stream).await;
        while within(heard.recv()).await.unwrap().1 != "Gone" {}
    }
    let door = connect(&served.path).await.unwrap();
    let requests = RequestsProxy::new(&door, bus::NAME).await.unwrap();
    assert_eq!(within(requests.list(Place::Terminal)).await.unwrap().len(), 1);
    assert!(!served.running.is_finished());
    assert_eq!(panics(), 0, "zbus panics on names that are none: they must not reach it");
}

/// Counts this thread's panics from now on, also those that a task swallows. A test's tasks all
/// run on the test's thread.
fn count_panics() -> impl Fn() -> usize {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};
    let (here, count) = (std::thread::current().id(), Arc::new(AtomicUsize::new(0)));
    let (counted, before) = (Arc::clone(&count), std::panic::take_hook());
    std::panic::set_hook(Box::new(move |panic| {
        if std::thread::current().id() == here {
            counted.fetch_add(1, Ordering::Relaxed);
        }
        before(panic);
    }));
    move || count.load(Ordering::Relaxed)
}

#[tokio::test]
async fn the_door_shuts_when_the_process_ends_though_its_child_lives_on() {
    // The shell's child inherits the connection and keeps it open until its input ends.
    const FORK: &str = r"
import os, socket, sys
s = socket.socket(socket.AF_UNIX)
s.connect(sys.argv[1])
s.sendall(b'\0AUTH EXTERNAL ' + sys.argv[2].encode().hex().encode() + b'\r\nBEGIN\r\n')
assert s.recv(500).startswith(b'OK')
if os.fork() == 0:
    while s.recv(500): pass
    print('cut off', flush=True)
else:
    sys.stdin.read()
    os.kill(os.getpid(), 9)
";
    let mut served = serve();
    let mut parent = Command::new("/usr/bin/python3")
        .args(["-c", FORK])
        .arg(&served.path)
        .arg(uid())
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let mut told = parent.stdout.take().unwrap();
    drop(parent.stdin.take());
    assert_eq!(within(parent.wait()).await.unwrap().signal(), Some(9));
    assert!(matches!(served.heard().await.ask, Ask::Gone));
    let mut text = String::new();
    within(told.read_to_string(&mut text)).await.unwrap();
    assert_eq!(text, "cut off\n");
}
