//! What an approval by readout or by link waits for, and what happens when the browser that holds
//! the page brings it.

use sayso_protocol::binding::{Code, Method};
use sayso_protocol::decision::{Confirmation, DecisionClaims, FinishUrl, UserVerification};
use sayso_protocol::life::{Effect, Event, Refusal, State};
use sayso_protocol::secret::Finish;
use sayso_protocol::signature::{Digest, unverified};

use crate::store::requests::{Hashed, Kept};
use crate::store::{StoreError, Tx};
use crate::{course, random};

/// Makes what the browser that holds the page has to bring: digits that are read out to the
/// person, or the token of an address that is opened there.
pub(crate) fn prepare(tx: &Tx<'_>, kept: &mut Kept, method: Method) {
    let random = &mut random();
    kept.confirmation = match method {
        Method::Readout => Some(Confirmation::Readout(Code::draw(random))),
        Method::Link => {
            let token = Finish::draw(random);
            kept.finish = Some(Hashed::of(&token));
            let address = format!("{}/login/finish/{}", tx.origin, token.reveal());
            Some(Confirmation::Finish(FinishUrl(address)))
        }
        // An approval by these needs none.
        Method::Code | Method::Qr => None,
    };
}

/// The browser that holds the page has brought what an approval waits for. The decision was
/// verified when it was kept.
///
/// # Errors
/// [`StoreError`].
pub fn confirm(tx: &mut Tx<'_>, kept: &mut Kept) -> Result<Result<Effect, Refusal>, StoreError> {
    let verification = match kept.life.state {
        State::ApprovedUnconfirmed { decision, .. } => Some(verification_of(tx, decision)?),
        State::Pending
        | State::Bound { .. }
        | State::Approved { .. }
        | State::Denied { .. }
        | State::Expired
        | State::Cancelled { .. } => None,
    };
    course::advance(tx, kept, Event::Confirm, verification)
}

fn verification_of(tx: &Tx<'_>, decision: Digest) -> Result<UserVerification, StoreError> {
    let unreadable = |what: String| StoreError::Unreadable(format!("decision: {what}"));
    let jws = tx.db().decision(decision)?.ok_or_else(|| unreadable("not kept".into()))?;
    let envelope = unverified::<DecisionClaims>(jws.as_str());
    Ok(envelope.map_err(|error| unreadable(error.to_string()))?.claims.verification)
}
