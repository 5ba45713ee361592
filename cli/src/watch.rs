//! Learns that a request has ended while its prompt is open: by the daemon's signal on the
//! session bus, and at the latest by the request's own deadline, which the daemon may have moved.

use std::time::Duration;

use futures_util::StreamExt;
use futures_util::stream::LocalBoxStream;
use sayso_protocol::bus::{ApproverProxy, Place, Stage};
use tokio::time::timeout;
use zbus::Connection;
use zbus::proxy::CacheProperties;

use crate::clock;
use crate::session::Session;

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

    /// Waits until the request `id` has ended, or its deadline is over. Where it was given more
    /// time meanwhile, that counts, and whoever is at the prompt is left in peace.
    pub async fn ended(&mut self, session: &Session, id: &str, expires_at: i64) {
        self.ended_by(id, expires_at, async || deadline(session, id).await).await;
    }

    /// The same; `deadline` asks until when it waits for an answer, if it does still.
    async fn ended_by(
        &mut self,
        id: &str,
        mut expires_at: i64,
        deadline: impl AsyncFn() -> Option<i64>,
    ) {
        while !self.named(id, expires_at).await {
            let Some(later) = deadline().await else { return };
            expires_at = later;
        }
    }

    /// Waits until the deadline is over. Answers whether the request's end was told before.
    async fn named(&mut self, id: &str, expires_at: i64) -> bool {
        let left = clock::left(expires_at).saturating_add(Duration::from_secs(1));
        let named = async { while self.next().await != id {} };
        timeout(left.clamp(SHORTEST, LONGEST), named).await.is_ok()
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

/// Until when the request waits for this person, if it does still. Nothing is said of it.
async fn deadline(session: &Session, id: &str) -> Option<i64> {
    let listed = async { session.door.requests().await?.list(Place::Dialog).await };
    let lines = session.call(listed).await.ok()?;
    let line = lines.into_iter().find(|line| line.id == id)?;
    match line.stage {
        Stage::Notice | Stage::Question | Stage::Unconfirmed => Some(line.expires_at),
        Stage::Elsewhere | Stage::Answered => None,
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

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_prompt_stays_open_for_as_long_as_its_request_is_given_time() {
        let later = clock::now() + 300;
        let answers = RefCell::new(vec![None, Some(later), Some(clock::now())]);
        let mut deaf = Watch { ended: None };
        deaf.ended_by("id", clock::now(), async || answers.borrow_mut().pop().flatten()).await;
        assert!(answers.borrow().is_empty(), "it was asked to the end");
    }

    #[tokio::test(start_paused = true)]
    async fn an_end_that_is_told_is_not_asked_about() {
        let told = futures_util::stream::iter(["another".to_owned(), "id".to_owned()]);
        let mut watch = Watch { ended: Some(told.boxed_local()) };
        let asked = async || -> Option<i64> { panic!("the daemon is asked") };
        watch.ended_by("id", clock::now() + 300, asked).await;
    }
}
