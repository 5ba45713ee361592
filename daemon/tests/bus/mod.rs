//! A private bus for one test, with nothing on it that the test did not put there.

use std::fs;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

/// The bus; it ends with this value.
pub(crate) struct Bus {
    process: Child,
    /// Where it listens.
    pub(crate) address: String,
    _folder: tempfile::TempDir,
}

impl Bus {
    /// Starts it; it listens when this returns.
    pub(crate) fn start() -> Self {
        let folder = tempfile::Builder::new().prefix("bus").tempdir_in("/tmp").unwrap();
        let conf = folder.path().join("conf");
        let listen = format!("unix:path={}", folder.path().join("socket").display());
        let text = format!(
            r#"<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN" "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig><type>session</type><listen>{listen}</listen><auth>EXTERNAL</auth>
<policy context="default"><allow send_destination="*"/><allow receive_sender="*"/><allow own="*"/></policy></busconfig>"#
        );
        fs::write(&conf, text).unwrap();
        let mut process = Command::new("dbus-daemon")
            .arg(format!("--config-file={}", conf.display()))
            .args(["--nofork", "--print-address=1"])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut address = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut address).unwrap();
        Self { process, address: address.trim().to_owned(), _folder: folder }
    }

    /// A connection of its own.
    pub(crate) async fn connect(&self) -> zbus::Connection {
        let address = self.address.as_str();
        zbus::connection::Builder::address(address).unwrap().build().await.unwrap()
    }
}

impl Drop for Bus {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
