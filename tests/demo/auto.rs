//! The demo that plays the person too. Everything around Sayso is real and private: buses,
//! Speech Dispatcher, espeak-ng's voice, notifications, keyring, Chromium.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, ensure};
use rig::browser::Browser;
use rig::cli::{self, Terminal};
use rig::daemon::Daemon;
use rig::desktop::Desktop;
use rig::processes::{bare_command, program};
use rig::speech::Voice;
use rig::transcript::Channel;
use sayso_words::{Language, Words, say};

use crate::dev::{self, Dev, SERVICE};

/// A recording below this (root mean square, of 1) holds no speech.
const QUIETEST: f64 = 0.01;
const HEADING: &str = "A login approved by ear: what was said, shown, printed and typed, and what \
                       the service got.";

/// Plays the whole story, prints its transcript, and leaves that and the speech in `out`.
///
/// # Errors
/// If anything came otherwise than it must.
pub(crate) async fn run(out: &Path) -> anyhow::Result<()> {
    eprintln!("Starting a private session, a broker and Sayso.");
    let desktop = Desktop::builder(HEADING).without_speech().start().await;
    let voice = Voice::start(&desktop.dir().join("speech"), desktop.transcript()).await;
    let store = desktop.dir().join("broker");
    let dev = dev::start(desktop.command(program("sayso-broker")), &store, &desktop.logs()).await;
    let daemon = Daemon::start(&desktop).await;
    let words = Words::new(Language::English);

    eprintln!("Registering this computer.");
    register(&desktop, &voice, &dev, &words).await?;
    eprintln!("Logging in.");
    let page = log_in(&desktop, &voice, &dev, &words).await?;
    verify_records(&desktop, &store).await?;

    act(&desktop, "afterwards:");
    desktop.transcript().note(Channel::Service, format!("the service's page reads: {page}"));
    desktop.tell();
    let told = desktop.transcript().text();
    std::fs::write(out.join("transcript.txt"), &told)?;
    drop(daemon);
    let wav = out.join("demo.wav");
    let loudness = record(&voice, &wav)?;
    println!("{told}");
    println!("The speech is in {}; its loudness (RMS) is {loudness:.3}.", wav.display());
    ensure!(loudness > QUIETEST, "the recording holds no speech: RMS {loudness}");
    println!("It worked: the outcome verifies, and the service let the person in.");
    Ok(())
}

/// The person registers this computer at a terminal, and says what reaches them.
async fn register(
    desktop: &Desktop,
    voice: &Voice,
    dev: &Dev,
    words: &Words,
) -> anyhow::Result<()> {
    let host = dev.origin.trim_start_matches("http://");
    let what = ["register", &dev.origin, &dev.account, "--computer", "Anna's computer"];
    let settled = ["--language", "en", "--voice", "", "--rate", "0", "--speak-codes", "private"];
    let first = ["--approve-with", "code", "--same-device", "on"];
    let mut terminal = Terminal::sayso(desktop, &[&what[..], &settled[..], &first[..]].concat());
    terminal.read_until(&say!(words, "register-ask", host = host)).await;
    terminal.type_line("yes");
    terminal.read_until(&say!(words, "register-code")).await;
    act(desktop, "typed: the activation code");
    terminal.type_secretly(&dev.activation);
    for (asked, answer) in [
        (say!(words, "register-speech"), "yes"),
        (say!(words, "register-notification"), "yes"),
        (say!(words, "register-attend"), "no"),
    ] {
        terminal.read_until(&asked).await;
        voice.wait_for(&say!(words, "try-speech")).await;
        terminal.type_line(answer);
    }
    let (status, rest) = terminal.wait_for_end().await;
    ensure!(status == 0, "sayso register ended with {status}: {rest}");
    Ok(())
}

/// The person logs in at the demo service, by ear alone: no terminal shows anything. Returns
/// what the service's page reads then.
async fn log_in(
    desktop: &Desktop,
    voice: &Voice,
    dev: &Dev,
    words: &Words,
) -> anyhow::Result<String> {
    let browser = Browser::open(desktop, "browser").await;
    act(desktop, "browser: the person begins to log in at the demo service");
    browser.go(&dev.login).await;
    browser.press(&say!(words, "demo-log-in")).await;
    let code = browser.code().await;
    let page = one_line(&browser.text().await);
    desktop.transcript().note(Channel::Page, format!("login page: {page}"));
    let notice = say!(words, "notice-login", sayso = "Sayso.", service = SERVICE, risk = "none");
    voice.wait_for(&notice).await;
    voice.wait_for(&words.time_left(Duration::from_secs(300))).await;

    by_ear(desktop, &["enter", &code]).await?;
    let account = dev.account.as_str();
    let question = say!(words, "question-login", service = SERVICE, account = account);
    voice.wait_for(&question).await;
    by_ear(desktop, &["approve"]).await?;
    let approved = say!(words, "approved-login", service = SERVICE);
    voice.wait_for(&approved).await;
    browser.wait_for_text(&say!(words, "demo-in", account = account)).await;
    let address = browser.address().await;
    let there = dev.login.split("/demo").next().unwrap_or_default();
    ensure!(address.starts_with(there), "the browser ended at {address}");
    Ok(one_line(&browser.text().await))
}

/// `sayso` as a shortcut starts it: without a terminal and without a dialog everything is said.
async fn by_ear(desktop: &Desktop, arguments: &[&str]) -> anyhow::Result<()> {
    act(desktop, &format!("typed: sayso {}", arguments.join(" ")));
    let mut command = cli::sayso(desktop, arguments);
    command.env_remove("DISPLAY");
    let ran = cli::run_silently(command, "").await;
    ensure!(ran.status == 0, "sayso {arguments:?} ended with {}: {}", ran.status, ran.err);
    Ok(())
}

/// The broker's audit and the daemon's history are whole.
async fn verify_records(desktop: &Desktop, store: &Path) -> anyhow::Result<()> {
    let mut audit = desktop.command(program("sayso-broker"));
    audit.args(["audit", "verify", "--store"]).arg(store);
    for (what, command) in [
        ("sayso-broker audit verify", audit),
        ("sayso history --verify", cli::sayso(desktop, &["history", "--verify"])),
    ] {
        let ran = cli::run_silently(command, "").await;
        ensure!(ran.status == 0, "{what}: {}{}", ran.out, ran.err);
    }
    Ok(())
}

/// Writes what the voice spoke into a WAV file; returns how loud it is.
fn record(voice: &Voice, wav: &Path) -> anyhow::Result<f64> {
    voice.record(wav)?;
    let stat = sox(bare_command("sox").arg(wav).args(["-n", "stat"]))?;
    let line = stat.lines().find(|line| line.starts_with("RMS") && line.contains("amplitude"));
    let loudness = line.and_then(|line| line.split_whitespace().last());
    loudness.and_then(|number| number.parse().ok()).context("sox does not say how loud it is")
}

fn sox(command: &mut Command) -> anyhow::Result<String> {
    let done = command.output().context("sox")?;
    let said = String::from_utf8_lossy(&done.stderr).into_owned();
    ensure!(done.status.success(), "sox: {said}");
    Ok(said)
}

fn act(desktop: &Desktop, text: &str) {
    desktop.transcript().note(Channel::Act, text);
}

fn one_line(text: &str) -> String {
    text.lines().map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>().join(" / ")
}
