//! `make kill-loop N=1000`: the broker is killed so many times, each time at another moment, while
//! services, browsers and approvers work with it and come again when they get no answer. Then what
//! they were told is held against what the broker kept: nothing lost, nothing done twice, nobody
//! told what is not so. `make kill-loop KILL=saysod` kills the daemon of a person who logs in.

mod broker;
mod ledger;
mod login;
mod saysod;

use std::process::ExitCode;

use ledger::Told;
use rig::meter::tell;

/// So often, unless the command line says otherwise.
const KILLS: u32 = 1000;

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
    match words.next().as_deref() {
        None | Some("broker") => broker::run(kills).await,
        Some("saysod") => saysod::run(kills).await,
        Some(_) => {
            tell("Either the broker is killed or saysod. Write: make kill-loop KILL=saysod");
            ExitCode::from(2)
        }
    }
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
