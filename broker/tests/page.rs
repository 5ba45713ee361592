//! The login page: whose it is, what stands on it, and how a browser leaves it.

mod parts;

use parts::begun::Begun;
use parts::{Running, Site, code_on, login};
use sayso_protocol::problem::ProblemType;
use sayso_protocol::service::{Asked, Progress};
use serde_json::json;

#[tokio::test]
async fn a_second_browser_sees_nothing_and_can_do_nothing() {
    let Begun { running, anna, asked, browser: mut first, code, store: _store, .. } =
        Begun::login().await;
    let mut second = running.browser();
    let shown = second.get(&asked.login_url).await;
    assert_eq!(shown.status, 403);
    assert!(shown.text.contains("This login is open in another browser."), "{}", shown.text);
    assert!(!shown.text.contains("Sayso "), "no code and no name of the service");
    assert_eq!(second.post(&format!("{}/cancel", asked.login_url)).await.status, 403);
    assert_eq!(second.get(&format!("{}/events", asked.login_url)).await.status, 403);
    let bound = anna.bind(&code, running.now()).await.unwrap();
    assert_eq!(anna.approve(&bound, running.now()).await.0, 200);
    let forwarded = second.get(&format!("{}/return", asked.login_url)).await;
    assert_eq!((forwarded.status, forwarded.location), (403, None));
    first.ticket(&asked.login_url).await;
    running.stop().await;
}

#[tokio::test]
async fn a_look_ahead_does_not_take_the_page_from_its_browser() {
    let Site { running, service, store: _store, .. } = Site::start().await;
    let asked = service.ask("anna").await;
    let head = service.http.head(&asked.login_url).send().await.unwrap();
    assert!(head.headers().get("set-cookie").is_none());
    let ahead = service.http.get(&asked.login_url).header("sec-purpose", "prefetch");
    assert_eq!(ahead.send().await.unwrap().status(), 204);
    running.browser().code(&asked.login_url).await;
    running.stop().await;
}

#[tokio::test]
async fn one_browser_may_hold_several_pages_with_its_one_cookie() {
    let Site { running, service, store: _store, .. } = Site::start().await;
    let (one, two) = (service.ask("anna").await, service.ask("anna").await);
    let mut browser = running.browser();
    browser.code(&one.login_url).await;
    let cookie = browser.cookie.clone();
    browser.code(&two.login_url).await;
    browser.code(&one.login_url).await;
    assert_eq!(browser.cookie, cookie);
    running.stop().await;
}

#[tokio::test]
async fn a_page_is_for_no_frame_no_cache_and_no_foreign_script() {
    let store = tempfile::tempdir().unwrap();
    let running = Running::start(store.path(), None).await;
    let asked = running.service("Bank").await.ask("anna").await;
    for address in [asked.login_url.clone(), format!("{}/login/none", running.origin)] {
        let headers = running.browser().get(&address).await.headers;
        let policy = headers["content-security-policy"].to_str().unwrap();
        for part in ["default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'"] {
            assert!(policy.contains(part), "{policy}");
        }
        assert!(!policy.contains("unsafe"), "{policy}");
        assert_eq!(headers["referrer-policy"], "no-referrer");
        assert_eq!(headers["cache-control"], "no-store");
        assert_eq!(headers["x-content-type-options"], "nosniff");
    }
    running.stop().await;
}

#[tokio::test]
async fn the_page_is_in_the_persons_language_and_has_the_code_for_eyes_and_ears() {
    let Site { running, service, store: _store, .. } = Site::start().await;
    let asked = service.ask("anna").await;
    let mut browser = running.browser();
    browser.language = "da-DK, en;q=0.5";
    let page = browser.get(&asked.login_url).await.text;
    assert!(
        page.contains("<html lang=\"da\">") && page.contains("<h1>Log ind hos Bank som anna?</h1>")
    );
    let code = code_on(&page);
    let digits = code.reveal();
    let eyes = format!("aria-hidden=\"true\">{} {}<", &digits[..3], &digits[3..]);
    let one = |group: &str| group.chars().map(String::from).collect::<Vec<_>>().join(" ");
    let ears = format!("{}, {}", one(&digits[..3]), one(&digits[3..]));
    assert!(page.contains(&eyes) && page.contains(&format!(": {ears}<")), "{page}");
    assert!(page.contains(&format!("Kopiér koden {ears}</button>")), "{page}");
    let mut danish = login("anna");
    danish["locale"] = json!("da");
    let asked: Asked = service.post("/v1/requests", &danish).await.json().await.unwrap();
    let page = running.browser().get(&asked.login_url).await.text;
    assert!(page.contains("<html lang=\"da\">"), "the service's word goes before the browser's");
    running.stop().await;
}

#[tokio::test]
async fn markup_from_outside_is_text_on_the_page() {
    let store = tempfile::tempdir().unwrap();
    let running = Running::start(store.path(), None).await;
    let service = running.service("<script>alert(1)</script>\u{202e}Bank").await;
    let mut ask = login("anna");
    ask["origin"]["place"] = json!("<img src=x>");
    let asked: Asked = service.post("/v1/requests", &ask).await.json().await.unwrap();
    let page = running.browser().get(&asked.login_url).await.text;
    assert!(!page.contains("<script>alert") && !page.contains("<img"), "{page}");
    assert!(!page.contains('\u{202e}'), "{page}");
    running.stop().await;
}

#[tokio::test]
async fn an_open_page_hears_each_state_and_never_a_code_or_a_ticket() {
    let Begun { running, anna, asked, browser, code, store: _store, .. } = Begun::login().await;
    let events = browser.http.get(format!("{}/events", asked.login_url));
    let mut answer = events.header("cookie", &browser.cookie).send().await.unwrap();
    let mut heard = String::new();
    let mut until = async |heard: &mut String, word: &str| {
        while !heard.contains(word) {
            let bytes = answer.chunk().await.unwrap().expect(word);
            heard.push_str(&String::from_utf8_lossy(&bytes));
        }
    };
    until(&mut heard, "Five minutes left.").await;
    running.pass(120);
    until(&mut heard, "Three minutes left.").await;
    let bound = anna.bind(&code, running.now()).await.unwrap();
    until(&mut heard, "\"state\":\"bound\"").await;
    until(&mut heard, "\"help\":\"/help/en/approve-with-a-code\"").await;
    anna.approve(&bound, running.now()).await;
    until(&mut heard, "\"state\":\"approved\",\"over\":true,\"onward\":true").await;
    assert_eq!(answer.chunk().await.unwrap(), None, "all is said");
    assert!(!heard.contains(code.reveal()) && !heard.contains("ticket"), "{heard}");
    running.stop().await;
}

#[tokio::test]
async fn a_page_can_ask_why_its_events_ended() {
    let Begun { running, asked, browser: first, store: _store, .. } = Begun::login().await;
    let second = running.browser();
    let none = format!("{}/login/AAECAwQFBgcICQoLDA0ODw", running.origin);
    for (browser, page, expected) in
        [(&first, &asked.login_url, 200), (&second, &asked.login_url, 403), (&first, &none, 404)]
    {
        let call = browser.http.head(format!("{page}/events")).header("cookie", &browser.cookie);
        assert_eq!(call.send().await.unwrap().status(), expected);
    }
    running.stop().await;
}

#[tokio::test]
async fn leaving_before_an_answer_leads_back_to_the_page() {
    let Begun { running, asked, mut browser, store: _store, .. } = Begun::login().await;
    let back = browser.get(&format!("{}/return", asked.login_url)).await;
    assert!(asked.login_url.ends_with(&back.location.unwrap()));
    running.stop().await;
}

#[tokio::test]
async fn a_ticket_counts_for_its_service_once_it_is_the_last_and_for_a_minute() {
    let Begun { running, service, anna, asked, mut browser, code, store: _store } =
        Begun::login().await;
    let other = running.service("Other").await;
    let early = sayso_protocol::secret::Ticket::draw(&mut rand::rng()).reveal();
    let kind = |result: Result<_, sayso_protocol::problem::Problem>| result.unwrap_err().kind;
    assert_eq!(kind(service.collect(asked.id, &early).await), ProblemType::Ticket);
    let bound = anna.bind(&code, running.now()).await.unwrap();
    anna.approve(&bound, running.now()).await;
    assert_eq!(kind(service.collect(asked.id, &early).await), ProblemType::Ticket);

    let page = browser.get(&asked.login_url).await;
    let path = asked.login_url.trim_start_matches(&running.origin);
    let refresh = format!("<meta http-equiv=\"refresh\" content=\"0; url={path}/return\">");
    assert!(page.text.contains(&refresh), "goes on without JavaScript: {}", page.text);
    let voided = browser.ticket(&asked.login_url).await;
    let late = browser.ticket(&asked.login_url).await;
    assert_eq!(kind(service.collect(asked.id, &voided).await), ProblemType::Ticket);
    running.pass(60);
    assert_eq!(kind(service.collect(asked.id, &late).await), ProblemType::Ticket);
    let ticket = browser.ticket(&asked.login_url).await;
    assert_eq!(kind(other.collect(asked.id, &ticket).await), ProblemType::NotFound);
    let outcome = service.collect(asked.id, &ticket).await.unwrap();
    running.pass(120);
    assert_eq!(service.collect(asked.id, &ticket).await, Ok(outcome));
    assert_eq!(service.look(asked.id, 0).await.progress, Progress::Ended);
    let done = browser.get(&asked.login_url).await.text;
    assert!(done.contains("Done. Bank has your answer."), "{done}");
    running.pass(600);
    assert_eq!(kind(service.collect(asked.id, &ticket).await), ProblemType::Ticket);
    running.stop().await;
}

#[tokio::test]
async fn an_approval_that_nobody_fetched_is_not_handed_out_after_its_time() {
    let Begun { running, service, anna, asked, mut browser, code, store: _store } =
        Begun::login().await;
    let bound = anna.bind(&code, running.now()).await.unwrap();
    anna.approve(&bound, running.now()).await;
    running.pass(600);
    let back = browser.get(&format!("{}/return", asked.login_url)).await;
    assert!(back.location.unwrap().contains("error=expired"));
    let looked = service.look(asked.id, 0).await;
    assert_eq!((looked.progress, looked.outcome), (Progress::Ended, None));
    running.stop().await;
}
