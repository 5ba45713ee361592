//! What was signed about a request: the bytes for each approver, and the decisions.

use rusqlite::OptionalExtension as _;
use sayso_protocol::decision::DecisionClaims;
use sayso_protocol::enrolment::ApproverId;
use sayso_protocol::request::{Request, RequestId};
use sayso_protocol::signature::{Digest, Jws};

use super::{Db, StoreError, Tx};

impl Db<'_> {
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

    /// The decision whose hash this is.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn decision(self, hash: Digest) -> Result<Option<Jws<DecisionClaims>>, StoreError> {
        let jws: Option<String> = self
            .0
            .prepare_cached("SELECT jws FROM decisions WHERE hash = ?1")?
            .query_row([hash.to_string()], |row| row.get(0))
            .optional()?;
        jws.map(stored_jws).transpose()
    }
}

impl Tx<'_> {
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
