//! 128-bit values from the OS generator that tie one party to one act. Shown once, never logged.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rand::CryptoRng;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;
use std::marker::PhantomData;
use subtle::ConstantTimeEq;
use zeroize::Zeroize;

/// 128 random bits, written in base64url. `Kind` keeps a ticket from being taken for a receipt.
pub struct Token<Kind>([u8; 16], PhantomData<fn() -> Kind>);

/// Marks the proof that this approver bound this request.
pub enum ReceiptKind {}
/// Marks what a browser carries to `return_url`.
pub enum TicketKind {}
/// Marks the address of a login page.
pub enum PageKind {}
/// Marks the cookie of the browser that holds a login page.
pub enum HolderKind {}

/// Marks what a page's QR code or button carries to Sayso.
pub enum PageSecretKind {}
/// Marks what finishes an approval in the browser that holds the page.
pub enum FinishKind {}

/// Given only to the approver that bound a request; stands in its approval.
pub type Receipt = Token<ReceiptKind>;
/// Carried by the holding browser to the service, which collects the outcome against it, once.
pub type Ticket = Token<TicketKind>;
/// The unguessable part of a login page's address. Not the request id.
pub type PageId = Token<PageKind>;
/// What the first browser to open a login page keeps.
pub type Holder = Token<HolderKind>;

/// In the `sayso:` address of a page's QR code or button. Each has its own, taken for its own
/// method only.
pub type PageSecret = Token<PageSecretKind>;
/// In the address that `saysod` opens after an approval by `link`, once.
pub type Finish = Token<FinishKind>;

/// 128 fresh bits in base64url, for what is told apart and not kept secret: a `jti`, a nonce.
pub fn nonce(rng: &mut impl CryptoRng) -> String {
    Token::<HolderKind>::draw(rng).reveal()
}

/// The text is not 22 characters of base64url.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("not a 128-bit value in base64url")]
pub struct NotAToken;

impl<Kind> Token<Kind> {
    /// A fresh value from `rng`.
    pub fn draw(rng: &mut impl CryptoRng) -> Self {
        let mut bytes = [0; 16];
        rng.fill_bytes(&mut bytes);
        Self(bytes, PhantomData)
    }

    /// Reads the 22 characters that [`Token::reveal`] wrote.
    ///
    /// # Errors
    /// [`NotAToken`] for anything else, also another spelling of the same bits.
    pub fn parse(text: &str) -> Result<Self, NotAToken> {
        let bytes = URL_SAFE_NO_PAD.decode(text.get(..22).unwrap_or("")).map_err(|_| NotAToken)?;
        let token = Self(bytes.try_into().map_err(|_| NotAToken)?, PhantomData);
        if text.len() == 22 { Ok(token) } else { Err(NotAToken) }
    }

    /// The value in base64url, for the wire and the store only.
    #[must_use]
    pub fn reveal(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.0)
    }
}

impl<Kind> Clone for Token<Kind> {
    fn clone(&self) -> Self {
        Self(self.0, PhantomData)
    }
}

impl<Kind> PartialEq for Token<Kind> {
    /// In constant time.
    fn eq(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }
}

impl<Kind> Eq for Token<Kind> {}

impl<Kind> fmt::Debug for Token<Kind> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(redacted)")
    }
}

impl<Kind> Drop for Token<Kind> {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl<Kind> Serialize for Token<Kind> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.reveal())
    }
}

impl<'de, Kind> Deserialize<'de> for Token<Kind> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::parse(&String::deserialize(deserializer)?).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_survives_the_wire_and_stays_out_of_logs() {
        let ticket = Ticket::draw(&mut rand::rng());
        assert_eq!(Ticket::parse(&ticket.reveal()), Ok(ticket.clone()));
        assert_eq!(format!("{ticket:?}"), "Token(redacted)");
    }

    #[test]
    fn other_lengths_and_alphabets_are_refused() {
        for text in ["", "AAAA", &"A".repeat(23), "AAAAAAAAAAAAAAAAAAAAA+", &"é".repeat(22)] {
            assert_eq!(Ticket::parse(text), Err(NotAToken), "{text}");
        }
    }
}
