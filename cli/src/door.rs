//! The way to the daemon: its private socket. Where nobody listens there, D-Bus is asked once to
//! start the daemon.

use std::path::PathBuf;
use std::time::Duration;

use sayso_protocol::bus::{self, AccountsProxy, RequestsProxy, VoiceProxy};
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
