//! `settings`: see [`sayso_broker::fuzz::settings`].
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| sayso_broker::fuzz::settings(bytes));
