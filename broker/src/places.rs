//! The places of an account's waiting requests, and the networks that speak for or against them:
//! what [`pending`] decides, done in the store.

use sayso_protocol::decision::Verdict;
use sayso_protocol::enrolment::AccountName;
use sayso_protocol::life::{Event, Reason, State};
use sayso_protocol::request::Origin;
use std::collections::HashSet;

use crate::course;
use crate::guard::pending::{self, ALL, Network, Room, Waiting};
use crate::handlers::practice::is_practice;
use crate::store::requests::Kept;
use crate::store::{StoreError, Tx};

/// A request that is about to be made.
#[derive(Debug, Clone, Copy)]
pub struct Newcomer<'a> {
    /// Of which account.
    pub account: &'a AccountName,
    /// The id of the service that asks.
    pub service: &'a str,
    /// From where the browser came.
    pub network: Option<Network>,
    /// From where the account's approvers are connected.
    pub links: &'a [Network],
}

/// The network of a request's browser, where the service named its address.
#[must_use]
pub fn network(origin: &Origin) -> Option<Network> {
    origin.address.map(Network::of)
}

/// Makes room among `waiting` for one more. `false` if there is none.
///
/// # Errors
/// [`StoreError`].
pub fn make_room(
    tx: &mut Tx<'_>,
    waiting: &mut [Kept],
    newcomer: Newcomer<'_>,
) -> Result<bool, StoreError> {
    let places: Vec<Waiting<'_>> =
        waiting.iter().filter(|kept| !is_practice(kept)).map(place).collect();
    let approved = if places.len() < ALL {
        HashSet::new()
    } else {
        tx.db().approved_networks(newcomer.account, tx.now)?
    };
    let theirs =
        |one: Network| newcomer.links.contains(&one) || approved.contains(&one.to_string());
    match pending::room(&places, newcomer.service, newcomer.network, theirs) {
        Room::Free => Ok(true),
        Room::None => Ok(false),
        Room::InPlaceOf(id) => {
            if let Some(kept) = waiting.iter_mut().find(|kept| kept.id == id) {
                // If its time is over by now, it has expired instead: there is room all the same.
                let event = Event::Cancel { reason: Reason::Replaced };
                let _ = course::advance(tx, kept, event, None)?;
            }
            Ok(true)
        }
    }
}

fn place(kept: &Kept) -> Waiting<'_> {
    Waiting {
        id: kept.id,
        service: &kept.service.id,
        network: network(&kept.origin),
        standing: kept.life.standing(),
        theirs: kept.theirs,
    }
}

/// Keeps what the person's answer says of the network that the request came from.
///
/// # Errors
/// [`StoreError`].
pub fn remember(tx: &Tx<'_>, kept: &Kept) -> Result<(), StoreError> {
    let Some(network) = network(&kept.origin) else { return Ok(()) };
    match kept.life.state {
        State::Approved { reported_later: None, .. } => {
            tx.keep_approved_network(&kept.account, network)
        }
        State::Approved { reported_later: Some(_), .. }
        | State::Denied { verdict: Verdict::Report, .. } => {
            tx.keep_refused_network(&kept.account, network)
        }
        State::Pending
        | State::Bound { .. }
        | State::ApprovedUnconfirmed { .. }
        | State::Denied { verdict: Verdict::Deny | Verdict::Approve, .. }
        | State::Expired
        | State::Cancelled { .. } => Ok(()),
    }
}
