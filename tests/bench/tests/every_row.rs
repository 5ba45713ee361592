//! Every row can be taken: what is measured here is nothing.

use bench::{Group, Scale};

#[tokio::test(flavor = "multi_thread")]
async fn every_row_is_taken_or_said_to_be_missing() {
    let mut lines = Vec::new();
    bench::run(&Group::ALL, &Scale::least(), &mut |line| lines.push(line.to_owned())).await;
    let rows: Vec<_> = lines.iter().filter(|line| !line.starts_with('#')).collect();
    for row in [
        "broker_cpu",
        "broker_rate_256",
        "durability",
        "delivery",
        "link_memory",
        "speech",
        "idle_memory",
        "idle_wakeups",
        "status",
        "status_cpu",
        "start",
    ] {
        assert!(rows.iter().any(|line| line.contains(row)), "{row} is not among:\n{lines:#?}");
    }
}
