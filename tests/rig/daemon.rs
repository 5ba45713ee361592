//! `saysod` as a process of the person's session.

use std::path::PathBuf;

use tokio::net::UnixDatagram;

use crate::cli;
use crate::clock::FakeClock;
use crate::desktop::Desktop;
use crate::processes::{Process, program};

/// A daemon, running or not.
#[derive(Debug)]
pub struct Daemon {
    process: Option<Process>,
    log: &'static str,
}

impl Daemon {
    /// Starts it and waits until it says that it is ready.
    pub async fn start(desktop: &Desktop) -> Daemon {
        let mut daemon = Daemon { process: None, log: "debug" };
        daemon.start_again(desktop).await;
        daemon
    }

    /// Starts it as the person's session would, telling its log no more than it does there.
    pub async fn start_measured(desktop: &Desktop) -> Daemon {
        let mut daemon = Daemon { process: None, log: "info" };
        daemon.start_again(desktop).await;
        daemon
    }

    /// Starts it with a clock that the story moves; `sayso` lives by it too.
    pub async fn start_with_clock(desktop: &Desktop, clock: FakeClock) -> Daemon {
        desktop.live_by(clock);
        Daemon::start(desktop).await
    }

    /// Starts it on the same store and waits until it is ready (`READY=1`).
    ///
    /// # Panics
    /// If it does not get ready; its log is in the message.
    pub async fn start_again(&mut self, desktop: &Desktop) {
        let address = desktop.dir().join("notify");
        std::fs::remove_file(&address).ok();
        let notify = UnixDatagram::bind(&address).expect("a socket for readiness");
        let mut command = desktop.command(program("saysod"));
        command.env("NOTIFY_SOCKET", &address).env("RUST_LOG", self.log).env("RUST_BACKTRACE", "1");
        if let Some(clock) = desktop.clock() {
            command.envs(clock.env());
        }
        let mut process = Process::start_quiet("saysod", &mut command, &desktop.logs());
        let mut said = vec![0; 4096];
        let ready = async {
            while let Ok(length) = notify.recv(&mut said).await {
                if String::from_utf8_lossy(&said[..length]).lines().any(|line| line == "READY=1") {
                    return;
                }
            }
        };
        tokio::select! {
            () = ready => {}
            status = process.wait_for_end() => {
                panic!("saysod ended ({status}) before it was ready; its log:\n{}", process.log());
            }
        }
        self.process = Some(process);
    }

    /// Kills it (`SIGKILL`), if it runs.
    pub fn kill(&mut self) {
        if let Some(mut process) = self.process.take() {
            process.kill();
        }
    }

    /// Asks it to end and waits; it ends well.
    ///
    /// # Panics
    /// If it ends badly or not at all.
    pub async fn stop(&mut self) {
        if let Some(mut process) = self.process.take() {
            let status = process.stop().await;
            assert!(status.success(), "saysod ended with {status}; its log:\n{}", process.log());
        }
    }

    /// Speaks to it, so that it looks at a clock that was moved.
    ///
    /// # Panics
    /// If it does not answer.
    pub async fn wake(&self, desktop: &Desktop) {
        let woken = cli::run_silently(cli::sayso(desktop, &["status"]), "").await;
        assert_eq!(woken.status, 0, "sayso status: {}{}", woken.out, woken.err);
    }

    /// Its process id, for a story that kills it at a message.
    ///
    /// # Panics
    /// If it does not run.
    #[must_use]
    pub fn id(&self) -> u32 {
        self.process.as_ref().expect("a running daemon").id()
    }

    /// The process, to hang it or to wait for a line of its log.
    ///
    /// # Panics
    /// If it does not run.
    pub fn process(&mut self) -> &mut Process {
        self.process.as_mut().expect("a running daemon")
    }

    /// All that it logged in this story, over all its starts.
    #[must_use]
    pub fn log(desktop: &Desktop) -> String {
        std::fs::read_to_string(desktop.logs().join("saysod.log")).unwrap_or_default()
    }

    /// Its store.
    #[must_use]
    pub fn store(desktop: &Desktop) -> PathBuf {
        desktop.dir().join("home/.local/state/sayso/sayso.db")
    }

    /// Its private door.
    #[must_use]
    pub fn door(desktop: &Desktop) -> PathBuf {
        desktop.dir().join("run/sayso/socket")
    }
}

/// Kills a process by its id, from a closure that outlives the borrow of its value. What is
/// killed is reaped by its owner.
pub fn kill(id: u32) {
    let id = i32::try_from(id).ok().and_then(rustix::process::Pid::from_raw);
    if let Some(id) = id {
        rustix::process::kill_process(id, rustix::process::Signal::KILL).ok();
    }
}
