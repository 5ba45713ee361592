//! The audit: a hash chain of everything that let something happen or refused it, and one signed
//! head that is overwritten. A byte that is changed breaks the chain; a tail that is cut off does
//! not reach the head.

use rusqlite::OptionalExtension as _;
use sayso_protocol::binding::Method;
use sayso_protocol::change::{self, Author, ChangeId, Proposal};
use sayso_protocol::enrolment::{AccountName, ApproverId};
use sayso_protocol::life::{Reason, Standing};
use sayso_protocol::link::AuditHead;
use sayso_protocol::request::RequestId;
use sayso_protocol::service::Page;
use sayso_protocol::signature::{Digest, Jws};
use sayso_protocol::time::UnixTime;
use serde::Serialize;

use super::key::{BrokerKey, Frame};
use super::{Db, StoreError, Tx, tally};

/// What happened. Holds no secret: no code, no page, no ticket, no key.
#[derive(Debug, Serialize)]
#[serde(tag = "act", rename_all = "kebab-case")]
#[allow(missing_docs, reason = "the names say it")]
pub enum Entry<'a> {
    ServiceAdded {
        service: &'a str,
    },
    ServicePage {
        service: &'a str,
        page: Page,
    },
    ServiceRemoved {
        service: &'a str,
    },
    WebhookSet {
        service: &'a str,
        url: &'a str,
    },
    WebhookRemoved {
        service: &'a str,
    },
    WebhookGone {
        service: &'a str,
    },
    WebhookResent {
        service: &'a str,
        count: usize,
    },
    AccountAdded {
        account: &'a AccountName,
    },
    AccountBlocked {
        account: &'a AccountName,
    },
    AccountUnblocked {
        account: &'a AccountName,
    },
    ActivationMade {
        account: &'a AccountName,
        #[serde(skip_serializing_if = "std::ops::Not::not")]
        at_once: bool,
    },
    ActivationRefused {
        account: &'a AccountName,
    },
    ApproverEnrolled {
        account: &'a AccountName,
        approver: &'a ApproverId,
    },
    ApproverRemoved {
        approver: &'a ApproverId,
        by: &'a Author,
    },
    Read {
        approver: &'a ApproverId,
        path: &'a str,
    },
    Asked {
        request: RequestId,
        service: &'a str,
        account: &'a AccountName,
        #[serde(skip_serializing_if = "std::ops::Not::not")]
        of_nobody: bool,
    },
    PageNeeded {
        service: &'a str,
        account: &'a AccountName,
    },
    Held {
        request: RequestId,
    },
    WrongCode {
        approver: &'a ApproverId,
    },
    WrongSecret {
        approver: &'a ApproverId,
        method: Method,
    },
    WrongReadout {
        request: RequestId,
    },
    Changed {
        request: RequestId,
        state: Standing,
        #[serde(skip_serializing_if = "Option::is_none")]
        by: Option<&'a ApproverId>,
        #[serde(skip_serializing_if = "Option::is_none")]
        method: Option<Method>,
        #[serde(skip_serializing_if = "Option::is_none")]
        reason: Option<Reason>,
        #[serde(skip_serializing_if = "Option::is_none")]
        decision: Option<Digest>,
    },
    ReportedLater {
        request: RequestId,
        by: &'a ApproverId,
        decision: Digest,
    },
    ChangeQueued {
        change: ChangeId,
        account: &'a AccountName,
        proposal: &'a Proposal,
        by: &'a Author,
        #[serde(skip_serializing_if = "Option::is_none")]
        signed: Option<Digest>,
    },
    ChangeMoved {
        change: ChangeId,
        state: change::Standing,
        #[serde(skip_serializing_if = "Option::is_none")]
        by: Option<&'a Author>,
        #[serde(skip_serializing_if = "Option::is_none")]
        signed: Option<Digest>,
    },
    MoreTime {
        request: RequestId,
        expires_at: UnixTime,
    },
    TicketMade {
        request: RequestId,
    },
    Collected {
        request: RequestId,
    },
    Withheld {
        request: RequestId,
    },
    KeyRotated {
        from: &'a str,
        to: &'a str,
    },
    Started,
}

/// Before the first entry.
pub(super) fn beginning() -> AuditHead {
    AuditHead { length: 0, hash: Digest::of(b"sayso-broker audit") }
}

pub(super) fn link(before: AuditHead, entry: &str) -> AuditHead {
    let length = before.length + 1;
    AuditHead { length, hash: before.hash.then(format!("{length} {entry}").as_bytes()) }
}

/// The head as it was last signed, checked, and its bytes.
pub(super) fn head(
    db: Db<'_>,
    key: &BrokerKey,
) -> Result<(AuditHead, Option<Jws<AuditHead>>), StoreError> {
    let Some(jws) = signed_head(db)? else { return Ok((beginning(), None)) };
    let signed = key.public().verify_at_any_time::<AuditHead>(jws.as_str());
    let envelope =
        signed.map_err(|error| StoreError::Unreadable(format!("audit head: {error}")))?;
    Ok((envelope.claims, Some(jws)))
}

/// How many entries the audit has.
///
/// # Errors
/// [`StoreError`].
pub fn length(db: Db<'_>) -> Result<u64, StoreError> {
    let last = "SELECT COALESCE(MAX(n), 0) FROM audit";
    let length: i64 = db.0.prepare_cached(last)?.query_row([], |row| row.get(0))?;
    Ok(length.cast_unsigned())
}

/// The signed head's bytes; `None` before the first commit.
///
/// # Errors
/// [`StoreError`].
pub fn signed_head(db: Db<'_>) -> Result<Option<Jws<AuditHead>>, StoreError> {
    let text: Option<String> =
        db.0.prepare_cached("SELECT jws FROM audit_head")?
            .query_row([], |row| row.get(0))
            .optional()?;
    text.map(super::signed::stored_jws).transpose()
}

/// Signs the head that the group ended with, in place of the one before.
pub(super) fn sign_head(tx: &mut Tx<'_>) -> Result<Jws<AuditHead>, StoreError> {
    let frame = Frame { iss: tx.origin, aud: tx.origin, iat: tx.now, exp: Frame::ALWAYS };
    let jws = tx.key.sign(frame, tx.head);
    tx.sql()
        .prepare_cached(
            "INSERT INTO audit_head (one, jws) VALUES (1, ?1)
             ON CONFLICT (one) DO UPDATE SET jws = ?1",
        )?
        .execute([jws.as_str()])?;
    Ok(jws)
}

impl Tx<'_> {
    /// Adds to the audit.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn audit(&mut self, entry: &Entry<'_>) -> Result<(), StoreError> {
        #[derive(Serialize)]
        struct At<'a, 'b> {
            at: i64,
            #[serde(flatten)]
            entry: &'b Entry<'a>,
        }
        let text = serde_json::to_string(&At { at: self.now.0, entry })?;
        let head = link(self.head, &text);
        self.sql()
            .prepare_cached("INSERT INTO audit (n, entry, hash) VALUES (?1, ?2, ?3)")?
            .execute((head.length.cast_signed(), text, head.hash.to_string()))?;
        self.head = head;
        self.count(tally::act(entry));
        Ok(())
    }
}
