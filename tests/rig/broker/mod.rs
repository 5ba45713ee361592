//! `sayso-broker` as a process, behind the proxy.

mod administration;
mod secure;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;

use crate::clock::FakeClock;
use crate::desktop::Desktop;
use crate::nginx::Nginx;
use crate::processes::{Process, bare_command, copy_folder, free_address, program, wait_until};
use crate::proxy::Proxy;

pub use administration::Administered;

/// A broker, running or not. Its address is the proxy's, for everybody.
#[derive(Debug)]
pub struct Broker {
    process: Option<Process>,
    proxy: Proxy,
    dir: PathBuf,
    logs: PathBuf,
    listen: String,
    clock: Option<FakeClock>,
    way: Way,
    env: Vec<(String, String)>,
    activation: Mutex<String>,
}

/// How everybody reaches a broker.
#[derive(Debug)]
enum Way {
    /// By the proxy, in plain http.
    Http,
    /// By TLS, straight to it; but services by the proxy.
    Https,
    /// By TLS to nginx, and then by the proxy; but services by the proxy alone.
    Nginx(Nginx),
}

const LISTENING: &str = "listening on http";

impl Broker {
    /// Starts one with an empty store.
    pub async fn start(desktop: &Desktop) -> Broker {
        Broker::start_in(desktop, "broker", None).await
    }

    /// Starts one with a clock that the story moves.
    pub async fn start_with_clock(desktop: &Desktop, clock: FakeClock) -> Broker {
        Broker::start_in(desktop, "broker", Some(clock)).await
    }

    /// Starts one more, with a store of its own.
    ///
    /// # Panics
    /// If it does not start.
    pub async fn start_in(desktop: &Desktop, name: &str, clock: Option<FakeClock>) -> Broker {
        let mut broker = Broker::prepare(desktop, name, clock, talkative()).await;
        broker.start_again().await;
        broker
    }

    /// Starts one as its operator would, with nothing in its environment but this.
    ///
    /// # Panics
    /// If it does not start.
    pub async fn start_measured(desktop: &Desktop, name: &str, env: &[(&str, &str)]) -> Broker {
        let env = env.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect();
        let mut broker = Broker::prepare(desktop, name, None, env).await;
        broker.start_again().await;
        broker
    }

    async fn prepare(
        desktop: &Desktop,
        name: &str,
        clock: Option<FakeClock>,
        env: Vec<(String, String)>,
    ) -> Broker {
        let dir = desktop.dir().join(name);
        std::fs::create_dir(&dir).expect("folder of the broker");
        Broker {
            process: None,
            proxy: Proxy::start().await,
            dir,
            logs: desktop.logs(),
            listen: free_address().to_string(),
            clock,
            way: Way::Http,
            env,
            activation: Mutex::default(),
        }
    }

    /// Starts it on the same store and the same port, and waits until it listens.
    ///
    /// # Panics
    /// If it does not start; its log is in the message.
    pub async fn start_again(&mut self) {
        let settings = self.dir.join("broker.toml");
        let mut text = format!(
            "listen = \"{}\"\norigin = \"{}\"\nstore = \"{}\"\n",
            self.listen,
            self.origin(),
            self.store().display()
        );
        text += &self.way.settings();
        std::fs::write(&settings, text).expect("settings of the broker");
        let name = self.name();
        let log = self.logs.join(format!("{name}.log"));
        let before = starts(&log).len();
        let mut command = self.command();
        command.arg("--config").arg(&settings).arg("serve");
        command.envs(self.env.iter().map(|(name, value)| (name, value)));
        let mut process = Process::start_quiet(&name, &mut command, &self.logs);
        process.wait_until("its address", async || starts(&log).len() > before).await;
        let address = *starts(&log).last().expect("waited for");
        self.listen = address.to_string();
        self.proxy.forward_to(address);
        self.process = Some(process);
    }

    /// Kills it (`SIGKILL`).
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
            assert!(status.success(), "broker ended with {status}; its log:\n{}", process.log());
        }
    }

    /// Ends it and starts it again.
    pub async fn restart(&mut self) {
        self.stop().await;
        self.start_again().await;
    }

    /// Ends it, copies its store with its key, and starts it again.
    pub async fn back_up(&mut self) {
        self.stop().await;
        copy_folder(&self.store(), &self.dir.join("backup"));
        self.start_again().await;
    }

    /// Ends it, puts the copied store back, and starts it again.
    pub async fn put_back(&mut self) {
        self.stop().await;
        copy_folder(&self.dir.join("backup"), &self.store());
        self.start_again().await;
    }

    /// Waits until approvers have connected for the `count`th time, over all its starts.
    pub async fn wait_for_link(&self, count: usize) {
        let linked = || self.log().matches("link: connected").count();
        wait_until("a link", || self.log(), || (linked() >= count).then_some(())).await;
    }

    /// Cuts the link, if there is one, and waits for the next. A clock that is moved may leave an
    /// approver in the middle of opening one.
    pub async fn link_anew(&self) {
        let proxy = self.proxy();
        proxy.network_down();
        let links = proxy.passed_named("link snapshot").len();
        proxy.network_up();
        proxy.wait_for("link snapshot", links + 1).await;
    }

    /// Speaks to it, so that it looks at a clock that was moved.
    ///
    /// # Panics
    /// If it does not answer.
    pub async fn wake(&self) {
        let address = format!("{}/v1/time?nonce=rig", self.api());
        reqwest::get(address).await.expect("the broker answers");
    }

    /// The clock that a story moves, if it does.
    #[must_use]
    pub(crate) fn clock(&self) -> Option<&FakeClock> {
        self.clock.as_ref()
    }

    /// Its process id.
    ///
    /// # Panics
    /// If it does not run.
    #[must_use]
    pub fn id(&self) -> u32 {
        self.process.as_ref().expect("a running broker").id()
    }

    /// The address by which everybody knows it.
    #[must_use]
    pub fn origin(&self) -> String {
        match &self.way {
            Way::Http => self.proxy.origin(),
            Way::Https => format!("https://{}", self.listen),
            Way::Nginx(nginx) => nginx.origin(),
        }
    }

    /// The address by which services reach it.
    #[must_use]
    pub(crate) fn api(&self) -> String {
        self.proxy.origin()
    }

    /// Where it really listens, behind the proxy.
    #[must_use]
    pub fn address(&self) -> &str {
        &self.listen
    }

    /// What stands before it.
    #[must_use]
    pub fn proxy(&self) -> &Proxy {
        &self.proxy
    }

    /// The folder of its store.
    #[must_use]
    pub fn store(&self) -> PathBuf {
        self.dir.join("store")
    }

    /// The database in it.
    #[must_use]
    pub fn database(&self) -> PathBuf {
        self.store().join("sayso-broker.db")
    }

    /// All that it logged, over all its starts.
    #[must_use]
    pub fn log(&self) -> String {
        read(&self.logs.join(format!("{}.log", self.name())))
    }

    fn name(&self) -> String {
        self.dir.file_name().unwrap_or_default().to_string_lossy().into_owned()
    }

    fn command(&self) -> Command {
        let mut command = bare_command(program("sayso-broker"));
        command.env("HOME", &self.dir).env("LANG", "en_US.UTF-8").env("RUST_BACKTRACE", "1");
        command.current_dir(&self.dir);
        if let Some(clock) = &self.clock {
            command.envs(clock.env());
        }
        command
    }
}

/// What makes it tell a story everything.
fn talkative() -> Vec<(String, String)> {
    vec![("RUST_LOG".to_owned(), "debug".to_owned())]
}

/// The addresses of all its starts, in order.
fn starts(log: &Path) -> Vec<SocketAddr> {
    read(log)
        .lines()
        .filter_map(|line| line.split_once(LISTENING)?.1.split_once("://")?.1.trim().parse().ok())
        .collect()
}

fn read(log: &Path) -> String {
    std::fs::read_to_string(log).unwrap_or_default()
}
