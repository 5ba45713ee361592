//! `sayso` started by a shortcut or an address. Where the dialog cannot be shown the daemon is
//! asked to speak; where it can, all that a person must read stands in one.

#[cfg(test)]
mod stand_in;

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;
    use std::path::Path;
    use std::process::{Output, Stdio};
    use std::time::Duration;

    use tokio::net::UnixListener;
    use tokio::process::Command;
    use tokio::time::timeout;

    use super::stand_in::{Daemon, serve};

    /// How long a command may take here.
    const PATIENCE: Duration = Duration::from_secs(30);

    /// A zenity that does this.
    fn zenity(folder: &Path, script: &str) {
        let path = folder.join("zenity");
        std::fs::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
    }

    /// `sayso` without a terminal. Answers with what the daemon was told, how it
    /// ended, and what zenity wrote down.
    async fn told(arguments: &[&str], script: &str) -> (Vec<String>, Output, String) {
        let folder = tempfile::tempdir().unwrap();
        zenity(folder.path(), script);
        std::fs::create_dir(folder.path().join("sayso")).unwrap();
        let door = UnixListener::bind(folder.path().join("sayso/socket")).unwrap();
        let sayso = Command::new(env!("CARGO_BIN_EXE_sayso"))
            .args(arguments)
            .env("PATH", folder.path())
            .env("XDG_RUNTIME_DIR", folder.path())
            .env("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent")
            .env("DISPLAY", ":9")
            .env_remove("WAYLAND_DISPLAY")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let daemon = Daemon::default();
        let ended = async {
            let (caller, _) = door.accept().await.unwrap();
            let _connection = serve(&daemon, caller).await;
            sayso.wait_with_output().await.unwrap()
        };
        let ended = timeout(PATIENCE, ended).await.expect("it ends");
        let shown = std::fs::read_to_string(folder.path().join("shown")).unwrap_or_default();
        (daemon.told(), ended, shown)
    }

    const NO_DISPLAY: &str = "echo 'Gtk-WARNING: cannot open display: :9' >&2; exit 1";

    #[tokio::test]
    async fn a_question_whose_dialog_cannot_be_shown_is_asked_aloud() {
        let (told, ended, _) = told(&["enter", "482913"], NO_DISPLAY).await;
        assert_eq!(told, ["enter 482913 ", "question r1 Nowhere"]);
        assert_eq!(ended.status.code(), Some(0));
        let printed = String::from_utf8(ended.stdout).unwrap();
        assert!(printed.contains("Log in at Example Bank as Anna?"), "{printed}");
    }

    #[tokio::test]
    async fn what_waits_for_its_code_is_said_where_no_dialog_can_ask_for_it() {
        let (told, ended, _) = told(&[], NO_DISPLAY).await;
        assert_eq!(told, ["next Dialog", "next Nowhere"]);
        assert_eq!(ended.status.code(), Some(2));
    }

    #[tokio::test]
    async fn a_dialog_that_was_closed_is_not_asked_again() {
        let (told, ended, _) = told(&["enter", "482913"], "exit 1").await;
        assert_eq!(told, ["enter 482913 "]);
        assert_eq!(ended.status.code(), Some(2));
    }

    /// A person who keeps all that is offered. Each dialog is written down, and a line after it.
    const REGISTERS: &str = r#"
printf '%s\n----\n' "$*" >>"${0%/*}/shown"
case "$*" in
*--info*) ;;
*'14 digits'*) echo 12345678901237 ;;
*--entry*) echo ;;
*'by sayso attend'*) echo No ;;
*) echo Yes ;;
esac"#;

    #[tokio::test]
    async fn a_registration_by_dialogs_shows_its_faults_and_its_end_in_dialogs() {
        let address = "sayso:register?broker=http%3A%2F%2F127.0.0.1%3A9&account=anna";
        let (told, ended, shown) = told(&["open", address], REGISTERS).await;
        assert_eq!(told, ["register anna"]);
        assert_eq!(ended.status.code(), Some(0));
        let dialogs: Vec<&str> = shown.split("----\n").collect();
        let with = |text: &str| dialogs.iter().find(|shown| shown.contains(text)).copied();
        let asked = with("by sayso attend").unwrap();
        assert!(asked.contains("Sayso cannot speak"), "{asked}");
        assert!(asked.contains("Notifications cannot be shown here."), "{asked}");
        let end = with("Next: a keyboard shortcut for each next step.").unwrap();
        assert!(end.starts_with("--info"), "{end}");
        assert!(end.contains("Nothing reaches you yet."), "{end}");
        assert!(end.contains("Speech off."), "{end}");
        assert!(end.contains("Terminal on."), "{end}");
    }

    #[tokio::test]
    async fn who_is_registered_is_registered_whatever_the_channels_do() {
        let address = "sayso:register?broker=http%3A%2F%2F127.0.0.1%3A9&account=silent";
        let (told, ended, shown) = told(&["open", address], REGISTERS).await;
        assert_eq!(told, ["register silent"]);
        assert_eq!(ended.status.code(), Some(0));
        assert!(shown.contains("The store is full. Make room."), "{shown}");
    }
}
