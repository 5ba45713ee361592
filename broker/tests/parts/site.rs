//! A broker with a service and somebody who approves there: how most tests begin.

use super::{Approver, Running, Service};
use std::time::Duration;
use tempfile::TempDir;

/// No computer takes longer to connect, or to be seen to be gone.
pub(crate) const SEEN_WITHIN: Duration = Duration::from_secs(30);

/// Bank, and Anna's computer. The broker lives as long as its store.
pub(crate) struct Site {
    pub(crate) store: TempDir,
    pub(crate) running: Running,
    pub(crate) service: Service,
    pub(crate) anna: Approver,
}

impl Site {
    pub(crate) async fn start() -> Site {
        let store = tempfile::tempdir().unwrap();
        let running = Running::start(store.path(), None).await;
        Site::of(store, running).await
    }

    pub(super) async fn of(store: TempDir, running: Running) -> Site {
        let (service, anna) = (running.service("Bank").await, running.approver("anna").await);
        Site { store, running, service, anna }
    }

    /// Stops the broker; the store goes after it.
    pub(crate) async fn stop(self) {
        self.running.stop().await;
        drop(self.store);
    }
}

impl Running {
    /// Until the broker has this computer's link, or its call for the inbox.
    pub(crate) async fn wait_until_linked(&self, approver: &Approver) {
        self.wait_for_link(approver, true).await;
    }

    /// Until the broker knows that its link is gone.
    pub(crate) async fn wait_until_gone(&self, approver: &Approver) {
        self.wait_for_link(approver, false).await;
    }

    async fn wait_for_link(&self, approver: &Approver, wanted: bool) {
        let seen = async {
            while self.broker.relay.peers(vec![approver.id()]).await.unwrap()[0].is_some() != wanted
            {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(SEEN_WITHIN, seen).await.expect("the relay tells in time");
    }
}
