//! What nobody but its owner may read: in no log, no argument list, no notification, and nowhere
//! on the buses.

use std::collections::BTreeMap;
use std::path::Path;

use rig::cli::Terminal;
use rig::desktop::{Desktop, KeyringAtStart};
use rig::story::Story;

const HEADING: &str = "\
A login that leaves no secret behind. After it the code, the activation code, the receipt, the
ticket, the login page's address, the bank's API key and the private keys stand in no log, no
argument list, no notification, and nowhere on the buses.";

#[tokio::test(flavor = "multi_thread")]
async fn secrets_in_files() {
    // Keys in files, so that the story can read them and look for them elsewhere.
    login(KeyringAtStart::Absent, "secrets").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn secrets_in_the_keyring() {
    // Keys in the keyring: they cross the session bus, encrypted.
    login(KeyringAtStart::Open, "secrets-keyring").await;
}

async fn login(keyring: KeyringAtStart, name: &str) {
    let mut story = Story::begin(Desktop::builder(HEADING).keyring(keyring)).await;
    let folder = story.desktop.dir().display().to_string();
    story.transcript().name(&folder, "FOLDER");
    if keyring == KeyringAtStart::Absent {
        story.desktop.speech().wait_for("There is no keyring").await;
    }
    let mut login = story.log_in("CODE-1").await;
    story.wait_for_shown("log in? Answer: code", 1).await;
    let mut terminal = Terminal::sayso(&story.desktop, &["enter"]);
    terminal.read_until("Code from the page:").await;
    let mut seen = argument_lists();
    terminal.type_line(&login.code);
    story.wait_for_question(&mut terminal).await;
    seen += &argument_lists();
    terminal.type_line("approve");
    login.go_on("Approved", story.transcript()).await;
    terminal.wait_for_status(0).await;
    seen += &argument_lists();

    let secrets = secrets(&story, &login.code, login.address());
    for (what, secret) in &secrets {
        assert!(secret.len() >= 6, "{what} is known to the story: {secret:?}");
    }
    if keyring == KeyringAtStart::Absent {
        assert!(secrets.keys().any(|name| name.starts_with("key")), "{:?}", secrets.keys());
    }
    let mut places = logs(&story.desktop.logs());
    places.insert("argument lists".into(), seen);
    places.insert("session bus".into(), story.desktop.session_bus().readable().await);
    places.insert("system bus".into(), story.desktop.system_bus().readable().await);
    assert!(places["session bus"].contains("log in? Answer: code"), "notifications are read");
    assert!(places["argument lists"].contains("saysod"));
    assert!(places["saysod.log"].len() > 100 && places["broker.log"].len() > 100);
    for (place, text) in &places {
        for (what, secret) in &secrets {
            if let Some(line) = reveals(text, secret) {
                panic!("{what} stands in {place}: {line}");
            }
        }
    }
    story.end(name).await;
}

/// All that must not be read elsewhere, by name.
fn secrets(story: &Story, code: &str, page: &str) -> BTreeMap<String, String> {
    let (head, tail) = code.split_at(3);
    let apart = |digits: &str| digits.chars().map(String::from).collect::<Vec<_>>().join(" ");
    let mut secrets = BTreeMap::from([
        ("code".to_owned(), code.to_owned()),
        ("code as shown".to_owned(), format!("{head} {tail}")),
        ("code as spoken".to_owned(), format!("{}, {}", apart(head), apart(tail))),
        ("page".to_owned(), page.rsplit('/').next().unwrap_or_default().to_owned()),
        ("API key".to_owned(), story.service.api_key().to_owned()),
        ("ticket".to_owned(), story.service.last_ticket().unwrap_or_default()),
        ("activation code".to_owned(), story.broker.last_activation()),
    ]);
    let decision = story.broker.proxy().passed_named("POST /v1/requests/*/decision").remove(0);
    let decision: serde_json::Value = serde_json::from_slice(&decision.body).unwrap();
    let jws = decision["decision"].as_str().unwrap();
    let claims = rig::story::claims(jws).unwrap();
    secrets.insert("receipt".to_owned(), claims["receipt"].as_str().unwrap().to_owned());
    secrets.insert("signed decision".to_owned(), jws.to_owned());
    let folder = story.desktop.dir().join("home/.local/state/sayso/keys");
    for file in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let name = format!("key {}", file.file_name().to_string_lossy());
        let key = std::fs::read_to_string(file.path()).unwrap();
        secrets.insert(name, key.trim().to_owned());
    }
    secrets
}

/// Every log of the story's processes, Sayso's at their most talkative level.
fn logs(folder: &Path) -> BTreeMap<String, String> {
    std::fs::read_dir(folder)
        .expect("the logs")
        .flatten()
        .map(|file| {
            let text = std::fs::read(file.path()).unwrap_or_default();
            let name = file.file_name().to_string_lossy().into_owned();
            (name, String::from_utf8_lossy(&text).into_owned())
        })
        .collect()
}

/// The argument lists of all processes, as everybody on the machine may read them.
fn argument_lists() -> String {
    std::fs::read_dir("/proc")
        .expect("/proc")
        .flatten()
        .filter_map(|process| std::fs::read(process.path().join("cmdline")).ok())
        .map(|line| String::from_utf8_lossy(&line).replace('\0', " ") + "\n")
        .collect()
}

/// The line in which the secret stands by itself: six digits may well be part of a longer number
/// or of a time stamp.
fn reveals<'a>(text: &'a str, secret: &str) -> Option<&'a str> {
    let part_of_a_number = |c: char| c.is_ascii_digit() || c == '.';
    text.lines().find(|line| {
        line.match_indices(secret).any(|(at, _)| {
            !line[..at].ends_with(part_of_a_number)
                && !line[at + secret.len()..].starts_with(|c: char| c.is_ascii_digit())
        })
    })
}
