//! A message that a story holds.

use tokio::sync::oneshot;

use crate::processes::PATIENCE;

/// A message that is held.
#[derive(Debug)]
pub struct Held {
    name: String,
    arrived: Option<oneshot::Receiver<()>>,
    go_on: oneshot::Sender<()>,
}

impl Held {
    pub(super) fn new(
        name: &str,
        arrived: oneshot::Receiver<()>,
        go_on: oneshot::Sender<()>,
    ) -> Held {
        Held { name: name.to_owned(), arrived: Some(arrived), go_on }
    }

    /// Waits until the message is here.
    ///
    /// # Panics
    /// If it does not come.
    pub async fn arrived(&mut self) {
        if let Some(arrived) = self.arrived.take() {
            let came = tokio::time::timeout(PATIENCE, arrived).await;
            came.unwrap_or_else(|_| panic!("waited in vain: {:?} does not come", self.name)).ok();
        }
    }

    /// Lets it go on.
    pub fn release(self) {
        self.go_on.send(()).ok();
    }

    /// It is lost, with its connection.
    pub fn lose(self) {}
}
