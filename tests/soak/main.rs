//! What takes minutes: `make soak` runs it, on the programs as they are installed.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "these are tests")]

mod flood;
mod idle;
mod owner;
