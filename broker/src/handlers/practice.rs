//! An approver asks for something to practise on: a request of the broker's own, for this approver
//! alone. Nobody else hears of it, and it counts against nobody.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use sayso_protocol::binding::Code;
use sayso_protocol::change::SameDevice;
use sayso_protocol::life::{Event, Reason, Standing};
use sayso_protocol::link::{FromBroker, Open};
use sayso_protocol::practice::{PracticeAnswer, PracticeCall};
use sayso_protocol::request::{Action, ActionKind, LIFETIME, Near, Origin, ServiceName};
use sayso_protocol::secret::PageId;
use sayso_protocol::service::{Ask, Page};
use sayso_protocol::spoken::Clean;
use sayso_words::{Language, Words, say};

use super::Body;
use super::asking::{is_offered, new_request, sign_for};
use crate::auth::CallingApprover;
use crate::error::Error;
use crate::offer::Offer;
use crate::server::Broker;
use crate::store::approvers::Approver;
use crate::store::audit::Entry;
use crate::store::ended::Regard;
use crate::store::requests::{Hashed, Kept};
use crate::store::services::Service;
use crate::store::{StoreError, Tx};
use crate::{course, random};

/// Who asks in a practice: the broker itself. No service has this id, which is none that a name
/// gives.
const SERVICE: &str = "sayso:practice";
/// Where the browser goes afterwards.
pub const DONE: &str = "/practice/done";

/// Whether a request is one that somebody practises on.
#[must_use]
pub fn is_practice(kept: &Kept) -> bool {
    kept.service.id == SERVICE
}

/// `POST /v1/practice`: 201, the request and its login page.
///
/// # Errors
/// `unauthorized`, `signature`, `clock`, `approver-removed`; `malformed`.
pub async fn begin(
    State(broker): State<Broker>,
    CallingApprover(approver): CallingApprover,
    Body(call): Body<PracticeCall>,
) -> Result<(StatusCode, Json<PracticeAnswer>), Error> {
    let page = PageId::draw(&mut random());
    let hashed = Hashed::of(&page);
    let begun = broker.store.write(move |tx| make(tx, &approver, call, &hashed)).await?;
    broker.deadlines.notify_one();
    let Open { jws, expires_at, .. } = begun.value;
    let login_url = format!("{}/login/{}", broker.store.origin(), page.reveal());
    Ok((StatusCode::CREATED, Json(PracticeAnswer { jws, login_url, expires_at })))
}

/// Makes a request for this approver alone, in place of one that it practised on before.
fn make(
    tx: &mut Tx<'_>,
    approver: &Approver,
    call: PracticeCall,
    page: &Hashed,
) -> Result<Open, StoreError> {
    let mut waiting = tx.db().waiting(&approver.account)?;
    for kept in waiting.iter_mut().filter(|kept| is_practice(kept)) {
        if tx.db().signed_for(kept.id, &approver.id)?.is_some() {
            // If its time is over by now, it has expired instead.
            let _ = course::advance(tx, kept, Event::Cancel { reason: Reason::Service }, None)?;
        }
    }
    let taken = |code: &Code| is_offered(&waiting, code);
    let offer = Offer::only(call.method, taken);
    let mut new = new_request(tx, service(&call), ask(tx, approver, call), LIFETIME, offer);
    // By this the page after it knows which one was practised on.
    new.return_state = Some(new.id.to_string());
    tx.keep_new(&new, page, Regard::Asked)?;
    let jws = sign_for(tx, &new, &approver.id, Near::Unknown)?;
    let expires_at = new.life.expires_at;
    let open = Open { jws, state: Standing::Pending, receipt: None, expires_at };
    tx.audit(&Entry::Asked {
        request: new.id,
        service: SERVICE,
        account: &new.account,
        of_nobody: false,
    })?;
    tx.tell(new.id, vec![(approver.id.clone(), FromBroker::Request(open.clone()))]);
    Ok(open)
}

fn service(call: &PracticeCall) -> Service {
    let words = Words::new(Language::of_tag(call.locale.as_str()).unwrap_or_default());
    Service { id: SERVICE.to_owned(), name: ServiceName::new(&say!(words, "page-practice-name")) }
}

fn ask(tx: &Tx<'_>, approver: &Approver, call: PracticeCall) -> Ask {
    Ask {
        account: approver.account.clone(),
        action: Action {
            kind: ActionKind::Practice,
            summary: Clean::default(),
            details: Clean::default(),
            amount: None,
            payee: None,
        },
        origin: Origin::default(),
        return_url: format!("{}{DONE}", tx.origin),
        state: None,
        locale: call.locale,
        expires_in: None,
        same_device: SameDevice::On,
        page: Page::Broker,
    }
}
