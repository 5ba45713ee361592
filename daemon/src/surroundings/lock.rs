//! Is the screen locked? logind and both screensaver interfaces are asked, and one yes is enough.

use futures_util::StreamExt;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use zbus::fdo::DBusProxy;
use zbus::message::Type;
use zbus::zvariant::{DynamicType, OwnedObjectPath};
use zbus::{Connection, MatchRule, MessageStream};

use super::watched::{self, Place, Told, answer_of, property_of};

const LOGIND: &str = "org.freedesktop.login1";
const LOGIND_PATH: &str = "/org/freedesktop/login1";
const MANAGER: &str = "org.freedesktop.login1.Manager";
const SESSION: &str = "org.freedesktop.login1.Session";

/// Whether the screen is locked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Lock {
    /// Somebody says so.
    Locked,
    /// Somebody says it is not, and nobody that it is.
    Unlocked,
    /// Nobody says anything: a text console, ssh, a desktop without a lock.
    #[default]
    Unknown,
}

/// Who is asked.
#[derive(Debug, Clone, Copy)]
enum Source {
    Logind,
    Gnome,
    Freedesktop,
}

/// What each of them says.
type Said = [Option<bool>; 3];

fn any(said: Said) -> Lock {
    if said.contains(&Some(true)) {
        Lock::Locked
    } else if said.contains(&Some(false)) {
        Lock::Unlocked
    } else {
        Lock::Unknown
    }
}

/// Keeps `out` true to the screen until `shutdown`, over programs that come and go.
pub async fn watch(
    system: Option<Connection>,
    session: Option<Connection>,
    out: watch::Sender<Lock>,
    shutdown: CancellationToken,
) {
    let said = watch::Sender::new(Said::default());
    let tell = |source: Source, locked: Option<bool>| {
        said.send_modify(|said| said[source as usize] = locked);
        let now = any(*said.borrow());
        out.send_if_modified(|was| std::mem::replace(was, now) != now);
    };
    let watched = async {
        tokio::join!(
            watch_session(system.as_ref(), &tell),
            watch_screensaver(session.as_ref(), Source::Gnome, &tell),
            watch_screensaver(session.as_ref(), Source::Freedesktop, &tell),
        )
    };
    tokio::select! {
        () = shutdown.cancelled() => {}
        _ = watched => shutdown.cancelled().await,
    }
}

async fn watch_screensaver(
    session: Option<&Connection>,
    source: Source,
    tell: &impl Fn(Source, Option<bool>),
) {
    let (name, path) = match source {
        Source::Gnome => ("org.gnome.ScreenSaver", "/org/gnome/ScreenSaver"),
        Source::Logind | Source::Freedesktop => {
            ("org.freedesktop.ScreenSaver", "/org/freedesktop/ScreenSaver")
        }
    };
    let told = Told::Call { method: "GetActive", signal: "ActiveChanged" };
    let place = Place { name, path: path.into(), interface: name, told };
    let Some(session) = session else { return };
    let end = watched::watch(session, &place, |locked| tell(source, locked)).await;
    tracing::debug!(?end, name, "no longer watched");
    tell(source, None);
}

async fn watch_session(system: Option<&Connection>, tell: &impl Fn(Source, Option<bool>)) {
    let Some(system) = system else { return };
    let end = watch_own_session(system, tell).await;
    tracing::debug!(?end, "logind is no longer watched");
    tell(Source::Logind, None);
}

/// Watches the session of this person, and looks for it again when sessions come and go.
async fn watch_own_session(
    system: &Connection,
    tell: &impl Fn(Source, Option<bool>),
) -> zbus::Result<()> {
    let daemon = DBusProxy::new(system).await?;
    let mut owners = daemon.receive_name_owner_changed_with_args(&[(0, LOGIND)]).await?;
    let rule = MatchRule::builder()
        .msg_type(Type::Signal)
        .sender(LOGIND)?
        .interface(MANAGER)?
        .path(LOGIND_PATH)?
        .build();
    let mut news = MessageStream::for_match_rule(rule, system, None).await?;
    loop {
        let watching = async {
            let owner = daemon.get_name_owner(LOGIND.try_into()?).await.ok();
            let path = match owner {
                Some(owner) => Logind { bus: system, owner: owner.as_str() }.own_session().await,
                None => None,
            };
            let Some(path) = path else {
                tell(Source::Logind, None);
                return std::future::pending().await;
            };
            let (path, told) = (path.to_string(), Told::Property("LockedHint"));
            let place = Place { name: LOGIND, path, interface: SESSION, told };
            watched::watch(system, &place, |locked| tell(Source::Logind, locked)).await
        };
        let changed = async {
            loop {
                let Some(message) = news.next().await.transpose()? else { return Ok(false) };
                let member = message.header().member().map(|m| m.as_str().to_owned());
                if matches!(member.as_deref(), Some("SessionNew" | "SessionRemoved")) {
                    return zbus::Result::Ok(true);
                }
            }
        };
        tokio::select! {
            end = watching => return end,
            owner = owners.next() => if owner.is_none() { return Ok(()) },
            more = changed => if !more? { return Ok(()) },
        }
    }
}

/// The id of this person's session, if logind knows one.
pub async fn own_session(system: &Connection) -> Option<String> {
    let daemon = DBusProxy::new(system).await.ok()?;
    let owner = daemon.get_name_owner(LOGIND.try_into().ok()?).await.ok()?;
    let path = Logind { bus: system, owner: owner.as_str() }.own_session().await?;
    let id = property_of(system, owner.as_str(), path.as_str(), SESSION, "Id").await?;
    String::try_from(id).ok()
}

/// logind as it is now; it is asked by its unique name, so that the bus has nothing to start.
struct Logind<'a> {
    bus: &'a Connection,
    owner: &'a str,
}

impl Logind<'_> {
    /// The session this process belongs to; else the one that logind takes for this person's.
    async fn own_session(&self) -> Option<OwnedObjectPath> {
        if let Ok(id) = std::env::var("XDG_SESSION_ID")
            && let Some(path) = self.manager("GetSession", &id.as_str()).await
        {
            return Some(path);
        }
        if let Some(path) = self.manager("GetSessionByPID", &std::process::id()).await {
            return Some(path);
        }
        let auto = "/org/freedesktop/login1/session/auto";
        if let Some(id) = property_of(self.bus, self.owner, auto, SESSION, "Id").await {
            // Changes are told at the session's own path only.
            let id = String::try_from(id).ok()?;
            return self.manager("GetSession", &id.as_str()).await;
        }
        self.display().await
    }

    /// The graphical session of this person.
    async fn display(&self) -> Option<OwnedObjectPath> {
        let user = self.manager("GetUser", &rustix::process::getuid().as_raw()).await?;
        let user_interface = "org.freedesktop.login1.User";
        let display =
            property_of(self.bus, self.owner, user.as_str(), user_interface, "Display").await?;
        let (id, path) = <(String, OwnedObjectPath)>::try_from(display).ok()?;
        (!id.is_empty()).then_some(path)
    }

    async fn manager<B>(&self, method: &str, body: &B) -> Option<OwnedObjectPath>
    where
        B: serde::Serialize + DynamicType + Sync,
    {
        answer_of(self.bus, self.owner, LOGIND_PATH, MANAGER, method, body).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_yes_is_enough_and_silence_is_no_no() {
        assert_eq!(any([None, None, None]), Lock::Unknown);
        assert_eq!(any([Some(false), None, None]), Lock::Unlocked);
        assert_eq!(any([Some(false), None, Some(true)]), Lock::Locked);
    }
}
