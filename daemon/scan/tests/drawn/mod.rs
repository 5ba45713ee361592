//! Pages with QR codes, drawn for a test.

use qrcode::{Color, EcLevel, QrCode};
use sayso_scan::picture::Picture;

/// A page in one shade of grey.
pub(crate) struct Page {
    width: usize,
    pixels: Vec<u8>,
}

impl Page {
    pub(crate) fn new(width: usize, height: usize, shade: u8) -> Page {
        Page { width, pixels: vec![shade; width * height] }
    }

    /// With a code of modules so many pixels wide, black on a white quiet zone of four.
    pub(crate) fn code(self, text: &str, left: usize, top: usize, module: usize) -> Page {
        self.code_in(text, (left, top), module, [0, u8::MAX])
    }

    /// The same with other shades for its modules and for what lies around them.
    pub(crate) fn code_in(
        mut self,
        text: &str,
        (left, top): (usize, usize),
        module: usize,
        [set, unset]: [u8; 2],
    ) -> Page {
        let code = QrCode::with_error_correction_level(text, EcLevel::L).unwrap();
        let (size, colours) = (code.width() + 8, code.to_colors());
        for y in 0..size * module {
            for x in 0..size * module {
                let (column, row) = ((x / module).checked_sub(4), (y / module).checked_sub(4));
                let is_set = column.zip(row).is_some_and(|(column, row)| {
                    let inside = column < code.width() && row < code.width();
                    inside && colours[row * code.width() + column] == Color::Dark
                });
                let place = (top + y) * self.width + left + x;
                self.pixels[place] = if is_set { set } else { unset };
            }
        }
        self
    }

    /// With as many icons that look like the corners of a code as there is room for.
    #[allow(dead_code, reason = "the screen's tests need none")]
    pub(crate) fn icons(mut self, module: usize) -> Page {
        let pitch = 9 * module;
        for (place, pixel) in self.pixels.iter_mut().enumerate() {
            let (x, y) = (place % self.width % pitch / module, place / self.width % pitch / module);
            let depth = x.min(y).min(6_usize.saturating_sub(x)).min(6_usize.saturating_sub(y));
            if x < 7 && y < 7 && depth != 1 {
                *pixel = 0;
            }
        }
        self
    }

    pub(crate) fn picture(self) -> Picture {
        Picture::new(self.width, self.pixels).unwrap()
    }

    /// As a PNG file.
    #[allow(dead_code, reason = "the screen's tests need none")]
    pub(crate) fn png(self) -> Vec<u8> {
        let picture = self.picture();
        let size = |number: usize| u32::try_from(number).unwrap();
        let mut file = Vec::new();
        let (width, height) = (size(picture.width()), size(picture.height()));
        let mut encoder = png::Encoder::new(&mut file, width, height);
        encoder.set_color(png::ColorType::Grayscale);
        encoder.write_header().unwrap().write_image_data(picture.pixels()).unwrap();
        file
    }
}
