//! The list of voices to choose from, asked over a connection of its own.

use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::UnixStream;

use super::Address;
use super::ssip::{Decoder, Reply, command};

/// espeak-ng alone lists over 13,000; a person chooses among fewer.
const LISTED_CAP: usize = 20_000;
const VOICES_CAP: usize = 500;
const TIME_LIMIT: Duration = Duration::from_secs(10);

/// One voice that Speech Dispatcher can speak with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VoiceName {
    /// Its name, as [`super::Voice`] takes it.
    pub name: String,
    /// Its language tag, such as "da".
    pub language: String,
}

/// Why there is no list.
#[derive(Debug, thiserror::Error)]
pub enum NoVoices {
    /// Nobody listens, or the connection broke.
    #[error("Speech Dispatcher cannot be asked for its voices")]
    Unreachable(#[from] std::io::Error),
    /// It does not answer in time.
    #[error("Speech Dispatcher does not answer")]
    NotAnswering,
    /// Its output module is dead, or knows no voices.
    #[error("Speech Dispatcher has no voices to list")]
    None,
}

/// The voices of the default output module, without the variants of each, at most 500.
///
/// # Errors
/// See [`NoVoices`]; it takes 10 s at most.
pub async fn list_voices(address: &Address) -> Result<Vec<VoiceName>, NoVoices> {
    tokio::time::timeout(TIME_LIMIT, ask(address)).await.map_err(|_| NoVoices::NotAnswering)?
}

async fn ask(address: &Address) -> Result<Vec<VoiceName>, NoVoices> {
    let mut stream = UnixStream::connect(&address.path).await?;
    let mut commands = command("SET SELF CLIENT_NAME user:sayso:voices");
    commands.extend(command("LIST SYNTHESIS_VOICES"));
    stream.write_all(&commands).await?;
    let mut decoder = Decoder::new(LISTED_CAP);
    let mut buffer = [0; 4096];
    let mut answers = 0;
    loop {
        let read = stream.read(&mut buffer).await?;
        if read == 0 {
            return Err(NoVoices::Unreachable(std::io::ErrorKind::UnexpectedEof.into()));
        }
        for reply in decoder.push(&buffer[..read]).map_err(|_| NoVoices::None)? {
            answers += 1;
            match reply {
                Reply::Done { data } if answers == 2 => return Ok(voices(&data)),
                Reply::Refused { .. } if answers == 2 => return Err(NoVoices::None),
                Reply::Done { .. } | Reply::Refused { .. } | Reply::Event { .. } => {}
            }
        }
    }
}

/// From lines of name, language and variant with tabs between.
fn voices(lines: &[String]) -> Vec<VoiceName> {
    let voice = |line: &String| {
        let mut parts = line.split('\t');
        let (name, language) = (parts.next()?.trim(), parts.next()?.trim());
        let plain = matches!(parts.next().map(str::trim), None | Some("" | "none" | "(null)"));
        let sane = !name.is_empty() && name.len() <= 200 && !name.chars().any(char::is_control);
        (plain && sane).then(|| VoiceName { name: name.into(), language: language.into() })
    };
    lines.iter().filter_map(voice).take(VOICES_CAP).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variants_are_left_out_and_the_rest_is_kept_in_order() {
        let lines = ["Danish\tda\tnone", "Danish+Adam\tda\tAdam", "odd line", "English\ten\tnone"];
        let names: Vec<_> = voices(&lines.map(String::from)).into_iter().map(|v| v.name).collect();
        assert_eq!(names, ["Danish", "English"]);
    }

    #[test]
    fn thirteen_thousand_voices_become_five_hundred() {
        let lines: Vec<_> = (0..13_000).map(|n| format!("v{n}\ten\tnone")).collect();
        assert_eq!(voices(&lines).len(), VOICES_CAP);
    }
}
