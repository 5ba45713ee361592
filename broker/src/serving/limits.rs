//! What a server takes on itself, as far as the machine lets it.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use std::time::Duration;

use crate::vestibule::Crowd;

/// So many connections are open at a time at most.
const CONNECTIONS: usize = 32 * 1024;
/// So many files are left for the store, the log and who administrates.
const OTHER_FILES: usize = 128;

/// What a server takes on itself.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// So long may the head of a request take, and a connection wait for its next request; so long
    /// may a TLS handshake.
    pub head: Duration,
    /// So long may whoever is connected take nothing of what is written to it.
    pub unread: Duration,
    /// So many TLS handshakes at a time; who comes then is turned away.
    pub handshakes: Crowd,
    /// So many connections at a time on which nobody has proved who they are; who comes then is
    /// turned away. The proxies are nobody's network.
    pub strangers: Crowd,
    /// So long does whoever is connected have once the server is to stop.
    pub drain: Duration,
    /// So many connections at a time, links among them; more wait at the door.
    pub connections: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            head: Duration::from_secs(10),
            unread: Duration::from_secs(20),
            handshakes: Crowd { all: 4 * 1024, each: 512 },
            strangers: Crowd { all: CONNECTIONS / 2, each: 1024 },
            drain: Duration::from_secs(5),
            connections: CONNECTIONS,
        }
    }
}

impl Limits {
    /// What this process may take on: each connection is an open file.
    #[must_use]
    pub fn of_machine() -> Self {
        let files = getrlimit(Resource::Nofile).current;
        let files = files.and_then(|files| usize::try_from(files).ok()).unwrap_or(usize::MAX);
        let limits = Self::default().within(files);
        if limits.connections < CONNECTIONS {
            tracing::warn!(
                files,
                connections = limits.connections,
                "few connections can be open at a time: let this process open more files \
                 (LimitNOFILE= of systemd, ulimit -Hn, --ulimit nofile= of containers)"
            );
        }
        limits
    }

    fn within(self, files: usize) -> Self {
        let connections = files.saturating_sub(OTHER_FILES).clamp(1, self.connections);
        let all = self.strangers.all.min(connections.div_ceil(2));
        let strangers = Crowd { all, each: self.strangers.each.min(all.div_ceil(2)) };
        Self { strangers, connections, ..self }
    }
}

/// Lets this process have as many connections as the machine allows it: each is an open file, and
/// most sessions begin with leave for 1024 (systemd, `LimitNOFILE`).
pub fn allow_connections() {
    let allowed = getrlimit(Resource::Nofile).maximum;
    let limit = Rlimit { current: allowed, maximum: allowed };
    if let Err(error) = setrlimit(Resource::Nofile, limit) {
        tracing::warn!(%error, "no more connections than the session allows");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_more_connections_are_taken_than_there_are_files() {
        for (files, connections, strangers, of_one) in [
            (1 << 20, 32 * 1024, 16 * 1024, 1024),
            (20_000, 19_872, 9936, 1024),
            (1024, 896, 448, 224),
            (0, 1, 1, 1),
        ] {
            let limits = Limits::default().within(files);
            assert_eq!(limits.connections, connections, "{files} files");
            assert_eq!((limits.strangers.all, limits.strangers.each), (strangers, of_one));
        }
    }
}
