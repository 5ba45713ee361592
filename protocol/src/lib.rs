//! The nouns that travel between service, broker and approver, and the rules that bind them.
//! No IO and no clock: time comes in as a parameter. In the order a request meets them:
//!
//! - [`time`]: seconds of broker time
//! - [`trusted`]: time that setting a clock does not move
//! - [`spoken`]: text from outside, cleaned before it is spoken, shown or signed as heard
//! - [`secret`]: the 128-bit values that are shown once and never logged
//! - [`signature`]: JWS compact with Ed25519: keys, signing, strict verification
//! - [`rotation`]: the broker's keys, and how one takes the place of another
//! - [`change`]: security settings, and the changes of them that wait
//! - [`enrolment`]: how a computer becomes an approver
//! - [`request`]: what a service asks a person to approve
//! - [`service`]: what a service and the broker say to each other over HTTP
//! - [`webhook`]: what a service is told unasked
//! - [`link`]: what the broker tells an approver while it is connected
//! - [`binding`]: the proof that the person sees this login page
//! - [`address`]: `sayso:` addresses, which carry a proof to this computer
//! - [`lockout`]: what wrong codes cost
//! - [`relay`]: the one-way life inside the daemon, `Turn -> Announced -> Decision -> SignedDecision`
//! - [`decision`]: the verdict and what was heard
//! - [`life`]: the states of a request at the broker
//! - [`outcome`]: what the service gets
//! - [`practice`]: a request of which nothing comes
//! - [`problem`]: refusals over HTTP
//! - [`scan`]: what `sayso-scan` says of a picture
//! - [`bus`]: the D-Bus contract between `saysod` and `sayso` (feature `bus`)
//! - `schema`: what is on the wire as JSON Schema (feature `schema`)
//! - `fuzz`: what holds of all bytes from outside (feature `fuzz`)

pub mod address;
pub mod binding;
#[cfg(feature = "bus")]
pub mod bus;
pub mod change;
pub mod decision;
pub mod enrolment;
#[cfg(feature = "fuzz")]
pub mod fuzz;
pub mod life;
pub mod link;
pub mod lockout;
pub mod outcome;
pub mod practice;
pub mod problem;
pub mod relay;
pub mod request;
pub mod rotation;
pub mod scan;
#[cfg(feature = "schema")]
mod schema;
pub mod secret;
pub mod service;
pub mod signature;
pub mod spoken;
pub mod time;
pub mod trusted;
pub mod webhook;
