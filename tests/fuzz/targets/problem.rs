//! `problem`: see [`sayso_protocol::fuzz::problem`].
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| sayso_protocol::fuzz::problem(bytes));
