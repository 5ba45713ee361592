//! Two computers answer one change at the same instant, one with yes, the other with no.

use std::time::Duration;

use rig::cli::Terminal;
use rig::desktop::Desktop;
use rig::story::{Computer, Story, changing};

const YES_FIRST: &str = "\
Two computers answer at the same instant. A change is ready. Anna says yes at her laptop while somebody says
no in the kitchen. The yes reaches the broker first: it holds, and both are told so.";

const NO_FIRST: &str = "\
Two computers answer at the same instant. A change is ready. Anna says yes at her laptop while somebody says
no in the kitchen. The no reaches the broker first: the change is stopped, and both are told so.";

const DAY: Duration = Duration::from_hours(24);

/// A story with a ready change, and both computers in front of their questions.
async fn asked_at_both(heading: &str) -> (Story, Computer, Terminal, Terminal) {
    let first = Desktop::builder(heading).called("laptop");
    let (mut story, clock) = Story::begin_with_clock_as(first, &["--approve-with", "qr"]).await;
    let kitchen = story.desktop.beside("kitchen");
    let mut kitchen = Computer::start_with_clock(kitchen, clock.clone()).await;
    kitchen.join(&story.broker, "kitchen").await;
    story.desktop.speech().wait_for("The computer kitchen can now answer").await;
    changing::ask_for(&story.desktop, "code").await;
    kitchen.desktop.speech().wait_for("laptop asked for one-time codes").await;
    story.act("a day passes");
    story.pass_for(&[&kitchen], &clock, DAY).await;
    story.desktop.speech().wait_for("Change ready").await;
    kitchen.desktop.speech().wait_for("Change ready").await;
    let mut yes = Terminal::sayso(&story.desktop, &[]);
    yes.read_until("Answer:").await;
    let mut no = Terminal::sayso(&kitchen.desktop, &[]);
    no.read_until("Answer:").await;
    (story, kitchen, yes, no)
}

#[tokio::test(flavor = "multi_thread")]
async fn change_answered_with_yes_first() {
    let (story, mut kitchen, mut yes, mut no) = asked_at_both(YES_FIRST).await;
    let mut held = story.broker.proxy().hold("POST /v1/changes");
    no.type_line("no");
    held.arrived().await;
    yes.type_line("yes");
    let rest = yes.wait_for_status(0).await;
    assert!(rest.contains("Done."), "{rest}");
    held.release();
    no.wait_for_status(5).await;
    kitchen.desktop.speech().wait_for("That was confirmed at laptop").await;
    changing::look(&kitchen.desktop).await;
    story.end_with(&[&kitchen], "change-answered-with-yes-first").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn change_answered_with_no_first() {
    let (mut story, kitchen, mut yes, mut no) = asked_at_both(NO_FIRST).await;
    let mut held = story.broker.proxy().hold("POST /v1/changes");
    yes.type_line("yes");
    held.arrived().await;
    no.type_line("no");
    let rest = no.wait_for_status(1).await;
    assert!(rest.contains("Change stopped."), "{rest}");
    held.release();
    yes.wait_for_status(5).await;
    story.desktop.speech().wait_for("Change stopped at kitchen").await;
    changing::look(&story.desktop).await;
    story.end_with(&[&kitchen], "change-answered-with-no-first").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_answers_at_the_same_instant_one_wins_and_nobody_is_told_otherwise() {
    let (story, kitchen, mut yes, mut no) = asked_at_both("At the same instant.").await;
    let mut first = story.broker.proxy().hold("POST /v1/changes");
    yes.type_line("yes");
    first.arrived().await;
    let mut second = story.broker.proxy().hold("POST /v1/changes");
    no.type_line("no");
    second.arrived().await;
    first.release();
    second.release();
    let ((yes, at_laptop), (no, in_kitchen)) = (yes.wait_for_end().await, no.wait_for_end().await);
    let mut set = Terminal::sayso(&kitchen.desktop, &["settings", "approve_with"]);
    let set = set.wait_for_end().await.1;
    let told = format!("{at_laptop}\n{in_kitchen}\n{}", set);
    match (yes, no) {
        (0, 5) => {
            assert!(at_laptop.contains("Done.") && set.contains("is code"), "{told}");
            assert!(in_kitchen.contains("That change took effect already."), "{told}");
        }
        (5, 1) => {
            assert!(in_kitchen.contains("Change stopped.") && set.contains("is qr"), "{told}");
            assert!(at_laptop.contains("That change was stopped already."), "{told}");
        }
        _ => panic!("yes ended with {yes}, no with {no}:\n{told}"),
    }
}
