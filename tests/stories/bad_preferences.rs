//! A slip in the file of the preferences.

use rig::desktop::Desktop;
use rig::story::Story;

const HEADING: &str = "\
A slip in the preferences. Anna speeds up the voice in the file herself, and it holds from the next
start on. Later she mistypes a line: Sayso tells her in which line, and speaks as before.";

#[tokio::test(flavor = "multi_thread")]
async fn bad_preferences() {
    let mut story = Story::begin(Desktop::builder(HEADING)).await;
    story.transcript().name(&story.desktop.dir().display().to_string(), "DIR");
    let file = story.desktop.dir().join("home/.config/sayso/preferences.toml");
    let written = std::fs::read_to_string(&file).expect("preferences");
    assert!(written.contains("\nrate = 0\n"), "{written}");
    story.act("Anna sets the rate to 30 in the file, and logs in to her desktop anew");
    std::fs::write(&file, written.replace("\nrate = 0\n", "\nrate = 30\n")).expect("preferences");
    story.daemon.stop().await;
    story.daemon.start_again(&story.desktop).await;
    story.broker.proxy().wait_for("link snapshot", 2).await;
    let mut login = story.log_in("CODE-1").await;
    let said = story.desktop.speech().wait_for("asks you to log in").await;
    assert_eq!(said.rate, "30", "{said:?}");
    story.act("on the page: Anna presses Cancel this login");
    login.press("Cancel this login").await;
    story.desktop.speech().wait_for("Stopped on the page").await;

    story.act("Anna mistypes a line in the file, and logs in to her desktop anew");
    let fast = std::fs::read_to_string(&file).expect("preferences");
    let faulty = fast.replace("\nspeech = true\n", "\nspeech = yes please\n");
    let line = 1 + faulty.lines().position(|line| line.contains("please")).expect("the line");
    std::fs::write(&file, &faulty).expect("preferences");
    story.daemon.stop().await;
    story.daemon.start_again(&story.desktop).await;
    let told = story.desktop.speech().wait_for("The preferences have a fault").await;
    assert!(told.text.contains(&format!("in line {line},")), "{told:?}");
    assert_eq!(told.rate, "30", "the old ones stay: {told:?}");
    assert_eq!(std::fs::read_to_string(&file).expect("preferences"), faulty);
    story.end("bad-preferences").await;
}
