//! The demo that waits for the person.

use std::fmt::Write as _;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::ensure;
use rig::cli;
use rig::processes::{Process, program};
use tokio::net::UnixStream;

use crate::dev::{self, Dev};
use crate::session::Session;

/// How often to look whether broker and daemon still run.
const LOOK: Duration = Duration::from_secs(1);

/// Starts everything, says what to do, and waits until `stopped`.
///
/// # Errors
/// If a part does not start, or ends by itself.
pub(crate) async fn run(out: &Path, stopped: impl Future<Output = ()>) -> anyhow::Result<()> {
    tokio::pin!(stopped);
    let session = tokio::select! {
        session = Session::start() => session?,
        () = &mut stopped => return Ok(()),
    };
    let done = tokio::select! {
        done = offer(out, &session) => done,
        () = &mut stopped => Ok(()),
    };
    // All processes have ended with `offer`; what is left lies in the keyring and in `out`.
    session.clear().await;
    std::fs::remove_file(out.join("sayso")).ok();
    eprintln!("Everything that the demo started has ended.");
    done
}

/// Runs until a part ends by itself.
async fn offer(out: &Path, session: &Session) -> anyhow::Result<()> {
    let store = session.dir().join("broker");
    let mut dev = dev::start(session.command("sayso-broker"), &store, &session.logs()).await;
    let mut saysod = start_daemon(session).await;
    let wrapper = write_wrapper(out, session)?;
    register(session, &dev).await?;
    tell(session, &dev, &wrapper);
    let mut look = tokio::time::interval(LOOK);
    loop {
        look.tick().await;
        for part in [&mut dev.process, &mut saysod] {
            ensure!(part.is_running(), "a part ended by itself; its log:\n{}", part.log());
        }
    }
}

async fn start_daemon(session: &Session) -> Process {
    let mut command = session.command("saysod");
    let mut saysod = Process::start_quiet("saysod", &mut command, &session.logs());
    let door = session.dir().join("run/sayso/socket");
    saysod.wait_until("its door", async || UnixStream::connect(&door).await.is_ok()).await;
    saysod
}

/// Registers this computer without asking: what reaches the person, they find in a moment.
async fn register(session: &Session, dev: &Dev) -> anyhow::Result<()> {
    let on = |yes: bool| if yes { "on" } else { "off" };
    let mut command = session.command("sayso");
    command.args(["register", &dev.origin, &dev.account, "--yes", "--computer", "Demo"]);
    command.args(["--approve-with", "code", "--same-device", "on"]);
    command.args(["--speech", on(session.speaks), "--notification", on(session.is_own())]);
    command.args([
        "--attend",
        on(!session.speaks),
        "--voice",
        "",
        "--rate",
        "0",
        "--speak-codes",
        "private",
    ]);
    let ran = cli::run_silently(command, &format!("{}\n", dev.activation)).await;
    ensure!(ran.status == 0, "sayso register ended with {}: {}{}", ran.status, ran.out, ran.err);
    Ok(())
}

/// `demo-out/sayso`: the person's `sayso` for this demo.
fn write_wrapper(out: &Path, session: &Session) -> anyhow::Result<PathBuf> {
    let mut script = "#!/bin/sh\n# sayso, talking to the demo that runs now.\n".to_owned();
    let quoted = |text: &str| format!("'{}'", text.replace('\'', r"'\''"));
    for (name, value) in session.env() {
        writeln!(script, "export {name}={}", quoted(value))?;
    }
    writeln!(script, "exec {} \"$@\"", quoted(&program("sayso").display().to_string()))?;
    let path = out.join("sayso");
    std::fs::write(&path, script)?;
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755))?;
    Ok(path)
}

fn tell(session: &Session, dev: &Dev, wrapper: &Path) {
    let sayso = wrapper.display();
    if !session.speaks {
        println!("First, in another terminal, where Sayso then tells you: {sayso} attend");
    }
    println!("Open this address in a browser, and log in as {}: {}", dev.account, dev.login);
    if session.speaks {
        println!("Sayso says who asks. Then, in another terminal: {sayso}");
        println!("To read instead of hearing: {sayso} attend");
    }
    println!("It asks for the code on the page, then one question. Type approve or deny.");
    println!("To end all of it: Ctrl+C.");
}
