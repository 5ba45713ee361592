//! Is a screen reader running? The accessibility bus says so, where there is one.

use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use zbus::Connection;

use super::watched::{self, Place, Told};

/// Whether a screen reader speaks on this desktop.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ScreenReader {
    /// One does.
    Running,
    /// None does, or nobody can say.
    #[default]
    Absent,
}

/// Keeps `out` true to the desktop until `shutdown`. Nothing is started to find out.
pub async fn watch(
    session: Option<Connection>,
    out: watch::Sender<ScreenReader>,
    shutdown: CancellationToken,
) {
    let Some(session) = session else { return shutdown.cancelled().await };
    let place = Place {
        name: "org.a11y.Bus",
        path: "/org/a11y/bus".into(),
        interface: "org.a11y.Status",
        told: Told::Property("ScreenReaderEnabled"),
    };
    let watched = watched::watch(&session, &place, |running| {
        let now = match running {
            Some(true) => ScreenReader::Running,
            Some(false) | None => ScreenReader::Absent,
        };
        out.send_if_modified(|was| std::mem::replace(was, now) != now);
    });
    tokio::select! {
        () = shutdown.cancelled() => {}
        end = watched => {
            tracing::debug!(?end, "the session bus is gone");
            out.send_replace(ScreenReader::Absent);
            shutdown.cancelled().await;
        }
    }
}
