//! Security settings change after a day, by trusted time, when the person confirms it; and nothing
//! else changes them.

#![allow(clippy::unwrap_used, reason = "parts of tests")]

mod parts;

use parts::changing::confirmation;
use parts::{Approver, BEGIN, Running, Site};
use sayso_broker::store::accounts::Admission;
use sayso_protocol::change::{
    AccountSettings, ApproveWith, Author, ChangeTold, Proposal, SameDevice, Standing,
};
use sayso_protocol::enrolment::AccountName;
use sayso_protocol::problem::{Problem, ProblemType};
use sayso_protocol::time::UnixTime;
use sayso_protocol::trusted::{Reading, Wall};

const HOUR: u64 = 3600;
const DAY: u64 = 24 * HOUR;

const QR: Proposal = Proposal::ApproveWith(ApproveWith::Qr);
const CODE: Proposal = Proposal::ApproveWith(ApproveWith::Code);
const READOUT: Proposal = Proposal::ApproveWith(ApproveWith::Readout);
const ON: Proposal = Proposal::SameDevice(SameDevice::On);
const OFF: Proposal = Proposal::SameDevice(SameDevice::Off);

/// A broker, and Anna at her desk with a second computer.
struct Home {
    running: Running,
    desk: Approver,
    laptop: Approver,
    _store: tempfile::TempDir,
}

impl Home {
    async fn new() -> Home {
        let store = tempfile::tempdir().unwrap();
        let running = Running::start(store.path(), None).await;
        let desk = running.approver("anna").await;
        let (laptop, enrolled) = running.further("anna", Admission::AtOnce).await;
        assert_eq!(enrolled.change, None);
        Home { running, desk, laptop, _store: store }
    }

    fn now(&self) -> UnixTime {
        self.running.now()
    }

    async fn settings(&self) -> AccountSettings {
        settings(&self.running).await
    }

    async fn queue(&self, proposal: Proposal) -> ChangeTold {
        self.desk.queue(proposal, self.now()).await.unwrap()
    }

    /// How this change stands, as the second computer reads it.
    async fn standing(&self, told: &ChangeTold) -> Standing {
        let changes = self.laptop.changes(self.now()).await.unwrap().changes;
        changes.iter().find(|change| change.id == told.id).unwrap().standing
    }
}

/// What a login would be bound by.
async fn settings(running: &Running) -> AccountSettings {
    let anna = AccountName::parse("anna").unwrap();
    running.broker.store.read(move |db| db.settings(&anna)).await.unwrap().unwrap()
}

fn kind<T: std::fmt::Debug>(refused: Result<T, Problem>) -> ProblemType {
    refused.unwrap_err().kind
}

#[tokio::test]
async fn a_change_is_told_waits_a_day_is_confirmed_and_then_holds_and_back_again() {
    let home = Home::new().await;
    let mut laptop = home.laptop.connect(home.now()).await;
    laptop.changes().await;
    for (from, to) in [(CODE, QR), (QR, CODE)] {
        let before = home.settings().await;
        let queued = home.queue(to.clone()).await;
        assert_eq!((queued.standing, queued.now.clone()), (Standing::Waiting, Some(from)));
        assert_eq!(queued.queued_at, home.now());
        assert_eq!(queued.ready_at, UnixTime(home.now().0 + DAY.cast_signed()));
        assert_eq!(laptop.change().await, queued, "at once, and with who asked");
        assert_eq!(queued.by, author(&home.desk));

        home.running.pass(DAY - 1);
        let early = home.desk.confirm(&queued, home.now()).await.unwrap_err();
        assert_eq!((early.kind, early.retry_at), (ProblemType::NotReady, Some(queued.ready_at)));
        home.running.pass(1);
        let ready = laptop.change().await;
        assert_eq!((ready.id, ready.standing), (queued.id, Standing::Ready));
        assert_eq!(home.settings().await, before, "nothing holds unasked");

        let applied = home.laptop.confirm(&ready, home.now()).await.unwrap();
        assert_eq!(applied.standing, Standing::Applied);
        assert_eq!(applied.ended_by, Some(author(&home.laptop)));
        assert_eq!(laptop.change().await, applied);
        assert_eq!(home.settings().await, before.with(&to));
    }
    home.running.stop().await;
}

fn author(approver: &Approver) -> Author {
    Author::Approver(approver.computer())
}

#[tokio::test]
async fn a_change_that_nobody_confirms_lapses_after_seven_days_and_the_old_value_stays() {
    let home = Home::new().await;
    let queued = home.queue(QR).await;
    let mut laptop = home.laptop.connect(home.now()).await;
    assert!(laptop.changes().await.contains(&queued), "who was away hears of it");
    home.running.pass(DAY);
    assert_eq!(laptop.change().await.standing, Standing::Ready);
    home.running.pass(7 * DAY - 1);
    assert_eq!(home.standing(&queued).await, Standing::Ready);
    home.running.pass(1);
    assert_eq!(laptop.change().await.standing, Standing::Lapsed);
    let late = home.desk.confirm(&queued, home.now()).await.unwrap_err();
    assert_eq!((late.kind, late.change), (ProblemType::ChangeEnded, Some(Standing::Lapsed)));
    assert_eq!(home.settings().await, AccountSettings::default());
    home.running.stop().await;
}

#[tokio::test]
async fn who_was_away_for_weeks_still_hears_how_a_change_ended() {
    let home = Home::new().await;
    let queued = home.queue(QR).await;
    home.desk.cancel(&queued, home.now()).await.unwrap();
    home.running.pass(28 * DAY - 1);
    assert_eq!(home.standing(&queued).await, Standing::Cancelled);
    home.running.pass(2);
    assert_eq!(home.laptop.changes(home.now()).await.unwrap().changes, []);
    home.running.stop().await;
}

#[tokio::test]
async fn many_changed_settings_do_not_hide_that_a_computer_was_removed() {
    let home = Home::new().await;
    let (tablet, _) = home.running.further("anna", Admission::AtOnce).await;
    let removed = home.desk.remove(tablet.id(), home.now()).await.unwrap();
    home.running.pass(HOUR);
    for _ in 0..12 {
        let queued = home.queue(QR).await;
        home.desk.cancel(&queued, home.now()).await.unwrap();
    }
    assert_eq!(home.standing(&removed).await, Standing::Applied);
    home.running.stop().await;
}

#[tokio::test]
async fn a_newer_change_of_the_same_setting_takes_the_older_ones_place_and_waits_anew() {
    let home = Home::new().await;
    let older = home.queue(QR).await;
    home.running.pass(DAY);
    let other = home.queue(OFF).await;
    let newer = home.laptop.queue(READOUT, home.now()).await.unwrap();
    assert_eq!(home.standing(&older).await, Standing::Replaced);
    assert_eq!(kind(home.desk.confirm(&older, home.now()).await), ProblemType::ChangeEnded);
    assert_eq!(kind(home.desk.confirm(&newer, home.now()).await), ProblemType::NotReady);
    assert_eq!(home.standing(&other).await, Standing::Applied);
    home.running.pass(DAY);
    home.desk.confirm(&newer, home.now()).await.unwrap();
    let expected =
        AccountSettings { approve_with: ApproveWith::Readout, same_device: SameDevice::Off };
    assert_eq!(home.settings().await, expected);
    home.running.stop().await;
}

#[tokio::test]
async fn the_other_approver_cancels_a_change_while_it_waits_and_when_it_is_ready() {
    let home = Home::new().await;
    for wait in [0, DAY + HOUR] {
        let queued = home.queue(QR).await;
        home.running.pass(wait);
        let cancelled = home.laptop.cancel(&queued, home.now()).await.unwrap();
        assert_eq!(cancelled.standing, Standing::Cancelled);
        assert_eq!(cancelled.ended_by, Some(author(&home.laptop)));
        let told = home.desk.connect(home.now()).await.changes().await;
        assert!(told.contains(&cancelled), "who was away hears of it");
        home.running.pass(8 * DAY);
        assert_eq!(kind(home.desk.confirm(&queued, home.now()).await), ProblemType::ChangeEnded);
    }
    assert_eq!(home.settings().await, AccountSettings::default());
    home.running.stop().await;
}

#[tokio::test]
async fn of_a_confirmation_and_a_cancellation_at_the_same_instant_exactly_one_wins() {
    let home = Home::new().await;
    let mut wins = [0, 0];
    for _ in 0..20 {
        let before = home.settings().await;
        let queued = home.queue(if before.is_already(&QR) { CODE } else { QR }).await;
        home.running.pass(DAY);
        let (confirmed, cancelled) = tokio::join!(
            home.desk.confirm(&queued, home.now()),
            home.laptop.cancel(&queued, home.now()),
        );
        let stands = home.standing(&queued).await;
        let (won, lost) = match (confirmed, cancelled) {
            (Ok(won), Err(lost)) | (Err(lost), Ok(won)) => (won, lost),
            both => panic!("{both:?}"),
        };
        assert_eq!((lost.kind, lost.change), (ProblemType::ChangeEnded, Some(won.standing)));
        assert_eq!(stands, won.standing);
        let applied = won.standing == Standing::Applied;
        assert_eq!(home.settings().await != before, applied);
        wins[usize::from(applied)] += 1;
    }
    assert_eq!(wins.iter().sum::<i32>(), 20);
    home.running.stop().await;
}

#[tokio::test]
async fn what_protects_holds_at_once_and_calls_off_what_would_weaken_it() {
    let home = Home::new().await;
    let off = home.queue(OFF).await;
    assert_eq!((off.standing, off.ended_by), (Standing::Applied, Some(author(&home.desk))));
    assert_eq!(home.settings().await.same_device, SameDevice::Off);
    let on = home.queue(ON).await;
    assert_eq!(on.standing, Standing::Waiting);
    let again = home.laptop.queue(OFF, home.now()).await.unwrap();
    assert_eq!(again.standing, Standing::Applied, "it calls the waiting one off");
    assert_eq!(home.standing(&on).await, Standing::Replaced);
    assert_eq!(kind(home.desk.queue(OFF, home.now()).await), ProblemType::NoChange);
    home.running.stop().await;
}

#[tokio::test]
async fn a_change_to_what_holds_or_waits_already_changes_nothing() {
    let home = Home::new().await;
    assert_eq!(kind(home.desk.queue(CODE, home.now()).await), ProblemType::NoChange);
    assert_eq!(kind(home.desk.queue(ON, home.now()).await), ProblemType::NoChange);
    let queued = home.queue(QR).await;
    home.running.pass(HOUR);
    assert_eq!(kind(home.laptop.queue(QR, home.now()).await), ProblemType::NoChange);
    assert_eq!(kind(home.desk.queue(CODE, home.now()).await), ProblemType::NoChange);
    let listed = home.desk.changes(home.now()).await.unwrap();
    assert_eq!((listed.settings, listed.wait), (Some(AccountSettings::default()), DAY));
    assert_eq!(listed.changes.len(), 2, "the second computer, and this one");
    assert_eq!(listed.changes[1], queued, "it waits no longer for having been asked again");
    home.running.pass(DAY - HOUR);
    assert_eq!(kind(home.laptop.queue(QR, home.now()).await), ProblemType::NoChange);
    assert_eq!(home.standing(&queued).await, Standing::Ready);
    home.running.stop().await;
}

#[tokio::test]
async fn setting_the_brokers_clock_moves_nothing() {
    let home = Home::new().await;
    let queued = home.queue(QR).await;
    for set in [30 * DAY.cast_signed(), -90 * DAY.cast_signed(), 61 * DAY.cast_signed()] {
        home.running.set_clock(set);
        assert_eq!(kind(home.desk.confirm(&queued, home.now()).await), ProblemType::NotReady);
        let told = home.desk.changes(home.now()).await.unwrap().changes.pop().unwrap();
        assert_eq!((told.id, told.standing), (queued.id, Standing::Waiting));
        let left = home.now().until(told.ready_at).as_secs();
        assert_eq!(left, DAY, "told by the clock as it is now");
    }
    home.running.pass(DAY - 1);
    assert_eq!(kind(home.desk.confirm(&queued, home.now()).await), ProblemType::NotReady);
    home.running.pass(1);
    home.running.set_clock(-30 * DAY.cast_signed());
    assert_eq!(home.standing(&queued).await, Standing::Ready, "setting it back loses nothing");
    home.running.set_clock(365 * DAY.cast_signed());
    assert_eq!(home.standing(&queued).await, Standing::Ready, "nor does it lapse sooner");
    home.desk.confirm(&queued, home.now()).await.unwrap();
    home.running.stop().await;
}

#[tokio::test]
async fn the_same_bytes_get_the_same_answer_and_do_nothing_twice() {
    let home = Home::new().await;
    let queued = home.queue(QR).await;
    home.running.pass(DAY);
    let confirmation = confirmation(&queued, home.now());
    let confirmation = home.desk.change(confirmation, home.now());
    let first = home.desk.send_change(&confirmation).await.unwrap();
    let off = home.queue(OFF).await;
    let again = home.desk.send_change(&confirmation).await.unwrap();
    assert_eq!(first.change, again.change);
    let changes = home.laptop.changes(home.now()).await.unwrap().changes;
    assert_eq!(changes.iter().filter(|told| told.id == queued.id).count(), 1);
    assert_eq!(changes.last().unwrap().id, off.id);
    home.running.pass(61);
    assert_eq!(kind(home.desk.send_change(&confirmation).await), ProblemType::Clock);
    home.running.stop().await;
}

#[tokio::test]
async fn an_act_counts_under_its_key_for_its_change_and_from_its_account_alone() {
    let home = Home::new().await;
    let bo = home.running.approver("bo").await;
    let queued = home.queue(QR).await;
    home.running.pass(DAY);
    let now = home.now();
    assert_eq!(kind(bo.confirm(&queued, now).await), ProblemType::NotFound);
    assert_eq!(kind(bo.cancel(&queued, now).await), ProblemType::NotFound);
    assert_eq!(kind(bo.remove(home.desk.id(), now).await), ProblemType::NotFound);
    let other = ChangeTold { hash: bo.queue(QR, now).await.unwrap().hash, ..queued.clone() };
    assert_eq!(kind(home.desk.confirm(&other, now).await), ProblemType::Signature);
    let until = now.plus(std::time::Duration::from_secs(60));
    let act = confirmation(&queued, now);
    let by_link_key = home.desk.sign(&home.desk.link_key, now, until, act.clone());
    assert_eq!(kind(home.desk.send_change(&by_link_key).await), ProblemType::Signature);
    let long = now.plus(std::time::Duration::from_secs(61));
    let long_lived = home.desk.sign(&home.desk.key, now, long, act);
    assert_eq!(kind(home.desk.send_change(&long_lived).await), ProblemType::Clock);
    for computer in [Proposal::Approver(bo.computer()), Proposal::RemoveApprover(bo.computer())] {
        assert_eq!(kind(home.desk.queue(computer, now).await), ProblemType::Malformed);
    }
    assert_eq!(home.standing(&queued).await, Standing::Ready);
    home.running.stop().await;
}

#[tokio::test]
async fn a_broker_that_stops_and_starts_keeps_what_waits_and_how_long() {
    let Site { mut running, anna: desk, store, .. } = Site::start().await;
    let queued = desk.queue(QR, running.now()).await.unwrap();
    for passed in [10 * HOUR, 14 * HOUR - 1] {
        let (now, origin) = (running.now(), running.origin.clone());
        running.stop().await;
        let later = now.plus(std::time::Duration::from_secs(passed));
        running = Running::start_at(store.path(), Some(&origin), later).await;
        assert_eq!(kind(desk.confirm(&queued, running.now()).await), ProblemType::NotReady);
    }
    running.pass(1);
    desk.confirm(&queued, running.now()).await.unwrap();
    assert_eq!(settings(&running).await.approve_with, ApproveWith::Qr);
    assert_eq!(running.now().0 - BEGIN.0, DAY.cast_signed());
    running.stop().await;
}

#[tokio::test]
async fn a_change_that_became_ready_while_the_broker_was_off_can_be_confirmed_for_seven_days() {
    let Site { running, anna: desk, store, .. } = Site::start().await;
    let queued = desk.queue(QR, running.now()).await.unwrap();
    let (weeks, origin) = (std::time::Duration::from_secs(30 * DAY), running.origin.clone());
    let back = running.now().plus(weeks);
    running.stop().await;
    let running = Running::start_at(store.path(), Some(&origin), back).await;
    let told = desk.changes(running.now()).await.unwrap().changes.pop().unwrap();
    assert_eq!((told.id, told.standing, told.ready_at), (queued.id, Standing::Ready, back));
    running.pass(7 * DAY - 1);
    desk.confirm(&queued, running.now()).await.unwrap();
    assert_eq!(settings(&running).await.approve_with, ApproveWith::Qr);
    running.stop().await;
}

#[tokio::test]
async fn a_change_queued_before_the_clock_is_synchronised_gains_nothing_by_it() {
    let store = tempfile::tempdir().unwrap();
    let running = Running::start(store.path(), None).await;
    let origin = running.origin.clone();
    running.synchronise();
    let desk = running.approver("anna").await;
    let older = desk.queue(QR, running.now()).await.unwrap();
    desk.cancel(&older, running.now()).await.unwrap();
    running.stop().await;
    let booted = Reading {
        boot: "second".into(),
        since_boot: 30,
        time: UnixTime(BEGIN.0 + (300 * HOUR).cast_signed()),
        wall: Wall::Free,
    };
    let running = Running::start_by(store.path(), Some(&origin), booted).await;
    let queued = desk.queue(QR, running.now()).await.unwrap();
    running.synchronise();
    running.pass(DAY - 1);
    assert_eq!(kind(desk.confirm(&queued, running.now()).await), ProblemType::NotReady);
    running.pass(1);
    desk.confirm(&queued, running.now()).await.unwrap();
    running.stop().await;
}

#[tokio::test]
async fn the_time_that_a_machine_was_off_counts_only_by_a_synchronised_clock() {
    let store = tempfile::tempdir().unwrap();
    let running = Running::start(store.path(), None).await;
    let origin = running.origin.clone();
    running.synchronise();
    let desk = running.approver("anna").await;
    let queued = desk.queue(QR, running.now()).await.unwrap();
    running.pass(HOUR);
    running.stop().await;
    let booted = |boot: &str, hours: u64| Reading {
        boot: boot.into(),
        since_boot: 30,
        time: UnixTime(BEGIN.0 + (hours * HOUR).cast_signed()),
        wall: Wall::Free,
    };
    let running = Running::start_by(store.path(), Some(&origin), booted("second", 100)).await;
    running.pass(HOUR);
    let told = desk.changes(running.now()).await.unwrap().changes.remove(0);
    assert_eq!((told.id, told.standing), (queued.id, Standing::Waiting));
    let left = running.now().until(told.ready_at).as_secs();
    assert_eq!(left, 22 * HOUR, "the two hours that it ran, whatever its clock says");
    running.stop().await;
    let running = Running::start_by(store.path(), Some(&origin), booted("third", 23)).await;
    running.synchronise();
    assert_eq!(kind(desk.confirm(&queued, running.now()).await), ProblemType::NotReady);
    running.pass(HOUR);
    desk.confirm(&queued, running.now()).await.unwrap();
    running.stop().await;
}
