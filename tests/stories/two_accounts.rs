//! Two accounts at one broker: nothing is said of the broker, and each account is named.

use rig::cli::Terminal;
use rig::desktop::Desktop;
use rig::service::Returned;
use rig::story::{Login, Story};

const HEADING: &str = "\
Two accounts at one broker. Anna also answers for her employer's account there. Two logins wait; she
says which account her code is for, and whose computers she wants to hear of.";

const FIRM: &str = "firm";

#[tokio::test(flavor = "multi_thread")]
async fn two_accounts() {
    let mut story = Story::begin(Desktop::builder(HEADING)).await;
    story.broker.add_account(FIRM).await;
    story.act("Anna registers for the account firm too");
    story.register_also(FIRM).await;

    let mut at_bank = story.log_in("CODE-1").await;
    story.act("in another browser: Anna begins to log in at Example Bank for the firm");
    let mut for_firm = Login::open(&story.service.login_address(FIRM), "en").await;
    story.transcript().name_code(&for_firm.code, "CODE-2");
    story.desktop.speech().wait_for("Account firm").await;
    let shown = story.desktop.session_bus().wait_for_notification("firm, this network").await;

    let mut terminal = Terminal::sayso(&story.desktop, &["enter", "--account", FIRM]);
    terminal.read_until("Code from the page:").await;
    terminal.type_line(&for_firm.code);
    terminal.read_until("Log in at Example Bank as firm?").await;
    terminal.read_until("Answer:").await;
    story.desktop.session_bus().wait_for_close(&shown).await;
    terminal.type_line("approve");
    for_firm.go_on("Approved", story.transcript()).await;
    terminal.wait_for_status(0).await;
    assert!(matches!(story.service.wait_for_return().await, Returned::Outcome(_)));

    let mut terminal = Terminal::sayso(&story.desktop, &["enter", &at_bank.code]);
    story.wait_for_question(&mut terminal).await;
    terminal.type_line("deny");
    terminal.wait_for_status(1).await;
    at_bank.look().await;

    let mut terminal = Terminal::sayso(&story.desktop, &["approvers"]);
    terminal.read_until("Number, 1 to 2:").await;
    terminal.type_line("2");
    terminal.wait_for_status(0).await;
    story.end("two-accounts").await;
}
