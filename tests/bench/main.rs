//! `make bench`: takes every figure and prints it. Figures are no exit status.

use std::process::ExitCode;

use bench::{Group, Scale, delivery};
use rig::meter::{self, tell};

#[tokio::main]
async fn main() -> ExitCode {
    let files = meter::open_files();
    let words: Vec<String> = std::env::args().skip(1).collect();
    if words == [delivery::PEER] {
        return match delivery::serve_peer(tell).await {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => {
                tell(&error.to_string());
                ExitCode::FAILURE
            }
        };
    }
    let (mut groups, mut scale) = (Vec::new(), Scale::whole(files));
    for word in &words {
        match (word.as_str(), Group::parse(word)) {
            ("--least", _) => scale = Scale::least(),
            (_, Some(group)) => groups.push(group),
            (other, None) => {
                tell(&format!(
                    "There is no group of rows called {other:?}. Write: bench approvals delivery \
                     links computer, or some of them."
                ));
                return ExitCode::from(2);
            }
        }
    }
    if groups.is_empty() {
        groups.extend(Group::ALL);
    }
    bench::run(&groups, &scale, &mut tell).await;
    ExitCode::SUCCESS
}
