//! A private D-Bus daemon with a configuration of its own: nothing is ever activated, so what a
//! story does not start is not there, whatever the machine has installed.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use futures_util::StreamExt;
use zbus::message::Message;
use zbus::{Connection, MatchRule, MessageStream};

use crate::clock;
use crate::processes::{Process, bare_command, wait_until};

/// A message that crossed the bus.
#[derive(Debug, Clone)]
pub struct Seen {
    /// When, in nanoseconds since 1970.
    pub at: u128,
    /// The message as it was sent.
    pub message: Message,
}

/// A running bus and everything that crossed it.
#[derive(Debug)]
pub struct Bus {
    seen: Arc<Mutex<Vec<Seen>>>,
    monitor: tokio::task::JoinHandle<()>,
    daemon: Process,
    gone: bool,
    connection: Connection,
    socket: PathBuf,
}

impl Bus {
    /// Starts a bus on the socket `NAME` in `dir` and a monitor on it.
    ///
    /// # Panics
    /// If it does not start.
    pub async fn start(dir: &Path, name: &str) -> Bus {
        let socket = dir.join(name);
        let services = dir.join(format!("{name}.services"));
        std::fs::create_dir(&services).expect("folder");
        let file = dir.join(format!("{name}.conf"));
        std::fs::write(&file, settings(&socket, &services)).expect("settings of a bus");
        let mut command = bare_command("dbus-daemon");
        command.arg("--nofork").arg(format!("--config-file={}", file.display()));
        let mut daemon = Process::start_quiet(name, &mut command, &dir.join("log"));
        let mut connection = None;
        daemon
            .wait_until("a connection", async || {
                connection = connect(&socket).await.ok();
                connection.is_some()
            })
            .await;
        let seen = Arc::default();
        let monitor = watch(&socket, Arc::clone(&seen)).await.expect("a monitor on the bus");
        let connection = connection.expect("waited for");
        Bus { seen, monitor, daemon, gone: false, connection, socket }
    }

    /// The rig's own connection to it.
    pub fn connection(&self) -> &Connection {
        &self.connection
    }

    /// A further connection, for a name of its own.
    ///
    /// # Panics
    /// If the bus is gone.
    pub async fn connect(&self) -> Connection {
        connect(&self.socket).await.expect("a connection to the bus")
    }

    /// Everything that crossed it so far.
    #[must_use]
    pub fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Waits until the monitor has seen everything that has crossed the bus until now; on one that
    /// was killed nothing does.
    ///
    /// # Panics
    /// If the bus is gone.
    pub async fn settle(&self) {
        if self.gone {
            return;
        }
        let mark = format!("m{}", clock::now_ns());
        let interface = "org.sayso.Rig";
        let sent = self.connection.emit_signal(None::<&str>, "/", interface, &*mark, &()).await;
        sent.expect("the bus takes a signal");
        wait_until("the monitor", String::new, || {
            let seen = self.seen();
            seen.iter()
                .rev()
                .any(|seen| seen.message.header().member().is_some_and(|name| *name == *mark))
                .then_some(())
        })
        .await;
    }

    /// All that was readable by anyone on this bus, as text: nothing secret may be in it.
    pub async fn readable(&self) -> String {
        self.settle().await;
        self.seen()
            .iter()
            .map(|seen| {
                let body = seen.message.body();
                format!("{:?} {}\n", seen.message, String::from_utf8_lossy(body.data()))
            })
            .collect()
    }

    /// Kills it: what crossed it stays known.
    pub fn kill(&mut self) {
        self.daemon.kill();
        self.gone = true;
    }

    /// Does somebody own this name?
    pub async fn has_owner(&self, name: &str) -> bool {
        let Ok(bus) = zbus::fdo::DBusProxy::new(&self.connection).await else { return false };
        let Ok(name) = zbus::names::BusName::try_from(name) else { return false };
        bus.name_has_owner(name).await.unwrap_or(false)
    }
}

impl Drop for Bus {
    fn drop(&mut self) {
        self.monitor.abort();
    }
}

async fn connect(socket: &Path) -> zbus::Result<Connection> {
    let address = format!("unix:path={}", socket.display());
    zbus::connection::Builder::address(address.as_str())?.build().await
}

/// Writes down every message, from a connection that does nothing else.
async fn watch(
    socket: &Path,
    seen: Arc<Mutex<Vec<Seen>>>,
) -> zbus::Result<tokio::task::JoinHandle<()>> {
    let connection = connect(socket).await?;
    let messages = MessageStream::from(&connection);
    let everything: &[MatchRule<'_>] = &[];
    zbus::fdo::MonitoringProxy::new(&connection).await?.become_monitor(everything, 0).await?;
    Ok(tokio::spawn(async move {
        let _connection = connection;
        let mut messages = messages;
        while let Some(Ok(message)) = messages.next().await {
            let at = clock::now_ns();
            seen.lock().unwrap_or_else(PoisonError::into_inner).push(Seen { at, message });
        }
    }))
}

fn settings(socket: &Path, services: &Path) -> String {
    format!(
        r#"<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <keep_umask/>
  <listen>unix:path={}</listen>
  <auth>EXTERNAL</auth>
  <servicedir>{}</servicedir>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
"#,
        socket.display(),
        services.display()
    )
}
