//! The screen is locked while a request comes, and again while its question is open. Whoever
//! tells of the lock, the story is the same.

use rig::cli::{self, Terminal};
use rig::desktop::{Desktop, Source};
use rig::story::{SERVICE, Story};

const HEADING: &str = "\
A locked screen. A request comes while nobody may read or hear it: Sayso says that one waits, and
nothing of what. At the keyboard it refuses everything else. Anna unlocks the screen and hears the
notice. She locks it again while the question is open: no answer is taken until she is back.";

const REFUSED: &str = "The screen is locked. Unlock it, then try again.";

#[tokio::test(flavor = "multi_thread")]
async fn locked_as_logind_tells() {
    a_locked_screen(Source::Logind).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn locked_as_gnome_tells() {
    a_locked_screen(Source::GnomeScreenSaver).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn locked_as_the_freedesktop_screensaver_tells() {
    a_locked_screen(Source::FreedesktopScreenSaver).await;
}

async fn a_locked_screen(source: Source) {
    let mut story = Story::begin(Desktop::builder(HEADING)).await;
    lock(&mut story, source, "the screen is locked", true).await;
    let mut login = story.open_login_page("CODE-1").await;
    story.desktop.speech().wait_for("Unlock to hear it").await;
    story.desktop.session_bus().wait_for_notification("Unlock to read it").await;
    let code = login.code.clone();
    for words in [&["enter", code.as_str()][..], &["requests"], &["approve"], &["deny"]] {
        let mut terminal = Terminal::sayso(&story.desktop, words);
        let (status, rest) = terminal.wait_for_end().await;
        assert!(status != 0 && rest.contains(REFUSED), "{words:?}: {status} {rest}");
    }
    nothing_is_told(&mut story, &code).await;

    lock(&mut story, source, "the screen is unlocked", false).await;
    story.desktop.speech().wait_for("The code is on the page").await;
    story.desktop.session_bus().wait_for_notification("log in? Answer: code").await;
    let mut terminal = Terminal::sayso(&story.desktop, &["enter", &code]);
    story.wait_for_question(&mut terminal).await;
    lock(&mut story, source, "the screen is locked", true).await;
    terminal.type_line("approve");
    terminal.read_until(REFUSED).await;
    terminal.wait_for_end().await;
    assert!(story.broker.proxy().passed_named("POST /v1/requests/*/decision").is_empty());

    lock(&mut story, source, "the screen is unlocked", false).await;
    story.desktop.speech().wait_for("Approve or deny?").await;
    story.desktop.session_bus().wait_for_notification("approve/deny").await;
    let mut terminal = Terminal::sayso(&story.desktop, &[]);
    terminal.read_until("Answer:").await;
    terminal.type_line("approve");
    login.go_on("Approved", story.transcript()).await;
    terminal.wait_for_status(0).await;
    story.end("locked").await;
}

/// The screen is locked or unlocked, and Sayso has taken note.
async fn lock(story: &mut Story, source: Source, act: &str, locked: bool) {
    story.act(act);
    let Story { daemon, desktop, .. } = story;
    desktop.lock().set(source, locked).await;
    let noted = async || {
        let ran = cli::run_silently(cli::sayso(desktop, &["status", "--json"]), "").await;
        let status: serde_json::Value = serde_json::from_str(&ran.out).unwrap_or_default();
        status["locked"] == locked
    };
    daemon.process().wait_until(act, noted).await;
}

/// Nothing of the request was said, shown or sent anywhere.
async fn nothing_is_told(story: &mut Story, code: &str) {
    let said = format!("{:?}", story.desktop.speech().said());
    let readable = story.desktop.session_bus().readable().await;
    for secret in [SERVICE, "anna", code] {
        assert!(!said.contains(secret), "{secret} was said: {said}");
        assert!(!readable.contains(secret), "{secret} was readable");
    }
    assert!(story.broker.proxy().passed_named("POST /v1/bindings").is_empty());
}
