//! Another key takes the place of the broker's: who is connected learns it, who was away learns all
//! of them, and what the old one signed goes on.

mod parts;

use parts::Running;
use sayso_broker::store::rotations;
use sayso_protocol::decision::Verdict;
use sayso_protocol::link::FromBroker;
use sayso_protocol::outcome;
use sayso_protocol::rotation::{BrokerKeys, KeySet, ListedKey, MAX_ROTATIONS, Taken};
use sayso_protocol::signature::{Expected, PublicKey, unverified};
use std::time::Duration;

#[allow(clippy::unwrap_used, reason = "a part of tests")]
async fn rotate(running: &Running) -> PublicKey {
    running.broker.store.write(rotations::rotate).await.unwrap().value
}

#[allow(clippy::unwrap_used, reason = "a part of tests")]
async fn key_set(running: &Running, query: &str) -> KeySet {
    let address = format!("{}/v1/keys{query}", running.origin);
    reqwest::get(address).await.unwrap().error_for_status().unwrap().json().await.unwrap()
}

#[tokio::test]
async fn who_was_away_learns_all_keys_in_their_order() {
    let store = tempfile::tempdir().unwrap();
    let running = Running::start(store.path(), None).await;
    let first = running.keys().await;
    let mut known = BrokerKeys::new(first.clone());
    assert!(key_set(&running, "").await.rotations.is_empty());
    let mut last = first.clone();
    for _ in 0..=MAX_ROTATIONS {
        last = rotate(&running).await;
    }
    assert!(key_set(&running, "").await.rotations.is_empty(), "nobody asked");
    assert!(key_set(&running, "?after=unknown").await.rotations.is_empty());
    let asked = |known: &BrokerKeys| format!("?after={}", known.current().thumbprint());
    for count in [MAX_ROTATIONS, 1, 0] {
        let rotations = key_set(&running, &asked(&known)).await.rotations;
        assert_eq!(rotations.len(), count);
        for rotation in &rotations {
            assert_eq!(known.take(&running.origin, rotation), Ok(Taken::New));
        }
    }
    assert_eq!(known.current(), &last);
    running.stop().await;
}

#[tokio::test]
async fn a_key_is_listed_as_long_as_outcomes_that_it_signed_can_be_fetched() {
    let store = tempfile::tempdir().unwrap();
    let running = Running::start(store.path(), None).await;
    let first = running.keys().await;
    let second = rotate(&running).await;
    let listed = [second.clone(), first].map(ListedKey::from);
    assert_eq!(key_set(&running, "").await.keys, listed);
    running.pass(90 * 24 * 60 * 60);
    assert_eq!(key_set(&running, "").await.keys, [ListedKey::from(second)]);
    running.stop().await;
}

#[tokio::test]
async fn what_the_old_key_signed_is_answered_and_its_outcome_is_signed_with_the_new_one() {
    let store = tempfile::tempdir().unwrap();
    let running = Running::start(store.path(), None).await;
    let service = running.service("Bank").await;
    let anna = running.approver("anna").await;
    let mut link = anna.connect(running.now()).await;
    link.snapshot().await;
    let asked = service.ask("anna").await;
    let Some(FromBroker::Request(open)) = link.next().await else { panic!("no request") };
    let first = running.keys().await;
    let mut known = BrokerKeys::new(first.clone());

    let second = rotate(&running).await;
    let Some(FromBroker::Snapshot { rotation, requests, audit_head, .. }) = link.next().await
    else {
        panic!("no snapshot")
    };
    assert_eq!(known.take(&running.origin, &rotation.unwrap()), Ok(Taken::New));
    assert_eq!(known.current(), &second);
    assert_eq!(requests[0].jws, open.jws, "the same bytes ever after");
    assert!(known.named_by(audit_head.as_str(), running.now()).is_ok_and(|key| *key == second));
    assert!(known.named_by(open.jws.as_str(), running.now()).is_ok_and(|key| *key == first));

    let decision = anna.decision(&open.jws, &anna.link_key, Verdict::Deny, None, running.now());
    assert_eq!(anna.decide(asked.id, &decision).await.0, 200);
    let outcome = service.look(asked.id, 0).await.outcome.unwrap();
    let expected = Expected { iss: &running.origin, aud: &service.id, now: running.now() };
    let told = second.verify::<outcome::Outcome>(outcome.as_str(), expected).unwrap();
    assert_eq!(told.claims.verdict, outcome::Verdict::Deny);
    running.stop().await;
}

#[tokio::test]
async fn the_rotation_is_said_by_the_old_key_of_the_broker_to_itself() {
    let store = tempfile::tempdir().unwrap();
    let running = Running::start(store.path(), None).await;
    let first = running.keys().await;
    let second = rotate(&running).await;
    let kid = first.thumbprint();
    let rotation = key_set(&running, &format!("?after={kid}")).await.rotations.remove(0);
    let later = running.now().plus(Duration::from_secs(10 * 365 * 24 * 60 * 60));
    let expected = Expected { iss: &running.origin, aud: &running.origin, now: later };
    assert!(first.verify::<sayso_protocol::rotation::NewKey>(rotation.as_str(), expected).is_ok());
    let claims = unverified::<sayso_protocol::rotation::NewKey>(rotation.as_str()).unwrap().claims;
    assert_eq!(claims.jwk, second);
    running.stop().await;
}
