//! What is heard of a request while its proof is on its way.

use super::*;
use crate::source::Refusal;

const QUESTION: &str = "Log in at Example Bank as anna? Approve or deny?";

impl Bench {
    /// A code is typed at a terminal.
    fn type_code(&mut self) -> oneshot::Receiver<Result<Question, Error>> {
        let given = Given::Code { code: "482913".into(), account: String::new() };
        self.call(|reply| Ask::Bind { given, place: Place::Terminal, reply })
    }

    /// What the account knows is told anew, and the request is bound there.
    fn told_anew(&mut self) {
        let requests = vec![bound(0, self.now)];
        self.source(
            "anna",
            FromSource::Snapshot { requests, ended: Vec::new(), changes: Vec::new() },
        );
    }

    /// What is shown from here on.
    fn shows(&mut self) -> Vec<String> {
        std::iter::from_fn(|| self.shown.try_recv().ok())
            .filter_map(|order| match order {
                notification::Order::Show { summary, .. } => Some(summary),
                notification::Order::Close { .. } => None,
            })
            .collect()
    }
}

#[test]
fn a_question_is_asked_where_the_code_was_typed_whatever_tells_of_it_first() {
    let mut bench = bench(&["anna"]);
    bench.arrive(0);
    bench.hear();
    bench.shows();
    let mut question = bench.type_code();
    bench.told_anew();
    assert_eq!((bench.hear(), bench.shows()), (Vec::new(), Vec::new()));
    bench.bound(0);
    assert_eq!(question.try_recv().unwrap().unwrap().text, QUESTION);
    assert_eq!((bench.hear(), bench.shows()), (Vec::new(), Vec::new()));
}

#[test]
fn a_question_whose_proof_was_lost_on_the_way_back_is_asked_by_ear() {
    let mut bench = bench(&["anna"]);
    bench.arrive(0);
    bench.hear();
    bench.shows();
    let question = bench.type_code();
    bench.told_anew();
    let Ok(ToSource::Bind { call, .. }) = bench.links[0].try_recv() else { panic!("no code") };
    bench.source("anna", FromSource::Bound { call, result: Err(Refusal::Offline) });
    assert!(matches!(refused(question), Error::Offline(_)));
    assert_eq!(bench.hear(), [QUESTION]);
    assert_eq!(bench.shows(), ["Log in, Example Bank, anna? approve/deny"]);
}
