//! Requests: what was asked, what the page offers, where each is in its life, and its outcome.

use rusqlite::Row;
use sayso_protocol::decision::Confirmation;
use sayso_protocol::enrolment::AccountName;
use sayso_protocol::life::{Life, Standing};
use sayso_protocol::outcome::Outcome;
use sayso_protocol::request::{Action, Origin, RequestId, ServiceName};
use sayso_protocol::secret::{Receipt, Token};
use sayso_protocol::service::Page;
use sayso_protocol::signature::{Digest, Jws};
use sayso_protocol::spoken::Clean;
use sayso_protocol::time::UnixTime;

use super::accounts::account_name;
use super::ended::{KEPT_FOR, Regard, TOLD_FOR};
use super::services::Service;
use super::signed::stored_jws;
use super::{Db, StoreError, Tx};
use crate::offer::Offer;

/// A request as it is kept.
#[derive(Debug, Clone)]
pub struct Kept {
    /// Its id.
    pub id: RequestId,
    /// Who asks.
    pub service: Service,
    /// Of whom, known to the broker or not.
    pub account: AccountName,
    /// For what.
    pub action: Action,
    /// From where.
    pub origin: Origin,
    /// Whether an approver of the account was connected from that network then.
    pub theirs: bool,
    /// In which language the page is.
    pub locale: Clean<35>,
    /// Who shows the page.
    pub shown_by: Page,
    /// Where the browser goes afterwards.
    pub return_url: String,
    /// What the browser takes along.
    pub return_state: Option<String>,
    /// The browser that holds the page.
    pub holder: Option<Hashed>,
    /// What the page offers, until the request ends.
    pub offer: Option<Offer>,
    /// The proof of the binding, once there is one.
    pub receipt: Option<Receipt>,
    /// What an approval waits for, until it is confirmed.
    pub confirmation: Option<Confirmation>,
    /// The token of the finish address, once there is one.
    pub finish: Option<Hashed>,
    /// Where it is in its life.
    pub life: Life,
    /// Since when it is.
    pub created_at: UnixTime,
    /// After which nothing of it counts.
    pub exp: UnixTime,
    /// When it ended.
    pub ended_at: Option<UnixTime>,
    /// What the service gets, once it has ended.
    pub outcome: Option<Jws<Outcome>>,
    /// The ticket that the browser was given, and until when it can be used first.
    pub ticket: Option<(Hashed, UnixTime)>,
    /// When the service fetched the approval.
    pub collected_at: Option<UnixTime>,
}

/// The SHA-256 of a secret that only has to be known again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hashed(String);

impl Hashed {
    /// Of `secret`.
    #[must_use]
    pub fn of<Kind>(secret: &Token<Kind>) -> Self {
        Self(Digest::of(secret.reveal().as_bytes()).to_string())
    }
}

const COLUMNS: &str = "SELECT id, service, service_name, account, action, origin, locale,
    return_url, return_state, holder, offer, receipt, life, created_at, exp, ended_at, outcome,
    ticket, ticket_until, collected_at, confirmation, finish, theirs, own_page FROM requests ";

impl Db<'_> {
    /// The request with this id.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn request(self, id: RequestId) -> Result<Option<Kept>, StoreError> {
        self.some_requests("WHERE id = ?1", [id.to_string()]).map(|mut found| found.pop())
    }

    /// The request whose login page this is.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn request_of_page(self, page: &Hashed) -> Result<Option<Kept>, StoreError> {
        self.some_requests("WHERE page = ?1", [&page.0]).map(|mut found| found.pop())
    }

    /// The request that this finish address finishes.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn request_to_finish(self, finish: &Hashed) -> Result<Option<Kept>, StoreError> {
        self.some_requests("WHERE finish = ?1", [&finish.0]).map(|mut found| found.pop())
    }

    /// The requests of an account that have not ended, oldest first.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn waiting(self, account: &AccountName) -> Result<Vec<Kept>, StoreError> {
        self.some_requests(
            "WHERE account = ?1 AND ended_at IS NULL ORDER BY created_at, id",
            [account.as_str()],
        )
    }

    /// The requests of a service that have not ended.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn waiting_of_service(self, service: &str) -> Result<Vec<Kept>, StoreError> {
        self.some_requests("WHERE service = ?1 AND ended_at IS NULL", [service])
    }

    /// The requests whose deadline has passed, at most a thousand.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn due(self, now: UnixTime) -> Result<Vec<Kept>, StoreError> {
        self.some_requests("WHERE ended_at IS NULL AND expires_at <= ?1 LIMIT 1000", [now.0])
    }

    /// When the next deadline passes.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn next_deadline(self) -> Result<Option<UnixTime>, StoreError> {
        let sql = "SELECT min(expires_at) FROM requests WHERE ended_at IS NULL";
        Ok(self
            .0
            .prepare_cached(sql)?
            .query_row([], |row| row.get::<_, Option<i64>>(0))?
            .map(UnixTime))
    }

    pub(super) fn some_requests(
        self,
        which: &str,
        values: impl rusqlite::Params,
    ) -> Result<Vec<Kept>, StoreError> {
        let mut statement = self.0.prepare_cached(&format!("{COLUMNS}{which}"))?;
        let mut rows = statement.query(values)?;
        let mut requests = Vec::new();
        while let Some(row) = rows.next()? {
            requests.push(kept(row)?);
        }
        Ok(requests)
    }
}

impl Tx<'_> {
    /// Keeps a new request.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn keep_new(&self, new: &Kept, page: &Hashed, regard: Regard) -> Result<(), StoreError> {
        self.sql()
            .prepare_cached(
                "INSERT INTO requests (id, service, service_name, account, action, origin, locale,
                     return_url, return_state, page, offer, life, created_at, exp, expires_at,
                     theirs, regard, forget_at, own_page)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16,
                     ?17, ?18, ?19)",
            )?
            .execute(rusqlite::params![
                new.id.to_string(),
                new.service.id,
                new.service.name.as_str(),
                new.account.as_str(),
                serde_json::to_string(&new.action)?,
                serde_json::to_string(&new.origin)?,
                new.locale.as_str(),
                new.return_url,
                new.return_state,
                page.0,
                new.offer.as_ref().map(serde_json::to_string).transpose()?,
                serde_json::to_string(&new.life)?,
                new.created_at.0,
                new.exp.0,
                new.life.expires_at.0,
                new.theirs,
                regard as i64,
                new.exp.plus(TOLD_FOR).0,
                new.shown_by == Page::Service,
            ])?;
        Ok(())
    }

    /// Keeps what changes in a request.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn keep(&self, kept: &Kept) -> Result<(), StoreError> {
        let (ticket, until) = kept.ticket.clone().unzip();
        let answered = kept.receipt.is_some() || kept.life.standing() == Standing::Denied;
        self.sql()
            .prepare_cached(
                "UPDATE requests SET holder = ?2, offer = ?3, receipt = ?4, life = ?5,
                     expires_at = ?6, ended_at = ?7, outcome = ?8, ticket = ?9,
                     ticket_until = ?10, collected_at = ?11, confirmation = ?12, finish = ?13,
                     regard = max(regard, ?14), forget_at = max(forget_at, ?15)
                 WHERE id = ?1",
            )?
            .execute(rusqlite::params![
                kept.id.to_string(),
                kept.holder.as_ref().map(|holder| &holder.0),
                kept.offer.as_ref().map(serde_json::to_string).transpose()?,
                kept.receipt.as_ref().map(Receipt::reveal),
                serde_json::to_string(&kept.life)?,
                kept.life.expires_at.0,
                kept.ended_at.map(|at| at.0),
                kept.outcome.as_ref().map(Jws::as_str),
                ticket.map(|ticket| ticket.0),
                until.map(|until| until.0),
                kept.collected_at.map(|at| at.0),
                kept.confirmation.as_ref().map(serde_json::to_string).transpose()?,
                kept.finish.as_ref().map(|finish| &finish.0),
                if answered { Regard::Answered } else { Regard::Nobodys } as i64,
                if answered { kept.exp.plus(KEPT_FOR).0 } else { 0 },
            ])?;
        Ok(())
    }
}

fn kept(row: &Row<'_>) -> Result<Kept, StoreError> {
    let unreadable = |what: &str| StoreError::Unreadable(what.to_owned());
    let id: String = row.get(0)?;
    let (service_name, locale): (String, String) = (row.get(2)?, row.get(6)?);
    let offer: Option<String> = row.get(10)?;
    let receipt: Option<String> = row.get(11)?;
    let outcome: Option<String> = row.get(16)?;
    let ticket: Option<String> = row.get(17)?;
    let until: Option<i64> = row.get(18)?;
    let confirmation: Option<String> = row.get(20)?;
    Ok(Kept {
        id: id.parse().map_err(|_| unreadable("request id"))?,
        service: Service { id: row.get(1)?, name: ServiceName::new(&service_name) },
        account: account_name(&row.get::<_, String>(3)?)?,
        action: serde_json::from_str(&row.get::<_, String>(4)?)?,
        origin: serde_json::from_str(&row.get::<_, String>(5)?)?,
        theirs: row.get(22)?,
        shown_by: if row.get(23)? { Page::Service } else { Page::Broker },
        locale: Clean::new(&locale),
        return_url: row.get(7)?,
        return_state: row.get(8)?,
        holder: row.get::<_, Option<String>>(9)?.map(Hashed),
        offer: offer.map(|offer| serde_json::from_str(&offer)).transpose()?,
        receipt: receipt
            .map(|receipt| Receipt::parse(&receipt))
            .transpose()
            .map_err(|_| unreadable("receipt"))?,
        confirmation: confirmation.map(|what| serde_json::from_str(&what)).transpose()?,
        finish: row.get::<_, Option<String>>(21)?.map(Hashed),
        life: serde_json::from_str(&row.get::<_, String>(12)?)?,
        created_at: UnixTime(row.get(13)?),
        exp: UnixTime(row.get(14)?),
        ended_at: row.get::<_, Option<i64>>(15)?.map(UnixTime),
        outcome: outcome.map(stored_jws).transpose()?,
        ticket: ticket.map(Hashed).zip(until.map(UnixTime)),
        collected_at: row.get::<_, Option<i64>>(19)?.map(UnixTime),
    })
}
