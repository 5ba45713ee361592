//! The stories: what happens to a person, told on real parts. Each has its golden transcript in
//! `transcripts/`.

mod approve;
mod attend;
mod bad_codes;
mod clocks;
mod danish;
mod deny;
mod expiry;
mod five_digits;
mod hostile_service;
mod not_me;
mod second_browser;
mod second_of_two;
mod wrong_code;
