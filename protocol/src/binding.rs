//! The proof that the person at the approver sees this login page.

use rand::{CryptoRng, RngExt};
use serde::{Deserialize, Deserializer, Serialize};
use std::fmt;
use zeroize::Zeroize;

use crate::life::Standing;
use crate::link::AuditHead;
use crate::request::{Request, RequestId};
use crate::secret::{PageSecret, Receipt};
use crate::signature::{Claims, Jws};
use crate::time::UnixTime;

/// How a request is tied to a login page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "bus", derive(zbus::zvariant::Type), zvariant(signature = "s"))]
pub enum Method {
    /// Six digits that the page shows and the person gives to Sayso.
    Code,
    /// A QR code on the page, which Sayso reads off the screen.
    Qr,
    /// The page's button, which opens an address on this computer. An approval waits until the
    /// browser that holds the page confirms it.
    Link,
    /// Six digits that Sayso reads out after the approval, and the person types into the page.
    Readout,
}

/// A login page's six digits. `Debug` redacts.
#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
#[serde(transparent)]
pub struct Code(String);

/// Why a text is not a code. Costs no try: nothing is sent.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum NotACode {
    /// Digits, but not six of them.
    #[error("{0} digits instead of 6")]
    Digits(usize),
    /// Something that is not a digit.
    #[error("not digits")]
    NotDigits,
}

impl Code {
    /// How many digits a code has.
    pub const DIGITS: usize = 6;

    /// A fresh code from `rng`.
    pub fn draw(rng: &mut impl CryptoRng) -> Self {
        Self(format!("{:06}", rng.random_range(0..1_000_000u32)))
    }

    /// Reads what a person typed, pasted or dictated; spaces, hyphens, commas and full stops
    /// between digits are ignored.
    ///
    /// # Errors
    /// [`NotACode`].
    pub fn parse(text: &str) -> Result<Self, NotACode> {
        let digits: String =
            text.chars().filter(|c| !c.is_whitespace() && !"-‐‑–,.".contains(*c)).collect();
        if !digits.bytes().all(|b| b.is_ascii_digit()) {
            Err(NotACode::NotDigits)
        } else if digits.len() == Self::DIGITS {
            Ok(Self(digits))
        } else {
            Err(NotACode::Digits(digits.len()))
        }
    }

    /// What the login page's button puts on the clipboard: `Sayso 482 913`. Another service's
    /// code does not read so, and is never taken.
    ///
    /// # Errors
    /// [`NotACode`] for anything that the button did not write.
    pub fn from_clipboard(text: &str) -> Result<Self, NotACode> {
        let rest = text.trim().strip_prefix("Sayso ").ok_or(NotACode::NotDigits)?;
        let code = Self::parse(rest)?;
        if code.for_clipboard() == text.trim() { Ok(code) } else { Err(NotACode::NotDigits) }
    }

    /// See [`Code::from_clipboard`].
    #[must_use]
    pub fn for_clipboard(&self) -> String {
        format!("Sayso {} {}", &self.0[..3], &self.0[3..])
    }

    /// The six digits, for the page, the wire and the store only.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl<'de> Deserialize<'de> for Code {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        match Self::parse(&text) {
            Ok(code) if code.0 == text => Ok(code),
            Ok(_) | Err(_) => Err(serde::de::Error::custom("a code is six digits")),
        }
    }
}

impl fmt::Debug for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Code(redacted)")
    }
}

impl Drop for Code {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

/// `sayso-binding+jwt`: the proof, signed with the link key. Lives 60 s.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "method", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Binding {
    /// The code finds its request.
    Code {
        /// The six digits.
        value: Code,
    },
    /// The secret of the page's QR code.
    Qr {
        /// Which request.
        request: RequestId,
        /// The secret.
        value: PageSecret,
    },
    /// The secret of the page's button.
    Link {
        /// Which request.
        request: RequestId,
        /// The secret.
        value: PageSecret,
    },
    /// No proof yet: the person takes the request, and the digits that follow its approval are
    /// the proof.
    Readout {
        /// Which request.
        request: RequestId,
    },
}

impl Binding {
    /// How the proof came in.
    #[must_use]
    pub fn method(&self) -> Method {
        match self {
            Self::Code { .. } => Method::Code,
            Self::Qr { .. } => Method::Qr,
            Self::Link { .. } => Method::Link,
            Self::Readout { .. } => Method::Readout,
        }
    }
}

impl Claims for Binding {
    const TYP: &'static str = "sayso-binding+jwt";
}

/// Body of `POST /v1/bindings`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct BindingCall {
    /// The signed binding.
    pub binding: Jws<Binding>,
}

/// The broker's answer: the request and the receipt that only this approver gets. The same bytes
/// again get the same answer.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Bound {
    /// The request as signed for this approver.
    pub jws: Jws<Request>,
    /// What stands now.
    pub state: Standing,
    /// Goes into the approval.
    pub receipt: Receipt,
    /// The running deadline.
    pub expires_at: UnixTime,
    /// The signed head of the broker's audit.
    pub audit_head: Jws<AuditHead>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn only_what_the_button_wrote_is_taken_from_the_clipboard() {
        let code = Code::parse("482 913").unwrap();
        assert_eq!(Code::from_clipboard("Sayso 482 913\n"), Ok(code));
        for foreign in ["482 913", "482913", "Sayso 482913", "sayso 482 913", "GitHub 482 913", ""]
        {
            assert!(Code::from_clipboard(foreign).is_err(), "{foreign}");
        }
    }

    #[test]
    fn five_or_seven_digits_are_told_apart_from_letters() {
        assert_eq!(Code::parse("48 291"), Err(NotACode::Digits(5)));
        assert_eq!(Code::parse("4829131"), Err(NotACode::Digits(7)));
        assert_eq!(Code::parse(""), Err(NotACode::Digits(0)));
        assert_eq!(Code::parse("48291o"), Err(NotACode::NotDigits));
        assert_eq!(Code::parse("４８２９１３"), Err(NotACode::NotDigits));
    }

    proptest! {
        #[test]
        fn a_drawn_code_is_read_back(spacing in "[ -]{0,3}") {
            let code = Code::draw(&mut rand::rng());
            let (left, right) = code.reveal().split_at(3);
            prop_assert_eq!(Code::parse(&format!("{left}{spacing}{right}")), Ok(code.clone()));
        }

        #[test]
        fn no_text_makes_the_reader_panic(text in ".*") {
            let _ = Code::parse(&text);
            let _ = Code::from_clipboard(&text);
        }
    }
}
