//! One utterance by `espeak-ng`: a process that is given the text, plays it, and ends.

use std::path::PathBuf;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::process::{Child, Command};
use tokio::time::timeout;

/// What an utterance may take, and so much more for each character.
const PATIENCE: Duration = Duration::from_secs(5);
const PER_CHARACTER: Duration = Duration::from_millis(150);
/// What is read of its complaints; the rest is thrown away.
const COMPLAINTS: u64 = 16 * 1024;
/// Words a minute at the rates -100, 0 and 100, as Speech Dispatcher has `espeak-ng` speak.
const SLOWEST: i32 = 80;
const USUAL: i32 = 175;
const FASTEST: i32 = 450;

/// Where the program is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Program(PathBuf);

/// In what voice something is said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Manner {
    /// A name of a voice, or a language tag.
    pub(super) voice: String,
    /// From -100 to 100.
    pub(super) rate: i8,
}

/// Why nobody heard it.
#[derive(Debug, thiserror::Error)]
pub(super) enum NotHeard {
    #[error("espeak-ng cannot be run")]
    NotRun(#[from] std::io::Error),
    #[error("espeak-ng did not end in time")]
    Late,
    #[error("espeak-ng ended with {status}: {complaint}")]
    Failed { status: ExitStatus, complaint: String },
}

impl Program {
    /// `espeak-ng`, wherever the person's search path has it.
    #[must_use]
    pub fn of_person() -> Self {
        Self("espeak-ng".into())
    }

    /// Says `text` and waits until it was played. Dropped, it is silent at once.
    pub(super) async fn speak(self, text: String, manner: Manner) -> Result<(), NotHeard> {
        let characters = u32::try_from(text.chars().count()).unwrap_or(u32::MAX);
        let limit = PATIENCE + PER_CHARACTER.saturating_mul(characters);
        let child = self.start(&manner)?;
        // What does not end in time is killed as it is dropped.
        timeout(limit, heard(child, harmless(&text))).await.map_err(|_| NotHeard::Late)?
    }

    fn start(&self, manner: &Manner) -> std::io::Result<Child> {
        Command::new(&self.0)
            .args(["--stdin", "-b", "1", "-v", &manner.voice])
            .args(["-s", &words_a_minute(manner.rate).to_string()])
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
    }
}

/// Hands the text over and waits for the end. Without a way to a sound device it ends well too,
/// and only complains.
async fn heard(mut child: Child, text: String) -> Result<(), NotHeard> {
    let (stdin, stderr) = (child.stdin.take(), child.stderr.take());
    let hand_over = async {
        if let Some(mut stdin) = stdin {
            // Whether it took the text shows in how it ends.
            let _ = stdin.write_all(text.as_bytes()).await;
        }
    };
    let listen = async {
        let Some(stderr) = stderr else { return String::new() };
        let (mut said, mut stderr) = (Vec::new(), stderr);
        let _ = (&mut stderr).take(COMPLAINTS).read_to_end(&mut said).await;
        // It must not wait for a reader.
        let _ = tokio::io::copy(&mut stderr, &mut tokio::io::sink()).await;
        String::from_utf8_lossy(&said).into_owned()
    };
    let ((), said) = tokio::join!(hand_over, listen);
    let status = child.wait().await?;
    match complaint(&said) {
        None if status.success() => Ok(()),
        complaint => {
            let complaint = complaint.unwrap_or_default().to_owned();
            Err(NotHeard::Failed { status, complaint })
        }
    }
}

/// What says that it was not played: the sound library's own line, which begins so. (Other lines
/// come from ways to a sound device that were tried before the one that worked.)
fn complaint(said: &str) -> Option<&str> {
    said.lines().find(|line| line.to_ascii_lowercase().starts_with("error:"))
}

/// Two brackets would begin phonemes, so that something else were said than what is signed.
fn harmless(text: &str) -> String {
    text.replace(['[', ']'], " ")
}

fn words_a_minute(rate: i8) -> i32 {
    let rate = i32::from(rate.clamp(-100, 100));
    let span = if rate < 0 { USUAL - SLOWEST } else { FASTEST - USUAL };
    USUAL + span * rate / 100
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    fn manner() -> Manner {
        Manner { voice: "en".into(), rate: 0 }
    }

    /// A program in the place of `espeak-ng`, and its folder.
    fn played_by(script: &str) -> (tempfile::TempDir, Program) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("espeak-ng");
        // Written by another process, so that none of ours holds it open while it is started.
        let copy = std::process::Command::new("sh")
            .args(["-c", "printf '#!/bin/sh\\n%s\\n' \"$1\" >\"$2\"", "sh", script])
            .arg(&path)
            .status();
        assert!(copy.unwrap().success());
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
        (folder, Program(path))
    }

    #[tokio::test]
    async fn the_text_is_handed_over_and_stands_in_no_argument() {
        let (folder, program) = played_by("echo \"$@\" >\"$0.args\"; cat >\"$0.text\"");
        program.speak("Log in at <b>æ</b> [[h@l]]?".into(), manner()).await.unwrap();
        let read = |end: &str| {
            std::fs::read_to_string(folder.path().join(format!("espeak-ng.{end}"))).unwrap()
        };
        assert_eq!(read("args").trim(), "--stdin -b 1 -v en -s 175");
        assert_eq!(read("text"), "Log in at <b>æ</b>   h@l  ?");
    }

    #[tokio::test]
    async fn an_end_that_is_well_is_not_heard_where_no_sound_device_opened() {
        let (_folder, program) = played_by("echo 'error: Connection refused' >&2");
        let why = program.speak("Hello".into(), manner()).await.unwrap_err();
        assert!(matches!(why, NotHeard::Failed { .. }), "{why}");
        let (_folder, program) = played_by("echo 'ALSA lib conf.c: no card' >&2");
        program.speak("Hello".into(), manner()).await.unwrap();
    }

    #[tokio::test]
    async fn one_that_aborts_floods_or_is_not_there_is_not_heard() {
        for script in ["kill -ABRT $$", "head -c 300000 /dev/zero >&2; exit 1"] {
            let (_folder, program) = played_by(script);
            assert!(program.speak("Hello".into(), manner()).await.is_err(), "{script}");
        }
        let nowhere = Program("/nowhere/espeak-ng".into());
        assert!(matches!(nowhere.speak("Hi".into(), manner()).await, Err(NotHeard::NotRun(_))));
    }

    #[tokio::test(start_paused = true)]
    async fn one_that_hangs_is_let_go_of() {
        let (_folder, program) = played_by("exec sleep 600");
        assert!(matches!(program.speak("Hi".into(), manner()).await, Err(NotHeard::Late)));
    }

    #[test]
    fn the_rate_goes_from_slow_over_usual_to_fast() {
        assert_eq!([-100, -50, 0, 50, 100, 127].map(words_a_minute), [80, 128, 175, 312, 450, 450]);
    }
}
