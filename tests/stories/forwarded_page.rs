//! Somebody begins a login in their own browser and sends Anna the address of the login page.

use rig::browser::PlainBrowser;
use rig::cli::Terminal;
use rig::desktop::Desktop;
use rig::service::Returned;
use rig::story::{ACCOUNT, Story};
use rig::transcript::Channel;

const HEADING: &str = "\
A forwarded login page. Mallory begins to log in as Anna, opens nothing, and sends her the page's
address. Anna is taken in: she gives the code and approves. Her browser carries the ticket to the
bank, which did not ask it for anything. Nobody is logged in.";

#[tokio::test(flavor = "multi_thread")]
async fn forwarded_page() {
    let mut story = Story::begin(Desktop::builder(HEADING)).await;
    story.act("in Mallory's browser: a login as anna is begun");
    let http = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build();
    let begun = http.unwrap().get(story.service.login_address(ACCOUNT)).send().await.unwrap();
    assert_eq!(begun.status(), 303);
    let address = begun.headers()["location"].to_str().unwrap().to_owned();
    assert!(begun.headers()["set-cookie"].to_str().unwrap().starts_with("session="));

    let mut login = story.receive_login_page(&address, "CODE-1").await;
    story.desktop.speech().wait_for("The code is on the page").await;
    let mut mallory = PlainBrowser::new("en");
    let page = mallory.go(&address).await;
    story.transcript().note(Channel::Page, format!("in Mallory's browser: {}", page.text()));
    assert!(page.text().contains("This login is open in another browser."), "{}", page.text());

    let mut terminal = Terminal::sayso(&story.desktop, &["enter", &login.code]);
    story.wait_for_question(&mut terminal).await;
    terminal.type_line("approve");
    login.go_on("Approved", story.transcript()).await;
    let returned = story.service.wait_for_return().await;
    assert!(matches!(&returned, Returned::Refused(why) if why.contains("another browser")));
    let rest = terminal.wait_for_status(0).await;
    assert!(rest.contains("Approved. Example Bank has not fetched it yet."), "{rest}");

    story.act("in Mallory's browser: the way back to the bank");
    let back = mallory.go(&format!("{address}/return")).await;
    assert!(back.status >= 400, "{}", back.text());
    assert!(!back.address.as_str().contains("ticket"), "{}", back.address);
    assert_eq!(story.service.returned().len(), 1);
    story.end("forwarded-page").await;
}
