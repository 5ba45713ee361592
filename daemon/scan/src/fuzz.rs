//! What holds of all pictures: one body for each fuzz target over a reader of this crate. A body
//! panics where something is wrong. `tests/fuzz` has the targets.

#![allow(clippy::missing_panics_doc, reason = "a body tells of what it found by a panic")]

use sayso_protocol::scan::{LONGEST_TEXT, MOST_CODES};

use crate::picture::{MOST_PIXELS, Picture};
use crate::{image, reading};

/// A PNG file: what is read of it is a whole picture and no larger than any desktop.
pub fn png(bytes: &[u8]) {
    let Ok(picture) = image::read(bytes) else { return };
    assert_eq!(picture.pixels().len(), picture.width() * picture.height());
    assert!((1..=MOST_PIXELS).contains(&picture.pixels().len()));
}

/// Pixels, the first byte of which says how many make a row: what is read in them is handed on
/// once, and within bounds.
pub fn pixels(bytes: &[u8]) {
    let Some((width, pixels)) = bytes.split_first() else { return };
    let width = usize::from(*width).max(1);
    let whole = pixels.len() / width * width;
    let Some(picture) = Picture::new(width, pixels[..whole].to_vec()) else { return };
    let texts = reading::read(picture);
    assert!(texts.len() <= MOST_CODES);
    assert!(texts.iter().all(|text| text.len() <= LONGEST_TEXT));
    let mut once = texts.clone();
    once.sort();
    once.dedup();
    assert_eq!(once.len(), texts.len(), "a text is handed on twice");
}
