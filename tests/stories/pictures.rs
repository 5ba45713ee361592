//! What `sayso scan --dry-run` says of pictures, without a daemon.

use std::path::{Path, PathBuf};

use rig::cli;
use rig::desktop::{Desktop, Screen, write_black_png};
use serde_json::Value;

const HEADING: &str = "\
Pictures with QR codes. Anna has some, and wants to know what stands in them before Sayso does
anything: from files, and from the clipboard. Saysod is not even there. No secret is in a sentence;
a program gets the texts as they are. Then she tries what is no picture, or too large a one.";

fn picture(name: &str) -> PathBuf {
    let pictures = Path::new(env!("CARGO_MANIFEST_DIR")).join("../daemon/scan/tests/corpus");
    pictures.join(name).canonicalize().expect("a picture")
}

async fn look(desktop: &Desktop, file: &Path, status: i32) -> String {
    let file = file.display().to_string();
    let ran = cli::run(desktop, &["scan", "--dry-run", "--image", &file]).await;
    assert_eq!(ran.status, status, "{file}: {}{}", ran.out, ran.err);
    ran.out
}

#[tokio::test(flavor = "multi_thread")]
async fn pictures() {
    let desktop = Desktop::builder(HEADING).without_speech().start().await;
    let transcript = desktop.transcript();
    transcript.name(&desktop.dir().display().to_string(), "DIR");
    let addresses = picture("sayso-addresses.png");
    transcript.name(&addresses.parent().expect("a folder").display().to_string(), "PICTURES");

    let lines = look(&desktop, &addresses, 0).await;
    assert!(!lines.contains("QUJD") && !lines.contains("JBSW"), "a secret: {lines}");
    look(&desktop, &picture("two-codes.png"), 0).await;
    look(&desktop, &picture("none-many-icons.png"), 0).await;

    let file = addresses.display().to_string();
    let json = cli::run(&desktop, &["scan", "--dry-run", "--json", "--image", &file]).await;
    let codes: Value = serde_json::from_str(&json.out).expect("JSON");
    let column = |name: &str| -> Vec<&str> {
        let codes = codes.as_array().expect("an array").iter();
        codes.map(|code| code[name].as_str().expect(name)).collect()
    };
    assert_eq!(column("kind"), ["sayso-bind", "sayso-register", "sayso-bind", "otpauth"]);
    assert_eq!(column("would"), ["open-question", "register", "nothing", "nothing"]);
    assert!(column("text")[3].contains("secret=JBSWY3DPEHPK3PXP"), "{codes}");

    transcript.note(rig::transcript::Channel::Act, "Anna copies a picture with a QR code");
    desktop.copy_picture(&addresses).await;
    let copied = cli::run(&desktop, &["scan", "--dry-run", "--clipboard"]).await;
    assert_eq!((copied.status, copied.out), (0, lines));
    transcript.note(rig::transcript::Channel::Act, "Anna copies a word");
    desktop.copy_text("word").await;
    let copied = cli::run(&desktop, &["scan", "--dry-run", "--clipboard"]).await;
    assert_eq!(copied.status, 2, "{}{}", copied.out, copied.err);

    let file = |name: &str| desktop.dir().join(name);
    std::fs::write(file("empty.png"), b"").expect("a file");
    let whole = std::fs::read(&addresses).expect("a picture");
    std::fs::write(file("cut-off.png"), &whole[..whole.len() / 2]).expect("a file");
    write_black_png(&file("huge.png"), Screen { width: 16_384, height: 16_384 });
    for name in ["no-such.png", "empty.png", "cut-off.png", "huge.png", ""] {
        look(&desktop, &file(name), 2).await;
    }
    desktop.compare("pictures");
}
