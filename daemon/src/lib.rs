//! `saysod`, the approver device. In the order a request meets them:
//!
//! - [`source`]: brings requests and carries decisions back
//! - [`inbox`]: what waits, and how far each request is; [`quiet`]: whether a new one is told
//! - [`announcer`]: tells the person, on every channel that the person perceives
//! - [`decision`]: what the person does becomes a decision
//! - [`signer`]: signs it, and keeps it before it is sent
//! - [`pipeline`]: the main path, which ties these together: read it first
//!
//! Beside the line stand [`doors`] (who may call, and how), [`surroundings`] (the lock, the screen
//! reader, headphones), [`errands`] (what the desktop does for it), [`registrar`] (accounts),
//! [`keys`], [`store`], [`preferences`], [`wording`] (one request in words), `fallback` (a language
//! that is not here), [`history`], [`clock`], and `desktop` (its parts, and who talks to each) with
//! [`daemon`], which puts it all together. `fuzz` says what holds of all bytes from outside
//! (feature `fuzz`).

pub mod announcer;
pub mod changes;
pub mod clock;
pub mod daemon;
pub mod decision;
mod desktop;
pub mod doors;
pub mod errands;
mod fallback;
#[cfg(feature = "fuzz")]
pub mod fuzz;
pub mod history;
mod history_key;
pub mod inbox;
pub mod keys;
pub mod pipeline;
pub mod preferences;
pub mod quiet;
pub mod registrar;
pub mod signer;
pub mod source;
pub mod store;
pub mod surroundings;
mod vault;
pub mod wording;

#[cfg(test)]
#[path = "../tests/sample/mod.rs"]
mod sample;
