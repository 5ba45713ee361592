//! A QR code, drawn as one path: black on white, with a quiet zone of four modules (ISO/IEC
//! 18004, 9.1).

use qrcode::{Color, EcLevel, QrCode};
use std::fmt::Write as _;

const QUIET: usize = 4;

/// A drawn QR code; a module is one unit.
pub(in crate::page) struct Drawing {
    /// Its width and height with the quiet zone.
    pub(in crate::page) size: usize,
    /// The dark modules, for the `d` of a path.
    pub(in crate::page) dark: String,
}

/// Draws `text`; `None` for one that is too long for a QR code.
pub(super) fn draw(text: &str) -> Option<Drawing> {
    let code = QrCode::with_error_correction_level(text, EcLevel::M).ok()?;
    let mut dark = String::new();
    for (y, row) in code.to_colors().chunks(code.width()).enumerate() {
        let mut x = 0;
        for run in row.chunk_by(|one, next| one == next) {
            if run[0] == Color::Dark {
                // A `String` takes everything.
                let _ = write!(dark, "M{} {}h{2}v1h-{2}z", x + QUIET, y + QUIET, run.len());
            }
            x += run.len();
        }
    }
    Some(Drawing { size: code.width() + 2 * QUIET, dark })
}
