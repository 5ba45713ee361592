//! Ed25519 keys (RFC 8032, RFC 8037): sign, and verify strictly.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};
use rand::CryptoRng;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use sha2::{Digest as _, Sha256};
use std::fmt;

use super::compact::{self, Jws, Parts};
use super::{Claims, Envelope, Expected, LEEWAY, SignatureError};

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
        let signed = compact::signing_input(&self.public().thumbprint(), envelope);
        let signature = self.0.sign(signed.as_bytes());
        Jws::of(&signed, &signature.to_bytes())
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
        let signature =
            Signature::from_slice(&parts.signature()?).map_err(|_| SignatureError::Signature)?;
        self.0
            .verify_strict(parts.signed.as_bytes(), &signature)
            .map_err(|_| SignatureError::Signature)?;
        parts.open()
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
