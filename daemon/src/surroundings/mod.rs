//! What surrounds the person, watched and never changed.

pub mod audio;
pub mod lock;
pub mod reader;
mod watched;
