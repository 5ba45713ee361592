//! The announcer tells the person.

pub mod notification;
pub mod speech;
