use std::collections::HashMap;

use zbus::zvariant::Value;

use super::*;

use crate::browser::{Browser, Engine, Window};
use crate::desktop::notifications::shown;
use crate::processes::Process;

fn notify(desktop: &Desktop, args: &[&str]) -> String {
    let done = desktop.command("dunstify").args(args).output().unwrap();
    String::from_utf8(done.stdout).unwrap().trim().to_owned()
}

#[tokio::test]
async fn a_desktop_starts_whole_and_its_paths_are_short() {
    let desktop = Desktop::builder("A desktop.").start().await;
    assert!(desktop.dir().join("run/sayso/socket").as_os_str().len() < 100);
    for name in ["org.freedesktop.Notifications", "org.freedesktop.secrets"] {
        assert!(desktop.session_bus().has_owner(name).await, "{name}");
    }
    assert!(desktop.command("xdpyinfo").output().unwrap().status.success());
}

#[tokio::test]
async fn what_a_story_is_without_is_not_there() {
    let desktop = Desktop::builder("A bare desktop.").bare().start().await;
    let bus = desktop.session_bus();
    for name in ["org.freedesktop.Notifications", "org.freedesktop.secrets"] {
        assert!(!bus.has_owner(name).await, "{name}");
    }
    assert!(!desktop.env().contains_key("DISPLAY"));
    assert!(!desktop.command("spd-say").arg("-O").output().unwrap().status.success());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_action_is_pressed_on_the_right_notification() {
    let mut desktop = Desktop::builder("Two notifications.").without_speech().start().await;
    notify(&desktop, &["Other", "body"]);
    let mut waiting = desktop.command("dunstify");
    waiting.args(["-A", "answer,Answer", "-A", "deny,Deny", "Sayso: 1 waiting", "a <b>b</b>"]);
    let mut waiting = Process::start_quiet("dunstify", &mut waiting, &desktop.logs());
    let shown = desktop.session_bus().wait_for_notification("1 waiting").await;
    assert_eq!(shown.actions[1], ("deny".to_owned(), "Deny".to_owned()));
    desktop.notifications().press(&shown, "deny");
    waiting.wait_for_end().await;
    assert_eq!(waiting.log().trim(), "deny");
    desktop.session_bus().wait_for_close(&shown).await;
    notifications::tell(desktop.session_bus(), desktop.transcript());
    let told = desktop.transcript().text();
    assert!(told.contains("shown: notification \"Sayso: 1 waiting\": a <b>b</b> [Answer] [Deny]"));
}

#[tokio::test]
async fn a_notification_that_no_server_took_was_not_shown() {
    let desktop = Desktop::builder("No server.").without_notifications().start().await;
    let bus = desktop.session_bus();
    let nobody = bus
        .connection()
        .call_method(
            Some("org.freedesktop.Notifications"),
            "/org/freedesktop/Notifications",
            Some("org.freedesktop.Notifications"),
            "Notify",
            &(
                "rig",
                0_u32,
                "",
                "Nobody sees this",
                "",
                [""; 0],
                HashMap::<&str, Value<'_>>::new(),
                0,
            ),
        )
        .await;
    assert!(nobody.is_err());
    let readable = desktop.session_bus().readable().await;
    assert!(shown(desktop.session_bus()).is_empty());
    assert!(readable.contains("Nobody sees this"), "{readable}");
}

#[tokio::test]
async fn a_locked_keyring_gives_nothing_away() {
    let desktop = Desktop::builder("A keyring.").without_speech().start().await;
    let store = "printf secret | secret-tool store --label=x app rig";
    assert!(desktop.command("sh").args(["-c", store]).output().unwrap().status.success());
    let look = ["lookup", "app", "rig"];
    assert_eq!(desktop.command("secret-tool").args(look).output().unwrap().stdout, b"secret");
    desktop.keyring.as_ref().unwrap().lock().await;
    assert_eq!(desktop.command("secret-tool").args(look).output().unwrap().stdout, b"");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_lock_is_told_by_all_three() {
    let desktop = Desktop::builder("A lock.").without_speech().start().await;
    let read = |arguments: &[&str]| {
        let done = desktop.command("gdbus").arg("call").args(arguments).output().unwrap();
        String::from_utf8(done.stdout).unwrap()
    };
    let logind = [
        "--system",
        "-d",
        "org.freedesktop.login1",
        "-o",
        "/org/freedesktop/login1/session/auto",
        "-m",
        "org.freedesktop.DBus.Properties.Get",
        "org.freedesktop.login1.Session",
        "LockedHint",
    ];
    let saver = |name: &'static str, path: &'static str, method: &'static str| {
        ["--session", "-d", name, "-o", path, "-m", method]
    };
    let gnome =
        saver("org.gnome.ScreenSaver", "/org/gnome/ScreenSaver", "org.gnome.ScreenSaver.GetActive");
    let freedesktop = saver(
        "org.freedesktop.ScreenSaver",
        "/org/freedesktop/ScreenSaver",
        "org.freedesktop.ScreenSaver.GetActive",
    );
    assert!(read(&logind).contains("false"));
    desktop.lock().lock().await;
    for told in [read(&logind), read(&gnome), read(&freedesktop)] {
        assert!(told.contains("true"), "{told}");
    }
    desktop.lock().set(Source::Logind, false).await;
    assert!(read(&logind).contains("false"));
    assert!(read(&gnome).contains("true"));
}

#[tokio::test]
async fn sound_goes_to_the_loudspeakers_until_it_is_sent_elsewhere() {
    let mut desktop = Desktop::builder("Sound.").without_speech().sound().start().await;
    let default = |desktop: &Desktop| {
        let info = desktop.command("pactl").arg("info").output().unwrap();
        String::from_utf8(info.stdout).unwrap()
    };
    assert!(default(&desktop).contains("Default Sink: speakers"));
    desktop.sound().send_to(Output::Headset);
    assert!(default(&desktop).contains("Default Sink: headset"));
}

/// Black squares on white, as large as the window.
pub(super) const SQUARES: &str = "data:text/html,<title>Squares</title>\
    <body style='margin:0;height:100vh;background:\
    conic-gradient(black 90deg,white 90deg 180deg,black 180deg 270deg,white 270deg) \
    0 0/200px 200px'>";

#[tokio::test(flavor = "multi_thread")]
async fn a_page_fills_a_large_screen_on_x() {
    let desktop = Desktop::builder("A screen.").without_speech().screen(3840, 2160).start().await;
    let browser = Browser::open_as(&desktop, "first", Engine::Chromium, Window::WholeScreen).await;
    browser.go(SQUARES).await;
    browser.wait_until_shown(&desktop).await;
    let screen = desktop.picture();
    assert_eq!(screen.size(), Screen { width: 3840, height: 2160 });
    assert_eq!((screen.at(99, 99), screen.at(101, 99)), ([255; 3], [0; 3]));
}

async fn what_is_copied_is_pasted(desktop: &Desktop) {
    desktop.copy_text("sayso:bind?æ\n").await;
    assert_eq!(desktop.clipboard(), "sayso:bind?æ\n");
    let picture = desktop.dir().join("x.png");
    Picture::plain(Screen { width: 30, height: 20 }, [1, 2, 3]).write_png(&picture);
    desktop.copy_picture(&picture).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_copied_on_x_is_pasted() {
    let desktop = Desktop::builder("A clipboard.").without_speech().start().await;
    what_is_copied_is_pasted(&desktop).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dialog_on_wayland_takes_the_keys_beside_the_page() {
    let desktop = Desktop::builder("Keys.").without_speech().wayland().start().await;
    what_is_copied_is_pasted(&desktop).await;
    let browser = Browser::open_as(&desktop, "first", Engine::Chromium, Window::Normal).await;
    browser.go(SQUARES).await;
    browser.wait_until_shown(&desktop).await;
    let mut ask = desktop.command("zenity");
    ask.args(["--entry", "--title", "Sayso", "--text", "Code"]);
    let mut dialog = Process::start_quiet("dialog", &mut ask, &desktop.logs());
    desktop.wait_for_focus_on_wayland("Sayso").await;
    desktop.type_on_wayland("482913");
    desktop.press_on_wayland("Return");
    dialog.wait_for_end().await;
    assert!(dialog.log().contains("482913\n"), "{}", dialog.log());
    browser.wait_until_shown(&desktop).await;
}
