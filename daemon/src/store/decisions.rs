//! Decisions: kept before they are sent, sent until they are settled, settled before the person
//! is told. After a crash the rows say what is still to be sent and what is still to be told.

use rusqlite::{Connection, Row, Transaction, named_params, params};
use sayso_protocol::decision::{DecisionClaims, Heard, Verdict};
use sayso_protocol::enrolment::ApproverId;
use sayso_protocol::life::Standing;
use sayso_protocol::relay::{Received, SignedDecision};
use sayso_protocol::request::{Request, RequestId};
use sayso_protocol::signature::{Digest, Jws, SecretKey};
use sayso_protocol::time::UnixTime;
use serde::{Deserialize, Serialize};

use super::StoreError;
use super::events::{About, End, HistoryEvent};
use super::history;

/// What became of a decision.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Ending {
    /// The broker took it.
    Taken,
    /// The broker did not take it: this stood already.
    Refused(Standing),
    /// The request was over before the broker had answered.
    Expired,
}

/// How far the person has been told what became of a decision.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Told {
    /// Not at all.
    Nothing,
    /// That it is approved and the service has not fetched it yet.
    NotFetched,
    /// How it ended: there is nothing more to tell.
    End,
}

/// A decision as the store has it.
#[derive(Clone, Debug)]
pub struct KeptDecision {
    /// SHA-256 of `jws`: names the decision.
    pub digest: Digest,
    /// Who signed it.
    pub approver: ApproverId,
    /// The broker's origin.
    pub broker: String,
    /// What was asked.
    pub request: Request,
    /// What the person said.
    pub verdict: Verdict,
    /// What the person heard or read before.
    pub heard: Heard,
    /// The bytes to send.
    pub jws: Jws<DecisionClaims>,
    /// When it was decided.
    pub decided_at: UnixTime,
    /// When it is too late to send it.
    pub exp: UnixTime,
    /// What became of it; `None` while it is to be sent.
    pub ending: Option<Ending>,
    /// When the service fetched the approval.
    pub collected_at: Option<UnixTime>,
    /// How far the person has been told.
    pub told: Told,
}

/// Keeps a signed decision and writes it into the history.
pub(super) fn keep(
    transaction: &Transaction<'_>,
    decision: &SignedDecision,
    approver: &ApproverId,
    at: UnixTime,
    key: &SecretKey,
) -> Result<(), StoreError> {
    let received = decision.received();
    let before = of_request(transaction, approver, received.id())?;
    if before.iter().any(|kept| &kept.jws == decision.jws()) {
        return Ok(());
    }
    // The broker keeps a report that comes after an approval, and a no to one that nothing has
    // confirmed; nothing else comes after a decision.
    let after_approval = before.iter().all(|kept| match decision.verdict() {
        Verdict::Approve => false,
        Verdict::Deny => kept.verdict == Verdict::Approve && kept.ending.is_none(),
        Verdict::Report => kept.verdict == Verdict::Approve,
    });
    if !after_approval {
        return Err(StoreError::Decided);
    }
    transaction
        .prepare_cached(
            "INSERT INTO decisions
                 (digest, approver, request, broker, asked, verdict, heard, jws, decided_at, exp)
             VALUES (:digest, :approver, :request, :broker, :asked, :verdict, :heard, :jws,
                     :decided_at, :exp)",
        )?
        .execute(named_params! {
            ":digest": decision.jws().digest().to_string(),
            ":approver": approver.0,
            ":request": received.id().to_string(),
            ":broker": received.broker(),
            ":asked": to_json(received.request())?,
            ":verdict": to_json(&decision.verdict())?,
            ":heard": to_json(decision.heard())?,
            ":jws": decision.jws().as_str(),
            ":decided_at": at.0,
            ":exp": received.exp().0,
        })?;
    let event = HistoryEvent::Decided {
        about: about(received.request(), received.broker()),
        heard: decision.heard().clone(),
        verdict: decision.verdict(),
        decision: decision.jws().digest(),
        jws: decision.jws().as_str().to_owned(),
    };
    history::append(transaction, event, at, key)
}

/// Writes down what became of a decision, and of the approval that it undid. The first ending
/// stands.
pub(super) fn settle(
    transaction: &Transaction<'_>,
    digest: Digest,
    ending: Ending,
    at: UnixTime,
    key: &SecretKey,
) -> Result<(), StoreError> {
    let kept = one(transaction, digest)?;
    if kept.ending.is_some() {
        return Ok(());
    }
    transaction
        .prepare_cached("UPDATE decisions SET ending = ?2, settled_at = ?3 WHERE digest = ?1")?
        .execute(params![digest.to_string(), to_json(&ending)?, at.0])?;
    let event = HistoryEvent::Ended {
        about: about(&kept.request, &kept.broker),
        end: End::Decision { verdict: kept.verdict, decision: digest, ending },
    };
    history::append(transaction, event, at, key)?;
    let undone = of_request(transaction, &kept.approver, kept.request.request)?
        .into_iter()
        .filter(|other| kept.verdict != Verdict::Approve && other.verdict == Verdict::Approve)
        .find(|other| other.ending.is_none());
    let Some(undone) = undone else { return Ok(()) };
    let ending = match ending {
        Ending::Taken => Ending::Refused(Standing::Denied),
        Ending::Refused(Standing::Approved) => Ending::Taken,
        Ending::Refused(_) | Ending::Expired => ending,
    };
    settle(transaction, undone.digest, ending, at, key)?;
    tell(transaction, undone.digest, Told::End)
}

/// Writes the end of a request that was not decided here into the history, once.
pub(super) fn end(
    transaction: &Transaction<'_>,
    received: &Received,
    approver: &ApproverId,
    standing: Standing,
    at: UnixTime,
    key: &SecretKey,
) -> Result<(), StoreError> {
    let new = transaction
        .prepare_cached("INSERT OR IGNORE INTO ends (approver, request) VALUES (?1, ?2)")?
        .execute(params![approver.0, received.id().to_string()])?;
    if new == 0 {
        return Ok(());
    }
    let about = about(received.request(), received.broker());
    let event = HistoryEvent::Ended { about, end: End::Without { standing } };
    history::append(transaction, event, at, key)
}

/// The service has fetched the approval.
pub(super) fn collect(
    connection: &Connection,
    approver: &ApproverId,
    request: RequestId,
    at: UnixTime,
) -> Result<(), StoreError> {
    connection
        .prepare_cached(
            r#"UPDATE decisions SET collected_at = coalesce(collected_at, ?3)
               WHERE approver = ?1 AND request = ?2 AND verdict = '"approve"'"#,
        )?
        .execute(params![approver.0, request.to_string(), at.0])?;
    Ok(())
}

/// The person has been told so far. What was told stays told.
pub(super) fn tell(connection: &Connection, digest: Digest, told: Told) -> Result<(), StoreError> {
    let changed = connection
        .prepare_cached(r#"UPDATE decisions SET told = ?2 WHERE digest = ?1 AND told <> '"end"'"#)?
        .execute(params![digest.to_string(), to_json(&told)?])?;
    if changed == 0 {
        one(connection, digest)?;
    }
    Ok(())
}

/// What `approver` still has to send, oldest first: not an approval that a later no undoes.
pub(super) fn unsent(
    connection: &Connection,
    approver: &ApproverId,
) -> Result<Vec<KeptDecision>, StoreError> {
    let mut unsent = list(connection, "approver = ?1 AND ending IS NULL", &[&approver.0])?;
    let undone: Vec<_> = unsent
        .iter()
        .filter(|kept| kept.verdict != Verdict::Approve)
        .map(|kept| kept.request.request)
        .collect();
    unsent
        .retain(|kept| kept.verdict != Verdict::Approve || !undone.contains(&kept.request.request));
    Ok(unsent)
}

/// What is settled and not told to its end, oldest first.
pub(super) fn untold(connection: &Connection) -> Result<Vec<KeptDecision>, StoreError> {
    list(connection, r#"told <> '"end"' AND ending IS NOT NULL"#, &[])
}

/// What was decided about a request: at most an approval and a later no.
pub(super) fn of_request(
    connection: &Connection,
    approver: &ApproverId,
    request: RequestId,
) -> Result<Vec<KeptDecision>, StoreError> {
    list(connection, "approver = ?1 AND request = ?2", &[&approver.0, &request.to_string()])
}

fn one(connection: &Connection, digest: Digest) -> Result<KeptDecision, StoreError> {
    list(connection, "digest = ?1", &[&digest.to_string()])?.pop().ok_or(StoreError::Unknown)
}

fn list(
    connection: &Connection,
    which: &str,
    parameters: &[&str],
) -> Result<Vec<KeptDecision>, StoreError> {
    let mut rows = connection.prepare_cached(&format!(
        "SELECT digest, approver, broker, asked, verdict, heard, jws, decided_at, exp, ending,
                collected_at, told
         FROM decisions WHERE {which} ORDER BY rowid"
    ))?;
    let mut rows = rows.query(rusqlite::params_from_iter(parameters))?;
    let mut decisions = Vec::new();
    while let Some(row) = rows.next()? {
        decisions.push(read(row)?);
    }
    Ok(decisions)
}

fn read(row: &Row<'_>) -> Result<KeptDecision, StoreError> {
    let jws = Jws::received(row.get(6)?).map_err(StoreError::strange)?;
    let digest: String = row.get(0)?;
    if digest != jws.digest().to_string() {
        return Err(StoreError::strange("a decision's bytes were changed"));
    }
    let ending = row.get::<_, Option<String>>(9)?;
    Ok(KeptDecision {
        digest: jws.digest(),
        approver: ApproverId(row.get(1)?),
        broker: row.get(2)?,
        request: from_json(&row.get::<_, String>(3)?)?,
        verdict: from_json(&row.get::<_, String>(4)?)?,
        heard: from_json(&row.get::<_, String>(5)?)?,
        jws,
        decided_at: UnixTime(row.get(7)?),
        exp: UnixTime(row.get(8)?),
        ending: ending.map(|ending| from_json(&ending)).transpose()?,
        collected_at: row.get::<_, Option<i64>>(10)?.map(UnixTime),
        told: from_json(&row.get::<_, String>(11)?)?,
    })
}

fn about(request: &Request, broker: &str) -> About {
    About {
        request: request.request,
        account: request.account.clone(),
        broker: broker.to_owned(),
        service: request.service.clone(),
        action: request.action.clone(),
    }
}

/// How values of ours are written into a column.
pub(super) fn to_json<T: Serialize>(value: &T) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|error| StoreError::Io(error.to_string()))
}

/// Reads what [`to_json`] wrote.
pub(super) fn from_json<'a, T: Deserialize<'a>>(text: &'a str) -> Result<T, StoreError> {
    serde_json::from_str(text).map_err(StoreError::strange)
}
