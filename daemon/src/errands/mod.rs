//! What the desktop does for the daemon.
//!
//! - [`browser`]: opens the address that finishes an approval
//! - [`screen`]: looks at the screens for QR codes

pub mod browser;
pub mod screen;
