//! `preferences`: see [`saysod::fuzz::preferences`].
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| saysod::fuzz::preferences(bytes));
