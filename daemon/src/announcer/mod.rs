//! The announcer tells the person.

pub mod speech;
