//! The spare voice: `espeak-ng`, or what a story has in its place, with a record of what it was
//! given. On a story's desktop it has no sound device until the story gives it one.

use std::path::{Path, PathBuf};

use crate::processes::{Process, bare_command, wait_until};
use crate::transcript::{Channel, Transcript};

/// What `espeak-ng` does on this computer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SpareVoice {
    /// The real one: it plays at the sound server.
    Speaks,
    /// It finds no sound device, says so, and ends as if all were well.
    NoDevice,
    /// It takes the text and never ends.
    Hangs,
    /// It aborts.
    Aborts,
    /// It is not installed.
    Missing,
}

/// One text that it was given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spoken {
    /// When, in nanoseconds since 1970.
    pub began: u128,
    /// How: its arguments.
    pub manner: String,
    /// What.
    pub text: String,
    /// Whether it was played to its end.
    pub whole: bool,
}

/// Puts it where the session's programs are.
pub(crate) fn install(programs: &Path, manner: SpareVoice) {
    let record = record(programs);
    let act = match manner {
        SpareVoice::Speaks => "printf %s \"$text\" | /usr/bin/espeak-ng \"$@\"",
        SpareVoice::NoDevice => "echo 'error: No such file or directory' >&2; exit 0",
        SpareVoice::Hangs => "exec sleep 600",
        SpareVoice::Aborts => "kill -ABRT $$",
        SpareVoice::Missing => "exit 127",
    };
    let script = format!(
        "#!/bin/sh\ntext=$(cat; echo .)\ntext=${{text%.}}\nid=$$\n\
         printf '%s\\tbegin\\t%s\\t%s\\t%s\\n' \"$(date +%s%N)\" $id \"$*\" \"$text\" >>'{0}'\n\
         {act}\n\
         printf '%s\\tend\\t%s\\n' \"$(date +%s%N)\" $id >>'{0}'\n",
        record.display()
    );
    let (path, next) = (programs.join("espeak-ng"), programs.join("espeak-ng.next"));
    // Made by another process: one of ours that holds it open keeps it from being started.
    let mut write = bare_command("sh");
    write.args(["-c", "printf %s \"$1\" >\"$2\"; chmod 755 \"$2\"; mv \"$2\" \"$3\"", "sh"]);
    write.arg(script).arg(next).arg(path);
    assert!(write.status().expect("sh").success(), "the spare voice");
}

fn record(programs: &Path) -> PathBuf {
    programs.with_file_name("spare-voice.tsv")
}

/// All that it was given so far, but for the silence by which Sayso tries it out.
pub(crate) fn spoken(programs: &Path) -> Vec<Spoken> {
    let record = std::fs::read_to_string(record(programs)).unwrap_or_default();
    let lines: Vec<Vec<&str>> = record.lines().map(|line| line.split('\t').collect()).collect();
    let ended = |id: &str| lines.iter().any(|line| line[1] == "end" && line[2] == id);
    let begun = lines.iter().filter(|line| line[1] == "begin");
    begun
        .map(|line| Spoken {
            began: line[0].parse().expect("a time"),
            manner: line[3].to_owned(),
            text: line[4].to_owned(),
            whole: ended(line[2]),
        })
        .filter(|one| !one.text.trim().is_empty())
        .collect()
}

/// Waits until a text that holds `part` has been played to its end.
pub(crate) async fn wait_for(programs: &Path, part: &str) -> Spoken {
    let all = || spoken(programs);
    let what = format!("{part:?} to be said by the spare voice");
    wait_until(
        &what,
        || format!("said so far: {:#?}", all()),
        || all().into_iter().find(|one| one.whole && one.text.contains(part)),
    )
    .await
}

/// Writes what was heard of it into the transcript.
pub(crate) fn tell(programs: &Path, transcript: &Transcript) {
    for Spoken { began, text, .. } in spoken(programs).into_iter().filter(|one| one.whole) {
        let told = format!("said by the spare voice (to its end): {text}");
        transcript.note_at(began, Channel::Said, told);
    }
}

/// What is played on the loudspeakers, written down until it is looked at.
#[derive(Debug)]
pub struct Recording {
    recorder: Process,
    file: PathBuf,
}

impl Recording {
    /// Begins.
    pub(crate) fn begin(mut command: std::process::Command, dir: &Path) -> Recording {
        let file = dir.join("loudspeakers.wav");
        command.args(["-d", "speakers.monitor", "--file-format=wav"]).arg(&file);
        let recorder = Process::start_quiet("parec", &mut command, &dir.join("log"));
        Recording { recorder, file }
    }

    /// How loud it was, at its loudest (1 is as loud as can be).
    ///
    /// # Panics
    /// If nothing was recorded, or sox does not say.
    pub async fn loudest(mut self) -> f64 {
        self.recorder.stop().await;
        let done = bare_command("sox")
            .arg("--ignore-length")
            .arg(&self.file)
            .args(["-n", "stat"])
            .output();
        let said = String::from_utf8_lossy(&done.expect("sox").stderr).into_owned();
        let line = said.lines().find_map(|line| line.strip_prefix("Maximum amplitude:"));
        line.and_then(|number| number.trim().parse().ok()).unwrap_or_else(|| panic!("sox: {said}"))
    }
}
