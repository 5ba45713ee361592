//! What a story leaves behind: what was signed, and what lies on the disks.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rusqlite::{Connection, OpenFlags};
use serde_json::Value;

use crate::broker::Broker;
use crate::daemon::Daemon;
use crate::desktop::Desktop;

/// How a decision stands that needs not be sent again.
pub(super) const ANSWERED: &str = "answered by the broker";

/// What an approver signed, as it passed on its way to the broker.
pub(super) fn signed(name: &str, body: &[u8]) -> Option<String> {
    let body: Value = serde_json::from_slice(body).ok()?;
    let member = |name: &str| body.get(name)?.as_str().and_then(claims);
    if name.ends_with("/decision") {
        let claims = member("decision")?;
        let heard = &claims["heard"];
        return Some(format!(
            "signed: decision {}, heard {} {}",
            claims["verdict"].as_str()?,
            heard["lang"].as_str()?,
            heard["text"]
        ));
    }
    if name == "POST /v1/bindings" {
        let claims = member("binding")?;
        let method = claims["method"].as_str()?;
        return Some(match (method, claims["value"].as_str()) {
            // A page's secret of 128 bits is another one each time.
            ("qr" | "link", Some(_)) => format!("signed: binding by {method}, value SECRET"),
            (_, Some(value)) => format!("signed: binding by {method}, value {value}"),
            (_, None) => format!("signed: binding by {method}"),
        });
    }
    if name == "POST /v1/changes" {
        let claims = member("change")?;
        let act = claims["act"].as_str()?;
        let of = claims.get("proposal").map(|proposal| format!(" {}", named(proposal)));
        let heard = &claims["heard"];
        let heard = heard["lang"].as_str().map(|lang| format!(", heard {lang} {}", heard["text"]));
        let (of, heard) = (of.unwrap_or_default(), heard.unwrap_or_default());
        return Some(format!("signed: change, {act}{of}{heard}"));
    }
    None
}

/// What a change sets, in the words of the protocol.
fn named(proposal: &Value) -> String {
    let value = &proposal["value"];
    let value = value["name"].as_str().or(value.as_str()).unwrap_or_default();
    format!("{} {value}", proposal["setting"].as_str().unwrap_or_default())
}

/// The claims of a signed message, unverified.
#[must_use]
pub fn claims(jws: &str) -> Option<Value> {
    let payload = URL_SAFE_NO_PAD.decode(jws.split('.').nth(1)?).ok()?;
    serde_json::from_slice(&payload).ok()
}

/// One line for each request at the broker: how it ended and which decisions stand beside it.
pub(super) fn stored_by_broker(broker: &Broker) -> Vec<String> {
    let store = open(&broker.database());
    let mut requests = store
        .prepare("SELECT id, outcome, collected_at IS NOT NULL FROM requests ORDER BY rowid")
        .expect("the broker's requests");
    let rows = requests
        .query_map([], |row| {
            Ok((row.get(0)?, row.get::<_, Option<String>>(1)?, row.get::<_, bool>(2)?))
        })
        .expect("the broker's requests");
    rows.map(|row| {
        let (id, outcome, collected): (String, _, _) = row.expect("a request");
        let verdict = outcome.and_then(|jws| claims(&jws));
        let verdict = verdict.as_ref().and_then(|claims| claims["verdict"].as_str());
        let fetched = if collected { "fetched by the service" } else { "not fetched" };
        let decisions =
            decisions(&store, "SELECT jws FROM decisions WHERE request = ?1 ORDER BY rowid", &id);
        format!(
            "stored by the broker: the request ended with {}, {fetched}; decisions: {decisions}",
            verdict.unwrap_or("nothing yet")
        )
    })
    .collect()
}

/// One line for each change at the broker, and one for the settings that hold, where any changed.
pub(super) fn changes_of_broker(broker: &Broker) -> Vec<String> {
    let store = open(&broker.database());
    let mut changes = store.prepare("SELECT change FROM changes ORDER BY id").expect("changes");
    let changes = changes.query_map([], |row| row.get::<_, String>(0)).expect("changes");
    let mut lines: Vec<String> = changes
        .map(|change| {
            let change: Value = serde_json::from_str(&change.expect("a change")).expect("JSON");
            let state = change["state"]["state"].as_str().unwrap_or_default();
            format!("stored by the broker: change {}, {state}", named(&change["proposal"]))
        })
        .collect();
    if !lines.is_empty() {
        let settings = "SELECT settings FROM accounts WHERE settings IS NOT NULL ORDER BY name";
        let mut settings = store.prepare(settings).expect("settings");
        let settings = settings.query_map([], |row| row.get::<_, String>(0)).expect("settings");
        lines.extend(settings.map(|settings| {
            let settings: Value = serde_json::from_str(&settings.expect("settings")).expect("JSON");
            let value = |name: &str| settings[name].as_str().unwrap_or_default().to_owned();
            let (with, device) = (value("approve_with"), value("same_device"));
            format!("stored by the broker: approve_with is {with}, same_device is {device}")
        }));
    }
    lines
}

/// One line for each decision that the daemon keeps.
pub(super) fn stored_by_daemon(desktop: &Desktop) -> Vec<String> {
    let path = Daemon::store(desktop);
    if !path.exists() {
        return Vec::new();
    }
    let store = open(&path);
    let mut kept = store
        .prepare("SELECT verdict, ending IS NOT NULL FROM decisions ORDER BY rowid")
        .expect("the daemon's decisions");
    let rows = kept
        .query_map([], |row| Ok((row.get::<_, String>(0)?, row.get::<_, bool>(1)?)))
        .expect("the daemon's decisions");
    rows.map(|row| {
        let (verdict, settled) = row.expect("a decision");
        let settled = if settled { ANSWERED } else { "still to be sent" };
        format!("stored by Sayso: {}, {settled}", verdict.trim_matches('"'))
    })
    .collect()
}

fn decisions(store: &Connection, query: &str, request: &str) -> String {
    let mut found = store.prepare(query).expect("the broker's decisions");
    let verdicts: Vec<String> = found
        .query_map([request], |row| row.get::<_, String>(0))
        .expect("the broker's decisions")
        .filter_map(|jws| claims(&jws.ok()?)?["verdict"].as_str().map(str::to_owned))
        .collect();
    if verdicts.is_empty() { "none".to_owned() } else { verdicts.join(", ") }
}

/// Opens a store that a running process writes to, for reading alone.
fn open(path: &std::path::Path) -> Connection {
    Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY)
        .unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}
