//! What may be tried and how often; no IO. The counting of wrong codes is
//! [`sayso_protocol::lockout`]; here stands what it means for an approver's call, and what an
//! activation code is worth.
//!
//! - [`pending`]: how many requests may wait

pub mod pending;

use argon2::{Algorithm, Argon2, Params, Version};
use rand::Rng as _;
use sayso_protocol::change::{AccountSettings, ApproveWith, SameDevice};
use sayso_protocol::enrolment::ActivationCode;
use sayso_protocol::lockout::Effect;
use sayso_protocol::problem::{Problem, ProblemType};
use sayso_protocol::request::Near;
use sayso_protocol::time::UnixTime;
use std::net::IpAddr;
use std::time::Duration;
use subtle::ConstantTimeEq as _;

use self::pending::Network;
use crate::error;
use crate::random;
use crate::store::accounts::{Activation, Admission};

/// How long the activation code is good for that makes the first approver of an account.
pub const FIRST_ACTIVATION: Duration = Duration::from_secs(30 * 60);
/// The same for a further one.
pub const FURTHER_ACTIVATION: Duration = Duration::from_secs(10 * 60);
/// So many wrong codes end an activation.
const ACTIVATION_TRIES: u32 = 3;

/// What a wrong code's cost is answered with.
#[must_use]
pub fn wrong_code(effect: Effect) -> Problem {
    let wrong = error::problem(ProblemType::WrongCode);
    match effect {
        Effect::TriesLeft(left) => Problem { tries_left: Some(left), ..wrong },
        Effect::Blocked { until, warning } => {
            Problem { tries_left: Some(0), retry_at: Some(until), before_removal: warning, ..wrong }
        }
        Effect::Removed => error::problem(ProblemType::ApproverRemoved),
        // A right code is answered with the request, never with this.
        Effect::Cleared => wrong,
    }
}

/// A code as it is kept: salted, hashed, until then.
///
/// # Errors
/// When the hash cannot be made (memory).
pub fn seal_activation(
    code: &ActivationCode,
    admission: Admission,
    expires_at: UnixTime,
) -> Result<Activation, String> {
    let mut salt = [0; 16];
    random().fill_bytes(&mut salt);
    let hash = hash(code, &salt)?;
    Ok(Activation { salt, hash, expires_at, wrong: 0, admission })
}

/// Whether `code` opens `kept`, which may not be there: the work is the same.
///
/// # Errors
/// When the hash cannot be made (memory).
pub fn opens(code: &ActivationCode, kept: Option<&Activation>) -> Result<bool, String> {
    let (salt, expected) = kept.map_or(([0; 16], [0; 32]), |kept| (kept.salt, kept.hash));
    let same = hash(code, &salt)?.ct_eq(&expected);
    Ok(bool::from(same) && kept.is_some())
}

/// Whether an activation still counts.
#[must_use]
pub fn counts(kept: &Activation, now: UnixTime) -> bool {
    now < kept.expires_at && kept.wrong < ACTIVATION_TRIES
}

fn hash(code: &ActivationCode, salt: &[u8; 16]) -> Result<[u8; 32], String> {
    let mut hash = [0; 32];
    let argon = Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::DEFAULT);
    argon
        .hash_password_into(code.reveal().as_bytes(), salt, &mut hash)
        .map_err(|error| error.to_string())?;
    Ok(hash)
}

/// The settings that an account seems to have which has none, by its keyed hash: always the same.
/// Most persons keep the default, so seven of eight seem to have it as well.
#[must_use]
pub fn settings_of_nobody(hash: [u8; 32]) -> AccountSettings {
    let approve_with = match hash[0] {
        0..16 => ApproveWith::Qr,
        16..32 => ApproveWith::Readout,
        32.. => ApproveWith::Code,
    };
    let same_device = if hash[1] < 32 { SameDevice::Off } else { SameDevice::On };
    AccountSettings { approve_with, same_device }
}

/// The request's origin against the address of an approver's link.
#[must_use]
pub fn near(origin: Option<IpAddr>, link: Option<IpAddr>) -> Near {
    match (origin.map(Network::of), link.map(Network::of)) {
        (Some(one), Some(other)) if !one.is_comparable(other) => Near::Unknown,
        (Some(one), Some(other)) if one == other => Near::Same,
        (Some(_), Some(_)) => Near::Other,
        (None, _) | (_, None) => Near::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ip(text: &str) -> Option<IpAddr> {
        text.parse().ok()
    }

    #[test]
    fn seven_of_eight_accounts_that_are_not_there_seem_to_approve_as_most_persons_do() {
        let first = |byte: u8| settings_of_nobody(std::array::from_fn(|_| byte)).approve_with;
        let by_code = (0..=u8::MAX).filter(|byte| first(*byte) == ApproveWith::Code).count();
        assert_eq!(by_code, 256 / 8 * 7);
    }

    #[test]
    fn one_network_is_an_ipv4_address_or_an_ipv6_64() {
        assert_eq!(near(ip("192.0.2.1"), ip("192.0.2.1")), Near::Same);
        assert_eq!(near(ip("192.0.2.1"), ip("192.0.2.2")), Near::Other);
        assert_eq!(near(ip("192.0.2.1"), ip("::ffff:192.0.2.1")), Near::Same);
        assert_eq!(near(ip("2001:db8::1"), ip("2001:db8::2")), Near::Same);
        assert_eq!(near(ip("2001:db8::1"), ip("2001:db8:0:1::1")), Near::Other);
    }

    #[test]
    fn what_cannot_be_compared_is_unknown() {
        assert_eq!(near(ip("192.0.2.1"), ip("2001:db8::1")), Near::Unknown);
        assert_eq!(near(ip("192.0.2.1"), None), Near::Unknown);
        assert_eq!(near(None, ip("192.0.2.1")), Near::Unknown);
    }

    #[test]
    fn an_activation_opens_with_its_code_only_and_never_without_one() {
        let code = ActivationCode::draw(&mut rand::rng());
        let other = ActivationCode::draw(&mut rand::rng());
        let kept = seal_activation(&code, Admission::Waits, UnixTime(9)).unwrap();
        assert_eq!(opens(&code, Some(&kept)), Ok(true));
        assert_eq!(opens(&other, Some(&kept)), Ok(false));
        assert_eq!(opens(&code, None), Ok(false));
    }

    #[test]
    fn an_activation_ends_at_its_time_or_after_three_wrong_codes() {
        let code = ActivationCode::draw(&mut rand::rng());
        let kept = seal_activation(&code, Admission::Waits, UnixTime(1800)).unwrap();
        assert!(counts(&kept, UnixTime(1799)));
        assert!(!counts(&kept, UnixTime(1800)));
        assert!(!counts(&Activation { wrong: 3, ..kept }, UnixTime(0)));
    }
}
