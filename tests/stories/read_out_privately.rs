//! Codes that Sayso reads out where nobody else hears them, and that are typed on the login page.

use rig::broker::Broker;
use std::time::Duration;

use rig::browser::{Browser, PlainBrowser};
use rig::cli::{self, Terminal};
use rig::daemon::Daemon;
use rig::desktop::{Desktop, Output};
use rig::keyboard::Keyboard;
use rig::processes::program;
use rig::service::Returned;
use rig::story::{SERVICE, Story};
use rig::transcript::Channel;

const IN_DIALOGS: &str = "\
A code read out, in a headset. Anna presses her shortcut, approves in the dialog, and hears the code twice.
She has it said once more from the dialog, and again by sayso repeat, and types it on the page with a
hyphen. That page has shown nothing of hers, so the code proves that she sees it.";

#[tokio::test(flavor = "multi_thread")]
async fn read_out_privately() {
    let mut story = Story::begin_read_out(Desktop::builder(IN_DIALOGS), Output::Headset).await;
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
    let said = story.desktop.speech().wait_for("Again: ").await;
    let code = story.digits_in(&said.text);
    let page = browser.wait_for_text("Type the code here").await;
    story.transcript().note(Channel::Page, format!("on the page: {page}"));
    keyboard.wait_for_dialog().await;
    story.act("keys: Tab, Space");
    keyboard.press("Tab");
    keyboard.press("space");
    story.desktop.speech().wait_for_nth("Again: ", 2).await;
    keyboard.wait_for_focus("Chromium").await;
    let repeated = cli::run(&story.desktop, &["repeat"]).await;
    assert_eq!(repeated.status, 0, "{}{}", repeated.out, repeated.err);
    story.desktop.speech().wait_for_nth("Again: ", 3).await;
    let (head, tail) = code.split_at(3);
    story.transcript().name(&format!("{head}-{tail}"), "CODE-1 with a hyphen");
    story.type_on_page(&browser, &format!(" {head}-{tail} ")).await;
    in_at_last(story, browser, "read-out-privately").await;
}

/// The login is done: in the browser, for the service, and to the ear.
async fn in_at_last(mut story: Story, browser: Browser, name: &str) {
    browser.wait_for_text("approve for anna").await;
    assert!(matches!(story.service.wait_for_return().await, Returned::Outcome(_)));
    story.desktop.speech().wait_for("Approved. You are logged in").await;
    drop(browser);
    story.end(name).await;
}

const COPIED: &str = "\
A code that nobody hears, not even by a screen reader's key echo. Anna types copy in the terminal, and pastes
on the page. The code is taken off the clipboard as soon as it was used.";

#[tokio::test(flavor = "multi_thread")]
async fn read_out_and_copied() {
    let mut story = Story::begin_read_out(Desktop::builder(COPIED), Output::Speakers).await;
    let mut keyboard = Keyboard::start(&story.desktop, "true").await;
    let browser = Browser::open_with_window(&story.desktop, "first").await;
    story.log_in_by_read_out(&browser).await;
    let mut terminal = Terminal::sayso(&story.desktop, &[]);
    let code = story.approve_and_read(&mut terminal).await;
    terminal.type_line("copy");
    terminal.read_until("taken off the clipboard.\n").await;
    story.desktop.wait_for_clipboard(&code).await;
    story.act("on the page: pasted, Enter");
    browser.wait_for("#enter:not([hidden]) #entry").await.click().await.unwrap();
    keyboard.press("ctrl+v");
    keyboard.press("Return");
    browser.wait_for_text("approve for anna").await;
    terminal.wait_for_status(0).await;
    story.desktop.wait_for_clipboard("").await;
    story.transcript().note(Channel::Shown, "the clipboard is empty");
    in_at_last(story, browser, "read-out-and-copied").await;
}

const A_MINUTE: &str = "\
A minute on the clipboard. Anna comes to her login late: half a minute is left when she approves, and for the
code she still gets more than one. She copies it and is called away; after a minute it is off the clipboard,
and the prompt is back. She copies it again, and then a word of her own: that stays, also when she presses
Ctrl and C. By sayso she gets back to the code, and types it.";

#[tokio::test(flavor = "multi_thread")]
async fn read_out_and_left_on_the_clipboard() {
    let (mut story, clock) = Story::begin_read_out_with_clock(Desktop::builder(A_MINUTE)).await;
    let browser = Browser::open(&story.desktop, "first").await;
    story.log_in_by_read_out(&browser).await;
    story.act("four and a half minutes go by");
    story.pass(&clock, Duration::from_secs(270)).await;
    let mut terminal = Terminal::sayso(&story.desktop, &[]);
    let code = story.approve_and_read(&mut terminal).await;
    let left = cli::run(&story.desktop, &["time"]).await;
    assert_eq!(left.status, 0, "{}{}", left.out, left.err);
    story.desktop.speech().wait_for("One minute left").await;
    terminal.type_line("copy");
    terminal.read_until("taken off the clipboard.\n").await;
    story.desktop.wait_for_clipboard(&code).await;
    story.act("a minute goes by");
    story.pass(&clock, Duration::from_secs(61)).await;
    // A process that was stopped for a moment looks at its clock again.
    terminal.process().hang();
    terminal.process().go_on();
    terminal.read_until("or Enter to close:").await;
    story.desktop.wait_for_clipboard("").await;
    story.transcript().note(Channel::Shown, "the clipboard is empty");

    terminal.type_line("copy");
    terminal.read_until("taken off the clipboard.\n").await;
    story.desktop.wait_for_clipboard(&code).await;
    story.act("Anna copies a word, then presses Ctrl and C in the terminal");
    story.desktop.copy_text("word").await;
    terminal.press("\u{3}");
    terminal.wait_for_end().await;
    assert_eq!(story.desktop.clipboard(), "word");
    story.transcript().note(Channel::Shown, "on the clipboard: word");
    let mut terminal = Terminal::sayso(&story.desktop, &[]);
    terminal.read_until("or Enter to close:").await;
    story.type_on_page(&browser, &code).await;
    terminal.wait_for_end().await;
    in_at_last(story, browser, "read-out-and-left-on-the-clipboard").await;
}

const WRONG: &str = "\
Three wrong codes. Anna types too few digits, which costs no try, and then three times a wrong code. The
request has ended: page and voice say so, and nobody is logged in.";

#[tokio::test(flavor = "multi_thread")]
async fn read_out_and_typed_wrong() {
    let mut story = Story::begin_read_out(Desktop::builder(WRONG), Output::Headset).await;
    let browser = Browser::open(&story.desktop, "first").await;
    story.log_in_by_read_out(&browser).await;
    let mut terminal = Terminal::sayso(&story.desktop, &[]);
    let code = story.approve_and_read(&mut terminal).await;
    let wrong = wrong(&code);
    story.transcript().name_code(&wrong, "WRONG-CODE");
    for (typed, answer) in [
        ("12345", "That was five digits. The code has six."),
        (wrong.as_str(), "Wrong code. Two tries left."),
        (&wrong, "Wrong code. One try left."),
        (&wrong, "Stopped. The code was wrong three times"),
    ] {
        story.type_on_page(&browser, typed).await;
        let page = browser.wait_for_text(answer).await;
        story.transcript().note(Channel::Page, format!("on the page: {page}"));
    }
    story.desktop.speech().wait_for("Stopped. Three wrong codes").await;
    terminal.wait_for_end().await;
    drop(browser);
    story.end("read-out-and-typed-wrong").await;
}

/// Another code than this one.
fn wrong(code: &str) -> String {
    let digits = code.chars().map(|digit| if digit == '9' { '0' } else { '9' });
    digits.collect()
}

const DENIED: &str = "\
A change of mind. Anna has approved and has the code, but types it nowhere: she denies, and nobody is logged
in. The digits are good for nothing then.";

#[tokio::test(flavor = "multi_thread")]
async fn read_out_and_denied() {
    let mut story = Story::begin_read_out(Desktop::builder(DENIED), Output::Headset).await;
    let browser = Browser::open(&story.desktop, "first").await;
    story.log_in_by_read_out(&browser).await;
    let mut terminal = Terminal::sayso(&story.desktop, &[]);
    story.approve_and_read(&mut terminal).await;
    let denied = cli::run(&story.desktop, &["deny"]).await;
    assert_eq!(denied.status, 1, "{}{}", denied.out, denied.err);
    let page = browser.wait_for_text("Denied").await;
    story.transcript().note(Channel::Page, format!("on the page: {page}"));
    terminal.wait_for_end().await;
    story.desktop.speech().wait_for("Denied. Nobody was logged in.").await;
    drop(browser);
    story.end("read-out-and-denied").await;
}

const ELSEWHERE: &str = "\
Somebody else has the code. Anna has told it to a caller, who has the login page's address too. In the
caller's browser it does nothing, right as it is, and costs Anna no try. She types it where she began.";

#[tokio::test(flavor = "multi_thread")]
async fn read_out_and_typed_in_another_browser() {
    let mut story = Story::begin_read_out(Desktop::builder(ELSEWHERE), Output::Headset).await;
    let browser = Browser::open(&story.desktop, "first").await;
    story.log_in_by_read_out(&browser).await;
    let mut terminal = Terminal::sayso(&story.desktop, &[]);
    let code = story.approve_and_read(&mut terminal).await;
    story.act("in the caller's browser: the page, and CODE-1 sent to it");
    let address = browser.address().await;
    let page = PlainBrowser::new("en").go(&address).await;
    story.transcript().note(Channel::Page, format!("the caller reads: {}", page.text()));
    let sent = reqwest::Client::new().post(format!("{address}/code"));
    let sent = sent.header("content-type", "application/x-www-form-urlencoded");
    let answer = sent.body(format!("code={code}")).send().await.expect("an answer");
    assert_eq!(answer.status().as_u16(), 403);
    browser.wait_for_text("Type the code here").await;
    story.type_on_page(&browser, &code).await;
    terminal.wait_for_end().await;
    in_at_last(story, browser, "read-out-and-typed-in-another-browser").await;
}

const CONSOLE: &str = "\
A code at a text console. There is no speech and no notification server. Anna stays in `sayso attend`, types
next and approve, and reads the code on her braille display; the page is open on another machine.";

#[tokio::test(flavor = "multi_thread")]
async fn read_out_at_a_text_console() {
    let story = at_a_console(CONSOLE).await;
    let browser = Browser::open(&story.desktop, "first").await;
    let mut terminal = Terminal::sayso(&story.desktop, &["attend"]);
    terminal.read_until("To stop: Ctrl+C.\n").await;
    story.act("in the browser: Anna begins to log in at Example Bank");
    browser.go(&story.service.login_address("anna")).await;
    terminal.read_until("Five minutes.\u{7}\n").await;
    terminal.type_line("next");
    terminal.read_until("Approve or deny?\n").await;
    terminal.type_line("approve");
    terminal.read_until("Type on the page: ").await;
    let digits = terminal.read_until(".\n").await;
    let code = story.digits_in(&format!("Type on the page: {digits}"));
    story.type_on_page(&browser, &code).await;
    browser.wait_for_text("approve for anna").await;
    terminal.read_until("Approved. You are logged in at Example Bank.\u{7}\n").await;
    story.act("pressed: Ctrl+D");
    terminal.press("\u{4}");
    terminal.wait_for_status(0).await;
    drop(browser);
    story.end("read-out-at-a-text-console").await;
}

/// Nothing but terminals reaches Anna.
async fn at_a_console(heading: &str) -> Story {
    let desktop = Desktop::builder(heading).without_speech().without_notifications();
    let desktop = desktop.without_display().start().await;
    let broker = Broker::start(&desktop).await;
    let daemon = Daemon::start(&desktop).await;
    let channels = ["--speech", "off", "--notification", "off", "--attend", "on"];
    let channels = [&channels[..], &["--approve-with", "readout"]].concat();
    Story::begin_as(desktop, broker, daemon, SERVICE, &channels).await
}

const ALONE: &str = "\
A code at a terminal, where nothing else reaches Anna: no speech, no notification, and she does not attend.
She types sayso, approves and reads the code; there is no clipboard to copy it to. The same prompt tells her
how it ended, also when somebody has typed it wrong three times.";

#[tokio::test(flavor = "multi_thread")]
async fn read_out_where_only_the_prompt_can_tell() {
    let mut story = at_a_console(ALONE).await;
    for (name, ends_with) in [("first", 0), ("second", 5)] {
        let browser = Browser::open(&story.desktop, name).await;
        story.act("in the browser: Anna begins to log in at Example Bank");
        browser.go(&story.service.login_address("anna")).await;
        let requests = async || {
            let asked = cli::run_silently(cli::sayso(&story.desktop, &["requests"]), "").await;
            asked.out.contains("Example Bank")
        };
        story.daemon.process().wait_until("the request", requests).await;
        let mut terminal = Terminal::sayso(&story.desktop, &[]);
        let code = story.approve_and_read(&mut terminal).await;
        story.transcript().name_code(&wrong(&code), "WRONG-CODE");
        if ends_with == 0 {
            terminal.type_line("copy");
            terminal.read_until("or Enter to close:").await;
            story.type_on_page(&browser, &code).await;
            browser.wait_for_text("approve for anna").await;
        } else {
            for answer in ["Two tries", "One try", "wrong three times"] {
                story.type_on_page(&browser, &wrong(&code)).await;
                browser.wait_for_text(answer).await;
            }
        }
        terminal.wait_for_status(ends_with).await;
    }
    story.end("read-out-where-only-the-prompt-can-tell").await;
}
