//! What this process may use at most. It never asks for more room or time than a picture needs,
//! and a fault that makes it do so ends it.

use std::io;

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// Address space: a picture of the largest size, its other forms, and the program.
const ROOM: u64 = 1 << 30;
/// Seconds of processor time. Who started it waits for less.
const SECONDS: u64 = 10;

/// Bounds this process, for good.
///
/// # Errors
/// The kernel refuses.
pub fn set() -> io::Result<()> {
    // A core dump would be a picture of the screen on the disk.
    for (resource, most) in [(Resource::As, ROOM), (Resource::Cpu, SECONDS), (Resource::Core, 0)] {
        // Where a tighter limit holds already, it stays.
        let most = getrlimit(resource).maximum.map_or(most, |held| held.min(most));
        setrlimit(resource, Rlimit { current: Some(most), maximum: Some(most) })?;
    }
    Ok(())
}
