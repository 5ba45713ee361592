//! Five wrong codes block the entry for half a minute; then the right one counts.

use rig::broker::Broker;
use rig::cli::Terminal;
use rig::clock::FakeClock;
use rig::desktop::Desktop;
use rig::service::Returned;
use rig::story::Story;

const HEADING: &str = "\
Five wrong codes. Anna reads another page's code and types it five times. Each time Sayso says how
many tries are left; then it makes her wait half a minute. After that the right code counts.";

#[tokio::test(flavor = "multi_thread")]
async fn wrong_code() {
    let desktop = Desktop::builder(HEADING).start().await;
    let clock = FakeClock::new(desktop.dir(), "broker");
    let broker = Broker::start_with_clock(&desktop, clock.clone()).await;
    let mut story = Story::begin_with(desktop, broker).await;
    let mut login = story.log_in("CODE-1").await;
    let wrong = login.wrong_code();
    story.transcript().name_code(&wrong, "WRONG-CODE");

    let mut terminal = Terminal::sayso(&story.desktop, &["enter", &wrong]);
    for said in ["Four tries left.", "Three tries left.", "Two tries left.", "One try left."] {
        terminal.read_until(&format!("Wrong code. {said}")).await;
        terminal.read_until("Code from the page:").await;
        terminal.type_line(&wrong);
    }
    terminal.read_until("Wrong code, five times. Wait half a minute").await;
    terminal.read_until("Code from the page:").await;
    terminal.type_line(&login.code);
    terminal.read_until("Not yet. Wait").await;
    terminal.read_until("Code from the page:").await;
    story.act("half a minute passes");
    clock.set(31);
    terminal.type_line(&login.code);
    story.wait_for_question(&mut terminal).await;
    terminal.type_line("approve");
    login.go_on("Approved", story.transcript()).await;
    terminal.wait_for_status(0).await;
    assert!(matches!(story.service.wait_for_return().await, Returned::Outcome(_)));
    story.end("wrong-code").await;
}
