//! Signed messages, each with one defect, named for it. The files in `vectors/` are what another
//! implementation can be tried on; here each is made anew, compared, and read.
//!
//! `UPDATE=1` writes the files.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that fails says so")]

use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ed25519_dalek::{Signer as _, SigningKey};
use sayso_protocol::request::Request;
use sayso_protocol::rotation::BrokerKeys;
use sayso_protocol::signature::{Expected, Jws, PublicKey};
use sayso_protocol::time::UnixTime;
use serde_json::{Value, json};

/// The private key of RFC 8037, appendix A.1.
const SECRET: &str = "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A";
/// Its thumbprint, appendix A.3.
const THUMBPRINT: &str = "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k";
/// The signed message of appendix A.4.
const SIGNED: &str = "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc.hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg";
/// The order of the group (RFC 8032, section 5.1), little-endian.
const ORDER: [u8; 32] = [
    0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10,
];

fn key() -> SigningKey {
    SigningKey::from_bytes(&URL_SAFE_NO_PAD.decode(SECRET).unwrap().try_into().unwrap())
}

fn public() -> PublicKey {
    let x = URL_SAFE_NO_PAD.encode(key().verifying_key().to_bytes());
    serde_json::from_value(json!({"kty": "OKP", "crv": "Ed25519", "x": x})).unwrap()
}

fn header() -> Value {
    json!({"alg": "EdDSA", "kid": THUMBPRINT, "typ": "sayso-request+jwt"})
}

fn payload() -> Value {
    json!({
        "iss": "https://broker.example", "aud": "approver", "iat": 1000, "exp": 1600, "jti": "one",
        "request": "018f2d7e-7e3b-7000-8000-000000000000", "account": "anna",
        "service": "Example Bank", "action": {"kind": "login"}, "origin": {}, "near": "same",
        "bindings": ["code"], "min_verification": "session",
    })
}

fn with(mut value: Value, name: &str, to: Value) -> Value {
    value[name] = to;
    value
}

fn without(mut value: Value, name: &str) -> Value {
    value.as_object_mut().unwrap().remove(name);
    value
}

/// Signs these two texts, whatever they say. Names stand in alphabetical order.
fn jws_of(header: &str, payload: &str) -> String {
    let signed = format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(payload));
    let signature = key().sign(signed.as_bytes()).to_bytes();
    format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
}

fn sorted(value: &Value) -> String {
    let map: std::collections::BTreeMap<_, _> = value.as_object().unwrap().iter().collect();
    serde_json::to_string(&map).unwrap()
}

fn jws(header: &Value, payload: &Value) -> String {
    jws_of(&sorted(header), &sorted(payload))
}

/// The same signature with the group's order added to its second half: the same equation holds.
fn malleable(jws: &str) -> String {
    let (signed, signature) = jws.rsplit_once('.').unwrap();
    let mut bytes = URL_SAFE_NO_PAD.decode(signature).unwrap();
    let mut carry = 0u16;
    for (byte, add) in bytes[32..].iter_mut().zip(ORDER) {
        let sum = u16::from(*byte) + u16::from(add) + carry;
        (*byte, carry) = ((sum & 0xff) as u8, sum >> 8);
    }
    format!("{signed}.{}", URL_SAFE_NO_PAD.encode(bytes))
}

/// Name, message, and what reading it says: an error's name, or the service's name.
fn vectors() -> Vec<(&'static str, String, &'static str)> {
    let good = jws(&header(), &payload());
    let alg = |name: &str| jws(&with(header(), "alg", name.into()), &payload());
    let claim = |name: &str, to: Value| jws(&header(), &with(payload(), name, to));
    let doubled = sorted(&payload()).replace("{\"account\":", "{\"account\":\"bob\",\"account\":");
    let unsigned = alg("none").rsplit_once('.').map(|(signed, _)| format!("{signed}.")).unwrap();
    let other = {
        let (signed, _) = good.rsplit_once('.').unwrap();
        let signature = SigningKey::from_bytes(&[7; 32]).sign(signed.as_bytes()).to_bytes();
        format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
    };
    vec![
        ("good", good.clone(), "Example Bank"),
        ("alg-none", unsigned, "Algorithm"),
        ("alg-hs256", alg("HS256"), "Algorithm"),
        ("wrong-typ", jws(&with(header(), "typ", "JWT".into()), &payload()), "Typ"),
        ("no-typ", jws(&without(header(), "typ"), &payload()), "Malformed"),
        ("foreign-key", jws(&with(header(), "kid", "another".into()), &payload()), "Key"),
        ("key-in-header", jws(&with(header(), "jwk", json!({})), &payload()), "Malformed"),
        ("other-signature", other, "Signature"),
        ("malleable-signature", malleable(&good), "Signature"),
        ("truncated", good[..good.len() - 6].to_owned(), "Signature"),
        ("two-parts", good.rsplit_once('.').unwrap().0.to_owned(), "Malformed"),
        ("four-parts", format!("{good}.AAAA"), "Malformed"),
        ("padded", format!("{good}=="), "Malformed"),
        ("expired", claim("exp", 1100.into()), "Expired"),
        ("from-the-future", claim("iat", 1300.into()), "Future"),
        ("foreign-audience", claim("aud", "another".into()), "Audience"),
        ("foreign-issuer", claim("iss", "https://other.example".into()), "Issuer"),
        ("extra-claim", claim("admin", true.into()), "Malformed"),
        ("missing-claim", jws(&header(), &without(payload(), "near")), "Malformed"),
        ("long-jti", claim("jti", "A".repeat(65).into()), "Malformed"),
        ("claim-twice", jws_of(&sorted(&header()), &doubled), "Malformed"),
        ("capital-account", claim("account", "Anna".into()), "Malformed"),
        (
            "bidi-in-service-name",
            claim("service", "Example \u{202e}knaB\u{202c}\u{200b} Bank".into()),
            "Example knaB Bank",
        ),
        ("line-end-in-service-name", claim("service", "Bank\r\n.\r\nQUIT".into()), "Bank . QUIT"),
    ]
}

/// The same for new keys of the broker, read by who knows the key that signs here.
fn new_keys() -> Vec<(&'static str, String, &'static str)> {
    let broker = "https://broker.example";
    let x = URL_SAFE_NO_PAD.encode(SigningKey::from_bytes(&[7; 32]).verifying_key().to_bytes());
    let jwk = json!({"crv": "Ed25519", "kty": "OKP", "x": x});
    let payload = json!({
        "iss": broker, "aud": broker, "iat": 1000, "exp": 253_402_300_799_i64, "jti": "one",
        "jwk": jwk,
    });
    let header = with(header(), "typ", "sayso-key+jwt".into());
    let claim = |name: &str, to: Value| jws(&header, &with(payload.clone(), name, to));
    let weak = with(jwk.clone(), "x", URL_SAFE_NO_PAD.encode([0; 32]).into());
    let self_signed = with(header.clone(), "kid", "another".into());
    vec![
        ("new-key", jws(&header, &payload), "New"),
        ("new-key-of-another-broker", claim("iss", "https://other.example".into()), "Issuer"),
        ("new-key-for-another-broker", claim("aud", "https://other.example".into()), "Audience"),
        ("new-key-that-another-signed", jws(&self_signed, &payload), "Key"),
        ("new-key-in-a-request", jws(&self::header(), &payload), "Typ"),
        ("new-key-that-is-weak", claim("jwk", weak), "Malformed"),
        ("new-key-of-its-own", claim("jwk", json!(public())), "Known"),
    ]
}

fn read_key(jws: &str) -> String {
    let mut known = BrokerKeys::new(public());
    let jws = Jws::received(jws.to_owned()).unwrap();
    let name = match known.take("https://broker.example", &jws) {
        Ok(taken) => format!("{taken:?}"),
        Err(error) => format!("{error:?}"),
    };
    name.split('(').next().unwrap_or_default().to_owned()
}

fn read(jws: &str) -> String {
    let expected = Expected { iss: "https://broker.example", aud: "approver", now: UnixTime(1200) };
    match public().verify::<Request>(jws, expected) {
        Ok(envelope) => envelope.claims.service.to_string(),
        Err(error) => {
            let name = format!("{error:?}");
            name.split('(').next().unwrap_or_default().to_owned()
        }
    }
}

#[test]
fn each_defect_is_found_for_what_it_is() {
    let messages = vectors().into_iter().map(|vector| (vector, read as fn(&str) -> String));
    let keys = new_keys().into_iter().map(|vector| (vector, read_key as fn(&str) -> String));
    for ((name, jws, expected), read) in messages.chain(keys) {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("vectors/{name}.json"));
        let text = format!("{{\n  \"jws\": \"{jws}\",\n  \"read\": \"{expected}\"\n}}\n");
        if std::env::var_os("UPDATE").is_some() {
            std::fs::create_dir_all(file.parent().unwrap()).unwrap();
            std::fs::write(&file, &text).unwrap();
        }
        assert_eq!(std::fs::read_to_string(&file).unwrap_or_default(), text, "{name}");
        assert_eq!(read(&jws), expected, "{name}");
    }
}

#[test]
fn a_message_over_the_cap_is_not_even_parsed() {
    assert_eq!(read(&"A".repeat(16 * 1024 + 1)), "TooLarge");
}

#[test]
fn the_key_and_the_signature_of_rfc_8037_are_ours() {
    assert_eq!(public().thumbprint(), THUMBPRINT);
    let (signed, signature) = SIGNED.rsplit_once('.').unwrap();
    let ours = key().sign(signed.as_bytes()).to_bytes();
    assert_eq!(URL_SAFE_NO_PAD.encode(ours), signature);
    // It names neither key nor type, so here it counts for nothing.
    assert_eq!(read(SIGNED), "Malformed");
}

#[test]
fn a_key_of_small_order_is_no_key() {
    for point in [[0; 32], {
        let mut one = [0; 32];
        one[0] = 1;
        one
    }] {
        let x = URL_SAFE_NO_PAD.encode(point);
        let jwk = json!({"kty": "OKP", "crv": "Ed25519", "x": x});
        assert!(serde_json::from_value::<PublicKey>(jwk).is_err());
    }
}
