//! Calls over HTTP to a broker, bounded in time and length, and its clock. Who calls, and what for,
//! is left to `calls` and `enrolling`.

use std::time::Duration;

use reqwest::{Client, Response};
use sayso_protocol::problem::{Problem, ProblemType};
use sayso_protocol::secret::nonce;
use sayso_protocol::signature::{PublicKey, SignatureError, claimed_key};
use sayso_protocol::time::{BrokerTime, TimeAnswer};
use serde::Serialize;
use serde::de::DeserializeOwned;
use url::Url;

use super::super::{BrokerClock, Refusal};
use crate::clock;

/// No call takes longer: what a person waits for answers within ten seconds.
const CALL_LIMIT: Duration = Duration::from_secs(4);
/// No answer is longer than this, in bytes.
const MAX_ANSWER: usize = 64 * 1024;

/// Verifies with the key that the message names, if it is one of the broker's.
pub(super) fn verify<T>(
    keys: &[PublicKey],
    jws: &str,
    with: impl Fn(&PublicKey) -> Result<T, SignatureError>,
) -> Result<T, SignatureError> {
    let kid = claimed_key(jws)?;
    let key = keys.iter().find(|key| key.thumbprint() == kid).ok_or(SignatureError::Key)?;
    with(key)
}

/// The broker's clock, from its signed answer to a nonce of ours.
pub(super) async fn broker_time(
    http: &Client,
    broker: &Url,
    origin: &str,
    keys: &[PublicKey],
) -> Result<BrokerClock, Refusal> {
    let asked = nonce(&mut rand::rng());
    let mut address = broker.clone();
    address.set_path("/v1/time");
    address.query_pairs_mut().append_pair("nonce", &asked);
    let call = || http.get(address.clone());
    let sent = match call().send().await {
        // The first call for a while: the broker may have closed the connection that was kept.
        Err(error) if !error.is_timeout() => call().send().await,
        sent => sent,
    };
    let TimeAnswer { time } = read(sent).await?;
    let envelope =
        verify(keys, time.as_str(), |key| key.verify_at_any_time::<BrokerTime>(time.as_str()))
            .map_err(|_| Refusal::Strange)?;
    if envelope.iss != origin || envelope.aud != asked {
        return Err(Refusal::Strange);
    }
    Ok(BrokerClock::new(clock::now(), envelope.iat))
}

/// What makes the calls.
pub(super) fn client() -> anyhow::Result<Client> {
    Ok(Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .timeout(CALL_LIMIT)
        .connect_timeout(CALL_LIMIT)
        .no_proxy()
        .build()?)
}

/// Sends `body` to `path`.
pub(super) async fn post<B: Serialize, A: DeserializeOwned>(
    http: &Client,
    broker: &Url,
    path: &str,
    body: &B,
) -> Result<A, Refusal> {
    let mut address = broker.clone();
    address.set_path(path);
    answer(http.post(address).json(body)).await
}

/// Sends a call and reads its answer.
pub(super) async fn answer<A: DeserializeOwned>(
    call: reqwest::RequestBuilder,
) -> Result<A, Refusal> {
    read(call.send().await).await
}

/// Reads an answer, which is capped before it is parsed.
async fn read<A: DeserializeOwned>(sent: reqwest::Result<Response>) -> Result<A, Refusal> {
    let mut response = sent.map_err(|error| {
        tracing::debug!(timeout = error.is_timeout(), "a call to the broker failed");
        Refusal::Offline
    })?;
    let status = response.status();
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|_| Refusal::Offline)? {
        if body.len() + chunk.len() > MAX_ANSWER {
            return Err(Refusal::Strange);
        }
        body.extend_from_slice(&chunk);
    }
    if status.is_success() {
        return serde_json::from_slice(&body).map_err(|_| Refusal::Strange);
    }
    match serde_json::from_slice::<Problem>(&body) {
        // A broker that cannot write now is one to ask again.
        Ok(problem) if problem.kind == ProblemType::Unavailable => Err(Refusal::Offline),
        Ok(problem) => Err(Refusal::Problem(Box::new(problem))),
        Err(_) if status.is_server_error() => Err(Refusal::Offline),
        Err(_) => Err(Refusal::Strange),
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpListener;

    use super::*;

    #[tokio::test]
    async fn a_connection_that_the_broker_has_closed_is_not_the_end_of_it() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let broker = Url::parse(&format!("http://{}", listener.local_addr().unwrap())).unwrap();
        let answering = tokio::spawn(async move {
            let (mut first, _) = listener.accept().await.unwrap();
            first.read_exact(&mut [0; 16]).await.unwrap();
            drop(first);
            let (mut second, _) = listener.accept().await.unwrap();
            second.read_exact(&mut [0; 16]).await.unwrap();
            let answer = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}";
            second.write_all(answer).await.unwrap();
            second.read_to_end(&mut Vec::new()).await.ok();
        });
        let told = broker_time(&client().unwrap(), &broker, broker.as_str(), &[]).await;
        assert!(matches!(told, Err(Refusal::Strange)), "it was asked again, and said nothing");
        answering.abort();
    }
}
