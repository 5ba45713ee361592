//! What a login page offers to bind it by, as the person and Sayso find it there.

mod parts;

use parts::Running;
use parts::proofs::approve;
use parts::seen::{address_of_button, address_of_qr};
use sayso_protocol::address::Address;
use sayso_protocol::binding::{Binding, Method};
use sayso_protocol::change::{AccountSettings, ApproveWith, SameDevice};
use sayso_protocol::life::Standing;

#[tokio::test]
async fn the_first_button_opens_sayso_with_an_address_that_binds() {
    let store = tempfile::tempdir().unwrap();
    let running = Running::start(store.path(), None).await;
    let service = running.service("Bank").await;
    for (account, approve_with) in
        [("anna", ApproveWith::Code), ("bo", ApproveWith::Qr), ("cy", ApproveWith::Readout)]
    {
        let approver = running.approver_by(account, approve_with).await;
        let asked = service.ask(account).await;
        let mut browser = running.browser();
        let page = browser.get(&asked.login_url).await.text;
        let (before, _) = page.split_once("id=\"open\"").unwrap();
        assert!(!before.contains("<button") || before.contains("id=\"enter\""), "{page}");
        let Address::Bind { broker, request, secret } = address_of_button(&page) else { panic!() };
        assert_eq!((broker.as_str(), request), (running.origin.as_str(), asked.id));
        let binding = Binding::Link { request, value: secret };
        let bound = approver.prove(binding, running.now()).await.unwrap();
        assert_eq!(bound.state, Standing::Bound);
        let page = browser.get(&asked.login_url).await.text;
        assert!(page.contains("Opened in Sayso. One question left there."), "{page}");
        assert!(page.contains("/help/en/approve-on-this-computer"), "{page}");
        assert!(!page.contains("sayso:") && !page.contains("<svg"), "gone once used: {page}");
    }
    running.stop().await;
}

#[tokio::test]
async fn a_page_without_the_button_has_no_address_on_it() {
    let store = tempfile::tempdir().unwrap();
    let running = Running::start(store.path(), None).await;
    let service = running.service("Bank").await;
    let settings =
        AccountSettings { approve_with: ApproveWith::Code, same_device: SameDevice::Off };
    running.approver_with("anna", settings).await;
    let asked = service.ask("anna").await;
    let page = running.browser().get(&asked.login_url).await.text;
    assert!(!page.contains("sayso:") && !page.contains("id=\"here\""), "{page}");
    running.stop().await;
}

#[tokio::test]
async fn sayso_reads_the_qr_code_of_the_page_and_it_binds_once() {
    let store = tempfile::tempdir().unwrap();
    let running = Running::start(store.path(), None).await;
    let service = running.service("Bank").await;
    let anna = running.approver_by("anna", ApproveWith::Qr).await;
    let asked = service.ask("anna").await;
    let mut browser = running.browser();
    let page = browser.get(&asked.login_url).await.text;
    assert!(page.contains("Waiting for Sayso to read the QR code."), "{page}");
    assert!(page.contains("/help/en/approve-with-a-qr-code"), "{page}");
    let alt = "<svg role=\"img\" aria-label=\"QR code, for Sayso to read off this screen\"";
    assert!(page.contains(alt), "{page}");
    let origin = running.origin.clone();
    running.stop().await;
    let running = Running::start(store.path(), Some(&origin)).await;
    let again = browser.get(&asked.login_url).await.text;
    assert_eq!(address_of_qr(&again), address_of_qr(&page), "the same over a restart");
    let Address::Bind { broker, request, secret } = address_of_qr(&page) else { panic!() };
    assert_eq!((broker.as_str(), request), (origin.as_str(), asked.id));
    let Address::Bind { secret: in_button, .. } = address_of_button(&page) else { panic!() };
    assert_ne!(secret, in_button, "each has its own");
    assert!(!page.contains(&secret.reveal()), "nowhere but in the picture: {page}");
    let binding = Binding::Qr { request, value: secret };
    let bound = anna.prove(binding, running.now()).await.unwrap();
    let page = browser.get(&asked.login_url).await.text;
    assert!(page.contains("QR code read. Go back to Sayso: one question left."), "{page}");
    assert!(!page.contains("<svg"), "gone once used: {page}");
    assert_eq!(anna.approve(&bound, running.now()).await.1["state"], "approved");
    browser.ticket(&asked.login_url).await;
    running.stop().await;
}

#[tokio::test]
async fn the_field_for_what_is_read_out_opens_after_the_approval_and_no_sooner() {
    let store = tempfile::tempdir().unwrap();
    let running = Running::start(store.path(), None).await;
    let service = running.service("Bank").await;
    let anna = running.approver_by("anna", ApproveWith::Readout).await;
    let asked = service.ask("anna").await;
    let mut browser = running.browser();
    let page = browser.get(&asked.login_url).await.text;
    assert!(page.contains("<section id=\"enter\" aria-labelledby=\"enter-heading\" hidden>"));
    assert!(page.contains("Waiting for your answer in Sayso."), "{page}");
    assert!(page.contains("/help/en/approve-with-a-code-read-out"), "{page}");
    assert!(page.contains("autocomplete=\"one-time-code\" inputmode=\"numeric\""), "{page}");
    let events = browser.http.get(format!("{}/events", asked.login_url));
    let mut answer = events.header("cookie", &browser.cookie).send().await.unwrap();
    let approval = approve(&anna, &running, &asked, Method::Readout).await;
    let mut heard = String::new();
    while !heard.contains("\"enter\":true") {
        let bytes = answer.chunk().await.unwrap().expect("the field opens");
        heard.push_str(&String::from_utf8_lossy(&bytes));
    }
    assert!(
        heard.contains("\"state\":\"pending\",\"over\":false,\"onward\":false,\"enter\":false")
    );
    assert!(heard.contains("Approved in Sayso. Type the code here that it reads out."), "{heard}");
    let page = browser.get(&asked.login_url).await.text;
    assert!(page.contains("<section id=\"enter\" aria-labelledby=\"enter-heading\">"), "{page}");
    assert!(!page.contains("sayso:"), "{page}");
    let digits = serde_json::to_value(approval.confirm).unwrap()["readout"].clone();
    assert!(!page.contains(digits.as_str().unwrap()) && !heard.contains(digits.as_str().unwrap()));
    running.stop().await;
}

#[tokio::test]
async fn every_way_is_told_in_danish_too() {
    let store = tempfile::tempdir().unwrap();
    let running = Running::start(store.path(), None).await;
    let service = running.service("Bank").await;
    for (account, approve_with, waits) in [
        ("anna", ApproveWith::Qr, "Venter på, at Sayso læser QR-koden."),
        ("bo", ApproveWith::Readout, "Venter på dit svar i Sayso."),
    ] {
        running.approver_by(account, approve_with).await;
        let asked = service.ask(account).await;
        let mut browser = running.browser();
        browser.language = "da";
        let page = browser.get(&asked.login_url).await.text;
        assert!(page.contains(waits) && page.contains(">Godkend på denne computer</a>"), "{page}");
    }
    running.stop().await;
}
