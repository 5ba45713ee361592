//! Accounts whose keys are not at hand, and keys that are not open yet.

use sayso_protocol::bus::AccountState;

use super::*;
use crate::doors::AccountAsk;
use crate::pipeline::keyless::Keys;
use crate::source::Keyless;

#[test]
fn until_the_keys_are_open_nobody_is_told_that_no_account_is_registered() {
    let mut bench = bench(&[]);
    assert!(matches!(refused(bench.enter("482913")), Error::NotRegistered(_)));
    bench.pipeline.keys = Keys::default();
    let told = "Sayso is still opening your keys. Try again in a moment.";
    assert!(matches!(refused(bench.enter("482913")), Error::TooSoon(why) if why == told));
    let mut status = bench.call(|reply| Ask::Status { reply });
    let status = status.try_recv().unwrap().unwrap().sentences;
    assert_eq!(status[..2], [told, "Nothing is waiting."]);
    assert_eq!(bench.why_quiet(), [told]);
}

#[test]
fn an_account_whose_keys_are_missing_is_listed_and_explained_and_back_with_its_keys() {
    let mut bench = bench(&[]);
    let why = "The keys for kim at 127.0.0.1:1 are missing. Unlock the keyring.";
    let keyless = Keyless {
        account: AccountName::parse("kim").unwrap(),
        broker: BROKER.into(),
        computer: "laptop".into(),
        why: why.into(),
    };
    bench.tell(Event::Signer(signer::Event::Keyless(Box::new((approver("kim"), keyless)))));
    assert_eq!(bench.hear(), [why]);
    let mut lines =
        bench.call(|reply| Ask::Account(AccountAsk::List { place: Place::Terminal, reply }));
    let lines = lines.try_recv().unwrap().unwrap();
    assert_eq!(lines[0].state, AccountState::Keyless);
    assert_eq!(lines[0].sentence, "kim at 127.0.0.1:1, without its keys. This computer is laptop.");
    assert!(matches!(refused(bench.enter("482913")), Error::NoKeys(told) if told == why));
    let mut status = bench.call(|reply| Ask::Status { reply });
    assert!(status.try_recv().unwrap().unwrap().sentences.contains(&why.to_owned()));

    assert_eq!(bench.hear(), [why], "the refusal");

    bench.link("kim");
    assert_eq!(bench.hear(), ["The keys for kim at 127.0.0.1:1 are here now. Sayso connects."]);
    let mut lines =
        bench.call(|reply| Ask::Account(AccountAsk::List { place: Place::Terminal, reply }));
    assert_eq!(lines.try_recv().unwrap().unwrap()[0].state, AccountState::Connected);
}

#[test]
fn what_needs_the_keys_is_refused_while_they_wait_for_the_person() {
    let mut bench = bench(&[]);
    bench.pipeline.keys = Keys::default();
    let why = "The keyring is locked. Unlock it, then try again.";
    bench.tell(Event::Signer(signer::Event::KeysWait(why.into())));
    assert_eq!(bench.hear(), [why]);
    let account = String::new();
    let mut asked = bench.call(|reply| Ask::Account(AccountAsk::Forget { account, reply }));
    assert!(matches!(asked.try_recv().unwrap(), Err(Error::TooSoon(told)) if told == why));
    let mut listed =
        bench.call(|reply| Ask::Account(AccountAsk::List { place: Place::Terminal, reply }));
    assert!(matches!(listed.try_recv().unwrap(), Err(Error::TooSoon(told)) if told == why));
}
