//! What an approver costs that is connected and has nothing to hear: the broker's own memory, at
//! two numbers of links, against servers that hold as many subscriptions.

use rig::desktop::Desktop;
use tokio::net::TcpStream;

use crate::figure::{Bar, Figure};
use crate::peers::{self, Peer};
use crate::{Report, Scale};
use rig::meter;
use rig::seeded::Seeded;
use rig::wire::Link;

/// So many are opened at a time.
const AT_ONCE: usize = 64;
/// At most so much of mosquitto's, at the smaller and the larger number.
const OF_MOSQUITTO: [f64; 2] = [5.0, 3.3];
/// At most so much of nats-server's.
const OF_NATS: f64 = 0.2;

/// Takes the rows `link_memory_*`.
pub async fn measure(desktop: &Desktop, scale: &Scale, report: &mut Report<'_>) {
    let ours = of_broker(desktop, scale.links).await;
    let logs = desktop.logs();
    match Peer::mosquitto(&logs).await {
        Ok(peer) => {
            let theirs = of_peer(&peer, scale.links).await;
            for at in 0..2 {
                tell(report, scale, "mosquitto", at, (ours[at], theirs[at]), OF_MOSQUITTO[at]);
            }
        }
        Err(missing) => report.missing(missing),
    }
    match Peer::nats(&logs).await {
        Ok(peer) => {
            let theirs = of_peer(&peer, scale.links).await;
            for at in 0..2 {
                tell(report, scale, "nats", at, (ours[at], theirs[at]), OF_NATS);
            }
        }
        Err(missing) => report.missing(missing),
    }
}

fn tell(
    report: &mut Report<'_>,
    scale: &Scale,
    peer: &str,
    at: usize,
    round: (f64, f64),
    bar: f64,
) {
    let name = format!("link_memory_{}_{peer}", scale.links[at]);
    let rounds = vec![round];
    report.figure(Figure { name, unit: "bytes", rounds, bar: Bar::AtMost(bar) });
}

/// The broker's memory for each link, at both numbers of them.
async fn of_broker(desktop: &Desktop, counts: [usize; 2]) -> [f64; 2] {
    let seeded = Seeded::start(desktop, "holding", &[], counts[1]).await;
    let broker = seeded.broker.id();
    // What the first links cost once is not what a link costs.
    drop(open(&seeded, 0, AT_ONCE.min(counts[0])).await);
    peers::settle().await;
    let empty = meter::anonymous(broker);
    let mut links = Vec::new();
    let mut each = [0.0; 2];
    for (count, each) in counts.into_iter().zip(&mut each) {
        links.extend(open(&seeded, links.len(), count).await);
        peers::settle().await;
        *each = (meter::anonymous(broker) - empty) / number(count);
    }
    each
}

/// Opens the links of these approvers, and waits for the snapshot of each.
async fn open(seeded: &Seeded, from: usize, to: usize) -> Vec<Link> {
    let mut links = Vec::new();
    for group in seeded.approvers[from..to].chunks(AT_ONCE) {
        let opened = group.iter().map(async |keys| {
            let mut link = Link::open(seeded, keys).await;
            link.next().await;
            link
        });
        links.extend(futures_util::future::join_all(opened).await);
    }
    links
}

async fn of_peer(peer: &Peer, counts: [usize; 2]) -> [f64; 2] {
    let process = peer.process.id();
    drop(peer.connect(counts[1]).await);
    peers::settle().await;
    let empty = meter::anonymous(process);
    let mut connections: Vec<TcpStream> = Vec::new();
    let mut each = [0.0; 2];
    for (count, each) in counts.into_iter().zip(&mut each) {
        while connections.len() < count {
            let next = connections.len();
            let upto = (next + AT_ONCE).min(count);
            let opened = (next..upto).map(|number| peer.connect(number));
            connections.extend(futures_util::future::join_all(opened).await);
        }
        peers::settle().await;
        *each = (meter::anonymous(process) - empty) / number(count);
    }
    each
}

fn number(count: usize) -> f64 {
    f64::from(u32::try_from(count).expect("not that many"))
}
