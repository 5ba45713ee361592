//! Requests and what belongs to one: the bytes signed for each approver, its decision, its outcome.

use rusqlite::{OptionalExtension as _, Row};
use sayso_protocol::binding::Code;
use sayso_protocol::decision::DecisionClaims;
use sayso_protocol::enrolment::{AccountName, ApproverId};
use sayso_protocol::life::Life;
use sayso_protocol::outcome::Outcome;
use sayso_protocol::request::{Action, Origin, Request, RequestId, ServiceName};
use sayso_protocol::secret::{Receipt, Token};
use sayso_protocol::signature::{Digest, Jws};
use sayso_protocol::spoken::Clean;
use sayso_protocol::time::UnixTime;

use super::accounts::account_name;
use super::services::Service;
use super::{Db, StoreError, Tx};

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
    /// In which language the page is.
    pub locale: Clean<35>,
    /// Where the browser goes afterwards.
    pub return_url: String,
    /// What the browser takes along.
    pub return_state: Option<String>,
    /// The browser that holds the page.
    pub holder: Option<Hashed>,
    /// The page's code, until the request ends.
    pub code: Option<Code>,
    /// The proof of the binding, once there is one.
    pub receipt: Option<Receipt>,
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
    return_url, return_state, holder, code, receipt, life, created_at, exp, ended_at, outcome,
    ticket, ticket_until, collected_at FROM requests ";

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

    /// The requests of an account that ended since then, newest first, at most a hundred.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn ended(self, account: &AccountName, since: UnixTime) -> Result<Vec<Kept>, StoreError> {
        self.some_requests(
            "WHERE account = ?1 AND ended_at IS NOT NULL AND ended_at >= ?2
             ORDER BY ended_at DESC, id DESC LIMIT 100",
            (account.as_str(), since.0),
        )
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

    fn some_requests(
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

    /// The request as it was signed for this approver.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn signed_for(
        self,
        id: RequestId,
        approver: &ApproverId,
    ) -> Result<Option<Jws<Request>>, StoreError> {
        let jws: Option<String> = self
            .0
            .prepare_cached("SELECT jws FROM signed_requests WHERE request = ?1 AND approver = ?2")?
            .query_row((id.to_string(), &approver.0), |row| row.get(0))
            .optional()?;
        jws.map(stored_jws).transpose()
    }

    /// Everybody for whom the request was signed.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn asked_of(self, id: RequestId) -> Result<Vec<ApproverId>, StoreError> {
        let mut statement =
            self.0.prepare_cached("SELECT approver FROM signed_requests WHERE request = ?1")?;
        let approvers = statement.query_map([id.to_string()], |row| row.get(0).map(ApproverId))?;
        Ok(approvers.collect::<Result<_, _>>()?)
    }
}

impl Tx<'_> {
    /// Keeps a new request.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn keep_new(&self, new: &Kept, page: &Hashed) -> Result<(), StoreError> {
        self.sql()
            .prepare_cached(
                "INSERT INTO requests (id, service, service_name, account, action, origin, locale,
                     return_url, return_state, page, code, life, created_at, exp, expires_at)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)",
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
                new.code.as_ref().map(Code::reveal),
                serde_json::to_string(&new.life)?,
                new.created_at.0,
                new.exp.0,
                new.life.expires_at.0,
            ])?;
        Ok(())
    }

    /// Keeps what changes in a request.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn keep(&self, kept: &Kept) -> Result<(), StoreError> {
        let (ticket, until) = kept.ticket.clone().unzip();
        self.sql()
            .prepare_cached(
                "UPDATE requests SET holder = ?2, code = ?3, receipt = ?4, life = ?5,
                     expires_at = ?6, ended_at = ?7, outcome = ?8, ticket = ?9,
                     ticket_until = ?10, collected_at = ?11 WHERE id = ?1",
            )?
            .execute(rusqlite::params![
                kept.id.to_string(),
                kept.holder.as_ref().map(|holder| &holder.0),
                kept.code.as_ref().map(Code::reveal),
                kept.receipt.as_ref().map(Receipt::reveal),
                serde_json::to_string(&kept.life)?,
                kept.life.expires_at.0,
                kept.ended_at.map(|at| at.0),
                kept.outcome.as_ref().map(Jws::as_str),
                ticket.map(|ticket| ticket.0),
                until.map(|until| until.0),
                kept.collected_at.map(|at| at.0),
            ])?;
        Ok(())
    }

    /// Keeps the bytes that were signed for one approver.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn keep_signed(
        &self,
        id: RequestId,
        approver: &ApproverId,
        jws: &Jws<Request>,
    ) -> Result<(), StoreError> {
        self.sql()
            .prepare_cached(
                "INSERT INTO signed_requests (request, approver, jws) VALUES (?1, ?2, ?3)",
            )?
            .execute((id.to_string(), &approver.0, jws.as_str()))?;
        Ok(())
    }

    /// Keeps a decision.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn keep_decision(
        &self,
        id: RequestId,
        approver: &ApproverId,
        jws: &Jws<DecisionClaims>,
    ) -> Result<(), StoreError> {
        self.sql()
            .prepare_cached(
                "INSERT INTO decisions (hash, request, approver, jws, at)
                 VALUES (?1, ?2, ?3, ?4, ?5)",
            )?
            .execute((
                jws.digest().to_string(),
                id.to_string(),
                &approver.0,
                jws.as_str(),
                self.now.0,
            ))?;
        Ok(())
    }
}

pub(super) fn stored_jws<C>(text: String) -> Result<Jws<C>, StoreError> {
    Jws::received(text).map_err(|error| StoreError::Unreadable(error.to_string()))
}

fn kept(row: &Row<'_>) -> Result<Kept, StoreError> {
    let unreadable = |what: &str| StoreError::Unreadable(what.to_owned());
    let id: String = row.get(0)?;
    let (service_name, locale): (String, String) = (row.get(2)?, row.get(6)?);
    let code: Option<String> = row.get(10)?;
    let receipt: Option<String> = row.get(11)?;
    let outcome: Option<String> = row.get(16)?;
    let ticket: Option<String> = row.get(17)?;
    let until: Option<i64> = row.get(18)?;
    Ok(Kept {
        id: id.parse().map_err(|_| unreadable("request id"))?,
        service: Service { id: row.get(1)?, name: ServiceName::new(&service_name) },
        account: account_name(&row.get::<_, String>(3)?)?,
        action: serde_json::from_str(&row.get::<_, String>(4)?)?,
        origin: serde_json::from_str(&row.get::<_, String>(5)?)?,
        locale: Clean::new(&locale),
        return_url: row.get(7)?,
        return_state: row.get(8)?,
        holder: row.get::<_, Option<String>>(9)?.map(Hashed),
        code: code.map(|code| Code::parse(&code)).transpose().map_err(|_| unreadable("code"))?,
        receipt: receipt
            .map(|receipt| Receipt::parse(&receipt))
            .transpose()
            .map_err(|_| unreadable("receipt"))?,
        life: serde_json::from_str(&row.get::<_, String>(12)?)?,
        created_at: UnixTime(row.get(13)?),
        exp: UnixTime(row.get(14)?),
        ended_at: row.get::<_, Option<i64>>(15)?.map(UnixTime),
        outcome: outcome.map(stored_jws).transpose()?,
        ticket: ticket.map(Hashed).zip(until.map(UnixTime)),
        collected_at: row.get::<_, Option<i64>>(19)?.map(UnixTime),
    })
}
