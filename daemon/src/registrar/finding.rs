//! Finds out what became of an enrolment whose answer was lost: a broker that took it knows the key.

use std::time::Duration;

use sayso_protocol::problem::ProblemType;
use sayso_protocol::relay::Signer as ApproverKeys;
use tokio_util::sync::CancellationToken;

use super::Ended;
use crate::clock;
use crate::source::Refusal;
use crate::source::broker::Calls;
use crate::store::Account;

/// A broker that cannot be reached is asked again after this long.
const AGAIN: Duration = Duration::from_mins(1);

/// What became of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Found {
    /// The broker knows this computer.
    Taken {
        /// Whether it is an approver already.
        settled: bool,
    },
    /// It does not, and will not.
    NotTaken,
}

/// An account that was sent, and what it takes to ask for it.
pub(super) struct Search {
    account: Account,
    calls: Option<Calls>,
}

impl Search {
    pub(super) fn of(account: Account, keys: &ApproverKeys) -> Self {
        let calls = Calls::new(
            &account.broker,
            account.broker_keys.clone(),
            account.approver.clone(),
            keys.link_key.clone(),
        );
        Self { account, calls: calls.ok() }
    }

    /// Asks once; nothing where the broker cannot be reached.
    pub(super) async fn look(self) -> Option<(Account, Found)> {
        let found = self.ask().await?;
        Some((self.account, found))
    }

    async fn ask(&self) -> Option<Found> {
        match self.calls.as_ref()?.settings().await {
            Ok((all, _)) => Some(Found::Taken { settled: all.settings.is_some() }),
            Err(Refusal::Problem(problem)) => {
                let unknown = problem.kind == ProblemType::Unauthorized
                    || problem.kind == ProblemType::ApproverRemoved;
                unknown.then_some(Found::NotTaken)
            }
            Err(Refusal::Offline | Refusal::Strange) => None,
        }
    }
}

/// Asks until the broker answers.
pub(super) async fn find(search: Search, shutdown: CancellationToken) -> Ended {
    loop {
        if let Some(found) = search.ask().await {
            return Ended::Found(Box::new(search.account), found);
        }
        tokio::select! {
            () = shutdown.cancelled() => return Ended::Link,
            () = clock::until(clock::now() + AGAIN) => {}
        }
    }
}
