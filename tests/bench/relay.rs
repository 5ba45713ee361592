//! Stands between Sayso and the speech server, and writes down when Sayso ordered speech.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use rig::clock;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{UnixListener, UnixStream};
use tokio::task::JoinHandle;

/// The command that orders it.
const SPEAK: &[u8] = b"SPEAK\r\n";

/// A running relay.
#[derive(Debug)]
pub struct Relay {
    spoken: Arc<Mutex<Vec<u128>>>,
    task: JoinHandle<()>,
}

impl Relay {
    /// Listens at `here` for whoever wants to speak to `server`.
    ///
    /// # Panics
    /// If it cannot listen there.
    pub fn start(here: &Path, server: &Path) -> Relay {
        let listener = UnixListener::bind(here).expect("a socket");
        let spoken = Arc::<Mutex<Vec<u128>>>::default();
        let (shared, server) = (Arc::clone(&spoken), server.to_owned());
        let task = tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let Ok(server) = UnixStream::connect(&server).await else { continue };
                tokio::spawn(carry(client, server, Arc::clone(&shared)));
            }
        });
        Relay { spoken, task }
    }

    /// When speech was ordered for the first time after `moment`, in nanoseconds since 1970.
    #[must_use]
    pub fn after(&self, moment: u128) -> Option<u128> {
        let spoken = self.spoken.lock().unwrap_or_else(PoisonError::into_inner);
        spoken.iter().copied().find(|at| *at > moment)
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn carry(client: UnixStream, server: UnixStream, spoken: Arc<Mutex<Vec<u128>>>) {
    let (mut from_client, mut to_client) = client.into_split();
    let (mut from_server, mut to_server) = server.into_split();
    let orders = async move {
        let mut buffer = [0; 4096];
        while let Ok(read @ 1..) = from_client.read(&mut buffer).await {
            let at = clock::now_ns();
            if buffer[..read].windows(SPEAK.len()).any(|part| part == SPEAK) {
                spoken.lock().unwrap_or_else(PoisonError::into_inner).push(at);
            }
            if to_server.write_all(&buffer[..read]).await.is_err() {
                return;
            }
        }
    };
    tokio::join!(orders, tokio::io::copy(&mut from_server, &mut to_client)).1.ok();
}
