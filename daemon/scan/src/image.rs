//! A PNG picture, read row by row: what the file says about its size is looked at before any
//! room is made for it, and nothing but pixels is unpacked.

use std::io::{Cursor, Read};

use png::{
    ColorType, DecodeOptions, DecodingError, InterlaceInfo, Limits, Transformations,
    expand_interlaced_row,
};
use sayso_protocol::scan::Fault;

use crate::picture::{MOST_PIXELS, Picture};

/// A file of more bytes is not read. So many pixels, each in three bytes and not packed at all,
/// have fewer.
const MOST_BYTES: u64 = 4 * MOST_PIXELS as u64;
/// What the decoder may keep beside the rows.
const WORKSPACE: usize = 16 << 20;
const SIGNATURE: [u8; 8] = *b"\x89PNG\r\n\x1a\n";

/// Reads one PNG picture.
///
/// # Errors
/// What is not one, is damaged or cut off, has no pixels or too many of them.
pub fn read(from: impl Read) -> Result<Picture, Fault> {
    let mut file = Vec::new();
    from.take(MOST_BYTES + 1).read_to_end(&mut file).map_err(|_| Fault::NotAnImage)?;
    if file.len() as u64 > MOST_BYTES {
        return Err(Fault::TooLarge);
    }
    let (width, height) = size(&file)?;
    match width.checked_mul(height) {
        Some(pixels) if pixels <= MOST_PIXELS => (),
        Some(_) | None => return Err(Fault::TooLarge),
    }
    let pixels = unpack(&file, width, height).map_err(|error| match error {
        DecodingError::LimitsExceeded => Fault::TooLarge,
        DecodingError::IoError(_) | DecodingError::Format(_) | DecodingError::Parameter(_) => {
            Fault::NotAnImage
        }
    })?;
    Picture::new(width, pixels).ok_or(Fault::NoPicture)
}

/// Width and height, as the file's first chunk has them (PNG, third edition, 11.2.1).
fn size(file: &[u8]) -> Result<(usize, usize), Fault> {
    if file.is_empty() {
        return Err(Fault::NoPicture);
    }
    let header = file.strip_prefix(&SIGNATURE).and_then(|rest| rest.first_chunk::<16>());
    let Some([_, _, _, _, b'I', b'H', b'D', b'R', numbers @ ..]) = header else {
        return Err(Fault::NotAnImage);
    };
    let number = |at: usize| {
        let bytes = [numbers[at], numbers[at + 1], numbers[at + 2], numbers[at + 3]];
        usize::try_from(u32::from_be_bytes(bytes)).map_err(|_| Fault::TooLarge)
    };
    let (width, height) = (number(0)?, number(4)?);
    if width == 0 || height == 0 { Err(Fault::NoPicture) } else { Ok((width, height)) }
}

fn unpack(file: &[u8], width: usize, height: usize) -> Result<Vec<u8>, DecodingError> {
    let mut options = DecodeOptions::default();
    options.set_ignore_text_chunk(true);
    options.set_ignore_iccp_chunk(true);
    let mut decoder = png::Decoder::new_with_options(Cursor::new(file), options);
    decoder.set_limits(Limits { bytes: WORKSPACE });
    decoder.set_transformations(Transformations::EXPAND | Transformations::STRIP_16);
    let mut reader = decoder.read_info()?;
    let (colours, _) = reader.output_color_type();
    let mut pixels = vec![0; width * height];
    let mut row = Vec::with_capacity(width);
    let mut line = 0;
    while let Some(packed) = reader.next_interlaced_row()? {
        row.clear();
        grey(packed.data(), colours, &mut row);
        match packed.interlace() {
            InterlaceInfo::Null(_) => pixels[line * width..][..width].copy_from_slice(&row),
            InterlaceInfo::Adam7(pass) => expand_interlaced_row(&mut pixels, width, &row, pass, 8),
        }
        line += 1;
    }
    Ok(pixels)
}

/// A row in grey; what is transparent lies on white.
fn grey(packed: &[u8], colours: ColorType, row: &mut Vec<u8>) {
    match colours {
        ColorType::Grayscale | ColorType::Indexed => row.extend(packed),
        ColorType::GrayscaleAlpha => {
            row.extend(packed.chunks_exact(2).map(|pixel| on_white(pixel[0], pixel[1])));
        }
        ColorType::Rgb => {
            row.extend(packed.chunks_exact(3).map(|pixel| luminance(pixel[0], pixel[1], pixel[2])));
        }
        ColorType::Rgba => {
            let pixels = packed.chunks_exact(4);
            row.extend(
                pixels.map(|pixel| on_white(luminance(pixel[0], pixel[1], pixel[2]), pixel[3])),
            );
        }
    }
}

/// How bright a colour is, as an eye sees it (ITU-R BT.601).
pub(crate) fn luminance(red: u8, green: u8, blue: u8) -> u8 {
    let [high, _] =
        (77 * u16::from(red) + 150 * u16::from(green) + 29 * u16::from(blue)).to_be_bytes();
    high
}

fn on_white(grey: u8, opacity: u8) -> u8 {
    let sum = u16::from(grey) * u16::from(opacity) + 255 * u16::from(u8::MAX - opacity);
    u8::try_from(sum / 255).unwrap_or(u8::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn packed(width: u32, height: u32, colours: ColorType, data: &[u8]) -> Vec<u8> {
        let mut file = Vec::new();
        let mut encoder = png::Encoder::new(&mut file, width, height);
        encoder.set_color(colours);
        encoder.write_header().unwrap().write_image_data(data).unwrap();
        file
    }

    /// A file that says it is so large, and has nothing else.
    fn promise(width: u32, height: u32) -> Vec<u8> {
        let mut file = packed(1, 1, ColorType::Grayscale, &[0]);
        file[16..20].copy_from_slice(&width.to_be_bytes());
        file[20..24].copy_from_slice(&height.to_be_bytes());
        file
    }

    #[test]
    fn colours_become_grey_and_what_is_transparent_white() {
        let rgba = [0, 0, 0, 255, 255, 255, 255, 255, 255, 0, 0, 255, 0, 0, 0, 0];
        let picture = read(&packed(2, 2, ColorType::Rgba, &rgba)[..]).unwrap();
        assert_eq!(picture.pixels(), [0, 255, 76, 255]);
        let grey = read(&packed(2, 1, ColorType::GrayscaleAlpha, &[9, 255, 0, 127])[..]).unwrap();
        assert_eq!(grey.pixels(), [9, 128]);
    }

    #[test]
    fn a_picture_without_pixels_is_none() {
        assert_eq!(read(&b""[..]), Err(Fault::NoPicture));
        assert_eq!(read(&promise(0, 0)[..]), Err(Fault::NoPicture));
        assert_eq!(read(&promise(5, 0)[..]), Err(Fault::NoPicture));
    }

    #[test]
    fn the_size_that_a_file_promises_is_refused_before_there_is_room_for_it() {
        assert_eq!(read(&promise(16_384, 16_384)[..]), Err(Fault::TooLarge));
        assert_eq!(read(&promise(u32::MAX, u32::MAX)[..]), Err(Fault::TooLarge));
        assert_eq!(read(&promise(1, u32::MAX)[..]), Err(Fault::TooLarge));
    }

    #[test]
    fn what_is_cut_off_or_no_png_is_no_image() {
        let file = packed(64, 64, ColorType::Grayscale, &[7; 64 * 64]);
        for length in 1..file.len() - 16 {
            assert_eq!(read(&file[..length]), Err(Fault::NotAnImage), "{length} bytes");
        }
        assert_eq!(read(&b"GIF89a\x01\x00\x01\x00\x00\x00\x00;"[..]), Err(Fault::NotAnImage));
        assert_eq!(read(&[0; 4096][..]), Err(Fault::NotAnImage));
    }
}
