//! The store on real files: what it keeps, what it refuses, and what it notices.

use super::*;
use crate::sample;
use proptest::prelude::*;
use sayso_protocol::change::{self, ApproveWith, Author, ChangeId, ChangeTold, Proposal};
use sayso_protocol::decision::{Heard, UserVerification, Verdict};
use sayso_protocol::enrolment::{AccountName, ApproverName};
use sayso_protocol::link::AuditHead;
use sayso_protocol::relay::{Perceived, Signer, Turn};
use sayso_protocol::request::Verification;
use sayso_protocol::rotation::{BrokerKeys, NewKey, Taken};
use sayso_protocol::secret::Receipt;
use sayso_protocol::signature::{Envelope, SignatureError};
use std::os::unix::fs::PermissionsExt as _;
use tempfile::TempDir;

const BROKER: &str = "https://login.example";
const NOW: UnixTime = UnixTime(1_800_000_000);

/// A person's computer: its keys, its folder, its store.
struct Desk {
    folder: TempDir,
    store: Store,
    history: SecretKey,
    signer: Signer,
    broker: SecretKey,
}

impl Desk {
    fn new() -> Self {
        let folder = TempDir::new().unwrap();
        let approver_key = key(1);
        Self {
            store: Store::open(folder.path()).unwrap(),
            folder,
            history: key(3),
            signer: Signer {
                approver: ApproverId(approver_key.public().thumbprint()),
                approver_key,
                link_key: key(2),
            },
            broker: key(4),
        }
    }

    /// The same desk after the daemon was started again.
    async fn restarted(self) -> Self {
        let Self { folder, store, .. } = self;
        store.close().await;
        Self { store: Store::open(folder.path()).unwrap(), folder, ..self }
    }

    fn received(&self, number: u128) -> Received {
        let id = RequestId(uuid::Uuid::from_u128(number));
        let envelope = Envelope {
            iss: BROKER.into(),
            aud: self.signer.approver.0.clone(),
            iat: NOW,
            exp: UnixTime(NOW.0 + 600),
            jti: number.to_string(),
            claims: sample::login(id, "anna", "Example Bank"),
        };
        Received::new(self.broker.sign(&envelope), envelope)
    }

    fn decision(&self, number: u128, verdict: Verdict) -> SignedDecision {
        let heard = Heard { lang: "en".into(), text: "Log in at Example Bank as anna?".into() };
        let by = UserVerification { method: Verification::Session, at: NOW };
        let receipt = Receipt::parse("AAAAAAAAAAAAAAAAAAAAAA").unwrap();
        let asked =
            Turn::question(self.received(number), heard, receipt).perceived(Perceived::Shown);
        let decision = match verdict {
            Verdict::Approve => asked.approve(by),
            Verdict::Deny => asked.deny(by),
            Verdict::Report => asked.report(by),
        };
        decision.sign(&self.signer, format!("jti-{number}"))
    }

    async fn keep(&self, decision: SignedDecision) -> Result<(), StoreError> {
        self.store.keep_decision(decision, &self.signer.approver, NOW, &self.history).await
    }

    async fn settle(&self, decision: &SignedDecision, ending: Ending) {
        let digest = decision.jws().digest();
        self.store.settled(digest, ending, NOW, None, &self.history).await.unwrap();
    }

    async fn verify(&self) -> Wholeness {
        self.store.verify_history(&self.history.public()).await.unwrap()
    }

    /// Does something to the file that Sayso itself would never do.
    fn tamper(&self, sql: &str) {
        let connection = Connection::open(self.folder.path().join(FILE)).unwrap();
        assert!(connection.execute(sql, []).unwrap() > 0, "{sql}");
    }

    /// A head of the broker's audit.
    fn head(&self, length: u64, iat: i64, word: &str) -> BrokerHead {
        let jws = self.broker.sign(&Envelope {
            iss: BROKER.into(),
            aud: BROKER.into(),
            iat: UnixTime(iat),
            exp: UnixTime(iat + 60),
            jti: length.to_string(),
            claims: AuditHead { length, hash: Digest::of(word.as_bytes()) },
        });
        BrokerHead::verify(BROKER, &self.keys(), jws, NOW).unwrap()
    }

    fn keys(&self) -> BrokerKeys {
        BrokerKeys::new(self.broker.public())
    }

    fn account(&self) -> Account {
        Account {
            account: AccountName::parse("anna").unwrap(),
            broker: BROKER.into(),
            computer: ApproverName::new("kitchen"),
            approver: self.signer.approver.clone(),
            broker_name: "Example".into(),
            broker_keys: self.keys(),
            registered_at: NOW,
            state: AccountState::Registered,
        }
    }
}

fn key(seed: u8) -> SecretKey {
    SecretKey::from_bytes(&[seed; 32])
}

#[tokio::test]
async fn where_codes_are_said_is_chosen_once() {
    let desk = Desk::new();
    assert_eq!(desk.store.speak_codes().await.unwrap(), None);
    for choice in [SpeakCodes::Private, SpeakCodes::Always] {
        desk.store.choose_speak_codes(choice).await.unwrap();
        assert_eq!(desk.store.speak_codes().await.unwrap(), Some(SpeakCodes::Private));
    }
}

#[tokio::test]
async fn a_store_that_begins_anew_has_the_strictest_settings_whatever_was_chosen() {
    let desk = Desk::new();
    desk.store.choose_speak_codes(SpeakCodes::Always).await.unwrap();
    let known = KnownKey::of(&key(1).public(), true);
    desk.store.begin_anew(known.clone(), NOW, &key(1)).await.unwrap();
    assert_eq!(desk.store.speak_codes().await.unwrap(), Some(SpeakCodes::Private));
    assert_eq!(desk.store.known_key().await.unwrap(), Some(known));
    assert_eq!(desk.store.history_length().await.unwrap(), 0, "nothing was lost from it");
}

#[tokio::test]
async fn a_decision_is_kept_until_it_is_settled_and_told() {
    let desk = Desk::new();
    let decision = desk.decision(7, Verdict::Approve);
    desk.keep(decision.clone()).await.unwrap();

    let desk = desk.restarted().await;
    let unsent = desk.store.unsent(&desk.signer.approver).await.unwrap();
    assert_eq!(unsent.len(), 1);
    assert_eq!(&unsent[0].jws, decision.jws());
    assert_eq!(unsent[0].request.service.as_str(), "Example Bank");
    assert_eq!((unsent[0].verdict, unsent[0].told), (Verdict::Approve, Told::Nothing));
    assert!(desk.store.untold().await.unwrap().is_empty());

    desk.settle(&decision, Ending::Taken).await;
    desk.store.told(unsent[0].digest, Told::NotFetched).await.unwrap();
    desk.store
        .collected(&desk.signer.approver, RequestId(uuid::Uuid::from_u128(7)), NOW)
        .await
        .unwrap();

    let desk = desk.restarted().await;
    assert!(desk.store.unsent(&desk.signer.approver).await.unwrap().is_empty());
    let untold = desk.store.untold().await.unwrap();
    assert_eq!((untold[0].ending, untold[0].told), (Some(Ending::Taken), Told::NotFetched));
    assert_eq!(untold[0].collected_at, Some(NOW));
    desk.store.told(untold[0].digest, Told::End).await.unwrap();
    desk.store.told(untold[0].digest, Told::NotFetched).await.unwrap();

    let desk = desk.restarted().await;
    assert!(desk.store.untold().await.unwrap().is_empty());
    assert_eq!(desk.verify().await, Wholeness::Whole { entries: 2 });
}

/// A change to QR codes, as the broker tells of it.
fn change(standing: change::Standing) -> ChangeTold {
    ChangeTold {
        id: ChangeId(uuid::Uuid::from_u128(9)),
        hash: Digest::of(b"queued"),
        proposal: Proposal::ApproveWith(ApproveWith::Qr),
        now: Some(Proposal::ApproveWith(ApproveWith::Code)),
        by: Author::Administrator,
        standing,
        queued_at: NOW,
        ready_at: NOW,
        ended_by: None,
    }
}

#[tokio::test]
async fn what_was_told_of_a_change_is_known_after_a_restart_and_once_in_the_history() {
    let desk = Desk::new();
    let whose = Whose {
        approver: desk.signer.approver.clone(),
        account: AccountName::parse("anna").unwrap(),
        broker: BROKER.into(),
    };
    for standing in [change::Standing::Waiting, change::Standing::Ready, change::Standing::Ready] {
        let told = desk.store.change_told(whose.clone(), change(standing), NOW, &desk.history);
        told.await.unwrap();
    }
    let heard = Heard { lang: "en".into(), text: "Use QR codes for anna?".into() };
    let jws = "a.b.c".to_owned();
    desk.store.agreed(whose.clone(), heard, jws, NOW, &desk.history).await.unwrap();
    let desk = desk.restarted().await;
    let told = desk.store.changes_told().await.unwrap();
    let key = (whose.approver.clone(), change(change::Standing::Ready).id);
    assert_eq!(told, [(key, change::Standing::Ready)]);
    let kinds: Vec<_> =
        desk.store.history(9).await.unwrap().iter().map(|entry| entry.event.kind()).collect();
    assert_eq!(kinds, ["changed", "changed", "agreed"]);
    assert_eq!(desk.verify().await, Wholeness::Whole { entries: 3 });
}

#[tokio::test]
async fn an_account_that_was_only_sent_is_no_history() {
    let desk = Desk::new();
    let sent = Account { state: AccountState::Sent, ..desk.account() };
    desk.store.add_account(sent.clone(), NOW, &desk.history).await.unwrap();
    let desk = desk.restarted().await;
    let approver = sent.approver.clone();
    assert_eq!(desk.store.accounts().await.unwrap(), [sent]);
    desk.store.remove_account(approver.clone(), NOW, &desk.history).await.unwrap();
    assert_eq!(desk.store.history_length().await.unwrap(), 0);
    desk.store.add_account(desk.account(), NOW, &desk.history).await.unwrap();
    desk.store.remove_account(approver.clone(), NOW, &desk.history).await.unwrap();
    desk.store.remove_account(approver, NOW, &desk.history).await.unwrap();
    assert!(desk.store.accounts().await.unwrap().is_empty());
    assert_eq!(desk.verify().await, Wholeness::Whole { entries: 2 });
}

#[tokio::test]
async fn the_same_bytes_are_kept_once_and_another_answer_is_refused() {
    let desk = Desk::new();
    desk.keep(desk.decision(7, Verdict::Deny)).await.unwrap();
    desk.keep(desk.decision(7, Verdict::Deny)).await.unwrap();
    let other = desk.keep(desk.decision(7, Verdict::Approve)).await;
    assert!(matches!(other, Err(StoreError::Decided)), "{other:?}");
    assert_eq!(desk.store.history_length().await.unwrap(), 1);
}

#[tokio::test]
async fn a_report_after_an_approval_is_kept_beside_it() {
    let desk = Desk::new();
    desk.keep(desk.decision(7, Verdict::Approve)).await.unwrap();
    desk.keep(desk.decision(7, Verdict::Report)).await.unwrap();
    let again = desk.keep(desk.decision(7, Verdict::Deny)).await;
    assert!(matches!(again, Err(StoreError::Decided)), "{again:?}");
    let request = RequestId(uuid::Uuid::from_u128(7));
    let kept = desk.store.decisions(&desk.signer.approver, request).await.unwrap();
    let verdicts: Vec<_> = kept.iter().map(|kept| kept.verdict).collect();
    assert_eq!(verdicts, [Verdict::Approve, Verdict::Report]);
}

#[tokio::test]
async fn the_first_ending_stands_and_is_written_down_once() {
    let desk = Desk::new();
    let decision = desk.decision(7, Verdict::Approve);
    desk.keep(decision.clone()).await.unwrap();
    desk.settle(&decision, Ending::Taken).await;
    desk.settle(&decision, Ending::Expired).await;
    assert_eq!(desk.store.untold().await.unwrap()[0].ending, Some(Ending::Taken));
    assert_eq!(desk.store.history_length().await.unwrap(), 2);
    let nobodys = desk.store.settled(Digest::of(b""), Ending::Taken, NOW, None, &desk.history);
    assert!(matches!(nobodys.await, Err(StoreError::Unknown)));
}

#[tokio::test]
async fn a_request_that_ended_undecided_is_written_down_once() {
    let desk = Desk::new();
    for _ in 0..2 {
        let received = desk.received(5);
        desk.store
            .ended(received, &desk.signer.approver, Standing::Expired, NOW, &desk.history)
            .await
            .unwrap();
    }
    let history = desk.store.history(10).await.unwrap();
    assert_eq!(history.len(), 1);
    assert_eq!(history[0].event.kind(), "ended");
}

#[tokio::test]
async fn an_account_comes_back_as_it_was_added() {
    let desk = Desk::new();
    desk.store.add_account(desk.account(), NOW, &desk.history).await.unwrap();
    let desk = desk.restarted().await;
    assert_eq!(desk.store.accounts().await.unwrap(), [desk.account()]);
    let anew = Account { approver: ApproverId("new".into()), ..desk.account() };
    desk.store.add_account(anew.clone(), NOW, &desk.history).await.unwrap();
    assert_eq!(desk.store.accounts().await.unwrap(), [anew]);
}

#[tokio::test]
async fn the_history_tells_what_was_heard_and_holds_the_receipt_only_in_the_decision() {
    let desk = Desk::new();
    desk.store.add_account(desk.account(), NOW, &desk.history).await.unwrap();
    let decision = desk.decision(7, Verdict::Approve);
    desk.keep(decision.clone()).await.unwrap();
    desk.settle(&decision, Ending::Taken).await;
    let history = desk.store.history(2).await.unwrap();
    let kinds: Vec<_> = history.iter().map(|entry| (entry.number, entry.event.kind())).collect();
    assert_eq!(kinds, [(2, "decided"), (3, "ended")]);
    let HistoryEvent::Decided { heard, jws, .. } = &history[0].event else { panic!() };
    assert_eq!(heard.text, "Log in at Example Bank as anna?");
    assert_eq!(jws, decision.jws().as_str());
    let text = serde_json::to_string(&history).unwrap();
    assert!(!text.contains("AAAAAAAAAAAAAAAAAAAAAA"), "{text}");
}

/// A desk whose history has four entries.
async fn desk_with_history() -> Desk {
    let desk = Desk::new();
    for number in 1..=2 {
        let decision = desk.decision(number, Verdict::Deny);
        desk.keep(decision.clone()).await.unwrap();
        desk.settle(&decision, Ending::Taken).await;
    }
    assert_eq!(desk.verify().await, Wholeness::Whole { entries: 4 });
    desk
}

#[tokio::test]
async fn a_changed_entry_is_named_by_its_line() {
    let desk = desk_with_history().await;
    desk.tamper("UPDATE history SET entry = replace(entry, 'Bank', 'Bonk') WHERE number = 3");
    assert_eq!(desk.verify().await, Wholeness::Broken { line: 3 });
}

#[tokio::test]
async fn a_missing_entry_is_named_by_its_line() {
    let desk = desk_with_history().await;
    desk.tamper("DELETE FROM history WHERE number = 2");
    assert_eq!(desk.verify().await, Wholeness::Broken { line: 2 });
}

#[tokio::test]
async fn a_cut_tail_stays_cut_whatever_is_written_after_it() {
    let desk = desk_with_history().await;
    desk.tamper("DELETE FROM history WHERE number = 4");
    assert_eq!(desk.verify().await, Wholeness::Cut);
    desk.keep(desk.decision(9, Verdict::Deny)).await.unwrap();
    assert_eq!(desk.verify().await, Wholeness::Broken { line: 4 });
}

#[tokio::test]
async fn without_its_head_the_history_is_broken_and_nothing_more_is_signed() {
    let desk = desk_with_history().await;
    desk.tamper("DELETE FROM history_head");
    assert_eq!(desk.verify().await, Wholeness::Cut);
    let kept = desk.keep(desk.decision(9, Verdict::Approve)).await;
    assert!(matches!(kept, Err(StoreError::Corrupt(_))), "{kept:?}");
}

#[tokio::test]
async fn a_history_emptied_with_its_head_is_not_whole() {
    let desk = desk_with_history().await;
    desk.tamper("DELETE FROM history");
    desk.tamper("DELETE FROM history_head");
    assert_eq!(desk.verify().await, Wholeness::Cut);
}

#[tokio::test]
async fn another_key_does_not_vouch_for_the_history() {
    let desk = desk_with_history().await;
    let verified = desk.store.verify_history(&key(8).public()).await.unwrap();
    assert_eq!(verified, Wholeness::Cut);
}

#[tokio::test]
async fn any_changed_byte_of_any_entry_is_noticed() {
    let desk = desk_with_history().await;
    let connection = Connection::open(desk.folder.path().join(FILE)).unwrap();
    for number in 1..=4 {
        let whole: Vec<u8> = connection
            .query_row(
                "SELECT CAST(entry AS BLOB) FROM history WHERE number = ?1",
                [number],
                |row| row.get(0),
            )
            .unwrap();
        let set = "UPDATE history SET entry = CAST(?1 AS TEXT) WHERE number = ?2";
        // Every seventh byte keeps the test short; the bytes meet every field of an entry.
        for place in (0..whole.len()).step_by(7) {
            let mut changed = whole.clone();
            changed[place] ^= 0x81;
            connection.execute(set, rusqlite::params![changed, number]).unwrap();
            let line = u64::try_from(number).unwrap();
            assert_eq!(desk.verify().await, Wholeness::Broken { line }, "byte {place}");
        }
        connection.execute(set, rusqlite::params![whole, number]).unwrap();
    }
    assert_eq!(desk.verify().await, Wholeness::Whole { entries: 4 });
}

#[tokio::test]
async fn an_audit_that_shrinks_or_is_rewritten_is_reported_once_and_stands_in_the_history() {
    let desk = Desk::new();
    let keep = |head| desk.store.keep_audit_head(head, NOW, &desk.history);
    assert_eq!(keep(desk.head(5, 100, "a")).await.unwrap(), HeadCheck::Kept);
    assert_eq!(keep(desk.head(5, 110, "a")).await.unwrap(), HeadCheck::Kept);
    assert_eq!(keep(desk.head(4, 105, "x")).await.unwrap(), HeadCheck::Older);
    let shrunk = keep(desk.head(4, 120, "x")).await.unwrap();
    assert_eq!(shrunk, HeadCheck::RolledBack { kept: 5, told: 4 });
    assert_eq!(keep(desk.head(4, 121, "x")).await.unwrap(), HeadCheck::Kept);
    let rewritten = keep(desk.head(4, 122, "b")).await.unwrap();
    assert_eq!(rewritten, HeadCheck::RolledBack { kept: 4, told: 4 });
    assert_eq!(keep(desk.head(5, 130, "c")).await.unwrap(), HeadCheck::Kept);
    let lines = desk.store.history(9).await.unwrap();
    let back = |kept| HistoryEvent::SetBack { broker: BROKER.into(), kept, told: 4 };
    assert_eq!(lines.into_iter().map(|line| line.event).collect::<Vec<_>>(), [back(5), back(4)]);
    assert_eq!(desk.verify().await, Wholeness::Whole { entries: 2 });
}

#[tokio::test]
async fn a_brokers_new_key_is_kept_and_stands_in_the_history_once() {
    let desk = Desk::new();
    desk.store.add_account(desk.account(), NOW, &desk.history).await.unwrap();
    let next = key(6).public();
    let rotation = desk.broker.sign(&Envelope {
        iss: BROKER.into(),
        aud: BROKER.into(),
        iat: NOW,
        exp: UnixTime(i64::MAX),
        jti: "1".into(),
        claims: NewKey { jwk: next.clone() },
    });
    let mut keys = desk.keys();
    assert_eq!(keys.take(BROKER, &rotation), Ok(Taken::New));
    for _ in 0..2 {
        let approver = &desk.signer.approver;
        desk.store.keep_broker_keys(approver, keys.clone(), NOW, &desk.history).await.unwrap();
    }
    let desk = desk.restarted().await;
    assert_eq!(desk.store.accounts().await.unwrap()[0].broker_keys, keys);
    let lines = desk.store.history(9).await.unwrap();
    let [_, HistoryEntry { event: HistoryEvent::BrokerKey { key, .. }, .. }] = &lines[..] else {
        panic!("{lines:?}")
    };
    assert_eq!(*key, next.thumbprint());
}

#[test]
fn a_head_of_another_broker_or_key_is_refused() {
    let jws = key(4).sign(&Envelope {
        iss: BROKER.into(),
        aud: BROKER.into(),
        iat: NOW,
        exp: NOW,
        jti: "1".into(),
        claims: AuditHead { length: 1, hash: Digest::of(b"") },
    });
    let [own, other] = [4, 9].map(|seed| BrokerKeys::new(key(seed).public()));
    let other_key = BrokerHead::verify(BROKER, &other, jws.clone(), NOW);
    assert_eq!(other_key.unwrap_err(), SignatureError::Key);
    let other_broker = BrokerHead::verify("https://evil.example", &own, jws, NOW);
    assert_eq!(other_broker.unwrap_err(), SignatureError::Issuer);
}

#[tokio::test]
async fn a_second_daemon_is_refused_and_may_come_when_the_first_is_gone() {
    let desk = Desk::new();
    let second = Store::open(desk.folder.path());
    assert!(matches!(second, Err(StoreError::AlreadyRunning)), "{second:?}");
    desk.restarted().await;
}

#[tokio::test]
async fn a_closed_store_says_so() {
    let desk = Desk::new();
    desk.store.clone().close().await;
    assert!(matches!(desk.store.accounts().await, Err(StoreError::Closed)));
}

#[tokio::test]
async fn folder_and_files_are_for_their_owner_alone() {
    let desk = Desk::new();
    desk.keep(desk.decision(1, Verdict::Deny)).await.unwrap();
    let mode = |path: &Path| path.metadata().unwrap().permissions().mode() & 0o7777;
    assert_eq!(mode(desk.folder.path()), 0o700);
    let mut seen = 0;
    for entry in desk.folder.path().read_dir().unwrap() {
        let path = entry.unwrap().path();
        assert_eq!(mode(&path), 0o600, "{}", path.display());
        seen += 1;
    }
    assert!(seen >= 3, "the store, its log and the lock");
}

#[tokio::test]
async fn a_store_of_a_newer_version_is_left_alone() {
    let desk = Desk::new();
    desk.tamper(
        "INSERT INTO refinery_schema_history (version, name, applied_on, checksum)
         VALUES (99, 'later', '2030-01-01T00:00:00Z', '1')",
    );
    desk.store.clone().close().await;
    let opened = Store::open(desk.folder.path());
    assert!(matches!(opened, Err(StoreError::Newer(99))), "{opened:?}");
}

#[tokio::test]
async fn damaged_stores_are_refused_without_a_panic() {
    for (name, damage) in [
        ("not a database", (|bytes| bytes.fill(b'x')) as fn(&mut Vec<u8>)),
        ("cut", |bytes| bytes.truncate(bytes.len() / 2)),
        ("a page overwritten", |bytes| bytes[4096..8192].fill(0xA5)),
        ("the schema overwritten", |bytes| bytes[200..4096].fill(0xFF)),
    ] {
        let desk = desk_with_history().await;
        desk.store.clone().close().await;
        let path = desk.folder.path().join(FILE);
        let mut bytes = std::fs::read(&path).unwrap();
        damage(&mut bytes);
        std::fs::write(&path, bytes).unwrap();
        let opened = Store::open(desk.folder.path());
        assert!(matches!(opened, Err(StoreError::Corrupt(_))), "{name}: {opened:?}");
    }
}

#[tokio::test]
async fn edited_migration_rows_are_damage_and_not_a_panic() {
    for edit in ["applied_on = 'yesterday'", "checksum = 'x'", "checksum = '7'", "version = 'x'"] {
        let desk = Desk::new();
        desk.tamper(&format!("UPDATE refinery_schema_history SET {edit} WHERE version = 1"));
        desk.store.clone().close().await;
        let opened = Store::open(desk.folder.path());
        assert!(matches!(opened, Err(StoreError::Corrupt(_))), "{edit}: {opened:?}");
    }
}

#[tokio::test]
async fn a_database_of_another_program_is_refused() {
    let folder = TempDir::new().unwrap();
    let connection = Connection::open(folder.path().join(FILE)).unwrap();
    connection.execute_batch("CREATE TABLE bookmarks (url TEXT)").unwrap();
    drop(connection);
    let opened = Store::open(folder.path());
    assert!(matches!(opened, Err(StoreError::Corrupt(_))), "{opened:?}");
}

#[tokio::test]
async fn every_error_is_two_sentences_in_both_languages() {
    use sayso_words::{Language, Words};
    let errors = [
        StoreError::AlreadyRunning,
        StoreError::ReadOnly(String::new()),
        StoreError::Full,
        StoreError::Corrupt(String::new()),
        StoreError::Newer(9),
        StoreError::Busy,
        StoreError::Altered(3),
        StoreError::Decided,
        StoreError::Unknown,
        StoreError::Io(String::new()),
        StoreError::Closed,
    ];
    for language in [Language::English, Language::Danish] {
        let words = Words::new(language);
        for error in &errors {
            let sentence = error.sentence(&words, Path::new("/state/sayso"));
            assert!(sentence.matches(['.', ':', ';']).count() >= 2, "{sentence}");
            assert!(!sentence.contains('$') && !sentence.starts_with("error-"), "{sentence}");
        }
    }
}

#[derive(Clone, Copy, Debug)]
enum Step {
    Keep(u8, Verdict),
    Settle(u8),
    Tell(u8),
    Restart,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let verdict = prop_oneof![Just(Verdict::Approve), Just(Verdict::Deny), Just(Verdict::Report)];
    proptest::collection::vec(
        prop_oneof![
            4 => (0..4u8, verdict).prop_map(|(number, verdict)| Step::Keep(number, verdict)),
            2 => (0..4u8).prop_map(Step::Settle),
            2 => (0..4u8).prop_map(Step::Tell),
            1 => Just(Step::Restart),
        ],
        1..30,
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn whatever_happens_the_history_stays_whole_and_one_answer_stands(steps in steps()) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let mut desk = Desk::new();
            for step in steps {
                match step {
                    Step::Keep(number, verdict) => {
                        desk.keep(desk.decision(number.into(), verdict)).await.ok();
                    }
                    Step::Settle(number) => {
                        let decision = desk.decision(number.into(), Verdict::Approve);
                        let digest = decision.jws().digest();
                        desk.store
                            .settled(digest, Ending::Taken, NOW, None, &desk.history)
                            .await
                            .ok();
                    }
                    Step::Tell(number) => {
                        let decision = desk.decision(number.into(), Verdict::Approve);
                        desk.store.told(decision.jws().digest(), Told::End).await.ok();
                    }
                    Step::Restart => desk = desk.restarted().await,
                }
            }
            for number in 0..4 {
                let request = RequestId(uuid::Uuid::from_u128(number));
                let kept = desk.store.decisions(&desk.signer.approver, request).await.unwrap();
                let verdicts: Vec<_> = kept.iter().map(|kept| kept.verdict).collect();
                let stands = verdicts.len() <= 1
                    || verdicts == [Verdict::Approve, Verdict::Report]
                    || verdicts == [Verdict::Approve, Verdict::Deny];
                assert!(stands, "{verdicts:?}");
            }
            let entries = desk.store.history_length().await.unwrap();
            if entries > 0 {
                assert_eq!(desk.verify().await, Wholeness::Whole { entries });
            }
        });
    }
}

#[tokio::test]
async fn a_history_whose_key_is_lost_goes_on_and_says_from_where_it_can_be_proved() {
    let desk = Desk::new();
    desk.store.add_account(desk.account(), NOW, &desk.history).await.unwrap();
    let key = key(7);
    assert_eq!(desk.store.verify_history(&key.public()).await.unwrap(), Wholeness::Cut);
    let known = KnownKey::of(&key.public(), true);
    desk.store.renew_history(known.clone(), NOW, &key).await.unwrap();
    assert_eq!(desk.store.known_key().await.unwrap(), Some(known));
    let whole = desk.store.verify_history(&key.public()).await.unwrap();
    assert_eq!(whole, Wholeness::WholeSince { line: 2 });
    desk.tamper("UPDATE history SET entry = 'x' WHERE number = 1");
    let broken = desk.store.verify_history(&key.public()).await.unwrap();
    assert_eq!(broken, Wholeness::Broken { line: 1 });
}
