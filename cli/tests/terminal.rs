//! `sayso` in a terminal of its own: what was typed before a question was printed never answers
//! it, and a session bus that does not answer holds nobody up.

#[cfg(test)]
mod stand_in;

#[cfg(test)]
mod tests {
    use std::fs::File;
    use std::io::{Read, Write};
    use std::os::fd::OwnedFd;
    use std::process::Stdio;
    use std::time::Duration;

    use rustix::event::{PollFd, PollFlags, Timespec, poll};
    use rustix::fs::{Mode, OFlags};
    use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
    use tokio::net::UnixListener;
    use tokio::process::Command;
    use tokio::time::timeout;

    use super::stand_in::{Daemon, serve};

    /// How long a command may take here.
    const PATIENCE: Duration = Duration::from_secs(30);

    /// A terminal: the person's side, and the program's.
    fn terminal() -> (File, OwnedFd) {
        let person = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
        grantpt(&person).unwrap();
        unlockpt(&person).unwrap();
        let name = ptsname(&person, Vec::new()).unwrap();
        let program =
            rustix::fs::open(name.as_c_str(), OFlags::RDWR | OFlags::NOCTTY, Mode::empty());
        (File::from(person), program.unwrap())
    }

    /// Types a line until this is on the screen: one that comes too early is thrown away.
    fn type_until(person: &mut File, line: &str, text: &str) {
        let patience = Timespec { tv_sec: 0, tv_nsec: 500_000_000 };
        let mut screen = String::new();
        while !screen.contains(text) {
            person.write_all(line.as_bytes()).unwrap();
            while poll(&mut [PollFd::new(person, PollFlags::IN)], Some(&patience)).unwrap() > 0 {
                screen.push_str(&some(person, &screen));
                if screen.contains(text) {
                    return;
                }
            }
        }
    }

    /// Reads what is on the screen until this comes.
    fn read_until(screen: &mut File, text: &str) {
        let mut read = String::new();
        while !read.contains(text) {
            read.push_str(&some(screen, &read));
        }
    }

    fn some(screen: &mut File, before: &str) -> String {
        let mut some = [0; 256];
        let length = screen.read(&mut some).unwrap_or_else(|end| panic!("{end}: {before}"));
        String::from_utf8_lossy(&some[..length]).into_owned()
    }

    /// `sayso` in a terminal where `pasted` waits already, and beside a session bus that does not
    /// answer. `answers` reads the screen and types. Answers with what the daemon was told, and
    /// the exit status.
    async fn told(
        arguments: &[&str],
        pasted: &str,
        answers: fn(&mut File),
    ) -> (Vec<String>, Option<i32>) {
        let ended = timeout(PATIENCE, command(arguments, pasted, answers)).await;
        ended.expect("it ends, and prints what is waited for")
    }

    async fn command(
        arguments: &[&str],
        pasted: &str,
        answers: fn(&mut File),
    ) -> (Vec<String>, Option<i32>) {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("sayso")).unwrap();
        let door = UnixListener::bind(folder.path().join("sayso/socket")).unwrap();
        let _silent_bus = UnixListener::bind(folder.path().join("bus")).unwrap();
        let bus = format!("unix:path={}", folder.path().join("bus").display());
        let (mut person, program) = terminal();
        person.write_all(pasted.as_bytes()).unwrap();
        let side = || Stdio::from(program.try_clone().unwrap());
        let mut sayso = Command::new(env!("CARGO_BIN_EXE_sayso"))
            .args(arguments)
            .env("XDG_RUNTIME_DIR", folder.path())
            .env("DBUS_SESSION_BUS_ADDRESS", bus)
            .env_remove("DISPLAY")
            .env_remove("WAYLAND_DISPLAY")
            .stdin(side())
            .stdout(side())
            .stderr(side())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let daemon = Daemon::default();
        let (caller, _) = door.accept().await.unwrap();
        let _connection = serve(&daemon, caller).await;
        let mut hands = person.try_clone().unwrap();
        tokio::task::spawn_blocking(move || answers(&mut hands)).await.unwrap();
        let status = sayso.wait().await.unwrap();
        let mut told = daemon.told();
        told.retain(|line| !line.starts_with("attended"));
        told.dedup();
        (told, status.code())
    }

    #[tokio::test]
    async fn a_session_bus_that_does_not_answer_holds_nobody_up() {
        let (told, status) = told(&["enter", "482913"], "", |terminal| {
            read_until(terminal, "Answer:");
            terminal.write_all(b"yes\n").unwrap();
        })
        .await;
        assert_eq!(told, ["enter 482913 ", "approve r1 token"]);
        assert_eq!(status, Some(0));
    }

    #[tokio::test]
    async fn a_pasted_approve_answers_no_question_that_it_came_before() {
        let (told, status) = told(&[], "482913\napprove\n", |terminal| {
            read_until(terminal, "Answer:");
            terminal.write_all(b"deny\n").unwrap();
        })
        .await;
        assert_eq!(told, ["next Terminal", "enter 482913 ", "deny r1 token"]);
        assert_eq!(status, Some(1));
    }

    #[tokio::test]
    async fn a_pasted_approve_answers_nothing_at_an_attending_terminal() {
        let (told, status) = told(&["attend"], "482913\napprove\n", |terminal| {
            read_until(terminal, "Approve or deny?");
            type_until(terminal, "deny r1\n", "Type approve or deny.");
            terminal.write_all(b"deny\n").unwrap();
            read_until(terminal, "Said.");
            terminal.write_all(b"\x04").unwrap();
        })
        .await;
        assert_eq!(told, ["enter 482913 ", "deny r1 token"]);
        assert_eq!(status, Some(0));
    }
}
