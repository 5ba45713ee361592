//! How long the broker remembers a request that has ended.

#![allow(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

mod parts;

use parts::Site;
use sayso_protocol::request::RequestId;

/// Until then nothing of a request counts, in seconds after it was made.
const EXP: u64 = 600;
const QUARTER: u64 = 15 * 60;
const DAY: u64 = 24 * 3600;

impl Site {
    /// Whether the service can still look at it, once another request was made.
    async fn remembers(&self, id: RequestId) -> bool {
        self.service.asked_from("somebody", "203.0.113.200").await;
        let call = format!("{}/v1/requests/{id}", self.service.origin);
        let answer = self.service.http.get(call).bearer_auth(&self.service.key).send().await;
        match answer.unwrap().status().as_u16() {
            200 => true,
            404 => false,
            other => unreachable!("{other}"),
        }
    }

    /// Whether the bytes that were signed for the approver are still there.
    async fn has_signed(&self, id: RequestId) -> bool {
        let anna = self.anna.id();
        let signed = self.running.broker.store.read(move |db| db.signed_for(id, &anna)).await;
        signed.unwrap().is_some()
    }

    async fn end(self) {
        let store = self.running.broker.store.clone();
        let key = store.key().clone();
        store.read(move |db| Ok(db.verify_audit(&key))).await.unwrap().unwrap();
        drop(store);
        self.stop().await;
    }
}

#[tokio::test]
async fn what_nobody_acted_on_is_forgotten_when_nobody_can_ask_for_it_any_more() {
    let home = Site::start().await;
    let replaced = home.service.asked_from("anna", "198.51.100.1").await.id;
    for _ in 0..2 {
        home.service.asked_from("anna", "198.51.100.1").await;
    }
    let expired = home.service.asked_from("anna", "198.51.100.2").await.id;
    home.running.pass(EXP + QUARTER - 1);
    for id in [replaced, expired] {
        assert!(home.remembers(id).await && home.has_signed(id).await);
    }
    home.running.pass(1);
    for id in [replaced, expired] {
        assert!(!home.remembers(id).await && !home.has_signed(id).await);
    }
    home.end().await;
}

#[tokio::test]
async fn what_was_answered_is_kept_for_ninety_days_and_what_was_signed_about_it_ever_after() {
    let home = Site::start().await;
    let asked = home.service.ask("anna").await;
    let code = home.running.browser().code(&asked.login_url).await;
    let bound = home.anna.bind(&code, home.running.now()).await.unwrap();
    assert_eq!(home.anna.approve(&bound, home.running.now()).await.0, 200);
    home.running.pass(EXP + 90 * DAY - 1);
    assert!(home.remembers(asked.id).await);
    home.running.pass(1);
    assert!(!home.remembers(asked.id).await && home.has_signed(asked.id).await);
    home.end().await;
}

#[tokio::test]
async fn what_came_with_an_idempotency_key_is_remembered_as_long_as_the_key() {
    let home = Site::start().await;
    let call = home.service.http.post(format!("{}/v1/requests", home.service.origin));
    let call = call.bearer_auth(&home.service.key).header("Idempotency-Key", "once");
    let answer = call.json(&parts::login("anna")).send().await.unwrap();
    let asked: sayso_protocol::service::Asked = answer.json().await.unwrap();
    home.running.pass(DAY - 1);
    assert!(home.remembers(asked.id).await);
    home.running.pass(1);
    assert!(!home.remembers(asked.id).await);
    home.end().await;
}
