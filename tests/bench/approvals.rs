//! What an approval costs the broker, how many there are in a second, and what it costs that each
//! of them is on the disk before it is answered.

use std::path::Path;

use rig::desktop::Desktop;
use tokio::task::JoinSet;

use crate::ciba::Ciba;
use crate::figure::{Bar, Figure, Missing};
use crate::limit::{Limit, Rows};
use crate::person::Person;
use crate::run::Run;
use crate::{Report, Scale};
use rig::seeded::Seeded;
use rig::wire::Link;

/// So many approvals are in flight at a time.
const IN_FLIGHT: [usize; 3] = [16, 64, 256];
/// Whether every commit waits for the disk: libeatmydata takes each `fdatasync` for done.
const PRELOAD: [&str; 2] =
    ["/usr/lib/x86_64-linux-gnu/libeatmydata.so", "/usr/lib/aarch64-linux-gnu/libeatmydata.so"];

/// All that take turns.
struct Sides {
    durable: Site,
    fast: Option<Site>,
    ciba: Result<Ciba, Missing>,
}

/// A broker whose approvers are connected.
struct Site {
    seeded: Seeded,
    _links: JoinSet<()>,
}

/// What was taken: the broker's and the other side's, round by round.
#[derive(Default)]
struct Taken {
    cpu: Vec<(f64, f64)>,
    rate: Vec<(f64, f64)>,
    durability: [Vec<(f64, f64)>; 3],
    ciba_cpu: Vec<(f64, f64)>,
    ciba_rate: Vec<(f64, f64)>,
}

/// Takes the rows `broker_cpu`, `broker_rate_256`, `durability_*` and `ciba_*`.
pub async fn measure(desktop: &Desktop, scale: &Scale, report: &mut Report<'_>) {
    let sides = Sides::start(desktop, scale).await;
    sides.warm_up(scale).await;
    let database = sides.durable.seeded.database();
    let rows = Rows::read(&database, scale.approvals).expect("rows");
    let mut taken = Taken::default();
    for _ in 0..scale.rounds {
        let limit = rows.limit(desktop.dir()).expect("the limit");
        sides.round(scale, &limit, &mut taken).await;
    }
    taken.tell(report);
    if sides.fast.is_none() {
        report.missing(Missing { name: "durability", why: "no libeatmydata".into() });
    }
    if let Err(missing) = sides.ciba {
        report.missing(missing);
    }
}

impl Sides {
    async fn start(desktop: &Desktop, scale: &Scale) -> Sides {
        let durable = Site::start(desktop, "durable", &[], scale).await;
        let preload = PRELOAD.into_iter().find(|path| Path::new(path).exists());
        let fast = match preload {
            Some(path) => Some(Site::start(desktop, "fast", &[("LD_PRELOAD", path)], scale).await),
            None => None,
        };
        Sides { durable, fast, ciba: Ciba::start(&desktop.logs()).await }
    }

    /// What a server does once is not what an approval costs.
    async fn warm_up(&self, scale: &Scale) {
        self.durable.run(64, scale.approvals).await;
        if let Some(fast) = &self.fast {
            fast.run(64, scale.approvals).await;
        }
        if let Ok(ciba) = &self.ciba {
            // node compiles only what has run often.
            ciba.run(IN_FLIGHT[0], 2 * scale.approvals).await;
        }
    }

    async fn round(&self, scale: &Scale, limit: &Limit, taken: &mut Taken) {
        let [few, _, many] = IN_FLIGHT;
        for (in_flight, durability) in IN_FLIGHT.into_iter().zip(&mut taken.durability) {
            let run = self.durable.run(in_flight, scale.approvals).await;
            if in_flight == few
                && let Ok(ciba) = &self.ciba
            {
                let theirs = ciba.run(few, scale.approvals).await;
                taken.ciba_cpu.push((run.cpu, theirs.cpu));
                taken.ciba_rate.push((run.rate, theirs.rate));
            }
            if in_flight == many {
                taken.cpu.push((run.cpu, limit.cpu));
                taken.rate.push((run.rate, limit.rate));
            }
            if let Some(fast) = &self.fast {
                durability.push((run.rate, fast.run(in_flight, scale.approvals).await.rate));
            }
        }
    }
}

impl Taken {
    /// Tells every row but those whose other side is missing: they have no rounds.
    fn tell(self, report: &mut Report<'_>) {
        let unit = "approvals/s";
        let mut tell = |name: &str, unit, rounds: Vec<_>, bar| {
            if !rounds.is_empty() {
                report.figure(Figure { name: name.to_owned(), unit, rounds, bar });
            }
        };
        tell("broker_cpu", "us", self.cpu, Bar::AtMost(2.0));
        tell("broker_rate_256", unit, self.rate, Bar::AtLeast(0.5));
        for (in_flight, rounds) in IN_FLIGHT.into_iter().zip(self.durability) {
            tell(&format!("durability_{in_flight}"), unit, rounds, Bar::AtLeast(0.8));
        }
        tell("ciba_cpu", "us", self.ciba_cpu, Bar::AtMost(0.1));
        tell(&format!("ciba_rate_{}", IN_FLIGHT[0]), unit, self.ciba_rate, Bar::AtLeast(5.0));
    }
}

impl Site {
    async fn start(desktop: &Desktop, name: &str, env: &[(&str, &str)], scale: &Scale) -> Site {
        let most = IN_FLIGHT[2].min(scale.approvals);
        let seeded = Seeded::start(desktop, name, env, most).await;
        let mut links = JoinSet::new();
        for keys in &seeded.approvers {
            links.spawn(Link::open(&seeded, keys).await.drain());
        }
        Site { seeded, _links: links }
    }

    /// So many approvals, of whom `in_flight` are under way at a time.
    async fn run(&self, in_flight: usize, count: usize) -> Run {
        let in_flight = in_flight.min(count);
        let each = count / in_flight;
        let mut logins = Vec::new();
        for keys in &self.seeded.approvers[..in_flight] {
            logins.push(log_in(Person::new(&self.seeded, keys).await, each));
        }
        Run::of(self.seeded.broker.id(), each, logins).await
    }
}

async fn log_in(mut person: Person, times: usize) {
    for _ in 0..times {
        person.approve().await;
    }
}
