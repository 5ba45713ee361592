//! `sayso-scan`: reads the QR codes off one picture and ends. It is a process of its own, so that
//! a panic, an endless loop or its memory harm nobody. It writes no file and knows no secret but
//! what it was shown. In the order a picture meets them:
//!
//! - [`limits`]: what this process may use at most
//! - [`image`]: a PNG picture on standard input
//! - [`screen`]: the X11 screen
//! - [`picture`]: grey pixels
//! - [`reading`]: stage by stage, what stands in the picture
//! - [`view`]: a picture in black and white, and the codes in it
//! - [`rings`]: codes without a quiet zone
//! - [`dense`]: where small codes may be
//! - [`find`]: codes and where they are
//! - `fuzz`: what holds of all bytes from outside (feature `fuzz`)

pub mod dense;
pub mod find;
#[cfg(feature = "fuzz")]
pub mod fuzz;
pub mod image;
pub mod limits;
pub mod picture;
pub mod reading;
pub mod rings;
pub mod screen;
pub mod view;
