//! Two requests wait; the code itself finds the right one.

use rig::cli::Terminal;
use rig::desktop::Desktop;
use rig::service::{Returned, Service};
use rig::story::{ACCOUNT, Login, Story};

const HEADING: &str = "\
Two requests at once. Anna logs in at her bank, and before she has answered, at a railway company
too. She types the second code: Sayso asks about the railway, and her bank goes on waiting for its
own code.";

#[tokio::test(flavor = "multi_thread")]
async fn second_of_two() {
    let mut story = Story::begin(Desktop::builder(HEADING)).await;
    let rail = Service::start(&story.broker, "Nordic Rail", story.transcript()).await;
    let mut at_bank = story.log_in("CODE-1").await;
    story.act("in another browser: Anna begins to log in at Nordic Rail");
    let mut at_rail = Login::open(&rail.login_address(ACCOUNT), "en").await;
    story.transcript().name_code(&at_rail.code, "CODE-2");
    story.desktop.speech().wait_for_nth("The code is on the page", 2).await;
    let shown = story.desktop.session_bus().wait_for_notification("Nordic Rail: log in?").await;

    let mut terminal = Terminal::sayso(&story.desktop, &["enter", &at_rail.code]);
    terminal.read_until("Log in at Nordic Rail as anna?").await;
    terminal.read_until("Answer:").await;
    story.desktop.session_bus().wait_for_close(&shown).await;
    terminal.type_line("approve");
    at_rail.go_on("Approved", story.transcript()).await;
    let (status, rest) = terminal.wait_for_end().await;
    assert_eq!(status, 0, "{rest}");
    assert!(matches!(rail.wait_for_return().await, Returned::Outcome(_)));

    let code = at_bank.code.clone();
    let page = at_bank.look().await;
    assert!(page.text().contains("Waiting for your code in Sayso."), "{}", page.text());
    assert_eq!(page.code().as_deref(), Some(code.as_str()));
    assert!(story.service.returned().is_empty());

    let mut terminal = Terminal::sayso(&story.desktop, &["enter", &code]);
    terminal.read_until("Log in at Example Bank as anna?").await;
    story.wait_for_question(&mut terminal).await;
    terminal.type_line("approve");
    at_bank.go_on("Approved", story.transcript()).await;
    let (status, rest) = terminal.wait_for_end().await;
    assert_eq!(status, 0, "{rest}");
    assert!(matches!(story.service.wait_for_return().await, Returned::Outcome(_)));
    story.end("second-of-two").await;
}
