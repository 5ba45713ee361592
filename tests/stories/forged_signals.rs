//! Another program of the person's session says what only others may say.

use rig::cli::Terminal;
use rig::desktop::Desktop;
use rig::story::Story;

const HEADING: &str = "\
Signals that are forged. Another program on Anna's bus says that the Deny button was pressed, that her
notification was closed, and that the screen is locked; one on the system bus says that her session is.
Sayso believes only who has the name: nothing is denied, nothing is silenced, and Anna logs in.";

const NOTIFICATIONS: &str = "org.freedesktop.Notifications";

#[tokio::test(flavor = "multi_thread")]
async fn forged_signals() {
    let mut story = Story::begin(Desktop::builder(HEADING)).await;
    let mut login = story.log_in("CODE-1").await;
    let shown = story.desktop.session_bus().wait_for_notification("log in? Answer: code").await;

    story.act("another program says that Deny was pressed, and that the notification was closed");
    let forger = story.desktop.session_bus().connect().await;
    let path = "/org/freedesktop/Notifications";
    let pressed = (shown.id, "deny");
    let to = None::<&str>;
    forger.emit_signal(to, path, NOTIFICATIONS, "ActionInvoked", &pressed).await.expect("the bus");
    let closed = (shown.id, 2u32);
    forger
        .emit_signal(to, path, NOTIFICATIONS, "NotificationClosed", &closed)
        .await
        .expect("the bus");
    story.act("it says that the screen is locked, by the names of both screen savers");
    for (path, interface) in [
        ("/org/gnome/ScreenSaver", "org.gnome.ScreenSaver"),
        ("/org/freedesktop/ScreenSaver", "org.freedesktop.ScreenSaver"),
    ] {
        forger.emit_signal(to, path, interface, "ActiveChanged", &true).await.expect("the bus");
    }
    story.act("and one on the system bus says that Anna's session is locked");
    let forger = story.desktop.system_bus().connect().await;
    let hint = ("LockedHint", zbus::zvariant::Value::from(true));
    let changed = ("org.freedesktop.login1.Session", std::collections::HashMap::from([hint]));
    let changed = (changed.0, changed.1, Vec::<&str>::new());
    let path = "/org/freedesktop/login1/session/c1";
    let properties = "org.freedesktop.DBus.Properties";
    forger.emit_signal(to, path, properties, "PropertiesChanged", &changed).await.expect("the bus");

    // A press that is real comes after all that was forged, on the same bus.
    let notices = story.desktop.speech().said().len();
    story.act("pressed by Anna: [Repeat]");
    story.desktop.notifications().press(&shown, "repeat");
    story.desktop.speech().wait_for_nth("asks you to log in", 2).await;
    assert!(story.desktop.speech().said().len() > notices);
    assert!(story.broker.proxy().passed_named("POST /v1/requests/*/decision").is_empty());
    let mut terminal = Terminal::sayso(&story.desktop, &["enter", &login.code]);
    terminal.read_until("Answer:").await;
    story.desktop.session_bus().wait_for_close(&shown).await;
    terminal.type_line("approve");
    login.go_on("Approved", story.transcript()).await;
    terminal.wait_for_status(0).await;
    story.end("forged-signals").await;
}
