//! `link`: see [`sayso_protocol::fuzz::link`].
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| sayso_protocol::fuzz::link(bytes));
