//! Practice: its page opens in the person's browser, and everything else is as with any request.

use sayso_protocol::bus::Practice;

use super::*;
use crate::source::Begun;

const PAGE: &str = "http://127.0.0.1:1/login/AAAAAAAAAAAAAAAAAAAAAA";

/// The person wants to practise with a code, and the broker makes request 0 for it.
fn begun(bench: &mut Bench) -> Practice {
    let (method, place) = (Method::Code, Place::Terminal);
    let mut asked =
        bench.call(|reply| Ask::Practise { account: String::new(), method, place, reply });
    let Ok(ToSource::Practise { call, practice }) = bench.links[0].try_recv() else { panic!() };
    assert_eq!(practice.method, method);
    let arrived = arrived("anna", 0, bench.now);
    let result = Ok(Box::new(Begun { arrived, page: PAGE.to_owned() }));
    bench.source("anna", FromSource::Practised { call, result });
    asked.try_recv().unwrap().unwrap()
}

#[test]
fn the_page_that_is_practised_on_opens_in_the_browser_once() {
    let mut bench = bench(&["anna"]);
    let practice = begun(&mut bench);
    assert_eq!((practice.page.as_str(), practice.id), (PAGE, id(0).to_string()));
    let visit = bench.opened.try_recv().unwrap();
    assert_eq!((visit.id, visit.address.as_str()), (id(0), PAGE));
    // The link tells of the request as well.
    bench.arrive(0);
    assert!(bench.opened.try_recv().is_err());
    assert_eq!(bench.hear().len(), 2, "head and tail of one notice");
}

#[test]
fn where_no_browser_opens_the_person_has_the_address_and_hears_nothing_of_it() {
    let mut bench = bench(&["anna"]);
    begun(&mut bench);
    bench.hear();
    bench.tell(Event::NotOpened(id(0)));
    bench.pass(30);
    assert!(bench.hear().is_empty());
    drop(bench.enter("482913"));
    bench.bound(0);
    assert_eq!(bench.hear().len(), 2, "it is approved as any other");
}

#[test]
fn a_browser_that_is_busy_keeps_nobody_from_practising() {
    let mut bench = bench(&["anna"]);
    bench.opened.close();
    assert_eq!(begun(&mut bench).page, PAGE);
    assert_eq!(bench.hear().len(), 2);
}
