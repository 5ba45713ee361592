//! What a process has cost so far, as the kernel counts it (proc(5)), and how it is told.

use std::collections::HashMap;
use std::ffi::OsString;
use std::fs;
use std::io::Write as _;
use std::time::Duration;

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use rustix::time::{ClockId, clock_gettime};

/// A tick of `/proc/PID/stat`: `USER_HZ` is 100 on every Linux.
const TICK: Duration = Duration::from_millis(10);

/// The processor time of a process, all of its threads, user and system.
///
/// # Panics
/// If there is no such process.
#[must_use]
pub fn cpu(process: u32) -> Duration {
    let fields = stat(&process.to_string());
    TICK * (ticks(&fields, 14) + ticks(&fields, 15))
}

/// The processor time of the children that this process has waited for.
#[must_use]
pub fn cpu_of_children() -> Duration {
    let fields = stat("self");
    TICK * (ticks(&fields, 16) + ticks(&fields, 17))
}

/// The processor time of this thread.
#[must_use]
pub fn own_cpu() -> Duration {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    let seconds = u64::try_from(time.tv_sec).unwrap_or(0);
    Duration::new(seconds, u32::try_from(time.tv_nsec).unwrap_or(0))
}

/// Memory of a process that no file stands behind, in bytes (`RssAnon`).
///
/// # Panics
/// If there is no such process.
#[must_use]
pub fn anonymous(process: u32) -> f64 {
    kilobytes(&format!("/proc/{process}/status"), "RssAnon:")
}

/// Its share of all memory that it uses, in bytes (`Pss`).
///
/// # Panics
/// If there is no such process.
#[must_use]
pub fn share(process: u32) -> f64 {
    kilobytes(&format!("/proc/{process}/smaps_rollup"), "Pss:")
}

/// How often each thread of a process has gone to wait; each time something woke it again.
///
/// # Panics
/// If there is no such process.
#[must_use]
pub fn waits(process: u32) -> HashMap<OsString, u64> {
    let tasks = fs::read_dir(format!("/proc/{process}/task")).expect("a running process");
    tasks
        .flatten()
        .filter_map(|task| {
            // A thread may end meanwhile.
            let status = fs::read_to_string(task.path().join("status")).ok()?;
            Some((task.file_name(), number(&status, "voluntary_ctxt_switches:")?))
        })
        .collect()
}

/// How often any thread of a process has woken since then. One that has ended woke to do so.
///
/// # Panics
/// If there is no such process.
#[must_use]
pub fn wakeups_since(before: &HashMap<OsString, u64>, process: u32) -> u64 {
    let now = waits(process);
    let ended = before.keys().filter(|thread| !now.contains_key(*thread)).count();
    let woken =
        now.iter().map(|(thread, waits)| waits.saturating_sub(*before.get(thread).unwrap_or(&0)));
    woken.sum::<u64>() + u64::try_from(ended).unwrap_or(u64::MAX)
}

/// Lets this process, and those that it starts, have as many files open as the machine allows.
/// Returns how many.
///
/// # Panics
/// If the kernel refuses what it said it allows.
pub fn open_files() -> u64 {
    let held = getrlimit(Resource::Nofile);
    let all = Rlimit { current: held.maximum, maximum: held.maximum };
    setrlimit(Resource::Nofile, all).expect("what is allowed");
    held.maximum.unwrap_or(u64::MAX)
}

fn kilobytes(path: &str, field: &str) -> f64 {
    let text = fs::read_to_string(path).expect("a running process");
    let kilobytes = number(&text, field).expect("a field of proc(5)");
    f64::from(u32::try_from(kilobytes).expect("less than 4 TiB")) * 1024.0
}

fn number(text: &str, field: &str) -> Option<u64> {
    let line = text.lines().find_map(|line| line.strip_prefix(field))?;
    line.split_whitespace().next()?.parse().ok()
}

/// The fields after the name, which may hold anything.
fn stat(process: &str) -> Vec<String> {
    let text = fs::read_to_string(format!("/proc/{process}/stat")).expect("a running process");
    let (_, rest) = text.rsplit_once(") ").expect("proc(5)");
    rest.split(' ').map(str::to_owned).collect()
}

/// A field by its number in proc(5), where the state is the third.
fn ticks(fields: &[String], number: usize) -> u32 {
    fields[number - 3].parse().expect("a number")
}

/// Prints a line, also out of a test that passes.
pub fn tell(line: &str) {
    // Nobody may read it.
    writeln!(std::io::stdout(), "{line}").ok();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_costs_something() {
        let own = std::process::id();
        while cpu(own) < TICK {
            std::hint::black_box(own_cpu());
        }
        assert!(own_cpu() > Duration::ZERO);
        assert!(anonymous(own) > 100_000.0 && share(own) > 100_000.0);
        let before = waits(own);
        std::process::Command::new("true").status().unwrap();
        assert!(wakeups_since(&before, own) > 0);
    }
}
