//! Codes that others could hear: Sayso does not say them unless the person says so each time.

use std::time::Duration;

use rig::browser::Browser;
use rig::cli::{self, Terminal};
use rig::desktop::{Desktop, Output};
use rig::keyboard::Keyboard;
use rig::processes::program;
use rig::service::Returned;
use rig::speech::Ending;
use rig::story::Story;

const LOUD: &str = "\
A code that others could hear. The sound goes to the loudspeakers, so Sayso does not say the code: sayso
repeat tells Anna that it is ready. In a terminal she asks for it, and Sayso asks back: she says no, and it
is not said; she says yes the next time, and it is.";

#[tokio::test(flavor = "multi_thread")]
async fn read_out_aloud_refused() {
    let mut story = Story::begin_read_out(Desktop::builder(LOUD), Output::Speakers).await;
    let browser = Browser::open(&story.desktop, "first").await;
    story.log_in_by_read_out(&browser).await;
    let mut terminal = Terminal::sayso(&story.desktop, &[]);
    let code = story.approve_and_read(&mut terminal).await;
    cli::run(&story.desktop, &["repeat"]).await;
    story.desktop.speech().wait_for("Code ready, not said").await;
    for answer in ["no", "yes"] {
        terminal.type_line("say");
        terminal.read_until("Yes or no.").await;
        let aloud = story.desktop.speech().said().iter().any(|said| said.text.contains("Again"));
        assert!(!aloud, "the code was said before the yes");
        terminal.type_line(answer);
        terminal.read_until("or Enter to close:").await;
    }
    story.desktop.speech().wait_for("Again: ").await;
    story.type_on_page(&browser, &code).await;
    browser.wait_for_text("approve for anna").await;
    assert!(matches!(story.service.wait_for_return().await, Returned::Outcome(_)));
    terminal.wait_for_end().await;
    story.desktop.speech().wait_for("Approved. You are logged in").await;
    drop(browser);
    story.end("read-out-aloud-refused").await;
}

const IN_A_DIALOG: &str = "\
A dialog without a headset. Anna approves with her shortcut and the dialog's button. The code stands in the
next dialog and is not said; she closes it, gets back to it by the shortcut, and has it said aloud.";

#[tokio::test(flavor = "multi_thread")]
async fn a_dialog_asks_before_others_hear_the_code() {
    let mut story = Story::begin_read_out(Desktop::builder(IN_A_DIALOG), Output::Speakers).await;
    let sayso = program("sayso").display().to_string();
    let mut keyboard = Keyboard::start(&story.desktop, &sayso).await;
    let browser = Browser::open_with_window(&story.desktop, "first").await;
    story.log_in_by_read_out(&browser).await;
    story.act("keys: the shortcut");
    keyboard.shortcut();
    story.desktop.speech().wait_for("Approve or deny?").await;
    keyboard.wait_for_dialog().await;
    story.act("keys: Tab, Space");
    keyboard.press("Tab");
    keyboard.press("space");
    story.desktop.speech().wait_for("Code ready, not said").await;
    keyboard.wait_for_dialog().await;
    story.act("keys: Escape");
    keyboard.press("Escape");
    keyboard.wait_for_focus("Chromium").await;
    story.act("keys: the shortcut");
    keyboard.shortcut();
    story.desktop.speech().wait_for_nth("Code ready, not said", 2).await;
    keyboard.wait_for_dialog().await;
    story.act("keys: Tab, Space");
    keyboard.press("Tab");
    keyboard.press("space");
    story.desktop.speech().wait_for("Say it aloud here? Yes or no.").await;
    keyboard.wait_for_dialog().await;
    story.act("keys: Tab, Space");
    keyboard.press("Tab");
    keyboard.press("space");
    let said = story.desktop.speech().wait_for("Again: ").await;
    let code = story.digits_in(&said.text);
    keyboard.wait_for_focus("Chromium").await;
    story.type_on_page(&browser, &code).await;
    browser.wait_for_text("approve for anna").await;
    story.desktop.speech().wait_for("Approved. You are logged in").await;
    drop(browser);
    story.end("read-out-in-a-dialog-without-a-headset").await;
}

const PULLED_OUT: &str = "\
The headset comes off in the middle of a code. Sayso stops at once and says why; with the headset on again
it says the whole code, as Anna asks for it.";

#[tokio::test(flavor = "multi_thread")]
async fn a_headset_pulled_out_stops_the_code() {
    let mut story = Story::begin_read_out(Desktop::builder(PULLED_OUT), Output::Headset).await;
    let browser = Browser::open(&story.desktop, "first").await;
    story.log_in_by_read_out(&browser).await;
    let mut terminal = Terminal::sayso(&story.desktop, &[]);
    let code = story.approve_and_read(&mut terminal).await;
    story.desktop.speech().take_per_message(Duration::from_secs(4));
    terminal.type_line("say");
    story.desktop.speech().wait_for_begin("Again: ").await;
    story.send_sound_to(Output::Speakers).await;
    let cut = story.desktop.speech().wait_for("Again: ").await;
    assert_eq!(cut.ending, Ending::Cut);
    story.desktop.speech().take_per_message(Duration::ZERO);
    story.desktop.speech().wait_for("Code ready, not said").await;
    story.send_sound_to(Output::Headset).await;
    terminal.read_until("or Enter to close:").await;
    terminal.type_line("say");
    let whole = story.desktop.speech().wait_for_nth("Again: ", 2).await;
    assert_eq!(whole.ending, Ending::Whole);
    terminal.read_until("or Enter to close:").await;
    story.type_on_page(&browser, &code).await;
    browser.wait_for_text("approve for anna").await;
    terminal.wait_for_end().await;
    story.desktop.speech().wait_for("Approved. You are logged in").await;
    drop(browser);
    story.end("read-out-and-unplugged").await;
}
