//! Accounts, their activation codes and their approvers.

use rusqlite::{OptionalExtension as _, Row};
use sayso_protocol::change::AccountSettings;
use sayso_protocol::enrolment::{AccountName, ApproverId, ApproverName, Enrolment};
use sayso_protocol::lockout::Lockout;
use sayso_protocol::signature::PublicKey;
use sayso_protocol::spoken::Clean;
use sayso_protocol::time::UnixTime;

use super::audit::{Entry, RemovedBy};
use super::{Db, StoreError, Tx};

/// An account.
#[derive(Debug, Clone)]
pub struct Account {
    /// Its name.
    pub name: AccountName,
    /// How the person is addressed.
    pub display: Clean<60>,
    /// How many approvers it has.
    pub approvers: u32,
}

/// An activation code at rest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Activation {
    /// The salt.
    pub salt: [u8; 16],
    /// Argon2id of the code.
    pub hash: [u8; 32],
    /// From when on it is worth nothing.
    pub expires_at: UnixTime,
    /// Wrong codes so far.
    pub wrong: u32,
}

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
    pub jwk: PublicKey,
    /// The link key.
    pub link_jwk: PublicKey,
    /// Since when.
    pub since: UnixTime,
    /// Whether it has been removed.
    pub removed: bool,
    /// Its wrong codes in a row.
    pub lockout: Lockout,
}

const APPROVER: &str =
    "SELECT id, account, name, jwk, link_jwk, since, removed_at, lockout FROM approvers ";

impl Db<'_> {
    /// The account of this name.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn account(self, name: &AccountName) -> Result<Option<Account>, StoreError> {
        Ok(self.accounts()?.into_iter().find(|account| account.name == *name))
    }

    /// All accounts.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn accounts(self) -> Result<Vec<Account>, StoreError> {
        let mut all = self.0.prepare_cached(
            "SELECT name, display, (SELECT count(*) FROM approvers
                 WHERE account = accounts.name AND removed_at IS NULL)
             FROM accounts ORDER BY name",
        )?;
        let mut rows = all.query([])?;
        let mut accounts = Vec::new();
        while let Some(row) = rows.next()? {
            let display: String = row.get(1)?;
            accounts.push(Account {
                name: account_name(&row.get::<_, String>(0)?)?,
                display: Clean::new(&display),
                approvers: row.get(2)?,
            });
        }
        Ok(accounts)
    }

    /// The account's settings; `None` for one that never had an approver, or is unknown.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn settings(self, account: &AccountName) -> Result<Option<AccountSettings>, StoreError> {
        let settings: Option<Option<String>> = self
            .0
            .prepare_cached("SELECT settings FROM accounts WHERE name = ?1")?
            .query_row([account.as_str()], |row| row.get(0))
            .optional()?;
        Ok(settings.flatten().map(|settings| serde_json::from_str(&settings)).transpose()?)
    }

    /// The activation code that waits for this account.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn activation(self, account: &AccountName) -> Result<Option<Activation>, StoreError> {
        let found = self
            .0
            .prepare_cached(
                "SELECT salt, hash, expires_at, wrong FROM activations WHERE account = ?1",
            )?
            .query_row([account.as_str()], |row| {
                Ok(Activation {
                    salt: row.get(0)?,
                    hash: row.get(1)?,
                    expires_at: UnixTime(row.get(2)?),
                    wrong: row.get(3)?,
                })
            })
            .optional()?;
        Ok(found)
    }

    /// The approver with this id, removed or not.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn approver(self, id: &ApproverId) -> Result<Option<Approver>, StoreError> {
        self.one_approver("WHERE id = ?1", &id.0)
    }

    /// The approver one of whose keys has this thumbprint, removed or not.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn approver_of_key(self, kid: &str) -> Result<Option<Approver>, StoreError> {
        self.one_approver("WHERE id = ?1 OR link_kid = ?1", kid)
    }

    fn one_approver(self, which: &str, value: &str) -> Result<Option<Approver>, StoreError> {
        let mut statement = self.0.prepare_cached(&format!("{APPROVER}{which}"))?;
        let mut rows = statement.query([value])?;
        rows.next()?.map(approver).transpose()
    }

    /// The approvers that this account has or ever had.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn approvers_ever(self, account: &AccountName) -> Result<Vec<Approver>, StoreError> {
        let sql = format!("{APPROVER}WHERE account = ?1 ORDER BY since, id");
        let mut statement = self.0.prepare_cached(&sql)?;
        let mut rows = statement.query([account.as_str()])?;
        let mut approvers = Vec::new();
        while let Some(row) = rows.next()? {
            approvers.push(approver(row)?);
        }
        Ok(approvers)
    }

    /// The approvers that this account has.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn approvers(self, account: &AccountName) -> Result<Vec<Approver>, StoreError> {
        let mut approvers = self.approvers_ever(account)?;
        approvers.retain(|approver| !approver.removed);
        Ok(approvers)
    }
}

impl Tx<'_> {
    /// Adds an account. `false` if there is one of this name.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn add_account(
        &mut self,
        name: &AccountName,
        display: &Clean<60>,
    ) -> Result<bool, StoreError> {
        let added = self.sql().execute(
            "INSERT OR IGNORE INTO accounts (name, display, added_at) VALUES (?1, ?2, ?3)",
            (name.as_str(), display.as_str(), self.now.0),
        )?;
        if added > 0 {
            self.audit(&Entry::AccountAdded { account: name })?;
        }
        Ok(added > 0)
    }

    /// Keeps an activation code, in place of one before.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn keep_activation(
        &mut self,
        account: &AccountName,
        activation: &Activation,
    ) -> Result<(), StoreError> {
        self.sql().execute(
            "INSERT OR REPLACE INTO activations (account, salt, hash, expires_at, wrong)
             VALUES (?1, ?2, ?3, ?4, ?5)",
            (
                account.as_str(),
                activation.salt,
                activation.hash,
                activation.expires_at.0,
                activation.wrong,
            ),
        )?;
        self.audit(&Entry::ActivationMade { account })
    }

    /// Counts a wrong activation code; for an account that has none it only leaves its trace.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn count_wrong_activation(&mut self, account: &AccountName) -> Result<(), StoreError> {
        self.sql().execute(
            "UPDATE activations SET wrong = wrong + 1 WHERE account = ?1",
            [account.as_str()],
        )?;
        self.audit(&Entry::ActivationRefused { account })
    }

    /// Makes the first approver of an account: its activation code is used up, its settings stand.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn enrol(&mut self, enrolment: &Enrolment) -> Result<ApproverId, StoreError> {
        let id = ApproverId(enrolment.jwk.thumbprint());
        let account = &enrolment.account;
        self.sql().execute(
            "INSERT INTO approvers (id, account, name, jwk, link_jwk, link_kid, since, lockout)
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
        self.sql().execute("DELETE FROM activations WHERE account = ?1", [account.as_str()])?;
        self.keep_settings(account, enrolment.settings)?;
        self.audit(&Entry::ApproverEnrolled { account, approver: &id })?;
        Ok(id)
    }

    fn keep_settings(
        &self,
        account: &AccountName,
        settings: AccountSettings,
    ) -> Result<(), StoreError> {
        self.sql().execute(
            "UPDATE accounts SET settings = ?2 WHERE name = ?1 AND settings IS NULL",
            (account.as_str(), serde_json::to_string(&settings)?),
        )?;
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
    pub fn mark_removed(&mut self, id: &ApproverId, by: RemovedBy) -> Result<bool, StoreError> {
        let removed = self.sql().execute(
            "UPDATE approvers SET removed_at = ?2 WHERE id = ?1 AND removed_at IS NULL",
            (&id.0, self.now.0),
        )?;
        if removed > 0 {
            self.audit(&Entry::ApproverRemoved { approver: id, by })?;
        }
        Ok(removed > 0)
    }
}

pub(super) fn account_name(text: &str) -> Result<AccountName, StoreError> {
    AccountName::parse(text).map_err(|error| StoreError::Unreadable(error.to_string()))
}

fn approver(row: &Row<'_>) -> Result<Approver, StoreError> {
    let name: String = row.get(2)?;
    Ok(Approver {
        id: ApproverId(row.get(0)?),
        account: account_name(&row.get::<_, String>(1)?)?,
        name: ApproverName::new(&name),
        jwk: serde_json::from_str(&row.get::<_, String>(3)?)?,
        link_jwk: serde_json::from_str(&row.get::<_, String>(4)?)?,
        since: UnixTime(row.get(5)?),
        removed: row.get::<_, Option<i64>>(6)?.is_some(),
        lockout: serde_json::from_str(&row.get::<_, String>(7)?)?,
    })
}
