//! Where a call comes from: the peer itself, or, behind a proxy that the administrator named, who
//! that proxy says its peer was. What anybody else says of that counts for nothing.

use axum::http::HeaderMap;
use serde::Deserialize;
use std::net::{IpAddr, SocketAddr};
use std::str::FromStr;

/// The proxies before this broker.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Proxies {
    /// Their addresses, or whole networks of them; one at least.
    #[serde(deserialize_with = "some")]
    pub addresses: Vec<Network>,
    /// The field in which they say who called them.
    #[serde(default)]
    pub header: Header,
}

/// The field in which proxies say who called them. Only one is read: the other one passes through
/// a proxy as its client wrote it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Header {
    /// `X-Forwarded-For`: addresses with commas between them.
    #[default]
    XForwardedFor,
    /// `Forwarded` (RFC 7239).
    Forwarded,
}

/// An address, or all that begin with the same bits: `192.0.2.1`, `10.0.0.0/8`, `2001:db8::/32`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Network {
    address: IpAddr,
    bits: u8,
}

/// Not an address, and not a network.
#[derive(Debug, thiserror::Error)]
#[error("not an address or network: {0}")]
pub struct NotANetwork(String);

/// Whom a call came from, as far as that can be known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Caller(pub Option<IpAddr>);

impl Proxies {
    /// Whether this is one of them.
    #[must_use]
    pub fn are(&self, peer: IpAddr) -> bool {
        self.addresses.iter().any(|network| network.has(peer))
    }

    /// Whom a call from `peer` came from: the nearest hop that is none of the proxies. Nobody knows
    /// where a proxy does not say, or says what cannot be read.
    #[must_use]
    pub fn caller(&self, peer: IpAddr, headers: &HeaderMap) -> Caller {
        if !self.are(peer) {
            return Caller(Some(peer.to_canonical()));
        }
        let mut hops = Vec::new();
        let name = match self.header {
            Header::XForwardedFor => "x-forwarded-for",
            Header::Forwarded => "forwarded",
        };
        for value in headers.get_all(name) {
            let Ok(text) = value.to_str() else { return Caller(None) };
            hops.extend(text.split(',').map(|hop| self.hop(hop)));
        }
        let mut farthest = None;
        for hop in hops.into_iter().rev() {
            match hop {
                Some(hop) if self.are(hop) => farthest = Some(hop),
                nearest => return Caller(nearest),
            }
        }
        Caller(farthest)
    }

    fn hop(&self, text: &str) -> Option<IpAddr> {
        match self.header {
            Header::XForwardedFor => address(text.trim()),
            Header::Forwarded => text.split(';').find_map(|pair| {
                let (name, value) = pair.split_once('=')?;
                let named = name.trim().eq_ignore_ascii_case("for");
                named.then(|| address(value.trim().trim_matches('"')))?
            }),
        }
    }
}

/// An address, with or without brackets and port.
fn address(text: &str) -> Option<IpAddr> {
    let bare = text.strip_prefix('[').and_then(|text| text.strip_suffix(']')).unwrap_or(text);
    let address = bare.parse().or_else(|_| text.parse::<SocketAddr>().map(|both| both.ip()));
    address.ok().map(|address: IpAddr| address.to_canonical())
}

impl Network {
    fn has(&self, address: IpAddr) -> bool {
        match (self.address, address.to_canonical()) {
            (IpAddr::V4(own), IpAddr::V4(other)) => {
                let shift = 32 - u32::from(self.bits);
                own.to_bits().checked_shr(shift).unwrap_or(0)
                    == other.to_bits().checked_shr(shift).unwrap_or(0)
            }
            (IpAddr::V6(own), IpAddr::V6(other)) => {
                let shift = 128 - u32::from(self.bits);
                own.to_bits().checked_shr(shift).unwrap_or(0)
                    == other.to_bits().checked_shr(shift).unwrap_or(0)
            }
            (IpAddr::V4(_), IpAddr::V6(_)) | (IpAddr::V6(_), IpAddr::V4(_)) => false,
        }
    }
}

fn some<'de, D: serde::Deserializer<'de>>(value: D) -> Result<Vec<Network>, D::Error> {
    let addresses = Vec::deserialize(value)?;
    if addresses.is_empty() {
        return Err(serde::de::Error::invalid_length(0, &"one address at least"));
    }
    Ok(addresses)
}

impl FromStr for Network {
    type Err = NotANetwork;

    fn from_str(text: &str) -> Result<Self, NotANetwork> {
        let refused = || NotANetwork(text.to_owned());
        let (address, bits) = match text.split_once('/') {
            Some((address, bits)) => (address, Some(bits.parse::<u8>().map_err(|_| refused())?)),
            None => (text, None),
        };
        let address: IpAddr = address.parse().map_err(|_| refused())?;
        if address != address.to_canonical() {
            // It is an IPv4 address, and its callers' are compared as such.
            return Err(refused());
        }
        let most = if address.is_ipv4() { 32 } else { 128 };
        let bits = bits.unwrap_or(most);
        if bits > most { Err(refused()) } else { Ok(Self { address, bits }) }
    }
}

impl TryFrom<String> for Network {
    type Error = NotANetwork;

    fn try_from(text: String) -> Result<Self, NotANetwork> {
        text.parse()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    fn proxies(header: Header) -> Proxies {
        let addresses = ["10.0.0.0/8", "2001:db8::1"].map(|text| text.parse().unwrap()).to_vec();
        Proxies { addresses, header }
    }

    fn caller(header: Header, peer: &str, fields: &[(&'static str, &str)]) -> Option<String> {
        let mut headers = HeaderMap::new();
        for (name, value) in fields {
            headers.append(*name, HeaderValue::from_str(value).unwrap());
        }
        let Caller(found) = proxies(header).caller(peer.parse().unwrap(), &headers);
        found.map(|address| address.to_string())
    }

    fn by(peer: &str, list: &str) -> Option<String> {
        caller(Header::XForwardedFor, peer, &[("x-forwarded-for", list)])
    }

    #[test]
    fn what_a_stranger_says_of_where_it_comes_from_counts_for_nothing() {
        assert_eq!(by("192.0.2.1", "198.51.100.7").unwrap(), "192.0.2.1");
        assert_eq!(by("2001:db8::2", "198.51.100.7").unwrap(), "2001:db8::2");
    }

    #[test]
    fn the_nearest_hop_that_is_no_proxy_of_ours_is_the_caller() {
        assert_eq!(by("10.1.2.3", "192.0.2.9").unwrap(), "192.0.2.9");
        // The client wrote the first one itself.
        assert_eq!(by("10.1.2.3", "127.0.0.1, 192.0.2.9, 10.9.9.9").unwrap(), "192.0.2.9");
        assert_eq!(by("2001:db8::1", "192.0.2.9:4711").unwrap(), "192.0.2.9");
        assert_eq!(by("::ffff:10.1.2.3", "[2001:db8::9]:1").unwrap(), "2001:db8::9");
        assert_eq!(by("10.1.2.3", "10.0.0.1, 10.0.0.2").unwrap(), "10.0.0.1");
    }

    #[test]
    fn a_proxy_that_says_nothing_or_nonsense_leaves_it_unknown() {
        assert_eq!(caller(Header::XForwardedFor, "10.1.2.3", &[]), None);
        assert_eq!(by("10.1.2.3", "192.0.2.9, unknown"), None);
        assert_eq!(by("10.1.2.3", ""), None);
        assert_eq!(by("10.1.2.3", "192.0.2.9, 192.0.2.1000"), None);
    }

    #[test]
    fn only_the_field_that_the_administrator_named_is_read() {
        let both = [("x-forwarded-for", "192.0.2.9"), ("forwarded", "for=198.51.100.7")];
        assert_eq!(caller(Header::XForwardedFor, "10.0.0.1", &both).unwrap(), "192.0.2.9");
        assert_eq!(caller(Header::Forwarded, "10.0.0.1", &both).unwrap(), "198.51.100.7");
    }

    #[test]
    fn a_forwarded_field_is_read_as_rfc_7239_writes_it() {
        let by = |list: &str| caller(Header::Forwarded, "10.0.0.1", &[("forwarded", list)]);
        assert_eq!(by("For=\"[2001:db8:cafe::17]:4711\"").unwrap(), "2001:db8:cafe::17");
        assert_eq!(by("proto=https;for=192.0.2.43;by=10.0.0.1").unwrap(), "192.0.2.43");
        assert_eq!(by("for=192.0.2.43, for=10.0.0.9").unwrap(), "192.0.2.43");
        for hidden in ["for=_gazonk", "for=unknown", "by=10.0.0.1"] {
            assert_eq!(by(hidden), None, "{hidden}");
        }
        let two = [("forwarded", "for=192.0.2.1"), ("forwarded", "for=192.0.2.2")];
        assert_eq!(caller(Header::Forwarded, "10.0.0.1", &two).unwrap(), "192.0.2.2");
    }

    #[test]
    fn a_network_has_the_addresses_that_begin_alike() {
        let has = |network: &str, address: &str| {
            network.parse::<Network>().unwrap().has(address.parse().unwrap())
        };
        assert!(has("192.0.2.0/24", "192.0.2.255") && !has("192.0.2.0/24", "192.0.3.0"));
        assert!(has("0.0.0.0/0", "203.0.113.5") && !has("0.0.0.0/0", "2001:db8::1"));
        assert!(has("2001:db8::/32", "2001:db8:ffff::") && !has("::1", "::2"));
        for refused in
            ["", "192.0.2.0/33", "::/129", "proxy.example", "192.0.2.0/", "::ffff:10.0.0.0/104"]
        {
            assert!(refused.parse::<Network>().is_err(), "{refused}");
        }
    }
}
