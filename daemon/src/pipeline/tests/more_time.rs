//! More time for a request.

use super::*;
use crate::source::Refusal;
use crate::source::errand::{Errand, Fetched};
use sayso_protocol::bus::MoreTime;

impl Bench {
    fn more_time(&mut self) -> oneshot::Receiver<Result<String, Error>> {
        self.call(|reply| Ask::MoreTime { id: String::new(), place: Place::Terminal, reply })
    }

    /// The broker is asked for more time.
    fn wanted(&mut self) -> Option<u64> {
        match self.links[0].try_recv() {
            Ok(ToSource::Errand { call, errand: Errand::MoreTime(_) }) => Some(call),
            _ => None,
        }
    }

    fn given(&mut self, call: u64, result: Result<Fetched, Refusal>) {
        self.source("anna", FromSource::Errand { call, result });
    }
}

fn got(mut answer: oneshot::Receiver<Result<String, Error>>) -> Result<String, Error> {
    answer.try_recv().unwrap()
}

#[test]
fn the_person_is_given_more_time_up_to_the_end_and_is_told_when_there_is_none() {
    let mut bench = bench(&["anna"]);
    assert!(matches!(got(bench.more_time()), Err(Error::NoRequest(_))));
    bench.arrive(0);
    bench.hear();
    let begun = bench.now;
    bench.pass(200);
    let answer = bench.more_time();
    let call = bench.wanted().unwrap();
    bench.given(call, Ok(Fetched::MoreTime(begun + Duration::from_secs(700))));
    assert_eq!(got(answer).unwrap(), "More time. Six minutes left for Example Bank.");
    let answer = bench.more_time();
    assert!(bench.wanted().is_none(), "nobody is asked for what there is not");
    let last = "Six minutes left for Example Bank. There can be no more.";
    assert_eq!(got(answer).unwrap(), last);
}

#[test]
fn more_time_that_cannot_be_had_says_why() {
    let mut bench = bench(&["anna"]);
    bench.arrive(0);
    bench.hear();
    let answer = bench.more_time();
    let call = bench.wanted().unwrap();
    bench.given(call, Err(Refusal::Offline));
    assert!(matches!(got(answer), Err(Error::Offline(_))));
    let answer = bench.more_time();
    bench.source("anna", FromSource::Removed);
    assert!(matches!(got(answer), Err(Error::Refused(_))));
}

#[test]
fn where_it_was_chosen_time_that_gets_short_is_made_longer_once_the_person_has_begun() {
    let mut bench = bench(&["anna"]);
    let now = bench.pipeline.announcer.preferences().clone();
    let preferences = Preferences { more_time: MoreTime::Auto, ..now };
    bench.tell(Event::Signer(signer::Event::Preferred(preferences)));
    bench.ask();
    let begun = bench.now;
    bench.pass(240);
    assert_eq!(bench.hear(), [""; 0], "the broker is asked first");
    let call = bench.wanted().unwrap();
    bench.given(call, Ok(Fetched::MoreTime(begun + Duration::from_secs(600))));
    assert_eq!(bench.hear(), ["More time. Six minutes left for Example Bank."]);
    // At the end there is no more to ask for.
    bench.pass(300);
    assert_eq!(bench.hear(), ["One minute left for Example Bank."]);
    assert!(bench.wanted().is_none());
}

#[test]
fn time_is_told_where_the_broker_gives_no_more() {
    let mut bench = bench(&["anna"]);
    let now = bench.pipeline.announcer.preferences().clone();
    let preferences = Preferences { more_time: MoreTime::Auto, ..now };
    bench.tell(Event::Signer(signer::Event::Preferred(preferences)));
    bench.ask();
    bench.pass(240);
    let call = bench.wanted().unwrap();
    bench.given(call, Err(Refusal::Offline));
    assert_eq!(bench.hear(), ["One minute left for Example Bank."]);
}
