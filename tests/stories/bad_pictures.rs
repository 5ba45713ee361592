//! Pictures on which no QR code can be used, of the screen and of other things.

use std::path::{Path, PathBuf};
use std::time::Duration;

use rig::browser::PlainBrowser;
use rig::cli::{self, Terminal};
use rig::desktop::{Answer, Desktop, Picture, PlayedPortal, Screen, write_black_png};
use rig::keyboard::Keyboard;
use rig::processes::{program, wait_until};
use rig::story::{ACCOUNT, Story};
use serde_json::Value;

const HEADING: &str = "\
Bad QR codes. Anna's login page shows a QR code, and she has pictures of others: each time she reads why
Sayso can do nothing with them, and nothing is sent. The right one among others is found. She denies;
then it is used, and at another login it is too late.";

#[tokio::test(flavor = "multi_thread")]
async fn bad_codes_in_pictures() {
    let by_qr = ["--approve-with", "qr"];
    let (mut story, clock) = Story::begin_with_clock_as(Desktop::builder(HEADING), &by_qr).await;
    let good = log_in(&mut story, 1).await;
    let (broker, rest) = good.split_once("&request=").expect("a request");
    let (request, _) = rest.split_once('&').expect("a secret");
    let secret = "QUJDREVGR0hJSktMTU5PUA";
    let foreign = "https://bank.example/app";
    let elsewhere =
        format!("sayso:bind?broker=https://login.example&request={request}&secret={secret}");
    let doubled = format!("{good}&request={request}");
    let unknown = format!("{broker}&request=018f2d7e-7e3b-7000-8000-000000000000&secret={secret}");
    let altered = format!("{broker}&request={request}&secret={secret}");
    let long = format!("sayso:bind?{}", "7".repeat(4_000 - "sayso:bind?".len()));
    let both = [elsewhere.as_str(), doubled.as_str()];
    for (name, texts) in [
        ("no-code.png", &[][..]),
        ("foreign.png", &[foreign, "otpauth://totp/anna?secret=JBSWY3DP"]),
        ("other-broker.png", &both[..1]),
        ("damaged.png", &both[1..]),
        ("long.png", &[&long]),
        ("not-waiting.png", &[&unknown]),
        ("altered.png", &[&altered]),
        ("two.png", &both),
    ] {
        look(&story, &draw(&story, name, texts), 2).await;
    }

    let right = draw(&story, "right.png", &[foreign, &good, &doubled]);
    let mut terminal = scan(&story, &right);
    story.wait_for_question(&mut terminal).await;
    terminal.type_line("deny");
    terminal.wait_for_status(1).await;
    look(&story, &right, 2).await;

    let late = log_in(&mut story, 2).await;
    story.act("five minutes pass");
    story.pass(&clock, Duration::from_secs(301)).await;
    story.desktop.session_bus().wait_for_empty_screen().await;
    look(&story, &draw(&story, "late.png", &[&late]), 2).await;
    story.end("bad-codes-in-pictures").await;
}

/// Anna begins to log in and hears of it; what stands in the QR code of her page.
async fn log_in(story: &mut Story, number: usize) -> String {
    story.act("in the browser: Anna begins to log in at Example Bank");
    let address = story.service.login_address(ACCOUNT);
    let page = PlainBrowser::new("en").go(&address).await;
    story.desktop.speech().wait_for_nth("or scan", number).await;
    let file = story.desktop.dir().join("page.png");
    page.qr().expect("a QR code").write_png(&file);
    let image = file.display().to_string();
    let read = cli::sayso(&story.desktop, &["scan", "--dry-run", "--json", "--image", &image]);
    let codes: Value = serde_json::from_str(&cli::run_silently(read, "").await.out).expect("JSON");
    codes[0]["text"].as_str().expect("a QR code that can be read").to_owned()
}

/// A picture with QR codes of these texts.
fn draw(story: &Story, name: &str, texts: &[&str]) -> PathBuf {
    let file = story.desktop.dir().join(name);
    let picture = match texts {
        [] => Picture::plain(Screen { width: 400, height: 300 }, [255; 3]),
        texts => Picture::of_codes(texts),
    };
    picture.write_png(&file);
    file
}

fn scan(story: &Story, file: &Path) -> Terminal {
    story.transcript().name(&format!("{}/", story.desktop.dir().display()), "");
    Terminal::sayso(&story.desktop, &["scan", "--image", &file.display().to_string()])
}

async fn look(story: &Story, file: &Path, status: i32) {
    let (ended, told) = scan(story, file).wait_for_end().await;
    assert_eq!(ended, status, "{}: {told}", file.display());
    assert!(told.trim_end().split(". ").count() >= 2, "two sentences: {told}");
}

const SCREENS: &str = "\
Bad pictures of the screen. Anna presses her shortcut for sayso scan, and the desktop hands over nothing
of use, or nothing at all: refused, cancelled, no pixel, no picture, too many pixels, no answer. She
hears each time what happened and what to do, and reads it in a dialog. Nothing stays on the disk.";

#[tokio::test(flavor = "multi_thread")]
async fn bad_pictures_of_the_screen() {
    let (mut story, clock) = Story::begin_with_clock(Desktop::builder(SCREENS)).await;
    let scan = format!("{} scan", program("sayso").display());
    let mut keyboard = Keyboard::start(&story.desktop, &scan).await;
    let file = |name: &str| story.desktop.dir().join(name);
    let (empty, text, huge) = (file("empty.png"), file("text.png"), file("huge.png"));
    std::fs::write(&empty, "").expect("a file");
    std::fs::write(&text, "no picture").expect("a file");
    write_black_png(&huge, Screen { width: 16_384, height: 16_384 });
    let portal = PlayedPortal::start(&story.desktop, Answer::Refused).await;
    for (what, answer, said, nth) in [
        ("does not allow it", Answer::Refused, "The desktop does not let Sayso look", 1),
        ("asks Anna, who says no", Answer::Cancelled, "was not allowed", 1),
        ("hands over no pixel", Answer::File(empty), "cannot be read", 1),
        ("hands over no picture", Answer::File(text), "cannot be read", 2),
        ("hands over 16,384 by 16,384 pixels", Answer::File(huge), "is too large", 1),
        ("never answers", Answer::Nothing, "within a minute", 1),
    ] {
        let waits = matches!(answer, Answer::Nothing);
        portal.answer(answer);
        let asked = portal.times();
        story.act(&format!("keys: the shortcut; the desktop {what}"));
        keyboard.shortcut();
        let times = || format!("asked {} times", portal.times());
        wait_until("the portal to be asked", times, || (portal.times() > asked).then_some(()))
            .await;
        // What is being said while the clock jumps would count as not said.
        story.desktop.speech().wait_for_nth("Looking.", asked + 1).await;
        if waits {
            story.act("a minute passes");
            story.pass(&clock, Duration::from_secs(61)).await;
        }
        keyboard.wait_for_dialog().await;
        let told = story.desktop.speech().wait_for_nth(said, nth).await.text;
        assert!(told.split(". ").count() >= 2, "two sentences: {told}");
        keyboard.press("Return");
        keyboard.wait_for_empty_screen().await;
    }
    assert!(portal.left_behind().is_empty(), "{:?}", portal.left_behind());
    story.end("bad-pictures-of-the-screen").await;
}

const LOOKS: &str = "\
Five looks. Anna types sayso scan in a terminal and does not find her login page in time: after five looks
she is told so where she is. She types it again, and the page is there at the third look, which is the
last.";

#[tokio::test(flavor = "multi_thread")]
async fn five_looks_and_the_third_of_five() {
    let mut story = Story::begin_by_qr(Desktop::builder(LOOKS)).await;
    let mut keyboard = Keyboard::start(&story.desktop, "true").await;
    let nothing = draw(&story, "nothing.png", &[]);
    let portal = PlayedPortal::start(&story.desktop, Answer::File(nothing)).await;
    let asked = async |times| {
        let so_far = || format!("asked {} times", portal.times());
        wait_until("a look", so_far, || (portal.times() == times).then_some(())).await;
    };
    let good = log_in(&mut story, 1).await;
    let mut terminal = Terminal::sayso(&story.desktop, &["scan"]);
    terminal.read_until("ask for permission.").await;
    asked(5).await;
    keyboard.wait_for_dialog().await;
    story.act("in the dialog: Return");
    keyboard.press("Return");
    let (status, rest) = terminal.wait_for_end().await;
    assert_eq!((status, portal.times()), (2, 5), "{rest}");

    let mut terminal = Terminal::sayso(&story.desktop, &["scan"]);
    terminal.read_until("ask for permission.").await;
    let found = draw(&story, "found.png", &[&good]);
    asked(7).await;
    story.act("Anna is on the page");
    portal.answer(Answer::File(found));
    keyboard.wait_for_dialog().await;
    story.desktop.speech().wait_for("Approve or deny?").await;
    story.act("in the dialog: Space");
    keyboard.press("space");
    let (status, rest) = terminal.wait_for_end().await;
    assert_eq!((status, portal.times()), (1, 8), "{rest}");
    story.desktop.speech().wait_for("Denied.").await;
    assert!(portal.left_behind().is_empty(), "{:?}", portal.left_behind());
    story.end("five-looks").await;
}

const NO_WAY: &str = "\
No way to the screen. Anna's Wayland desktop has no portal: Sayso cannot look, says so at the first look,
and says what works instead.";

#[tokio::test(flavor = "multi_thread")]
async fn no_way_to_the_screen() {
    let story = Story::begin_by_qr(Desktop::builder(NO_WAY).wayland()).await;
    let mut terminal = Terminal::sayso(&story.desktop, &["scan"]);
    terminal.read_until("ask for permission.").await;
    story.desktop.wait_for_focus_on_wayland("Sayso").await;
    story.act("in the dialog: Return");
    story.desktop.press_on_wayland("Return");
    terminal.wait_for_status(4).await;
    story.end("no-way-to-the-screen").await;
}
