//! `scan`: see [`sayso_protocol::fuzz::scan`].
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| sayso_protocol::fuzz::scan(bytes));
