//! A screen reader says something long while a request comes.

use std::time::Duration;

use rig::cli::Terminal;
use rig::desktop::Desktop;
use rig::speech::{Ending, ScreenReader};
use rig::story::Story;

const HEADING: &str = "\
Behind a long sentence. Anna's screen reader reads a paragraph of eight seconds when a request comes.
Sayso neither cuts it off nor talks across it, and claims no fault: it shows the notification, tries
the voice with a silence, and says who asks when the paragraph is over.";

#[tokio::test(flavor = "multi_thread")]
async fn speech_backlog() {
    let mut story = Story::begin(Desktop::builder(HEADING)).await;
    let mut reader = ScreenReader::connect(&story.desktop.speech().socket()).await;
    story.act("the screen reader begins a paragraph of eight seconds");
    story.desktop.speech().take_per_message(Duration::from_secs(8));
    reader.key("A long paragraph").await;
    story.desktop.speech().take_per_message(Duration::from_millis(20));
    let mut login = story.open_login_page("CODE-1").await;
    let shown = story.desktop.session_bus().wait_for_notification("log in? Answer: code").await;
    story.desktop.speech().wait_for("The code is on the page").await;
    let paragraph = story.desktop.speech().said_by("screen-reader").pop().expect("it was said");
    assert_eq!(paragraph.ending, Ending::Whole, "{paragraph:?}");
    let said = story.desktop.speech().said();
    let head = said.iter().rev().find(|one| one.text.contains("asks you to log in")).expect("said");
    assert!(head.began >= paragraph.over.expect("it is over"), "{said:#?}");
    assert!(story.desktop.spoken_by_spare_voice().is_empty(), "it talked across");

    let mut terminal = Terminal::sayso(&story.desktop, &["enter", &login.code]);
    terminal.read_until("Answer:").await;
    story.desktop.session_bus().wait_for_close(&shown).await;
    terminal.type_line("approve");
    login.go_on("Approved", story.transcript()).await;
    terminal.wait_for_status(0).await;
    story.end("speech-backlog").await;
}
