//! Somebody has copied the keys of Anna's computer.

use rig::daemon::Daemon;
use rig::desktop::{Desktop, KeyringAtStart};
use rig::processes::copy_folder;
use rig::story::{Computer, Story};

const HEADING: &str = "\
Two computers with one key. Somebody copies Sayso's folder off Anna's computer and runs it elsewhere. Her
computer says so, once, and the two do not take the link from each other again and again.";

const FOLDERS: [&str; 2] = ["home/.local/state/sayso", "home/.config/sayso"];

#[tokio::test(flavor = "multi_thread")]
async fn two_computers_with_copies_of_one_key() {
    let desktop = Desktop::builder(HEADING).called("Anna's").keyring(KeyringAtStart::Absent);
    let mut story = Story::begin(desktop).await;
    let desktop = story.desktop.beside("the other").keyring(KeyringAtStart::Absent).start().await;
    story.transcript().name(&story.desktop.dir().display().to_string(), "DIR");
    story.act("somebody copies Sayso's folder to another computer, and starts it there");
    story.daemon.stop().await;
    for folder in FOLDERS {
        copy_folder(&story.desktop.dir().join(folder), &desktop.dir().join(folder));
    }
    story.daemon.start_again(&story.desktop).await;
    story.broker.wait_for_link(2).await;
    let daemon = Daemon::start(&desktop).await;
    let mut other = Computer { daemon, desktop };
    story.desktop.speech().wait_for("Another computer uses the keys").await;

    story.open_login_page("CODE-1").await;
    other.desktop.speech().wait_for("The code is on the page").await;
    let links = story.broker.log().matches("link: connected").count();
    assert_eq!(links, 3, "the link is not taken back within a minute");
    story.end_with(&[&other], "copied-key").await;
}
