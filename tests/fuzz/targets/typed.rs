//! `typed`: see [`sayso_protocol::fuzz::typed`].
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| sayso_protocol::fuzz::typed(bytes));
