//! `head`: see [`sayso_broker::fuzz::head`].
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| sayso_broker::fuzz::head(bytes));
