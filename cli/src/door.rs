//! The way to the daemon: its private socket. Where nobody listens there, D-Bus is asked once to
//! start the daemon.

use std::path::PathBuf;
use std::time::Duration;

use sayso_protocol::bus::{self, AccountsProxy, ChangesProxy, RequestsProxy, VoiceProxy};
use tokio::net::UnixStream;
use tokio::time::timeout;
use zbus::Connection;
use zbus::connection::Builder;
use zbus::proxy::CacheProperties;

use crate::exit::Failure;

/// How long the daemon may take to greet.
const GREETING: Duration = Duration::from_secs(5);
/// How long starting the daemon may take.
const START: Duration = Duration::from_secs(15);

/// A connection to the daemon.
#[derive(Clone, Debug)]
pub struct Door {
    connection: Connection,
}

impl Door {
    /// Opens the door of this person's daemon.
    ///
    /// # Errors
    /// The daemon is not there and cannot be started, or does not answer.
    pub async fn open() -> Result<Door, Failure> {
        let path = socket().ok_or_else(Failure::not_there)?;
        let stream = match UnixStream::connect(&path).await {
            Ok(stream) => stream,
            Err(_nobody_listens) => {
                start().await.ok_or_else(Failure::not_there)?;
                UnixStream::connect(&path).await.map_err(|_still_nobody| Failure::not_there())?
            }
        };
        Door::greet(stream).await
    }

    /// Greets the daemon at the other end of `stream`.
    ///
    /// # Errors
    /// It does not answer.
    pub async fn greet(stream: UnixStream) -> Result<Door, Failure> {
        match timeout(GREETING, Builder::unix_stream(stream).p2p().build()).await {
            Ok(Ok(connection)) => Ok(Door { connection }),
            Ok(Err(zbus::Error::Handshake(said))) => Err(turned_away(&said)),
            Ok(Err(_)) | Err(_) => Err(Failure::silent()),
        }
    }

    /// Requests and answers.
    ///
    /// # Errors
    /// Those of the connection.
    pub async fn requests(&self) -> Result<RequestsProxy<'_>, bus::Error> {
        let proxy = RequestsProxy::builder(&self.connection).cache_properties(CacheProperties::No);
        Ok(proxy.destination(bus::NAME)?.build().await?)
    }

    /// How Sayso talks.
    ///
    /// # Errors
    /// Those of the connection.
    pub async fn voice(&self) -> Result<VoiceProxy<'_>, bus::Error> {
        let proxy = VoiceProxy::builder(&self.connection).cache_properties(CacheProperties::No);
        Ok(proxy.destination(bus::NAME)?.build().await?)
    }

    /// Accounts and history.
    ///
    /// # Errors
    /// Those of the connection.
    pub async fn accounts(&self) -> Result<AccountsProxy<'_>, bus::Error> {
        let proxy = AccountsProxy::builder(&self.connection).cache_properties(CacheProperties::No);
        Ok(proxy.destination(bus::NAME)?.build().await?)
    }

    /// Settings and computers.
    ///
    /// # Errors
    /// Those of the connection.
    pub async fn changes(&self) -> Result<ChangesProxy<'_>, bus::Error> {
        let proxy = ChangesProxy::builder(&self.connection).cache_properties(CacheProperties::No);
        Ok(proxy.destination(bus::NAME)?.build().await?)
    }
}

/// The door may refuse this caller (another user, a sandbox), and then says why in two sentences.
fn turned_away(said: &str) -> Failure {
    // zbus hands the whole line on, its first word included.
    let reason = said.split_once("server: ERROR ").map(|(_, reason)| reason.trim());
    match reason {
        Some(reason) if !reason.is_empty() => Failure::turned_away(reason.to_owned()),
        Some(_) | None => Failure::silent(),
    }
}

fn socket() -> Option<PathBuf> {
    std::env::var_os("XDG_RUNTIME_DIR")
        .filter(|folder| !folder.is_empty())
        .map(|folder| PathBuf::from(folder).join(bus::SOCKET))
}

/// Has the session bus start the daemon (its service file names the systemd unit). The bus
/// answers once the daemon has its name, and it takes the name after opening its door.
async fn start() -> Option<()> {
    let starting = async {
        let session = Connection::session().await.ok()?;
        let driver = zbus::fdo::DBusProxy::new(&session).await.ok()?;
        driver.start_service_by_name(bus::NAME.try_into().ok()?, 0).await.ok()
    };
    timeout(START, starting).await.ok().flatten().map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exit::Status;
    use sayso_words::{Language, Words};
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    /// What a caller learns whose greeting is answered with this.
    async fn answered(answer: &'static str) -> Failure {
        let (ours, mut theirs) = UnixStream::pair().unwrap();
        let daemon = async move {
            let mut greeting = [0; 6];
            theirs.read_exact(&mut greeting).await.unwrap();
            theirs.write_all(answer.as_bytes()).await.unwrap();
        };
        let (door, ()) = tokio::join!(Door::greet(ours), daemon);
        door.unwrap_err()
    }

    #[tokio::test]
    async fn a_caller_who_is_turned_away_is_told_why() {
        let failure = answered("ERROR Du er i en sandkasse. Gå ud af den.\r\n").await;
        assert_eq!(failure.status, Status::Refused);
        let words = Words::new(Language::English);
        assert_eq!(failure.sentences(&words), "Du er i en sandkasse. Gå ud af den.");
    }

    #[tokio::test]
    async fn a_door_that_closes_at_once_does_not_answer() {
        assert_eq!(answered("").await.status, Status::NotThere);
    }
}
