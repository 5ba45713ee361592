//! The service side of Sayso. In the order a request meets them:
//!
//! - [`settings`]: what the administrator set, in a file and on the command line
//! - [`clock`]: the only place that knows the time
//! - [`server`]: opens, listens, and stops
//! - [`serving`]: connections, and how long anybody is waited for
//! - [`vestibule`]: how many TLS handshakes may be under way
//! - [`tls`]: the certificate, and its renewal
//! - [`forwarding`]: whom a call came from, behind a proxy
//! - [`router`]: every route
//! - [`auth`]: who is calling
//! - [`handlers`]: the calls of services and approvers
//! - [`turns`]: whose turn it is to ask
//! - [`offer`]: how a login page may be bound, and its secrets
//! - [`course`]: what an event does to a request, and who hears of it
//! - [`collecting`]: how an approval gets to its service
//! - [`progress`]: what its service is told of a request
//! - [`webhook`]: how that is brought to it unasked
//! - [`confirming`]: what an approval by readout or link waits for
//! - [`settling`]: what an event does to a change of a security setting, and who hears of it
//! - [`licence`]: what a service may do, and what follows when it may no more
//! - [`roster`]: which computers are approvers, and what follows when one goes
//! - [`places`]: how many requests may wait, and which networks speak for them
//! - [`guard`]: which codes may still be tried, and what is alike for strangers
//! - [`store`]: what is on the disk, and the audit
//! - [`metrics`]: what can be watched of it
//! - [`relay`]: which approver is connected where, and who waits for which request
//! - [`page`]: the login page
//! - [`mod@error`]: how a refusal is answered
//! - [`admin`]: the administrator's commands
//! - [`dev`], [`demo`]: a broker to try, and a service that uses it
//! - `fuzz`: what holds of all bytes from outside (feature `fuzz`)

#![allow(
    clippy::redundant_closure_for_method_calls,
    reason = "a method of `Db<'_>` is not general enough to be passed by name"
)]

pub mod admin;
pub mod auth;
pub mod clock;
pub mod collecting;
pub mod confirming;
pub mod course;
pub mod demo;
pub mod dev;
pub mod error;
pub mod forwarding;
#[cfg(feature = "fuzz")]
pub mod fuzz;
pub mod guard;
pub mod handlers;
pub mod licence;
pub mod metrics;
pub mod offer;
pub mod page;
pub mod places;
pub mod progress;
pub mod relay;
pub mod roster;
pub mod router;
pub mod server;
pub mod serving;
pub mod settings;
pub mod settling;
pub mod store;
pub mod tls;
pub mod turns;
pub mod vestibule;
pub mod webhook;

/// The OS generator, for everything that nobody may guess.
pub(crate) fn random() -> impl rand::CryptoRng {
    rand::rng()
}
