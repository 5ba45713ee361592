//! One login against a broker that dies: each call is made again, with the same bytes, until it is
//! answered, as services and approvers do.

use reqwest::{Client, Method};
use rig::approver::{Approver, BoundRequest};
use rig::broker::Broker;
use rig::browser::PlainBrowser;
use rig::clock;
use rig::http;
use rig::service::Service;
use rig::story::claims;
use sayso_protocol::decision::Verdict;
use serde_json::{Value, json};

use crate::ledger::Told;

/// A person with a browser and an approver, and the service at which they log in.
pub struct Person {
    http: Client,
    broker: String,
    api_key: String,
    return_url: String,
    approver: Approver,
    account: String,
    logins: u64,
}

impl Person {
    /// A person who has registered.
    pub fn new(broker: &Broker, service: &Service, approver: Approver, account: String) -> Person {
        Person {
            http: http::client(),
            broker: broker.origin(),
            api_key: service.api_key().to_owned(),
            return_url: service.return_url().to_owned(),
            approver,
            account,
            logins: 0,
        }
    }

    /// Asks, binds, answers (yes and no in turn) and fetches; what everybody was told.
    pub async fn log_in(&mut self) -> Told {
        self.logins += 1;
        let wanted = if self.logins % 2 == 1 { Verdict::Approve } else { Verdict::Deny };
        let asked = self.ask().await;
        let id = asked["id"].as_str().expect("an id").to_owned();
        let page = asked["login_url"].as_str().expect("a page").to_owned();
        let mut browser = PlainBrowser::new("en");
        let code = match browser.look(&page).await {
            Some(page) => page.code(),
            None => None,
        };
        // The broker may have given the page to this browser and died before it said so: then
        // nobody holds the cookie, and the service calls the request off.
        let Some(code) = code else {
            let (status, answer) =
                self.until_answered(Method::DELETE, &path_of(&id), None, None).await;
            assert!((200..300).contains(&status), "call off: {status} {answer}");
            return Told { id, decision: None, verdict: None };
        };
        let binding = self.approver.link_key.sign(&self.approver.binding(&code));
        let body = json!({ "binding": binding.as_str() });
        let answer = self.must(Method::POST, "/v1/bindings", body).await;
        let bound = BoundRequest::read(&answer);
        let decision = self.approver.approver_key.sign(&self.approver.decision(&bound, wanted));
        let body = json!({ "decision": decision.as_str() });
        self.must(Method::POST, &format!("{}/decision", path_of(&id)), body).await;
        let outcome = match wanted {
            Verdict::Approve => self.fetch(&id, &page, &mut browser).await,
            Verdict::Deny | Verdict::Report => self.read(&id).await,
        };
        let verdict = claims(&outcome).expect("an outcome")["verdict"].clone();
        let verdict = verdict.as_str().expect("a verdict").to_owned();
        Told { id, decision: Some(wanted), verdict: Some((verdict, outcome)) }
    }

    async fn ask(&self) -> Value {
        let body = json!({
            "account": self.account,
            "action": { "kind": "login" },
            "origin": { "address": "127.0.0.1" },
            "return_url": self.return_url,
        });
        let key = format!("{}-{}", self.account, self.logins);
        let (status, answer) =
            self.until_answered(Method::POST, "/v1/requests", Some(body), Some(&key)).await;
        assert_eq!(status, 201, "ask: {answer}");
        answer
    }

    /// The browser carries a ticket, and the service fetches the outcome against it, twice.
    async fn fetch(&self, id: &str, page: &str, browser: &mut PlainBrowser) -> String {
        let to = loop {
            match browser.look(&format!("{page}/return")).await {
                Some(page) => break page.fields.get("location").cloned().expect("the way back"),
                None => clock::moment().await,
            }
        };
        let to = reqwest::Url::parse(&to).expect("an address");
        let ticket = to.query_pairs().find(|(name, _)| name == "ticket").expect("a ticket").1;
        let body = json!({ "ticket": ticket });
        let path = format!("{}/outcome", path_of(id));
        let once = self.must(Method::POST, &path, body.clone()).await;
        let again = self.must(Method::POST, &path, body).await;
        assert_eq!(once, again, "the same ticket, another outcome");
        once["outcome"].as_str().expect("an outcome").to_owned()
    }

    async fn read(&self, id: &str) -> String {
        let (status, answer) = self.until_answered(Method::GET, &path_of(id), None, None).await;
        assert_eq!(status, 200, "{answer}");
        answer["outcome"].as_str().unwrap_or_else(|| panic!("no outcome: {answer}")).to_owned()
    }

    async fn must(&self, method: Method, path: &str, body: Value) -> Value {
        let (status, answer) = self.until_answered(method, path, Some(body), None).await;
        assert_eq!(status, 200, "{path}: {answer}");
        answer
    }

    /// Makes a call again until it is answered whole.
    async fn until_answered(
        &self,
        method: Method,
        path: &str,
        body: Option<Value>,
        key: Option<&str>,
    ) -> (u16, Value) {
        loop {
            let address = format!("{}{path}", self.broker);
            let mut call = self.http.request(method.clone(), address).bearer_auth(&self.api_key);
            if let Some(body) = &body {
                call = call.json(body);
            }
            if let Some(key) = key {
                call = call.header("idempotency-key", key);
            }
            if let Ok(answer) = call.send().await {
                let status = answer.status().as_u16();
                if let Ok(text) = answer.text().await {
                    let value = serde_json::from_str(&text).unwrap_or(Value::String(text));
                    return (status, value);
                }
            }
            clock::moment().await;
        }
    }
}

/// The path of a request.
pub(crate) fn path_of(id: &str) -> String {
    format!("/v1/requests/{id}")
}
