//! The desktop's portal: the real xdg-desktop-portal, or one that the rig plays and that answers
//! as a story wants.

use std::collections::HashMap;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::net::UnixStream;
use zbus::message::Header;
use zbus::zvariant::{ObjectPath, OwnedObjectPath, OwnedValue, Value};
use zbus::{Connection, interface};

use super::Desktop;
use crate::clock;
use crate::processes::Process;

const NAME: &str = "org.freedesktop.portal.Desktop";
const PATH: &str = "/org/freedesktop/portal/desktop";
const WLR: &str = "org.freedesktop.impl.portal.desktop.wlr";
const REQUEST: &str = "org.freedesktop.portal.Request";

/// Where portal-wlr writes each picture, whoever asks.
const PICTURE: &str = "/tmp/out.png";

/// The frontend offers a picture of the screen only where somebody could ask the person for it,
/// and to open an address only where somebody could ask with what. Neither is asked here.
const ASKS: &str = "[portal]\nDBusName=org.freedesktop.impl.portal.desktop.rig\n\
    Interfaces=org.freedesktop.impl.portal.Access;org.freedesktop.impl.portal.AppChooser;\n\
    UseIn=sway\n";

/// A running portal: it opens addresses, and on Wayland it takes pictures of the screen.
#[derive(Debug)]
pub struct Portal {
    _frontend: Process,
    _backend: Option<(Process, Process)>,
    _alone: Option<File>,
}

impl Portal {
    /// Starts it. On Wayland it waits until no other story on this machine uses one, because the
    /// pictures of all of them are in one file.
    ///
    /// # Panics
    /// If it does not start.
    pub async fn start(desktop: &Desktop) -> Portal {
        let folder = desktop.dir().join("portals");
        std::fs::create_dir(&folder).expect("folder");
        std::fs::write(folder.join("rig.portal"), ASKS).expect("a portal's description");
        let mut backend = None;
        let mut alone = None;
        if desktop.env().contains_key("WAYLAND_DISPLAY") {
            alone = Some(wait_for_turn().await);
            std::fs::remove_file(PICTURE).ok();
            let described = "/usr/share/xdg-desktop-portal/portals/wlr.portal";
            std::fs::copy(described, folder.join("wlr.portal")).expect("portal-wlr");
            // Without it portal-wlr ends at once.
            let mut command = desktop.command("pipewire");
            let mut pipewire = Process::start_quiet("pipewire", &mut command, &desktop.logs());
            let socket = Path::new(&desktop.env()["XDG_RUNTIME_DIR"]).join("pipewire-0");
            let listens = async || UnixStream::connect(&socket).await.is_ok();
            pipewire.wait_until("its socket", listens).await;
            let takes_pictures = start_named(desktop, "xdg-desktop-portal-wlr", WLR, &folder).await;
            backend = Some((takes_pictures, pipewire));
        }
        let frontend = start_named(desktop, "xdg-desktop-portal", NAME, &folder).await;
        Portal { _frontend: frontend, _backend: backend, _alone: alone }
    }
}

async fn start_named(desktop: &Desktop, program: &str, name: &str, folder: &Path) -> Process {
    let mut command = desktop.command(format!("/usr/libexec/{program}"));
    command.env("XDG_DESKTOP_PORTAL_DIR", folder);
    let mut process = Process::start_quiet(program, &mut command, &desktop.logs());
    let session = desktop.session_bus();
    process.wait_until("its name on the bus", async || session.has_owner(name).await).await;
    process
}

async fn wait_for_turn() -> File {
    let path = format!("/tmp/sayso-rig-portal-{}.lock", rustix::process::getuid().as_raw());
    let locked = tokio::task::spawn_blocking(move || {
        let file = File::create(path)?;
        file.lock().map(|()| file)
    });
    locked.await.expect("the wait for the file").expect("a lock on the file")
}

/// What a played portal answers when it is asked for a picture of the screen.
#[derive(Debug, Clone)]
pub enum Answer {
    /// A copy of this file, whatever is in it.
    File(PathBuf),
    /// The person does not want it (response 1).
    Cancelled,
    /// The desktop does not allow it (response 2).
    Refused,
    /// Nothing, ever.
    Nothing,
}

#[derive(Debug)]
struct Asked {
    answer: Answer,
    folder: PathBuf,
    times: usize,
}

/// A portal that is played: it takes pictures of the screen, and nothing else.
#[derive(Debug)]
pub struct PlayedPortal {
    asked: Arc<Mutex<Asked>>,
    connection: Connection,
}

impl PlayedPortal {
    /// Puts it on the session bus.
    ///
    /// # Panics
    /// If there is a portal already.
    pub async fn start(desktop: &Desktop, answer: Answer) -> PlayedPortal {
        let folder = desktop.dir().join("pictures");
        std::fs::create_dir(&folder).expect("folder");
        let asked = Arc::new(Mutex::new(Asked { answer, folder, times: 0 }));
        let connection = desktop.session_bus().connect().await;
        let screenshot = Screenshot(Arc::clone(&asked));
        connection.object_server().at(PATH, screenshot).await.expect("the portal's object");
        connection.request_name(NAME).await.expect("the portal's name");
        PlayedPortal { asked, connection }
    }

    /// From now on it answers this.
    pub fn answer(&self, answer: Answer) {
        lock(&self.asked).answer = answer;
    }

    /// How often it was asked for a picture.
    #[must_use]
    pub fn times(&self) -> usize {
        lock(&self.asked).times
    }

    /// The pictures that it has handed over and that are still there.
    ///
    /// # Panics
    /// If their folder is gone.
    #[must_use]
    pub fn left_behind(&self) -> Vec<PathBuf> {
        let entries = std::fs::read_dir(&lock(&self.asked).folder).expect("folder");
        entries.flatten().map(|entry| entry.path()).collect()
    }

    /// It ends in the middle of whatever it does.
    ///
    /// # Panics
    /// If the session bus is gone.
    pub async fn end(self) {
        self.connection.close().await.expect("the session bus");
    }
}

struct Screenshot(Arc<Mutex<Asked>>);

#[interface(name = "org.freedesktop.portal.Screenshot")]
impl Screenshot {
    #[zbus(property, name = "version")]
    fn version(&self) -> u32 {
        2
    }

    async fn screenshot(
        &self,
        #[zbus(header)] header: Header<'_>,
        #[zbus(connection)] connection: &Connection,
        _window: &str,
        options: HashMap<String, OwnedValue>,
    ) -> zbus::fdo::Result<OwnedObjectPath> {
        let sender = header.sender().map(ToString::to_string).unwrap_or_default();
        let token = options.get("handle_token").and_then(|token| token.downcast_ref().ok());
        let token: String = token.unwrap_or_else(|| "rig".to_owned());
        let place = sender.trim_start_matches(':').replace('.', "_");
        let handle = ObjectPath::try_from(format!("{PATH}/request/{place}/{token}"))
            .map_err(|error| zbus::fdo::Error::InvalidArgs(error.to_string()))?;
        connection.object_server().at(&handle, Request).await?;
        let response = lock(&self.0).respond();
        if let Some(response) = response {
            let (connection, handle) = (connection.clone(), handle.to_owned());
            tokio::spawn(async move {
                // The handle is returned before the response is sent, as in life.
                clock::moment().await;
                let to = Some(sender.as_str());
                connection.emit_signal(to, &handle, REQUEST, "Response", &response).await.ok();
                connection.object_server().remove::<Request, _>(&handle).await.ok();
            });
        }
        Ok(handle.into())
    }
}

struct Request;

#[interface(name = "org.freedesktop.portal.Request")]
impl Request {
    fn close(&self) {}
}

impl Asked {
    fn respond(&mut self) -> Option<(u32, HashMap<&'static str, Value<'static>>)> {
        self.times += 1;
        match &self.answer {
            Answer::Nothing => None,
            Answer::Cancelled => Some((1, HashMap::new())),
            Answer::Refused => Some((2, HashMap::new())),
            Answer::File(file) => {
                let copy = self.folder.join(format!("{}.png", self.times));
                std::fs::copy(file, &copy).expect("a copy of the picture");
                let uri = format!("file://{}", copy.display());
                Some((0, HashMap::from([("uri", Value::from(uri))])))
            }
        }
    }
}

fn lock(asked: &Mutex<Asked>) -> MutexGuard<'_, Asked> {
    asked.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use futures_util::StreamExt;
    use zbus::{MatchRule, MessageStream};

    use super::*;
    use crate::browser::{Browser, Engine, Window};
    use crate::desktop::tests::SQUARES;
    use crate::desktop::{Picture, Screen};
    use crate::processes::wait_until;

    /// Asks for a picture as a program does: what came back, if anything does soon.
    async fn ask(desktop: &Desktop) -> Option<(u32, String)> {
        let connection = desktop.session_bus().connect().await;
        let rule = MatchRule::builder().interface(REQUEST).unwrap().member("Response").unwrap();
        let mut responses =
            MessageStream::for_match_rule(rule.build(), &connection, None).await.unwrap();
        let body = ("", HashMap::from([("interactive", Value::from(false))]));
        let interface = Some("org.freedesktop.portal.Screenshot");
        connection.call_method(Some(NAME), PATH, interface, "Screenshot", &body).await.unwrap();
        let soon = std::time::Duration::from_secs(2);
        let response = tokio::time::timeout(soon, responses.next()).await.ok()??.unwrap();
        let body = response.body();
        let (code, found): (u32, HashMap<String, OwnedValue>) = body.deserialize().unwrap();
        let uri = found.get("uri").map(|uri| uri.downcast_ref::<String>().unwrap());
        Some((code, uri.unwrap_or_default()))
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_picture_of_the_screen_on_wayland_shows_the_page() {
        let desktop = Desktop::builder("A screen.")
            .without_speech()
            .without_lock()
            .wayland()
            .screen(1920, 1080)
            .start()
            .await;
        let portal = Portal::start(&desktop).await;
        let browser = Browser::open_as(&desktop, "first", Engine::Chromium, Window::Normal).await;
        browser.go(SQUARES).await;
        browser.wait_until_shown(&desktop).await;
        let taken = ask(&desktop).await;
        assert_eq!(taken, Some((0, format!("file://{PICTURE}"))));
        let picture = Picture::of_png(&std::fs::read(PICTURE).unwrap());
        std::fs::remove_file(PICTURE).unwrap();
        assert_eq!(picture.size(), Screen { width: 1920, height: 1080 });
        assert!(picture.shows(&browser.page_picture().await));
        drop(portal);
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn the_portal_opens_an_address_in_the_default_browser() {
        let desktop = Desktop::builder("An address.").without_speech().start().await;
        let _portal = Portal::start(&desktop).await;
        let opened = desktop.dir().join("opened");
        let script = desktop.dir().join("open.sh");
        std::fs::write(&script, format!("echo \"$1\" > {}\n", opened.display())).unwrap();
        desktop.open_with("http", &format!("sh {} %u", script.display()));
        let connection = desktop.session_bus().connect().await;
        let interface = Some("org.freedesktop.portal.OpenURI");
        let body = ("", "http://127.0.0.1:9/finish?a=1&b=2", HashMap::<&str, Value<'_>>::new());
        connection.call_method(Some(NAME), PATH, interface, "OpenURI", &body).await.unwrap();
        wait_until("the address to be opened", String::new, || {
            let text = std::fs::read_to_string(&opened).ok()?;
            (text == "http://127.0.0.1:9/finish?a=1&b=2\n").then_some(())
        })
        .await;
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_played_portal_answers_what_it_is_told() {
        let desktop = Desktop::builder("A portal.").without_speech().start().await;
        let portal = PlayedPortal::start(&desktop, Answer::Refused).await;
        assert_eq!(ask(&desktop).await, Some((2, String::new())));
        portal.answer(Answer::Cancelled);
        assert_eq!(ask(&desktop).await, Some((1, String::new())));
        let file = desktop.dir().join("empty.png");
        std::fs::write(&file, "").unwrap();
        portal.answer(Answer::File(file));
        let (code, uri) = ask(&desktop).await.unwrap();
        assert_eq!(code, 0);
        let handed = portal.left_behind();
        assert_eq!(uri, format!("file://{}", handed[0].display()));
        portal.answer(Answer::Nothing);
        assert_eq!(ask(&desktop).await, None);
        assert_eq!(portal.times(), 4);
        portal.end().await;
        assert!(!desktop.session_bus().has_owner(NAME).await);
    }
}
