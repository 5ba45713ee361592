//! `jws`: see [`sayso_protocol::fuzz::jws`].
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| sayso_protocol::fuzz::jws(bytes));
