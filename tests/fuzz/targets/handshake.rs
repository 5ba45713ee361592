//! `handshake`: see [`saysod::fuzz::handshake`].
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| saysod::fuzz::handshake(bytes));
