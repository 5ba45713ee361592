//! Every row can be taken: what is measured here is nothing.

use bench::{Group, Scale};

#[tokio::test(flavor = "multi_thread")]
async fn every_row_is_taken_or_said_to_be_missing() {
    let mut lines = Vec::new();
    bench::run(&Group::ALL, &Scale::least(), &mut |line| lines.push(line.to_owned())).await;
    let rows: Vec<_> = lines.iter().filter(|line| !line.starts_with('#')).collect();
    // Names of rows; of some, only how they begin.
    let name = |line: &str| line.split(' ').next().unwrap_or_default().to_owned();
    for row in [
        "broker_cpu",
        "broker_rate_256",
        "durability",
        "ciba",
        "delivery",
        "link_memory",
        "speech",
        "idle_memory",
        "idle_wakeups",
        "status",
        "status_cpu",
        "start",
    ] {
        let begins = ["durability", "ciba", "link_memory"].contains(&row);
        let is_row = |line: &str| name(line) == row || begins && name(line).starts_with(row);
        assert!(rows.iter().any(|line| is_row(line)), "{row} is not among:\n{lines:#?}");
    }
}
