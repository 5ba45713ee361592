//! While a call to ask waits for its turn, what it rests on changes.

mod parts;

use futures_util::FutureExt as _;
use parts::Site;
use sayso_broker::turns::Nearness;
use sayso_protocol::request::{Near, Request};
use sayso_protocol::signature::unverified;

#[tokio::test]
async fn how_near_a_request_is_goes_by_the_links_there_are_when_its_turn_comes() {
    let site = Site::start().await;
    let turns = site.running.broker.turns.clone();
    let mut taken = Vec::new();
    while let Some(turn) = turns.take(Nearness::Elsewhere).now_or_never() {
        taken.push(turn.unwrap());
    }
    let asking = site.service.ask("anna");
    let connecting = async {
        let mut link = site.anna.connect(site.running.now()).await;
        let (mut waiting, _) = link.snapshot().await;
        taken.clear();
        match waiting.pop() {
            Some(open) => open,
            None => link.request().await,
        }
    };
    let (_, open) = tokio::join!(asking, connecting);
    let request = unverified::<Request>(open.jws.as_str()).unwrap();
    assert_eq!(request.claims.near, Near::Same);
    site.stop().await;
}
