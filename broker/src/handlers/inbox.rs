//! What an approver should know, for one that cannot have a link: something between strips, holds
//! back or cuts what a WebSocket needs. Each call waits until there is something new.

use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::{Extension, Json};
use sayso_protocol::enrolment::ApproverId;
use sayso_protocol::link::{INBOX_WAIT, Inbox};
use sayso_protocol::problem::ProblemType;
use sayso_protocol::signature::Digest;
use serde::Deserialize;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

use super::link::CATCH_UP;
use super::snapshot::Snapshot;
use crate::auth::CallingComputer;
use crate::clock::pause;
use crate::error::{self, Error};
use crate::forwarding::Caller;
use crate::relay::{Connected, Mail, Out};
use crate::server::Broker;

/// Whoever waits by calls makes the next one by then.
const NEXT_CALL_WITHIN: Duration = Duration::from_secs(10);

/// What is known already, and how long to wait for more.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Looking {
    /// The `version` of the last answer; without it, the answer comes at once.
    after: Option<Digest>,
    /// How many seconds to wait for news; 0 without it, and never more than 50.
    #[serde(default)]
    wait: u64,
}

/// `GET /v1/approver/inbox?after=V&wait=S`: what an approver should know, at once if it is called
/// otherwise than V, else when it is or after S seconds. Meanwhile the approver is connected as by
/// a link, and for ten seconds more, in which it calls again. What is new is told to who knows a V
/// a quarter of a second after the call at the earliest: in a flood, many news come in one answer.
///
/// # Errors
/// `unauthorized`, `signature`, `clock`, `approver-removed`, `account-blocked`, `malformed`;
/// `replaced` when a newer link or call of the same approver comes; `unavailable` when the broker
/// stops.
pub async fn look(
    State(broker): State<Broker>,
    Extension(caller): Extension<Caller>,
    CallingComputer { approver, proof }: CallingComputer,
    looking: Result<Query<Looking>, QueryRejection>,
) -> Result<Json<Inbox>, Error> {
    let Query(looking) = looking.map_err(|_| Error::of(ProblemType::Malformed))?;
    let connected = broker.relay.connect(approver.id.clone(), caller, proof).await;
    let mut connected = connected.map_err(|_| stopping())?;
    let inbox = wait(&broker, &approver.id, &looking, &mut connected).await?;
    tokio::spawn(linger(connected, broker.stopping.clone()));
    Ok(Json(inbox))
}

fn stopping() -> Error {
    Error::of(ProblemType::Unavailable)
}

async fn wait(
    broker: &Broker,
    approver: &ApproverId,
    looking: &Looking,
    connected: &mut Connected,
) -> Result<Inbox, Error> {
    let _waits = broker.metrics.inbox();
    let over = pause(Duration::from_secs(looking.wait).min(INBOX_WAIT));
    let moment = pause(CATCH_UP);
    tokio::pin!(over, moment);
    loop {
        let snapshot = Snapshot::read(broker, approver).await?;
        let snapshot = snapshot.ok_or_else(|| Error::of(ProblemType::ApproverRemoved))?;
        let version = snapshot.name()?;
        let inbox = || Inbox { version, messages: snapshot.messages().cloned().collect() };
        if looking.after.is_some_and(|after| after != version) && !moment.is_elapsed() {
            tokio::select! {
                () = &mut moment => continue,
                () = broker.stopping.cancelled() => return Err(stopping()),
            }
        }
        if looking.after != Some(version) {
            return Ok(inbox());
        }
        tokio::select! {
            mail = connected.mailbox.next() => match mail {
                Mail::Next(Out::Message { .. } | Out::ReadAgain) | Mail::Lost => {}
                Mail::Over => match connected.mailbox.replaced_by() {
                    Some(by) => return Err(error::replaced(by).into()),
                    // Removed: the next call tells.
                    None => return Ok(inbox()),
                },
            },
            () = &mut over => return Ok(inbox()),
            () = broker.stopping.cancelled() => return Err(stopping()),
        }
    }
}

/// The approver stays connected until its next call, or until it is clear that none comes: what it
/// is told meanwhile, that call reads.
async fn linger(mut connected: Connected, stopping: CancellationToken) {
    let next_call = async { while !matches!(connected.mailbox.next().await, Mail::Over) {} };
    tokio::select! {
        () = next_call => {}
        () = pause(NEXT_CALL_WITHIN) => {}
        () = stopping.cancelled() => {}
    }
}
