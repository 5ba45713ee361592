//! The broker's keys as others know them, and how one takes the place of another: the old key signs
//! the new one, and nothing else makes an approver take it.

use serde::{Deserialize, Serialize};
use std::time::Duration;

use crate::signature::{
    Claims, Envelope, Jws, LEEWAY, PublicKey, SignatureError, claimed_key, unverified,
};
use crate::time::UnixTime;

/// How long a key counts after another took its place: as long as a request that it signed lives.
pub const FORMER_COUNTS: Duration = Duration::from_secs(600 + LEEWAY.as_secs());
/// An answer names so many rotations at most.
pub const MAX_ROTATIONS: usize = 32;

/// `sayso-key+jwt`: the broker's new key, signed with the one that it takes the place of. `iss` and
/// `aud` are the broker; `iat` is when it took the place. It does not expire: an approver that was
/// away for years learns the keys one after the other.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct NewKey {
    /// The new key.
    pub jwk: PublicKey,
}

impl Claims for NewKey {
    const TYP: &'static str = "sayso-key+jwt";
}

/// Answer of `GET /v1/keys`: a JWK set (RFC 7517, section 5), and with `?after=KID` the way from that
/// key to the one in use.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct KeySet {
    /// The broker's public keys: the one in use first, then those that signed outcomes which a
    /// service may still get.
    pub keys: Vec<ListedKey>,
    /// The keys after `KID` in their order, each signed with the one before; 32 at most.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rotations: Vec<Jws<NewKey>>,
}

/// A public key with the id that messages name it by: a JWK (RFC 7517, section 4).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListedKey {
    /// The key's thumbprint (RFC 7638).
    kid: String,
    #[serde(flatten)]
    jwk: PublicKey,
}

impl ListedKey {
    /// The key.
    #[must_use]
    pub fn jwk(&self) -> &PublicKey {
        &self.jwk
    }
}

impl From<PublicKey> for ListedKey {
    fn from(jwk: PublicKey) -> Self {
        Self { kid: jwk.thumbprint(), jwk }
    }
}

/// The keys of one broker, as an approver of it knows them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BrokerKeys {
    current: PublicKey,
    former: Vec<Former>,
}

/// A key that another has taken the place of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Former {
    jwk: PublicKey,
    /// From when on it does not count.
    until: UnixTime,
}

/// What a rotation has changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum Taken {
    /// The broker has a new key.
    New,
    /// Nothing: it is the one that is in use.
    Known,
}

impl BrokerKeys {
    /// A broker with this key.
    #[must_use]
    pub fn new(key: PublicKey) -> Self {
        Self { current: key, former: Vec::new() }
    }

    /// The key in use.
    #[must_use]
    pub fn current(&self) -> &PublicKey {
        &self.current
    }

    /// Takes the new key of the broker `origin`, if the key in use has signed it. A rotation from
    /// before never counts again: what signed it is not in use any more.
    ///
    /// # Errors
    /// Why it does not count; nothing has changed.
    pub fn take(&mut self, origin: &str, rotation: &Jws<NewKey>) -> Result<Taken, SignatureError> {
        if unverified::<NewKey>(rotation.as_str())?.claims.jwk == self.current {
            return Ok(Taken::Known);
        }
        let signed: Envelope<NewKey> = self.current.verify_at_any_time(rotation.as_str())?;
        if signed.iss != origin {
            return Err(SignatureError::Issuer);
        }
        if signed.aud != origin {
            return Err(SignatureError::Audience);
        }
        self.former.retain(|former| former.until > signed.iat);
        let until = signed.iat.plus(FORMER_COUNTS);
        let former = std::mem::replace(&mut self.current, signed.claims.jwk);
        self.former.push(Former { jwk: former, until });
        Ok(Taken::New)
    }

    /// The key that `jws` names, if it counts at `now`.
    ///
    /// # Errors
    /// [`SignatureError::Key`] if it does not; why the message cannot be read.
    pub fn named_by(&self, jws: &str, now: UnixTime) -> Result<&PublicKey, SignatureError> {
        let kid = claimed_key(jws)?;
        let former = self.former.iter().filter(|former| former.until > now);
        let mut keys = std::iter::once(&self.current).chain(former.map(|former| &former.jwk));
        keys.find(|key| key.thumbprint() == kid).ok_or(SignatureError::Key)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::signature::SecretKey;
    use proptest::prelude::*;

    const ORIGIN: &str = "https://broker.example";
    const MINUTE: i64 = 60;

    fn secret(number: u8) -> SecretKey {
        SecretKey::from_bytes(&[number + 1; 32])
    }

    fn rotation(from: u8, to: u8, at: i64) -> Jws<NewKey> {
        rotation_of(ORIGIN, ORIGIN, from, to, at)
    }

    fn rotation_of(iss: &str, aud: &str, from: u8, to: u8, at: i64) -> Jws<NewKey> {
        secret(from).sign(&Envelope {
            iss: iss.into(),
            aud: aud.into(),
            iat: UnixTime(at),
            exp: UnixTime(i64::MAX),
            jti: "one".into(),
            claims: NewKey { jwk: secret(to).public() },
        })
    }

    fn counts(keys: &BrokerKeys, number: u8, now: i64) -> bool {
        // Any message of that key.
        keys.named_by(rotation(number, 99, 0).as_str(), UnixTime(now)).is_ok()
    }

    #[test]
    fn a_key_that_the_old_one_signed_takes_its_place_and_the_old_one_counts_as_long_as_a_request() {
        let mut keys = BrokerKeys::new(secret(0).public());
        assert_eq!(keys.take(ORIGIN, &rotation(0, 1, 0)), Ok(Taken::New));
        assert_eq!(keys.current(), &secret(1).public());
        assert!(counts(&keys, 1, 100 * MINUTE));
        assert!(counts(&keys, 0, 10 * MINUTE + 29));
        assert!(!counts(&keys, 0, 10 * MINUTE + 30));
        assert_eq!(keys.take(ORIGIN, &rotation(0, 1, 0)), Ok(Taken::Known));
    }

    #[test]
    fn a_key_that_another_signed_or_another_broker_named_is_refused() {
        let mut keys = BrokerKeys::new(secret(0).public());
        let before = keys.clone();
        let elsewhere = "https://other.example";
        for (forged, why) in [
            (rotation(5, 6, 0), SignatureError::Key),
            (rotation_of(elsewhere, ORIGIN, 0, 1, 0), SignatureError::Issuer),
            (rotation_of(ORIGIN, elsewhere, 0, 1, 0), SignatureError::Audience),
        ] {
            assert_eq!(keys.take(ORIGIN, &forged), Err(why));
        }
        let tail = rotation(5, 6, 0).as_str().rsplit_once('.').unwrap().1.to_owned();
        let honest = rotation(0, 1, 0);
        let signed = honest.as_str().rsplit_once('.').unwrap().0;
        let grafted = Jws::received(format!("{signed}.{tail}")).unwrap();
        assert_eq!(keys.take(ORIGIN, &grafted), Err(SignatureError::Signature));
        assert_eq!(keys, before);
    }

    #[test]
    fn an_old_rotation_takes_nobody_back() {
        let mut keys = BrokerKeys::new(secret(0).public());
        for number in 0..3 {
            let next = rotation(number, number + 1, i64::from(number));
            assert_eq!(keys.take(ORIGIN, &next), Ok(Taken::New));
        }
        let before = keys.clone();
        for number in 0..2 {
            let replayed = rotation(number, number + 1, i64::from(number));
            assert_eq!(keys.take(ORIGIN, &replayed), Err(SignatureError::Key));
        }
        assert_eq!(keys, before);
    }

    #[test]
    fn what_is_kept_is_read_again() {
        let mut keys = BrokerKeys::new(secret(0).public());
        let _ = keys.take(ORIGIN, &rotation(0, 1, 7)).unwrap();
        let kept = serde_json::to_string(&keys).unwrap();
        assert_eq!(serde_json::from_str::<BrokerKeys>(&kept).unwrap(), keys);
    }

    proptest! {
        /// Whatever comes in whatever order, the key in use only ever goes on along the chain.
        #[test]
        fn the_key_in_use_never_goes_back(steps in proptest::collection::vec((0u8..6, 0u8..6), 0..40)) {
            let mut keys = BrokerKeys::new(secret(0).public());
            let mut at = 0;
            for (from, skew) in steps {
                // One of the chain, or a forged one that leaves it.
                let to = if skew == 0 { 50 + from } else { from + 1 };
                let signer = if skew == 0 { 90 } else { from };
                let took = keys.take(ORIGIN, &rotation(signer, to, 0));
                if took == Ok(Taken::New) {
                    prop_assert_eq!((from, to), (at, at + 1));
                    at = to;
                }
                prop_assert_eq!(keys.current(), &secret(at).public());
            }
        }
    }
}
