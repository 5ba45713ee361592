//! A change of settings for somebody whose computer speaks Danish.

use std::time::Duration;

use rig::cli::Terminal;
use rig::desktop::Desktop;
use rig::story::{Story, changing};

const HEADING: &str = "\
A change in Danish. Anna's computer speaks Danish. She asks for one-time codes, says yes again a day later, and
all that she is asked, told and shown is Danish, as is what she signs.";

const DAY: Duration = Duration::from_hours(24);

/// Anna types `arguments`, and `ja` to what is asked.
async fn say_yes(story: &Story, arguments: &[&str], told: &str) {
    let mut terminal = Terminal::sayso(&story.desktop, arguments);
    terminal.read_until("Svar:").await;
    terminal.type_line("ja");
    let rest = terminal.wait_for_status(0).await;
    assert!(rest.contains(told), "{rest}");
}

#[tokio::test(flavor = "multi_thread")]
async fn change_in_danish() {
    let desktop = Desktop::builder(HEADING).locale("da_DK.UTF-8");
    let answers = ["--approve-with", "qr", "--language", "da"];
    let (mut story, clock) = Story::begin_with_clock_as(desktop, &answers).await;
    say_yes(&story, &["settings", "approve_with", "code"], "Ændring venter").await;
    changing::look(&story.desktop).await;
    story.act("a day passes");
    story.pass(&clock, DAY).await;
    story.desktop.speech().wait_for("Ændring klar").await;
    story.wait_for_shown("Ændring klar", 1).await;
    say_yes(&story, &[], "Udført").await;
    story.desktop.session_bus().wait_for_empty_screen().await;
    changing::look(&story.desktop).await;
    story.end("change-in-danish").await;
}
