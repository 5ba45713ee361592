//! `saysod`, the approver device.

pub mod clock;
pub mod source;
pub mod wording;
