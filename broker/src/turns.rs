//! Whose turn it is to ask. A request is work for the one writer, so few are made at a time and who
//! floods the broker waits for itself. Who asks from a network that speaks for the account does not
//! wait behind the others.

use std::sync::Arc;
use tokio::sync::{AcquireError, Semaphore, SemaphorePermit};

/// So many requests are made at a time for those that nothing speaks for: few enough that nothing
/// else waits long for the writer.
const STRANGERS: usize = 12;
/// The same for those from the account's own networks.
const OWN: usize = 4;

/// From where somebody asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum From {
    /// A network from which the account approved, or from which one of its approvers is connected.
    Own,
    /// Any other.
    Elsewhere,
}

/// Leave to make a request. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Turns {
    own: Arc<Semaphore>,
    strangers: Arc<Semaphore>,
}

impl Default for Turns {
    fn default() -> Self {
        Self { own: Arc::new(Semaphore::new(OWN)), strangers: Arc::new(Semaphore::new(STRANGERS)) }
    }
}

impl Turns {
    /// Waits for a turn, which lasts until it is dropped. Who came first goes first.
    ///
    /// # Errors
    /// When nobody may ask any more.
    pub async fn take(&self, from: From) -> Result<SemaphorePermit<'_>, AcquireError> {
        match from {
            From::Own => self.own.acquire().await,
            From::Elsewhere => self.strangers.acquire().await,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn who_asks_from_home_does_not_wait_behind_strangers() {
        let turns = Turns::default();
        let mut taken = Vec::new();
        for _ in 0..STRANGERS {
            taken.push(turns.take(From::Elsewhere).await.unwrap());
        }
        let stranger = turns.take(From::Elsewhere);
        tokio::pin!(stranger);
        assert!(futures_util::poll!(stranger.as_mut()).is_pending());
        drop(turns.take(From::Own).await.unwrap());
        taken.pop();
        drop(stranger.await.unwrap());
    }
}
