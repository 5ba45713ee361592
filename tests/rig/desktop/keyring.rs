//! gnome-keyring, a real Secret Service. The keyring's password is the story's own.

use std::collections::HashMap;
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
        let service = "org.freedesktop.Secret.Service";
        let path = "/org/freedesktop/secrets";
        let reply = self.call(path, service, "Lock", &(vec![collection],)).await;
        let (locked, _prompt): (Vec<OwnedObjectPath>, OwnedObjectPath) =
            reply.body().deserialize().expect("the keyring's answer");
        assert_eq!(locked.len(), 1, "the keyring was not locked");
    }

    /// Sayso's keys of this kind: `approver`, `link` or `history`.
    ///
    /// # Panics
    /// If the keyring does not answer, or is locked.
    pub async fn keys(&self, kind: &str) -> Vec<OwnedObjectPath> {
        let attributes = HashMap::from([("app", "sayso"), ("kind", kind)]);
        let service = "org.freedesktop.Secret.Service";
        let path = "/org/freedesktop/secrets";
        let reply = self.call(path, service, "SearchItems", &(attributes,)).await;
        let (unlocked, locked): (Vec<OwnedObjectPath>, Vec<OwnedObjectPath>) =
            reply.body().deserialize().expect("the keyring's answer");
        assert!(locked.is_empty(), "the keyring is locked");
        unlocked
    }

    /// The keys of all accounts.
    ///
    /// # Panics
    /// If the keyring does not answer.
    pub async fn keys_of_accounts(&self) -> Vec<OwnedObjectPath> {
        let mut keys = self.keys("approver").await;
        keys.extend(self.keys("link").await);
        keys
    }

    /// Deletes one of them.
    ///
    /// # Panics
    /// If the keyring refuses.
    pub async fn delete(&self, key: &OwnedObjectPath) {
        self.call(key.as_str(), "org.freedesktop.Secret.Item", "Delete", &()).await;
    }

    /// Deletes the default collection with all that is in it.
    ///
    /// # Panics
    /// If the keyring refuses.
    pub async fn delete_all(&self) {
        let collection = "/org/freedesktop/secrets/collection/login";
        self.call(collection, "org.freedesktop.Secret.Collection", "Delete", &()).await;
    }

    async fn call<B>(&self, path: &str, interface: &str, method: &str, body: &B) -> zbus::Message
    where
        B: serde::Serialize + zbus::zvariant::DynamicType,
    {
        let called = self.connection.call_method(Some(NAME), path, Some(interface), method, body);
        called.await.expect("the keyring does what it is told")
    }

    /// Kills it.
    pub fn kill(&mut self) {
        self.daemon.kill();
    }
}
