//! Speech Dispatcher with a real voice: espeak-ng speaks, and what it speaks goes into a file
//! instead of a loudspeaker. What was said, and how it ended, is read off the server's own log.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use super::queue::{Priority, entries};
use super::{answers, read};
use crate::clock;
use crate::processes::{Process, bare_command, wait_until};
use crate::transcript::{Channel, Transcript};

/// What espeak-ng makes: one channel of signed 16 bit, so many samples a second.
const RATE: &str = "22050";

/// A speech server whose voice is recorded.
#[derive(Debug)]
pub struct Voice {
    _server: Process,
    listener: tokio::task::JoinHandle<()>,
    transcript: Transcript,
    dir: PathBuf,
}

/// How a message that was heard whole ended.
const WHOLE: &str = "to its end";

/// A message that is over.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Spoken {
    id: String,
    priority: Priority,
    text: String,
    whole: bool,
}

impl Voice {
    /// Starts it on the socket `sock` in `dir`, where a story's speech server is if it is not
    /// dead, and writes what was said into the transcript when it has been said.
    ///
    /// # Panics
    /// If it does not start; its log is in the message.
    pub async fn start(dir: &Path, transcript: &Transcript) -> Voice {
        write_settings(dir);
        let alsa = format!("/usr/share/alsa/alsa.conf:{}", dir.join("asound.conf").display());
        let socket = dir.join("sock");
        let mut command = bare_command("speech-dispatcher");
        command
            .args(["-s", "-t", "0", "-c", "unix_socket", "-S"])
            .arg(&socket)
            .arg("-P")
            .arg(dir.join("pid"))
            .arg("-L")
            .arg(dir)
            .arg("-C")
            .arg(dir.join("voice"))
            .env("LANG", "C.UTF-8")
            .env("HOME", dir)
            .env("XDG_RUNTIME_DIR", dir)
            .env("ALSA_CONFIG_PATH", alsa);
        let mut server = Process::start_quiet("voice", &mut command, dir);
        server.wait_until("a connection that is answered", async || answers(&socket).await).await;
        let listener = tokio::spawn(listen(dir.to_owned(), transcript.clone()));
        Voice { _server: server, listener, transcript: transcript.clone(), dir: dir.to_owned() }
    }

    /// Waits until a message that holds `text` has been said to its end.
    ///
    /// # Panics
    /// If it does not come.
    pub async fn wait_for(&self, text: &str) {
        let what = format!("{text:?} to be said to its end");
        // In the transcript, so that what the person does next stands after it.
        wait_until(
            &what,
            || self.transcript.text(),
            || {
                let told = self.transcript.text();
                told.lines().any(|line| line.contains(WHOLE) && line.contains(text)).then_some(())
            },
        )
        .await;
    }

    /// Writes everything that was spoken so far into a WAV file.
    ///
    /// # Errors
    /// If nothing was spoken, or sox refuses.
    pub fn record(&self, wav: &Path) -> anyhow::Result<()> {
        let done = bare_command("sox")
            .args(["-t", "raw", "-r", RATE, "-e", "signed", "-b", "16", "-c", "1"])
            .arg(self.dir.join("voice.raw"))
            .arg(wav)
            .output()?;
        anyhow::ensure!(done.status.success(), "sox: {}", String::from_utf8_lossy(&done.stderr));
        Ok(())
    }
}

impl Drop for Voice {
    fn drop(&mut self) {
        self.listener.abort();
    }
}

/// ALSA's file plugin needs no sound card. Each message opens the device anew, so the sound goes
/// through `cat`, which appends.
fn write_settings(dir: &Path) {
    let settings = "LogLevel 5\nDefaultModule espeak-ng\nDefaultLanguage \"en\"\n\
                    SymbolsPreproc \"none\"\nAudioOutputMethod \"alsa\"\n\
                    AudioALSADevice \"recorded\"\n\
                    AddModule \"espeak-ng\" \"sd_espeak-ng\" \"espeak-ng.conf\"\n";
    let device = format!(
        "pcm.recorded {{ type file slave.pcm \"null\" file \"|cat >>'{}'\" format \"raw\" }}\n",
        dir.join("voice.raw").display()
    );
    std::fs::create_dir_all(dir.join("voice/modules")).expect("folder of the speech server");
    std::fs::write(dir.join("voice/speechd.conf"), settings).expect("speechd.conf");
    std::fs::write(dir.join("voice/modules/espeak-ng.conf"), "").expect("espeak-ng.conf");
    std::fs::write(dir.join("asound.conf"), device).expect("asound.conf");
}

/// Follows the server's log while it runs.
async fn listen(dir: PathBuf, transcript: Transcript) {
    let log = dir.join("speech-dispatcher.log");
    let (mut told, mut length) = (HashSet::new(), 0);
    loop {
        clock::moment().await;
        let size = std::fs::metadata(&log).map_or(0, |file| file.len());
        if size == length {
            continue;
        }
        length = size;
        for one in spoken(&read(&log)) {
            if told.insert(one.id) {
                let ending = if one.whole { WHOLE } else { "cut" };
                let text = format!("said ({}, {ending}): {}", one.priority.word(), one.text);
                transcript.note(Channel::Said, text);
            }
        }
    }
}

/// The messages that have ended or were cut, in the order in which they were queued. The server
/// writes down what a client queues, its reply with the message's id, and each event.
fn spoken(log: &str) -> Vec<Spoken> {
    let mut queued = Vec::new();
    let mut over = Vec::new();
    let mut waiting: Option<(String, Priority)> = None;
    for entry in entries(log) {
        if let Some(message) = entry.strip_prefix("Queueing message |") {
            waiting = message.rsplit_once("| with priority ").and_then(|(text, level)| {
                Some((text.trim_end().to_owned(), Priority::from_level(level.trim())?))
            });
            continue;
        }
        let Some((_, reply)) = entry.split_once(":REPLY:|") else { continue };
        let reply = reply.lines().next().unwrap_or_default().trim_end();
        if let Some(id) = reply.strip_prefix("225-") {
            queued.extend(waiting.take().map(|(text, priority)| (id.to_owned(), text, priority)));
        } else if let Some(id) = reply.strip_prefix("702-") {
            over.push((id.to_owned(), true));
        } else if let Some(id) = reply.strip_prefix("703-") {
            over.push((id.to_owned(), false));
        }
    }
    let spoken = queued.into_iter().filter_map(|(id, text, priority)| {
        let (_, whole) = over.iter().find(|(ended, _)| *ended == id)?;
        Some(Spoken { id, priority, text, whole: *whole })
    });
    spoken.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::AsyncWriteExt;
    use tokio::net::UnixStream;

    #[tokio::test]
    async fn what_is_said_is_written_down_and_can_be_heard() {
        let dir = tempfile::tempdir().unwrap();
        let transcript = Transcript::new("A voice.");
        let voice = Voice::start(dir.path(), &transcript).await;
        let mut client = UnixStream::connect(dir.path().join("sock")).await.unwrap();
        let settings = "SET self NOTIFICATION ALL on\r\nSET self PRIORITY message\r\n";
        let speak = "SPEAK\r\nGood morning.\r\n.\r\nSPEAK\r\nGood evening.\r\n.\r\n";
        client.write_all(format!("{settings}{speak}").as_bytes()).await.unwrap();
        voice.wait_for("Good evening.").await;
        let told = "said (message, to its end): Good morning.\n\
                    said (message, to its end): Good evening.\n";
        wait_until(
            "the words",
            || transcript.text(),
            || transcript.text().ends_with(told).then_some(()),
        )
        .await;
        let wav = dir.path().join("voice.wav");
        voice.record(&wav).unwrap();
        let samples = std::fs::read(wav).unwrap();
        let loud = samples[44..].chunks_exact(2).map(|two| i16::from_le_bytes([two[0], two[1]]));
        assert!(loud.map(i16::unsigned_abs).max().unwrap() > 3000);
    }
}
