//! `sound`: see [`saysod::fuzz::sound`].
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| saysod::fuzz::sound(bytes));
