//! Every example in the documents is read by the parsers that read the wire, and nothing in it is
//! lost: an example that parses into less than it says is out of date.

#![allow(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

use std::path::{Path, PathBuf};

use sayso_protocol::address::Address;
use sayso_protocol::binding::{Binding, BindingCall, Bound};
use sayso_protocol::change::{Approvers, ChangeAct, ChangeAnswer, Changes};
use sayso_protocol::decision::{DecisionAnswer, DecisionClaims};
use sayso_protocol::enrolment::{Enrolled, Enrolment};
use sayso_protocol::link::{AuditHead, DeviceCall, FromBroker, Inbox};
use sayso_protocol::outcome::Outcome;
use sayso_protocol::practice::{PracticeAnswer, PracticeCall};
use sayso_protocol::problem::Problem;
use sayso_protocol::request::{MoreTimeAnswer, Request};
use sayso_protocol::rotation::{KeySet, NewKey};
use sayso_protocol::service::{Ask, Asked, AskedDigits, CollectCall, Collected, RequestAnswer};
use sayso_protocol::signature::{Claims, Envelope, Expected, PublicKey, SecretKey};
use sayso_protocol::time::{BrokerTime, UnixTime};
use sayso_protocol::webhook::Event;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

const DOCUMENTS: [(&str, &str); 2] = [
    ("protocol.md", include_str!("../../docs/protocol.md")),
    ("services.md", include_str!("../../docs/services.md")),
];

/// A fenced block: what its fence says, and what stands in it.
struct Example {
    whence: String,
    kind: String,
    text: String,
}

fn examples() -> Vec<Example> {
    let mut examples = Vec::new();
    for (name, document) in DOCUMENTS {
        let mut open: Option<Example> = None;
        for (line, number) in document.lines().zip(1..) {
            match (line.strip_prefix("```"), &mut open) {
                (Some(kind), None) => {
                    let whence = format!("{name}, line {number}");
                    open = Some(Example { whence, kind: kind.to_owned(), text: String::new() });
                }
                (Some(_), Some(_)) => examples.extend(open.take()),
                (None, Some(example)) => {
                    example.text.push_str(line);
                    example.text.push('\n');
                }
                (None, None) => {}
            }
        }
        assert!(open.is_none(), "{name}: a block is not closed");
    }
    examples
}

/// Reads `text` as a `T`, and holds that what is written again is what stood there.
fn whole<T: Serialize + DeserializeOwned>(text: &str) -> Result<(), String> {
    let value: T = serde_json::from_str(text).map_err(|error| error.to_string())?;
    let again = serde_json::to_value(&value).map_err(|error| error.to_string())?;
    let said: Value = serde_json::from_str(text).map_err(|error| error.to_string())?;
    if again == said { Ok(()) } else { Err(format!("read as {again}")) }
}

/// Reads `text` as the payload of a signed message: the five registered claims and those of `C`.
fn payload<C: Claims>(text: &str) -> Result<(), String> {
    let mut said: Value = serde_json::from_str(text).map_err(|error| error.to_string())?;
    let claims = said.as_object_mut().ok_or("not an object")?;
    for name in ["iss", "aud", "iat", "exp", "jti"] {
        claims.remove(name).ok_or_else(|| format!("{name} is missing"))?;
    }
    whole::<C>(&said.to_string())
}

/// Reads `text` as an address, and holds that what is written again is what stood there.
fn address(text: &str) -> Result<(), String> {
    let again = Address::parse(text).map_err(|error| error.to_string())?.reveal();
    if again == text { Ok(()) } else { Err(format!("read as {again}")) }
}

/// Holds that `text` stands in the file of this name as it is.
fn quoted(text: &str, file: &str) -> Result<(), String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(file);
    let whole = std::fs::read_to_string(path).map_err(|error| error.to_string())?;
    if whole.contains(text) { Ok(()) } else { Err(format!("it does not stand in {file}")) }
}

fn check(example: &Example) -> Result<(), String> {
    let text = &example.text;
    match example.kind.as_str() {
        "json PublicKey" => whole::<PublicKey>(text),
        "json FromBroker" => whole::<FromBroker>(text),
        "json Inbox" => whole::<Inbox>(text),
        "json BindingCall" => whole::<BindingCall>(text),
        "json Bound" => whole::<Bound>(text),
        "json DecisionAnswer" => whole::<DecisionAnswer>(text),
        "json MoreTimeAnswer" => whole::<MoreTimeAnswer>(text),
        "json PracticeCall" => whole::<PracticeCall>(text),
        "json PracticeAnswer" => whole::<PracticeAnswer>(text),
        "json Enrolled" => whole::<Enrolled>(text),
        "json ChangeAnswer" => whole::<ChangeAnswer>(text),
        "json Changes" => whole::<Changes>(text),
        "json Approvers" => whole::<Approvers>(text),
        "json Problem" => whole::<Problem>(text),
        "json Ask" => whole::<Ask>(text),
        "json Asked" => whole::<Asked>(text),
        "json AskedDigits" => whole::<AskedDigits>(text),
        "json RequestAnswer" => whole::<RequestAnswer>(text),
        "json CollectCall" => whole::<CollectCall>(text),
        "json Collected" => whole::<Collected>(text),
        "json Event" => whole::<Event>(text),
        "json claims Enrolment" => payload::<Enrolment>(text),
        "json claims AuditHead" => payload::<AuditHead>(text),
        "json claims NewKey" => payload::<NewKey>(text),
        "json KeySet" => whole::<KeySet>(text),
        "json claims DeviceCall" => payload::<DeviceCall>(text),
        "json claims Request" => payload::<Request>(text),
        "json claims Binding" => payload::<Binding>(text),
        "json claims ChangeAct" => payload::<ChangeAct>(text),
        "json claims DecisionClaims" => payload::<DecisionClaims>(text),
        "json claims Outcome" => payload::<Outcome>(text),
        "address" => address(text.trim_end()),
        "python" => quoted(text, "docs/services/login.py"),
        "python told" => quoted(text, "docs/services/told.py"),
        "jws BrokerTime" | "sh" => Ok(()),
        other => Err(format!("nobody reads a block of the kind {other:?}")),
    }
}

#[test]
fn every_example_is_read_whole() {
    let examples = examples();
    assert!(examples.len() > 20, "only {} examples were found", examples.len());
    let faults: Vec<String> = examples
        .iter()
        .filter_map(|example| {
            check(example).err().map(|fault| format!("{}: {fault}", example.whence))
        })
        .collect();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// The private key of RFC 8037, appendix A.1, whose public half stands in the document.
fn key_of_the_document() -> SecretKey {
    SecretKey::from_bytes(&[
        0x9d, 0x61, 0xb1, 0x9d, 0xef, 0xfd, 0x5a, 0x60, 0xba, 0x84, 0x4a, 0xf4, 0x92, 0xec, 0x2c,
        0xc4, 0x44, 0x49, 0xc5, 0x69, 0x7b, 0x32, 0x69, 0x19, 0x70, 0x3b, 0xac, 0x03, 0x1c, 0xae,
        0x7f, 0x60,
    ])
}

#[test]
fn the_signed_message_in_the_document_is_the_one_that_the_key_beside_it_signs() {
    let examples = examples();
    let block = |kind: &str| examples.iter().find(|example| example.kind == kind).expect("a block");
    let key: PublicKey = serde_json::from_str(&block("json PublicKey").text).unwrap();
    let jws = block("jws BrokerTime").text.trim().to_owned();
    let expected = Envelope {
        iss: "https://broker.example".to_owned(),
        aud: "n-0S6_WzA2Mj".to_owned(),
        iat: UnixTime(1_795_345_200),
        exp: UnixTime(1_795_345_260),
        jti: "019aac1e-8a00-7000-8000-000000000000".to_owned(),
        claims: BrokerTime {},
    };
    assert_eq!(jws, key_of_the_document().sign(&expected).as_str());
    let now = Expected { iss: &expected.iss, aud: &expected.aud, now: UnixTime(1_795_345_201) };
    assert_eq!(key.verify::<BrokerTime>(&jws, now).unwrap(), expected);
}

/// Every document of the project, and where it lies below the root.
fn documents(root: &Path) -> Vec<(PathBuf, String)> {
    let mut documents = Vec::new();
    for folder in ["", "docs", "docs/guide/en", "docs/guide/da"] {
        for entry in std::fs::read_dir(root.join(folder)).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_some_and(|extension| extension == "md") {
                let text = std::fs::read_to_string(&path).unwrap();
                documents.push((path, text));
            }
        }
    }
    documents
}

/// The targets of links within the project, and what stands between backticks and begins with
/// one of its folders.
fn places<'a>(root: &Path, path: &Path, text: &'a str) -> Vec<(&'a str, PathBuf)> {
    const FOLDERS: [&str; 8] =
        ["protocol", "words", "broker", "daemon", "cli", "packaging", "tests", "docs"];
    let links = text.split("](").skip(1).filter_map(|rest| rest.split_once(')')).map(|two| two.0);
    let links = links.filter(|link| !link.contains("://") && !link.starts_with('#'));
    let folder = path.parent().unwrap();
    let mut places: Vec<_> = links.map(|link| (link, folder.join(link))).collect();
    let quoted = text.split('`').skip(1).step_by(2);
    let named = quoted.filter(|name| {
        let Some((first, _)) = name.split_once('/') else { return false };
        FOLDERS.contains(&first) && !name.contains("XX")
    });
    places.extend(named.map(|name| (name, root.join(name))));
    places
}

#[test]
fn every_place_that_a_document_names_is_there() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let documents = documents(root);
    let mut missing = Vec::new();
    let mut count = 0;
    for (path, text) in &documents {
        for (name, place) in places(root, path, text) {
            count += 1;
            if !place.exists() {
                missing.push(format!("{}: {name}", path.display()));
            }
        }
    }
    assert!(count > 60, "only {count} places were found");
    assert!(missing.is_empty(), "{}", missing.join("\n"));
}
