//! The stories: what happens to a person, told on real parts. Each has its golden transcript in
//! `transcripts/`.

mod approve;
mod attend;
mod audit_and_history;
mod bad_codes;
mod broker_restarted;
mod clocks;
mod danish;
mod deny;
mod expiry;
mod five_digits;
mod forwarded_page;
mod hostile_service;
mod kept_and_sent;
mod killed_at_each_stage;
mod not_me;
mod replayed;
mod second_browser;
mod second_of_two;
mod secrets;
mod wrong_code;
