//! The service of `docs/services`: fifty lines of Python that know the public interface alone.

use std::path::Path;

use rig::cli::Terminal;
use rig::desktop::Desktop;
use rig::processes::{Process, bare_command, free_address};
use rig::story::{ACCOUNT, Login, Story};
use rig::transcript::Channel;

const HEADING: &str = "\
A service in Python. A site of fifty lines, as the documents print it, lets Anna log in. Sayso
tells her of it and she approves by ear; the site verifies the outcome by itself and lets her in.
Another browser that brings a ticket of its own making is not let in.";

#[tokio::test(flavor = "multi_thread")]
async fn python_service() {
    let mut story = Story::begin(Desktop::builder(HEADING)).await;
    // Free a moment ago: the address must be known to the broker before the site opens it.
    let port = free_address().port();
    let home = format!("http://127.0.0.1:{port}");
    let api_key = story.broker.add_service("Python Site", &format!("{home}/return")).await;
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/services/login.py");
    // Debian's own Python has the packages.
    let mut command = bare_command("/usr/bin/python3");
    command.arg(script).args([&story.broker.origin(), "python-site", &port.to_string()]);
    let folder = story.desktop.dir();
    let mut site = Process::start_quiet("site", command.env("SAYSO_API_KEY", &api_key), folder);
    site.wait_for_line("Open http://127.0.0.1").await;

    story.act("in the browser: Anna begins to log in at the Python Site");
    let mut login = Login::open(&format!("{home}/login?account={ACCOUNT}"), "en").await;
    story.transcript().name_code(&login.code, "CODE-1");
    story.desktop.speech().wait_for("The code is on the page").await;
    let mut terminal = Terminal::sayso(&story.desktop, &["enter", &login.code]);
    story.wait_for_question(&mut terminal).await;
    terminal.type_line("approve");
    login.go_on("Approved", story.transcript()).await;
    login.tell(story.transcript());
    assert_eq!(login.page().text(), "You are logged in as anna.");
    terminal.wait_for_status(0).await;

    let stranger =
        reqwest::get(format!("{home}/return?state=x&ticket=AAAAAAAAAAAAAAAAAAAAAA")).await;
    let stranger = stranger.unwrap();
    assert_eq!(stranger.status(), 403);
    story
        .transcript()
        .note(Channel::Page, format!("a stranger: {}", stranger.text().await.unwrap()));
    assert!(!site.log().contains("ticket"), "{}", site.log());
    story.end("python-service").await;
}
