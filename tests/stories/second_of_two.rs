//! Two requests wait; the code itself finds the right one.

use rig::cli::Terminal;
use rig::desktop::Desktop;
use rig::service::{Returned, Service};
use rig::story::Story;

const HEADING: &str = "\
Two requests at once. Anna logs in at her bank, and before she has answered, at a railway company
too. She types the second code: Sayso asks about the railway, and her bank goes on waiting for its
own code.";

#[tokio::test(flavor = "multi_thread")]
async fn second_of_two() {
    let mut story = Story::begin(Desktop::builder(HEADING)).await;
    let rail = Service::start(&story.broker, "Nordic Rail", story.transcript()).await;
    let mut at_bank = story.log_in("CODE-1").await;
    let mut at_rail = story.log_in_at(&rail, "Nordic Rail", "CODE-2").await;
    let shown = story.desktop.session_bus().wait_for_notification("Nordic Rail: log in?").await;

    let mut terminal = Terminal::sayso(&story.desktop, &["enter", &at_rail.code]);
    terminal.read_until("Log in at Nordic Rail as anna?").await;
    terminal.read_until("Answer:").await;
    story.desktop.session_bus().wait_for_close(&shown).await;
    terminal.type_line("approve");
    at_rail.go_on("Approved", story.transcript()).await;
    terminal.wait_for_status(0).await;
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
    terminal.wait_for_status(0).await;
    assert!(matches!(story.service.wait_for_return().await, Returned::Outcome(_)));
    story.end("second-of-two").await;
}
