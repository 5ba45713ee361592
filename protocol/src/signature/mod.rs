//! JWS in compact form (RFC 7515) with Ed25519 (RFC 8032, RFC 8037), and nothing else of JOSE.
//!
//! The header is exactly `alg`, `kid` and `typ`; the algorithm is the key's, never the header's
//! choice; the size is capped before anything is parsed; a name that stands twice is refused;
//! verification is strict (no small-order keys, no malleable signatures).

mod compact;
mod digest;
mod key;

use serde::Serialize;
use serde::de::DeserializeOwned;
use std::time::Duration;

use crate::time::UnixTime;

pub use compact::{Jws, claimed_key, unverified};
pub use digest::Digest;
pub use key::{PublicKey, SecretKey};

/// How far a sender's clock may run ahead before its `iat` is refused.
pub const LEEWAY: Duration = Duration::from_secs(30);
/// No signed message is longer than this, in bytes.
pub const MAX_JWS: usize = 16 * 1024;
/// No `jti` is longer, in bytes.
pub const MAX_JTI: usize = 64;

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
