//! `answer`: see [`saysod::fuzz::answer`].
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| saysod::fuzz::answer(bytes));
