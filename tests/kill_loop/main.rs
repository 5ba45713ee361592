//! `make kill-loop N=1000`: the broker is killed so many times, each time at another moment, while
//! services, browsers and approvers work with it and come again when they get no answer. Then what
//! they were told is held against what the broker kept: nothing lost, nothing done twice, nobody
//! told what is not so.

mod ledger;
mod login;

use std::io::Write as _;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use rig::approver::Approver;
use rig::broker::Broker;
use rig::clock;
use rig::desktop::{Desktop, KeyringAtStart};
use rig::service::Service;
use tokio::task::JoinSet;

use ledger::{Ledger, Told};
use login::Person;

const HEADING: &str = "A broker that is killed again and again.";
/// So often, unless the command line says otherwise.
const KILLS: u32 = 1000;
/// So many people log in at a time.
const PEOPLE: usize = 8;
/// The broker lives so long at most, once it listens.
const LIFE: Duration = Duration::from_millis(250);

#[tokio::main]
async fn main() -> ExitCode {
    let mut words = std::env::args().skip(1).filter(|word| !word.starts_with("--"));
    let kills = match words.next().map_or(Ok(KILLS), |word| word.parse()) {
        Ok(kills) => kills,
        Err(_) => {
            tell("The number of kills is a whole number. Write: make kill-loop N=1000");
            return ExitCode::from(2);
        }
    };
    let desktop = Desktop::builder(HEADING)
        .without_speech()
        .without_notifications()
        .without_lock()
        .without_display()
        .keyring(KeyringAtStart::Absent)
        .start()
        .await;
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

fn report(kills: u32, told: &[Told], faults: &[String], audit: &str, status: i32) -> ExitCode {
    let ended = told.iter().filter(|told| told.verdict.is_some()).count();
    for fault in faults {
        tell(fault);
    }
    tell(audit.trim());
    tell(&format!(
        "{kills} kills; {} requests, {ended} answered and fetched, {} given up because their page's \
         cookie was lost; faults: {}",
        told.len(),
        told.len() - ended,
        faults.len()
    ));
    ExitCode::from(u8::from(!faults.is_empty() || status != 0 || ended == 0))
}

fn tell(line: &str) {
    // Nobody may read it.
    writeln!(std::io::stdout(), "{line}").ok();
}
