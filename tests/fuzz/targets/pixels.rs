//! `pixels`: see [`sayso_scan::fuzz::pixels`].
#![no_main]

libfuzzer_sys::fuzz_target!(
    // What panics below a reader is caught there, as it is in `sayso-scan`.
    init: std::panic::set_hook(Box::new(|_| ())),
    |bytes: &[u8]| sayso_scan::fuzz::pixels(bytes)
);
