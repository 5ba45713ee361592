//! Somebody floods an account while its owner logs in: how many requests wait, which ones go, and
//! that nobody learns from it whether the account is there.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests fail as tests do")]

mod parts;

use futures_util::{StreamExt as _, stream};
use parts::{Browser, Link, Site, another};
use sayso_broker::guard::pending::{ALL, EACH};
use sayso_protocol::change::AccountSettings;
use sayso_protocol::decision::Verdict;
use sayso_protocol::enrolment::AccountName;
use sayso_protocol::life::{Reason, Standing};
use sayso_protocol::link::FromBroker;
use sayso_protocol::outcome;
use sayso_protocol::problem::{Problem, ProblemType};
use sayso_protocol::request::RequestId;
use sayso_protocol::service::{Asked, Progress};
use std::collections::HashSet;
use std::time::Duration;
use tokio::sync::watch;

/// So many requests are asked in a flood.
const FLOOD: usize = 1000;
/// So many of them at a time.
const AT_A_TIME: usize = 32;
/// A link tells what waits within this, once it does.
const TOLD_WITHIN: Duration = Duration::from_secs(60);
/// So many are enough to take every place, from so many networks.
const WAVE: usize = 60;
const NETWORKS: usize = 30;

impl Site {
    /// Asks from so many networks, one after the other in turn; every answer is the usual one.
    async fn flood(&self, account: &str, networks: usize) -> Vec<RequestId> {
        let asks = stream::iter(0..FLOOD).map(|n| self.strike(account, n % networks));
        asks.buffered(AT_A_TIME).collect().await
    }

    /// The same, small, and each request after the one before.
    async fn wave(&self, account: &str, networks: usize) -> Vec<RequestId> {
        stream::iter(0..WAVE).then(|n| self.strike(account, n % networks)).collect().await
    }

    async fn strike(&self, account: &str, n: usize) -> RequestId {
        let address = format!("198.51.{}.{}", n / 250, n % 250);
        self.service.asked_from(account, &address).await.id
    }

    async fn waiting(&self, account: &str) -> Vec<RequestId> {
        let account = AccountName::parse(account).unwrap();
        let waiting = self.running.broker.store.read(move |db| db.waiting(&account)).await.unwrap();
        waiting.into_iter().map(|kept| kept.id).collect()
    }

    /// The reason for which a request was called off, as the service is told.
    async fn why(&self, id: RequestId) -> Option<Reason> {
        let key = self.running.keys().await;
        let jws = self.service.look(id, 0).await.outcome.unwrap();
        self.service.verify(&key, &jws, self.running.now()).reason
    }

    /// The owner's own login goes on to its end.
    async fn log_in(&self, asked: &Asked, browser: &mut Browser) {
        let code = browser.code(&asked.login_url).await;
        let bound = self.anna.bind(&code, self.running.now()).await.unwrap();
        assert_eq!(self.anna.approve(&bound, self.running.now()).await.0, 200);
        let ticket = browser.ticket(&asked.login_url).await;
        self.service.collect(asked.id, &ticket).await.unwrap();
    }

    async fn log_in_from(&self, address: &str) {
        let asked = self.service.asked_from("anna", address).await;
        self.log_in(&asked, &mut self.running.browser()).await;
    }
}

#[tokio::test]
async fn a_flood_from_one_network_takes_places_from_itself_alone() {
    let flooded = Site::start().await;
    let owners = flooded.service.ask("anna").await;
    let flood = flooded.flood("anna", 1).await;
    let waiting = flooded.waiting("anna").await;
    assert_eq!(waiting.len(), 1 + EACH);
    assert_eq!(waiting[0], owners.id);
    for gone in flood.iter().filter(|id| !waiting.contains(id)).step_by(100) {
        assert_eq!(flooded.why(*gone).await, Some(Reason::Replaced));
    }
    flooded.log_in(&owners, &mut flooded.running.browser()).await;
    flooded.stop().await;
}

#[tokio::test]
async fn a_flood_from_five_hundred_networks_takes_no_place_of_the_connected_owners() {
    let flooded = Site::start().await;
    let mut told = follow(connected(&flooded).await);
    let owners = flooded.service.ask("anna").await;
    let (before, after) = tokio::join!(flooded.flood("anna", 500), async {
        let mut browser = flooded.running.browser();
        flooded.log_in(&owners, &mut browser).await;
        flooded.service.ask("anna").await
    });
    assert_eq!(before.len(), FLOOD);
    let again = flooded.wave("anna", NETWORKS).await;
    let waiting = flooded.waiting("anna").await;
    assert_eq!(waiting.len(), ALL);
    assert!(waiting.contains(&after.id), "the owner's second login waits");
    let all = waiting.into_iter().collect();
    let truth = tokio::time::timeout(TOLD_WITHIN, told.wait_for(|told| *told == all)).await;
    truth.expect("all of it is told").expect("the link goes on");
    assert_eq!(flooded.why(again[0]).await, Some(Reason::Replaced));
    flooded.log_in(&after, &mut flooded.running.browser()).await;
    flooded.stop().await;
}

/// What the approver is told to wait, as it is told.
fn follow(mut link: Link) -> watch::Receiver<HashSet<RequestId>> {
    let (told, waiting) = watch::channel(HashSet::new());
    tokio::spawn(async move {
        while let Some(message) = link.next().await {
            told.send_modify(|waiting| match message {
                FromBroker::Snapshot { requests, .. } => {
                    *waiting = requests.iter().map(|open| parts::id_of(&open.jws)).collect();
                }
                FromBroker::Request(open) => drop(waiting.insert(parts::id_of(&open.jws))),
                FromBroker::RequestEnded(ended) => drop(waiting.remove(&ended.id)),
                FromBroker::RequestChanged { .. }
                | FromBroker::Collected { .. }
                | FromBroker::Change(_) => {}
            });
        }
    });
    waiting
}

async fn connected(flooded: &Site) -> Link {
    let mut link = flooded.anna.connect(flooded.running.now()).await;
    link.snapshot().await;
    link
}

#[tokio::test]
async fn what_came_from_where_the_owner_was_connected_keeps_its_place_when_the_link_is_cut() {
    let flooded = Site::start().await;
    let link = connected(&flooded).await;
    let owners = flooded.service.ask("anna").await;
    drop(link);
    flooded.running.wait_until_gone(&flooded.anna).await;
    flooded.wave("anna", NETWORKS).await;
    assert!(flooded.waiting("anna").await.contains(&owners.id));
    flooded.log_in(&owners, &mut flooded.running.browser()).await;
    flooded.stop().await;
}

#[tokio::test]
async fn what_the_owner_acted_on_is_told_before_all_that_a_flood_ended() {
    const REPORTED: &str = "203.0.113.9";
    let flooded = Site::start().await;
    let (running, service, anna) = (&flooded.running, &flooded.service, &flooded.anna);
    let mut link = connected(&flooded).await;
    let strange = service.asked_from("anna", REPORTED).await;
    let Some(FromBroker::Request(open)) = link.next().await else { panic!("no request") };
    let report = anna.decision(&open.jws, &anna.link_key, Verdict::Report, None, running.now());
    assert_eq!(anna.decide(strange.id, &report).await.0, 200);
    let owners = service.ask("anna").await;
    flooded.log_in(&owners, &mut running.browser()).await;
    drop(link);
    running.pass(1);
    flooded.flood("anna", 500).await;
    for _ in 0..2 * WAVE {
        service.asked_from("anna", REPORTED).await;
    }
    let (_, ended) = anna.connect(running.now()).await.snapshot().await;
    assert_eq!([ended[0].id, ended[1].id], [owners.id, strange.id]);
    assert!(ended[0].collected && ended.len() > 20, "{ended:?}");
    assert!(ended[2..].iter().all(|one| one.reason == Some(Reason::Replaced)), "{ended:?}");
    flooded.stop().await;
}

#[tokio::test]
async fn a_network_from_which_the_owner_approved_keeps_its_places_for_ninety_days() {
    const HOME: &str = "2001:db8:7::1";
    let flooded = Site::start().await;
    flooded.log_in_from(HOME).await;
    flooded.running.pass(90 * 24 * 3600 - 1);
    let from = "2001:db8:7::2";
    let owners = flooded.service.asked_from("anna", from).await;
    flooded.wave("anna", NETWORKS).await;
    assert!(flooded.waiting("anna").await.contains(&owners.id));
    flooded.running.pass(1);
    flooded.wave("anna", NETWORKS).await;
    assert!(!flooded.waiting("anna").await.contains(&owners.id), "it is nobody's any more");
    assert_eq!(flooded.why(owners.id).await, Some(Reason::Replaced));
    flooded.stop().await;
}

#[tokio::test]
async fn where_every_place_is_spoken_for_one_more_is_refused_and_nothing_is_replaced() {
    let flooded = Site::start().await;
    let own = |n: usize| format!("192.0.2.{n}");
    for n in 0..ALL / EACH {
        flooded.log_in_from(&own(n)).await;
    }
    for n in 0..ALL {
        flooded.service.asked_from("anna", &own(n / EACH)).await;
    }
    let before = flooded.waiting("anna").await;
    let refused = flooded.service.ask_from("anna", "198.51.100.1").await;
    assert_eq!(refused.status(), 429);
    assert_eq!(refused.json::<Problem>().await.unwrap().kind, ProblemType::TooMany);
    assert_eq!(flooded.waiting("anna").await, before);
    flooded.stop().await;
}

#[tokio::test]
async fn a_request_that_the_person_is_answering_is_never_replaced() {
    let flooded = Site::start().await;
    let asked = flooded.service.asked_from("anna", "198.51.0.0").await;
    let mut browser = flooded.running.browser();
    let code = browser.code(&asked.login_url).await;
    let bound = flooded.anna.bind(&code, flooded.running.now()).await.unwrap();
    flooded.wave("anna", NETWORKS).await;
    flooded.wave("anna", 1).await;
    assert_eq!(flooded.anna.approve(&bound, flooded.running.now()).await.0, 200);
    flooded.stop().await;
}

#[tokio::test]
async fn an_account_that_is_not_there_is_flooded_as_any_other() {
    let flooded = Site::start().await;
    let nobody = flooded.running.nobody(AccountSettings::default());
    for account in ["anna", &nobody] {
        for (networks, wait) in [(1, EACH), (NETWORKS, ALL)] {
            let flood = flooded.wave(account, networks).await;
            let waiting = flooded.waiting(account).await;
            assert_eq!(waiting[..], flood[WAVE - wait..], "the newest wait: {account}");
        }
    }
    flooded.stop().await;
}

#[tokio::test]
async fn a_report_refuses_its_network_for_a_day_and_tells_the_service() {
    const STRANGE: &str = "203.0.113.9";
    let flooded = Site::start().await;
    let (running, service, anna) = (&flooded.running, &flooded.service, &flooded.anna);
    let mut link = connected(&flooded).await;
    let asked = service.asked_from("anna", STRANGE).await;
    let Some(FromBroker::Request(open)) = link.next().await else { panic!("no request") };
    let now = running.now();
    let report = anna.decision(&open.jws, &anna.link_key, Verdict::Report, None, now);
    assert_eq!(anna.decide(asked.id, &report).await.0, 200);
    let ended = link.next().await;
    assert!(matches!(ended, Some(FromBroker::RequestEnded(_))), "{ended:?}");
    let told = service.look(asked.id, 0).await;
    let outcome = service.verify(&running.keys().await, &told.outcome.unwrap(), now);
    assert_eq!(outcome.verdict, outcome::Verdict::Report);

    // Whoever asks again from there sees what an account shows that does not answer.
    let again = service.asked_from("anna", STRANGE).await;
    let code = running.browser().code(&again.login_url).await;
    let refused = anna.bind(&code, now).await.unwrap_err();
    assert_eq!(refused.kind, ProblemType::NetworkReported);
    assert_eq!(refused.retry_at, Some(now.plus(Duration::from_hours(24))));
    let wrong = anna.bind(&another(&code), now).await.unwrap_err();
    assert_eq!(wrong.tries_left, Some(4), "the code that was refused cost no try");
    assert_eq!(service.look(again.id, 0).await.progress, Progress::Pending);
    let elsewhere = service.asked_from("anna", "203.0.113.8").await;
    let Some(FromBroker::Request(open)) = link.next().await else { panic!("no request") };
    assert_eq!(parts::id_of(&open.jws), elsewhere.id, "nothing was heard of the other one");

    running.pass(24 * 3600 - 1);
    let last = service.asked_from("anna", STRANGE).await;
    let code = running.browser().code(&last.login_url).await;
    running.pass(1);
    let refused = anna.bind(&code, running.now()).await.unwrap_err();
    assert_eq!(refused.kind, ProblemType::NetworkReported, "it was refused when it came");
    let later = service.asked_from("anna", STRANGE).await;
    let mut heard = link.next().await;
    while let Some(FromBroker::RequestEnded(ended)) = &heard {
        assert_eq!((ended.id, ended.state), (elsewhere.id, Standing::Expired));
        heard = link.next().await;
    }
    let Some(FromBroker::Request(open)) = heard else { panic!("no request: {heard:?}") };
    assert_eq!(parts::id_of(&open.jws), later.id);
    flooded.stop().await;
}
