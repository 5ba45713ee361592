//! Accounts, their settings and their activation codes.

use rusqlite::OptionalExtension as _;
use sayso_protocol::change::AccountSettings;
use sayso_protocol::enrolment::AccountName;
use sayso_protocol::spoken::Clean;
use sayso_protocol::time::UnixTime;

use super::audit::Entry;
use super::{Db, StoreError, Tx};

/// An account.
#[derive(Debug, Clone)]
pub struct Account {
    /// Its name.
    pub name: AccountName,
    /// How the person is addressed.
    pub display: Clean<60>,
    /// What the first approver that it ever had chose, and what changes made of it since.
    pub settings: Option<AccountSettings>,
    /// Whether the administrator has blocked it.
    pub blocked: bool,
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
    /// What becomes of the computer that brings it.
    pub admission: Admission,
}

/// What becomes of a computer that brings a right activation code, if it is not the first one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Admission {
    /// It waits, or is let in by an approver.
    Waits,
    /// It is an approver at once.
    AtOnce,
}

const ACCOUNT: &str = "SELECT name, display, settings, blocked_at,
    (SELECT count(*) FROM approvers
     WHERE account = accounts.name AND removed_at IS NULL AND waits IS NULL)
    FROM accounts ";

impl Account {
    /// Its settings, if it answers: any other account is like one that there is not.
    #[must_use]
    pub fn answering(&self) -> Option<AccountSettings> {
        self.settings.filter(|_| !self.blocked && self.approvers > 0)
    }
}

impl Db<'_> {
    /// The account of this name.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn account(self, name: &AccountName) -> Result<Option<Account>, StoreError> {
        Ok(self.some_accounts("WHERE name = ?1", [name.as_str()])?.pop())
    }

    /// All accounts.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn accounts(self) -> Result<Vec<Account>, StoreError> {
        self.some_accounts("ORDER BY name", [])
    }

    /// The settings of an account that answers.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn settings(self, name: &AccountName) -> Result<Option<AccountSettings>, StoreError> {
        Ok(self.account(name)?.and_then(|account| account.answering()))
    }

    fn some_accounts(
        self,
        which: &str,
        values: impl rusqlite::Params,
    ) -> Result<Vec<Account>, StoreError> {
        let mut statement = self.0.prepare_cached(&format!("{ACCOUNT}{which}"))?;
        let mut rows = statement.query(values)?;
        let mut accounts = Vec::new();
        while let Some(row) = rows.next()? {
            let display: String = row.get(1)?;
            let settings: Option<String> = row.get(2)?;
            accounts.push(Account {
                name: account_name(&row.get::<_, String>(0)?)?,
                display: Clean::new(&display),
                settings: settings.map(|text| serde_json::from_str(&text)).transpose()?,
                blocked: row.get::<_, Option<i64>>(3)?.is_some(),
                approvers: row.get(4)?,
            });
        }
        Ok(accounts)
    }

    /// The activation code that waits for this account.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn activation(self, account: &AccountName) -> Result<Option<Activation>, StoreError> {
        let found = self
            .0
            .prepare_cached(
                "SELECT salt, hash, expires_at, wrong, at_once FROM activations
                 WHERE account = ?1",
            )?
            .query_row([account.as_str()], |row| {
                Ok(Activation {
                    salt: row.get(0)?,
                    hash: row.get(1)?,
                    expires_at: UnixTime(row.get(2)?),
                    wrong: row.get(3)?,
                    admission: if row.get(4)? { Admission::AtOnce } else { Admission::Waits },
                })
            })
            .optional()?;
        Ok(found)
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
            "INSERT OR REPLACE INTO activations (account, salt, hash, expires_at, wrong, at_once)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            (
                account.as_str(),
                activation.salt,
                activation.hash,
                activation.expires_at.0,
                activation.wrong,
                activation.admission == Admission::AtOnce,
            ),
        )?;
        let at_once = activation.admission == Admission::AtOnce;
        self.audit(&Entry::ActivationMade { account, at_once })
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

    /// Marks an account as blocked. `false` if it was, or is unknown.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn mark_blocked(&mut self, account: &AccountName) -> Result<bool, StoreError> {
        let sql = "UPDATE accounts SET blocked_at = ?2 WHERE name = ?1 AND blocked_at IS NULL";
        let blocked = self.sql().execute(sql, (account.as_str(), self.now.0))? > 0;
        if blocked {
            self.audit(&Entry::AccountBlocked { account })?;
        }
        Ok(blocked)
    }

    /// Takes that back. `false` if it was not blocked.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn mark_unblocked(&mut self, account: &AccountName) -> Result<bool, StoreError> {
        let sql =
            "UPDATE accounts SET blocked_at = NULL WHERE name = ?1 AND blocked_at IS NOT NULL";
        let unblocked = self.sql().execute(sql, [account.as_str()])? > 0;
        if unblocked {
            self.audit(&Entry::AccountUnblocked { account })?;
        }
        Ok(unblocked)
    }

    /// Uses an activation code up.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn use_activation(&self, account: &AccountName) -> Result<(), StoreError> {
        self.sql().execute("DELETE FROM activations WHERE account = ?1", [account.as_str()])?;
        Ok(())
    }

    /// Keeps what an account's settings are from now on.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn keep_settings(
        &self,
        account: &AccountName,
        settings: AccountSettings,
    ) -> Result<(), StoreError> {
        self.sql().execute(
            "UPDATE accounts SET settings = ?2 WHERE name = ?1",
            (account.as_str(), serde_json::to_string(&settings)?),
        )?;
        Ok(())
    }
}

pub(super) fn account_name(text: &str) -> Result<AccountName, StoreError> {
    AccountName::parse(text).map_err(|error| StoreError::Unreadable(error.to_string()))
}
