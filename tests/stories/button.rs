//! The buttons of the notification, pressed by the person and by somebody else.

use rig::desktop::Desktop;
use rig::keyboard::Keyboard;
use rig::speech::Ending;
use rig::story::Story;

const DENIED: &str = "\
The notification's Deny. Another program on the session bus claims that Deny was pressed: nothing
happens. Anna presses it herself: nobody is logged in.";

const ANSWERED: &str = "\
The notification's Answer. Anna presses it: a dialog asks for the code and then the question. She
approves there.";

const SERVER: &str = "org.freedesktop.Notifications";

#[tokio::test(flavor = "multi_thread")]
async fn button_deny() {
    let mut story = Story::begin(Desktop::builder(DENIED)).await;
    let mut login = story.log_in("CODE-1").await;
    let shown = story.desktop.session_bus().wait_for_notification("log in? Answer: code").await;
    story.act("another program claims that Deny was pressed");
    let stranger = story.desktop.session_bus().connect().await;
    for action in ["deny", "answer"] {
        let path = "/org/freedesktop/Notifications";
        let forged = (shown.id, action);
        stranger.emit_signal(None::<&str>, path, SERVER, "ActionInvoked", &forged).await.unwrap();
    }
    // The daemon reads its bus in order: once it has answered, it has read the claims.
    let waiting = stranger
        .call_method(
            Some("org.sayso.Approver"),
            "/org/sayso/Approver",
            Some("org.freedesktop.DBus.Properties"),
            "Get",
            &("org.sayso.Approver1", "Waiting"),
        )
        .await
        .unwrap();
    let waiting: zbus::zvariant::OwnedValue = waiting.body().deserialize().unwrap();
    assert_eq!(u32::try_from(waiting).unwrap(), 1);
    assert!(story.broker.proxy().passed_named("POST /v1/requests/*/decision").is_empty());

    story.act("Anna presses Deny");
    story.desktop.notifications().press(&shown, "deny");
    story.desktop.speech().wait_for("Denied. Nobody was logged in.").await;
    story.desktop.session_bus().wait_for_empty_screen().await;
    login.go_on("Denied", story.transcript()).await;
    story.service.wait_for_return().await;
    assert_eq!(story.broker.proxy().passed_named("POST /v1/requests/*/decision").len(), 1);
    story.end("button-deny").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn button_answer() {
    let mut story = Story::begin(Desktop::builder(ANSWERED)).await;
    let mut keyboard = Keyboard::start(&story.desktop, "true").await;
    let mut login = story.log_in("CODE-1").await;
    let shown = story.desktop.session_bus().wait_for_notification("log in? Answer: code").await;
    story.act("Anna presses Answer");
    story.desktop.notifications().press(&shown, "answer");
    keyboard.wait_for_dialog().await;
    story.act("typed in the dialog: CODE-1");
    keyboard.type_text(&login.code);
    keyboard.press("Return");
    let question = story.desktop.speech().wait_for("Approve or deny?").await;
    assert_eq!(question.ending, Ending::Whole);
    keyboard.wait_for_dialog().await;
    story.act("in the dialog: Tab, Space");
    keyboard.press("Tab");
    keyboard.press("space");
    login.go_on("Approved", story.transcript()).await;
    story.desktop.speech().wait_for("Approved. You are logged in").await;
    story.service.wait_for_return().await;
    story.end("button-answer").await;
}
