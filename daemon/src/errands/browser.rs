//! Opens an address in the person's browser: by the desktop's portal, else by `xdg-open`. Addresses
//! stand in no log, and neither do the errors of who was given one.

use std::process::Stdio;
use std::time::Duration;

use ashpd::desktop::open_uri::{OpenFileOptions, OpenURIProxy};
use sayso_protocol::request::RequestId;
use tokio::process::Command;
use tokio::sync::mpsc;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;
use zbus::Connection;

/// A portal that is not there by then is left to itself.
const THERE: Duration = Duration::from_secs(3);
/// A portal that has not answered in this time is asking the person, who sees it.
const ASKING: Duration = Duration::from_secs(3);
/// A program that has not failed in this time has the address.
const SURE: Duration = Duration::from_secs(2);

/// An address to be opened for a request. It has no `Debug`: who holds it could be let in.
pub struct Visit {
    /// The request.
    pub id: RequestId,
    /// The address, of the request's broker.
    pub address: String,
}

/// Opens what it is ordered to, one address after the other, until `shutdown`. For which requests
/// it could not, goes to `failed`.
pub async fn run(
    session: Option<Connection>,
    mut orders: mpsc::Receiver<Visit>,
    failed: mpsc::Sender<RequestId>,
    shutdown: CancellationToken,
) {
    let serve = async {
        while let Some(Visit { id, address }) = orders.recv().await {
            let opened = by_portal(session.as_ref(), &address).await || by_program(&address).await;
            if !opened {
                tracing::warn!(request = %id, "no browser could be opened");
                let _nobody_waits = failed.send(id).await;
            }
        }
    };
    tokio::select! { () = serve => {}, () = shutdown.cancelled() => {} }
}

async fn by_portal(session: Option<&Connection>, address: &str) -> bool {
    let (Some(session), Ok(address)) = (session, ashpd::Uri::parse(address)) else { return false };
    let portal = timeout(THERE, OpenURIProxy::with_connection(session.clone()));
    let Ok(Ok(portal)) = portal.await else { return false };
    let asked =
        async { portal.open_uri(None, &address, OpenFileOptions::default()).await?.response() };
    timeout(ASKING, asked).await.map_or(true, |opened| opened.is_ok())
}

async fn by_program(address: &str) -> bool {
    let started = Command::new("xdg-open")
        .arg(address)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn();
    let Ok(mut program) = started else { return false };
    match timeout(SURE, program.wait()).await {
        Ok(ended) => ended.is_ok_and(|status| status.success()),
        // It has become the browser, and outlives this daemon.
        Err(_) => true,
    }
}
