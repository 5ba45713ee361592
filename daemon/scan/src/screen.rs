//! The X11 screen, all monitors of it, in strips, so that never more than one of them is there in
//! colour.

use sayso_protocol::scan::Fault;
use x11rb::connection::Connection;
use x11rb::protocol::xproto::{ConnectionExt, ImageFormat, ImageOrder, Screen, Setup, Visualtype};
use x11rb::rust_connection::RustConnection;

use crate::image::luminance;
use crate::picture::{MOST_PIXELS, Picture};

/// So many bytes of colour are asked for at a time.
const STRIP: usize = 4 << 20;

/// Takes a picture of the whole screen of `$DISPLAY`.
///
/// # Errors
/// There is no display, or it does not show its screen.
pub fn take() -> Result<Picture, Fault> {
    let (display, number) = RustConnection::connect(None).map_err(|_| Fault::NoDisplay)?;
    let setup = display.setup();
    let screen = setup.roots.get(number).ok_or(Fault::NoScreen)?;
    let pixel = Layout::of(setup, screen).ok_or(Fault::NoScreen)?;
    let (width, height) =
        (usize::from(screen.width_in_pixels), usize::from(screen.height_in_pixels));
    if width * height > MOST_PIXELS {
        return Err(Fault::TooLarge);
    }
    let mut pixels = Vec::with_capacity(width * height);
    let rows = u16::try_from(STRIP / (4 * width).max(1)).unwrap_or(u16::MAX).max(1);
    for top in (0..screen.height_in_pixels).step_by(usize::from(rows)) {
        let rows = rows.min(screen.height_in_pixels - top);
        let strip = strip(&display, screen, top, rows).ok_or(Fault::NoScreen)?;
        for row in strip.chunks_exact(strip.len() / usize::from(rows)) {
            pixels.extend(row.chunks_exact(pixel.bytes).take(width).map(|bytes| pixel.grey(bytes)));
        }
    }
    // The screen below a Wayland desktop is all one colour.
    if pixels.iter().all(|pixel| Some(pixel) == pixels.first()) {
        return Err(Fault::NoScreen);
    }
    Picture::new(width, pixels).ok_or(Fault::NoScreen)
}

/// The colours of some rows.
fn strip(display: &RustConnection, screen: &Screen, top: u16, rows: u16) -> Option<Vec<u8>> {
    let (top, width) = (i16::try_from(top).ok()?, screen.width_in_pixels);
    let format = ImageFormat::Z_PIXMAP;
    let asked = display.get_image(format, screen.root, 0, top, width, rows, u32::MAX).ok()?;
    Some(asked.reply().ok()?.data).filter(|data| !data.is_empty())
}

/// How the display writes a pixel.
struct Layout {
    bytes: usize,
    order: ImageOrder,
    red: Channel,
    green: Channel,
    blue: Channel,
}

impl Layout {
    /// Nothing where the pixels have no colour of their own, or a size that no display has today.
    fn of(setup: &Setup, screen: &Screen) -> Option<Layout> {
        let visuals = screen.allowed_depths.iter().flat_map(|depth| &depth.visuals);
        let visual = visuals.into_iter().find(|visual| visual.visual_id == screen.root_visual)?;
        let mut formats = setup.pixmap_formats.iter();
        let format = formats.find(|format| format.depth == screen.root_depth)?;
        let bytes = match format.bits_per_pixel {
            16 => 2,
            24 => 3,
            32 => 4,
            _ => return None,
        };
        Layout::of_colours(bytes, setup.image_byte_order, visual)
    }

    fn of_colours(bytes: usize, order: ImageOrder, visual: &Visualtype) -> Option<Layout> {
        Some(Layout {
            bytes,
            order,
            red: Channel::of(visual.red_mask)?,
            green: Channel::of(visual.green_mask)?,
            blue: Channel::of(visual.blue_mask)?,
        })
    }

    fn grey(&self, bytes: &[u8]) -> u8 {
        let join = |value: u32, byte: &u8| value << 8 | u32::from(*byte);
        let value = if self.order == ImageOrder::MSB_FIRST {
            bytes.iter().fold(0, join)
        } else {
            bytes.iter().rev().fold(0, join)
        };
        luminance(self.red.of_pixel(value), self.green.of_pixel(value), self.blue.of_pixel(value))
    }
}

/// Where in a pixel one of its colours stands.
struct Channel {
    mask: u32,
    shift: u32,
    bits: u32,
}

impl Channel {
    fn of(mask: u32) -> Option<Channel> {
        let (shift, bits) = (mask.trailing_zeros(), mask.count_ones());
        (1..=16).contains(&bits).then_some(Channel { mask, shift, bits })
    }

    /// The colour in eight bits.
    fn of_pixel(&self, pixel: u32) -> u8 {
        let value = (pixel & self.mask) >> self.shift;
        let eight =
            if self.bits >= 8 { value >> (self.bits - 8) } else { value << (8 - self.bits) };
        u8::try_from(eight).unwrap_or(u8::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn layout(bytes: usize, order: ImageOrder, masks: [u32; 3]) -> Layout {
        let [red_mask, green_mask, blue_mask] = masks;
        let visual = Visualtype { red_mask, green_mask, blue_mask, ..Visualtype::default() };
        Layout::of_colours(bytes, order, &visual).unwrap()
    }

    #[test]
    fn pixels_of_each_layout_have_the_brightness_of_their_colour() {
        let usual = [0x00ff_0000, 0xff00, 0xff];
        let little = layout(4, ImageOrder::LSB_FIRST, usual);
        assert_eq!(little.grey(&[0, 0, 255, 0]), luminance(255, 0, 0));
        assert_eq!(little.grey(&[30, 20, 10, 99]), luminance(10, 20, 30));
        let big = layout(4, ImageOrder::MSB_FIRST, usual);
        assert_eq!(big.grey(&[99, 10, 20, 30]), luminance(10, 20, 30));
        let deep = layout(4, ImageOrder::LSB_FIRST, [0x3ff0_0000, 0x000f_fc00, 0x3ff]);
        assert_eq!(deep.grey(&[0xff, 0xff, 0xff, 0x3f]), 255);
        let short = layout(2, ImageOrder::LSB_FIRST, [0xf800, 0x07e0, 0x1f]);
        assert_eq!(short.grey(&[0xff, 0xff]), luminance(248, 252, 248));
    }

    #[test]
    fn a_display_of_a_palette_is_not_read() {
        assert!(Channel::of(0).is_none());
    }
}
