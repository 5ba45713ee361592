//! Finds out what became of an enrolment whose answer was lost: a broker that took it knows the key.

use std::time::Duration;

use sayso_protocol::change::{ChangeTold, Changes};
use sayso_protocol::enrolment::ApproverId;
use sayso_protocol::problem::ProblemType;
use sayso_protocol::relay::Signer as ApproverKeys;
use sayso_protocol::time::UnixTime;
use tokio_util::sync::CancellationToken;

use super::Ended;
use crate::changes::is_of;
use crate::clock;
use crate::source::Refusal;
use crate::source::broker::{Calls, Dialer};
use crate::store::Account;

/// A broker that cannot be reached is asked again after this long.
const AGAIN: Duration = Duration::from_mins(1);

/// What became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Found {
    /// The broker knows this computer.
    Taken {
        /// The change that it waits for, if it is not let in yet.
        waits: Option<Box<ChangeTold>>,
        /// In broker time.
        at: UnixTime,
    },
    /// It does not, and will not.
    NotTaken,
}

/// An account that was sent, and its keys.
pub(super) struct Sought {
    pub(super) account: Account,
    pub(super) keys: ApproverKeys,
}

/// The same, and what it takes to ask for it.
pub(super) struct Search {
    sought: Sought,
    calls: Option<Calls>,
}

impl Search {
    pub(super) fn of(dialer: &Dialer, account: Account, keys: ApproverKeys) -> Self {
        let calls = Calls::new(
            dialer.clone(),
            &account.broker,
            account.broker_keys.clone(),
            account.approver.clone(),
            keys.link_key.clone(),
        );
        Self { sought: Sought { account, keys }, calls: calls.ok() }
    }

    /// Asks once; nothing where the broker cannot be reached.
    pub(super) async fn look(self) -> Option<(Sought, Found)> {
        let found = self.ask().await?;
        Some((self.sought, found))
    }

    async fn ask(&self) -> Option<Found> {
        let answer = self.calls.as_ref()?.settings().await;
        let answer = answer.map(|(all, clock)| (all, clock.time(clock::now())));
        read(answer, &self.sought.account.approver)
    }
}

/// What the broker's answer says; nothing where it does not say.
fn read(answer: Result<(Changes, UnixTime), Refusal>, approver: &ApproverId) -> Option<Found> {
    match answer {
        Ok((all, at)) if all.settings.is_some() => Some(Found::Taken { waits: None, at }),
        Ok((all, at)) => {
            let own = all.changes.into_iter().find(|change| is_of(approver, change))?;
            Some(Found::Taken { waits: Some(Box::new(own)), at })
        }
        Err(Refusal::Problem(problem)) => {
            let unknown = problem.kind == ProblemType::Unauthorized
                || problem.kind == ProblemType::ApproverRemoved;
            unknown.then_some(Found::NotTaken)
        }
        Err(Refusal::Offline | Refusal::NotGenuine(_) | Refusal::Strange) => None,
    }
}

/// Asks until the broker answers.
pub(super) async fn find(search: Search, shutdown: CancellationToken) -> Ended {
    loop {
        if let Some(found) = search.ask().await {
            return Ended::Found(Box::new(search.sought), found);
        }
        tokio::select! {
            () = shutdown.cancelled() => return Ended::Link,
            () = clock::until(clock::now() + AGAIN) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sayso_protocol::change::{
        AccountSettings, ApproveWith, Author, ChangeId, Computer, Proposal, Standing,
    };
    use sayso_protocol::enrolment::{AccountName, ApproverName};
    use sayso_protocol::problem::Problem;
    use sayso_protocol::rotation::BrokerKeys;
    use sayso_protocol::signature::{Digest, SecretKey};
    use uuid::Uuid;

    use crate::store::AccountState;

    const NOW: UnixTime = UnixTime(1_900_000_000);

    fn here() -> ApproverId {
        ApproverId("here".into())
    }

    fn change(number: u128, proposal: Proposal) -> ChangeTold {
        ChangeTold {
            id: ChangeId(Uuid::from_u128(number)),
            hash: Digest::of(b"queued"),
            proposal,
            now: None,
            by: Author::Administrator,
            standing: Standing::Waiting,
            queued_at: NOW,
            ready_at: NOW,
            ended_by: None,
        }
    }

    fn lets_in(number: u128, id: ApproverId) -> ChangeTold {
        let name = ApproverName::new("kitchen");
        change(number, Proposal::Approver(Computer { id, name }))
    }

    fn told(settings: Option<AccountSettings>, changes: Vec<ChangeTold>) -> Option<Found> {
        read(Ok((Changes { settings, wait: 86_400, changes }, NOW)), &here())
    }

    fn refused(kind: ProblemType) -> Option<Found> {
        let problem = Problem::new(kind, 403, String::new(), String::new());
        read(Err(Refusal::Problem(Box::new(problem))), &here())
    }

    #[test]
    fn a_computer_that_reads_the_settings_was_taken_and_is_let_in() {
        let changes = vec![change(1, Proposal::ApproveWith(ApproveWith::Qr))];
        let found = told(Some(AccountSettings::default()), changes);
        assert_eq!(found, Some(Found::Taken { waits: None, at: NOW }));
    }

    #[test]
    fn a_computer_that_waits_was_taken_and_waits_for_its_own_change() {
        let own = lets_in(2, here());
        let changes = vec![lets_in(1, ApproverId("another".into())), own.clone()];
        let waits = Some(Box::new(own));
        assert_eq!(told(None, changes), Some(Found::Taken { waits, at: NOW }));
        assert_eq!(told(None, Vec::new()), None, "that says nothing");
    }

    #[test]
    fn a_computer_that_the_broker_does_not_know_was_not_taken() {
        assert_eq!(refused(ProblemType::Unauthorized), Some(Found::NotTaken));
        assert_eq!(refused(ProblemType::ApproverRemoved), Some(Found::NotTaken));
    }

    #[test]
    fn whatever_says_neither_is_asked_again() {
        for kind in [ProblemType::AccountBlocked, ProblemType::Clock, ProblemType::Unavailable] {
            assert_eq!(refused(kind), None);
        }
        assert_eq!(read(Err(Refusal::Offline), &here()), None);
        assert_eq!(read(Err(Refusal::Strange), &here()), None);
    }

    #[tokio::test(start_paused = true)]
    async fn a_search_goes_on_until_sayso_ends() {
        let account = Account {
            account: AccountName::parse("anna").unwrap(),
            broker: "nowhere".into(),
            computer: ApproverName::new("kitchen"),
            approver: here(),
            broker_name: String::new(),
            broker_keys: BrokerKeys::new(SecretKey::from_bytes(&[3; 32]).public()),
            registered_at: NOW,
            state: AccountState::Sent,
        };
        let keys = ApproverKeys {
            approver: here(),
            approver_key: SecretKey::from_bytes(&[1; 32]),
            link_key: SecretKey::from_bytes(&[2; 32]),
        };
        let shutdown = CancellationToken::new();
        let search =
            tokio::spawn(find(Search::of(&Dialer::default(), account, keys), shutdown.clone()));
        tokio::task::yield_now().await;
        assert!(!search.is_finished());
        shutdown.cancel();
        assert!(matches!(search.await.unwrap(), Ended::Link));
    }
}
