//! What changes while a login page is open, as server-sent events: states, more time and the time
//! left, in words; never a code, never a ticket.

use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::sse::{Event, KeepAlive, Sse};
use futures_util::stream::{Stream, unfold};
use sayso_protocol::life::Standing;
use sayso_protocol::request::RequestId;
use sayso_protocol::time::UnixTime;
use sayso_words::Words;
use serde::Serialize;
use std::convert::Infallible;
use std::time::Duration;
use tokio::sync::watch;

use super::reader::Reader;
use super::{Fault, PageError, holding, view};
use crate::server::Broker;
use crate::store::StoreError;
use crate::store::requests::Kept;

/// The time left is said anew at most this often, in seconds.
const STEP: u64 = 10;

/// The data of a `state` event.
#[derive(Serialize)]
struct Now<'a> {
    state: Standing,
    over: bool,
    /// Whether the page now leads on to the service.
    onward: bool,
    /// Whether the digits that were read out are typed in now.
    enter: bool,
    say: &'a str,
    /// The page of the help that is about this.
    help: String,
}

/// The data of a `time` event: somebody asked for more.
#[derive(Serialize)]
struct MoreTime<'a> {
    /// With the time left.
    say: &'a str,
    /// Whether there is more to have.
    more: bool,
}

/// `GET /login/{page}/events`: `state` and `time` (JSON), and `left` (words).
pub(super) async fn stream(
    State(broker): State<Broker>,
    reader: Reader,
    Path(page): Path<String>,
    headers: HeaderMap,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, PageError> {
    let kept = holding::held(&broker, &page, &headers).await;
    let kept = kept.map_err(|error| error.for_reader(reader))?;
    let stopping = |_| PageError::of(Fault::Store(StoreError::Ended));
    let watch = broker.relay.watch(kept.id).await.map_err(stopping)?;
    let words = reader.at_service(kept.locale.as_str()).words();
    let watching = Watching {
        broker,
        id: kept.id,
        words,
        watch,
        said: None,
        until: None,
        left: None,
        over: false,
    };
    let events = unfold(watching, |mut watching| async {
        let event = watching.next().await?;
        Some((Ok(event), watching))
    });
    Ok(Sse::new(events).keep_alive(KeepAlive::default()))
}

struct Watching {
    broker: Broker,
    id: RequestId,
    words: Words,
    watch: watch::Receiver<()>,
    said: Option<String>,
    until: Option<UnixTime>,
    left: Option<String>,
    over: bool,
}

impl Watching {
    /// The next event; `None` once all is said, or the broker stops.
    async fn next(&mut self) -> Option<Event> {
        while !self.over {
            self.watch.mark_unchanged();
            let id = self.id;
            let kept = self.broker.store.read(move |db| db.request(id)).await.ok()??;
            let now = self.broker.clock.now();
            if let Some(event) = self.news(&kept, now) {
                return Some(event);
            }
            let left = now.until(kept.life.expires_at).as_secs();
            let step = if left > 0 { (left - 1) % STEP + 1 } else { STEP };
            let stopping = self.broker.stopping.clone();
            tokio::select! {
                changed = self.watch.changed() => changed.ok()?,
                () = self.broker.clock.reach(now.plus(Duration::from_secs(step))) => {}
                () = stopping.cancelled() => return None,
            }
        }
        None
    }

    fn news(&mut self, kept: &Kept, now: UnixTime) -> Option<Event> {
        let (state, say) = (kept.life.standing(), view::status(&self.words, kept));
        if self.said.as_ref() != Some(&say) {
            self.over = state.is_final();
            let onward = view::leads_onward(kept);
            let enter = view::waits_for_digits(kept).is_some();
            let help = view::topic(kept).path(self.words.language());
            let data = Now { state, over: self.over, onward, enter, say: &say, help };
            self.said = Some(say.clone());
            // What moves the deadline beside the state is told by the state.
            self.until = Some(kept.life.expires_at);
            return Event::default().event("state").json_data(data).ok();
        }
        let left = view::time_left(&self.words, kept, now);
        if self.until.replace(kept.life.expires_at) != Some(kept.life.expires_at) {
            let say = view::time_said(&self.words, kept, now, view::Time::More);
            let data = MoreTime { say: &say, more: view::may_have_more(kept) };
            self.left = Some(left);
            return Event::default().event("time").json_data(data).ok();
        }
        if self.left.as_ref() != Some(&left) {
            self.left = Some(left.clone());
            return Some(Event::default().event("left").data(left));
        }
        None
    }
}
