//! `address`: see [`sayso_protocol::fuzz::address`].
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| sayso_protocol::fuzz::address(bytes));
