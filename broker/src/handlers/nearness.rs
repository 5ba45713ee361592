//! How near a request comes to the account's own approvers: whose turn it is to ask goes by it.

use sayso_protocol::enrolment::ApproverId;
use sayso_protocol::service::Ask;
use std::net::IpAddr;

use crate::error::Error;
use crate::guard::pending::Network;
use crate::places;
use crate::server::Broker;
use crate::turns::Nearness;

/// From where each approver of the account is connected, if it is.
pub(super) type Links = Vec<(ApproverId, Option<IpAddr>)>;

/// The approvers of the account, and whether anything speaks for the network that the request
/// comes from.
pub(super) async fn nearness(
    broker: &Broker,
    ask: &Ask,
) -> Result<(Vec<ApproverId>, Nearness), Error> {
    let (account, now) = (ask.account.clone(), broker.clock.now());
    let network = places::network(&ask.origin);
    let read = broker.store.read(move |db| {
        let approvers = db.answering(&account)?;
        let known = network.map(|network| db.is_approved_network(&account, network, now));
        Ok((approvers, known.transpose()?.unwrap_or(false)))
    });
    let (approvers, known) = read.await?;
    let approvers: Vec<ApproverId> = approvers.into_iter().map(|approver| approver.id).collect();
    let links = links(broker, approvers.clone()).await?;
    let linked = |network| links.iter().any(|(_, peer)| peer.map(Network::of) == Some(network));
    let nearness = match network {
        Some(network) if known || linked(network) => Nearness::Own(network),
        Some(_) | None => Nearness::Elsewhere,
    };
    Ok((approvers, nearness))
}

/// From where these are connected now.
pub(super) async fn links(broker: &Broker, approvers: Vec<ApproverId>) -> Result<Links, Error> {
    let stopping = |_| Error::Inside("the relay has ended".into());
    let peers = broker.relay.peers(approvers.clone()).await.map_err(stopping)?;
    Ok(approvers.into_iter().zip(peers).collect())
}
