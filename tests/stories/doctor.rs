//! What `sayso doctor` finds on a computer where all is well, where much is broken, and where
//! Sayso does not run.

use rig::cli;
use rig::desktop::Desktop;
use rig::speech::SpareVoice;
use rig::story::Story;

const HEADING: &str = "\
Sayso looks for what is wrong. On Anna's computer all is well at first. Then Speech Dispatcher, the
notification server, the sound, the keyring and the network fail one after the other, and last Sayso
itself: each time it names what is wrong and what to do.";

#[tokio::test(flavor = "multi_thread")]
async fn doctor() {
    let mut story = Story::begin(Desktop::builder(HEADING).sound()).await;
    let well = cli::run(&story.desktop, &["doctor"]).await;
    assert_eq!(well.status, 0, "{}{}", well.out, well.err);

    story.act("Speech Dispatcher's output module is killed, and the keyring is locked");
    story.desktop.speech().kill_module();
    story.desktop.keyring().lock().await;
    assert_eq!(cli::run(&story.desktop, &["doctor"]).await.status, 1);

    story.act("Speech Dispatcher, the sound server and the notification server are killed");
    story.desktop.install_spare_voice(SpareVoice::Missing);
    story.desktop.speech().kill();
    story.desktop.sound().kill();
    story.desktop.notifications().kill();
    story.act("and the network is gone");
    story.broker.proxy().network_down();
    let Story { daemon, desktop, .. } = &mut story;
    let away = async || {
        let ran = cli::run_silently(cli::sayso(desktop, &["status", "--json"]), "").await;
        let status: serde_json::Value = serde_json::from_str(&ran.out).unwrap_or_default();
        let works = |part: &str| status[part] != false;
        status["connected"] == 0 && !works("speech") && !works("notifications")
    };
    daemon.process().wait_until("that nothing is left", away).await;
    assert_eq!(cli::run(&story.desktop, &["doctor"]).await.status, 1);

    story.act("Sayso is stopped");
    story.daemon.stop().await;
    assert_eq!(cli::run(&story.desktop, &["doctor"]).await.status, 1);
    story.act("a program asks for the same");
    let printed = cli::run_silently(cli::sayso(&story.desktop, &["doctor", "--json"]), "").await;
    let found: serde_json::Value = serde_json::from_str(&printed.out).expect("JSON");
    let names: Vec<_> = found.as_array().expect("a list").iter().map(|one| &one["name"]).collect();
    assert_eq!(names[0], "not-there", "{names:?}");
    assert!(names.contains(&&"speech-stopped".into()), "{names:?}");
    story.desktop.compare("doctor");
}
