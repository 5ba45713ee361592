//! What everybody was told, held against what the broker kept.

use std::collections::HashMap;

use rig::broker::Broker;
use rusqlite::{Connection, OpenFlags};
use sayso_protocol::decision::Verdict;
use serde_json::Value;

/// What was told of one login.
#[derive(Debug)]
pub struct Told {
    /// The request.
    pub id: String,
    /// What the approver signed, and the broker said that it has.
    pub decision: Option<Verdict>,
    /// What the service was told: the verdict, and the signed outcome.
    pub verdict: Option<(String, String)>,
}

/// One request at the broker.
#[derive(Debug, Default)]
struct Kept {
    outcome: Option<String>,
    collected: bool,
    decisions: usize,
    /// How often the audit has it asked, ended by an answer, and fetched.
    asked: usize,
    answered: usize,
    fetched: usize,
}

/// All requests at the broker.
#[derive(Debug)]
pub struct Ledger(HashMap<String, Kept>);

impl Ledger {
    /// Reads the store of a broker that has ended.
    ///
    /// # Panics
    /// If it cannot be read.
    pub fn read(broker: &Broker) -> Ledger {
        let path = broker.database();
        let store = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY);
        let store = store.expect("the broker's store");
        let mut kept: HashMap<String, Kept> = HashMap::new();
        each(&store, "SELECT id, outcome, collected_at IS NOT NULL FROM requests", |row| {
            let one = kept.entry(row.get(0)?).or_default();
            (one.outcome, one.collected) = (row.get(1)?, row.get(2)?);
            Ok(())
        });
        each(&store, "SELECT request FROM decisions", |row| {
            kept.entry(row.get(0)?).or_default().decisions += 1;
            Ok(())
        });
        each(&store, "SELECT entry FROM audit", |row| {
            let entry: Value = serde_json::from_str(&row.get::<_, String>(0)?).expect("JSON");
            let Some(request) = entry["request"].as_str() else { return Ok(()) };
            let one = kept.entry(request.to_owned()).or_default();
            match (entry["act"].as_str(), entry["state"].as_str()) {
                (Some("asked"), _) => one.asked += 1,
                (Some("changed"), Some("approved" | "denied")) => one.answered += 1,
                (Some("collected"), _) => one.fetched += 1,
                _ => {}
            }
            Ok(())
        });
        Ledger(kept)
    }

    /// What is not as it was told: lost, done twice, or told wrongly.
    pub fn faults(&self, told: &[Told]) -> Vec<String> {
        let mut faults: Vec<String> = told.iter().filter_map(|one| self.fault(one)).collect();
        let asked = told.len();
        if self.0.len() != asked {
            faults.push(format!("doubled: {asked} requests were asked, {} are kept", self.0.len()));
        }
        faults
    }

    fn fault(&self, told: &Told) -> Option<String> {
        let Some(kept) = self.0.get(&told.id) else { return Some(format!("lost: {}", told.id)) };
        let answers = usize::from(told.decision.is_some());
        let fetches = usize::from(told.decision == Some(Verdict::Approve));
        let outcome = told.verdict.as_ref().map(|(_, outcome)| outcome);
        let wanted = told.decision.map(|verdict| match verdict {
            Verdict::Approve => "approve",
            Verdict::Deny => "deny",
            Verdict::Report => "report",
        });
        let is_so = kept.asked == 1
            && kept.decisions == answers
            && kept.answered == answers
            && kept.fetched == fetches
            && kept.collected == (fetches == 1)
            && (outcome.is_none() || kept.outcome.as_ref() == outcome)
            && told.verdict.as_ref().map(|(verdict, _)| verdict.as_str()) == wanted;
        (!is_so).then(|| format!("not as told: {told:?}, kept: {kept:?}"))
    }
}

fn each(
    store: &Connection,
    query: &str,
    mut with: impl FnMut(&rusqlite::Row<'_>) -> rusqlite::Result<()>,
) {
    let mut statement = store.prepare(query).expect("a query");
    let mut rows = statement.query([]).expect("rows");
    while let Some(row) = rows.next().expect("a row") {
        with(row).expect("columns");
    }
}
