//! What an approval costs the broker, how many there are in a second, and what it costs that each
//! of them is on the disk before it is answered.

use std::path::Path;

use rig::clock;
use rig::desktop::Desktop;
use tokio::task::JoinSet;

use crate::figure::{Bar, Figure, Missing};
use crate::limit::Rows;
use crate::person::Person;
use crate::{Report, Scale};
use rig::meter;
use rig::seeded::{Keys, Seeded};
use rig::wire::Link;

/// So many approvals are in flight at a time.
const IN_FLIGHT: [usize; 3] = [16, 64, 256];
/// Whether every commit waits for the disk: libeatmydata takes each `fdatasync` for done.
const PRELOAD: [&str; 2] =
    ["/usr/lib/x86_64-linux-gnu/libeatmydata.so", "/usr/lib/aarch64-linux-gnu/libeatmydata.so"];

/// A broker whose approvers are connected.
struct Site {
    seeded: Seeded,
    _links: JoinSet<()>,
}

/// What one run cost.
#[derive(Clone, Copy)]
struct Run {
    /// Approvals a second.
    rate: f64,
    /// The broker's processor time for each, in microseconds.
    cpu: f64,
}

/// Takes the rows `broker_cpu`, `broker_rate_256` and `durability_*`.
pub async fn measure(desktop: &Desktop, scale: &Scale, report: &mut Report<'_>) {
    let durable = Site::start(desktop, "durable", &[], scale).await;
    let preload = PRELOAD.into_iter().find(|path| Path::new(path).exists());
    let fast = match preload {
        Some(path) => Some(Site::start(desktop, "fast", &[("LD_PRELOAD", path)], scale).await),
        None => None,
    };
    // What a broker does once is not what an approval costs.
    durable.run(64, scale.approvals).await;
    if let Some(fast) = &fast {
        fast.run(64, scale.approvals).await;
    }
    let rows = Rows::read(&durable.seeded.database(), scale.approvals).expect("rows");
    let (mut cpu, mut rate) = (Vec::new(), Vec::new());
    let mut durability = [const { Vec::new() }; 3];
    for _ in 0..scale.rounds {
        let limit = rows.limit(desktop.dir()).expect("the limit");
        for (in_flight, durability) in IN_FLIGHT.into_iter().zip(&mut durability) {
            let run = durable.run(in_flight, scale.approvals).await;
            if in_flight == 256 {
                cpu.push((run.cpu, limit.cpu));
                rate.push((run.rate, limit.rate));
            }
            if let Some(fast) = &fast {
                durability.push((run.rate, fast.run(in_flight, scale.approvals).await.rate));
            }
        }
    }
    let unit = "approvals/s";
    let figure =
        |name: &str, unit, rounds, bar| Figure { name: name.to_owned(), unit, rounds, bar };
    report.figure(figure("broker_cpu", "us", cpu, Bar::AtMost(2.0)));
    report.figure(figure("broker_rate_256", unit, rate, Bar::AtLeast(0.5)));
    for (in_flight, rounds) in IN_FLIGHT.into_iter().zip(durability) {
        let name = format!("durability_{in_flight}");
        report.figure(figure(&name, unit, rounds, Bar::AtLeast(0.8)));
    }
    if fast.is_none() {
        report.missing(Missing { name: "durability", why: "no libeatmydata".into() });
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
        let mut persons = Vec::new();
        for keys in &self.seeded.approvers[..in_flight] {
            persons.push(self.person(keys).await);
        }
        let broker = self.seeded.broker.id();
        let (began, before) = (clock::start(), meter::cpu(broker));
        let each = count / in_flight;
        let mut logins: JoinSet<()> = persons.into_iter().map(|one| log_in(one, each)).collect();
        while let Some(done) = logins.join_next().await {
            done.expect("approvals");
        }
        let (took, cost) = (began.elapsed(), meter::cpu(broker) - before);
        let done = f64::from(u32::try_from(each * in_flight).expect("not many"));
        Run { rate: done / took.as_secs_f64(), cpu: cost.as_secs_f64() / done * 1e6 }
    }

    async fn person(&self, keys: &Keys) -> Person {
        Person::new(&self.seeded, keys).await
    }
}

async fn log_in(mut person: Person, times: usize) {
    for _ in 0..times {
        person.approve().await;
    }
}
