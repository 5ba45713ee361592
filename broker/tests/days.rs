//! The program itself, over days: by clocks that move, by a clock that somebody sets, and killed
//! in every state of a change and at any instant of an act.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "parts of tests")]

#[allow(dead_code, unreachable_pub, reason = "the rig's own")]
#[path = "../../tests/rig/clock.rs"]
mod clock;
mod parts;

use clock::FakeClock;
use parts::changing::{confirmation, queueing};
use parts::served::{Served, last_word, must};
use parts::{Approver, Service, client};
use sayso_broker::store::DATABASE;
use sayso_protocol::change::{
    ApproveWith, ChangeAct, ChangeTold, Changes, Proposal, SameDevice, Standing,
};
use sayso_protocol::enrolment::{ActivationCode, Enrolled};
use sayso_protocol::link::FromBroker;
use sayso_protocol::problem::{Problem, ProblemType};
use sayso_protocol::signature::Jws;
use sayso_protocol::time::UnixTime;
use std::path::PathBuf;
use std::time::Duration;

const HOUR: Duration = Duration::from_hours(1);
const DAY: Duration = Duration::from_hours(24);

const QR: Proposal = Proposal::ApproveWith(ApproveWith::Qr);
const CODE: Proposal = Proposal::ApproveWith(ApproveWith::Code);
const READOUT: Proposal = Proposal::ApproveWith(ApproveWith::Readout);
const ON: Proposal = Proposal::SameDevice(SameDevice::On);
const OFF: Proposal = Proposal::SameDevice(SameDevice::Off);

/// A broker that lives by a clock of its own, and Anna's computer.
struct Home {
    store: PathBuf,
    served: Option<Served>,
    clock: FakeClock,
    desk: Approver,
    _folder: tempfile::TempDir,
}

impl Home {
    async fn new(clock: fn(&std::path::Path, &str) -> FakeClock) -> Home {
        let folder = tempfile::tempdir().unwrap();
        let (store, clock) = (folder.path().join("store"), clock(folder.path(), "broker"));
        let served = Served::start_in(&store, "127.0.0.1:0", &[], &clock.env());
        must(&store, &["account", "add", "anna"]);
        let desk = Approver::new(&served.origin);
        let home = Home { store, served: Some(served), clock, desk, _folder: folder };
        let code = home.activation();
        assert_eq!(home.desk.enrol("anna", code, home.now()).await.status(), 201);
        home
    }

    fn now(&self) -> UnixTime {
        UnixTime(self.clock.seconds())
    }

    /// By the clock of the machine, as long as the broker's is the same.
    fn activation(&self) -> ActivationCode {
        let said = must(&self.store, &["activation", "new", "anna"]);
        ActivationCode::parse(&last_word(&said)).unwrap()
    }

    fn kill(&mut self) {
        self.served.take().unwrap().kill();
    }

    fn start(&mut self) {
        let listen = self.desk.origin.trim_start_matches("http://");
        let served = Served::start_in(&self.store, listen, &[], &self.clock.env());
        self.served = Some(served);
    }

    async fn changes(&self) -> Changes {
        self.desk.changes(self.now()).await.unwrap()
    }

    async fn standing(&self, told: &ChangeTold) -> Standing {
        let changes = self.changes().await.changes;
        changes.iter().find(|change| change.id == told.id).unwrap().standing
    }

    async fn queue(&self, proposal: Proposal) -> ChangeTold {
        self.desk.queue(proposal, self.now()).await.unwrap()
    }

    /// Kills the broker where it is, and holds that nothing has changed by that.
    async fn is_the_same_after_a_kill(&mut self, told: &ChangeTold, standing: Standing) {
        assert_eq!(self.standing(told).await, standing);
        let before = self.changes().await;
        self.kill();
        self.start();
        let after = self.changes().await;
        assert_eq!(after.settings, before.settings, "{standing:?}");
        assert_eq!(after.changes, before.changes, "{standing:?}");
        must(&self.store, &["audit", "verify"]);
    }
}

#[tokio::test]
async fn a_broker_killed_in_any_state_of_a_change_neither_loses_repeats_nor_advances_it() {
    let mut home = Home::new(FakeClock::new).await;
    let queued = home.queue(QR).await;
    home.is_the_same_after_a_kill(&queued, Standing::Waiting).await;
    home.clock.forward(DAY);
    home.is_the_same_after_a_kill(&queued, Standing::Ready).await;
    home.desk.confirm(&queued, home.now()).await.unwrap();
    home.is_the_same_after_a_kill(&queued, Standing::Applied).await;
    let again = home.desk.confirm(&queued, home.now()).await.unwrap_err();
    assert_eq!(again.change, Some(Standing::Applied));

    let queued = home.queue(CODE).await;
    home.desk.cancel(&queued, home.now()).await.unwrap();
    home.is_the_same_after_a_kill(&queued, Standing::Cancelled).await;

    let off = home.queue(OFF).await;
    home.is_the_same_after_a_kill(&off, Standing::Applied).await;
    let (older, on) = (home.queue(CODE).await, home.queue(ON).await);
    home.queue(READOUT).await;
    home.is_the_same_after_a_kill(&older, Standing::Replaced).await;
    home.clock.forward(8 * DAY);
    home.is_the_same_after_a_kill(&on, Standing::Ready).await;
    home.clock.forward(7 * DAY);
    home.is_the_same_after_a_kill(&on, Standing::Lapsed).await;
    let settings = home.changes().await.settings.unwrap();
    assert_eq!(settings, sayso_protocol::change::AccountSettings::default().with(&QR).with(&OFF));
}

#[tokio::test]
async fn a_broker_killed_while_a_computer_waits_lets_it_in_neither_sooner_nor_twice() {
    let mut home = Home::new(FakeClock::new).await;
    let laptop = Approver::new(&home.desk.origin);
    let answer = laptop.enrol("anna", home.activation(), home.now()).await;
    let change = answer.json::<Enrolled>().await.unwrap().change.unwrap();
    home.is_the_same_after_a_kill(&change, Standing::Waiting).await;
    home.clock.forward(23 * HOUR);
    home.is_the_same_after_a_kill(&change, Standing::Waiting).await;
    let refused = laptop.approvers(home.now()).await.unwrap_err();
    assert_eq!(refused.kind, ProblemType::ApproverWaits);
    home.kill();
    home.clock.forward(HOUR);
    home.start();
    assert_eq!(laptop.approvers(home.now()).await.unwrap().approvers.len(), 2);
    home.is_the_same_after_a_kill(&change, Standing::Applied).await;
}

#[tokio::test]
async fn a_day_passes_at_a_broker_that_runs_and_the_new_setting_holds_for_the_next_request() {
    let home = Home::new(FakeClock::new).await;
    let key = last_word(&must(&home.store, &["service", "add", "Bank", "--return-url", RETURN]));
    let origin = home.desk.origin.clone();
    let bank = Service { id: "bank".into(), key, origin, http: client() };
    let queued = home.queue(READOUT).await;
    let mut link = home.desk.connect(home.now()).await;
    assert!(link.changes().await.contains(&queued));
    home.clock.forward(23 * HOUR);
    let early = home.desk.confirm(&queued, home.now()).await.unwrap_err();
    assert_eq!(early.kind, ProblemType::NotReady);
    home.clock.forward(HOUR);
    ask(&bank, "192.0.2.1").await;
    let ready = link.change().await;
    assert_eq!((ready.id, ready.standing), (queued.id, Standing::Ready));
    assert!(shows_digits(&bank).await, "nothing holds unasked");
    home.desk.confirm(&ready, home.now()).await.unwrap();
    assert!(!shows_digits(&bank).await);
    assert_eq!(link.change().await.standing, Standing::Applied);
    assert!(link_goes_on(&mut link).await);
}

const RETURN: &str = "http://127.0.0.1:9/return";

async fn ask(bank: &Service, address: &str) -> String {
    let body = serde_json::json!({
        "account": "anna", "action": { "kind": "login" }, "return_url": RETURN,
        "origin": { "address": address }
    });
    let asked = bank.post("/v1/requests", &body).await;
    asked.json::<serde_json::Value>().await.unwrap()["login_url"].as_str().unwrap().to_owned()
}

/// Whether the page of a login that is asked now shows digits.
async fn shows_digits(bank: &Service) -> bool {
    let page =
        client().get(ask(bank, "192.0.2.2").await).send().await.unwrap().text().await.unwrap();
    page.contains("data-copy")
}

async fn link_goes_on(link: &mut parts::Link) -> bool {
    matches!(link.next().await, Some(FromBroker::Request(_)))
}

#[tokio::test]
async fn setting_the_wall_clock_of_a_broker_moves_nothing() {
    let mut home = Home::new(FakeClock::wall_alone).await;
    let queued = home.queue(QR).await;
    let days = |days: i64| days * DAY.as_secs().cast_signed();
    for ahead in [days(2), days(-30), days(400), 0] {
        home.clock.set(ahead);
        let early = home.desk.confirm(&queued, home.now()).await.unwrap_err();
        assert_eq!(early.kind, ProblemType::NotReady);
        assert_eq!(home.standing(&queued).await, Standing::Waiting);
        home.kill();
        home.start();
        let told = home.changes().await.changes.pop().unwrap();
        assert_eq!((told.id, told.standing), (queued.id, Standing::Waiting));
        let left = home.now().until(told.ready_at);
        assert!(DAY.abs_diff(left) < Duration::from_secs(120), "{left:?}");
    }
}

/// At which point of an act the broker is killed.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Point {
    /// Before the commit: another writer keeps it from the store.
    Before,
    /// This long after it was sent, on whichever side of the commit that is.
    After(Duration),
    /// After the commit, which the answer rests on.
    Answered,
}

impl Home {
    fn database(&self) -> PathBuf {
        self.store.join(DATABASE)
    }

    /// Whether the act is on the disk, while no broker runs.
    fn has_committed(&self, act: &Jws<ChangeAct>) -> bool {
        let only_read = rusqlite::OpenFlags::SQLITE_OPEN_READ_ONLY;
        let db = rusqlite::Connection::open_with_flags(self.database(), only_read).unwrap();
        let sql = "SELECT count(*) FROM change_acts WHERE hash = ?1";
        db.query_row(sql, [act.digest().to_string()], |row| row.get(0)).unwrap()
    }
}

/// Sends an act and kills the broker at this point; then sends the same bytes again.
async fn killed_at(
    home: &mut Home,
    point: Point,
    act: &Jws<ChangeAct>,
) -> Result<ChangeTold, Problem> {
    let writer = rusqlite::Connection::open(home.database()).unwrap();
    let span = match point {
        Point::Before => {
            writer.execute_batch("BEGIN IMMEDIATE").unwrap();
            Duration::from_millis(50)
        }
        Point::After(span) => span,
        Point::Answered => Duration::from_secs(60),
    };
    let sending = tokio::time::timeout(span, home.desk.try_change(act));
    let answered = sending.await.ok().flatten();
    home.kill();
    let committed = home.has_committed(act);
    drop(writer);
    match point {
        Point::Before => assert!(!committed && answered.is_none()),
        Point::After(_) => {
            assert!(committed || answered.is_none(), "answered, and not on the disk");
        }
        Point::Answered => assert!(committed && answered.is_some()),
    }
    home.start();
    let again = home.desk.send_change(act).await.map(|answer| answer.change);
    if let Some(answered) = answered {
        assert_eq!(again, answered.map(|answer| answer.change), "what was answered stands");
    }
    again
}

#[tokio::test]
async fn a_broker_killed_at_any_instant_of_an_act_does_it_once_or_not_at_all() {
    let mut home = Home::new(FakeClock::new).await;
    let between = (0..8).map(|round| Point::After(Duration::from_millis(round * 2)));
    let points = [Point::Before, Point::Answered].into_iter().chain(between);
    for (proposal, point) in [QR, CODE].into_iter().cycle().zip(points) {
        let act = home.desk.change(queueing(proposal, home.now()), home.now());
        let queued = killed_at(&mut home, point, &act).await.unwrap();
        assert_eq!((queued.hash, queued.standing), (act.digest(), Standing::Waiting));
        home.clock.forward(DAY);
        let act = home.desk.change(confirmation(&queued, home.now()), home.now());
        let applied = killed_at(&mut home, point, &act).await.unwrap();
        assert_eq!((applied.id, applied.standing), (queued.id, Standing::Applied));
        let changes = home.changes().await;
        let ids: Vec<_> = changes.changes.iter().map(|told| told.id).collect();
        assert_eq!(ids.iter().filter(|id| **id == queued.id).count(), 1);
        assert_eq!(changes.settings.unwrap().now(&QR), Some(applied.proposal));
        must(&home.store, &["audit", "verify"]);
    }
}

#[tokio::test]
async fn the_brokers_policy_is_fixed_for_a_change_when_it_is_queued() {
    let folder = tempfile::tempdir().unwrap();
    let (store, clock) = (folder.path().join("store"), FakeClock::new(folder.path(), "broker"));
    let start = |listen: &str, hours: &str| {
        Served::start_in(&store, listen, &["--change-hours", hours], &clock.env())
    };
    let served = start("127.0.0.1:0", "1");
    must(&store, &["account", "add", "anna"]);
    let said = must(&store, &["activation", "new", "anna"]);
    let desk = Approver::new(&served.origin);
    let now = || UnixTime(clock.seconds());
    desk.enrol("anna", ActivationCode::parse(&last_word(&said)).unwrap(), now()).await;
    let queued = desk.queue(QR, now()).await.unwrap();
    assert_eq!(desk.changes(now()).await.unwrap().wait, HOUR.as_secs());
    served.stop();
    let _served = start(desk.origin.trim_start_matches("http://"), "48");
    assert_eq!(desk.changes(now()).await.unwrap().wait, 48 * HOUR.as_secs());
    clock.forward(HOUR);
    desk.confirm(&queued, now()).await.unwrap();
}
