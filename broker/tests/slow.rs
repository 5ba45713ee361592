//! A computer that does not read what it is told: it hears the truth once it reads again, and keeps
//! nobody waiting meanwhile.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "helpers of tests fail as tests do")]

mod parts;

use futures_util::{StreamExt as _, stream};
use parts::{Link, Site, id_of, login};
use sayso_broker::guard::pending::ALL;
use sayso_protocol::enrolment::AccountName;
use sayso_protocol::link::FromBroker;
use sayso_protocol::request::RequestId;
use sayso_protocol::service::Asked;
use serde_json::json;
use std::collections::HashSet;
use std::time::Duration;

/// More than a link's queue and both sockets hold, by far.
const FLOOD: usize = 120;
/// So many of them at a time.
const AT_A_TIME: usize = 16;
/// What was told is read within this.
const READ_WITHIN: Duration = Duration::from_secs(60);

impl Site {
    /// Asks so often, each time from another network and with many words.
    async fn ask_at_length(&self, count: usize) {
        let asks = (0..count).map(|n| async move {
            let mut body = login("anna");
            body["origin"]["address"] = json!(format!("198.51.100.{n}"));
            body["action"]["details"] = json!("\u{6f22}".repeat(400));
            let answer = self.service.post("/v1/requests", &body).await;
            answer.json::<Asked>().await.unwrap().id
        });
        stream::iter(asks).buffer_unordered(AT_A_TIME).collect::<Vec<RequestId>>().await;
    }

    async fn waiting(&self) -> HashSet<RequestId> {
        let anna = AccountName::parse("anna").unwrap();
        let waiting = self.running.broker.store.read(move |db| db.waiting(&anna)).await.unwrap();
        waiting.into_iter().map(|kept| kept.id).collect()
    }
}

/// Reads until what was told is `wanted`; how many snapshots there were.
async fn read_until(link: &mut Link, wanted: &HashSet<RequestId>) -> usize {
    let (mut told, mut snapshots) = (HashSet::new(), 0);
    while told != *wanted {
        match link.next().await.expect("the link goes on") {
            FromBroker::Snapshot { requests, .. } => {
                snapshots += 1;
                told = requests.iter().map(|open| id_of(&open.jws)).collect();
            }
            FromBroker::Request(open) => drop(told.insert(id_of(&open.jws))),
            FromBroker::RequestEnded(ended) => drop(told.remove(&ended.id)),
            FromBroker::RequestChanged { .. }
            | FromBroker::Collected { .. }
            | FromBroker::Change(_) => {}
        }
    }
    snapshots
}

#[tokio::test]
async fn a_link_that_fell_behind_is_told_the_truth_by_a_snapshot_once_it_reads_again() {
    let site = Site::narrow().await;
    let mut link = site.anna.connect_narrow(site.running.now()).await;
    link.snapshot().await;
    site.ask_at_length(FLOOD).await;
    let waiting = site.waiting().await;
    let reading = tokio::time::timeout(READ_WITHIN, read_until(&mut link, &waiting));
    assert!(reading.await.expect("all is told in time") >= 1, "something was lost");
    site.stop().await;
}

#[tokio::test]
async fn a_broker_that_is_to_stop_tells_a_slow_computer_nothing_more() {
    let site = Site::narrow().await;
    site.ask_at_length(ALL).await;
    let mut link = site.anna.connect_narrow(site.running.now()).await;
    site.running.wait_until_linked(&site.anna).await;
    let Site { running, store: _store, .. } = site;
    let reading = async {
        let mut told = Vec::new();
        while let Some(message) = link.next().await {
            told.push(message);
        }
        told.len()
    };
    let ((), told) = tokio::join!(running.stop(), reading);
    assert!(told <= 1, "{told} messages: of many, at most the one that was under way");
}
