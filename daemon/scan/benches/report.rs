//! `make qr-report`: what `sayso-scan` reads off the project's own screenshots, and off those of
//! another folder that is named on the command line, against the bars that it has to pass.

use std::io;
use std::path::Path;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use corpus::{Screenshot, Verdict};
use sayso_scan_client::helper::LIMIT;

#[path = "../tests/corpus/mod.rs"]
mod corpus;

/// The sizes that have a bar: their width, name, and most milliseconds in the middle.
const SIZES: [(usize, &str, f64); 2] = [(1920, "1920x1080", 100.0), (3840, "3840x2160", 300.0)];
/// Of all codes, so many in a hundred are read.
const READ: f64 = 95.0;
/// Of those with a quiet zone of two modules or more, so many.
const READ_WITH_QUIET: f64 = 98.0;

/// One screenshot, read.
struct Read {
    screenshot: Screenshot,
    verdict: Verdict,
    width: usize,
    took: Duration,
    processor: Duration,
}

fn main() -> ExitCode {
    let other = std::env::args().skip(1).find(|word| !word.starts_with("--"));
    let mut passed = true;
    for folder in std::iter::once(corpus::own()).chain(other.map(Into::into)) {
        match report(&folder) {
            Ok(held) => passed &= held,
            Err(error) => {
                say(&format!("{}: {error}", folder.display()));
                passed = false;
            }
        }
    }
    if passed { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Reads a folder and says how it went; whether all bars were passed.
fn report(folder: &Path) -> io::Result<bool> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let mut all = Vec::new();
    for screenshot in Screenshot::all_of(folder)? {
        all.push(runtime.block_on(read(folder, screenshot))?);
    }
    say(&format!("{}: {} screenshots", folder.display(), all.len()));
    for one in all.iter().filter(|one| one.verdict != Verdict::Exact) {
        say(&format!("  {}: {:?}", one.screenshot.id, one.verdict));
    }
    let mut passed = share("codes read exactly", &all, 0, READ);
    passed &= share("of those with a quiet zone of 2 or more", &all, 2, READ_WITH_QUIET);
    let count = |with_code: bool| {
        let wrong = all.iter().filter(|one| one.verdict == Verdict::Wrong);
        wrong.filter(|one| one.screenshot.text.is_some() == with_code).count()
    };
    let (wrong, invented) = (count(true), count(false));
    let none = all.iter().filter(|one| one.screenshot.text.is_none()).count();
    say(&format!(
        "  wrong texts: {wrong} (bar 0); found in {none} without a code: {invented} (bar 0)"
    ));
    for (width, name, most) in SIZES {
        passed &= times(name, all.iter().filter(|one| one.width == width), most);
    }
    Ok(passed && wrong == 0 && invented == 0)
}

/// How many of the codes with such a quiet zone were read.
fn share(what: &str, all: &[Read], quiet: u32, bar: f64) -> bool {
    let codes = || {
        let codes = all.iter().filter(|one| one.screenshot.text.is_some());
        codes.filter(|one| one.screenshot.quiet >= quiet)
    };
    let (count, read) =
        (codes().count(), codes().filter(|one| one.verdict == Verdict::Exact).count());
    let percent = 100.0 * number(read) / number(count.max(1));
    say(&format!("  {what}: {read} of {count}, {percent:.1} % (bar {bar} %)"));
    percent >= bar || count == 0
}

/// How long the screenshots of one size took.
fn times<'a>(name: &str, reads: impl Iterator<Item = &'a Read>, bar: f64) -> bool {
    let (mut took, processor): (Vec<f64>, Vec<f64>) =
        reads.map(|one| (milliseconds(one.took), milliseconds(one.processor))).unzip();
    let Some(last) = took.len().checked_sub(1) else { return true };
    took.sort_by(f64::total_cmp);
    let (median, late, longest) = (took[last / 2], took[last * 95 / 100], took[last]);
    let mean = processor.iter().sum::<f64>() / number(processor.len());
    say(&format!(
        "  {name}, {} screenshots, from the start of the process to its end: median {median:.0} ms \
         (bar {bar} ms), p95 {late:.0} ms, longest {longest:.0} ms; processor {mean:.0} ms each",
        took.len(),
    ));
    median < bar
}

#[allow(clippy::disallowed_methods, reason = "it measures how long a process takes")]
async fn read(folder: &Path, screenshot: Screenshot) -> io::Result<Read> {
    let file = screenshot.file(folder);
    let (before, start) = (processor_time()?, Instant::now());
    let texts = corpus::read(&file, LIMIT).await;
    let (took, processor) = (start.elapsed(), processor_time()?.saturating_sub(before));
    let verdict = texts.map_or(Verdict::Missed, |texts| screenshot.judge(&texts));
    let picture = sayso_scan::image::read(std::fs::File::open(&file)?)
        .map_err(|fault| io::Error::other(format!("{}: {fault:?}", file.display())))?;
    Ok(Read { screenshot, verdict, width: picture.width(), took, processor })
}

/// The processor time of all children that have ended: fields 16 and 17 of `/proc/self/stat`, in
/// hundredths of a second.
fn processor_time() -> io::Result<Duration> {
    let stat = std::fs::read_to_string("/proc/self/stat")?;
    let fields = stat.rsplit_once(')').map(|(_, fields)| fields).unwrap_or_default();
    let ticks = fields.split_whitespace().skip(13).take(2);
    Ok(Duration::from_millis(10 * ticks.filter_map(|field| field.parse::<u64>().ok()).sum::<u64>()))
}

fn milliseconds(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1000.0
}

#[allow(clippy::cast_precision_loss, reason = "a count of screenshots")]
fn number(count: usize) -> f64 {
    count as f64
}

#[allow(clippy::print_stdout, reason = "this is what it is for")]
fn say(line: &str) {
    println!("{line}");
}
