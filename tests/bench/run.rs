//! What it cost a server that some people did the same thing, all at a time, each one after the other.

use rig::{clock, meter};
use tokio::task::JoinSet;

/// What one run cost.
#[derive(Debug, Clone, Copy)]
pub struct Run {
    /// How many were done in a second.
    pub rate: f64,
    /// The server's processor time for each, in microseconds.
    pub cpu: f64,
}

impl Run {
    /// Lets everybody begin, each of whom does so many, and waits for the last.
    ///
    /// # Panics
    /// If one cannot be done.
    pub async fn of<T>(server: u32, each: usize, everybody: Vec<T>) -> Run
    where
        T: Future<Output = ()> + Send + 'static,
    {
        let done = f64::from(u32::try_from(each * everybody.len()).expect("not many"));
        let (began, before) = (clock::start(), meter::cpu(server));
        let mut running: JoinSet<()> = everybody.into_iter().collect();
        while let Some(one) = running.join_next().await {
            one.expect("a run");
        }
        let (took, cost) = (began.elapsed(), meter::cpu(server) - before);
        Run { rate: done / took.as_secs_f64(), cpu: cost.as_secs_f64() / done * 1e6 }
    }
}
