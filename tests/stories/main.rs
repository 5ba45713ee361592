//! The stories: what happens to a person, told on real parts. Each has its golden transcript in
//! `transcripts/`.

mod approve;
mod deny;
mod five_digits;
mod not_me;
mod second_browser;
mod wrong_code;
