//! What can be watched of a broker: counts and gauges in the text form of `OpenMetrics` 1.0, on a
//! listener of its own. Nothing in it tells of an account.

use axum::Router;
use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;
use sayso_protocol::problem::ProblemType;
use tokio::net::TcpListener;

use crate::error::Error;
use crate::server::Broker;
use crate::serving::{self, Entrance, Limits};
use crate::store::outbox::Counts;

/// What every name begins with.
const PREFIX: &str = "sayso_broker";
/// So many may look at a time.
const CONNECTIONS: usize = 16;
/// The form of the answer (`OpenMetrics` 1.0).
const FORM: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// What is counted as it happens, and is on no disk. Cheap to clone; the clones count together.
#[derive(Clone, Debug, Default)]
pub struct Metrics {
    refusals: Family<[(&'static str, String); 1], Counter>,
    webhook_calls: Family<[(&'static str, &'static str); 1], Counter>,
    links: Gauge,
    inboxes: Gauge,
}

/// Counts as long as it lives.
#[derive(Debug)]
pub struct Present(Gauge);

impl Present {
    fn at(gauge: &Gauge) -> Self {
        gauge.inc();
        Self(gauge.clone())
    }
}

impl Drop for Present {
    fn drop(&mut self) {
        self.0.dec();
    }
}

impl Metrics {
    /// A call was refused so.
    pub fn refused(&self, kind: ProblemType) {
        self.refusals.get_or_create(&[("type", slug(kind))]).inc();
    }

    /// A webhook was called, with this result.
    pub fn called(&self, result: &'static str) {
        self.webhook_calls.get_or_create(&[("result", result)]).inc();
    }

    /// A link is open.
    #[must_use]
    pub fn link(&self) -> Present {
        Present::at(&self.links)
    }

    /// An approver waits by long poll.
    #[must_use]
    pub fn inbox(&self) -> Present {
        Present::at(&self.inboxes)
    }
}

/// What stands behind the last slash of its `type`.
fn slug(kind: ProblemType) -> String {
    let kind = serde_json::to_value(kind).unwrap_or_default();
    kind.as_str().and_then(|kind| kind.rsplit('/').next()).unwrap_or_default().to_owned()
}

/// Serves `GET /metrics` until the broker stops.
pub async fn serve(listener: TcpListener, broker: Broker) {
    let stopping = broker.stopping.clone();
    let routes = Router::new().route("/metrics", get(scrape)).with_state(broker);
    let limits = Limits { connections: CONNECTIONS, ..Limits::default() };
    serving::serve(listener, Entrance::default(), routes, limits, stopping).await;
}

async fn scrape(State(broker): State<Broker>) -> Result<Response, Error> {
    let events = broker.store.read(|db| db.all_events()).await?;
    let registry = registry(&broker, events);
    let mut text = String::new();
    encode(&mut text, &registry).map_err(|error| Error::Inside(error.to_string()))?;
    Ok(([(CONTENT_TYPE, FORM)], text).into_response())
}

fn registry(broker: &Broker, events: Counts) -> Registry {
    let (tally, metrics) = (broker.store.tally(), &broker.metrics);
    let mut all = Registry::with_prefix(PREFIX);
    all.register("acts", "What was done, by its kind", tally.acts.clone());
    all.register("refusals", "Calls that were refused, by why", metrics.refusals.clone());
    all.register("links", "Approvers that are connected", metrics.links.clone());
    all.register("inboxes", "Approvers that wait by long poll", metrics.inboxes.clone());
    let calls = metrics.webhook_calls.clone();
    all.register("webhook_calls", "Calls to webhooks, by result", calls);
    all.register("commits", "Groups of writes that are on the disk", tally.commits.clone());
    all.register("writes", "Writes in those groups", tally.writes.clone());
    let mut gauge = |name: &str, words: &str, value: i64| {
        let gauge: Gauge = Gauge::default();
        gauge.set(value);
        all.register(name, words, gauge);
    };
    gauge("webhook_waiting", "Events yet to be delivered", events.waiting.into());
    gauge("webhook_dead", "Events that were given up", events.dead.into());
    gauge("webhook_lost", "Events forgotten undelivered, too many", events.lost.into());
    let queue = i64::try_from(broker.store.queue()).unwrap_or(i64::MAX);
    gauge("write_queue", "Writes that wait for the store", queue);
    if let Some(memory) = memory() {
        gauge("resident_memory_bytes", "Memory of the process (RSS)", memory);
    }
    all
}

/// Resident memory in bytes (proc(5), `VmRSS` of `status`, which is in units of 1,024).
fn memory() -> Option<i64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let resident = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    resident.trim().strip_suffix(" kB")?.parse::<i64>().ok()?.checked_mul(1024)
}
