//! The person hears the question and denies it.

use rig::cli::Terminal;
use rig::desktop::Desktop;
use rig::service::Returned;
use rig::story::Story;

const HEADING: &str = "\
A login denied. Anna types the code from the login page, hears the question, and says no. Nobody
is logged in, and the bank is told so.";

#[tokio::test(flavor = "multi_thread")]
async fn deny() {
    let mut story = Story::begin(Desktop::builder(HEADING)).await;
    let mut login = story.log_in("CODE-1").await;

    let mut terminal = Terminal::sayso(&story.desktop, &["enter", &login.code]);
    story.wait_for_question(&mut terminal).await;
    terminal.type_line("deny");
    let rest = terminal.wait_for_status(1).await;
    assert!(rest.contains("Denied. Nobody was logged in."), "{rest}");

    login.go_on("Denied", story.transcript()).await;
    let returned = story.service.wait_for_return().await;
    assert!(matches!(returned, Returned::Refused(why) if why.contains("denied")));
    story.end("deny").await;
}
