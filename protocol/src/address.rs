//! `sayso:` addresses: in a page's QR code, behind its button, and in an invitation to register.
//! How an address came in decides what is sent, not the address.

use std::fmt;

use crate::enrolment::AccountName;
use crate::request::RequestId;
use crate::secret::PageSecret;

/// No address is longer, in bytes.
pub const MAX_ADDRESS: usize = 512;

/// What an address asks Sayso to do. There are no other verbs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Address {
    /// `sayso:bind?broker=...&request=...&secret=...`: ties a waiting request to a page.
    Bind {
        /// Whose request.
        broker: Origin,
        /// Which.
        request: RequestId,
        /// The page's secret.
        secret: PageSecret,
    },
    /// `sayso:register?broker=...&account=...`: where to register; the activation code is asked.
    Register {
        /// Where.
        broker: Origin,
        /// For which account.
        account: AccountName,
    },
}

/// A broker's origin (RFC 6454): `https://login.example`, without a path.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Origin(String);

impl Origin {
    /// Takes `text` if it is an origin of http or https, as it stands in an address.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"))?;
        let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || ".-:[]".contains(c);
        let starts = rest.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '[');
        (starts && rest.chars().all(fits)).then(|| Self(text.to_owned()))
    }

    /// The origin.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Why a text is not an address of ours. Nothing is sent anywhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotAnAddress {
    /// It has another scheme.
    #[error("another scheme")]
    Scheme,
    /// `sayso:` with a verb that there is not.
    #[error("unknown verb")]
    Verb,
    /// Longer than [`MAX_ADDRESS`].
    #[error("too long")]
    TooLong,
    /// A parameter that the verb does not have.
    #[error("extra parameter")]
    Extra,
    /// A parameter that the verb needs.
    #[error("{0} is missing")]
    Missing(&'static str),
    /// A parameter that stands twice.
    #[error("{0} stands twice")]
    Doubled(&'static str),
    /// A parameter that cannot be read.
    #[error("{0} cannot be read")]
    Unreadable(&'static str),
}

impl Address {
    /// Reads an address: each parameter once, none besides, nothing escaped.
    ///
    /// # Errors
    /// [`NotAnAddress`].
    pub fn parse(text: &str) -> Result<Self, NotAnAddress> {
        let scheme = text.get(..6).ok_or(NotAnAddress::Scheme)?;
        if !scheme.eq_ignore_ascii_case("sayso:") {
            return Err(NotAnAddress::Scheme);
        }
        if text.len() > MAX_ADDRESS {
            return Err(NotAnAddress::TooLong);
        }
        let rest = &text[6..];
        let (verb, query) = rest.split_once('?').unwrap_or((rest, ""));
        match verb {
            "bind" => {
                let [broker, request, secret] = named(query, ["broker", "request", "secret"])?;
                Ok(Self::Bind {
                    broker: Origin::parse(broker).ok_or(NotAnAddress::Unreadable("broker"))?,
                    request: request.parse().map_err(|_| NotAnAddress::Unreadable("request"))?,
                    secret: PageSecret::parse(secret)
                        .map_err(|_| NotAnAddress::Unreadable("secret"))?,
                })
            }
            "register" => {
                let [broker, account] = named(query, ["broker", "account"])?;
                Ok(Self::Register {
                    broker: Origin::parse(broker).ok_or(NotAnAddress::Unreadable("broker"))?,
                    account: AccountName::parse(account)
                        .map_err(|_| NotAnAddress::Unreadable("account"))?,
                })
            }
            _ => Err(NotAnAddress::Verb),
        }
    }

    /// The address as it is shown to a browser or written into a QR code, and nowhere else.
    #[must_use]
    pub fn reveal(&self) -> String {
        match self {
            Self::Bind { broker, request, secret } => {
                let secret = secret.reveal();
                format!("sayso:bind?broker={}&request={request}&secret={secret}", broker.0)
            }
            Self::Register { broker, account } => {
                format!("sayso:register?broker={}&account={account}", broker.0)
            }
        }
    }
}

/// The values of exactly these parameters, in their order.
fn named<'a, const N: usize>(
    query: &'a str,
    names: [&'static str; N],
) -> Result<[&'a str; N], NotAnAddress> {
    let mut values = [None; N];
    for part in query.split('&').filter(|part| !part.is_empty()) {
        let (name, value) = part.split_once('=').unwrap_or((part, ""));
        let place = names.iter().position(|known| *known == name).ok_or(NotAnAddress::Extra)?;
        if values[place].replace(value).is_some() {
            return Err(NotAnAddress::Doubled(names[place]));
        }
    }
    let mut found = [""; N];
    for ((found, value), name) in found.iter_mut().zip(values).zip(names) {
        *found = value.ok_or(NotAnAddress::Missing(name))?;
    }
    Ok(found)
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const REQUEST: &str = "018f2d7e-7e3b-7000-8000-000000000000";
    const SECRET: &str = "AAAAAAAAAAAAAAAAAAAAAA";

    fn bind(query: &str) -> Result<Address, NotAnAddress> {
        Address::parse(&format!("sayso:bind?{query}"))
    }

    #[test]
    fn an_address_is_read_back() {
        let text =
            format!("sayso:bind?broker=http://127.0.0.1:8080&request={REQUEST}&secret={SECRET}");
        assert_eq!(Address::parse(&text).unwrap().reveal(), text);
        let text = "sayso:register?broker=https://login.example&account=anna";
        assert_eq!(Address::parse(text).unwrap().reveal(), text);
    }

    #[test]
    fn extra_missing_and_doubled_parameters_are_told_apart() {
        let good = format!("broker=https://b.example&request={REQUEST}&secret={SECRET}");
        assert!(bind(&good).is_ok());
        assert_eq!(bind(&format!("{good}&method=qr")), Err(NotAnAddress::Extra));
        assert_eq!(bind(&format!("{good}&secret={SECRET}")), Err(NotAnAddress::Doubled("secret")));
        assert_eq!(bind("broker=https://b.example"), Err(NotAnAddress::Missing("request")));
        assert_eq!(bind(""), Err(NotAnAddress::Missing("broker")));
        let odd = good.replace("https://b.example", "https://b.example/path");
        assert_eq!(bind(&odd), Err(NotAnAddress::Unreadable("broker")));
    }

    #[test]
    fn other_schemes_and_verbs_and_long_texts_are_refused() {
        assert_eq!(Address::parse("https://b.example"), Err(NotAnAddress::Scheme));
        assert_eq!(Address::parse("sayso"), Err(NotAnAddress::Scheme));
        assert_eq!(Address::parse("sayso:approve?id=1"), Err(NotAnAddress::Verb));
        let long = format!("sayso:bind?{}", "a".repeat(4_000));
        assert_eq!(Address::parse(&long), Err(NotAnAddress::TooLong));
    }

    proptest! {
        #[test]
        fn no_text_makes_the_reader_panic(text in "(sayso:)?(bind|register)?[?]?.*") {
            let _ = Address::parse(&text);
        }
    }
}
