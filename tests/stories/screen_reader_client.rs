//! A screen reader on the same Speech Dispatcher is never kept waiting for long.

use std::path::Path;
use std::time::Duration;

use rig::cli;
use rig::desktop::Desktop;
use rig::processes::bare_command;
use rig::speech::{Ending, Priority, ScreenReader};
use rig::story::Story;

const HEADING: &str = "\
Beside a screen reader. Both speak through one Speech Dispatcher. While Sayso says who asks, a key
pressed in the screen reader is heard after it; during the rest a key silences Sayso at once.
Between two sentences of Sayso the screen reader comes first.";

/// As long as a screen reader may be kept waiting.
const LONGEST: Duration = Duration::from_secs(7);

#[tokio::test(flavor = "multi_thread")]
async fn screen_reader_client() {
    let desktop = Desktop::builder(HEADING).without_notifications().without_display();
    let mut story = Story::begin(desktop).await;
    let mut reader = ScreenReader::connect(&story.desktop.speech().socket()).await;
    story.desktop.speech().take_per_message(Duration::from_secs(2));
    let login = story.open_login_page("CODE-1").await;
    story.desktop.speech().wait_for_begin("asks you to log in").await;
    story.act("a key in the screen reader, while Sayso says who asks");
    let waited = reader.key("First line").await;
    assert!(waited < LONGEST, "{waited:?}");
    let head = story.desktop.speech().wait_for("asks you to log in").await;
    assert_eq!(head.ending, Ending::Whole);

    story.desktop.speech().take_per_message(Duration::from_secs(600));
    reader.wait_for_end().await;
    story.desktop.speech().wait_for_begin("The code is on the page").await;
    story.desktop.speech().take_per_message(Duration::from_secs(2));
    story.act("a key in the screen reader, during the rest");
    let pressed = rig::clock::now_ns();
    let waited = reader.key("Second line").await;
    assert!(waited < LONGEST, "{waited:?}");
    let tail = story.desktop.speech().wait_for("The code is on the page").await;
    assert_eq!(tail.ending, Ending::Cut);
    let silent_after = tail.over.unwrap().saturating_sub(pressed);
    assert!(silent_after < 1_000_000_000, "the tail went on for {silent_after} ns");

    cli::run(&story.desktop, &["enter", &login.code]).await;
    story.desktop.speech().wait_for_begin("Code correct").await;
    story.act("a key in the screen reader, between the result and the question");
    let waited = reader.key("Third line").await;
    assert!(waited < LONGEST, "{waited:?}");
    let question = story.desktop.speech().wait_for("Approve or deny?").await;
    let third = story.desktop.speech().said_by("screen-reader").pop().unwrap();
    assert!(third.began < question.began, "the screen reader waits for one sentence only");

    cli::run(&story.desktop, &["deny"]).await;
    story.desktop.speech().wait_for("Denied").await;
    for one in story.desktop.speech().said() {
        let length = spoken(&one.text, story.desktop.dir());
        assert!(one.priority == Priority::Text || length < LONGEST, "{length:?}: {}", one.text);
    }
    story.end("screen-reader-client").await;
}

/// How long a voice at its usual rate takes to say this.
fn spoken(text: &str, dir: &Path) -> Duration {
    let wav = dir.join("spoken.wav");
    let mut voice = bare_command("espeak-ng");
    let done = voice.args(["-v", "en", "-w"]).arg(&wav).arg(text).status().unwrap();
    assert!(done.success());
    // A canonical WAV: bytes a second at 28, sound from 44 on.
    let bytes = std::fs::read(wav).unwrap();
    let rate = u32::from_le_bytes(bytes[28..32].try_into().unwrap());
    Duration::from_millis((bytes.len() as u64 - 44) * 1000 / u64::from(rate))
}
