//! For who needs to know what stands in a picture: `sayso-scan`, started for one picture, with a
//! limit on its time and on its answer. Whatever happens to it, happens to it alone.
//!
//! - [`helper`]: the process and what it said

pub mod helper;
