//! `saysod`, the approver device.

pub mod announcer;
pub mod clock;
pub mod doors;
pub mod keys;
pub mod preferences;
pub mod source;
pub mod store;
pub mod surroundings;
pub mod wording;
