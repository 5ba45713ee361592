//! A message that a story holds.

use tokio::sync::oneshot;

use crate::processes::in_time;

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
            in_time(&format!("{:?} does not come", self.name), arrived).await.ok();
        }
    }

    /// Lets it go on.
    pub fn release(self) {
        self.go_on.send(()).ok();
    }

    /// It is lost, with its connection.
    pub fn lose(self) {}
}
