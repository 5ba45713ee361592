//! Errands to the broker: what is read is signed for with the link key, what is told was signed by
//! the signer.

use std::time::Duration;

use sayso_protocol::change::{Approvers, ChangeAct, ChangeAnswer, ChangeCall, Changes};
use sayso_protocol::request::MoreTimeAnswer;
use sayso_protocol::signature::Jws;

use super::super::errand::{Errand, Fetched};
use super::super::{BrokerClock, Refusal};
use super::calls::Calls;

/// An act is tried for so long: with the call for the time before it, the person has an answer
/// within ten seconds.
const ACT: Duration = Duration::from_millis(5500);

impl Calls {
    /// Answers also with the audit's head, where one came along.
    pub(super) async fn run(&self, errand: Errand) -> Result<(Fetched, Option<String>), Refusal> {
        match errand {
            Errand::Clock => Ok((Fetched::Clock(self.time().await?), None)),
            Errand::Settings => {
                let (changes, clock) = self.settings().await?;
                Ok((Fetched::Settings(Box::new(changes), clock), None))
            }
            Errand::Approvers => {
                let (approvers, clock) = self.get::<Approvers>("/v1/approvers").await?;
                Ok((Fetched::Approvers(approvers, clock), None))
            }
            Errand::MoreTime(id) => {
                let path = format!("/v1/requests/{id}/more-time");
                let (answer, clock): (MoreTimeAnswer, _) = self.post_proof(&path).await?;
                let head = answer.audit_head.as_str().to_owned();
                Ok((Fetched::MoreTime(clock.instant(answer.expires_at)), Some(head)))
            }
            Errand::Act(act) => {
                let told = tokio::time::timeout(ACT, self.act(act)).await;
                let ChangeAnswer { change, audit_head } = told.unwrap_or(Err(Refusal::Offline))?;
                let head = audit_head.as_str().to_owned();
                Ok((Fetched::Act(Box::new(change)), Some(head)))
            }
        }
    }

    /// The account's settings and changes. A broker that answers knows this approver.
    ///
    /// # Errors
    /// [`Refusal`].
    pub async fn settings(&self) -> Result<(Changes, BrokerClock), Refusal> {
        self.get("/v1/changes").await
    }

    /// The broker may have taken an act although its answer was lost. The same bytes get the same
    /// answer, so they are sent again while there is time.
    async fn act(&self, change: Jws<ChangeAct>) -> Result<ChangeAnswer, Refusal> {
        let call = ChangeCall { change };
        match self.post("/v1/changes", &call).await {
            Err(Refusal::Offline) => self.post("/v1/changes", &call).await,
            answer => answer,
        }
    }
}
