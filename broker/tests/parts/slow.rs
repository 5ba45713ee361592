//! A connection that holds next to nothing, and a computer that does not read what comes on it.

use super::{Approver, BEGIN, Link, Running, Site, open_link_over, running_since};
use sayso_protocol::time::UnixTime;
use std::path::Path;
use tokio::net::TcpSocket;

/// So many bytes a socket holds, or twice as many (socket(7)).
const LITTLE: u32 = 4096;

impl Running {
    /// A broker whose connections hold next to nothing that was not read.
    async fn start_narrow(store: &Path) -> Running {
        let socket = TcpSocket::new_v4().unwrap();
        // What is accepted has it from the listener.
        socket.set_send_buffer_size(LITTLE).unwrap();
        socket.bind(([127, 0, 0, 1], 0).into()).unwrap();
        Running::start_on(socket.listen(64).unwrap(), store, running_since(BEGIN)).await
    }
}

impl Site {
    /// The same, where connections hold next to nothing.
    pub(crate) async fn narrow() -> Site {
        let store = tempfile::tempdir().unwrap();
        let running = Running::start_narrow(store.path()).await;
        Site::of(store, running).await
    }
}

impl Approver {
    /// Connects, with next to no room for what it does not read.
    pub(crate) async fn connect_narrow(&self, now: UnixTime) -> Link {
        let socket = TcpSocket::new_v4().unwrap();
        socket.set_recv_buffer_size(LITTLE).unwrap();
        let to = self.origin.trim_start_matches("http://").parse().unwrap();
        let stream = socket.connect(to).await.unwrap();
        open_link_over(stream, &self.origin, self.link_proof(now).as_str()).await.unwrap()
    }
}
