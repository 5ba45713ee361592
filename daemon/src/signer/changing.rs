//! Acts on settings: signed with the key that each needs, and what the person agreed to is kept
//! before it is sent. Calling a change off waits for no disk.

use std::time::Duration;

use sayso_protocol::change::{ChangeAct, ChangeTold};
use sayso_protocol::decision::Heard;
use sayso_protocol::enrolment::ApproverId;
use sayso_protocol::secret::nonce;
use sayso_protocol::signature::{Envelope, Jws};
use sayso_protocol::time::UnixTime;
use sayso_words::say;

use super::{Enlisted, Event, Signer};
use crate::store::{Account, StoreError, Whose};

/// How long a signed act counts, in broker time.
const LIFE: Duration = Duration::from_secs(60);

impl Signer {
    pub(super) async fn sign_change(
        &self,
        call: u64,
        approver: &ApproverId,
        act: ChangeAct,
        at: UnixTime,
    ) {
        let Some(enlisted) = self.approvers.get(approver) else {
            let why = say!(self.words.borrow(), "error-keys-unreadable");
            self.tell(Event::ChangeNotSigned { call, why }).await;
            return;
        };
        let heard = heard(&act).cloned();
        let signed = sign(enlisted, act, at);
        let kept = match heard {
            Some(heard) => {
                let jws = signed.as_str().to_owned();
                self.store.agreed(whose(enlisted), heard, jws, at, &self.history_key).await
            }
            None => Ok(()),
        };
        let event = match kept {
            Ok(()) => Event::ChangeSigned { call, signed },
            Err(error) => {
                tracing::error!(%error, "an act on settings could not be kept");
                Event::ChangeNotSigned { call, why: self.sentence(&error) }
            }
        };
        self.tell(event).await;
    }

    pub(super) async fn change_told(
        &self,
        approver: &ApproverId,
        change: ChangeTold,
        at: UnixTime,
    ) -> Result<(), StoreError> {
        let Some(enlisted) = self.approvers.get(approver) else { return Ok(()) };
        self.store.change_told(whose(enlisted), change, at, &self.history_key).await
    }
}

/// What the person was asked, where the act lets something happen.
fn heard(act: &ChangeAct) -> Option<&Heard> {
    match act {
        ChangeAct::Queue { heard, .. }
        | ChangeAct::Confirm { heard, .. }
        | ChangeAct::RemoveApprover { heard, .. } => Some(heard),
        ChangeAct::Cancel { .. } => None,
    }
}

fn sign(Enlisted { keys, account }: &Enlisted, act: ChangeAct, at: UnixTime) -> Jws<ChangeAct> {
    let key = match heard(&act) {
        Some(_) => &keys.approver_key,
        None => &keys.link_key,
    };
    key.sign(&Envelope {
        iss: account.approver.0.clone(),
        aud: account.broker.clone(),
        iat: at,
        exp: at.plus(LIFE),
        jti: nonce(&mut rand::rng()),
        claims: act,
    })
}

fn whose(Enlisted { account, .. }: &Enlisted) -> Whose {
    let Account { approver, account, broker, .. } = &**account;
    Whose { approver: approver.clone(), account: account.clone(), broker: broker.clone() }
}
