//! `png`: see [`sayso_scan::fuzz::png`].
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| sayso_scan::fuzz::png(bytes));
