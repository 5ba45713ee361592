//! `org.sayso.Approver1.Accounts`, behind the private socket.

use sayso_protocol::bus::{AccountLine, Error, HistoryLine, Place, Registration, Status, Verified};

use super::desk::PrivateDesk;
use super::{Ask, Reply};

/// One method about accounts.
#[derive(Debug)]
#[expect(missing_docs, reason = "the arguments are those of the contract's methods")]
pub enum AccountAsk {
    /// Make this computer an approver.
    Register { registration: Registration, reply: Reply<String> },
    /// Call a broker so from now on.
    NameBroker { broker: String, name: String, reply: Reply<String> },
    /// Forget an account here alone.
    Forget { account: String, reply: Reply<String> },
    /// The accounts that this computer approves for.
    List { place: Place, reply: Reply<Vec<AccountLine>> },
}

/// The interface's one object.
pub(super) struct Accounts(pub(super) PrivateDesk);

#[zbus::interface(name = "org.sayso.Approver1.Accounts")]
impl Accounts {
    /// Makes this computer an approver. Answers with a sentence.
    async fn register(&self, registration: Registration) -> Result<String, Error> {
        self.0.ask(|reply| Ask::Account(AccountAsk::Register { registration, reply })).await
    }

    /// The accounts that this computer approves for. Where no screen reader reads the dialog in
    /// which one is chosen they are said.
    async fn list(&self, place: Place) -> Result<Vec<AccountLine>, Error> {
        self.0.ask(|reply| Ask::Account(AccountAsk::List { place, reply })).await
    }

    /// Forgets an account and its keys here alone. Answers with a sentence.
    async fn forget(&self, account: String) -> Result<String, Error> {
        self.0.ask(|reply| Ask::Account(AccountAsk::Forget { account, reply })).await
    }

    /// Calls a broker so from now on. Answers with a sentence.
    async fn name_broker(&self, broker: String, name: String) -> Result<String, Error> {
        self.0.ask(|reply| Ask::Account(AccountAsk::NameBroker { broker, name, reply })).await
    }

    /// How the daemon is.
    async fn status(&self) -> Result<Status, Error> {
        self.0.desk.ask(|reply| Ask::Status { reply }).await
    }

    /// The last `count` entries of the history, oldest first.
    async fn history(&self, count: u32) -> Result<Vec<HistoryLine>, Error> {
        self.0.ask(|reply| Ask::History { count, reply }).await
    }

    /// Whether the history is whole.
    async fn verify_history(&self) -> Result<Verified, Error> {
        self.0.ask(|reply| Ask::VerifyHistory { reply }).await
    }
}
