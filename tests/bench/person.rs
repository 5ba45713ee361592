//! Somebody who approves one login after the other: the service asks, the approver brings the code
//! and the signed decision.

use rig::approver::BoundRequest;
use rig::clock;
use rusqlite::{Connection, OpenFlags};
use sayso_protocol::binding::{Binding, Code};
use sayso_protocol::decision::{DecisionClaims, Heard, UserVerification, Verdict};
use sayso_protocol::request::Verification;
use sayso_protocol::time::UnixTime;
use serde_json::json;

use rig::seeded::{Keys, RETURN_URL, Seeded};
use rig::wire::Caller;

/// A person, their approver, and the service at which they log in.
#[derive(Debug)]
pub struct Person {
    keys: Keys,
    api_key: String,
    origin: String,
    caller: Caller,
    /// Where the page's code is read: the page itself is not what is measured.
    store: Connection,
}

impl Person {
    /// With a connection of their own.
    ///
    /// # Panics
    /// If the broker does not listen.
    pub async fn new(seeded: &Seeded, keys: &Keys) -> Person {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        Person {
            keys: keys.clone(),
            api_key: seeded.api_key.clone(),
            origin: seeded.broker.origin(),
            caller: Caller::connect(seeded.broker.address()).await,
            store: Connection::open_with_flags(seeded.database(), flags).expect("the store"),
        }
    }

    /// What a service asks for this person.
    #[must_use]
    pub fn ask(keys: &Keys) -> String {
        json!({
            "account": keys.account,
            "action": { "kind": "login" },
            "origin": { "address": keys.home },
            "return_url": RETURN_URL,
        })
        .to_string()
    }

    /// One login, asked for and approved.
    ///
    /// # Panics
    /// If the broker refuses anything.
    pub async fn approve(&mut self) {
        let ask = Person::ask(&self.keys);
        let asked = self.call("/v1/requests", &ask, 201).await;
        let id = asked["id"].as_str().expect("an id").to_owned();
        let value = Code::parse(&self.code(&id)).expect("a code");
        let binding = self.keys.envelope(&self.origin, Binding::Code { value });
        let binding = json!({ "binding": self.keys.link.sign(&binding).as_str() });
        let bound = self.call("/v1/bindings", &binding.to_string(), 200).await;
        let bound = BoundRequest::read(&bound);
        let decision = json!({ "decision": self.decide(&bound) });
        let path = format!("/v1/requests/{id}/decision");
        let decided = self.call(&path, &decision.to_string(), 200).await;
        assert_eq!(decided["state"], "approved", "{decided}");
    }

    fn decide(&self, bound: &BoundRequest) -> String {
        let mut envelope = self.keys.envelope(
            &self.origin,
            DecisionClaims {
                request: bound.id,
                request_hash: bound.request.digest(),
                verdict: Verdict::Approve,
                receipt: Some(bound.receipt.clone()),
                heard: Heard { lang: "en".into(), text: "Approve or deny?".into() },
                verification: UserVerification {
                    method: Verification::Session,
                    at: UnixTime(clock::seconds()),
                },
            },
        );
        envelope.exp = bound.exp;
        self.keys.approver.sign(&envelope).as_str().to_owned()
    }

    fn code(&self, id: &str) -> String {
        self.store
            .prepare_cached("SELECT offer ->> '$.chosen.code' FROM requests WHERE id = ?1")
            .and_then(|mut statement| statement.query_row([id], |row| row.get(0)))
            .expect("a code")
    }

    async fn call(&mut self, path: &str, body: &str, wanted: u16) -> serde_json::Value {
        let (status, answer) = self.caller.call("POST", path, &self.api_key, body).await;
        assert_eq!(status, wanted, "{path}: {answer}");
        answer
    }
}
