//! How many may be where nobody knows them yet, in all and from one network: in a TLS handshake,
//! and on a connection on which nobody has proved who they are. Who opens connections and says
//! nothing keeps nobody out but its own network.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio_util::sync::CancellationToken;

use crate::clock::pause;
use crate::guard::pending::Network;

/// Networks without anybody here are swept when there are this many more.
const SWEEP_EVERY: usize = 256;

/// All networks of one site have as many places as so many of them: who has one has 65,536.
const NETWORKS_OF_SITE: usize = 2;

/// How often the log may say that somebody was turned away.
const TOLD_EVERY: Duration = Duration::from_secs(1);

/// How many may be in a vestibule.
#[derive(Debug, Clone, Copy)]
pub struct Crowd {
    /// In all.
    pub all: usize,
    /// From one network.
    pub each: usize,
}

/// A place, until it is dropped.
#[derive(Debug)]
pub(crate) struct Place {
    _all: OwnedSemaphorePermit,
    _each: OwnedSemaphorePermit,
    _site: Option<OwnedSemaphorePermit>,
}

/// Where strangers stand.
#[derive(Debug)]
pub(crate) struct Vestibule {
    most: Crowd,
    all: Arc<Semaphore>,
    networks: HashMap<Network, Arc<Semaphore>>,
    sites: HashMap<Network, Arc<Semaphore>>,
    swept: usize,
    turned_away: watch::Sender<u64>,
}

impl Vestibule {
    /// With the count of those that were turned away.
    pub(crate) fn new(most: Crowd) -> (Self, watch::Receiver<u64>) {
        let all = Arc::new(Semaphore::new(most.all));
        let (turned_away, count) = watch::channel(0);
        (
            Self {
                most,
                all,
                networks: HashMap::new(),
                sites: HashMap::new(),
                swept: 0,
                turned_away,
            },
            count,
        )
    }

    /// A place for one more from `network`, if there is one.
    pub(crate) fn enter(&mut self, network: Network) -> Option<Place> {
        if self.networks.len() >= self.swept + SWEEP_EVERY {
            // Whoever has a place holds it too.
            self.networks.retain(|_, places| Arc::strong_count(places) > 1);
            self.sites.retain(|_, places| Arc::strong_count(places) > 1);
            self.swept = self.networks.len();
        }
        let place = self.place(network);
        if place.is_none() {
            self.turned_away.send_modify(|count| *count += 1);
        }
        place
    }

    fn place(&mut self, network: Network) -> Option<Place> {
        let each = take(&mut self.networks, network, self.most.each)?;
        let site = match network.site() {
            Some(site) => Some(take(&mut self.sites, site, NETWORKS_OF_SITE * self.most.each)?),
            None => None,
        };
        let all = Arc::clone(&self.all).try_acquire_owned().ok()?;
        Some(Place { _all: all, _each: each, _site: site })
    }
}

/// One of so many places of a network, if one is free.
fn take(
    of: &mut HashMap<Network, Arc<Semaphore>>,
    network: Network,
    most: usize,
) -> Option<OwnedSemaphorePermit> {
    let places = of.entry(network).or_insert_with(|| Arc::new(Semaphore::new(most)));
    Arc::clone(places).try_acquire_owned().ok()
}

/// Writes to the log how many were turned away, once a second at most, because there were too
/// many of `whom`.
pub(crate) async fn tell(
    whom: &'static str,
    mut turned_away: watch::Receiver<u64>,
    stopping: CancellationToken,
) {
    let mut told = 0;
    let telling = async {
        while turned_away.changed().await.is_ok() {
            let count = *turned_away.borrow_and_update();
            tracing::warn!(turned_away = count - told, "too many {whom} at a time");
            told = count;
            pause(TOLD_EVERY).await;
        }
    };
    stopping.run_until_cancelled(telling).await;
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::{IpAddr, Ipv4Addr};

    fn network(n: u16) -> Network {
        let [high, low] = n.to_be_bytes();
        Network::from(Ipv4Addr::new(192, 0, high, low))
    }

    #[test]
    fn a_network_that_only_knocks_keeps_no_other_out() {
        let (mut vestibule, count) = Vestibule::new(Crowd { all: 4, each: 2 });
        let mut knocking: Vec<_> = (0..2).map(|_| vestibule.enter(network(1)).unwrap()).collect();
        assert!(vestibule.enter(network(1)).is_none());
        knocking.push(vestibule.enter(network(2)).unwrap());
        knocking.remove(0);
        knocking.push(vestibule.enter(network(1)).expect("one has left"));
        knocking.push(vestibule.enter(network(3)).unwrap());
        assert!(vestibule.enter(network(4)).is_none(), "there are four in all");
        assert_eq!(*count.borrow(), 2);
    }

    #[test]
    fn who_has_many_networks_has_no_more_places_than_two_of_them() {
        let (mut vestibule, _) = Vestibule::new(Crowd { all: 100, each: 2 });
        let of =
            |site: u16, n: u16| Network::of(IpAddr::from([0x2001, 0xdb8, site, n, 0, 0, 0, 1]));
        let taken: Vec<_> = (0..10).filter_map(|n| vestibule.enter(of(1, n))).collect();
        assert_eq!(taken.len(), 2 * NETWORKS_OF_SITE);
        assert!(vestibule.enter(of(2, 0)).is_some(), "another site has its own");
        drop(taken);
        assert!(vestibule.enter(of(1, 0)).is_some());
    }

    #[test]
    fn networks_that_have_left_are_forgotten() {
        let (mut vestibule, _) = Vestibule::new(Crowd { all: 4, each: 2 });
        let stays = vestibule.enter(network(0)).unwrap();
        for n in 1..=1000 {
            vestibule.enter(network(n)).unwrap();
        }
        assert!(vestibule.networks.len() <= SWEEP_EVERY + 1, "{}", vestibule.networks.len());
        drop(stays);
    }
}
