//! How many clients each process has at the private socket: one that hangs, or never comes to its
//! end, keeps no other out.

use std::collections::HashMap;
use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// So many clients may be of one process.
const MAX_OF_PROCESS: usize = 16;

/// How many more clients each process may have, by its number.
#[derive(Debug, Default)]
pub(super) struct Processes(HashMap<i32, Arc<Semaphore>>);

impl Processes {
    /// A place for one more client of this process, if it may have one; until it is dropped.
    pub(super) fn enter(&mut self, pid: i32) -> Option<OwnedSemaphorePermit> {
        self.0.retain(|_, places| places.available_permits() < MAX_OF_PROCESS);
        let places = self.0.entry(pid);
        let places = places.or_insert_with(|| Arc::new(Semaphore::new(MAX_OF_PROCESS)));
        Arc::clone(places).try_acquire_owned().ok()
    }
}
