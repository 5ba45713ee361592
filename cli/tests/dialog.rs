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

    #[tokio::test]
    async fn an_address_opens_the_question_and_two_keys_answer_it() {
        let (told, ended, _) = told(&["open", "sayso:bind?x"], "echo Approve").await;
        assert_eq!(told, ["open sayso:bind?x Dialog", "approve r1 token"]);
        assert_eq!(ended.status.code(), Some(0));
    }

    #[tokio::test]
    async fn an_address_that_leads_nowhere_is_told_in_one_dialog_and_fifty_in_none() {
        let script = r#"printf '%s\n' "$*" >>"${0%/*}/shown""#;
        let (_, ended, shown) = told(&["open", "sayso:other"], script).await;
        assert_eq!(ended.status.code(), Some(2));
        assert!(shown.contains("Not ours. Close its page."), "{shown}");
        let (_, ended, shown) = told(&["open", "sayso:soon"], script).await;
        assert_eq!((ended.status.code(), shown.as_str()), (Some(2), ""));
    }

    #[tokio::test]
    async fn an_invitation_to_register_opens_no_registration_without_a_terminal() {
        let address = "sayso:register?broker=http://127.0.0.1:9&account=anna";
        let (told, ..) = told(&["open", address], "exit 1").await;
        assert_eq!(told, [format!("open {address} Dialog")]);
    }
}
