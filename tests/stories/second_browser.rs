//! A login page belongs to the first browser that opens it.

use rig::approver::Approver;
use rig::broker::Broker;
use rig::browser::PlainBrowser;
use rig::desktop::Desktop;
use rig::service::Service;
use rig::story::ACCOUNT;
use rig::transcript::Channel;

const HEADING: &str = "\
A second browser. Somebody opens the address of Anna's login page in another browser. It shows
neither the code nor anything to press, and leads nowhere; Anna's own page goes on.";

#[tokio::test(flavor = "multi_thread")]
async fn second_browser() {
    let desktop = Desktop::builder(HEADING).bare().start().await;
    let broker = Broker::start(&desktop).await;
    broker.add_account(ACCOUNT).await;
    Approver::register(&broker, ACCOUNT).await;
    let transcript = desktop.transcript();
    let service = Service::start(&broker, "Example Bank", transcript).await;

    transcript.note(Channel::Act, "in the first browser: Anna begins to log in");
    let mut first = PlainBrowser::new("en");
    let page = first.go(&service.login_address(ACCOUNT)).await;
    let code = page.code().unwrap_or_else(|| panic!("no code on the page: {}", page.text()));
    transcript.name_code(&code, "CODE-1");
    transcript.note(Channel::Page, format!("on the page: {}", page.text()));

    transcript.note(Channel::Act, "in the second browser: the same address");
    let mut second = PlainBrowser::new("en");
    let other = second.go(page.address.as_str()).await;
    transcript.note(Channel::Page, format!("on the page: {}", other.text()));
    assert!(other.text().contains("This login is open in another browser."), "{}", other.text());
    assert!(!other.html.contains(&code) && other.code().is_none(), "{}", other.html);
    for path in ["events", "return"] {
        let address = format!("{}/{path}", page.address);
        let refused = second.go(&address).await;
        assert!(refused.status >= 400, "{path}: {} {}", refused.status, refused.text());
    }

    transcript.note(Channel::Act, "in the first browser: Anna looks again");
    let again = first.go(page.address.as_str()).await;
    assert_eq!(again.code().as_deref(), Some(code.as_str()));
    transcript.note(Channel::Page, "on the page: the same code");
    assert!(service.returned().is_empty());
    desktop.compare("second-browser");
}
