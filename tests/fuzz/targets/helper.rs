//! `helper`: see [`sayso_scan_client::fuzz::answer`].
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| sayso_scan_client::fuzz::answer(bytes));
