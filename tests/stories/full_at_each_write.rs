//! The disk is full at each write of a login, one after the other: at the broker, and at Sayso. What is
//! refused is kept by nobody, and is done once there is room again; what was answered stays.

use std::path::Path;

use rig::approver::{Approver, BoundRequest};
use rig::broker::Broker;
use rig::browser::PlainBrowser;
use rig::cli::Terminal;
use rig::daemon::Daemon;
use rig::desktop::Desktop;
use rig::disk::Disk;
use rig::namespace::{Own, inside};
use rig::service::{Returned, Service};
use rig::story::{ACCOUNT, SERVICE, Story};
use rusqlite::Connection;
use sayso_protocol::decision::Verdict;
use serde_json::{Value, json};

const BROKER: &str = "\
The broker's disk fills up at each of its writes, in a login each.";

const DAEMON: &str = "\
The disk of Anna's computer fills up at each of Sayso's writes, in a login each.";

/// Without it, the log that SQLite writes ahead uses its room again, and needs none.
fn empty_log(database: &Path) {
    let store = Connection::open(database).expect("a store");
    let row = store.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get::<_, i64>(0));
    assert_eq!(row, Ok(0), "nobody else is at it");
}

/// The steps of a login that the broker writes down.
const STEPS: [&str; 6] =
    ["the request", "the page", "the code", "the decision", "the way back", "the outcome"];

/// A login in which the disk is nearly full at one step.
struct Attempt<'a> {
    broker: &'a Broker,
    disk: &'a Disk,
    full_at: &'static str,
    /// So many pages are free then.
    free: u64,
    refused: bool,
}

impl Attempt<'_> {
    /// Takes a step, and takes it again with room if it is refused.
    async fn step(&mut self, step: &str, act: impl AsyncFn() -> (u16, Value)) -> Value {
        let full = (step == self.full_at).then(|| {
            empty_log(&self.broker.database());
            self.disk.fill(self.free)
        });
        let (status, answer) = act().await;
        if status < 400 {
            return answer;
        }
        assert!(full.is_some(), "{step}, with room: {status} {answer}");
        drop(full);
        let said = answer.to_string();
        assert!(status == 503 && said.contains("cannot") && said.contains("just now"), "{said}");
        self.refused = true;
        let (status, answer) = act().await;
        assert!(status < 400, "{step}, with room again: {status} {answer}");
        answer
    }
}

/// Somebody logs in and every step succeeds, some of them at the second time.
async fn log_in(attempt: &mut Attempt<'_>, service: &Service, approver: &Approver) {
    let ask = json!({
        "account": ACCOUNT, "action": { "kind": "login" }, "return_url": service.return_url(),
    });
    let asked = attempt
        .step("the request", async || service.call("POST", "/v1/requests", Some(ask.clone())).await)
        .await;
    let text = |name: &str| asked[name].as_str().expect("an answer").to_owned();
    let (id, address) = (text("id"), text("login_url"));
    let browser = tokio::sync::Mutex::new(PlainBrowser::new("en"));
    let look = async |address: &str| {
        let page = browser.lock().await.look(address).await.expect("the broker");
        let place = page.fields.get("location").cloned();
        (page.status, json!({ "code": page.code(), "place": place, "text": page.text() }))
    };
    let page = attempt.step("the page", async || look(&address).await).await;
    let code = page["code"].as_str().expect("a code on the page");
    let binding = approver.link_key.sign(&approver.binding(code));
    let bound = attempt.step("the code", async || approver.bind(binding.as_str()).await).await;
    let bound = BoundRequest::read(&bound);
    let decision = approver.approver_key.sign(&approver.decision(&bound, Verdict::Approve));
    attempt.step("the decision", async || approver.decide(&bound, decision.as_str()).await).await;
    let back = format!("{address}/return");
    let back = attempt.step("the way back", async || look(&back).await).await;
    let place = back["place"].as_str().expect("a way back");
    let (_, ticket) = place.split_once("ticket=").expect("a ticket");
    let ticket = json!({ "ticket": ticket.split('&').next() });
    let path = format!("/v1/requests/{id}/outcome");
    attempt
        .step("the outcome", async || service.call("POST", &path, Some(ticket.clone())).await)
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_brokers_disk() {
    if !inside(Own::Mounts, "full_at_each_write::the_brokers_disk") {
        return;
    }
    let desktop = Desktop::builder(BROKER).bare().start().await;
    let mut broker = Broker::start(&desktop).await;
    broker.stop().await;
    std::fs::remove_dir_all(broker.store()).expect("a store");
    std::fs::create_dir(broker.store()).expect("a folder");
    let disk = Disk::mount(&broker.store(), 16).await;
    broker.start_again().await;
    broker.add_account(ACCOUNT).await;
    let service = Service::start(&broker, SERVICE, desktop.transcript()).await;
    let approver = Approver::register(&broker, ACCOUNT).await;

    let mut logins = 0;
    for full_at in STEPS {
        for free in 0.. {
            let mut attempt =
                Attempt { broker: &broker, disk: &disk, full_at, free, refused: false };
            log_in(&mut attempt, &service, &approver).await;
            logins += 1;
            if !attempt.refused {
                assert!(free > 0, "{full_at} is written down");
                break;
            }
        }
    }
    assert!(!broker.log().contains("panicked"), "{}", broker.log());
    broker.stop().await;
    let store = Connection::open(broker.database()).expect("a store");
    for query in [
        "SELECT COUNT(*) FROM requests",
        "SELECT COUNT(*) FROM decisions",
        "SELECT COUNT(*) FROM requests WHERE collected_at IS NOT NULL",
    ] {
        let kept: i64 = store.query_row(query, [], |row| row.get(0)).expect("a count");
        assert_eq!(kept, logins, "{query}");
    }
    broker.must(&["audit", "verify"]).await;
}

/// What came of a login while the disk was nearly full.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Told {
    /// Nothing was to be told of the disk, though it may have been too small for some write.
    Nothing,
    /// It was full, and nothing was signed.
    Full,
    /// There was room to spare.
    Room,
}

/// Anna logs in while so many pages of her disk are free, and once more with room if need be.
async fn log_in_at(story: &mut Story, disk: &Disk, free: u64, number: usize) -> Told {
    empty_log(&Daemon::store(&story.desktop));
    let full = disk.fill(free);
    let mut login = story.open_login_page(&format!("CODE-{number}")).await;
    story.wait_for_shown("log in? Answer: code", number).await;
    let mut terminal = Terminal::sayso(&story.desktop, &["enter", &login.code]);
    story.wait_for_question(&mut terminal).await;
    terminal.type_line("approve");
    let (status, said) = {
        let mut page = std::pin::pin!(login.go_on("Approved", story.transcript()));
        let ended = tokio::select! {
            () = &mut page => None,
            ended = terminal.wait_for_end() => Some(ended),
        };
        match ended {
            None => terminal.wait_for_end().await,
            Some(ended) => {
                if ended.0 == 0 {
                    page.await;
                }
                ended
            }
        }
    };
    if status == 0 {
        story.service.wait_for_nth_return(number).await;
        return if disk.room() > 0 { Told::Room } else { Told::Nothing };
    }
    assert!(said.contains("The disk is full, so nothing was signed. Make room,"), "{said}");
    drop(full);
    let mut terminal = Terminal::sayso(&story.desktop, &[]);
    story.wait_for_question(&mut terminal).await;
    terminal.type_line("approve");
    login.go_on("Approved", story.transcript()).await;
    terminal.wait_for_status(0).await;
    Told::Full
}

#[tokio::test(flavor = "multi_thread")]
async fn the_disk_of_sayso() {
    if !inside(Own::Mounts, "full_at_each_write::the_disk_of_sayso") {
        return;
    }
    let desktop = Desktop::builder(DAEMON).start().await;
    let disk = Disk::mount(&desktop.dir().join("home/.local/state"), 8).await;
    let broker = Broker::start(&desktop).await;
    let daemon = Daemon::start(&desktop).await;
    let channels = ["--speech", "off", "--notification", "on", "--attend", "off"];
    let mut story = Story::begin_as(desktop, broker, daemon, SERVICE, &channels).await;

    let mut told = Vec::new();
    while told.last() != Some(&Told::Room) {
        let number = told.len() + 1;
        told.push(log_in_at(&mut story, &disk, told.len() as u64, number).await);
    }
    assert_eq!(told[0], Told::Full);
    // What the broker answered and Sayso could not write down is sent again by the next start.
    story.daemon.stop().await;
    story.daemon.start_again(&story.desktop).await;
    story.wait_for_answers().await;
    let outcomes = story.service.returned();
    assert!(outcomes.iter().all(|one| matches!(one, Returned::Outcome(_))), "{outcomes:?}");
    let log = Daemon::log(&story.desktop);
    assert!(!log.contains("panicked"), "{log}");
    assert_eq!(outcomes.len(), told.len());
    story.wait_for_in_history("Approved: Example Bank, log in, account anna.", told.len()).await;
}
