//! `org.sayso.Approver1.Changes`, behind the private socket.

use sayso_protocol::bus::{
    ApproverLine, ChangeLine, ChangeQuestion, ChangeResult, Error, Place, SettingsLine,
};

use super::desk::PrivateDesk;
use super::{Ask, Reply};

/// One method of this interface, as the pipeline is asked it.
#[derive(Debug)]
#[expect(missing_docs, reason = "the arguments are those of the contract's methods")]
pub enum ChangeAsk {
    /// The account's settings.
    Settings { account: String, reply: Reply<SettingsLine> },
    /// What waits or is ready; the account may be empty.
    Pending { account: String, reply: Reply<Vec<ChangeLine>> },
    /// The account's computers.
    Approvers { account: String, reply: Reply<Vec<ApproverLine>> },
    /// Is `setting` to become `value`?
    Set {
        account: String,
        setting: String,
        value: String,
        place: Place,
        reply: Reply<ChangeQuestion>,
    },
    /// Is this change to hold?
    Confirm { id: String, place: Place, reply: Reply<ChangeQuestion> },
    /// Is this computer to be removed?
    Remove { account: String, name: String, place: Place, reply: Reply<ChangeQuestion> },
    /// Is this computer to be removed?
    Unregister { account: String, place: Place, reply: Reply<ChangeQuestion> },
    /// Yes to the question of this token.
    Agree { token: String, place: Place, reply: Reply<ChangeResult> },
    /// Call this change off.
    Cancel { id: String, place: Place, reply: Reply<ChangeResult> },
}

/// The interface's one object.
pub(super) struct Changes(pub(super) PrivateDesk);

#[zbus::interface(name = "org.sayso.Approver1.Changes")]
impl Changes {
    /// The account's settings, as its broker has them now.
    async fn settings(&self, account: String) -> Result<SettingsLine, Error> {
        self.read(|reply| ChangeAsk::Settings { account, reply }).await
    }

    /// What waits or is ready, of this account, or of all.
    async fn pending(&self, account: String) -> Result<Vec<ChangeLine>, Error> {
        self.read(|reply| ChangeAsk::Pending { account, reply }).await
    }

    /// The account's computers, oldest first.
    async fn approvers(&self, account: String) -> Result<Vec<ApproverLine>, Error> {
        self.read(|reply| ChangeAsk::Approvers { account, reply }).await
    }

    /// Asks whether `setting` is to become `value`. Nothing is sent before the yes.
    async fn set(
        &self,
        account: String,
        setting: String,
        value: String,
        place: Place,
    ) -> Result<ChangeQuestion, Error> {
        self.read(|reply| ChangeAsk::Set { account, setting, value, place, reply }).await
    }

    /// Asks whether a ready change is to hold, or a computer that waits is let in.
    async fn confirm(&self, id: String, place: Place) -> Result<ChangeQuestion, Error> {
        self.read(|reply| ChangeAsk::Confirm { id, place, reply }).await
    }

    /// Asks whether the computer of this name or id is to be removed.
    async fn remove(
        &self,
        account: String,
        name: String,
        place: Place,
    ) -> Result<ChangeQuestion, Error> {
        self.read(|reply| ChangeAsk::Remove { account, name, place, reply }).await
    }

    /// Asks whether this computer is to be removed.
    async fn unregister(&self, account: String, place: Place) -> Result<ChangeQuestion, Error> {
        self.read(|reply| ChangeAsk::Unregister { account, place, reply }).await
    }

    /// Yes to the question of this token.
    async fn agree(&self, token: String, place: Place) -> Result<ChangeResult, Error> {
        self.ask(|reply| ChangeAsk::Agree { token, place, reply }).await
    }

    /// Calls a change off, at once.
    async fn cancel(&self, id: String, place: Place) -> Result<ChangeResult, Error> {
        self.ask(|reply| ChangeAsk::Cancel { id, place, reply }).await
    }
}

impl Changes {
    async fn ask<T>(&self, ask: impl FnOnce(Reply<T>) -> ChangeAsk) -> Result<T, Error> {
        self.0.ask(|reply| Ask::Change(ask(reply))).await
    }

    /// The broker may be slow, and the screen locked when it answers.
    async fn read<T>(&self, ask: impl FnOnce(Reply<T>) -> ChangeAsk) -> Result<T, Error> {
        self.0.ask_and_wait(|reply| Ask::Change(ask(reply))).await
    }
}
