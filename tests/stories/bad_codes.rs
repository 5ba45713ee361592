//! Codes that are no codes, or not the right ones.

use rig::approver::Approver;
use rig::cli::Terminal;
use rig::desktop::Desktop;
use rig::story::{Login, Story};

const HEADING: &str = "\
Bad codes. Anna types letters, seven digits, another person's code, a code that was used already,
and a code when nothing waits. What is no code, or was used, is not sent and costs nothing; a wrong
one costs a try; each time Sayso says what was wrong and what to do.";

#[tokio::test(flavor = "multi_thread")]
async fn bad_codes() {
    let mut story = Story::begin(Desktop::builder(HEADING)).await;
    story.broker.add_account("bob").await;
    Approver::register(&story.broker, "bob").await;
    let at_bobs = Login::open(&story.service.login_address("bob"), "en").await;
    story.transcript().name_code(&at_bobs.code, "BOBS-CODE");
    let mut login = story.log_in("CODE-1").await;
    let seven = format!("{}7", login.code);
    story.transcript().name(&seven, "SEVEN-DIGITS");

    let mut terminal = Terminal::sayso(&story.desktop, &["enter", "letters"]);
    terminal.read_until("letters is not a number. Type digits only.").await;
    terminal.read_until("Code from the page:").await;
    terminal.type_line(&seven);
    terminal.read_until("That was seven digits. The code has six.").await;
    terminal.read_until("Code from the page:").await;
    assert!(story.broker.proxy().passed_named("POST /v1/bindings").is_empty());
    terminal.type_line(&at_bobs.code);
    terminal.read_until("Wrong code. Four tries left.").await;
    terminal.read_until("Code from the page:").await;
    terminal.type_line(&login.code);
    story.wait_for_question(&mut terminal).await;
    terminal.type_line("deny");
    login.go_on("Denied", story.transcript()).await;
    terminal.wait_for_status(1).await;

    let mut second = story.log_in("CODE-2").await;
    let mut terminal = Terminal::sayso(&story.desktop, &["enter", &login.code]);
    terminal.read_until("This code was used already.").await;
    terminal.read_until("Code from the page:").await;
    terminal.type_line(&second.code);
    story.wait_for_question(&mut terminal).await;
    terminal.type_line("deny");
    second.go_on("Denied", story.transcript()).await;
    terminal.wait_for_end().await;

    let mut terminal = Terminal::sayso(&story.desktop, &["enter", &second.code]);
    let rest = terminal.wait_for_status(2).await;
    assert!(rest.starts_with("Nothing is waiting. "), "{rest}");
    story.end("bad-codes").await;
}
