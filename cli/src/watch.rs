//! Learns that a request has ended while its prompt is open: by the daemon's signal on the
//! session bus, and at the latest by the request's own deadline.

use std::time::Duration;

use futures_util::StreamExt;
use futures_util::stream::LocalBoxStream;
use sayso_protocol::bus::ApproverProxy;
use tokio::time::timeout;
use zbus::Connection;
use zbus::proxy::CacheProperties;

use crate::clock;

/// The shortest and the longest time after which the daemon is asked whether a request still
/// stands. The longest is the longest life of a request.
const SHORTEST: Duration = Duration::from_secs(5);
const LONGEST: Duration = Duration::from_secs(600);

/// How long the session bus may take to take this listener. A bus that hangs holds nobody up.
const BEGIN: Duration = Duration::from_secs(2);

/// Hears which requests end. Without a session bus, or beside one that does not answer, it
/// hears nothing, and deadlines alone count.
pub struct Watch {
    ended: Option<LocalBoxStream<'static, String>>,
}

impl Watch {
    /// Listens from now on: what ends later is not missed.
    pub async fn begin() -> Watch {
        let listening = timeout(BEGIN, listen()).await;
        Watch { ended: listening.ok().and_then(Result::ok) }
    }

    /// Waits until the request `id` has ended, or its deadline is over.
    pub async fn ended(&mut self, id: &str, expires_at: i64) {
        let left = clock::left(expires_at).saturating_add(Duration::from_secs(1));
        let named = async { while self.next().await != id {} };
        let _ = timeout(left.clamp(SHORTEST, LONGEST), named).await;
    }

    /// Waits until some request has ended, and names it.
    pub async fn next(&mut self) -> String {
        if let Some(stream) = &mut self.ended
            && let Some(id) = stream.next().await
        {
            return id;
        }
        std::future::pending().await
    }
}

async fn listen() -> zbus::Result<LocalBoxStream<'static, String>> {
    let session = Connection::session().await?;
    let proxy =
        ApproverProxy::builder(&session).cache_properties(CacheProperties::No).build().await?;
    let signals = proxy.receive_ended().await?;
    let named = signals.filter_map(|signal| {
        std::future::ready(signal.args().ok().map(|ended| ended.id.to_owned()))
    });
    Ok(named.boxed_local())
}
