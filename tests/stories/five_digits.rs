//! A code with a digit missing is not sent, and costs no try.

use rig::cli::Terminal;
use rig::desktop::Desktop;
use rig::story::Story;

const HEADING: &str = "\
A digit forgotten. Anna types five digits instead of six. Sayso says so, sends nothing, and takes
the whole code at the next try.";

#[tokio::test(flavor = "multi_thread")]
async fn five_digits() {
    let mut story = Story::begin(Desktop::builder(HEADING)).await;
    let mut login = story.log_in("CODE-1").await;
    let five = login.code[..5].to_owned();
    story.transcript().name(&five, "FIVE-DIGITS");

    let mut terminal = Terminal::sayso(&story.desktop, &["enter", &five]);
    terminal.read_until("That was five digits. The code has six.").await;
    terminal.read_until("Code from the page:").await;
    assert!(story.broker.proxy().passed_named("POST /v1/bindings").is_empty());
    terminal.type_line(&login.code);
    story.wait_for_question(&mut terminal).await;
    terminal.type_line("yes");
    login.go_on("Approved", story.transcript()).await;
    terminal.wait_for_status(0).await;
    story.service.wait_for_return().await;
    story.end("five-digits").await;
}
