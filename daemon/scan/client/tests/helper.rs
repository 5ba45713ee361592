//! What becomes of a helper that behaves badly. A shell script stands in for it.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::time::Duration;

use sayso_protocol::scan::Fault;
use sayso_scan_client::helper::{Helper, Source, Unread};

/// What a helper does that runs `script`; it may take half a second.
async fn says(script: &str) -> Result<Vec<String>, Unread> {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("script"), script).unwrap();
    let program = folder.path().join("sayso-scan");
    let stand_in = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/stand_in.sh");
    std::os::unix::fs::symlink(stand_in, &program).unwrap();
    let helper = Helper::at(program).within(Duration::from_millis(500));
    helper.read(Source::Bytes(vec![7; 100_000])).await
}

#[tokio::test]
async fn its_answer_is_handed_on() {
    let texts = says(r#"cat >/dev/null; echo '[{"text":"one"},{"text":"t\"wo"}]'"#).await.unwrap();
    assert_eq!(texts, ["one", "t\"wo"]);
}

#[tokio::test]
async fn one_that_does_not_read_the_picture_may_answer_nevertheless() {
    assert!(says("echo '[]'").await.unwrap().is_empty());
}

#[tokio::test]
async fn one_that_hangs_is_killed() {
    let folder = tempfile::tempdir().unwrap();
    let mark = folder.path().join("pid");
    let script = format!("echo $$ >{}; exec sleep 60", mark.display());
    assert!(matches!(says(&script).await, Err(Unread::TimedOut)));
    let pid: i32 = std::fs::read_to_string(mark).unwrap().trim().parse().unwrap();
    // It was killed as the answer was given; the kernel may take a moment to end it.
    let gone = async {
        while std::fs::read_to_string(format!("/proc/{pid}/comm")).is_ok_and(|it| it == "sleep\n") {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), gone).await.expect("it still runs");
}

#[tokio::test]
async fn one_that_never_ends_its_answer_is_killed() {
    assert!(matches!(says("while :; do :; done").await, Err(Unread::TimedOut)));
    assert!(matches!(says("yes").await, Err(Unread::Died)));
}

#[tokio::test]
async fn one_that_hands_on_more_codes_than_it_may_has_died() {
    let codes = |count: usize| format!("echo '[{}]'", [r#"{"text":"x"}"#].repeat(count).join(","));
    assert_eq!(says(&codes(32)).await.unwrap().len(), 32);
    assert!(matches!(says(&codes(33)).await, Err(Unread::Died)));
}

#[tokio::test]
async fn one_that_dies_or_says_nonsense_has_died() {
    for script in [
        "kill -SEGV $$",
        "exit 1",
        "exit 0",
        "echo '[{\"text\":\"cut",
        "echo '{\"text\":\"no array\"}'",
        "echo '[{\"text\":\"a\",\"more\":1}]'",
        r#"echo '{"error":"too-large"}' >&2; exit 3"#,
        r#"echo '{"error":"no-such"}' >&2; exit 12"#,
    ] {
        assert!(matches!(says(script).await, Err(Unread::Died)), "{script}");
    }
}

#[tokio::test]
async fn a_refusal_says_why() {
    let refused = says(r#"echo '{"error":"not-an-image"}' >&2; exit 11"#).await;
    assert!(matches!(refused, Err(Unread::Refused(Fault::NotAnImage))), "{refused:?}");
}

#[tokio::test]
async fn one_that_is_not_installed_is_not_there() {
    let nowhere = Helper::at("/nonexistent/sayso-scan".into());
    assert!(matches!(nowhere.read(Source::X11).await, Err(Unread::NotThere(_))));
}

#[tokio::test]
async fn it_learns_nothing_of_its_surroundings_but_the_display() {
    let texts = says(
        r#"cat >/dev/null
        for name in $(env | cut -d= -f1); do
            case $name in DISPLAY | XAUTHORITY | HOME | PWD | OLDPWD | SHLVL | _) ;;
            *) more="$more $name" ;;
            esac
        done
        echo "[{\"text\":\"$*$more\"}]""#,
    )
    .await
    .unwrap();
    assert_eq!(texts, ["--image"]);
}
