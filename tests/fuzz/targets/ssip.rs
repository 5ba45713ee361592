//! `ssip`: see [`saysod::fuzz::ssip`].
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| saysod::fuzz::ssip(bytes));
