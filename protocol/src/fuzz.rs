//! What holds of all bytes from outside: one body for each fuzz target over a parser of this
//! crate. A body returns where nothing is wrong with what the parser did, and panics where
//! something is. `tests/fuzz` has the targets, and runs every body in `cargo test` too.

#![allow(
    clippy::expect_used,
    clippy::missing_panics_doc,
    reason = "a body tells of what it found by a panic"
)]

use std::fmt::Debug;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ed25519_dalek::{Signer as _, SigningKey};
use serde::Serialize;
use serde::de::DeserializeOwned;
use unicode_normalization::UnicodeNormalization as _;

use crate::address::{Address, MAX_ADDRESS};
use crate::binding::{Binding, BindingCall, Bound, Code};
use crate::change::{Approvers, ChangeAct, ChangeAnswer, ChangeCall, ChangeTold, Changes};
use crate::decision::{DecisionAnswer, DecisionCall, DecisionClaims};
use crate::enrolment::{AccountName, ActivationCode, Enrolled, Enrolment, EnrolmentCall};
use crate::link::{AuditHead, DeviceCall, FromBroker, MAX_MESSAGE};
use crate::outcome::Outcome;
use crate::practice::{PracticeAnswer, PracticeCall};
use crate::problem::Problem;
use crate::request::{MoreTimeAnswer, Request, RequestId};
use crate::rotation::{KeySet, NewKey};
use crate::scan::{Found, Kind, Refusal};
use crate::secret::Ticket;
use crate::service::{Ask, Asked, AskedDigits, CollectCall, Collected, RequestAnswer};
use crate::signature::{
    Claims, Envelope, Expected, MAX_JWS, SecretKey, SignatureError, claimed_key, unverified,
};
use crate::spoken::{Clean, is_hidden};
use crate::time::{BrokerTime, TimeAnswer};

/// The private key that messages are signed with here: that of RFC 8037, appendix A.1, which has
/// signed those in `vectors/` too.
const OURS: [u8; 32] = [
    0x9d, 0x61, 0xb1, 0x9d, 0xef, 0xfd, 0x5a, 0x60, 0xba, 0x84, 0x4a, 0xf4, 0x92, 0xec, 0x2c, 0xc4,
    0x44, 0x49, 0xc5, 0x69, 0x7b, 0x32, 0x69, 0x19, 0x70, 0x3b, 0xac, 0x03, 0x1c, 0xae, 0x7f, 0x60,
];
/// Another one, which has signed none of them.
const FOREIGN: [u8; 32] = [2; 32];

/// Signed messages: the text as it is; and, cut at its first line end into a header and a payload,
/// the message that our key signs of them, so that what lies behind a signature is reached.
pub fn jws(bytes: &[u8]) {
    let Ok(text) = str::from_utf8(bytes) else { return };
    every_type(text);
    if let Some((header, payload)) = text.split_once('\n') {
        every_type(&signed(header, payload));
    }
}

/// Signs these two texts, whatever they say.
#[must_use]
pub fn signed(header: &str, payload: &str) -> String {
    let signed = format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(payload));
    let signature = SigningKey::from_bytes(&OURS).sign(signed.as_bytes()).to_bytes();
    format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
}

/// The header of a message of this type that our key signs.
#[must_use]
pub fn header(typ: &str) -> String {
    let kid = SecretKey::from_bytes(&OURS).public().thumbprint();
    serde_json::json!({ "alg": "EdDSA", "kid": kid, "typ": typ }).to_string()
}

fn every_type(text: &str) {
    message::<Request>(text);
    message::<Enrolment>(text);
    message::<DeviceCall>(text);
    message::<NewKey>(text);
    message::<Binding>(text);
    message::<DecisionClaims>(text);
    message::<ChangeAct>(text);
    message::<Outcome>(text);
    message::<AuditHead>(text);
    message::<BrokerTime>(text);
}

/// What verifies was signed by the key that is asked, names exactly what is expected, and cannot
/// be spelled in another way.
fn message<C: Claims + PartialEq + Debug>(text: &str) {
    let (ours, foreign) = (SecretKey::from_bytes(&OURS), SecretKey::from_bytes(&FOREIGN));
    assert!(foreign.public().verify_at_any_time::<C>(text).is_err(), "a foreign key verifies it");
    let Ok(envelope) = ours.public().verify_at_any_time::<C>(text) else { return };
    assert!(text.len() <= MAX_JWS);
    assert_eq!(claimed_key(text), Ok(ours.public().thumbprint()));
    assert_eq!(unverified::<C>(text).as_ref(), Ok(&envelope));
    counts_for_whom_it_names(text, &ours, &envelope);

    let again = ours.sign(&envelope);
    if again.as_str().len() <= MAX_JWS {
        assert_eq!(ours.public().verify_at_any_time::<C>(again.as_str()).as_ref(), Ok(&envelope));
    }
    for place in [0, text.len() / 3, text.len() / 2, text.len() - 44, text.len() - 1] {
        let other = if text.as_bytes()[place] == b'A' { "B" } else { "A" };
        let mut changed = text.to_owned();
        changed.replace_range(place..=place, other);
        let read = ours.public().verify_at_any_time::<C>(&changed);
        assert!(read.is_err(), "it verifies with another character at {place}");
    }
}

fn counts_for_whom_it_names<C: Claims + PartialEq + Debug>(
    text: &str,
    key: &SecretKey,
    envelope: &Envelope<C>,
) {
    let verify = |iss: &str, aud: &str, now| {
        key.public().verify::<C>(text, Expected { iss, aud, now }).map(|read| read == *envelope)
    };
    let (iss, aud) = (envelope.iss.as_str(), envelope.aud.as_str());
    assert_eq!(verify(&format!("{iss}x"), aud, envelope.iat), Err(SignatureError::Issuer));
    assert_eq!(verify(iss, &format!("{aud}x"), envelope.iat), Err(SignatureError::Audience));
    assert_eq!(verify(iss, aud, envelope.exp), Err(SignatureError::Expired));
    if envelope.iat < envelope.exp {
        assert_eq!(verify(iss, aud, envelope.iat), Ok(true));
    }
}

/// Messages on the link.
pub fn link(bytes: &[u8]) {
    let Ok(text) = str::from_utf8(bytes) else { return };
    if FromBroker::parse(text).is_ok() {
        assert!(text.len() <= MAX_MESSAGE);
    }
    whole::<FromBroker>(text);
}

/// Every JSON body that the broker takes and every answer that an approver or a service takes.
pub fn bodies(bytes: &[u8]) {
    let Ok(text) = str::from_utf8(bytes) else { return };
    whole::<Ask>(text);
    whole::<Asked>(text);
    whole::<AskedDigits>(text);
    whole::<RequestAnswer>(text);
    whole::<CollectCall>(text);
    whole::<Collected>(text);
    whole::<EnrolmentCall>(text);
    whole::<Enrolled>(text);
    whole::<KeySet>(text);
    whole::<BindingCall>(text);
    whole::<Bound>(text);
    whole::<DecisionCall>(text);
    whole::<DecisionAnswer>(text);
    whole::<ChangeCall>(text);
    whole::<ChangeAnswer>(text);
    whole::<ChangeTold>(text);
    whole::<Changes>(text);
    whole::<Approvers>(text);
    whole::<MoreTimeAnswer>(text);
    whole::<PracticeCall>(text);
    whole::<PracticeAnswer>(text);
    whole::<TimeAnswer>(text);
}

/// Refusals.
pub fn problem(bytes: &[u8]) {
    let Ok(text) = str::from_utf8(bytes) else { return };
    whole::<Problem>(text);
}

/// What is read is written so that it is read again as the same.
fn whole<T: Serialize + DeserializeOwned>(text: &str) {
    let Ok(read) = serde_json::from_str::<T>(text) else { return };
    let written = serde_json::to_string(&read).expect("what was read can be written");
    let again: T = serde_json::from_str(&written).expect("what was written can be read");
    assert_eq!(serde_json::to_string(&again).ok(), Some(written));
}

/// `sayso:` addresses, and whether what a QR code is said to carry agrees with them.
pub fn address(bytes: &[u8]) {
    let Ok(text) = str::from_utf8(bytes) else { return };
    let kind = Kind::of(text);
    let Ok(address) = Address::parse(text) else { return };
    let expected = match address {
        Address::Bind { .. } => Kind::SaysoBind,
        Address::Register { .. } => Kind::SaysoRegister,
    };
    assert_eq!(kind, expected, "a code is taken for something else than its address");
    let written = address.reveal();
    assert!(text.is_ascii() && text.len() <= MAX_ADDRESS);
    assert!(!written.contains(|c: char| c.is_whitespace() || c.is_control() || c == '%'));
    assert_eq!(Address::parse(&written), Ok(address));
}

/// What `sayso-scan` says of a picture.
pub fn scan(bytes: &[u8]) {
    let Ok(text) = str::from_utf8(bytes) else { return };
    whole::<Vec<Found>>(text);
    whole::<Refusal>(text);
}

/// What a person types, pastes or dictates, and ids in paths.
pub fn typed(bytes: &[u8]) {
    let Ok(text) = str::from_utf8(bytes) else { return };
    if let Ok(code) = Code::parse(text) {
        assert_eq!(code.reveal().len(), Code::DIGITS);
        assert_eq!(Code::from_clipboard(&code.for_clipboard()), Ok(code.clone()));
        assert_eq!(Code::parse(code.reveal()), Ok(code));
    }
    if let Ok(code) = Code::from_clipboard(text) {
        assert_eq!(text.trim(), code.for_clipboard());
    }
    if let Ok(code) = ActivationCode::parse(text) {
        assert_eq!(ActivationCode::parse(code.reveal()), Ok(code));
    }
    if let Ok(name) = AccountName::parse(text) {
        assert_eq!(name.as_str(), text);
    }
    if let Ok(ticket) = Ticket::parse(text) {
        assert_eq!(ticket.reveal(), text);
    }
    if let Ok(id) = text.parse::<RequestId>() {
        assert_eq!(id.to_string().parse(), Ok(id));
    }
}

/// Text that will be spoken, shown or signed.
pub fn spoken(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    clean::<4>(&text);
    clean::<60>(&text);
    clean::<400>(&text);
}

/// What is clean is short, has nothing hidden in it, and stays as it is when it is cleaned again.
fn clean<const CAP: usize>(text: &str) {
    let clean = Clean::<CAP>::new(text);
    let said = clean.as_str();
    assert!(said.chars().count() <= CAP, "longer than {CAP}");
    assert!(!said.chars().any(|c| c.is_control() || is_hidden(c)), "something is hidden in it");
    assert!(!said.contains("  ") && said.trim() == said, "it has room to hide in");
    assert!(said.chars().all(|c| c == ' ' || !c.is_whitespace()), "a line end or a tab is left");
    assert!(said.nfc().eq(said.chars()), "not in NFC");
    assert_eq!(Clean::<CAP>::new(said).as_str(), said);
}
