//! Speech Dispatcher is gone, and `espeak-ng` speaks by itself; or not even that.

use rig::broker::Broker;
use rig::cli::{self, Terminal};
use rig::daemon::Daemon;
use rig::desktop::Desktop;
use rig::speech::SpareVoice;
use rig::story::{CHANNELS, SERVICE, Story};

const SPEAKS: &str = "\
Speech Dispatcher is gone for good. Sayso's spare voice says so, in Danish, and a notification keeps it
where it can be read again. Then it says who asks, and Anna logs in. When Speech Dispatcher is there
again after all, it is what speaks.";

#[tokio::test(flavor = "multi_thread")]
async fn speaks() {
    let desktop = Desktop::builder(SPEAKS).sound().locale("da_DK.UTF-8").start().await;
    let broker = Broker::start(&desktop).await;
    let daemon = Daemon::start(&desktop).await;
    let answers = [&CHANNELS[..], &["--language", "da"]].concat();
    let mut story = Story::begin_as(desktop, broker, daemon, SERVICE, &answers).await;
    story.desktop.install_spare_voice(SpareVoice::Speaks);
    let recording = story.desktop.record_sound();
    story.act("Speech Dispatcher is killed");
    story.desktop.speech().kill();
    let said = story.desktop.wait_for_spare_voice("Det er Saysos reservestemme").await;
    assert!(said.manner.contains("-v da -s 175"), "{said:?}");
    let written = story.desktop.session_bus().wait_for_notification("Reservestemme").await;
    let status = cli::run(&story.desktop, &["status"]).await;
    assert_eq!(status.status, 0, "{}{}", status.out, status.err);

    let mut login = story.open_login_page("CODE-1").await;
    story.desktop.wait_for_spare_voice("Koden står på").await;
    let shown = story.desktop.session_bus().wait_for_notification("Svar: kode").await;
    let mut terminal = Terminal::sayso(&story.desktop, &["enter", &login.code]);
    terminal.read_until("Svar:").await;
    story.desktop.session_bus().wait_for_close(&shown).await;
    terminal.type_line("godkend");
    login.go_on("Godkendt", story.transcript()).await;
    terminal.wait_for_status(0).await;
    let loudest = recording.loudest().await;
    assert!(loudest > 0.05, "nothing was played: {loudest}");

    story.act("Speech Dispatcher is started after all");
    story.desktop.speech().restart().await;
    story.desktop.speech().wait_for("Talen er tilbage").await;
    story.desktop.session_bus().wait_for_close(&written).await;
    story.end("spare-voice-speaks").await;
}

const FAILS: &str = "\
No voice at all. Speech Dispatcher dies three times, and the spare voice hangs, aborts, and is not
installed. Each time a notification says that Sayso cannot speak, and goes away when there is a voice
again; the login waits beside it and is done in the end.";

#[tokio::test(flavor = "multi_thread")]
async fn fails() {
    let mut story = Story::begin(Desktop::builder(FAILS)).await;
    let mut login = None;
    let faults = [
        (SpareVoice::Hangs, "hangs"),
        (SpareVoice::Aborts, "aborts"),
        (SpareVoice::Missing, "is not installed"),
    ];
    for (count, (manner, fault)) in faults.into_iter().enumerate() {
        story.desktop.install_spare_voice(manner);
        story.act(&format!("Speech Dispatcher is killed, and the spare voice {fault}"));
        story.desktop.speech().kill();
        story.wait_for_shown("Sayso cannot speak", count + 1).await;
        let silent = story.desktop.session_bus().wait_for_notification("Sayso cannot speak").await;
        if login.is_none() {
            login = Some(story.open_login_page("CODE-1").await);
            story.desktop.session_bus().wait_for_notification("log in? Answer: code").await;
        }
        story.act("Speech Dispatcher is started again");
        story.desktop.speech().restart().await;
        story.desktop.speech().wait_for_nth("Speech is back", count + 1).await;
        story.desktop.session_bus().wait_for_close(&silent).await;
    }
    let mut login = login.expect("a login page");
    story.approve(&mut login).await;
    story.end("spare-voice-fails").await;
}
