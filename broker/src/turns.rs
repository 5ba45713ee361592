//! Whose turn it is to ask. A request is work for the one writer, so few are made at a time, and who
//! floods the broker waits for itself. Who asks from a network that speaks for the account has places
//! besides those that are for all; no network takes more than two of them.

use std::hash::{BuildHasher as _, RandomState};
use std::sync::Arc;
use tokio::sync::{AcquireError, Semaphore, SemaphorePermit};

use crate::guard::pending::Network;

/// So many requests are made at a time for whoever asks: few enough that nothing else waits long for
/// the writer.
const ANYBODYS: usize = 12;
/// So many more for those from networks that speak for the account.
const OWN: usize = 64;
/// So many of these for one network.
const EACH: usize = 2;
/// Networks share so many counts: two that meet in one are rare, and nobody can choose to.
const COUNTS: usize = 1024;

/// From where somebody asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Nearness {
    /// A network from which the account approved, or from which one of its approvers is connected.
    Own(Network),
    /// Any other.
    Elsewhere,
}

/// Leave to make a request. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Turns(Arc<Places>);

#[derive(Debug)]
struct Places {
    anybodys: Semaphore,
    own: Semaphore,
    each: Vec<Semaphore>,
    hashing: RandomState,
}

/// A turn, until it is dropped.
#[derive(Debug)]
pub struct Turn<'a> {
    _place: SemaphorePermit<'a>,
    _of_network: Option<SemaphorePermit<'a>>,
}

impl Default for Turns {
    fn default() -> Self {
        Self(Arc::new(Places {
            anybodys: Semaphore::new(ANYBODYS),
            own: Semaphore::new(OWN),
            each: (0..COUNTS).map(|_| Semaphore::new(EACH)).collect(),
            hashing: RandomState::new(),
        }))
    }
}

impl Turns {
    /// Waits for a turn. Who came first goes first, among those that wait for the same places.
    ///
    /// # Errors
    /// When nobody may ask any more.
    pub async fn take(&self, nearness: Nearness) -> Result<Turn<'_>, AcquireError> {
        match nearness {
            Nearness::Elsewhere => self.anybodys().await,
            Nearness::Own(network) => tokio::select! {
                biased;
                turn = self.own(network) => turn,
                turn = self.anybodys() => turn,
            },
        }
    }

    async fn anybodys(&self) -> Result<Turn<'_>, AcquireError> {
        Ok(Turn { _place: self.0.anybodys.acquire().await?, _of_network: None })
    }

    async fn own(&self, network: Network) -> Result<Turn<'_>, AcquireError> {
        let of_network = self.0.each[self.count_of(network)].acquire().await?;
        Ok(Turn { _place: self.0.own.acquire().await?, _of_network: Some(of_network) })
    }

    fn count_of(&self, network: Network) -> usize {
        usize::try_from(self.0.hashing.hash_one(network) % COUNTS as u64).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::FutureExt as _;
    use std::collections::HashSet;
    use std::net::Ipv4Addr;

    /// So many networks, of which no two meet.
    fn networks(turns: &Turns, count: usize) -> Vec<Nearness> {
        let mut taken = HashSet::new();
        let all = (0..).map(|n| Network::from(Ipv4Addr::from_bits(n)));
        let apart = all.filter(|network| taken.insert(turns.count_of(*network)));
        apart.take(count).map(Nearness::Own).collect()
    }

    /// A turn, if it comes at once.
    fn now(turns: &Turns, nearness: Nearness) -> Option<Turn<'_>> {
        turns.take(nearness).now_or_never().map(Result::unwrap)
    }

    fn as_many_as_there_are(turns: &Turns, nearness: Nearness) -> Vec<Turn<'_>> {
        std::iter::from_fn(|| now(turns, nearness)).collect()
    }

    #[test]
    fn who_asks_from_home_does_not_wait_behind_strangers() {
        let turns = Turns::default();
        let mut strangers = as_many_as_there_are(&turns, Nearness::Elsewhere);
        assert_eq!(strangers.len(), ANYBODYS);
        let homes = networks(&turns, OWN);
        let owners: Vec<_> = homes.iter().filter_map(|home| now(&turns, *home)).collect();
        assert_eq!(owners.len(), OWN);
        assert!(now(&turns, homes[0]).is_none());
        strangers.pop();
        assert!(now(&turns, homes[0]).is_some(), "a place that is for all");
    }

    #[test]
    fn a_home_that_floods_has_two_places_of_its_own_and_what_strangers_have() {
        let turns = Turns::default();
        let homes = networks(&turns, 2);
        let mut flood = as_many_as_there_are(&turns, homes[0]);
        assert_eq!(flood.len(), EACH + ANYBODYS);
        assert!(now(&turns, Nearness::Elsewhere).is_none());
        assert!(now(&turns, homes[1]).is_some(), "another home waits for nobody");
        flood.remove(0);
        assert!(now(&turns, homes[0]).is_some());
    }

    #[test]
    fn who_waits_goes_on_as_soon_as_either_place_is_free() {
        let turns = Turns::default();
        let home = networks(&turns, 1)[0];
        for at in [0, EACH] {
            let mut taken = as_many_as_there_are(&turns, home);
            let mut waiting = std::pin::pin!(turns.take(home));
            assert!(waiting.as_mut().now_or_never().is_none());
            taken.remove(at);
            assert!(waiting.now_or_never().is_some());
        }
    }
}
