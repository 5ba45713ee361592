//! The broker is killed while eight people log in.

use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use rig::approver::Approver;
use rig::broker::Broker;
use rig::clock;
use rig::desktop::Desktop;
use rig::service::Service;
use tokio::task::JoinSet;

use crate::ledger::{Ledger, Told};
use crate::login::Person;
use crate::{report, tell};

const HEADING: &str = "A broker that is killed again and again.";
/// So many people log in at a time.
const PEOPLE: usize = 8;
/// The broker lives so long at most, once it listens.
const LIFE: Duration = Duration::from_millis(250);

/// Kills it so often; whether all is as everybody was told.
pub async fn run(kills: u32) -> ExitCode {
    let desktop = Desktop::builder(HEADING).bare().start().await;
    let mut broker = Broker::start(&desktop).await;
    let service = Service::start(&broker, "Example Bank", desktop.transcript()).await;
    let over = Arc::new(AtomicBool::new(false));
    let mut persons = Vec::new();
    for number in 0..PEOPLE {
        let account = format!("person-{number}");
        broker.add_account(&account).await;
        let approver = Approver::register(&broker, &account).await;
        persons.push(Person::new(&broker, &service, approver, account));
    }
    let log_in = |person| log_in_until(person, Arc::clone(&over));
    let people: JoinSet<_> = persons.into_iter().map(log_in).collect();
    let begun = clock::start();
    for number in 1..=kills {
        clock::pass(LIFE.mul_f64(rand::random())).await;
        broker.kill();
        broker.start_again().await;
        if number % 100 == 0 {
            tell(&format!("killed {number} times in {:.0?}", begun.elapsed()));
        }
    }
    over.store(true, Ordering::Relaxed);
    let told: Vec<Told> = people.join_all().await.into_iter().flatten().collect();
    let verified = broker.administer(&["audit", "verify"]).await;
    broker.stop().await;
    let ledger = Ledger::read(&broker);
    report(kills, &told, &ledger.faults(&told), &verified.out, verified.status)
}

/// Logs in again and again until it is over; what the person was told of each.
async fn log_in_until(mut person: Person, over: Arc<AtomicBool>) -> Vec<Told> {
    let mut told = Vec::new();
    while !over.load(Ordering::Relaxed) {
        told.push(person.log_in().await);
    }
    told
}
