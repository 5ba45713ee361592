//! How a computer becomes an approver: names, the activation code, the enrolment message.

use rand::{CryptoRng, RngExt};
use serde::{Deserialize, Deserializer, Serialize};
use std::fmt;
use zeroize::Zeroize;

use crate::change::{AccountSettings, ChangeTold};
use crate::link::AuditHead;
use crate::signature::{Claims, Jws, PublicKey};
use crate::spoken::Clean;
use crate::time::UnixTime;

/// The person as one broker knows them: 1 to 64 of `a-z 0-9 . _ - @ +`, told apart exactly.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct AccountName(String);

/// The text cannot be an account's name.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("an account's name has 1 to 64 characters of a-z, 0-9 and . _ - @ +")]
pub struct NotAnAccountName;

impl AccountName {
    /// Takes `text` if it can be an account's name.
    ///
    /// # Errors
    /// [`NotAnAccountName`].
    pub fn parse(text: &str) -> Result<Self, NotAnAccountName> {
        let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "._-@+".contains(c);
        if (1..=64).contains(&text.len()) && text.chars().all(fits) {
            Ok(Self(text.to_owned()))
        } else {
            Err(NotAnAccountName)
        }
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for AccountName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for AccountName {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::parse(&String::deserialize(deserializer)?).map_err(serde::de::Error::custom)
    }
}

/// An approver's id: the thumbprint (RFC 7638) of its approver key.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(transparent)]
pub struct ApproverId(pub String);

impl fmt::Display for ApproverId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What the person calls a computer.
pub type ApproverName = Clean<40>;

/// 14 digits that make a computer an approver, once: 13 random ones and a check digit (Luhn,
/// ISO/IEC 7812-1 annex B), so that a slip of the finger is found before a try is lost.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct ActivationCode(String);

/// Why a text is not an activation code.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum NotAnActivationCode {
    /// It has this many digits, or something that is not a digit.
    #[error("not 14 digits")]
    NotFourteenDigits(usize),
    /// One digit is wrong or two are swapped.
    #[error("check digit does not match")]
    Slip,
}

impl ActivationCode {
    /// A fresh code from `rng`.
    pub fn draw(rng: &mut impl CryptoRng) -> Self {
        let mut digits: String =
            (0..13).map(|_| char::from(b'0' + rng.random_range(0..10u8))).collect();
        digits.push(char::from(b'0' + check_digit(&digits)));
        Self(digits)
    }

    /// Reads what a person typed; spaces and hyphens are ignored.
    ///
    /// # Errors
    /// [`NotAnActivationCode`], before anything is sent.
    pub fn parse(text: &str) -> Result<Self, NotAnActivationCode> {
        let digits: String =
            text.chars().filter(|c| !c.is_whitespace() && !"-‐‑–".contains(*c)).collect();
        if digits.len() != 14 || !digits.bytes().all(|b| b.is_ascii_digit()) {
            return Err(NotAnActivationCode::NotFourteenDigits(digits.chars().count()));
        }
        if check_digit(&digits[..13]) == digits.as_bytes()[13] - b'0' {
            Ok(Self(digits))
        } else {
            Err(NotAnActivationCode::Slip)
        }
    }

    /// The 14 digits, for the administrator's eyes and the hash only.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl<'de> Deserialize<'de> for ActivationCode {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::parse(&String::deserialize(deserializer)?).map_err(serde::de::Error::custom)
    }
}

impl fmt::Debug for ActivationCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ActivationCode(redacted)")
    }
}

impl Drop for ActivationCode {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

/// The Luhn digit that completes 13 digits.
fn check_digit(thirteen: &str) -> u8 {
    let sum: u32 = thirteen
        .bytes()
        .rev()
        .enumerate()
        .map(|(place, byte)| {
            let digit = u32::from(byte - b'0');
            if place % 2 == 0 { digit * 2 / 10 + digit * 2 % 10 } else { digit }
        })
        .sum();
    u8::try_from((10 - sum % 10) % 10).unwrap_or(0)
}

/// `sayso-enrol+jwt`: this computer asks to be an approver. Signed with the approver key; both
/// keys are vouched for by the activation code. `iss` is the approver's id, `aud` the broker.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Enrolment {
    /// Whose approver it becomes.
    pub account: AccountName,
    /// The code that the administrator gave to the person.
    pub activation: ActivationCode,
    /// What the person calls this computer.
    pub name: ApproverName,
    /// The approver key.
    pub jwk: PublicKey,
    /// The link key.
    pub link_jwk: PublicKey,
    /// The first approver's choice of settings; a further one's changes nothing.
    pub settings: AccountSettings,
}

impl Claims for Enrolment {
    const TYP: &'static str = "sayso-enrol+jwt";
}

/// Body of `POST /v1/approvers`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct EnrolmentCall {
    /// The signed enrolment.
    pub enrolment: Jws<Enrolment>,
}

/// The broker's answer to an enrolment that it took.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Enrolled {
    /// The approver's id, as it knows it already.
    pub approver: ApproverId,
    /// How the broker addresses the person.
    pub display: Clean<60>,
    /// What the broker calls itself.
    pub broker: Clean<60>,
    /// Since when.
    pub since: UnixTime,
    /// The change that makes it an approver, where it is not one at once: until then its link
    /// carries this change and nothing else.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub change: Option<ChangeTold>,
    /// The signed head of the broker's audit.
    pub audit_head: Jws<AuditHead>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_drawn_activation_code_is_read_back_with_any_spacing() {
        let code = ActivationCode::draw(&mut rand::rng());
        let (head, tail) = code.reveal().split_at(4);
        assert_eq!(ActivationCode::parse(&format!(" {head} - {tail}\n")), Ok(code.clone()));
    }

    #[test]
    fn account_names_with_capitals_spaces_or_none_at_all_are_refused() {
        for name in ["", "Anna", "an na", "anna\u{202e}", &"a".repeat(65)] {
            assert_eq!(AccountName::parse(name), Err(NotAnAccountName), "{name}");
        }
    }

    proptest! {
        #[test]
        fn one_wrong_digit_is_always_found(place in 0usize..14, by in 1u8..10) {
            let code = ActivationCode::draw(&mut rand::rng());
            let mut digits = code.reveal().as_bytes().to_vec();
            digits[place] = b'0' + (digits[place] - b'0' + by) % 10;
            let wrong = String::from_utf8(digits).unwrap();
            prop_assert_eq!(ActivationCode::parse(&wrong), Err(NotAnActivationCode::Slip));
        }
    }
}
