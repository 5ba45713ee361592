//! What a person's computer finds on a page: the address behind its button, and its QR code.

use sayso_protocol::address::Address;
use sayso_scan::picture::Picture;
use sayso_scan::reading;

use super::button_on;

/// How many pixels a module of a QR code has here.
const PIXELS: usize = 3;

/// The address behind the page's button.
pub(crate) fn address_of_button(page: &str) -> Address {
    Address::parse(&button_on(page).unwrap().replace("&#38;", "&")).unwrap()
}

/// The address in the page's QR code, read as Sayso reads it.
pub(crate) fn address_of_qr(page: &str) -> Address {
    let mut read = reading::read(picture(page));
    assert_eq!(read.len(), 1, "{read:?}");
    Address::parse(&read.remove(0)).unwrap()
}

/// The page's drawing as a picture of the screen would have it, black on white.
fn picture(page: &str) -> Picture {
    let (_, drawing) = page.split_once("viewBox=\"0 0 ").unwrap();
    let size: usize = drawing.split_once(' ').unwrap().0.parse().unwrap();
    let (_, dark) = drawing.split_once("<path fill=\"#000\" d=\"").unwrap();
    let dark = dark.split_once('"').unwrap().0;
    let width = size * PIXELS;
    let mut pixels = vec![255; width * width];
    for run in dark.split('z').filter(|run| !run.is_empty()) {
        let (place, shape) = run.strip_prefix('M').unwrap().split_once('h').unwrap();
        let (x, y) = place.split_once(' ').unwrap();
        let (x, y): (usize, usize) = (x.parse().unwrap(), y.parse().unwrap());
        let length: usize = shape.split_once('v').unwrap().0.parse().unwrap();
        assert!(x >= 4 && y >= 4 && x + length + 4 <= size, "the quiet zone is four modules");
        for row in y * PIXELS..(y + 1) * PIXELS {
            pixels[row * width..][x * PIXELS..(x + length) * PIXELS].fill(0);
        }
    }
    Picture::new(width, pixels).unwrap()
}
