//! `bodies`: see [`sayso_protocol::fuzz::bodies`].
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| sayso_protocol::fuzz::bodies(bytes));
