//! What surrounds the person, watched and never changed.

pub mod audio;
pub mod lock;
pub mod network;
pub mod reader;
mod watched;
