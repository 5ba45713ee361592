//! What is on the person's screen, as pixels.

use std::io::{Cursor, Write};
use std::path::Path;

use qrcode::{Color, EcLevel, QrCode};

use super::Desktop;

/// How large a screen is, in pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Screen {
    /// From left to right.
    pub width: u32,
    /// From top to bottom.
    pub height: u32,
}

/// A picture: three bytes a pixel (red, green, blue), line by line.
#[derive(Clone, PartialEq, Eq)]
pub struct Picture {
    width: usize,
    height: usize,
    pixels: Vec<u8>,
}

impl std::fmt::Debug for Picture {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "a picture of {}x{}", self.width, self.height)
    }
}

impl Desktop {
    /// What the person would see now.
    ///
    /// # Panics
    /// If the story has no screen.
    #[must_use]
    pub fn picture(&self) -> Picture {
        if self.wayland.is_some() {
            let taken = self.command("grim").args(["-t", "ppm", "-"]).output().expect("grim");
            return Picture::of_ppm(&taken.stdout).expect("a picture of the screen");
        }
        self.display.as_ref().expect("a story with a screen").picture()
    }
}

/// Writes a black PNG of any size, line by line: it may be larger than what fits into memory.
///
/// # Panics
/// If the file cannot be written.
pub fn write_black_png(path: &Path, screen: Screen) {
    let file = std::fs::File::create(path).expect("a file");
    let mut encoder = png::Encoder::new(file, screen.width, screen.height);
    encoder.set_color(png::ColorType::Grayscale);
    encoder.set_depth(png::BitDepth::One);
    let mut writer = encoder.write_header().expect("a file");
    let mut lines = writer.stream_writer().expect("a file");
    let line = vec![0; screen.width.div_ceil(8) as usize];
    for _ in 0..screen.height {
        lines.write_all(&line).expect("a file");
    }
    lines.finish().expect("a file");
}

impl Picture {
    /// A picture of one colour.
    #[must_use]
    pub fn plain(screen: Screen, colour: [u8; 3]) -> Picture {
        let [width, height] = [screen.width, screen.height].map(|side| side as usize);
        Picture { width, height, pixels: colour.repeat(width * height) }
    }

    /// QR codes of these texts side by side, each with a quiet zone of four modules.
    ///
    /// # Panics
    /// If a text is too long for a code.
    #[must_use]
    pub fn of_codes(texts: &[&str]) -> Picture {
        const QUIET: usize = 4;
        let (mut width, mut height, mut dark) = (0, 0, Vec::new());
        for text in texts {
            let code = QrCode::with_error_correction_level(text, EcLevel::L).expect("a short text");
            let places = code.to_colors().into_iter().enumerate();
            for (place, _) in places.filter(|(_, colour)| *colour == Color::Dark) {
                let (x, y) = (place % code.width(), place / code.width());
                dark.push((width + QUIET + x, QUIET + y));
            }
            width += code.width() + 2 * QUIET;
            height = height.max(code.width() + 2 * QUIET);
        }
        Picture::of_modules((width, height), dark)
    }

    /// Dark modules on white: where each is, counted in modules.
    pub fn of_modules(
        (width, height): (usize, usize),
        dark: impl IntoIterator<Item = (usize, usize)>,
    ) -> Picture {
        const SIDE: usize = 4;
        let width = width * SIDE;
        let mut pixels = vec![u8::MAX; width * height * SIDE * 3];
        for (x, y) in dark {
            for line in y * SIDE..(y + 1) * SIDE {
                let from = (line * width + x * SIDE) * 3;
                pixels[from..from + SIDE * 3].fill(0);
            }
        }
        Picture { width, height: height * SIDE, pixels }
    }

    /// Reads a PNG of eight bits a channel.
    ///
    /// # Panics
    /// If it is none.
    #[must_use]
    pub fn of_png(png: &[u8]) -> Picture {
        let mut reader = png::Decoder::new(Cursor::new(png)).read_info().expect("a PNG");
        let mut read = vec![0; reader.output_buffer_size().expect("a PNG that fits")];
        let frame = reader.next_frame(&mut read).expect("a PNG");
        let (width, height) = (frame.width as usize, frame.height as usize);
        assert_eq!(frame.bit_depth, png::BitDepth::Eight, "eight bits a channel");
        let channels = frame.color_type.samples();
        assert!(channels >= 3, "a picture in colours");
        read.truncate(width * height * channels);
        if channels > 3 {
            read = read.chunks_exact(channels).flat_map(|pixel| &pixel[..3]).copied().collect();
        }
        Picture { width, height, pixels: read }
    }

    /// Writes it as a PNG.
    ///
    /// # Panics
    /// If the file cannot be written.
    pub fn write_png(&self, path: &Path) {
        let file = std::fs::File::create(path).expect("a file");
        let side = |pixels: usize| u32::try_from(pixels).expect("a picture that fits");
        let mut encoder = png::Encoder::new(file, side(self.width), side(self.height));
        encoder.set_color(png::ColorType::Rgb);
        encoder.set_compression(png::Compression::Fast);
        let mut writer = encoder.write_header().expect("a file");
        writer.write_image_data(&self.pixels).expect("a file");
        writer.finish().expect("a file");
    }

    /// `P6`, width, height and 255, each behind white space, and the pixels.
    fn of_ppm(ppm: &[u8]) -> Option<Picture> {
        let mut rest = ppm;
        let mut word = || {
            let end = rest.iter().position(u8::is_ascii_whitespace)?;
            let (word, after) = rest.split_at(end);
            rest = &after[1..];
            std::str::from_utf8(word).ok().map(str::to_owned)
        };
        let (kind, width, height, most) = (word()?, word()?, word()?, word()?);
        let (width, height) = (width.parse().ok()?, height.parse().ok()?);
        let fits = kind == "P6" && most == "255" && rest.len() == width * height * 3;
        fits.then(|| Picture { width, height, pixels: rest.to_vec() })
    }

    /// An X window dump (`XWDFile.h`) of 32 bits a pixel: blue, green, red and nothing.
    pub(super) fn of_window_dump(dump: &[u8]) -> Option<Picture> {
        const COLOUR: usize = 12;
        let field = |at: usize| -> Option<usize> {
            let bytes = dump.get(at * 4..at * 4 + 4)?;
            usize::try_from(u32::from_be_bytes(bytes.try_into().ok()?)).ok()
        };
        let (width, height, line) = (field(4)?, field(5)?, field(12)?);
        let (least_first, bits) = (field(7)? == 0, field(11)?);
        if !least_first || bits != 32 {
            return None;
        }
        let start = field(0)? + field(19)? * COLOUR;
        let lines = dump.get(start..start + height * line)?.chunks_exact(line);
        let pixels = lines
            .flat_map(|line| line[..width * 4].chunks_exact(4))
            .flat_map(|pixel| [pixel[2], pixel[1], pixel[0]])
            .collect();
        Some(Picture { width, height, pixels })
    }

    /// How large it is.
    ///
    /// # Panics
    /// Never: no side is longer than a number of 32 bits.
    #[must_use]
    pub fn size(&self) -> Screen {
        let side = |pixels: usize| u32::try_from(pixels).expect("a side of a picture");
        Screen { width: side(self.width), height: side(self.height) }
    }

    /// The colour at a place.
    ///
    /// # Panics
    /// If the place is outside.
    #[must_use]
    pub fn at(&self, x: usize, y: usize) -> [u8; 3] {
        let from = (y * self.width + x) * 3;
        [self.pixels[from], self.pixels[from + 1], self.pixels[from + 2]]
    }

    /// The part of it below its first lines.
    #[must_use]
    pub fn below(&self, lines: usize) -> Picture {
        let pixels = self.pixels[lines * self.width * 3..].to_vec();
        Picture { width: self.width, height: self.height - lines, pixels }
    }

    /// Is this smaller picture somewhere in it, but for one pixel in a thousand (a caret may blink)?
    #[must_use]
    pub fn shows(&self, part: &Picture) -> bool {
        if part.width > self.width || part.height > self.height {
            return false;
        }
        let few = part.width * part.height / 1000;
        let tops = 0..=self.height - part.height;
        let mut places = tops.flat_map(|y| (0..=self.width - part.width).map(move |x| (x, y)));
        // A few lines first: most places are ruled out by them.
        places.any(|at| self.different(part, at, 97) <= few && self.different(part, at, 1) <= few)
    }

    /// How many pixels differ where `part` lies at a place, in each `step`th line.
    fn different(&self, part: &Picture, (left, top): (usize, usize), step: usize) -> usize {
        let line = |of: &Picture, y: usize, x: usize| {
            let from = (y * of.width + x) * 3;
            from..from + part.width * 3
        };
        let lines = (0..part.height).step_by(step).map(|y| {
            let here = &self.pixels[line(self, top + y, left)];
            (here, &part.pixels[line(part, y, 0)])
        });
        lines
            .filter(|(here, there)| here != there)
            .flat_map(|(here, there)| here.chunks_exact(3).zip(there.chunks_exact(3)))
            .filter(|(here, there)| here != there)
            .count()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_is_the_same_after_writing_and_reading_and_found_in_a_larger_one() {
        let mut large = Picture::plain(Screen { width: 40, height: 30 }, [9, 9, 9]);
        let mut part = Picture::plain(Screen { width: 20, height: 10 }, [200, 0, 0]);
        part.pixels[3 * 7] = 1;
        assert!(!large.shows(&part));
        for y in 0..10 {
            let from = ((y + 5) * 40 + 3) * 3;
            large.pixels[from..from + 60].copy_from_slice(&part.pixels[y * 60..(y + 1) * 60]);
        }
        assert!(large.shows(&part));
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("x.png");
        large.write_png(&path);
        let read = Picture::of_png(&std::fs::read(path).unwrap());
        assert!(read == large);
        assert_eq!(read.at(3, 5), [200, 0, 0]);
        assert_eq!(read.size(), Screen { width: 40, height: 30 });
    }

    #[test]
    fn a_huge_black_picture_is_a_small_file() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("x.png");
        write_black_png(&path, Screen { width: 16_384, height: 16_384 });
        let file = std::fs::read(path).unwrap();
        assert!(file.len() < 1_000_000, "{}", file.len());
        let read = png::Decoder::new(Cursor::new(&file)).read_info().unwrap();
        assert_eq!((read.info().width, read.info().height), (16_384, 16_384));
    }
}
