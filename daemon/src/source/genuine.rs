//! Whether whoever answers for a broker is taken for it.

use sayso_words::{Words, say};

/// Why whoever answers for a broker is not taken for it: its certificate (RFC 5280, section 6) or its
/// key does not count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotGenuine {
    /// Its time is over, or this computer's clock is ahead.
    Expired,
    /// Its time has not begun, or this computer's clock is behind.
    NotYet,
    /// Nobody vouches for it whom this computer trusts.
    Issuer,
    /// It is for another host.
    Name,
    /// Anything else about the certificate.
    Other,
    /// It signs with a key that the one known here did not lead to.
    Key,
}

impl NotGenuine {
    /// What happened, and what to do.
    #[must_use]
    pub fn sentence(self, words: &Words, broker: &str) -> String {
        let fault = match self {
            Self::Expired => "expired",
            Self::NotYet => "early",
            Self::Issuer => "issuer",
            Self::Name => "name",
            Self::Other => "other",
            Self::Key => return say!(words, "error-broker-key", broker = broker),
        };
        say!(words, "error-certificate", fault = fault, broker = broker)
    }
}
