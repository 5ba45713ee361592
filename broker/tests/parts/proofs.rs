//! The proofs that a page gives, as they lie on the disk, and approvals by them.

use sayso_broker::offer::{Chosen, Offer};
use sayso_protocol::binding::{Binding, Method};
use sayso_protocol::decision::DecisionAnswer;
use sayso_protocol::life::Standing;
use sayso_protocol::request::RequestId;
use sayso_protocol::service::Asked;

use super::{Approver, Running, id_of};

pub(crate) fn in_qr(offer: &Offer, request: RequestId) -> Binding {
    let Some(Chosen::Qr(value)) = &offer.chosen else { panic!("no QR code: {offer:?}") };
    Binding::Qr { request, value: value.clone() }
}

pub(crate) fn in_link(offer: &Offer, request: RequestId) -> Binding {
    Binding::Link { request, value: offer.link.clone().unwrap() }
}

/// The proof of this method that the page gives.
pub(crate) async fn proof(running: &Running, asked: &Asked, method: Method) -> Binding {
    let request = asked.id;
    let offer = running.offer(request).await;
    match method {
        Method::Code => Binding::Code { value: offer.code().unwrap().clone() },
        Method::Qr => in_qr(&offer, request),
        Method::Link => in_link(&offer, request),
        Method::Readout => Binding::Readout { request },
    }
}

/// Brings the page's proof of this method, and approves; what the approval waits for.
pub(crate) async fn approve(
    anna: &Approver,
    running: &Running,
    asked: &Asked,
    by: Method,
) -> DecisionAnswer {
    let bound = anna.prove(proof(running, asked, by).await, running.now()).await.unwrap();
    assert_eq!((id_of(&bound.jws), bound.state), (asked.id, Standing::Bound));
    let (status, answer) = anna.approve(&bound, running.now()).await;
    assert_eq!(status, 200, "{answer}");
    serde_json::from_value(answer).unwrap()
}
