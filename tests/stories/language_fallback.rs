//! A person whose own language Sayso does not have.

use rig::broker::Broker;
use rig::cli::{self, Terminal};
use rig::daemon::Daemon;
use rig::desktop::{Builder, Desktop};
use rig::processes::wait_until;
use rig::service::Returned;
use rig::story::{SERVICE, Story};
use rig::transcript::Channel;

const HEARD: &str = "\
A language that is not here. Anna reads Greenlandic, then German, then Danish. Sayso has neither of
the first two: it tells her so once, in each language that it has, with a voice of that language,
and goes on in Danish. When she logs in to her desktop anew it does not say so again. sayso status
names the language, and how it came to be.";

const SHOWN: &str = "\
A language that is not here, and no voice. Anna reads German. Sayso shows her once, in both languages
that it has, that hers is not among them.";

const DANISH: &str = "Sayso har ikke dit sprog. Den taler engelsk og dansk.";
const ENGLISH: &str = "Sayso does not have your language. It speaks English and Danish.";

/// A desktop whose person reads these languages.
async fn desktop(builder: Builder, languages: &str) -> Desktop {
    let mut desktop = builder.start().await;
    desktop.set_languages(languages);
    desktop.transcript().note(Channel::Act, "Anna logs in to her desktop");
    desktop
}

/// Waits until the daemon has noted that the person was told.
async fn remembered(desktop: &Desktop) {
    let note = desktop.dir().join("home/.local/state/sayso/language-told");
    let log = || Daemon::log(desktop);
    wait_until("the note that it was told", log, || note.exists().then_some(())).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn language_fallback() {
    let builder = Desktop::builder(HEARD).locale("kl_GL.UTF-8");
    let mut desktop = desktop(builder, "kl_GL:de_DE:da_DK").await;
    let broker = Broker::start(&desktop).await;
    let mut daemon = Daemon::start(&desktop).await;
    let (danish, english) =
        (desktop.speech().wait_for(DANISH).await, desktop.speech().wait_for(ENGLISH).await);
    assert_eq!((danish.language.as_str(), english.language.as_str()), ("da", "en"));
    assert!(danish.began < english.began, "first in the language that is used");
    remembered(&desktop).await;
    cli::run(&desktop, &["status"]).await;

    desktop.transcript().note(Channel::Act, "Anna logs in to her desktop anew");
    daemon.stop().await;
    daemon.start_again(&desktop).await;
    let channels =
        ["--speech", "on", "--notification", "on", "--attend", "off", "--language", "da"];
    let mut story = Story::begin_as(desktop, broker, daemon, SERVICE, &channels).await;
    let mut login = story.open_login_page("CODE-1").await;
    let said = story.desktop.speech().wait_for("Koden står på siden").await;
    assert_eq!(said.language, "da");
    story.desktop.session_bus().wait_for_notification("log ind? Svar: kode").await;
    let mut terminal = Terminal::sayso(&story.desktop, &["enter", &login.code]);
    terminal.read_until("Svar:").await;
    story.desktop.session_bus().wait_for_empty_screen().await;
    terminal.type_line("godkend");
    login.go_on("Godkendt", story.transcript()).await;
    terminal.wait_for_status(0).await;
    assert!(matches!(story.service.wait_for_return().await, Returned::Outcome(_)));
    story.end("language-fallback").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn language_fallback_without_a_voice() {
    let builder = Desktop::builder(SHOWN).locale("de_DE.UTF-8").without_speech();
    let desktop = desktop(builder, "de_DE").await;
    let mut daemon = Daemon::start(&desktop).await;
    let shown = desktop.session_bus().wait_for_notification("Sayso").await;
    remembered(&desktop).await;
    desktop.transcript().note(Channel::Act, "Anna logs in to her desktop anew");
    daemon.stop().await;
    desktop.session_bus().wait_for_close(&shown).await;
    daemon.start_again(&desktop).await;
    let works = async || {
        let asked = cli::run_silently(cli::sayso(&desktop, &["status"]), "").await;
        ["Notifications work.", "Speech does not work."].iter().all(|it| asked.out.contains(it))
    };
    daemon.process().wait_until("notifications to work", works).await;
    let status = cli::run(&desktop, &["status"]).await;
    assert!(status.out.contains("Language: English. Sayso has only English and Danish."));
    desktop.session_bus().settle().await;
    desktop.compare("language-fallback-without-a-voice");
}
