//! Several accounts and brokers: names, and which of them a code is for.

use super::*;
use crate::wording::{BrokerNames, Called};

const OTHER: &str = "https://work.example";

fn enter(bench: &mut Bench, account: &str) -> oneshot::Receiver<Result<Question, Error>> {
    let given = Given::Code { code: "482913".into(), account: account.into() };
    bench.call(|reply| Ask::Bind { given, place: Place::Terminal, reply })
}

fn called(broker: &str, name: &str) -> Called {
    Called { broker: broker.into(), given: Some(name.into()), own: String::new() }
}

/// Anna at home, and Anna at work, each with a request that waits for a code.
fn two_brokers() -> Bench {
    let mut bench = bench(&["anna", "boss"]);
    let work = approver("boss");
    bench.pipeline.sources.get_mut(&work).unwrap().broker = OTHER.into();
    bench.pipeline.sources.get_mut(&work).unwrap().account = AccountName::parse("anna").unwrap();
    let names = BrokerNames::of(&[called(BROKER, "Home"), called(OTHER, "Work")]);
    bench.tell(Event::Signer(signer::Event::Brokers(names)));
    for (n, whose) in [(0, "anna"), (1, "boss")] {
        let now = bench.now;
        bench.source(whose, FromSource::Arrived(arrived(whose, n, now)));
    }
    bench
}

#[test]
fn a_code_goes_nowhere_until_the_person_says_which_of_two_brokers_it_is_for() {
    let mut bench = two_brokers();
    let mut refused = enter(&mut bench, "");
    assert!(matches!(refused.try_recv().unwrap(), Err(Error::Ambiguous(text))
        if text.contains("anna@Home, anna@Work")));
    for link in &mut bench.links {
        assert!(link.try_recv().is_err(), "a broker was asked");
    }
    drop(enter(&mut bench, "anna@Work"));
    assert!(bench.links[0].try_recv().is_err());
    assert!(matches!(bench.links[1].try_recv(), Ok(ToSource::Bind { .. })));
}

#[test]
fn the_choice_names_broker_service_and_account() {
    let mut bench = two_brokers();
    let mut asked = bench.call(|reply| Ask::CodeAccounts { place: Place::Terminal, reply });
    let choices = asked.try_recv().unwrap().unwrap();
    let told: Vec<_> = choices.iter().map(|one| (&*one.id, &*one.sentence)).collect();
    let expected = [
        ("anna@127.0.0.1:1", "Home. Example Bank. Account anna."),
        ("anna@work.example", "Work. Nordic Rail. Account anna."),
    ];
    assert_eq!(told, expected);
}

#[test]
fn each_account_has_a_name_that_no_other_one_has() {
    let bench = two_brokers();
    for (text, whose) in [
        ("anna@Home", "anna"),
        ("anna@work", "boss"),
        ("anna@work.example", "boss"),
        ("anna@127.0.0.1:1", "anna"),
    ] {
        assert_eq!(bench.pipeline.approver_of(text).unwrap(), approver(whose), "{text}");
    }
    assert!(matches!(bench.pipeline.approver_of("anna"), Err(Error::Ambiguous(_))));
    assert!(matches!(bench.pipeline.approver_of("anna@Bank"), Err(Error::Invalid(_))));
}

#[test]
fn with_one_broker_no_name_is_said() {
    let mut bench = bench(&["anna"]);
    let names = BrokerNames::of(&[called(BROKER, "Home")]);
    bench.tell(Event::Signer(signer::Event::Brokers(names)));
    let now = bench.now;
    bench.source("anna", FromSource::Arrived(arrived("anna", 0, now)));
    assert_eq!(bench.said()[0].1, "Sayso. Example Bank asks you to log in.");
}

#[test]
fn what_is_shown_again_is_what_will_be_signed_whatever_brokers_are_called_meanwhile() {
    let mut bench = bench(&["anna"]);
    bench.arrive(0);
    drop(enter(&mut bench, ""));
    bench.bound(0);
    let names = BrokerNames::of(&[called(BROKER, "Home"), called(OTHER, "Work")]);
    bench.tell(Event::Signer(signer::Event::Brokers(names)));
    let (id, place) = (String::new(), Place::Terminal);
    let mut asked = bench.call(|reply| Ask::Question { id, place, reply });
    let Question { text, token, id, .. } = asked.try_recv().unwrap().unwrap();
    assert_eq!(text, "Log in at Example Bank as anna? Approve or deny?");
    drop(bench.call(|reply| Ask::Approve { id, token, place, reply }));
    assert_eq!(bench.sign().unwrap().heard.text, text);
}

#[test]
fn speech_that_is_back_says_at_which_broker_the_first_one_waits() {
    let mut bench = two_brokers();
    bench.hear();
    bench.tell(Event::Speech(Speech::Down { why: speech::DownReason::Lost }));
    bench.tell(Event::Speech(Speech::Up));
    let told = "Speech is back. Two waiting, first Home, Example Bank, log in. Five minutes.";
    assert_eq!(bench.hear(), [told]);
}
