//! JWS in compact form (RFC 7515) with Ed25519 (RFC 8032, RFC 8037), and nothing else of JOSE.
//!
//! The header is exactly `alg`, `kid` and `typ`; the algorithm is the key's, never the header's
//! choice; the size is capped before anything is parsed; a name that stands twice is refused;
//! verification is strict (no small-order keys, no malleable signatures).

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};
use rand::CryptoRng;
use serde::de::{DeserializeOwned, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Map, Value};
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;
use std::time::Duration;

use crate::time::UnixTime;

/// How far a sender's clock may run ahead before its `iat` is refused.
pub const LEEWAY: Duration = Duration::from_secs(30);
/// No signed message is longer than this, in bytes.
pub const MAX_JWS: usize = 16 * 1024;

/// The claims of one `typ`. What stands beside `iss aud iat exp jti` is `Self`.
pub trait Claims: Serialize + DeserializeOwned {
    /// The value of the header's `typ`.
    const TYP: &'static str;
}

/// The registered claims (RFC 7519, section 4.1) around the claims of one type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Envelope<C> {
    /// Who signed: the broker's origin, or an approver's id.
    pub iss: String,
    /// For whom.
    pub aud: String,
    /// When it was signed.
    pub iat: UnixTime,
    /// From when on it does not count.
    pub exp: UnixTime,
    /// Unique among the issuer's messages.
    pub jti: String,
    /// What is said.
    pub claims: C,
}

/// What a message must name to count here and now.
#[derive(Clone, Copy, Debug)]
pub struct Expected<'a> {
    /// The only issuer that counts.
    pub iss: &'a str,
    /// The only audience that counts.
    pub aud: &'a str,
    /// Broker time.
    pub now: UnixTime,
}

/// Why a signed message does not count. For logs.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum SignatureError {
    /// Longer than [`MAX_JWS`].
    #[error("too large")]
    TooLarge,
    /// Not three parts of base64url, or not JSON of the right shape. The text is fixed: what was
    /// sent stands in no log.
    #[error("malformed: {0}")]
    Malformed(&'static str),
    /// `alg` is not `EdDSA`.
    #[error("algorithm refused")]
    Algorithm,
    /// `typ` is another one.
    #[error("wrong typ")]
    Typ,
    /// `kid` names another key.
    #[error("wrong key id")]
    Key,
    /// The signature does not verify.
    #[error("signature does not verify")]
    Signature,
    /// `iss` is another one.
    #[error("foreign issuer")]
    Issuer,
    /// `aud` is another one.
    #[error("foreign audience")]
    Audience,
    /// `exp` has passed.
    #[error("expired")]
    Expired,
    /// `iat` lies ahead.
    #[error("issued in the future")]
    Future,
}

/// A private key. Wiped on drop; `Debug` shows its public half's id.
#[derive(Clone)]
pub struct SecretKey(SigningKey);

impl SecretKey {
    /// A fresh key from `rng`.
    pub fn generate(rng: &mut impl CryptoRng) -> Self {
        Self(SigningKey::generate(rng))
    }

    /// The key whose 32 secret bytes (RFC 8032, section 5.1.5) these are.
    #[must_use]
    pub fn from_bytes(bytes: &[u8; 32]) -> Self {
        Self(SigningKey::from_bytes(bytes))
    }

    /// The 32 secret bytes, for the key store only.
    #[must_use]
    pub fn to_bytes(&self) -> zeroize::Zeroizing<[u8; 32]> {
        zeroize::Zeroizing::new(self.0.to_bytes())
    }

    /// The public half.
    #[must_use]
    pub fn public(&self) -> PublicKey {
        PublicKey(self.0.verifying_key())
    }

    /// Signs `envelope`.
    #[must_use]
    pub fn sign<C: Claims>(&self, envelope: &Envelope<C>) -> Jws<C> {
        let header =
            serde_json::json!({ "alg": "EdDSA", "kid": self.public().thumbprint(), "typ": C::TYP });
        let claims = match serde_json::to_value(&envelope.claims) {
            Ok(Value::Object(map)) => map,
            // Claims are structs of ours; one that is not an object would fail every test.
            Ok(_) | Err(_) => Map::new(),
        };
        // In the order of their names, whatever order serde_json was built to keep.
        let mut payload: BTreeMap<String, Value> = claims.into_iter().collect();
        payload.insert("iss".into(), envelope.iss.clone().into());
        payload.insert("aud".into(), envelope.aud.clone().into());
        payload.insert("iat".into(), envelope.iat.0.into());
        payload.insert("exp".into(), envelope.exp.0.into());
        payload.insert("jti".into(), envelope.jti.clone().into());
        let signed = format!(
            "{}.{}",
            URL_SAFE_NO_PAD.encode(header.to_string()),
            URL_SAFE_NO_PAD.encode(serde_json::json!(payload).to_string())
        );
        let signature = self.0.sign(signed.as_bytes());
        Jws(format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature.to_bytes())), PhantomData)
    }
}

impl fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SecretKey(of {})", self.public().thumbprint())
    }
}

/// A public key, written as a JWK (RFC 8037): `{"kty":"OKP","crv":"Ed25519","x":...}`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicKey(VerifyingKey);

/// How a public key is written.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Jwk {
    crv: String,
    kty: String,
    x: String,
}

impl PublicKey {
    /// The JWK thumbprint (RFC 7638, SHA-256, base64url): the key's id everywhere.
    #[must_use]
    pub fn thumbprint(&self) -> String {
        let canonical = format!(r#"{{"crv":"Ed25519","kty":"OKP","x":"{}"}}"#, self.x());
        URL_SAFE_NO_PAD.encode(Sha256::digest(canonical))
    }

    /// Verifies `jws` for this key and for `expected`.
    ///
    /// # Errors
    /// The first rule that the message breaks, the signature before what it says.
    pub fn verify<C: Claims>(
        &self,
        jws: &str,
        expected: Expected<'_>,
    ) -> Result<Envelope<C>, SignatureError> {
        let envelope = self.verify_at_any_time(jws)?;
        if envelope.iss != expected.iss {
            return Err(SignatureError::Issuer);
        }
        if envelope.aud != expected.aud {
            return Err(SignatureError::Audience);
        }
        if envelope.exp <= expected.now {
            return Err(SignatureError::Expired);
        }
        if envelope.iat > expected.now.plus(LEEWAY) {
            return Err(SignatureError::Future);
        }
        Ok(envelope)
    }

    /// Verifies the signature and the form alone, for stored messages and for the clock itself.
    ///
    /// # Errors
    /// The first rule of form, type, key or signature that the message breaks.
    pub fn verify_at_any_time<C: Claims>(&self, jws: &str) -> Result<Envelope<C>, SignatureError> {
        let parts = Parts::of(jws)?;
        if parts.header.alg != "EdDSA" {
            return Err(SignatureError::Algorithm);
        }
        if parts.header.typ != C::TYP {
            return Err(SignatureError::Typ);
        }
        if parts.header.kid != self.thumbprint() {
            return Err(SignatureError::Key);
        }
        let signature = Signature::from_slice(&decode(parts.signature)?)
            .map_err(|_| SignatureError::Signature)?;
        self.0
            .verify_strict(parts.signed.as_bytes(), &signature)
            .map_err(|_| SignatureError::Signature)?;
        open(&decode(parts.payload)?)
    }

    fn x(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.0.to_bytes())
    }
}

impl Serialize for PublicKey {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Jwk { crv: "Ed25519".into(), kty: "OKP".into(), x: self.x() }.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for PublicKey {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        use serde::de::Error;
        let jwk = Jwk::deserialize(deserializer)?;
        if jwk.kty != "OKP" || jwk.crv != "Ed25519" {
            return Err(D::Error::custom("only OKP keys on Ed25519"));
        }
        let bytes = URL_SAFE_NO_PAD.decode(&jwk.x).map_err(D::Error::custom)?;
        let bytes: [u8; 32] = bytes.try_into().map_err(|_| D::Error::custom("x has 32 bytes"))?;
        let key = VerifyingKey::from_bytes(&bytes).map_err(D::Error::custom)?;
        if key.is_weak() {
            return Err(D::Error::custom("weak key"));
        }
        Ok(Self(key))
    }
}

/// A signed message of one type as it travels; not yet verified when it was received.
pub struct Jws<C>(String, PhantomData<fn() -> C>);

impl<C> Jws<C> {
    /// Takes a received text as it is, if it is not too large.
    ///
    /// # Errors
    /// [`SignatureError::TooLarge`].
    pub fn received(text: String) -> Result<Self, SignatureError> {
        if text.len() > MAX_JWS {
            Err(SignatureError::TooLarge)
        } else {
            Ok(Self(text, PhantomData))
        }
    }

    /// The compact form.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// SHA-256 of the compact form.
    #[must_use]
    pub fn digest(&self) -> Digest {
        Digest::of(self.0.as_bytes())
    }
}

impl<C> Clone for Jws<C> {
    fn clone(&self) -> Self {
        Self(self.0.clone(), PhantomData)
    }
}

impl<C> PartialEq for Jws<C> {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}

impl<C> Eq for Jws<C> {}

impl<C> fmt::Debug for Jws<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Jws({})", self.digest())
    }
}

impl<C> Serialize for Jws<C> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de, C> Deserialize<'de> for Jws<C> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::received(String::deserialize(deserializer)?).map_err(serde::de::Error::custom)
    }
}

/// The `kid` of a message that nothing has verified yet: says which key to try, no more.
///
/// # Errors
/// When the text is too large or not a JWS.
pub fn claimed_key(jws: &str) -> Result<String, SignatureError> {
    Ok(Parts::of(jws)?.header.kid)
}

/// What a message says before anything has verified it: for a message that brings the very key it
/// must then be verified with, and for nothing else.
///
/// # Errors
/// When the text is too large, of another form or of another type.
pub fn unverified<C: Claims>(jws: &str) -> Result<Envelope<C>, SignatureError> {
    let parts = Parts::of(jws)?;
    if parts.header.typ != C::TYP {
        return Err(SignatureError::Typ);
    }
    open(&decode(parts.payload)?)
}

/// A SHA-256 hash, written in base64url.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Digest([u8; 32]);

impl Digest {
    /// The hash of `bytes`.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).into())
    }

    /// The next link of a hash chain: the hash of this one followed by `bytes`.
    #[must_use]
    pub fn then(self, bytes: &[u8]) -> Self {
        Self(Sha256::new().chain_update(self.0).chain_update(bytes).finalize().into())
    }

    /// Reads what `Display` wrote.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Some(Self(URL_SAFE_NO_PAD.decode(text).ok()?.try_into().ok()?))
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&URL_SAFE_NO_PAD.encode(self.0))
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Digest({self})")
    }
}

impl Serialize for Digest {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Digest {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::parse(&String::deserialize(deserializer)?)
            .ok_or_else(|| serde::de::Error::custom("not a SHA-256 hash in base64url"))
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Header {
    alg: String,
    kid: String,
    typ: String,
}

struct Parts<'a> {
    signed: &'a str,
    payload: &'a str,
    signature: &'a str,
    header: Header,
}

impl<'a> Parts<'a> {
    fn of(jws: &'a str) -> Result<Self, SignatureError> {
        if jws.len() > MAX_JWS {
            return Err(SignatureError::TooLarge);
        }
        let malformed = || SignatureError::Malformed("not three parts");
        let (signed, signature) = jws.rsplit_once('.').ok_or_else(malformed)?;
        let (header, payload) = signed.split_once('.').ok_or_else(malformed)?;
        if payload.contains('.') {
            return Err(malformed());
        }
        let header = serde_json::from_slice(&decode(header)?)
            .map_err(|_| SignatureError::Malformed("another header"))?;
        Ok(Self { signed, payload, signature, header })
    }
}

fn decode(part: &str) -> Result<Vec<u8>, SignatureError> {
    URL_SAFE_NO_PAD.decode(part).map_err(|_| SignatureError::Malformed("not base64url"))
}

#[derive(Deserialize)]
struct Registered {
    iss: String,
    aud: String,
    iat: UnixTime,
    exp: UnixTime,
    jti: String,
}

/// Splits a payload into the registered claims and the rest, each parsed strictly.
fn open<C: Claims>(payload: &[u8]) -> Result<Envelope<C>, SignatureError> {
    let malformed = |_| SignatureError::Malformed("another payload");
    let Strict(mut rest) = serde_json::from_slice(payload).map_err(malformed)?;
    let names = ["iss", "aud", "iat", "exp", "jti"];
    let registered: Map<_, _> = names.iter().filter_map(|name| rest.remove_entry(*name)).collect();
    let Registered { iss, aud, iat, exp, jti } =
        serde_json::from_value(registered.into()).map_err(malformed)?;
    let claims = serde_json::from_value(rest.into()).map_err(malformed)?;
    Ok(Envelope { iss, aud, iat, exp, jti, claims })
}

/// A JSON object in which no name stands twice at the top.
struct Strict(Map<String, Value>);

impl<'de> Deserialize<'de> for Strict {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Once;
        impl<'de> Visitor<'de> for Once {
            type Value = Strict;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Strict, A::Error> {
                let mut map = Map::new();
                while let Some((name, value)) = access.next_entry::<String, Value>()? {
                    if map.insert(name, value).is_some() {
                        return Err(serde::de::Error::custom("a name stands twice"));
                    }
                }
                Ok(Strict(map))
            }
        }
        deserializer.deserialize_map(Once)
    }
}
