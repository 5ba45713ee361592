//! A service: a small web site that lets people log in with Sayso. It knows the broker's HTTP
//! API and nothing else, and verifies what it gets by itself.

mod outcome;

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use anyhow::{Context, bail, ensure};
use serde_json::{Value, json};
use tokio::io::{AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use url::Url;

use crate::broker::Broker;
use crate::clock::{self, FakeClock};
use crate::http;
use crate::processes::wait_until;
use crate::proxy::wire::Head;
use crate::transcript::{Channel, Transcript};

/// A request, as the service knows it.
#[derive(Debug, Clone)]
pub struct Asked {
    /// Its id.
    pub id: String,
    /// Where the browser goes.
    pub login_url: String,
    /// What the service's session is known by.
    pub state: String,
}

/// What came back to the service's return address.
#[derive(Debug, Clone)]
pub enum Returned {
    /// A verified outcome: its claims.
    Outcome(Value),
    /// The broker's word that there is none, or why the service does not believe it.
    Refused(String),
}

struct Shared {
    name: String,
    /// Where the broker's API is.
    api: String,
    /// What the broker signs as.
    issuer: String,
    api_key: String,
    return_url: String,
    sessions: Mutex<HashMap<String, Asked>>,
    returned: Mutex<Vec<Returned>>,
    tickets: Mutex<Vec<String>>,
    http: reqwest::Client,
    transcript: Transcript,
    /// The broker's and the service's, if the story moves it.
    clock: Option<FakeClock>,
}

/// A running service.
pub struct Service {
    shared: Arc<Shared>,
    address: SocketAddr,
    task: JoinHandle<()>,
}

impl std::fmt::Debug for Service {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Service").field("name", &self.shared.name).finish_non_exhaustive()
    }
}

impl Service {
    /// Registers a service at the broker and opens its site.
    ///
    /// # Panics
    /// If no port is free or the broker refuses.
    pub async fn start(broker: &Broker, name: &str, transcript: &Transcript) -> Service {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("a bound socket");
        let return_url = format!("http://{address}/return");
        let api_key = broker.add_service(name, &return_url).await;
        let shared = Arc::new(Shared {
            name: name.to_owned(),
            api: broker.api(),
            issuer: broker.origin(),
            api_key,
            return_url,
            sessions: Mutex::default(),
            returned: Mutex::default(),
            tickets: Mutex::default(),
            http: http::client(),
            transcript: transcript.clone(),
            clock: broker.clock().cloned(),
        });
        let site = Arc::clone(&shared);
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let site = Arc::clone(&site);
                tokio::spawn(async move { site.serve(stream).await.ok() });
            }
        });
        Service { shared, address, task }
    }

    /// Asks for a login of `account`; the person's browser is at `origin`.
    ///
    /// # Panics
    /// If the broker refuses.
    pub async fn ask(&self, account: &str) -> Asked {
        self.shared.ask(account, json!({})).await.expect("the broker takes the request")
    }

    /// The same with further or other members of the call.
    ///
    /// # Panics
    /// If the broker refuses.
    pub async fn ask_with(&self, account: &str, more: Value) -> Asked {
        self.shared.ask(account, more).await.expect("the broker takes the request")
    }

    /// Any call of the service's API, with its key; status and body.
    ///
    /// # Panics
    /// If the broker does not answer.
    pub async fn call(&self, method: &str, path: &str, body: Option<Value>) -> (u16, Value) {
        self.shared.call(method, path, body).await.expect("the broker answers")
    }

    /// The service's own page that begins a login: it asks, and sends the browser on.
    #[must_use]
    pub fn login_address(&self, account: &str) -> String {
        format!("http://{}/login?account={account}", self.address)
    }

    /// The request that was asked last.
    #[must_use]
    pub fn last(&self) -> Option<Asked> {
        lock(&self.shared.sessions).values().max_by_key(|asked| asked.id.clone()).cloned()
    }

    /// Its key at the broker.
    #[must_use]
    pub fn api_key(&self) -> &str {
        &self.shared.api_key
    }

    /// Where browsers come back to.
    #[must_use]
    pub fn return_url(&self) -> &str {
        &self.shared.return_url
    }

    /// The ticket that a browser brought last.
    #[must_use]
    pub fn last_ticket(&self) -> Option<String> {
        lock(&self.shared.tickets).last().cloned()
    }

    /// All that came back so far.
    #[must_use]
    pub fn returned(&self) -> Vec<Returned> {
        lock(&self.shared.returned).clone()
    }

    /// Waits until something comes back, and returns it.
    pub async fn wait_for_return(&self) -> Returned {
        self.wait_for_nth_return(1).await
    }

    /// Waits until something comes back for the `count`th time, and returns it.
    pub async fn wait_for_nth_return(&self, count: usize) -> Returned {
        wait_until("the browser to come back to the service", String::new, || {
            self.returned().into_iter().nth(count - 1)
        })
        .await
    }

    /// Verifies an outcome as a service must: the broker's key, the signature over the very
    /// bytes, the type, the broker, the time.
    ///
    /// # Errors
    /// What is wrong with it.
    pub async fn verify(&self, outcome: &str) -> anyhow::Result<Value> {
        self.shared.verify(outcome).await
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Shared {
    async fn ask(&self, account: &str, more: Value) -> anyhow::Result<Asked> {
        let state = hex(&rand::random::<[u8; 16]>());
        let mut body = json!({
            "account": account,
            "action": {"kind": "login"},
            "origin": {"address": "127.0.0.1"},
            "return_url": self.return_url,
            "state": state,
        });
        if let (Some(body), Value::Object(more)) = (body.as_object_mut(), more) {
            body.extend(more);
        }
        let (status, answer) = self.call("POST", "/v1/requests", Some(body)).await?;
        ensure!((200..300).contains(&status), "{status}: {answer}");
        let text = |name: &str| answer[name].as_str().unwrap_or_default().to_owned();
        let asked = Asked { id: text("id"), login_url: text("login_url"), state: state.clone() };
        lock(&self.sessions).insert(state, asked.clone());
        Ok(asked)
    }

    async fn call(
        &self,
        method: &str,
        path: &str,
        body: Option<Value>,
    ) -> anyhow::Result<(u16, Value)> {
        let address = format!("{}{path}", self.api);
        let mut call = self
            .http
            .request(method.parse()?, address)
            .header("authorization", format!("Bearer {}", self.api_key));
        if let Some(body) = body {
            call = call.json(&body);
        }
        let answer = call.send().await?;
        let status = answer.status().as_u16();
        let text = answer.text().await?;
        Ok((status, serde_json::from_str(&text).unwrap_or(Value::String(text))))
    }

    async fn serve(&self, stream: TcpStream) -> anyhow::Result<()> {
        let mut stream = BufReader::new(stream);
        let Some(head) = Head::read(&mut stream).await? else { return Ok(()) };
        let (_, target) = head.first_line();
        let url = Url::parse("http://service")?.join(&target)?;
        let query: HashMap<_, _> = url.query_pairs().into_owned().collect();
        let answer = match url.path() {
            "/login" => {
                let account = query.get("account").map(String::as_str).unwrap_or_default();
                let asked = self.ask(account, json!({})).await?;
                format!(
                    "HTTP/1.1 303 See Other\r\nlocation: {}\r\n\
                     set-cookie: session={}; HttpOnly; SameSite=Lax; Path=/\r\n\
                     content-length: 0\r\nconnection: close\r\n\r\n",
                    asked.login_url, asked.state
                )
            }
            "/return" => {
                let cookie = head.field("cookie").unwrap_or_default();
                page(&self.take_return(&query, &cookie).await)
            }
            _ => "HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\nconnection: close\r\n\r\n".into(),
        };
        stream.get_mut().write_all(answer.as_bytes()).await?;
        stream.get_mut().shutdown().await?;
        Ok(())
    }

    /// The browser is back. What it carries counts only in the session that asked.
    async fn take_return(&self, query: &HashMap<String, String>, cookie: &str) -> String {
        let collected = self.collect(query, cookie).await;
        let (returned, text) = match collected {
            Ok(claims) => {
                let text = outcome::describe(&claims);
                (Returned::Outcome(claims), text)
            }
            Err(error) => (Returned::Refused(error.to_string()), format!("nothing: {error}")),
        };
        self.transcript.note(Channel::Service, format!("{} got: {text}", self.name));
        lock(&self.returned).push(returned);
        format!("{}: {text}", self.name)
    }

    async fn collect(
        &self,
        query: &HashMap<String, String>,
        cookie: &str,
    ) -> anyhow::Result<Value> {
        let state = query.get("state").context("no state")?;
        let asked = lock(&self.sessions).get(state).cloned().context("an unknown session")?;
        ensure!(cookie.contains(&format!("session={state}")), "another browser's session");
        if let Some(error) = query.get("error") {
            bail!("error {error}");
        }
        let ticket = query.get("ticket").context("no ticket")?;
        lock(&self.tickets).push(ticket.clone());
        let path = format!("/v1/requests/{}/outcome", asked.id);
        let (status, answer) = self.call("POST", &path, Some(json!({"ticket": ticket}))).await?;
        ensure!(status == 200, "the broker's answer {status}: {answer}");
        let outcome = answer["outcome"].as_str().context("no outcome")?;
        let claims = self.verify(outcome).await?;
        ensure!(claims["request"] == asked.id.as_str(), "the outcome of another request");
        Ok(claims)
    }

    async fn verify(&self, outcome: &str) -> anyhow::Result<Value> {
        let keys = self.http.get(format!("{}/v1/keys", self.api)).send().await?;
        let now = clock::seconds_by(self.clock.as_ref());
        outcome::verify(outcome, &keys.json().await?, &self.issuer, now)
    }
}

fn page(text: &str) -> String {
    let body = format!("<!doctype html><title>Service</title><h1>{text}</h1>");
    format!(
        "HTTP/1.1 200 OK\r\ncontent-type: text/html; charset=utf-8\r\ncontent-length: {}\r\n\
         connection: close\r\n\r\n{body}",
        body.len()
    )
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").ok();
        text
    })
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
