use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use super::*;

const FORM: &str = "<!doctype html><html><head><style>p {}</style></head><body><h1>Log in</h1>\
    <p>482 913</p><form action=\"/done?x=1&amp;y=2\" method=\"post\">\
    <input type=\"hidden\" name=\"a\" value=\"b &amp; c\">\
    <button type=\"submit\">Cancel this login</button></form></body></html>";

/// A site that sets a cookie on its first page, sends on from `/`, and tells what it got.
async fn site() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}/", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut call = vec![0; 8192];
            let length = stream.read(&mut call).await.unwrap_or(0);
            let call = String::from_utf8_lossy(&call[..length]).into_owned();
            let (head, body) = call.split_once("\r\n\r\n").unwrap_or((&call, ""));
            let cookie = head.lines().find(|line| line.to_lowercase().starts_with("cookie:"));
            let (status, field, text) = if head.starts_with("GET / ") {
                ("303 Moved", "location: /form\r\nset-cookie: held=1; Path=/\r\n", String::new())
            } else if head.starts_with("GET /form") {
                ("200 OK", "", FORM.to_owned())
            } else {
                let cookie = cookie.map(str::to_lowercase).unwrap_or_default();
                ("200 OK", "", format!("<body><p>{cookie} {body}</p></body>"))
            };
            let answer = format!(
                "HTTP/1.1 {status}\r\n{field}content-type: text/html\r\nconnection: close\r\n\
                 content-length: {}\r\n\r\n{text}",
                text.len()
            );
            stream.write_all(answer.as_bytes()).await.ok();
        }
    });
    address
}

#[tokio::test]
async fn a_browser_without_javascript_keeps_its_cookie_and_sends_forms() {
    let address = site().await;
    let mut browser = PlainBrowser::new("en");
    let page = browser.go(&address).await;
    assert_eq!(page.address.path(), "/form");
    assert_eq!(page.code().as_deref(), Some("482913"));
    assert_eq!(page.text(), "Log in 482 913 Cancel this login");
    let page = browser.press(&page, "Cancel").await;
    assert_eq!(page.text(), "cookie: held=1 a=b+%26+c");
    let other = PlainBrowser::new("en").go(&format!("{address}other")).await;
    assert_eq!(other.text(), "");
}

#[tokio::test(flavor = "multi_thread")]
async fn chromium_opens_reads_and_presses_and_is_gone_afterwards() {
    let address = site().await;
    let desktop = Desktop::builder("A browser.").without_speech().start().await;
    let browser = Browser::open(&desktop, "first").await;
    browser.go(&address).await;
    assert_eq!(browser.code().await, "482913");
    browser.press("Cancel").await;
    browser.wait_for_text("cookie: held=1").await;
    let profile = desktop.dir().join("first").display().to_string();
    assert!(!with_argument(&profile).is_empty());
    drop(browser);
    crate::processes::wait_until("Chromium to be gone", String::new, || {
        with_argument(&profile).is_empty().then_some(())
    })
    .await;
}

fn with_argument(part: &str) -> Vec<String> {
    std::fs::read_dir("/proc")
        .unwrap()
        .flatten()
        .filter_map(|entry| std::fs::read(entry.path().join("cmdline")).ok())
        .map(|line| String::from_utf8_lossy(&line).replace('\0', " "))
        .filter(|line| line.contains(part))
        .collect()
}

/// A page that links to Sayso, and remembers who has seen it.
async fn page_with_link(desktop: &Desktop, engine: Engine) {
    let site = site().await;
    let browser = Browser::open_as(desktop, "first", engine, Window::Normal).await;
    browser.become_default(desktop);
    let handed = desktop.dir().join("handed");
    let script = desktop.dir().join("hand.sh");
    std::fs::write(&script, format!("printf '%s\\n' \"$@\" > {}\n", handed.display())).unwrap();
    desktop.open_with("sayso", &format!("sh {} open %u", script.display()));
    browser.go(&site).await;
    let link = "let a = document.createElement('a'); a.href = 'sayso:bind?x=%C3%A6&y=1'; \
                a.textContent = 'Approve on this computer'; document.body.append(a);";
    browser.driver().execute(link, vec![]).await.unwrap();
    browser.press("Approve on this computer").await;
    crate::processes::wait_until("the link to be opened", String::new, || {
        std::fs::read_to_string(&handed).ok().filter(|text| text.ends_with("y=1\n"))
    })
    .await;
    assert_eq!(std::fs::read_to_string(&handed).unwrap(), "open\nsayso:bind?x=%C3%A6&y=1\n");

    let mut opens = desktop.command("xdg-open");
    opens.arg(format!("{site}finish?a=1&b=2"));
    assert!(opens.output().unwrap().status.success());
    let page = browser.turn_to("cookie: held=1").await;
    assert_eq!(page.trim(), "cookie: held=1");
    assert_eq!(browser.address().await, format!("{site}finish?a=1&b=2"));
    assert_eq!(browser.tabs().await, 2);
    browser.turn_to("482 913").await;
    browser.driver().find(By::Css("input[type=hidden]")).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_opens_sayso_from_chromium_and_an_address_opens_in_its_new_tab() {
    let desktop = Desktop::builder("A link.").without_speech().start().await;
    page_with_link(&desktop, Engine::Chromium).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_opens_sayso_from_firefox_and_an_address_opens_in_its_new_tab() {
    let desktop = Desktop::builder("A link.").without_speech().start().await;
    page_with_link(&desktop, Engine::Firefox).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn firefox_opens_reads_presses_and_types_and_is_gone_afterwards() {
    let address = site().await;
    let desktop = Desktop::builder("A browser.").without_speech().start().await;
    let browser = Browser::open_as(&desktop, "first", Engine::Firefox, Window::None).await;
    browser.go(&address).await;
    assert_eq!(browser.code().await, "482913");
    browser.driver().execute("document.querySelector('button').focus()", vec![]).await.unwrap();
    browser.type_keys(Key::Enter).await;
    browser.wait_for_text("cookie: held=1").await;
    let profile = desktop.dir().join("first").display().to_string();
    assert!(!with_argument(&profile).is_empty());
    drop(browser);
    crate::processes::wait_until("Firefox to be gone", String::new, || {
        with_argument(&profile).is_empty().then_some(())
    })
    .await;
}
