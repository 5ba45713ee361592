//! Somebody floods an account while its owner logs in.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use rig::approver::Approver;
use rig::broker::Broker;
use rig::clock;
use rig::desktop::Desktop;
use rig::meter::tell;
use rig::service::Service;
use rig::story::{ACCOUNT, SERVICE};
use serde_json::json;
use tokio::sync::Semaphore;
use tokio::task::JoinHandle;
use tokio::time::{MissedTickBehavior, interval};

use crate::owner::{LONGER, RUNS, runs};

const HEADING: &str = "\
A flood. A service is made to ask a thousand times a second for logins of Anna, from one network
and then from five hundred, while she logs in from her own. Then the administrator stops the account.";

/// So long may the administrator's command take that stops the account.
const BLOCKED_WITHIN: Duration = Duration::from_secs(5);
/// So many requests are taken while the owner logs in once, or it is no flood.
const FLOODED: usize = 10;
/// One request is sent in each.
const EACH: Duration = Duration::from_millis(1);
/// So many wait for their answers; what comes on top is not sent.
const IN_FLIGHT: usize = 512;

/// What became of a flood.
#[derive(Debug, Default)]
struct Count {
    taken: AtomicUsize,
    refused: AtomicUsize,
    unanswered: AtomicUsize,
    not_sent: AtomicUsize,
}

struct Flood {
    count: Arc<Count>,
    task: JoinHandle<()>,
}

impl Flood {
    fn begin(broker: &Broker, service: &Service, networks: usize) -> Flood {
        let count = Arc::new(Count::default());
        let told = Arc::clone(&count);
        let http = reqwest::Client::builder().pool_max_idle_per_host(IN_FLIGHT).build().unwrap();
        let address = format!("http://{}/v1/requests", broker.address());
        let (key, return_url) = (service.api_key().to_owned(), service.return_url().to_owned());
        let task = tokio::spawn(async move {
            let places = Arc::new(Semaphore::new(IN_FLIGHT));
            let mut clock = interval(EACH);
            clock.set_missed_tick_behavior(MissedTickBehavior::Burst);
            for n in (0..networks).cycle() {
                clock.tick().await;
                let Ok(place) = Arc::clone(&places).try_acquire_owned() else {
                    told.not_sent.fetch_add(1, Ordering::Relaxed);
                    continue;
                };
                let body = json!({
                    "account": ACCOUNT,
                    "action": { "kind": "login" },
                    "origin": { "address": format!("198.51.{}.{}", n / 250, n % 250) },
                    "return_url": return_url,
                });
                let call = http.post(&address).bearer_auth(&key).json(&body);
                let count = Arc::clone(&told);
                tokio::spawn(async move {
                    let of = match call.send().await {
                        Ok(answer) if answer.status() == 201 => &count.taken,
                        Ok(_) => &count.refused,
                        Err(_) => &count.unanswered,
                    };
                    of.fetch_add(1, Ordering::Relaxed);
                    drop(place);
                });
            }
        });
        Flood { count, task }
    }

    fn end(self) -> Arc<Count> {
        self.task.abort();
        self.count
    }
}

/// The administrator stops the account, and lets it answer again; how long stopping takes.
async fn stop_and_go(broker: &Broker) -> Duration {
    let begun = clock::start();
    broker.must(&["account", "block", ACCOUNT]).await;
    let took = begun.elapsed();
    broker.must(&["account", "unblock", ACCOUNT]).await;
    took
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flood_makes_no_login_of_the_owners_two_seconds_longer() {
    let desktop = Desktop::builder(HEADING).bare().start().await;
    let broker = Broker::start(&desktop).await;
    broker.add_account(ACCOUNT).await;
    let approver = Approver::register(&broker, ACCOUNT).await;
    let service = Service::start(&broker, SERVICE, desktop.transcript()).await;
    let quiet = runs(&service, &approver).await;
    let usual = quiet[RUNS / 2];
    tell(&format!("login without a flood: median {usual:?}, longest {:?}", quiet[RUNS - 1]));
    for networks in [1, 500] {
        let flood = Flood::begin(&broker, &service, networks);
        let begun = clock::start();
        let flooded = runs(&service, &approver).await;
        let lasted = begun.elapsed();
        let stopped = stop_and_go(&broker).await;
        let count = flood.end();
        let (median, longest) = (flooded[RUNS / 2], flooded[RUNS - 1]);
        tell(&format!(
            "login in a flood from {networks} networks: median {median:?}, longest {longest:?}; \
             in {lasted:?}; the account blocked in {stopped:?}: {count:?}"
        ));
        assert!(count.taken.load(Ordering::Relaxed) >= RUNS * FLOODED, "no flood: {count:?}");
        assert_eq!(count.unanswered.load(Ordering::Relaxed), 0, "{count:?}");
        assert!(stopped <= BLOCKED_WITHIN, "{stopped:?}");
        assert!(longest <= usual + LONGER, "{networks} networks: {flooded:?}, usually {usual:?}");
    }
}
