//! gnome-keyring, a real Secret Service. The keyring's password is the story's own.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use zbus::zvariant::{ObjectPath, OwnedObjectPath};

use super::bus::Bus;
use crate::processes::Process;

const NAME: &str = "org.freedesktop.secrets";
const PASSWORD: &[u8] = b"the person's password";

/// A running keyring.
#[derive(Debug)]
pub struct Keyring {
    daemon: Process,
    connection: zbus::Connection,
}

impl Keyring {
    /// Starts it, unlocked.
    ///
    /// # Panics
    /// If it does not take its name on the bus.
    pub async fn start(mut command: Command, dir: &Path, session: &Bus) -> Keyring {
        command
            .args(["--foreground", "--unlock", "--components=secrets"])
            .arg(format!("--control-directory={}", dir.join("run/keyring").display()))
            .stdin(Stdio::piped());
        let mut daemon = Process::start("keyring", &mut command, &dir.join("log"));
        let mut input = daemon.child().stdin.take().expect("piped");
        input.write_all(PASSWORD).expect("the keyring reads its password");
        drop(input);
        daemon.wait_until("its name on the bus", async || session.has_owner(NAME).await).await;
        Keyring { daemon, connection: session.connection().clone() }
    }

    /// Locks the default collection: reading needs a prompt that nobody answers.
    ///
    /// # Panics
    /// If the keyring refuses.
    pub async fn lock(&self) {
        let collection =
            ObjectPath::from_static_str_unchecked("/org/freedesktop/secrets/collection/login");
        let reply = self
            .connection
            .call_method(
                Some(NAME),
                "/org/freedesktop/secrets",
                Some("org.freedesktop.Secret.Service"),
                "Lock",
                &(vec![collection],),
            )
            .await
            .expect("the keyring takes Lock");
        let (locked, _prompt): (Vec<OwnedObjectPath>, OwnedObjectPath) =
            reply.body().deserialize().expect("the keyring's answer");
        assert_eq!(locked.len(), 1, "the keyring was not locked");
    }

    /// Kills it.
    pub fn kill(&mut self) {
        self.daemon.kill();
    }
}
