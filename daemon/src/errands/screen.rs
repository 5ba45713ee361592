//! Looks at all screens, once, for QR codes: by the desktop's portal, and where there is none, by
//! the X11 display. Sayso writes no picture anywhere, and removes what the portal wrote before it
//! is read.

use std::fs::File;
use std::path::Path;
use std::time::Duration;

use ashpd::Error as PortalError;
use ashpd::desktop::ResponseError;
use ashpd::desktop::screenshot::{ScreenshotOptions, ScreenshotProxy};
use sayso_protocol::bus::{Error, Found, Place};
use sayso_protocol::scan::Fault;
use sayso_scan_client::helper::{Helper, Source, Unread};
use sayso_words::{Words, say};
use tokio::sync::mpsc;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;
use url::Url;
use zbus::Connection;

use crate::doors::Reply;

/// The desktop may ask the person for permission, who needs time to find the question.
const ASKING: Duration = Duration::from_secs(60);

/// Who wants the screens looked at.
#[derive(Debug)]
pub struct Look {
    /// Where they are.
    pub place: Place,
    /// Who waits for it.
    pub reply: Reply<Vec<Found>>,
}

/// What came of it: the texts of all QR codes.
#[derive(Debug)]
pub struct Looked {
    /// Who wanted it.
    pub look: Look,
    /// What was seen.
    pub seen: Result<Vec<String>, Unseen>,
}

/// Why nothing was looked at.
#[derive(Debug, thiserror::Error)]
pub enum Unseen {
    /// The desktop has no way to it.
    #[error("there is no portal and no display for it")]
    NoWay,
    /// The person did not want it.
    #[error("the person cancelled it")]
    Cancelled,
    /// The desktop does not allow it.
    #[error("the desktop refused it")]
    Refused,
    /// The desktop did not answer.
    #[error("the desktop did not answer")]
    Late,
    /// There is a picture, and it could not be read.
    #[error(transparent)]
    Unread(#[from] Unread),
}

/// Looks as often as it is ordered to, one look after the other, until `shutdown`.
pub async fn run(
    session: Option<Connection>,
    mut orders: mpsc::Receiver<Look>,
    out: mpsc::Sender<Looked>,
    shutdown: CancellationToken,
) {
    let serve = async {
        while let Some(look) = orders.recv().await {
            let seen = all(session.as_ref()).await;
            if let Err(error) = &seen {
                tracing::info!(%error, "the screens were not looked at");
            }
            let _nobody_waits = out.send(Looked { look, seen }).await;
        }
    };
    tokio::select! { () = serve => {}, () = shutdown.cancelled() => {} }
}

async fn all(session: Option<&Connection>) -> Result<Vec<String>, Unseen> {
    let helper = Helper::beside()?;
    let asked = async { photograph(session.ok_or(Unseen::NoWay)?).await };
    match timeout(ASKING, asked).await.unwrap_or(Err(Unseen::Late)) {
        Ok(picture) => Ok(helper.read(Source::File(picture)).await?),
        Err(Unseen::NoWay) => match helper.read(Source::X11).await {
            Err(Unread::Refused(Fault::NoDisplay | Fault::NoScreen)) => Err(Unseen::NoWay),
            read => Ok(read?),
        },
        Err(unseen) => Err(unseen),
    }
}

/// Has the portal take a picture of all screens. Its file is gone before this returns.
async fn photograph(session: &Connection) -> Result<File, Unseen> {
    let portal = ScreenshotProxy::with_connection(session.clone()).await;
    let portal = portal.map_err(|_no_portal| Unseen::NoWay)?;
    let options = ScreenshotOptions::default().set_interactive(false);
    let taken = portal.screenshot(None, options).await.and_then(|taken| taken.response());
    let taken = taken.map_err(|error| not_taken(&error))?;
    let path = Url::parse(taken.uri().as_str()).ok().and_then(|uri| uri.to_file_path().ok());
    open_and_remove(&path.ok_or(Unseen::Unread(Unread::Died))?)
}

#[allow(clippy::wildcard_enum_match_arm, reason = "ashpd's enum: all others are a missing portal")]
fn not_taken(error: &PortalError) -> Unseen {
    match error {
        PortalError::Response(ResponseError::Cancelled)
        | PortalError::Portal(ashpd::PortalError::Cancelled(_)) => Unseen::Cancelled,
        PortalError::Response(ResponseError::Other)
        | PortalError::Portal(ashpd::PortalError::NotAllowed(_)) => Unseen::Refused,
        PortalError::NoResponse => Unseen::Late,
        _ => Unseen::NoWay,
    }
}

fn open_and_remove(path: &Path) -> Result<File, Unseen> {
    let opened = File::open(path);
    if let Err(error) = std::fs::remove_file(path) {
        tracing::warn!(%error, "a picture of the screen could not be removed");
    }
    opened.map_err(|_| Unseen::Unread(Unread::Died))
}

impl Unseen {
    /// What happened and what to do, for the person: by a page's first button only if it is
    /// `there`.
    #[must_use]
    pub fn error(&self, words: &Words, button: &str) -> Error {
        Error::Unseen(match self {
            Self::NoWay => say!(words, "error-screen-none"),
            Self::Cancelled => say!(words, "error-screen-cancelled"),
            Self::Refused => say!(words, "error-screen-refused", button = button),
            Self::Late => say!(words, "error-screen-late", button = button),
            Self::Unread(Unread::NotThere(_)) => say!(words, "error-picture-reader"),
            Self::Unread(Unread::Refused(Fault::TooLarge)) => {
                say!(words, "error-screen-large", button = button)
            }
            Self::Unread(Unread::TimedOut | Unread::Died | Unread::Refused(_)) => {
                say!(words, "error-screen-unread", button = button)
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sayso_words::Language;

    #[test]
    fn a_picture_is_gone_once_it_is_open() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("Screenshot.png");
        std::fs::write(&path, "a picture").unwrap();
        let opened = open_and_remove(&path).unwrap();
        assert!(!path.exists());
        assert_eq!(std::io::read_to_string(opened).unwrap(), "a picture");
    }

    #[test]
    fn each_reason_is_two_sentences_of_its_own() {
        for language in Language::ALL {
            let words = Words::new(language);
            let mut told: Vec<String> = Vec::new();
            let missing = std::io::Error::from(std::io::ErrorKind::NotFound);
            for unseen in [
                Unseen::NoWay,
                Unseen::Cancelled,
                Unseen::Refused,
                Unseen::Late,
                Unseen::Unread(Unread::NotThere(missing)),
                Unseen::Unread(Unread::TimedOut),
                Unseen::Unread(Unread::Refused(Fault::TooLarge)),
            ] {
                let Error::Unseen(sentences) = unseen.error(&words, "none") else {
                    panic!("{unseen}")
                };
                assert!(!sentences.contains("first button"), "{sentences}");
                assert!(sentences.split(". ").count() >= 2, "{sentences}");
                assert!(!told.contains(&sentences), "{sentences}");
                told.push(sentences);
            }
        }
    }
}
