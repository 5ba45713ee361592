//! `sayso-scan`, started once for each picture.

use std::ffi::OsStr;
use std::fs::File;
use std::io;
use std::path::PathBuf;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use sayso_protocol::scan::{Fault, Found, LONGEST_TEXT, MOST_CODES, Refusal};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt};
use tokio::process::{Child, Command};
use tokio::time::timeout;

/// How long a picture may take.
pub const LIMIT: Duration = Duration::from_secs(3);
/// More than its longest answer has, also where JSON needs six bytes for one.
const LONGEST_ANSWER: u64 = 8 * (LONGEST_TEXT * MOST_CODES) as u64;
/// More than its refusal has.
const LONGEST_REFUSAL: u64 = 1_024;
/// All that it learns of its surroundings: where the display is, and what opens it.
const SURROUNDINGS: [&str; 3] = ["DISPLAY", "XAUTHORITY", "HOME"];

/// Where the picture comes from.
#[derive(Debug)]
pub enum Source {
    /// An open file, read from where it stands.
    File(File),
    /// A PNG picture.
    Bytes(Vec<u8>),
    /// The X11 screen of `$DISPLAY`; its pixels stay in the helper.
    X11,
}

/// Why nothing was read.
#[derive(Debug, thiserror::Error)]
pub enum Unread {
    /// The program is not beside this one, or does not run.
    #[error("sayso-scan does not start: {0}")]
    NotThere(io::Error),
    /// It took too long, and was killed.
    #[error("sayso-scan took too long")]
    TimedOut,
    /// It ended in a way that it should not, or said what it should not.
    #[error("sayso-scan died")]
    Died,
    /// It says why.
    #[error("sayso-scan refused: {0:?}")]
    Refused(Fault),
}

/// The program that reads pictures.
#[derive(Clone, Debug)]
pub struct Helper {
    program: PathBuf,
    limit: Duration,
}

impl Helper {
    /// The one that is installed beside the running program.
    ///
    /// # Errors
    /// It is not known which program runs.
    pub fn beside() -> Result<Helper, Unread> {
        let here = std::env::current_exe().map_err(Unread::NotThere)?;
        Ok(Helper::at(here.with_file_name("sayso-scan")))
    }

    /// This one.
    #[must_use]
    pub fn at(program: PathBuf) -> Helper {
        Helper { program, limit: LIMIT }
    }

    /// With another time limit.
    #[must_use]
    pub fn within(self, limit: Duration) -> Helper {
        Helper { limit, ..self }
    }

    /// The texts of the QR codes in a picture: each once, in reading order.
    ///
    /// # Errors
    /// There was no answer, or it was a refusal.
    pub async fn read(&self, source: Source) -> Result<Vec<String>, Unread> {
        let (word, stdin, bytes) = match source {
            Source::File(file) => ("--image", Stdio::from(file), Vec::new()),
            Source::Bytes(bytes) => ("--image", Stdio::piped(), bytes),
            Source::X11 => ("--x11", Stdio::null(), Vec::new()),
        };
        let child = self.start(word.as_ref(), stdin).map_err(Unread::NotThere)?;
        // What does not end in time is killed as it is dropped.
        timeout(self.limit, answer(child, bytes)).await.map_err(|_| Unread::TimedOut)?
    }

    fn start(&self, word: &OsStr, stdin: Stdio) -> io::Result<Child> {
        let known = SURROUNDINGS.iter().filter_map(|name| Some((name, std::env::var_os(name)?)));
        Command::new(&self.program)
            .arg(word)
            .env_clear()
            .envs(known)
            .stdin(stdin)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
    }
}

/// Hands over the picture and takes what comes back, side by side.
async fn answer(mut child: Child, picture: Vec<u8>) -> Result<Vec<String>, Unread> {
    let stdin = child.stdin.take();
    let hand_over = async {
        if let Some(mut stdin) = stdin {
            // It may refuse after the first bytes, and says so in its own way.
            let _ = stdin.write_all(&picture).await;
        }
    };
    let (out, err) = (child.stdout.take(), child.stderr.take());
    let said =
        async { tokio::try_join!(all_of(out, LONGEST_ANSWER), all_of(err, LONGEST_REFUSAL)) };
    let ((), said) = tokio::join!(hand_over, said);
    let (answer, refusal) = said?;
    let status = child.wait().await.map_err(|_| Unread::Died)?;
    understood(status, &answer, &refusal)
}

/// Everything that comes, unless it is more than `most` bytes.
async fn all_of(from: Option<impl AsyncRead + Unpin>, most: u64) -> Result<Vec<u8>, Unread> {
    let mut all = Vec::new();
    let from = from.ok_or(Unread::Died)?;
    from.take(most + 1).read_to_end(&mut all).await.map_err(|_| Unread::Died)?;
    if all.len() as u64 > most { Err(Unread::Died) } else { Ok(all) }
}

pub(crate) fn understood(
    status: ExitStatus,
    answer: &[u8],
    refusal: &[u8],
) -> Result<Vec<String>, Unread> {
    if status.success() {
        let found: Vec<Found> = serde_json::from_slice(answer).map_err(|_| Unread::Died)?;
        if found.len() > MOST_CODES || found.iter().any(|found| found.text.len() > LONGEST_TEXT) {
            return Err(Unread::Died);
        }
        return Ok(found.into_iter().map(|found| found.text).collect());
    }
    let refusal: Refusal = serde_json::from_slice(refusal).map_err(|_| Unread::Died)?;
    let meant = status.code() == Some(i32::from(refusal.error.status()));
    Err(if meant { Unread::Refused(refusal.error) } else { Unread::Died })
}
