//! The program's log, after a login in every way.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "parts of tests")]

mod parts;

use parts::seen::{address_of_button, address_of_qr};
use parts::served::{Served, last_word, must, now};
use parts::{Approver, Browser, Service};
use sayso_protocol::address::Address;
use sayso_protocol::binding::{Binding, Method};
use sayso_protocol::change::{AccountSettings, ApproveWith, SameDevice};
use sayso_protocol::enrolment::ActivationCode;
use sayso_protocol::service::Asked;
use serde_json::json;
use std::path::Path;

const RETURN: &str = "http://127.0.0.1:9/return";

fn browser() -> Browser {
    let http = reqwest::Client::builder()
        .pool_max_idle_per_host(0)
        .redirect(reqwest::redirect::Policy::none());
    Browser { http: http.build().unwrap(), cookie: String::new(), language: "en" }
}

fn add_service(served: &Served, store: &Path) -> Service {
    let key = last_word(&must(store, &["service", "add", "Bank", "--return-url", RETURN]));
    let (origin, http) = (served.origin.clone(), parts::client());
    Service { id: "bank".into(), key, origin, http }
}

async fn enrol(served: &Served, store: &Path, account: &str, by: ApproveWith) -> Approver {
    must(store, &["account", "add", account]);
    let activation = last_word(&must(store, &["activation", "new", account]));
    let settings = AccountSettings { approve_with: by, same_device: SameDevice::On };
    let approver = Approver { settings, ..Approver::new(&served.origin) };
    let code = ActivationCode::parse(&activation).unwrap();
    assert_eq!(approver.enrol(account, code, now()).await.status(), 201);
    approver
}

/// What the person brings to Sayso from the page.
fn proof(page: &str, asked: &Asked, method: Method) -> Binding {
    let request = asked.id;
    match method {
        Method::Code => Binding::Code { value: parts::code_on(page) },
        Method::Readout => Binding::Readout { request },
        Method::Qr => {
            let Address::Bind { secret, .. } = address_of_qr(page) else { panic!() };
            Binding::Qr { request, value: secret }
        }
        Method::Link => {
            let Address::Bind { secret, .. } = address_of_button(page) else { panic!() };
            Binding::Link { request, value: secret }
        }
    }
}

/// A login to its end; everything in it that is secret.
async fn log_in(service: &Service, approver: &Approver, account: &str, by: Method) -> Vec<String> {
    let body = json!({ "account": account, "action": { "kind": "login" }, "return_url": RETURN });
    let asked: Asked = service.post("/v1/requests", &body).await.json().await.unwrap();
    let mut browser = browser();
    let page = browser.get(&asked.login_url).await.text;
    let binding = proof(&page, &asked, by);
    let mut secrets = vec![asked.login_url.rsplit('/').next().unwrap().to_owned()];
    match &binding {
        Binding::Code { value } => secrets.push(value.reveal().to_owned()),
        Binding::Qr { value, .. } | Binding::Link { value, .. } => secrets.push(value.reveal()),
        Binding::Readout { .. } => {}
    }
    let bound = approver.prove(binding, now()).await.unwrap();
    let answer = approver.approve(&bound, now()).await.1;
    if let Some(digits) = answer["confirm"]["readout"].as_str() {
        assert_eq!(browser.enter(&asked.login_url, digits).await.status, 303);
        secrets.push(digits.to_owned());
    }
    let back = match answer["confirm"]["finish"].as_str() {
        Some(finish) => {
            secrets.push(finish.rsplit('/').next().unwrap().to_owned());
            browser.get(finish).await
        }
        None => browser.get(&format!("{}/return", asked.login_url)).await,
    };
    let location = back.location.unwrap();
    let ticket = location.strip_prefix(&format!("{RETURN}?ticket=")).unwrap();
    service.collect(asked.id, ticket).await.unwrap();
    let cookie = browser.cookie.split_once('=').unwrap().1;
    secrets.extend([ticket.to_owned(), bound.receipt.reveal(), cookie.to_owned()]);
    secrets
}

/// A line of the log begins with its time, in which any six digits may stand.
fn without_times(log: &str) -> String {
    let rest = |line: &str| line.split_once(' ').map_or("", |(_, rest)| rest).to_owned();
    log.lines().map(rest).collect::<Vec<_>>().join("\n")
}

#[tokio::test]
async fn a_login_in_any_way_leaves_no_secret_in_the_log() {
    let folder = tempfile::tempdir().unwrap();
    let store = folder.path().join("store");
    let served = Served::start(&store, "127.0.0.1:0");
    let service = add_service(&served, &store);
    let mut secrets = Vec::new();
    for (account, approve_with, method) in [
        ("anna", ApproveWith::Code, Method::Code),
        ("bo", ApproveWith::Qr, Method::Qr),
        ("cy", ApproveWith::Qr, Method::Link),
        ("di", ApproveWith::Readout, Method::Readout),
    ] {
        let approver = enrol(&served, &store, account, approve_with).await;
        secrets.extend(log_in(&service, &approver, account, method).await);
    }
    assert!(must(&store, &["audit", "verify"]).contains("The audit is whole"));
    let log = served.log.clone();
    served.stop();
    let log = without_times(&std::fs::read_to_string(log).unwrap());
    for route in ["/login/{page}/return", "/login/{page}/code", "/login/finish/{finish}"] {
        assert!(log.contains(route), "{log}");
    }
    assert_eq!(secrets.len(), 5 + 5 + 6 + 5);
    for (number, secret) in secrets.iter().enumerate() {
        assert!(!log.contains(secret.as_str()), "secret {number} is in the log");
    }
}
