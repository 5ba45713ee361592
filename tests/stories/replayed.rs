//! Signed messages that are old, foreign, altered or brought again, at the broker's own door.

use rig::approver::{Approver, BoundRequest, with_header};
use rig::broker::Broker;
use rig::browser::PlainBrowser;
use rig::desktop::Desktop;
use rig::service::Service;
use rig::story::{ACCOUNT, SERVICE};
use rig::transcript::Channel;
use sayso_protocol::decision::Verdict;
use sayso_protocol::signature::{Claims, Envelope, SecretKey};
use sayso_protocol::time::UnixTime;
use serde_json::{Value, json};

const HEADING: &str = "\
Messages at the broker's door. An approver's own program brings each message right, again, and wrong
in every way. The first valid decision counts, its bytes again get the same answer, and whatever is
expired, foreign, unsigned, cut short or signed anew changes nothing.";

/// The parts of the story.
struct Door {
    desktop: Desktop,
    approver: Approver,
}

impl Door {
    /// Writes down what was brought and what the broker said to it.
    fn note(&self, what: &str, (status, answer): &(u16, Value)) {
        let kind = answer["type"].as_str().map(|kind| format!(" {kind}")).unwrap_or_default();
        let state = answer["state"].as_str().map(|state| format!(", {state}")).unwrap_or_default();
        self.desktop.transcript().note(Channel::Act, format!("brought: {what}"));
        let line = format!("the broker answers: {status}{kind}{state}");
        self.desktop.transcript().note(Channel::Service, line);
    }
}

/// A message that is wrong in one way, and how it is called.
fn wrong<C: Claims + Clone>(
    key: &SecretKey,
    right: &Envelope<C>,
    expires: i64,
) -> Vec<(&'static str, String)> {
    let signed = |envelope: &Envelope<C>| key.sign(envelope).as_str().to_owned();
    let whole = signed(right);
    let none = json!({"alg": "none", "kid": key.public().thumbprint(), "typ": C::TYP});
    let without_signature = whole.rsplit_once('.').unwrap().0;
    let foreign = "http://127.0.0.1:1".to_owned();
    vec![
        ("expired", signed(&Envelope { exp: UnixTime(expires), ..right.clone() })),
        ("for another broker", signed(&Envelope { aud: foreign, ..right.clone() })),
        ("of another approver", signed(&Envelope { iss: "somebody".into(), ..right.clone() })),
        ("with alg none", with_header(&whole, &none)),
        ("without its signature", format!("{without_signature}.")),
        ("cut short", whole[..whole.len() - 10].to_owned()),
        ("signed by a stranger", SecretKey::generate(&mut rand::rng()).sign(right).as_str().into()),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn replayed() {
    let desktop = Desktop::builder(HEADING).bare().start().await;
    let broker = Broker::start(&desktop).await;
    broker.add_account(ACCOUNT).await;
    let service = Service::start(&broker, SERVICE, desktop.transcript()).await;
    let approver = Approver::register(&broker, ACCOUNT).await;
    let page = PlainBrowser::new("en").go(&service.login_address(ACCOUNT)).await;
    let code = page.code().expect("a code");
    let door = Door { desktop, approver };

    let bound = bindings(&door, &code).await;
    let asked = service.last().unwrap();
    let path = format!("/v1/requests/{}", asked.id);
    wrong_decisions(&door, &bound).await;
    assert_eq!(service.call("GET", &path, None).await.1["progress"], "pending");
    decisions(&door, &bound).await;
    assert_eq!(service.call("GET", &path, None).await.1["progress"], "answered");

    let audit = broker.administer(&["audit", "verify"]).await;
    assert_eq!(audit.status, 0, "{}", audit.err);
    door.desktop.compare("replayed");
}

async fn bindings(door: &Door, code: &str) -> BoundRequest {
    let approver = &door.approver;
    let right = approver.binding(code);
    for (how, jws) in wrong(&approver.link_key, &right, right.iat.0 - 1) {
        let answer = approver.bind(&jws).await;
        door.note(&format!("the code, {how}"), &answer);
        assert!((400..404).contains(&answer.0), "{how}: {answer:?}");
    }
    let jws = approver.link_key.sign(&right);
    let first = approver.bind(jws.as_str()).await;
    door.note("the code", &first);
    assert_eq!(first.0, 200, "{first:?}");
    let again = approver.bind(jws.as_str()).await;
    door.note("the same bytes", &again);
    assert_eq!(again.0, 200);
    for member in ["jws", "receipt", "state", "expires_at"] {
        assert_eq!(first.1[member], again.1[member], "{member}");
    }
    let altered = approver.link_key.sign(&Envelope { exp: UnixTime(right.exp.0 - 1), ..right });
    let answer = approver.bind(altered.as_str()).await;
    door.note("other bytes under the same number", &answer);
    assert_eq!(answer.0, 400);
    BoundRequest::read(&first.1)
}

async fn wrong_decisions(door: &Door, bound: &BoundRequest) {
    let approver = &door.approver;
    let right = approver.decision(bound, Verdict::Approve);
    for (how, jws) in wrong(&approver.approver_key, &right, right.iat.0 - 1) {
        let answer = approver.decide(bound, &jws).await;
        door.note(&format!("an approval, {how}"), &answer);
        assert!((400..404).contains(&answer.0), "{how}: {answer:?}");
    }
    let by_link_key = approver.link_key.sign(&right);
    let answer = approver.decide(bound, by_link_key.as_str()).await;
    door.note("an approval, signed with the link key", &answer);
    assert_eq!(answer.0, 400);
    let mut without_receipt = right.clone();
    without_receipt.claims.receipt = None;
    let answer =
        approver.decide(bound, approver.approver_key.sign(&without_receipt).as_str()).await;
    door.note("an approval, without the receipt", &answer);
    assert_eq!(answer.0, 409);
}

async fn decisions(door: &Door, bound: &BoundRequest) {
    let approver = &door.approver;
    let right = approver.decision(bound, Verdict::Approve);
    let jws = approver.approver_key.sign(&right);
    for what in ["an approval", "the same bytes"] {
        let answer = approver.decide(bound, jws.as_str()).await;
        door.note(what, &answer);
        assert_eq!((answer.0, &answer.1["state"]), (200, &json!("approved")));
    }
    let anew = approver.approver_key.sign(&approver.decision(bound, Verdict::Approve));
    let denial = approver.link_key.sign(&approver.decision(bound, Verdict::Deny));
    for (what, jws) in [("the approval, signed anew", &anew), ("a denial", &denial)] {
        let answer = approver.decide(bound, jws.as_str()).await;
        door.note(what, &answer);
        assert_eq!((answer.0, &answer.1["state"]), (409, &json!("approved")));
    }
}
