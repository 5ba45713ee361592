//! The ways to approve other than a code: addresses of buttons and QR codes, and digits that are
//! read out.

use sayso_protocol::address::{Address, Origin};
use sayso_protocol::binding::{Binding, Code};
use sayso_protocol::bus::{Aloud, Found, Next, Readout, SpeakCodes, Step};
use sayso_protocol::decision::{Confirmation, FinishUrl};
use sayso_protocol::life::Reason;
use sayso_protocol::problem::{Problem, ProblemType};
use sayso_protocol::secret::PageSecret;

use super::*;
use crate::source::{Answered, Refusal};
use crate::surroundings::audio::Listening;

const BUTTON: [Method; 2] = [Method::Code, Method::Link];
const PICTURE: [Method; 2] = [Method::Qr, Method::Link];
const DIGITS: [Method; 2] = [Method::Readout, Method::Link];
const FINISH: &str = "http://127.0.0.1:1/login/finish/AAAAAAAAAAAAAAAAAAAAAA";

type Asked = oneshot::Receiver<Result<Question, Error>>;

/// The address of a page's button or QR code for request `n`.
fn address(n: u8) -> String {
    address_at(BROKER, n)
}

fn address_at(broker: &str, n: u8) -> String {
    let broker = Origin::parse(broker).unwrap();
    let secret = PageSecret::draw(&mut rand::rng());
    Address::Bind { broker, request: id(n), secret }.reveal()
}

impl Bench {
    fn arrive_by(&mut self, n: u8, bindings: &[Method]) {
        let arrived = arrived_by("anna", n, self.now, bindings);
        self.source("anna", FromSource::Arrived(arrived));
    }

    fn open(&mut self, address: &str) -> Asked {
        self.bind(Given::Button { address: address.to_owned() })
    }

    fn scanned(&mut self, address: &str) -> Asked {
        self.bind(Given::Picture { address: address.to_owned() })
    }

    fn take(&mut self, id: &str) -> Asked {
        self.bind(Given::Taken { id: id.to_owned() })
    }

    /// What the link has been given to prove, and the call that it is for.
    fn proof(&mut self) -> Option<(u64, Binding)> {
        match self.links[0].try_recv() {
            Ok(ToSource::Bind { call, binding }) => Some((call, binding)),
            Ok(ToSource::Send { .. } | ToSource::Practise { .. } | ToSource::Errand { .. })
            | Err(_) => None,
        }
    }

    /// From the arrival to an approval by `by`, which the broker answers with `confirm`.
    fn approve_by(&mut self, by: &[Method], confirm: Confirmation) {
        self.arrive_by(0, by);
        self.hear();
        let _asked = match confirm {
            Confirmation::Finish(_) => self.open(&address(0)),
            Confirmation::Readout(_) => self.take(""),
        };
        self.bound(0);
        self.hear();
        drop(self.answer(Verdict::Approve));
        self.sign().unwrap();
        self.answered(confirm, 300);
    }

    fn answered(&mut self, confirm: Confirmation, seconds: u64) {
        let answered = Answered {
            standing: Standing::ApprovedUnconfirmed,
            confirm: Some(confirm),
            deadline: Some(self.now + Duration::from_secs(seconds)),
        };
        self.source("anna", FromSource::Answered { request: id(0), result: Ok(answered) });
    }

    fn headphones(&mut self) {
        self.tell(Event::Listening(Listening::Private));
    }

    fn readout(&mut self, place: Place) -> Result<Readout, Error> {
        let id = String::new();
        self.call(|reply| Ask::Readout { id, place, reply }).try_recv().unwrap()
    }

    fn sort(&mut self, texts: &[String]) -> Result<Vec<Found>, Error> {
        let (texts, place) = (texts.to_vec(), Place::Terminal);
        self.call(|reply| Ask::Sort { texts, place, reply }).try_recv().unwrap()
    }

    fn next(&mut self) -> Next {
        let place = Place::Terminal;
        self.call(|reply| Ask::Next { place, reply }).try_recv().unwrap().unwrap()
    }
}

fn finish() -> Confirmation {
    Confirmation::Finish(FinishUrl(FINISH.into()))
}

fn digits() -> Confirmation {
    Confirmation::Readout(Code::parse("482913").unwrap())
}

#[test]
fn a_pages_button_leads_to_the_question_and_the_browser_finishes_the_login() {
    let mut bench = bench(&["anna"]);
    bench.arrive_by(0, &BUTTON);
    bench.hear();
    drop(bench.open(&address(0)));
    assert!(matches!(bench.proof(), Some((_, Binding::Link { .. }))));
    bench.pass(5);
    drop(bench.open(&address(0)));
    bench.bound(0);
    let question = "Log in at Example Bank as anna? Approve or deny?";
    assert_eq!(bench.hear(), ["Opened from a page. One question left.", question]);
    let mut answer = bench.answer(Verdict::Approve);
    bench.sign().unwrap();
    bench.answered(finish(), 300);
    let visit = bench.opened.try_recv().unwrap();
    assert_eq!((visit.id, visit.address.as_str()), (id(0), FINISH));
    assert!(answer.try_recv().is_err(), "nobody is in yet, so nothing is said");
    bench.source("anna", ended(0, Standing::Approved));
    bench.source("anna", FromSource::Collected(id(0)));
    assert_eq!(answer.try_recv().unwrap().unwrap().result, AnswerResult::Approved);
    assert_eq!(bench.hear(), ["Approved. You are logged in at Example Bank."]);
}

#[test]
fn the_same_answer_again_opens_no_second_tab() {
    let mut bench = bench(&["anna"]);
    bench.approve_by(&BUTTON, finish());
    bench.answered(finish(), 300);
    assert!(bench.opened.try_recv().is_ok());
    assert!(bench.opened.try_recv().is_err());
}

#[test]
fn a_finish_address_of_another_place_is_not_opened() {
    for other in [
        "http://127.0.0.1:2/login/finish/x",
        "https://127.0.0.1:1/login/finish/x",
        "http://127.0.0.1:1@evil.example/login",
        "http://a@127.0.0.1:1/login",
        "file:///etc/passwd",
        "javascript:alert(1)",
    ] {
        let mut bench = bench(&["anna"]);
        bench.approve_by(&BUTTON, Confirmation::Finish(FinishUrl(other.into())));
        assert!(bench.opened.try_recv().is_err(), "{other}");
        assert!(bench.hear()[0].contains("sent something that Sayso cannot read"), "{other}");
    }
}

#[test]
fn a_browser_that_does_not_finish_is_told_of_and_so_is_why() {
    let mut bench = bench(&["anna"]);
    bench.approve_by(&BUTTON, finish());
    bench.pass(6);
    let unfinished = "Approved here. Your browser is to finish it. Look at the page.";
    assert_eq!(bench.hear(), [unfinished]);
    let (state, reason) = (Standing::Cancelled, Some(Reason::OtherBrowser));
    let ended = Ended { id: id(0), state, reason, collected: false };
    bench.source("anna", FromSource::Ended(ended));
    let why =
        "Stopped. Example Bank's page is not in your default browser. Start again in that one.";
    assert_eq!(bench.hear(), [why]);
    assert!(bench.pipeline.inbox.get(id(0)).is_none());
}

#[test]
fn without_a_browser_the_person_learns_that_nothing_is_finished() {
    let mut bench = bench(&["anna"]);
    bench.approve_by(&BUTTON, finish());
    bench.tell(Event::NotOpened(id(0)));
    assert!(bench.hear()[0].starts_with("No browser could be opened, so the login is not"));
    bench.pass(30);
    assert!(bench.hear().is_empty());
}

#[test]
fn a_no_undoes_an_approval_that_nothing_has_confirmed() {
    let mut bench = bench(&["anna"]);
    bench.approve_by(&DIGITS, digits());
    bench.hear();
    let mut denied = bench.answer(Verdict::Deny);
    let signed = bench.sign().unwrap();
    assert_eq!(signed.verdict, Verdict::Deny);
    assert_eq!(signed.heard.text, "Log in at Example Bank as anna? Approve or deny?");
    let answered = FromSource::Answered { request: id(0), result: Ok(Standing::Denied.into()) };
    bench.source("anna", answered);
    assert_eq!(denied.try_recv().unwrap().unwrap().result, AnswerResult::Denied);
    assert_eq!(bench.hear(), ["Denied. Nobody was logged in."]);
}

#[test]
fn a_no_that_cannot_be_kept_leaves_the_approval_as_it_was() {
    let mut bench = bench(&["anna"]);
    bench.headphones();
    bench.approve_by(&DIGITS, digits());
    bench.hear();
    let denied = bench.answer(Verdict::Report);
    let why = "The disk is full, so nothing was signed. Make room, then try again.".to_owned();
    bench.tell(Event::Signer(signer::Event::NotSigned { request: id(0), why }));
    assert!(matches!(refused(denied), Error::Store(_)));
    assert_eq!(bench.readout(Place::Terminal).unwrap().code, "482913");
}

#[test]
fn digits_are_said_twice_in_headphones_and_repeated() {
    let mut bench = bench(&["anna"]);
    bench.headphones();
    bench.approve_by(&DIGITS, digits());
    let said = "Type on the page: 4 8 2, 9 1 3. Again: 4 8 2, 9 1 3.";
    assert_eq!(bench.hear(), [said]);
    let repeated = bench.call(|reply| Ask::Repeat { place: Place::Nowhere, reply });
    assert_eq!(bench.hear(), [said]);
    drop(repeated);
    bench.source("anna", ended(0, Standing::Approved));
    bench.source("anna", FromSource::Collected(id(0)));
    assert_eq!(bench.hear(), ["Approved. You are logged in at Example Bank."]);
}

#[test]
fn digits_are_never_in_a_notification() {
    let mut bench = bench(&["anna"]);
    bench.headphones();
    bench.approve_by(&DIGITS, digits());
    for (id, _) in bench.said() {
        bench.tell(Event::Speech(Speech::NotSaid(id)));
    }
    bench.tell(Event::Speech(Speech::Down { why: speech::DownReason::Refused }));
    drop(bench.call(|reply| Ask::Repeat { place: Place::Nowhere, reply }));
    while let Ok(order) = bench.shown.try_recv() {
        let shown = format!("{order:?}");
        assert!(!shown.contains("482") && !shown.contains("4 8 2"), "{shown}");
    }
}

#[test]
fn without_headphones_digits_wait_until_they_are_asked_for() {
    let mut bench = bench(&["anna"]);
    bench.approve_by(&DIGITS, digits());
    assert_eq!(bench.hear(), ["Code ready, not said: no headphones. To read it: sayso."]);
    assert_eq!(bench.next().step, Step::Readout);
    let shown = bench.readout(Place::Terminal).unwrap();
    assert_eq!(shown.sentence, "Type on the page: 4 8 2, 9 1 3.");
    assert!(bench.hear().is_empty(), "what is printed is not said as well");
    let (id, place) = (shown.id, Place::Terminal);
    let asked =
        bench.call(|reply| Ask::SayReadout { id: id.clone(), aloud: Aloud::AsSet, place, reply });
    assert!(matches!(refused(asked), Error::Loud(text) if text.ends_with("Yes or no.")));
    let said = bench.call(|reply| Ask::SayReadout { id, aloud: Aloud::Here, place, reply });
    assert_eq!(bench.hear().len(), 1);
    drop(said);
}

#[test]
fn beside_a_dialog_that_nothing_reads_digits_are_said_or_why_not() {
    for (listening, said) in [
        (Listening::Private, "Type on the page: 4 8 2, 9 1 3. Again: 4 8 2, 9 1 3."),
        (Listening::Loud, "Code ready, not said: no headphones. It stands in the dialog."),
    ] {
        let mut bench = bench(&["anna"]);
        bench.tell(Event::Listening(listening));
        bench.approve_by(&DIGITS, digits());
        bench.hear();
        assert_eq!(bench.readout(Place::Dialog).unwrap().code, "482913");
        assert_eq!(bench.hear(), [said]);
    }
}

#[test]
fn digits_that_are_waited_for_are_warned_of_by_the_new_deadline() {
    let mut bench = bench(&["anna"]);
    bench.approve_by(&DIGITS, digits());
    bench.hear();
    bench.pass(200);
    assert!(bench.hear().is_empty());
    for (passes, said) in [(40, "One minute"), (40, "Twenty seconds")] {
        bench.pass(passes);
        assert_eq!(bench.hear(), [format!("{said} left for Example Bank.")]);
    }
}

#[test]
fn a_prompt_learns_how_its_request_ended_and_prints_it_where_nobody_was_told() {
    for (attended_to, sentence) in
        [(true, ""), (false, "Approved. You are logged in at Example Bank.")]
    {
        let mut bench = bench(&["anna"]);
        bench.approve_by(&DIGITS, digits());
        let how = |bench: &mut Bench| {
            let id = id(0).to_string();
            bench.call(|reply| Ask::HowItEnded { id, reply }).try_recv().unwrap()
        };
        assert!(matches!(how(&mut bench), Err(Error::NoRequest(_))));
        if !attended_to {
            bench.tell(Event::Speech(Speech::Down { why: speech::DownReason::Refused }));
            bench.tell(Event::Notification(notification::Event::Down));
        }
        bench.source("anna", ended(0, Standing::Approved));
        bench.source("anna", FromSource::Collected(id(0)));
        let ended = how(&mut bench).unwrap();
        assert_eq!((ended.result, ended.sentence.as_str()), (AnswerResult::Approved, sentence));
    }
}

#[test]
fn a_dialog_shows_a_screen_reader_no_digits_that_others_would_hear() {
    let mut bench = bench(&["anna"]);
    bench.tell(Event::Reader(ScreenReader::Running));
    bench.approve_by(&DIGITS, digits());
    bench.hear();
    let shown = bench.readout(Place::Dialog).unwrap();
    assert!(shown.sentence.starts_with("Code ready, not shown: your screen reader"));
    assert_eq!(shown.code, "482913", "it can be copied");
    assert!(bench.hear().is_empty(), "the screen reader reads the dialog");
    assert!(bench.readout(Place::Terminal).unwrap().sentence.contains("4 8 2"));
    bench.headphones();
    assert!(bench.readout(Place::Dialog).unwrap().sentence.contains("4 8 2"));
    bench.tell(Event::Listening(Listening::Loud));
    bench.pipeline.announcer.prefer(Words::new(Language::English), Preferences::default());
    assert!(bench.readout(Place::Dialog).unwrap().sentence.contains("4 8 2"), "who hears nothing");
}

#[test]
fn who_is_nowhere_is_handed_no_digits() {
    let mut bench = bench(&["anna"]);
    bench.headphones();
    bench.approve_by(&DIGITS, digits());
    bench.hear();
    let nowhere = bench.readout(Place::Nowhere).unwrap();
    assert_eq!((nowhere.code.as_str(), nowhere.sentence.contains('4')), ("", false));
    assert_eq!(bench.hear().len(), 1);
}

#[test]
fn unplugging_the_headphones_stops_the_digits_at_once() {
    let mut bench = bench(&["anna"]);
    bench.headphones();
    bench.approve_by(&DIGITS, digits());
    let said = bench.said();
    bench.tell(Event::Speech(Speech::Begun(said[0].0)));
    bench.tell(Event::Listening(Listening::Loud));
    assert!(matches!(bench.speech.try_recv(), Ok(Say::Cancel(id)) if id == said[0].0));
    assert_eq!(bench.hear(), ["Code ready, not said: no headphones. To read it: sayso."]);
}

#[test]
fn the_setting_lets_digits_be_said_everywhere() {
    let mut bench = bench(&["anna"]);
    bench.tell(Event::Signer(signer::Event::SpeakCodes(Some(SpeakCodes::Always))));
    bench.approve_by(&DIGITS, digits());
    assert!(bench.hear()[0].starts_with("Type on the page: 4 8 2"));
}

#[test]
fn digits_that_would_live_too_short_are_not_said() {
    let mut bench = bench(&["anna"]);
    bench.headphones();
    bench.arrive_by(0, &DIGITS);
    bench.hear();
    drop(bench.take(""));
    bench.bound(0);
    bench.hear();
    let mut answer = bench.answer(Verdict::Approve);
    bench.sign();
    bench.answered(digits(), 50);
    assert_eq!(answer.try_recv().unwrap().unwrap().result, AnswerResult::Expired);
    assert!(bench.hear()[0].starts_with("Too late."));
}

#[test]
fn three_wrong_entries_are_told() {
    let mut bench = bench(&["anna"]);
    bench.approve_by(&DIGITS, digits());
    bench.hear();
    let (state, reason) = (Standing::Cancelled, Some(Reason::ReadoutFailed));
    let ended = Ended { id: id(0), state, reason, collected: false };
    bench.source("anna", FromSource::Ended(ended));
    let why = "Stopped. Three wrong codes were typed on Example Bank's page. Start again there.";
    assert_eq!(bench.hear(), [why]);
    assert_eq!(bench.next().step, Step::Nothing);
}

#[test]
fn an_unconfirmed_approval_of_an_earlier_run_is_asked_for_again() {
    for snapshot_first in [false, true] {
        let mut bench = bench(&["anna"]);
        bench.headphones();
        let kept = earlier(bench.now);
        bench.tell(Event::Signer(signer::Event::Earlier(vec![kept])));
        assert!(matches!(bench.links[0].try_recv(), Ok(ToSource::Send { .. })));
        let standing = Standing::ApprovedUnconfirmed;
        let arrived = Arrived { standing, ..arrived_by("anna", 0, bench.now, &DIGITS) };
        let (requests, ended, changes) = (vec![arrived], Vec::new(), Vec::new());
        let snapshot = FromSource::Snapshot { requests, ended, changes };
        if snapshot_first {
            bench.source("anna", snapshot);
            bench.answered(digits(), 90);
        } else {
            bench.answered(digits(), 90);
            bench.source("anna", snapshot);
        }
        assert!(matches!(bench.links[0].try_recv(), Ok(ToSource::Send { .. })));
        bench.answered(digits(), 90);
        assert_eq!(bench.hear(), ["Type on the page: 4 8 2, 9 1 3. Again: 4 8 2, 9 1 3."]);
        drop(bench.answer(Verdict::Deny));
        assert_eq!(bench.sign().unwrap().verdict, Verdict::Deny);
    }
}

#[test]
fn a_request_is_taken_only_where_digits_follow() {
    let mut bench = bench(&["anna"]);
    bench.arrive_by(0, &BUTTON);
    assert!(matches!(refused(bench.take("")), Error::NoRequest(_)));
    bench.arrive_by(1, &DIGITS);
    drop(bench.take(""));
    assert!(matches!(bench.proof(), Some((_, Binding::Readout { request })) if request == id(1)));
}

#[test]
fn of_several_that_can_be_taken_the_person_says_which() {
    let mut bench = bench(&["anna"]);
    bench.arrive_by(0, &DIGITS);
    bench.arrive_by(1, &DIGITS);
    let next = bench.next();
    assert_eq!(next.step, Step::Take);
    let named: Vec<_> = next.choices.iter().map(|choice| choice.sentence.as_str()).collect();
    assert_eq!(
        named,
        ["Example Bank: log in. Account anna.", "Nordic Rail: log in. Account anna."]
    );
    assert!(matches!(refused(bench.take("")), Error::Ambiguous(_)));
    drop(bench.take(&next.choices[1].id));
    assert!(matches!(bench.proof(), Some((_, Binding::Readout { request })) if request == id(1)));
}

#[test]
fn a_code_is_not_sent_where_none_is_wanted() {
    let mut bench = bench(&["anna"]);
    bench.arrive_by(0, &PICTURE);
    assert!(matches!(refused(bench.enter("482913")), Error::NoRequest(_)));
    assert!(bench.proof().is_none());
}

#[test]
fn an_address_that_leads_nowhere_is_sent_nowhere() {
    let long = format!("{}&x={}", address(0), "a".repeat(4_000));
    let doubled = format!("{}&secret=AAAAAAAAAAAAAAAAAAAAAA", address(0));
    let other = address_at("https://other.example", 0);
    for (text, begins) in [
        ("https://bank.example", "That is not a Sayso address."),
        ("sayso:approve?id=1", "This Sayso address asks for something unknown,"),
        (long.as_str(), "This Sayso address is too long,"),
        (doubled.as_str(), "A part of this Sayso address is there twice,"),
        ("sayso:bind?broker=http://127.0.0.1:1", "A part of this Sayso address is missing,"),
        (other.as_str(), "This address is of a service that this computer is not registered for,"),
        (&address(7), "The login of this address is not waiting here,"),
        ("sayso:register?broker=https://b.example&account=anna", "This address asks to register"),
    ] {
        let mut bench = bench(&["anna"]);
        bench.arrive_by(0, &BUTTON);
        bench.hear();
        let refused = refused(bench.open(text));
        assert!(
            matches!(&refused, Error::NotAnAddress(said) if said.starts_with(begins)),
            "{text}"
        );
        assert!(bench.proof().is_none(), "{text}");
        assert_eq!(bench.hear().len(), 1, "told once: {text}");
    }
}

#[test]
fn a_page_that_opens_fifty_addresses_is_told_of_once() {
    let mut bench = bench(&["anna"]);
    bench.arrive_by(0, &BUTTON);
    bench.hear();
    for _ in 0..50 {
        drop(bench.open(&address(7)));
        bench.now += Duration::from_secs(1);
    }
    let told = bench.hear();
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(told[0].starts_with("The login of this address is not waiting here"));
    bench.now += Duration::from_secs(5);
    drop(bench.open(&address(0)));
    assert!(bench.proof().is_some(), "and the person's own button works");
}

#[test]
fn a_wrong_secret_costs_no_try_and_is_told() {
    let mut bench = bench(&["anna"]);
    bench.arrive_by(0, &PICTURE);
    bench.hear();
    let asked = bench.scanned(&address(0));
    let (call, binding) = bench.proof().unwrap();
    assert!(matches!(binding, Binding::Qr { .. }));
    let problem = Problem::new(ProblemType::WrongSecret, 403, String::new(), String::new());
    let result = Err(Refusal::Problem(Box::new(problem)));
    bench.source("anna", FromSource::Bound { call, result });
    let is_it = |error: &Error| matches!(error, Error::NotAnAddress(said) if said.starts_with("This is not the address"));
    assert!(is_it(&refused(asked)));
}

#[test]
fn codes_that_were_read_are_sorted_into_what_can_be_done_with_them() {
    let mut bench = bench(&["anna"]);
    bench.arrive_by(0, &PICTURE);
    bench.arrive_by(1, &BUTTON);
    bench.source("anna", ended(2, Standing::Expired));
    bench.source("anna", ended(3, Standing::Approved));
    let own = address(0);
    let texts = [
        own.clone(),
        address(1),
        address(2),
        address(3),
        "otpauth://totp/x?secret=AAAA".to_owned(),
        "https://example.org".to_owned(),
    ];
    let found = bench.sort(&texts).unwrap();
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].sentence, "Example Bank: log in. Account anna.");
    assert_eq!(found[0].address, own);
    for (text, begins) in texts.iter().zip([
        "",
        "This login is not opened in this way.",
        "The time of this address is over.",
        "This login was answered already.",
        "No QR code of a Sayso login page is in that picture.",
        "No QR code of a Sayso login page is in that picture.",
    ]) {
        match bench.sort(std::slice::from_ref(text)) {
            Ok(_) => assert_eq!(begins, ""),
            Err(Error::NoCode(said)) => assert!(said.starts_with(begins), "{said}"),
            Err(other) => panic!("{other}"),
        }
    }
    assert!(
        matches!(bench.sort(&[]), Err(Error::NoCode(said)) if said.starts_with("No QR code is in that picture."))
    );
    assert!(bench.proof().is_none(), "looking sends nothing");
}

#[test]
fn what_a_page_offers_is_said_in_its_notice() {
    for (by, said, line) in [
        (&BUTTON[..], "The code is on the page.", "Answer: code"),
        (&PICTURE, "Use the page's first button, or scan.", "Answer: page"),
        (&[Method::Qr], "Scan the page's QR code.", "Answer: scan"),
        (&DIGITS, "Answer here, then comes a code.", "Answer: sayso"),
    ] {
        let mut bench = bench(&["anna"]);
        bench.arrive_by(0, by);
        assert!(bench.hear()[1].contains(said), "{said}");
        let shown = std::iter::from_fn(|| bench.shown.try_recv().ok())
            .any(|order| format!("{order:?}").contains(line));
        assert!(shown, "{line}");
    }
}
