//! Stores that cannot be used: at the broker, at the daemon, and in the middle of an approval.
//! What needs a disk of its own runs in a mount namespace of its own.

use std::path::PathBuf;
use std::process::Command;

use rig::broker::Broker;
use rig::cli::{self, Ran, Terminal};
use rig::daemon::Daemon;
use rig::desktop::Desktop;
use rig::disk::Disk;
use rig::namespace::{self, Own, inside};
use rig::processes::{bare_command, program};
use rig::service::Returned;
use rig::story::{CHANNELS, SERVICE, Story};
use rig::transcript::{Channel, Transcript};

const STARTING: &str = "\
Stores that cannot be used. Daemon and broker are started on a store that is read-only, on a full
disk, damaged, or from a newer version. Each says in two sentences what is wrong and what to do,
and ends with status 1; the store is left as it is.";

const APPROVING: &str = "\
A disk that fills up while Anna approves. Nothing is signed and nothing is sent; Sayso says so and
what to do. When there is room again, the same question is answered.";

/// What a newer version leaves in a store.
const NEWER: &str = "INSERT INTO refinery_schema_history (version, name, applied_on, checksum)
    VALUES (999, 'later', '2030-01-01T00:00:00Z', '1')";

/// A program and the database that it is started on.
struct Started<'a> {
    who: &'a str,
    command: Command,
    database: PathBuf,
    transcript: &'a Transcript,
}

impl Started<'_> {
    /// Starts it on each kind of store that it cannot use.
    async fn on_each_fault(&self) {
        let whole = std::fs::read(&self.database).expect("a store");
        let folder = self.database.parent().expect("a folder").display().to_string();
        let read_only =
            format!("mount --bind {folder} {folder}; mount -o remount,bind,ro {folder}");
        self.refused("read-only", namespace::with(Own::Mounts, &read_only, &self.command)).await;
        let full = format!(
            "mkdir {folder}.old; cp -r {folder}/. {folder}.old; \
             mount -t tmpfs -o size=1m,mode=700 tmpfs {folder}; cp -r {folder}.old/. {folder}; \
             dd if=/dev/zero of={folder}/ballast bs=4k 2>/dev/null || true"
        );
        self.refused("on a full disk", namespace::with(Own::Mounts, &full, &self.command)).await;
        std::fs::remove_dir_all(format!("{folder}.old")).expect("a folder");

        let mut damaged = whole.clone();
        damaged[4096..8192].fill(b'x');
        std::fs::write(&self.database, &damaged).expect("a store");
        self.refused("damaged", namespace::with(Own::Mounts, ":", &self.command)).await;
        assert_eq!(std::fs::read(&self.database).expect("a store"), damaged, "it was changed");
        std::fs::write(&self.database, &whole).expect("a store");

        let store = rusqlite::Connection::open(&self.database).expect("a store");
        store.execute_batch(NEWER).expect("a store");
        drop(store);
        self.refused("from a newer version", namespace::with(Own::Mounts, ":", &self.command))
            .await;
    }

    async fn refused(&self, store: &str, command: Command) {
        self.transcript.note(Channel::Act, format!("{} starts; its store is {store}", self.who));
        let Ran { status, out, err } = cli::run_silently(command, "").await;
        assert_eq!((status, out.as_str()), (1, ""), "{}, {store}: {err}", self.who);
        assert!(!err.contains("panicked"), "{err}");
        let sentences = err.trim_end();
        assert_eq!(sentences.lines().count(), 1, "{err}");
        assert!(sentences.matches(". ").count() == 1 && sentences.ends_with('.'), "{err}");
        self.transcript.note(Channel::Printed, format!("printed: {sentences}"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn starting() {
    let desktop = Desktop::builder(STARTING).without_speech().start().await;
    let transcript = desktop.transcript();
    transcript.name(&desktop.dir().display().to_string(), "DIR");
    let mut daemon = Daemon::start(&desktop).await;
    daemon.stop().await;
    let mut command = desktop.command(program("saysod"));
    command.env("RUST_LOG", "off");
    let database = Daemon::store(&desktop);
    Started { who: "the daemon", command, database, transcript }.on_each_fault().await;

    let mut broker = Broker::start(&desktop).await;
    broker.add_account("anna").await;
    broker.stop().await;
    let mut command = bare_command(program("sayso-broker"));
    command.args(["serve", "--listen", "127.0.0.1:0", "--store"]).arg(broker.store());
    command.env("HOME", desktop.dir()).env("LANG", "en_US.UTF-8").env("RUST_LOG", "off");
    let database = broker.database();
    Started { who: "the broker", command, database, transcript }.on_each_fault().await;
    desktop.compare("store-faults-starting");
}

#[tokio::test(flavor = "multi_thread")]
async fn approving() {
    if !inside(Own::Mounts, "store_faults::approving") {
        return;
    }
    let desktop = Desktop::builder(APPROVING).start().await;
    let disk = desktop.dir().join("home/.local/state");
    let disk = Disk::mount(&disk, 2).await;
    let broker = Broker::start(&desktop).await;
    let daemon = Daemon::start(&desktop).await;
    let mut story = Story::begin_as(desktop, broker, daemon, SERVICE, &CHANNELS).await;
    let mut login = story.log_in("CODE-1").await;

    let mut terminal = Terminal::sayso(&story.desktop, &["enter", &login.code]);
    story.wait_for_question(&mut terminal).await;
    story.act("the disk fills up");
    let ballast = disk.fill(0);
    terminal.type_line("approve");
    let rest = terminal.wait_for_status(4).await;
    assert!(rest.contains("The disk is full, so nothing was signed."), "{rest}");
    assert!(story.broker.proxy().passed_named("POST /v1/requests/*/decision").is_empty());

    story.act("there is room again");
    drop(ballast);
    let mut terminal = Terminal::sayso(&story.desktop, &[]);
    terminal.read_until("Answer:").await;
    terminal.type_line("approve");
    login.go_on("Approved", story.transcript()).await;
    terminal.wait_for_status(0).await;
    assert!(matches!(story.service.wait_for_return().await, Returned::Outcome(_)));
    story.end("store-faults-approving").await;
}
