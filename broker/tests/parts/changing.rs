//! What an approver does about its account's settings and approvers.

use sayso_protocol::change::{
    Approvers, ChangeAct, ChangeAnswer, ChangeCall, ChangeTold, Changes, Proposal,
};
use sayso_protocol::decision::{Heard, UserVerification};
use sayso_protocol::enrolment::{ApproverId, Enrolled};
use sayso_protocol::link::{DeviceCall, FromBroker};
use sayso_protocol::problem::Problem;
use sayso_protocol::request::Verification;
use sayso_protocol::signature::Jws;
use sayso_protocol::time::UnixTime;
use serde::de::DeserializeOwned;
use std::time::Duration;

use super::{Approver, Link, Running};
use sayso_broker::store::accounts::Admission;

fn heard() -> Heard {
    Heard { lang: "en".into(), text: "Use QR codes from tomorrow? Yes or no?".into() }
}

fn verification(at: UnixTime) -> UserVerification {
    UserVerification { method: Verification::Session, at }
}

pub(crate) fn queueing(proposal: Proposal, now: UnixTime) -> ChangeAct {
    let (heard, verification) = (heard(), verification(now));
    ChangeAct::Queue { proposal, heard, verification }
}

pub(crate) fn confirmation(told: &ChangeTold, now: UnixTime) -> ChangeAct {
    let (heard, verification) = (heard(), verification(now));
    ChangeAct::Confirm { change: told.id, hash: told.hash, heard, verification }
}

async fn read<T: DeserializeOwned>(answer: reqwest::Response) -> Result<T, Problem> {
    if answer.status().is_success() {
        Ok(answer.json().await.unwrap())
    } else {
        Err(answer.json().await.unwrap())
    }
}

impl Running {
    /// One more computer of an account that has or had some; what it was answered.
    pub(crate) async fn further(
        &self,
        account: &str,
        admission: Admission,
    ) -> (Approver, Enrolled) {
        let code = self.activation(account, admission).await;
        let computer = Approver::new(&self.origin);
        let answer = computer.enrol(account, code, self.now()).await;
        (computer, read(answer).await.unwrap())
    }
}

impl Approver {
    /// The act as it would be sent now, a cancellation under the link key.
    pub(crate) fn change(&self, act: ChangeAct, now: UnixTime) -> Jws<ChangeAct> {
        let key = match act {
            ChangeAct::Cancel { .. } => &self.link_key,
            ChangeAct::Queue { .. }
            | ChangeAct::Confirm { .. }
            | ChangeAct::RemoveApprover { .. } => &self.key,
        };
        self.sign(key, now, now.plus(Duration::from_secs(60)), act)
    }

    /// `None` when nobody answers.
    pub(crate) async fn try_change(
        &self,
        change: &Jws<ChangeAct>,
    ) -> Option<Result<ChangeAnswer, Problem>> {
        let call = self.http.post(format!("{}/v1/changes", self.origin));
        let answer = call.json(&ChangeCall { change: change.clone() }).send().await.ok()?;
        if answer.status().is_success() {
            answer.json().await.ok().map(Ok)
        } else {
            answer.json().await.ok().map(Err)
        }
    }

    pub(crate) async fn send_change(
        &self,
        change: &Jws<ChangeAct>,
    ) -> Result<ChangeAnswer, Problem> {
        self.try_change(change).await.unwrap()
    }

    async fn act(&self, act: ChangeAct, now: UnixTime) -> Result<ChangeTold, Problem> {
        self.send_change(&self.change(act, now)).await.map(|answer| answer.change)
    }

    pub(crate) async fn queue(
        &self,
        proposal: Proposal,
        now: UnixTime,
    ) -> Result<ChangeTold, Problem> {
        self.act(queueing(proposal, now), now).await
    }

    pub(crate) async fn confirm(
        &self,
        told: &ChangeTold,
        now: UnixTime,
    ) -> Result<ChangeTold, Problem> {
        self.act(confirmation(told, now), now).await
    }

    pub(crate) async fn cancel(
        &self,
        told: &ChangeTold,
        now: UnixTime,
    ) -> Result<ChangeTold, Problem> {
        self.act(ChangeAct::Cancel { change: told.id, hash: told.hash }, now).await
    }

    pub(crate) async fn remove(
        &self,
        approver: ApproverId,
        now: UnixTime,
    ) -> Result<ChangeTold, Problem> {
        let (heard, verification) = (heard(), verification(now));
        self.act(ChangeAct::RemoveApprover { approver, heard, verification }, now).await
    }

    pub(crate) async fn get<T: DeserializeOwned>(
        &self,
        path: &str,
        now: UnixTime,
    ) -> Result<T, Problem> {
        let call = DeviceCall { method: "GET".into(), path: path.into() };
        let proof = self.sign(&self.link_key, now, now.plus(Duration::from_secs(60)), call);
        let call = self.http.get(format!("{}{path}", self.origin)).bearer_auth(proof.as_str());
        read(call.send().await.unwrap()).await
    }

    pub(crate) async fn changes(&self, now: UnixTime) -> Result<Changes, Problem> {
        self.get("/v1/changes", now).await
    }

    pub(crate) async fn approvers(&self, now: UnixTime) -> Result<Approvers, Problem> {
        self.get("/v1/approvers", now).await
    }
}

impl Link {
    /// The changes of the snapshot, which comes first.
    pub(crate) async fn changes(&mut self) -> Vec<ChangeTold> {
        match self.next().await {
            Some(FromBroker::Snapshot { changes, .. }) => changes,
            other => panic!("a snapshot comes first, not {other:?}"),
        }
    }

    /// The next change that is told, whatever else comes before it.
    pub(crate) async fn change(&mut self) -> ChangeTold {
        loop {
            if let FromBroker::Change(told) = self.next().await.expect("the link goes on") {
                return told;
            }
        }
    }
}
