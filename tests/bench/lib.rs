//! What Sayso costs, held against limits and peers in the same run. `make bench` prints a line for
//! each figure; `docs/performance.md` says how each is taken and what it was.
//!
//! Broker, daemon and command line run as the processes that people run. Subject and peer take
//! turns, round by round; what is printed is the median, with the range of all rounds.

/// How a figure is told.
pub mod figure;
/// What it was measured on.
pub mod machine;

/// Somebody who approves one login after the other.
pub mod person;
/// What a run through a server cost.
pub mod run;

/// What an approval costs, and how many there are in a second.
pub mod approvals;
/// The server that approvals are held against.
pub mod ciba;
/// From the service's call to the approver.
pub mod delivery;
/// What an approval cannot cost less than.
pub mod limit;
/// What an idle link costs.
pub mod links;
/// The servers that idle links are held against.
pub mod peers;

/// The rows of the person's computer.
pub mod computer;
/// One hop over loopback.
pub mod hop;
/// When Sayso ordered speech.
pub mod relay;

use std::fmt::Display;
use std::time::Duration;

use figure::{Figure, Missing};
use rig::desktop::{Desktop, KeyringAtStart};

/// How much is measured.
#[derive(Debug, Clone)]
pub struct Scale {
    /// Rounds of everything but the memory of links.
    pub rounds: usize,
    /// Approvals in a run.
    pub approvals: usize,
    /// Requests delivered in a round.
    pub requests: usize,
    /// The two numbers of idle links.
    pub links: [usize; 2],
    /// Requests announced in a round.
    pub notices: usize,
    /// So long is the daemon left alone before its memory is looked at.
    pub settle: Duration,
    /// So long are its wake-ups counted.
    pub idle: Duration,
    /// Commands in a round.
    pub commands: usize,
    /// Starts of the daemon in a round.
    pub starts: usize,
}

impl Scale {
    /// What `make bench` measures, on a machine that lets a process open so many files.
    #[must_use]
    pub fn whole(files: u64) -> Scale {
        let most = usize::try_from(files.saturating_sub(500)).unwrap_or(usize::MAX);
        Scale {
            rounds: 5,
            approvals: 2048,
            requests: 200,
            links: [5000.min(most), 19_500.min(most)],
            notices: 15,
            // A thread that has nothing to do ends after ten seconds.
            settle: Duration::from_secs(12),
            idle: Duration::from_secs(30),
            commands: 30,
            starts: 4,
        }
    }

    /// As little as shows that every row can be taken.
    #[must_use]
    pub fn least() -> Scale {
        Scale {
            rounds: 1,
            approvals: 32,
            requests: 2,
            links: [10, 20],
            notices: 1,
            settle: Duration::ZERO,
            idle: Duration::from_millis(100),
            commands: 2,
            starts: 1,
        }
    }
}

/// What is measured goes here, line by line.
pub struct Report<'a> {
    tell: &'a mut dyn FnMut(&str),
}

impl std::fmt::Debug for Report<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Report")
    }
}

impl Report<'_> {
    fn figure(&mut self, figure: Figure) {
        self.line(figure);
    }

    fn missing(&mut self, missing: Missing) {
        self.line(missing);
    }

    /// What stands beside a figure.
    fn note(&mut self, text: &str) {
        self.line(format!("# {text}"));
    }

    fn line(&mut self, line: impl Display) {
        (self.tell)(&line.to_string());
    }
}

/// Rows that are taken together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Group {
    /// [`approvals`].
    Approvals,
    /// [`delivery`].
    Delivery,
    /// [`links`].
    Links,
    /// [`computer`].
    Computer,
}

impl Group {
    /// All of them.
    pub const ALL: [Group; 4] = [Self::Approvals, Self::Delivery, Self::Links, Self::Computer];

    /// The group of this name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Group> {
        match name {
            "approvals" => Some(Self::Approvals),
            "delivery" => Some(Self::Delivery),
            "links" => Some(Self::Links),
            "computer" => Some(Self::Computer),
            _ => None,
        }
    }
}

/// Takes every row of these groups and tells it.
pub async fn run(groups: &[Group], scale: &Scale, tell: &mut dyn FnMut(&str)) {
    let mut report = Report { tell };
    for line in machine::lines() {
        report.note(&line);
    }
    for group in groups {
        match group {
            Group::Approvals => approvals::measure(&server().await, scale, &mut report).await,
            Group::Delivery => delivery::measure(&server().await, scale, &mut report).await,
            Group::Links => links::measure(&server().await, scale, &mut report).await,
            Group::Computer => computer::measure(scale, &mut report).await,
        }
    }
    report.note(&machine::load());
}

/// A machine that nobody sits at.
async fn server() -> Desktop {
    let desktop = Desktop::builder("What Sayso costs a service.").without_speech();
    let desktop = desktop.without_notifications().without_lock().without_display();
    desktop.without_buses().keyring(KeyringAtStart::Absent).start().await
}
