//! For who needs to know what stands in a picture: `sayso-scan`, started for one picture, with a
//! limit on its time and on its answer. Whatever happens to it, happens to it alone.
//!
//! - [`helper`]: the process and what it said
//! - `fuzz`: what holds of all that it may say (feature `fuzz`)

#[cfg(feature = "fuzz")]
pub mod fuzz;
pub mod helper;
