//! Who is turned away at the doors: another user, and a program in a sandbox.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

use rig::cli::{self, Ran};
use rig::daemon::Daemon;
use rig::desktop::Desktop;
use rig::processes::program;
use rig::story::Story;
use rig::transcript::Channel;

const ANOTHER_USER: &str = "\
Another user of this computer calls Sayso while a login waits, through every door. Nothing is told
and nothing is done; whoever reaches the door is told why.";

const SANDBOXED: &str = "\
A program in a sandbox calls Sayso while a login waits, through both doors. Nothing is told and
nothing is done; it is told why.";

const WAITING: [&str; 3] =
    ["org.freedesktop.DBus.Properties.Get", "org.sayso.Approver1", "Waiting"];
const REPEAT: [&str; 1] = ["org.sayso.Approver1.Repeat"];

#[tokio::test(flavor = "multi_thread")]
async fn another_user() {
    let mut story = begin(ANOTHER_USER).await;
    story.log_in("CODE-1").await;
    story.act("another user: sayso deny");
    let ran = cli::run_silently(as_another_user(&cli::sayso(&story.desktop, &["deny"])), "").await;
    assert_eq!(ran.status, 3, "{}{}", ran.out, ran.err);
    told(&story, &ran);
    let ran = cli::run_silently(as_another_user(&public(&story, &WAITING)), "").await;
    assert!(ran.status != 0 && ran.out.is_empty(), "{}{}", ran.out, ran.err);

    open_to_all(story.desktop.dir(), &Daemon::door(&story.desktop));
    story.act("the private door's folder is opened to everybody; another user: sayso deny");
    let ran = cli::run_silently(as_another_user(&cli::sayso(&story.desktop, &["deny"])), "").await;
    assert!(ran.err.contains("Another user called Sayso and was refused."), "{}", ran.err);
    told(&story, &ran);
    deny(story, "another-user").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sandboxed_program() {
    let mut story = begin(SANDBOXED).await;
    let code = story.log_in("CODE-1").await.code;
    for words in [&["enter", code.as_str()][..], &["deny"], &["requests"]] {
        story.act(&format!("in a sandbox: sayso {}", words.join(" ")));
        let sayso = cli::sayso(&story.desktop, words);
        let ran = cli::run_silently(in_sandbox(&story, &sayso), "").await;
        let why = "A sandboxed program called Sayso and was refused.";
        assert!(ran.err.contains(why), "{words:?}: {}{}", ran.out, ran.err);
        told(&story, &ran);
    }
    let outside = cli::run_silently(public(&story, &WAITING), "").await;
    assert_eq!((outside.status, outside.out.trim()), (0, "(<uint32 1>,)"), "{}", outside.err);
    story.act("in a sandbox: Repeat, called over the session bus");
    let ran = cli::run_silently(in_sandbox(&story, &public(&story, &REPEAT)), "").await;
    assert!(ran.err.contains("A sandboxed program called Sayso"), "{}{}", ran.out, ran.err);
    deny(story, "sandboxed-program").await;
}

async fn begin(heading: &str) -> Story {
    Story::begin(Desktop::builder(heading).without_notifications().without_display()).await
}

/// What the stranger was told.
fn told(story: &Story, ran: &Ran) {
    assert!(ran.status != 0 && ran.out.is_empty(), "{}", ran.out);
    story.transcript().note(Channel::Printed, format!("printed: {}", ran.err.trim()));
}

/// The login still waits, and nothing was sent; the person ends it.
async fn deny(mut story: Story, name: &str) {
    assert!(story.broker.proxy().passed_named("POST /v1/bindings").is_empty());
    assert!(story.broker.proxy().passed_named("POST /v1/requests/*/decision").is_empty());
    let ran = cli::run(&story.desktop, &["deny"]).await;
    assert_eq!(ran.status, 1, "{}{}", ran.out, ran.err);
    story.desktop.speech().wait_for("Denied.").await;
    story.end(name).await;
}

/// A call of the door at the session bus.
fn public(story: &Story, call: &[&str]) -> Command {
    let mut command = story.desktop.command("gdbus");
    command.args(["call", "--session", "--dest", "org.sayso.Approver"]);
    command.args(["--object-path", "/org/sayso/Approver", "--method"]).args(call);
    command
}

/// The same command with the same environment, as another user: nobody, where the story may become
/// anybody, else one of the user ids that the person has for such things (`/etc/subuid`).
fn as_another_user(command: &Command) -> Command {
    let mut other = if rustix::process::getuid().is_root() {
        let mut other = rig::processes::bare_command("setpriv");
        other.args(["--reuid=65534", "--regid=65534", "--clear-groups"]);
        other
    } else {
        let mut other = rig::processes::bare_command("unshare");
        other.args(["--user", "--map-auto", "--setuid=1", "--setgid=1"]);
        other
    };
    other.arg("--");
    within(other, command)
}

/// The same command in a sandbox as flatpak makes them, with the person's session let in.
fn in_sandbox(story: &Story, command: &Command) -> Command {
    let mut sandbox = rig::processes::bare_command("bwrap");
    sandbox.args(["--ro-bind", "/usr", "/usr", "--symlink", "usr/bin", "/bin"]);
    sandbox.args(["--symlink", "usr/lib", "/lib", "--symlink", "usr/lib64", "/lib64"]);
    sandbox.args(["--proc", "/proc", "--dev", "/dev"]);
    let programs = program("sayso").parent().map(Path::to_owned).unwrap();
    for folder in [programs.as_path(), story.desktop.dir()] {
        sandbox.arg("--bind").arg(folder).arg(folder);
    }
    sandbox.args(["--dir", "/.flatpak-info", "--"]);
    within(sandbox, command)
}

fn within(mut outer: Command, command: &Command) -> Command {
    outer.arg(command.get_program()).args(command.get_args());
    outer.envs(command.get_envs().filter_map(|(name, value)| Some((name, value?))));
    outer
}

/// Opens every folder down to the door, as a careless administrator might.
fn open_to_all(top: &Path, door: &Path) {
    let mode = |path: &Path, mode| {
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
    };
    for folder in door.ancestors().skip(1).take_while(|folder| folder.starts_with(top)) {
        mode(folder, 0o755);
    }
    mode(door, 0o777);
}
