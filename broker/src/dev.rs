//! A broker to try: a throw-away store unless one is named, an account, and a demo service that
//! uses nothing but the public HTTP API.

use sayso_protocol::enrolment::AccountName;
use sayso_protocol::request::ServiceName;
use sayso_protocol::spoken::Clean;
use sayso_words::{Words, say};
use std::io::Write as _;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use tokio_util::sync::CancellationToken;

use crate::admin::{self, Fault, slug};
use crate::clock::Clock;
use crate::demo::{self, Demo};
use crate::licence;
use crate::server::Server;
use crate::settings::Settings;
use crate::store::accounts::Admission;
use crate::store::{OpenError, Store};

/// The account to try it with.
const ACCOUNT: &str = "anna";
/// The demo service as the person hears it.
const SERVICE: &str = "Sayso Demo";

/// Runs it until `stopping`; `line` takes what a person or a script needs, a line each.
///
/// # Errors
/// [`Fault`].
pub async fn run(
    mut settings: Settings,
    words: &Words,
    line: &mut (dyn FnMut(&str) + Send),
    stopping: CancellationToken,
) -> Result<(), Fault> {
    // Its demo service speaks plain http with it.
    (settings.tls, settings.proxy) = (None, None);
    let throw_away = match &settings.store {
        Some(_) => None,
        None => Some(ThrowAway::make()?),
    };
    if let Some(folder) = &throw_away {
        settings.store = Some(folder.0.clone());
        tell(&say!(words, "admin-dev-store", path = &*folder.0.to_string_lossy()));
    }
    let (listener, bound) = admin::listen(settings.listen()).await?;
    let (demo_listener, demo_bound) = admin::listen(SocketAddr::new(bound.ip(), 0)).await?;
    let server = Server::open(listener, &settings, Clock::machine(), stopping.clone())
        .await
        .map_err(|error| Fault::serve(error, &settings))?;
    let start = format!("http://{demo_bound}/demo");
    let demo = prepare_demo(&server, &start).await?;
    line(&format!("listening on http://{bound}"));
    line(&format!("login page: {start}"));
    line(&format!("account: {ACCOUNT}"));
    if let Some(code) = prepare_account(&server).await? {
        line(&format!("activation code: {code}"));
        let register =
            say!(words, "admin-dev-register", address = server.origin(), account = ACCOUNT);
        tell(&register);
    }
    let (result, ()) = tokio::join!(server.run(), demo::serve(demo_listener, demo, stopping));
    drop(throw_away);
    result.map_err(|error| Fault::serve(error, &settings))
}

/// For the person beside the data.
fn tell(sentence: &str) {
    // Nobody reads stderr: the lines on stdout say what is needed.
    let _ = writeln!(std::io::stderr(), "{sentence}");
}

/// Registers the demo service anew: its key is kept nowhere.
async fn prepare_demo(server: &Server, start: &str) -> Result<Demo, Fault> {
    let store: &Store = &server.broker().store;
    let id = slug(SERVICE);
    store.write(move |tx| licence::remove(tx, &id)).await?;
    let return_url = format!("{start}/return");
    let name = ServiceName::new(SERVICE);
    let key = admin::add_service(store, &name, std::slice::from_ref(&return_url)).await?;
    Ok(Demo::new(server.origin(), slug(SERVICE), key, return_url, ACCOUNT))
}

/// The account and, while no computer is registered, its activation code.
async fn prepare_account(server: &Server) -> Result<Option<String>, Fault> {
    let broker = server.broker();
    let account = AccountName::parse(ACCOUNT).map_err(|error| Fault::Inside(error.to_string()))?;
    let added = account.clone();
    broker.store.write(move |tx| tx.add_account(&added, &Clean::new("Anna"))).await?;
    let of = account.clone();
    if !broker.store.read(move |db| db.registered(&of)).await?.is_empty() {
        return Ok(None);
    }
    let (admission, now) = (Admission::Waits, broker.clock.now());
    let (code, _) = admin::activation_for(&broker.store, &account, admission, now).await?;
    Ok(Some(code.reveal().to_owned()))
}

/// A folder that goes when the broker does.
struct ThrowAway(PathBuf);

impl ThrowAway {
    fn make() -> Result<Self, Fault> {
        let name = format!("sayso-broker-dev-{}", uuid::Uuid::now_v7());
        let path = std::env::temp_dir().join(name);
        make(&path).map_err(|error| Fault::Store(OpenError::Folder(error), path.clone()))?;
        Ok(Self(path))
    }
}

fn make(path: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::DirBuilderExt as _;
    std::fs::DirBuilder::new().mode(0o700).create(path)
}

impl Drop for ThrowAway {
    fn drop(&mut self) {
        if let Err(error) = std::fs::remove_dir_all(&self.0) {
            tracing::warn!(%error, "the throw-away store stays");
        }
    }
}
