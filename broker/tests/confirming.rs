//! What an approval by readout or by link waits for: digits typed into the page, and an address
//! that is opened in the browser that holds it.

mod parts;

use parts::proofs::approve;
use parts::{Approver, Browser, RETURN_URL, Running, Service, another};
use sayso_broker::store::DATABASE;
use sayso_protocol::binding::{Code, Method};
use sayso_protocol::change::ApproveWith;
use sayso_protocol::decision::{Confirmation, DecisionAnswer, Verdict};
use sayso_protocol::life::{Reason, Standing};
use sayso_protocol::link::{Ended, FromBroker};
use sayso_protocol::outcome::{self, Outcome};
use sayso_protocol::service::{Asked, Progress};

/// A login whose page a browser holds, approved in one way and not confirmed yet.
struct Login {
    running: Running,
    service: Service,
    anna: Approver,
    browser: Browser,
    asked: Asked,
    answer: DecisionAnswer,
    store: tempfile::TempDir,
}

#[allow(clippy::unwrap_used, clippy::panic, reason = "a part of tests")]
impl Login {
    async fn approved_by(method: Method) -> Login {
        let store = tempfile::tempdir().unwrap();
        let running = Running::start(store.path(), None).await;
        let service = running.service("Bank").await;
        let anna = running.approver_by("anna", ApproveWith::Readout).await;
        let asked = service.ask("anna").await;
        let mut browser = running.browser();
        assert_eq!(browser.get(&asked.login_url).await.status, 200);
        let answer = approve(&anna, &running, &asked, method).await;
        assert_eq!(answer.state, Standing::ApprovedUnconfirmed);
        Login { running, service, anna, browser, asked, answer, store }
    }

    async fn restarted(self) -> Login {
        let origin = self.running.origin.clone();
        self.running.stop().await;
        let running = Running::start(self.store.path(), Some(&origin)).await;
        Login { running, ..self }
    }

    fn digits(&self) -> Code {
        let Some(Confirmation::Readout(code)) = &self.answer.confirm else { panic!() };
        code.clone()
    }

    fn finish(&self) -> String {
        let Some(Confirmation::Finish(address)) = &self.answer.confirm else { panic!() };
        address.0.clone()
    }

    async fn more_time(&mut self) {
        let asked = self.browser.post(&format!("{}/more-time", self.asked.login_url)).await;
        assert_eq!(asked.status, 303, "{}", asked.text);
    }

    async fn page(&mut self) -> String {
        let page = self.browser.get(&self.asked.login_url).await;
        assert_eq!(page.status, 200);
        page.text
    }

    async fn enter(&mut self, text: &str) -> String {
        let sent = self.browser.enter(&self.asked.login_url, text).await;
        assert_eq!(sent.status, 303, "{}", sent.text);
        let next = format!("{}{}", self.running.origin, sent.location.unwrap());
        assert!(next.starts_with(&self.asked.login_url), "back to the page: {next}");
        self.browser.get(&next).await.text
    }

    async fn progress(&self) -> Progress {
        self.service.look(self.asked.id, 0).await.progress
    }

    async fn outcome(&self) -> Outcome {
        let jws = self.service.look(self.asked.id, 0).await.outcome.unwrap();
        self.service.verify(&self.running.keys().await, &jws, self.running.now())
    }

    /// How it ended, as the approver's next snapshot says.
    async fn ended(&self) -> Ended {
        self.anna.connect(self.running.now()).await.snapshot().await.1.remove(0)
    }

    async fn deny(&self) {
        let open = self.anna.connect(self.running.now()).await.snapshot().await.0.remove(0);
        let now = self.running.now();
        let denial = self.anna.decision(&open.jws, &self.anna.link_key, Verdict::Deny, None, now);
        assert_eq!(self.anna.decide(self.asked.id, &denial).await.0, 200);
    }

    async fn collect(&self, ticket: &str) -> Outcome {
        let jws = self.service.collect(self.asked.id, ticket).await.unwrap();
        self.service.verify(&self.running.keys().await, &jws, self.running.now())
    }
}

/// The ticket in the address to which the browser is sent.
#[allow(clippy::unwrap_used, clippy::expect_used, reason = "a part of tests")]
fn ticket(location: Option<String>) -> String {
    let location = location.expect("a way on");
    let rest = location.strip_prefix(&format!("{RETURN_URL}&ticket=")).expect(&location);
    rest.split_once('&').unwrap().0.to_owned()
}

#[tokio::test]
async fn more_time_leaves_the_digits_that_were_read_out() {
    for wrong in [0, 1] {
        let mut login = Login::approved_by(Method::Readout).await;
        let digits = login.digits();
        for _ in 0..wrong {
            login.enter(another(&digits).reveal()).await;
        }
        let mut link = login.anna.connect(login.running.now()).await;
        link.snapshot().await;
        login.more_time().await;
        let end = login.service.look(login.asked.id, 0).await.expires_at;
        let told = FromBroker::RequestChanged {
            id: login.asked.id,
            state: Standing::ApprovedUnconfirmed,
            expires_at: end,
        };
        assert_eq!(link.next().await, Some(told), "after {wrong} wrong");
        login.enter(digits.reveal()).await;
        assert_eq!(login.progress().await, Progress::Answered, "after {wrong} wrong");
        login.running.stop().await;
    }
}

#[tokio::test]
async fn more_time_leaves_the_finish_address() {
    let mut login = Login::approved_by(Method::Link).await;
    login.more_time().await;
    let finish = login.finish();
    login.browser.get(&finish).await;
    assert_eq!(login.progress().await, Progress::Answered);
    login.running.stop().await;
}

#[tokio::test]
async fn the_digits_that_were_read_out_confirm_the_approval_over_a_restart() {
    let login = Login::approved_by(Method::Readout).await;
    assert_eq!(login.progress().await, Progress::Pending);
    let mut login = login.restarted().await;
    let mut link = login.anna.connect(login.running.now()).await;
    link.snapshot().await;
    let digits = login.digits();
    let (left, right) = digits.reveal().split_at(3);
    let page = login.enter(&format!(" {left}-{right} ")).await;
    assert!(page.contains("Approved. You are on your way to Bank."), "{page}");
    assert!(page.contains("http-equiv=\"refresh\""), "goes on by itself: {page}");
    assert!(matches!(link.next().await, Some(FromBroker::RequestEnded(ended))
        if ended.state == Standing::Approved));
    assert_eq!(login.progress().await, Progress::Answered);
    let ticket = login.browser.ticket(&login.asked.login_url).await;
    let outcome = login.collect(&ticket).await;
    assert_eq!(
        (outcome.verdict, outcome.binding),
        (outcome::Verdict::Approve, Some(Method::Readout))
    );
    assert!(outcome.verification.is_some());
    login.running.stop().await;
}

#[tokio::test]
async fn the_third_wrong_entry_ends_the_request_and_nothing_brings_it_back() {
    let mut login = Login::approved_by(Method::Readout).await;
    let wrong = another(&login.digits());
    let page = login.enter(wrong.reveal()).await;
    assert!(page.contains("Wrong code. Two tries left."), "{page}");
    assert!(page.contains("<title>Wrong code."), "read first: {page}");
    assert_eq!(page.matches("Wrong code.").count(), 2, "and once in the page: {page}");
    assert!(page.contains("aria-invalid=\"true\" aria-describedby=\"status\" autofocus"), "{page}");
    let mut login = login.restarted().await;
    let page = login.enter(wrong.reveal()).await;
    assert!(page.contains("Wrong code. One try left."), "{page}");
    let page = login.enter(wrong.reveal()).await;
    assert!(page.contains("Stopped. The code was wrong three times"), "{page}");
    let right = login.digits();
    login.enter(right.reveal()).await;
    assert_eq!(login.outcome().await.reason, Some(Reason::ReadoutFailed));
    let ended = login.ended().await;
    assert_eq!((ended.state, ended.reason), (Standing::Cancelled, Some(Reason::ReadoutFailed)));
    login.running.stop().await;
}

#[tokio::test]
async fn what_is_not_six_digits_costs_no_try() {
    let mut login = Login::approved_by(Method::Readout).await;
    for (text, fault) in [
        ("48 291", "That was five digits. The code has six."),
        ("4829131", "That was seven digits. The code has six."),
        ("", "That was no code. The code has six digits."),
        ("four eight", "That was no code. The code has six digits."),
        ("<script>", "That was no code. The code has six digits."),
    ] {
        let page = login.enter(text).await;
        assert!(page.contains(&format!("<p id=\"fault\">{fault}</p>")), "{text}: {page}");
    }
    let wrong = another(&login.digits());
    assert!(login.enter(wrong.reveal()).await.contains("Two tries left."));
    login.running.stop().await;
}

#[tokio::test]
async fn digits_count_only_from_the_page_of_the_browser_that_holds_it() {
    let mut login = Login::approved_by(Method::Readout).await;
    let digits = login.digits();
    let mut other = login.running.browser();
    assert_eq!(other.enter(&login.asked.login_url, digits.reveal()).await.status, 403);
    let cross = login.browser.http.post(format!("{}/code", login.asked.login_url));
    let cross =
        cross.header("sec-fetch-site", "cross-site").body(format!("code={}", digits.reveal()));
    assert_eq!(login.browser.go(cross).await.status, 403);
    assert_eq!(login.progress().await, Progress::Pending);
    login.running.stop().await;
}

#[tokio::test]
async fn digits_before_the_approval_or_after_a_denial_confirm_nothing() {
    let store = tempfile::tempdir().unwrap();
    let running = Running::start(store.path(), None).await;
    let service = running.service("Bank").await;
    running.approver_by("anna", ApproveWith::Readout).await;
    let asked = service.ask("anna").await;
    let mut browser = running.browser();
    browser.get(&asked.login_url).await;
    for _ in 0..4 {
        assert_eq!(browser.enter(&asked.login_url, "123456").await.status, 303);
    }
    let page = browser.get(&asked.login_url).await.text;
    assert!(page.contains("Waiting for your answer in Sayso."), "no try was counted: {page}");
    running.stop().await;

    let mut login = Login::approved_by(Method::Readout).await;
    login.deny().await;
    let digits = login.digits();
    assert!(login.enter(digits.reveal()).await.contains("Denied. Nobody was logged in."));
    assert_eq!(login.outcome().await.verdict, outcome::Verdict::Deny);
    login.running.stop().await;
}

#[tokio::test]
async fn the_finish_address_goes_on_from_the_browser_that_holds_the_page_over_a_restart() {
    let login = Login::approved_by(Method::Link).await;
    let mut login = login.restarted().await;
    let page = login.page().await;
    assert!(page.contains("Approved in Sayso. It goes on in a new tab of this browser."), "{page}");
    let address = login.finish();
    let shown = login.browser.get_with(&address, "sec-fetch-site", "none").await;
    assert_eq!(shown.status, 303, "{}", shown.text);
    assert_eq!(login.progress().await, Progress::Answered);
    let outcome = login.collect(&ticket(shown.location)).await;
    assert_eq!((outcome.verdict, outcome.binding), (outcome::Verdict::Approve, Some(Method::Link)));
    assert!(outcome.verification.is_some());
    let older = login.page().await;
    assert!(older.contains("Done in the other tab. You can close this one."), "{older}");
    assert!(older.contains("<p id=\"onward\" hidden>") && !older.contains("refresh"), "{older}");
    let again = login.browser.get(&address).await;
    assert_eq!(again.status, 200);
    assert!(again.text.contains("<p>Done. Bank has your answer.</p>"), "{}", again.text);
    login.running.stop().await;
}

#[tokio::test]
async fn the_older_tab_hears_that_it_is_done_and_does_not_go_on() {
    let mut login = Login::approved_by(Method::Link).await;
    let events = login.browser.http.get(format!("{}/events", login.asked.login_url));
    let mut answer = events.header("cookie", &login.browser.cookie).send().await.unwrap();
    let address = login.finish();
    login.browser.get(&address).await;
    let mut heard = String::new();
    while let Some(bytes) = answer.chunk().await.unwrap() {
        heard.push_str(&String::from_utf8_lossy(&bytes));
    }
    assert!(heard.contains("Done in the other tab."), "{heard}");
    assert!(heard.contains("\"state\":\"approved\",\"over\":true,\"onward\":false"), "{heard}");
    assert!(heard.contains("\"help\":\"/help/en/approve-on-this-computer\""), "{heard}");
    assert!(!heard.contains(address.rsplit('/').next().unwrap()), "{heard}");
    login.running.stop().await;
}

#[tokio::test]
async fn a_tab_that_could_not_go_on_goes_on_when_it_is_loaded_again() {
    let mut login = Login::approved_by(Method::Link).await;
    let address = login.finish();
    let voided = ticket(login.browser.get(&address).await.location);
    let mut login = login.restarted().await;
    let fresh = ticket(login.browser.get(&address).await.location);
    assert!(login.service.collect(login.asked.id, &voided).await.is_err());
    login.collect(&fresh).await;
    login.running.stop().await;
}

#[tokio::test]
async fn another_browser_with_the_finish_address_cancels_the_request_and_is_told_why() {
    let mut login = Login::approved_by(Method::Link).await;
    let address = login.finish();
    let mut stranger = login.running.browser();
    for _ in 0..2 {
        let shown = stranger.get(&address).await;
        assert_eq!((shown.status, shown.location), (403, None));
        assert!(
            shown.text.contains("The login page is open in another browser."),
            "{}",
            shown.text
        );
        assert!(!shown.text.contains("Bank"), "{}", shown.text);
    }
    let late = login.browser.get(&address).await;
    assert_eq!(late.status, 200);
    assert!(late.text.contains("Stopped. Sayso opened another browser"), "{}", late.text);
    assert!(login.page().await.contains("Stopped. Sayso opened another browser than this one"));
    let outcome = login.outcome().await;
    assert_eq!(outcome.verdict, outcome::Verdict::Cancelled);
    assert_eq!(outcome.reason, Some(Reason::OtherBrowser));
    assert_eq!(login.ended().await.reason, Some(Reason::OtherBrowser));
    login.running.stop().await;
}

#[tokio::test]
async fn a_look_ahead_and_a_page_from_elsewhere_neither_confirm_nor_cancel() {
    let mut login = Login::approved_by(Method::Link).await;
    let address = login.finish();
    let mut stranger = login.running.browser();
    for (name, value) in [("sec-purpose", "prefetch;prerender"), ("purpose", "prefetch")] {
        assert_eq!(stranger.get_with(&address, name, value).await.status, 204);
        assert_eq!(login.browser.get_with(&address, name, value).await.status, 204);
    }
    let head = login.browser.http.head(&address).header("cookie", &login.browser.cookie);
    assert_eq!(head.send().await.unwrap().status(), 204);
    for site in ["cross-site", "same-site"] {
        for browser in [&mut stranger, &mut login.browser] {
            let shown = browser.get_with(&address, "sec-fetch-site", site).await;
            assert_eq!(shown.status, 403);
            assert!(shown.text.contains("Only Sayso opens this address"), "{}", shown.text);
        }
    }
    let mut other = address.clone();
    other.replace_range(address.len() - 22.., "AAECAwQFBgcICQoLDA0ODw");
    assert_eq!(stranger.get(&other).await.status, 404);
    assert_eq!(login.progress().await, Progress::Pending);
    assert_eq!(login.browser.get(&address).await.status, 303);
    login.running.stop().await;
}

#[tokio::test]
async fn a_finish_address_after_the_end_says_how_it_ended_and_changes_nothing() {
    let mut denied = Login::approved_by(Method::Link).await;
    denied.deny().await;
    let address = denied.finish();
    let shown = denied.browser.get(&address).await;
    assert_eq!(shown.status, 200);
    assert!(shown.text.contains("Denied. Nobody was logged in."), "{}", shown.text);
    let stranger = denied.running.browser().get(&address).await;
    assert_eq!(stranger.status, 403);
    assert!(stranger.text.contains("This login is open in another browser."), "{}", stranger.text);
    assert_eq!(denied.outcome().await.verdict, outcome::Verdict::Deny);
    denied.running.stop().await;

    let mut late = Login::approved_by(Method::Link).await;
    late.running.pass(300);
    let address = late.finish();
    let shown = late.browser.get(&address).await;
    assert!(shown.text.contains("Too late."), "{}", shown.text);
    assert_eq!(late.outcome().await.verdict, outcome::Verdict::Expired);
    late.running.stop().await;
}

#[tokio::test]
async fn the_page_calls_an_unconfirmed_approval_off() {
    let mut login = Login::approved_by(Method::Link).await;
    let cancel = format!("{}/cancel", login.asked.login_url);
    assert_eq!(login.browser.post(&cancel).await.status, 303);
    assert_eq!(login.outcome().await.reason, Some(Reason::Page));
    login.running.stop().await;
}

#[tokio::test]
async fn what_strangers_bring_is_looked_at_beside_the_writer() {
    let store = tempfile::tempdir().unwrap();
    let running = Running::start(store.path(), None).await;
    let writer_waits = rusqlite::Connection::open(store.path().join(DATABASE)).unwrap();
    writer_waits.execute_batch("BEGIN IMMEDIATE").unwrap();
    let (finish, id) = ("A".repeat(22), "019aac1e-8a00-7000-8000-000000000001");
    for path in [
        format!("/login/finish/{finish}"),
        format!("/practice/done?state={id}"),
        format!("/practice/done?state={id}&ticket={finish}"),
    ] {
        let shown = running.browser().get(&format!("{}{path}", running.origin)).await;
        assert_eq!(shown.status, 404, "{path}: {}", shown.text);
    }
    writer_waits.execute_batch("ROLLBACK").unwrap();
    running.stop().await;
}
