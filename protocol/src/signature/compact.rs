//! The compact form (RFC 7515, section 3.1) as it travels.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;

use super::{Claims, Digest, Envelope, MAX_JTI, MAX_JWS, SignatureError};
use crate::time::UnixTime;

/// A signed message of one type as it travels; not yet verified when it was received.
pub struct Jws<C>(String, PhantomData<fn() -> C>);

impl<C> Jws<C> {
    /// A message signed just now.
    pub(super) fn of(signing_input: &str, signature: &[u8]) -> Self {
        Self(format!("{signing_input}.{}", URL_SAFE_NO_PAD.encode(signature)), PhantomData)
    }

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
    parts.open()
}

/// What is signed (RFC 7515, section 5.1): header and payload.
pub(super) fn signing_input<C: Claims>(kid: &str, envelope: &Envelope<C>) -> String {
    let header = serde_json::json!({ "alg": "EdDSA", "kid": kid, "typ": C::TYP });
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
    format!(
        "{}.{}",
        URL_SAFE_NO_PAD.encode(header.to_string()),
        URL_SAFE_NO_PAD.encode(serde_json::json!(payload).to_string())
    )
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Header {
    pub(super) alg: String,
    pub(super) kid: String,
    pub(super) typ: String,
}

/// A received text, taken apart.
pub(super) struct Parts<'a> {
    pub(super) header: Header,
    pub(super) signed: &'a str,
    payload: &'a str,
    signature: &'a str,
}

impl<'a> Parts<'a> {
    pub(super) fn of(jws: &'a str) -> Result<Self, SignatureError> {
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
        Ok(Self { header, signed, payload, signature })
    }

    /// The bytes of the signature.
    pub(super) fn signature(&self) -> Result<Vec<u8>, SignatureError> {
        decode(self.signature)
    }

    /// The payload: the registered claims and the rest, each parsed strictly.
    pub(super) fn open<C: Claims>(&self) -> Result<Envelope<C>, SignatureError> {
        let malformed = |_| SignatureError::Malformed("another payload");
        let Strict(mut rest) = serde_json::from_slice(&decode(self.payload)?).map_err(malformed)?;
        let names = ["iss", "aud", "iat", "exp", "jti"];
        let registered: Map<_, _> =
            names.iter().filter_map(|name| rest.remove_entry(*name)).collect();
        let Registered { iss, aud, iat, exp, jti } =
            serde_json::from_value(registered.into()).map_err(malformed)?;
        if jti.len() > MAX_JTI {
            return Err(SignatureError::Malformed("a long jti"));
        }
        let claims = serde_json::from_value(rest.into()).map_err(malformed)?;
        Ok(Envelope { iss, aud, iat, exp, jti, claims })
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
