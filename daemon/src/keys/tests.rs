//! Keys on real files and in a real keyring.

use super::*;
use std::fs::Permissions;
use std::io::{BufRead as _, BufReader, Write as _};
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::process::{Child, Command, Stdio};
use tempfile::TempDir;

fn history_key() -> SecretKey {
    SecretKey::from_bytes(&[3; 32])
}

fn signer() -> Signer {
    let approver_key = SecretKey::from_bytes(&[1; 32]);
    Signer {
        approver: ApproverId(approver_key.public().thumbprint()),
        approver_key,
        link_key: SecretKey::from_bytes(&[2; 32]),
    }
}

async fn saved(folder: &Path) -> (Keys, PathBuf) {
    let keys = Keys::open(None, folder).await;
    keys.save_approver(&signer()).await.unwrap();
    let path = folder.join(FOLDER).join(format!("approver-{}.key", signer().approver));
    assert!(path.is_file());
    (keys, path)
}

#[tokio::test]
async fn without_a_keyring_keys_lie_in_private_files() {
    let folder = TempDir::new().unwrap();
    let (keys, path) = saved(folder.path()).await;
    assert_eq!(keys.place(), &Place::Files(folder.path().join(FOLDER)));
    let mode = |path: &Path| path.metadata().unwrap().permissions().mode() & 0o7777;
    assert_eq!((mode(&path), mode(path.parent().unwrap())), (0o600, 0o700));
    let loaded = keys.load_approver(&signer().approver).await.unwrap();
    assert_eq!(loaded.approver_key.public(), signer().approver_key.public());
    assert_eq!(loaded.link_key.public(), signer().link_key.public());
    let files = path.parent().unwrap().read_dir().unwrap().count();
    assert_eq!(files, 2, "nothing half-written is left");
}

#[tokio::test]
async fn a_missing_key_is_said_to_be_missing() {
    let folder = TempDir::new().unwrap();
    let keys = Keys::open(None, folder.path()).await;
    let loaded = keys.load_approver(&signer().approver).await;
    assert!(matches!(loaded, Err(KeyError::Missing)), "{loaded:?}");
    assert!(keys.load_history_key().await.unwrap().is_none());
}

#[tokio::test]
async fn the_history_key_is_found_again() {
    let folder = TempDir::new().unwrap();
    let keys = Keys::open(None, folder.path()).await;
    keys.save_history_key(&history_key()).await.unwrap();
    let found = keys.load_history_key().await.unwrap().unwrap();
    assert_eq!(found.public(), history_key().public());
}

#[tokio::test]
async fn forgotten_keys_are_gone() {
    let folder = TempDir::new().unwrap();
    let (keys, path) = saved(folder.path()).await;
    keys.forget_approver(&signer().approver).await.unwrap();
    keys.forget_approver(&signer().approver).await.unwrap();
    assert!(!path.exists());
}

#[tokio::test]
async fn a_file_or_folder_that_others_can_read_is_refused() {
    let folder = TempDir::new().unwrap();
    let (keys, path) = saved(folder.path()).await;
    for (path, open, private) in
        [(path.as_path(), 0o640, 0o600), (path.parent().unwrap(), 0o711, 0o700)]
    {
        std::fs::set_permissions(path, Permissions::from_mode(open)).unwrap();
        let loaded = keys.load_approver(&signer().approver).await;
        assert!(matches!(&loaded, Err(KeyError::Exposed(which)) if which == path), "{loaded:?}");
        std::fs::set_permissions(path, Permissions::from_mode(private)).unwrap();
    }
    keys.load_approver(&signer().approver).await.unwrap();
}

#[tokio::test]
async fn a_link_in_the_place_of_a_key_is_not_followed() {
    let folder = TempDir::new().unwrap();
    let (keys, path) = saved(folder.path()).await;
    let elsewhere = folder.path().join("elsewhere");
    std::fs::rename(&path, &elsewhere).unwrap();
    symlink(&elsewhere, &path).unwrap();
    let loaded = keys.load_approver(&signer().approver).await;
    assert!(matches!(loaded, Err(KeyError::Unreadable(_))), "{loaded:?}");
}

#[tokio::test]
async fn damaged_foreign_and_oversized_files_are_not_keys() {
    let folder = TempDir::new().unwrap();
    let (keys, path) = saved(folder.path()).await;
    let other = path.with_file_name(format!("link-{}.key", signer().approver));
    let other = std::fs::read_to_string(other).unwrap();
    for text in
        [String::new(), "x".repeat(44), "x".repeat(1 << 20), format!("{}+\n", &other[..42]), other]
    {
        std::fs::write(&path, &text).unwrap();
        let loaded = keys.load_approver(&signer().approver).await;
        assert!(matches!(loaded, Err(KeyError::Unreadable(_))), "{loaded:?}");
    }
}

#[tokio::test]
async fn an_id_that_leads_out_of_the_folder_is_refused() {
    let folder = TempDir::new().unwrap();
    let keys = Keys::open(None, folder.path()).await;
    let loaded = keys.load_approver(&ApproverId("../../etc/passwd".into())).await;
    assert!(matches!(loaded, Err(KeyError::Unreadable(_))), "{loaded:?}");
}

#[test]
fn every_error_is_said_in_both_languages_without_a_key() {
    let path = PathBuf::from("/state/sayso/keys/history.key");
    let errors = [
        KeyError::Locked,
        KeyError::Silent(String::new()),
        KeyError::Missing,
        KeyError::Unreadable(String::new()),
        KeyError::Exposed(path.clone()),
        KeyError::ReadOnly(path, String::new()),
        KeyError::Full,
    ];
    for language in [sayso_words::Language::English, sayso_words::Language::Danish] {
        for error in &errors {
            let sentence = error.sentence(&Words::new(language));
            assert!(
                sentence.matches(". ").count() + sentence.matches(": ").count() >= 1,
                "{sentence}"
            );
            assert!(!sentence.starts_with("error-"), "{sentence}");
        }
    }
}

/// Set in the process that a test starts with a session bus of its own.
const INSIDE: &str = "SAYSO_TEST_KEYRING";

/// A private session bus; ends with the value.
struct Bus {
    process: Child,
    address: String,
}

impl Bus {
    fn start(folder: &Path) -> Self {
        // No folder of services: nothing is started by asking for it.
        let config = folder.join("bus.conf");
        let listen = format!("unix:path={}", folder.join("bus").display());
        let text = format!(
            r#"<busconfig><type>session</type><listen>{listen}</listen>
               <policy context="default"><allow send_destination="*" eavesdrop="true"/>
               <allow eavesdrop="true"/><allow own="*"/></policy>
               </busconfig>"#
        );
        std::fs::write(&config, text).unwrap();
        let mut process = Command::new("dbus-daemon")
            .args(["--nofork", "--print-address=1"])
            .arg(format!("--config-file={}", config.display()))
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut address = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut address).unwrap();
        Self { process, address: address.trim().to_owned() }
    }
}

impl Drop for Bus {
    fn drop(&mut self) {
        self.process.kill().ok();
        self.process.wait().ok();
    }
}

/// Runs the test `name` again, in a process whose session bus is `bus`. Its folder is `folder`.
fn inside(name: &str, folder: &Path, bus: &Bus) {
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", name, "--nocapture", "--test-threads=1"])
        .env(INSIDE, folder)
        .env("HOME", folder)
        .env("XDG_DATA_HOME", folder)
        .env("XDG_RUNTIME_DIR", folder)
        .env("DBUS_SESSION_BUS_ADDRESS", &bus.address)
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && text.contains("1 passed"), "{text}");
}

async fn connect() -> zbus::Connection {
    let limit = std::time::Duration::from_secs(20);
    tokio::time::timeout(limit, zbus::Connection::session()).await.unwrap().unwrap()
}

/// Starts the real keyring, unlocked with a password, and waits until it owns its name.
async fn start_keyring(folder: &Path, session: &zbus::Connection) -> Child {
    use futures_util::StreamExt as _;
    let bus = zbus::fdo::DBusProxy::new(session).await.unwrap();
    let mut owners =
        bus.receive_name_owner_changed_with_args(&[(0, keyring::SERVICE)]).await.unwrap();
    let mut process = Command::new("gnome-keyring-daemon")
        .args(["--foreground", "--unlock", "--components=secrets"])
        .arg(format!("--control-directory={}", folder.display()))
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    process.stdin.take().unwrap().write_all(b"test-password").unwrap();
    let owner = tokio::time::timeout(std::time::Duration::from_secs(20), owners.next()).await;
    assert!(owner.unwrap().is_some(), "the keyring came");
    process
}

async fn lock_keyring(session: &zbus::Connection) {
    let collection =
        zbus::zvariant::ObjectPath::try_from("/org/freedesktop/secrets/collection/login").unwrap();
    session
        .call_method(
            Some(keyring::SERVICE),
            "/org/freedesktop/secrets",
            Some("org.freedesktop.Secret.Service"),
            "Lock",
            &(vec![collection],),
        )
        .await
        .unwrap();
}

#[tokio::test]
async fn a_keyring_keeps_the_keys_and_says_when_it_is_locked() {
    let Some(folder) = std::env::var_os(INSIDE).map(PathBuf::from) else {
        let folder = TempDir::new().unwrap();
        let bus = Bus::start(folder.path());
        let name = "keys::tests::a_keyring_keeps_the_keys_and_says_when_it_is_locked";
        return inside(name, folder.path(), &bus);
    };
    let session = connect().await;
    let before = Keys::open(Some(&session), &folder).await;
    assert_eq!(before.place(), &Place::Files(folder.join(FOLDER)));
    before.save_history_key(&history_key()).await.unwrap();

    let mut process = start_keyring(&folder, &session).await;
    let keys = Keys::open(Some(&session), &folder).await;
    assert_eq!(keys.place(), &Place::Keyring);
    keys.save_approver(&signer()).await.unwrap();
    let loaded = keys.load_approver(&signer().approver).await.unwrap();
    assert_eq!(loaded.approver_key.public(), signer().approver_key.public());
    assert_eq!(loaded.link_key.public(), signer().link_key.public());
    let kept = std::fs::read_dir(folder.join(FOLDER)).unwrap().count();
    assert_eq!(kept, 1, "the keyring's keys are in no file");
    let found = keys.load_history_key().await.unwrap().unwrap();
    assert_eq!(found.public(), history_key().public(), "a key in a file is found there for ever");
    let early = before.load_approver(&signer().approver).await.unwrap();
    assert_eq!(early.link_key.public(), signer().link_key.public(), "a keyring that came later");

    lock_keyring(&session).await;
    let locked = Keys::open(Some(&session), &folder).await;
    assert_eq!(locked.place(), &Place::Keyring);
    for outcome in [
        locked.load_approver(&signer().approver).await.err(),
        locked.save_approver(&signer()).await.err(),
    ] {
        assert!(matches!(outcome, Some(KeyError::Locked)), "{outcome:?}");
    }
    std::fs::remove_file(folder.join(FOLDER).join("history.key")).unwrap();
    let kept = locked.save_history_key(&history_key()).await;
    assert!(matches!(kept, Err(KeyError::Locked)), "{kept:?}");

    process.kill().unwrap();
    process.wait().unwrap();
}

#[tokio::test]
async fn a_keyring_that_hangs_is_given_up() {
    let Some(folder) = std::env::var_os(INSIDE).map(PathBuf::from) else {
        let folder = TempDir::new().unwrap();
        let bus = Bus::start(folder.path());
        return inside("keys::tests::a_keyring_that_hangs_is_given_up", folder.path(), &bus);
    };
    let session = connect().await;
    // Somebody owns the name and never answers.
    let hung = zbus::Connection::session().await.unwrap();
    hung.request_name(keyring::SERVICE).await.unwrap();
    let _unread = zbus::MessageStream::from(&hung);
    let keys = Keys::open(Some(&session), &folder).await;
    assert_eq!(keys.place(), &Place::Files(folder.join(FOLDER)));
    let loaded = keys.load_approver(&signer().approver).await;
    assert!(matches!(&loaded, Err(KeyError::Silent(why)) if why.contains("in time")), "{loaded:?}");
}
