//! How many requests may wait for one account, and which one goes when there is no room; no IO.
//!
//! Whoever floods an account from one network, or through one service, has two places there and
//! takes them from itself. Whoever floods it from many networks takes places from those that
//! nothing speaks for: never from one that the person is answering, nor from a network of theirs.

use sayso_protocol::life::Standing;
use sayso_protocol::request::RequestId;
use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::time::Duration;

/// So many requests wait of one service from one network.
pub const EACH: usize = 2;
/// So many requests wait for one account.
pub const ALL: usize = 20;
/// A network from which the person approved is theirs for this long.
pub const KNOWN_FOR: Duration = Duration::from_hours(90 * 24);
/// A network that the person reported is refused for this long.
pub const REFUSED_FOR: Duration = Duration::from_hours(24);

/// Where a browser is: an IPv4 address, or an IPv6 /64 (RFC 4291, section 2.5.4).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Network(IpAddr);

impl Network {
    /// Of an address. IPv4 in IPv6 (RFC 4291, section 2.5.5.2) is IPv4.
    #[must_use]
    pub fn of(address: IpAddr) -> Self {
        Self(match address.to_canonical() {
            IpAddr::V4(v4) => IpAddr::V4(v4),
            IpAddr::V6(v6) => IpAddr::V6(Ipv6Addr::from_bits(v6.to_bits() >> 64 << 64)),
        })
    }

    /// The site that it is one of: an IPv6 /48 (RFC 6177), which is as much as one customer is given.
    #[must_use]
    pub fn site(self) -> Option<Self> {
        match self.0 {
            IpAddr::V4(_) => None,
            IpAddr::V6(v6) => Some(Self(Ipv6Addr::from_bits(v6.to_bits() >> 80 << 80).into())),
        }
    }

    /// Whether both are of one address family: only then they can be compared.
    #[must_use]
    pub fn is_comparable(self, other: Self) -> bool {
        self.0.is_ipv4() == other.0.is_ipv4()
    }
}

impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl From<Ipv4Addr> for Network {
    fn from(address: Ipv4Addr) -> Self {
        Self(IpAddr::V4(address))
    }
}

/// A request that waits, as far as it takes a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Waiting<'a> {
    /// Which.
    pub id: RequestId,
    /// The id of the service that asked it.
    pub service: &'a str,
    /// From where; those of which nobody knows share their places.
    pub network: Option<Network>,
    /// How far it is.
    pub standing: Standing,
    /// Whether an approver was connected from its network when it was asked.
    pub theirs: bool,
}

/// Whether there is a place for one more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Room {
    /// There is.
    Free,
    /// This one goes.
    InPlaceOf(RequestId),
    /// None of those that wait may go.
    None,
}

/// Whether there is a place among `waiting`, oldest first, for one more of `service` from
/// `network`. `theirs` says which networks are the person's own by now.
///
/// Two that the person is answering do not keep a third out: only the person can bind them.
#[must_use]
pub fn room(
    waiting: &[Waiting<'_>],
    service: &str,
    network: Option<Network>,
    theirs: impl Fn(Network) -> bool,
) -> Room {
    let unbound = |one: &&Waiting<'_>| one.standing == Standing::Pending;
    let alike = |one: &&Waiting<'_>| one.service == service && one.network == network;
    if waiting.iter().filter(alike).count() >= EACH
        && let Some(older) = waiting.iter().filter(alike).find(unbound)
    {
        return Room::InPlaceOf(older.id);
    }
    if waiting.len() < ALL {
        return Room::Free;
    }
    let strange = |one: &&Waiting<'_>| !one.theirs && !one.network.is_some_and(&theirs);
    let oldest = waiting.iter().filter(unbound).find(strange);
    oldest.map_or(Room::None, |one| Room::InPlaceOf(one.id))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use uuid::Uuid;

    fn network(n: u8) -> Option<Network> {
        (n > 0).then(|| Network::from(Ipv4Addr::new(192, 0, 2, n)))
    }

    fn one(n: u128, service: &'static str, from: u8, standing: Standing) -> Waiting<'static> {
        Waiting {
            id: RequestId(Uuid::from_u128(n)),
            service,
            network: network(from),
            standing,
            theirs: false,
        }
    }

    fn in_place_of(n: u128) -> Room {
        Room::InPlaceOf(RequestId(Uuid::from_u128(n)))
    }

    const NOBODYS: fn(Network) -> bool = |_| false;

    #[test]
    fn a_third_of_one_service_and_network_takes_the_place_of_the_older_unbound_one() {
        use Standing::{ApprovedUnconfirmed, Bound, Pending};
        let waiting = [one(1, "bank", 1, Pending), one(2, "bank", 1, Pending)];
        assert_eq!(room(&waiting, "bank", network(1), NOBODYS), in_place_of(1));
        assert_eq!(room(&waiting, "bank", network(2), NOBODYS), Room::Free);
        assert_eq!(room(&waiting, "shop", network(1), NOBODYS), Room::Free);
        assert_eq!(room(&waiting[..1], "bank", network(1), NOBODYS), Room::Free);
        for answered in [Bound, ApprovedUnconfirmed] {
            let waiting = [one(1, "bank", 1, answered), one(2, "bank", 1, Pending)];
            assert_eq!(room(&waiting, "bank", network(1), NOBODYS), in_place_of(2));
            let waiting = [one(1, "bank", 1, answered), one(2, "bank", 1, Bound)];
            assert_eq!(room(&waiting, "bank", network(1), NOBODYS), Room::Free);
        }
    }

    #[test]
    fn requests_from_nowhere_share_their_places() {
        let waiting = [one(1, "bank", 0, Standing::Pending), one(2, "bank", 0, Standing::Pending)];
        assert_eq!(room(&waiting, "bank", None, NOBODYS), in_place_of(1));
        assert_eq!(room(&waiting, "bank", network(1), NOBODYS), Room::Free);
    }

    #[test]
    fn the_twenty_first_takes_the_oldest_unbound_place_that_is_not_of_the_persons_own_network() {
        let mut waiting: Vec<_> =
            (1..=20_u8).map(|n| one(n.into(), "bank", n, Standing::Pending)).collect();
        let first_is_theirs = |one| network(1) == Some(one);
        assert_eq!(room(&waiting, "bank", network(99), NOBODYS), in_place_of(1));
        assert_eq!(room(&waiting, "bank", network(99), first_is_theirs), in_place_of(2));
        waiting[1].standing = Standing::Bound;
        assert_eq!(room(&waiting, "bank", network(99), first_is_theirs), in_place_of(3));
        assert_eq!(room(&waiting, "bank", network(99), |_| true), Room::None);
        waiting[2].theirs = true;
        assert_eq!(room(&waiting, "bank", network(99), first_is_theirs), in_place_of(4));
        waiting[19].network = None;
        assert_eq!(room(&waiting, "bank", network(99), |_| true), in_place_of(20));
        assert_eq!(room(&waiting[..19], "bank", network(99), |_| true), Room::Free);
    }

    #[test]
    fn a_network_is_an_ipv4_address_or_an_ipv6_64() {
        let of = |text: &str| Network::of(text.parse().unwrap());
        assert_eq!(of("::ffff:192.0.2.1"), of("192.0.2.1"));
        assert_eq!(of("2001:db8::1"), of("2001:db8::ffff:2"));
        assert_ne!(of("2001:db8::1"), of("2001:db8:0:1::1"));
        assert_eq!(of("2001:db8:1:2:3::4").to_string(), "2001:db8:1:2::");
        assert!(!of("2001:db8::1").is_comparable(of("192.0.2.1")));
    }

    proptest! {
        #[test]
        fn no_flood_takes_more_places_than_there_are_nor_one_that_is_spoken_for(
            asks in proptest::collection::vec((0u8..40, 0u8..3, 0u8..8), 0..200)
        ) {
            let theirs = |one| network(7) == Some(one);
            let mut waiting: Vec<Waiting<'_>> = Vec::new();
            for (n, (from, service, bound)) in asks.into_iter().enumerate() {
                let service = ["bank", "shop", "post"][usize::from(service)];
                match room(&waiting, service, network(from), theirs) {
                    Room::Free => {}
                    Room::None => continue,
                    Room::InPlaceOf(id) => {
                        let at = waiting.iter().position(|one| one.id == id).unwrap();
                        let gone = waiting.remove(at);
                        prop_assert_eq!(gone.standing, Standing::Pending);
                        let alike = gone.service == service && gone.network == network(from);
                        prop_assert!(alike || gone.network != network(7));
                    }
                }
                let standing = if bound == 0 { Standing::Bound } else { Standing::Pending };
                waiting.push(one(n as u128, service, from, standing));
                prop_assert!(waiting.len() <= ALL);
            }
        }
    }
}
