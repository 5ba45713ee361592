//! What the desktop does for the daemon.
//!
//! - [`browser`]: opens the address that finishes an approval

pub mod browser;
