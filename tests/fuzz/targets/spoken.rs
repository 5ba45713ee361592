//! `spoken`: see [`sayso_protocol::fuzz::spoken`].
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| sayso_protocol::fuzz::spoken(bytes));
