//! Approvers: those that are active, those that wait to be let in, and those that were removed.

use rusqlite::Row;
use sayso_protocol::change::{Author, ChangeId, Computer};
use sayso_protocol::enrolment::{AccountName, ApproverId, ApproverName, Enrolment};
use sayso_protocol::lockout::Lockout;
use sayso_protocol::problem::ProblemType;
use sayso_protocol::signature::PublicKey;
use sayso_protocol::time::UnixTime;

use super::accounts::account_name;
use super::audit::Entry;
use super::{Db, StoreError, Tx};

/// An approver.
#[derive(Debug, Clone)]
pub struct Approver {
    /// Its id: the thumbprint of its approver key.
    pub id: ApproverId,
    /// Whose it is.
    pub account: AccountName,
    /// What the person calls it.
    pub name: ApproverName,
    /// The approver key.
    pub jwk: KeptKey,
    /// The link key.
    pub link_jwk: KeptKey,
    /// Since when.
    pub since: UnixTime,
    /// Whether it has been removed.
    pub removed: bool,
    /// The change that makes it an approver, while it waits.
    pub waits: Option<ChangeId>,
    /// Whether its account is blocked.
    pub blocked: bool,
    /// Its wrong codes in a row.
    pub lockout: Lockout,
}

/// A public key as it is kept. Few who look at an approver verify anything, and reading a key costs
/// a tenth of verifying by it.
#[derive(Debug, Clone)]
pub struct KeptKey {
    /// Its thumbprint.
    pub kid: String,
    jwk: String,
}

impl KeptKey {
    /// The key, to verify by it.
    ///
    /// # Errors
    /// [`StoreError`] where it is none.
    pub fn open(&self) -> Result<PublicKey, StoreError> {
        Ok(serde_json::from_str(&self.jwk)?)
    }
}

impl Approver {
    /// Whether it may read what concerns itself.
    ///
    /// # Errors
    /// `approver-removed`, `account-blocked`.
    pub fn may_read(&self) -> Result<(), ProblemType> {
        if self.removed {
            Err(ProblemType::ApproverRemoved)
        } else if self.blocked {
            Err(ProblemType::AccountBlocked)
        } else {
            Ok(())
        }
    }

    /// Whether it may act for its account.
    ///
    /// # Errors
    /// The same, and `approver-waits`.
    pub fn may_act(&self) -> Result<(), ProblemType> {
        self.may_read()?;
        if self.waits.is_some() { Err(ProblemType::ApproverWaits) } else { Ok(()) }
    }

    /// As others of the account are told of it.
    #[must_use]
    pub fn computer(&self) -> Computer {
        Computer { id: self.id.clone(), name: self.name.clone() }
    }

    /// As who asked for a change, or ended it.
    #[must_use]
    pub fn author(&self) -> Author {
        Author::Approver(self.computer())
    }
}

const COLUMNS: &str = "SELECT id, account, name, jwk, link_jwk, since, removed_at, lockout, waits,
    (SELECT blocked_at FROM accounts WHERE accounts.name = account), link_kid FROM approvers ";

impl Db<'_> {
    /// The approver with this id, removed or not.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn approver(self, id: &ApproverId) -> Result<Option<Approver>, StoreError> {
        Ok(self.some_approvers("WHERE id = ?1", &id.0)?.pop())
    }

    /// The approver one of whose keys has this thumbprint, removed or not.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn approver_of_key(self, kid: &str) -> Result<Option<Approver>, StoreError> {
        Ok(self.some_approvers("WHERE id = ?1 OR link_kid = ?1", kid)?.pop())
    }

    /// The approvers that this account has, in the order in which they enrolled, those that wait
    /// included.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn registered(self, account: &AccountName) -> Result<Vec<Approver>, StoreError> {
        let which = "WHERE account = ?1 AND removed_at IS NULL ORDER BY rowid";
        self.some_approvers(which, account.as_str())
    }

    /// The approvers that this account has, oldest first.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn approvers(self, account: &AccountName) -> Result<Vec<Approver>, StoreError> {
        let mut approvers = self.registered(account)?;
        approvers.retain(|approver| approver.waits.is_none());
        Ok(approvers)
    }

    /// The approvers that answer for this account: none while it is blocked.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn answering(self, account: &AccountName) -> Result<Vec<Approver>, StoreError> {
        let mut approvers = self.approvers(account)?;
        approvers.retain(|approver| !approver.blocked);
        Ok(approvers)
    }

    fn some_approvers(self, which: &str, value: &str) -> Result<Vec<Approver>, StoreError> {
        let mut statement = self.0.prepare_cached(&format!("{COLUMNS}{which}"))?;
        let mut rows = statement.query([value])?;
        let mut approvers = Vec::new();
        while let Some(row) = rows.next()? {
            approvers.push(approver(row)?);
        }
        Ok(approvers)
    }
}

impl Tx<'_> {
    /// Keeps a computer that enrolled.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn keep_enrolled(&mut self, enrolment: &Enrolment) -> Result<(), StoreError> {
        let id = ApproverId(enrolment.jwk.thumbprint());
        let account = &enrolment.account;
        self.sql().execute(
            "INSERT INTO approvers
                 (id, account, name, jwk, link_jwk, link_kid, since, lockout)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
            (
                &id.0,
                account.as_str(),
                enrolment.name.as_str(),
                serde_json::to_string(&enrolment.jwk)?,
                serde_json::to_string(&enrolment.link_jwk)?,
                enrolment.link_jwk.thumbprint(),
                self.now.0,
                serde_json::to_string(&Lockout::default())?,
            ),
        )?;
        self.audit(&Entry::ApproverEnrolled { account, approver: &id })
    }

    /// A computer is no approver until this change applies.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn keep_out(&self, id: &ApproverId, until: ChangeId) -> Result<(), StoreError> {
        let sql = "UPDATE approvers SET waits = ?2 WHERE id = ?1";
        self.sql().execute(sql, (&id.0, until.to_string()))?;
        Ok(())
    }

    /// A computer that waited is an approver from now on.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn let_in(&self, id: &ApproverId) -> Result<(), StoreError> {
        let sql = "UPDATE approvers SET waits = NULL, since = ?2 WHERE id = ?1";
        self.sql().execute(sql, (&id.0, self.now.0))?;
        Ok(())
    }

    /// Keeps what wrong codes have cost an approver.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn keep_lockout(&self, id: &ApproverId, lockout: Lockout) -> Result<(), StoreError> {
        self.sql()
            .prepare_cached("UPDATE approvers SET lockout = ?2 WHERE id = ?1")?
            .execute((&id.0, serde_json::to_string(&lockout)?))?;
        Ok(())
    }

    /// Marks an approver as removed. `false` if it was not there.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn mark_removed(&mut self, id: &ApproverId, by: &Author) -> Result<bool, StoreError> {
        let removed = self.sql().execute(
            "UPDATE approvers SET removed_at = ?2, waits = NULL
             WHERE id = ?1 AND removed_at IS NULL",
            (&id.0, self.now.0),
        )?;
        if removed > 0 {
            self.audit(&Entry::ApproverRemoved { approver: id, by })?;
        }
        Ok(removed > 0)
    }
}

fn approver(row: &Row<'_>) -> Result<Approver, StoreError> {
    let (id, name): (String, String) = (row.get(0)?, row.get(2)?);
    let waits: Option<String> = row.get(8)?;
    let waits = waits.map(|change| change.parse()).transpose();
    Ok(Approver {
        jwk: KeptKey { kid: id.clone(), jwk: row.get(3)? },
        id: ApproverId(id),
        account: account_name(&row.get::<_, String>(1)?)?,
        name: ApproverName::new(&name),
        link_jwk: KeptKey { kid: row.get(10)?, jwk: row.get(4)? },
        since: UnixTime(row.get(5)?),
        removed: row.get::<_, Option<i64>>(6)?.is_some(),
        waits: waits.map_err(|_| StoreError::Unreadable("change of an approver".into()))?,
        blocked: row.get::<_, Option<i64>>(9)?.is_some(),
        lockout: serde_json::from_str(&row.get::<_, String>(7)?)?,
    })
}
