//! Brings what services are told unasked to their webhooks (Standard Webhooks 1.0.0). What that is
//! stands in [`crate::progress`]; what waits is on the disk, in [`crate::store::outbox`].
//!
//! - [`courier`]: who owns what is under way
//! - `attempt`: one call
//! - `dial`: the connection for it
//! - [`schedule`]: when it is tried again
//! - [`signing`]: the key of a service, and its signature

mod attempt;
pub mod courier;
mod dial;
pub mod schedule;
pub mod signing;
