//! Ten thousand computers are connected and have nothing to hear, while one person logs in; then the
//! broker goes away and they all come back at once.

use std::sync::Arc;
use std::time::Duration;

use rig::approver::Approver;
use rig::clock;
use rig::desktop::Desktop;
use rig::hoard::Hoard;
use rig::meter::{self, tell};
use rig::seeded::{Keys, Seeded};
use rig::service::Service;
use rig::story::ACCOUNT;
use rig::wire::Link;
use tokio::task::JoinSet;

use crate::owner::{LONGER, RUNS, runs};

const HEADING: &str = "\
Ten thousand computers are connected to one broker. Five hundred connect at the same moment, nobody is
refused, and Anna logs in as ever; also when somebody holds connections open that come to no end.
The broker stops and starts again, and all of them come back at once.";

/// So many are connected.
const LINKS: usize = 10_000;
/// So many connect at the same moment.
const AT_ONCE: usize = 500;
/// So long may it take until those are linked.
const LINKED_WITHIN: Duration = Duration::from_secs(20);
/// So long may it take until all are back.
const BACK_WITHIN: Duration = Duration::from_secs(120);
/// Connections that dawdle, from one network: more than it may have open.
const DAWDLING: usize = 1100;

/// Connects these computers at the same moment, each from a network of its own; how long it takes
/// until every one has its snapshot. None may be refused.
async fn connect(
    seeded: &Arc<Seeded>,
    from: usize,
    count: usize,
    links: &mut JoinSet<()>,
) -> Duration {
    let begun = clock::start();
    let mut opening = JoinSet::new();
    for keys in seeded.approvers.iter().skip(from).take(count).cloned() {
        opening.spawn(open(Arc::clone(seeded), keys));
    }
    let mut opened = Vec::with_capacity(count);
    while let Some(link) = opening.join_next().await {
        opened.push(link.expect("a link"));
    }
    let took = begun.elapsed();
    for link in opened {
        links.spawn(link.drain());
    }
    took
}

async fn open(seeded: Arc<Seeded>, keys: Keys) -> Link {
    let mut link = Link::open(&seeded, &keys).await;
    link.next().await;
    link
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_thousand_idle_links_make_no_login_two_seconds_longer_and_all_come_back() {
    meter::open_files();
    let desktop = Desktop::builder(HEADING).bare().start().await;
    let mut seeded = Arc::new(Seeded::start(&desktop, "crowded", &[], LINKS).await);
    let broker = &seeded.broker;
    broker.add_account(ACCOUNT).await;
    let owner = Approver::register(broker, ACCOUNT).await;
    let service = Service::start(broker, "Example Shop", desktop.transcript()).await;
    let quiet = runs(&service, &owner).await;
    let usual = quiet[RUNS / 2];
    tell(&format!("login without idle links: median {usual:?}, longest {:?}", quiet[RUNS - 1]));
    let as_usual = async |what: &str| {
        let took = runs(&service, &owner).await;
        let (median, longest) = (took[RUNS / 2], took[RUNS - 1]);
        tell(&format!("login {what}: median {median:?}, longest {longest:?}"));
        assert!(longest <= usual + LONGER, "{what}: {took:?}, usually {usual:?}");
    };

    let mut links = JoinSet::new();
    let empty = meter::anonymous(broker.id());
    let took = connect(&seeded, 0, AT_ONCE, &mut links).await;
    tell(&format!("{AT_ONCE} computers at the same moment: linked in {took:?}"));
    assert!(took <= LINKED_WITHIN, "{took:?}");
    let begun = clock::start();
    for from in (AT_ONCE..LINKS).step_by(AT_ONCE) {
        connect(&seeded, from, AT_ONCE, &mut links).await;
    }
    let each = (meter::anonymous(broker.id()) - empty) / 10_000.0;
    tell(&format!("all {LINKS} linked in {:?} more: {each:.0} bytes each", begun.elapsed()));
    as_usual("among idle links").await;
    let hoard = Hoard::begin(broker, [127, 0, 0, 2], DAWDLING);
    as_usual("while others dawdle as well").await;
    hoard.wait_for_dropped(1).await;
    drop(hoard);
    assert_eq!(links.len(), LINKS);

    let one = Arc::get_mut(&mut seeded).expect("nobody connects now");
    one.broker.restart().await;
    let ended = clock::start();
    while links.join_next().await.is_some() {}
    tell(&format!("the broker restarted: every computer noticed within {:?}", ended.elapsed()));
    let took = connect(&seeded, 0, LINKS, &mut links).await;
    tell(&format!("all {LINKS} came back at the same moment: linked in {took:?}"));
    assert!(took <= BACK_WITHIN, "{took:?}");
    assert_eq!(links.len(), LINKS);
}
