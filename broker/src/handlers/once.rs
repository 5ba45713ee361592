//! A call that is to be done once, however often it is sent: the header `Idempotency-Key`.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sayso_protocol::problem::ProblemType;
use sayso_protocol::secret::{NotAToken, PageId};
use sayso_protocol::signature::Digest;
use sha2::{Digest as _, Sha256};

use crate::error::Error;

/// The header.
pub const HEADER: &str = "idempotency-key";
/// No key is longer, in bytes.
const LONGEST: usize = 255;

/// The key of a call. `Debug` redacts: it helps to make a login page's address.
#[derive(Clone)]
pub struct Key(String);

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Key(redacted)")
    }
}

impl Key {
    /// As it is kept.
    #[must_use]
    pub fn hash(&self) -> Digest {
        Digest::of(self.0.as_bytes())
    }

    /// The login page that this key and a random salt make.
    ///
    /// # Errors
    /// Never: sixteen bytes are a token.
    pub fn page(&self, salt: &[u8; 32]) -> Result<PageId, NotAToken> {
        let made = Sha256::new().chain_update(salt).chain_update(self.0.as_bytes()).finalize();
        PageId::parse(&URL_SAFE_NO_PAD.encode(&made[..16]))
    }
}

/// The key that stands in a call's header, if there is one.
#[derive(Debug, Clone)]
pub struct Once(pub Option<Key>);

impl<S: Send + Sync> FromRequestParts<S> for Once {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Error> {
        let mut keys = parts.headers.get_all(HEADER).iter();
        let Some(key) = keys.next() else { return Ok(Self(None)) };
        let readable = key.to_str().ok().filter(|key| {
            (1..=LONGEST).contains(&key.len()) && key.bytes().all(|byte| byte.is_ascii_graphic())
        });
        match (readable, keys.next()) {
            (Some(key), None) => Ok(Self(Some(Key(key.to_owned())))),
            (Some(_), Some(_)) | (None, _) => Err(Error::of(ProblemType::Malformed)),
        }
    }
}
