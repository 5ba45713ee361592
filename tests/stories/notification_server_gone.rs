//! The notification server dies while a request waits, and the next one gives its ids anew.

use rig::cli::{self, Terminal};
use rig::desktop::Desktop;
use rig::story::Story;

const HEADING: &str = "\
A notification server that dies in the middle. Anna's request is on the screen when the server is
killed. The next server begins to count anew, and another program shows its own notification first,
under the number that Sayso's had. Sayso shows the request again, and closes only its own.";

#[tokio::test(flavor = "multi_thread")]
async fn notification_server_gone() {
    let mut story = Story::begin(Desktop::builder(HEADING)).await;
    let mut login = story.log_in("CODE-1").await;
    let first = story.desktop.session_bus().wait_for_notification("log in? Answer: code").await;
    story.act("the notification server is killed");
    story.desktop.notifications().kill();
    let Story { daemon, desktop, .. } = &mut story;
    let noticed = async || {
        let status = cli::run_silently(cli::sayso(desktop, &["status"]), "").await;
        status.out.contains("Notifications do not work.")
    };
    daemon.process().wait_until("that nothing is shown", noticed).await;

    // The other program is there first: it holds the name's place in the new server's count.
    story.act("it is started anew, and another program shows \"Backup done\" first");
    story.daemon.process().hang();
    story.desktop.start_notifications().await;
    let other = story.desktop.session_bus().connect().await;
    let hints = std::collections::HashMap::<&str, zbus::zvariant::Value<'_>>::new();
    let body = ("Backup", 0u32, "", "Backup done", "", Vec::<&str>::new(), hints, 0i32);
    let (name, path) = ("org.freedesktop.Notifications", "/org/freedesktop/Notifications");
    let shown = other.call_method(Some(name), path, Some(name), "Notify", &body).await;
    let id = shown.expect("a notification server").body().deserialize::<u32>().expect("an id");
    story.daemon.process().go_on();
    story.wait_for_shown("log in? Answer: code", 2).await;
    let again = story.desktop.session_bus().wait_for_notification("log in? Answer: code").await;
    assert!(id == first.id || again.id == first.id, "the ids began anew: {id}, {again:?}");

    let mut terminal = Terminal::sayso(&story.desktop, &["enter", &login.code]);
    terminal.read_until("Answer:").await;
    story.desktop.session_bus().wait_for_close(&again).await;
    terminal.type_line("approve");
    login.go_on("Approved", story.transcript()).await;
    terminal.wait_for_status(0).await;
    story.desktop.session_bus().settle().await;
    let shown = rig::desktop::shown(story.desktop.session_bus());
    let theirs = shown.iter().find(|one| one.summary == "Backup done").expect("it was shown");
    assert_eq!(theirs.closed, None, "Sayso closed what is not its own");
    story.end("notification-server-gone").await;
}
