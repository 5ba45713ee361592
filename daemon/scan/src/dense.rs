//! Where small codes may be: parts of a picture that are about as dark as light all over, as a
//! code is and text is not.

use crate::find::Area;
use crate::picture::Picture;

/// The side of the blocks that are looked at. Codes whose modules are too small to be read as
/// they are have several modules in each.
const BLOCK: usize = 16;
/// Less contrast in a block is none.
const CONTRAST: u8 = 48;
/// A part that is larger on a side is cut in pieces, so that twice its size stays in bounds, ...
const LARGEST: usize = 2048;
/// ... which overlap by this: a code of 177 modules of three pixels.
const OVERLAP: usize = 544;

/// The parts where small codes may be, with a margin.
#[must_use]
pub fn areas(picture: &Picture) -> Vec<Area> {
    let blocks = Blocks::of(picture);
    let parts = blocks.joined().into_iter().filter(|part| part.width() > 1 && part.height() > 1);
    parts.flat_map(|part| pieces(in_pixels(part).wider(BLOCK), picture.area())).collect()
}

fn in_pixels(blocks: Area) -> Area {
    Area {
        left: blocks.left * BLOCK,
        top: blocks.top * BLOCK,
        right: blocks.right * BLOCK,
        bottom: blocks.bottom * BLOCK,
    }
}

/// The part of `area` within `whole`, in pieces that overlap.
fn pieces(area: Area, whole: Area) -> Vec<Area> {
    let Some(area) = area.within(whole) else { return Vec::new() };
    let starts = |from: usize, to: usize| {
        let step = LARGEST - OVERLAP;
        (from..to).step_by(step).filter(move |start| *start == from || start + OVERLAP < to)
    };
    let mut pieces = Vec::new();
    for top in starts(area.top, area.bottom) {
        for left in starts(area.left, area.right) {
            let piece = Area { left, top, right: left + LARGEST, bottom: top + LARGEST };
            pieces.extend(piece.within(area));
        }
    }
    pieces
}

/// Which blocks of a picture are dense.
struct Blocks {
    width: usize,
    dense: Vec<bool>,
}

impl Blocks {
    fn of(picture: &Picture) -> Blocks {
        let mut dense = Vec::new();
        for top in (0..picture.height()).step_by(BLOCK) {
            let bottom = (top + BLOCK).min(picture.height());
            for left in (0..picture.width()).step_by(BLOCK) {
                let right = (left + BLOCK).min(picture.width());
                dense.push(is_dense(picture, Area { left, top, right, bottom }));
            }
        }
        Blocks { width: picture.width().div_ceil(BLOCK), dense }
    }

    /// Blocks that touch, also by a corner, as one area each, in blocks.
    fn joined(mut self) -> Vec<Area> {
        let mut parts = Vec::new();
        for first in 0..self.dense.len() {
            if std::mem::take(&mut self.dense[first]) {
                parts.push(self.part(first));
            }
        }
        parts
    }

    /// The part that block `first` belongs to; its blocks are taken.
    fn part(&mut self, first: usize) -> Area {
        let at = |block: usize| (block % self.width, block / self.width);
        let (x, y) = at(first);
        let mut part = Area { left: x, top: y, right: x + 1, bottom: y + 1 };
        let mut next = vec![first];
        while let Some(block) = next.pop() {
            let (x, y) = (block % self.width, block / self.width);
            part.left = part.left.min(x);
            part.right = part.right.max(x + 1);
            part.bottom = part.bottom.max(y + 1);
            for row in y.saturating_sub(1)..=y + 1 {
                for column in x.saturating_sub(1)..=(x + 1).min(self.width - 1) {
                    let neighbour = row * self.width + column;
                    if self.dense.get_mut(neighbour).is_some_and(std::mem::take) {
                        next.push(neighbour);
                    }
                }
            }
        }
        part
    }
}

/// Whether a part of a picture is about as dark as light.
fn is_dense(picture: &Picture, area: Area) -> bool {
    let pixels = || (area.top..area.bottom).flat_map(|y| &picture.row(y)[area.left..area.right]);
    let (darkest, lightest) =
        pixels().fold((u8::MAX, u8::MIN), |(low, high), pixel| (low.min(*pixel), high.max(*pixel)));
    if lightest.saturating_sub(darkest) < CONTRAST {
        return false;
    }
    let middle = u8::midpoint(darkest, lightest);
    let dark = pixels().filter(|pixel| **pixel <= middle).count();
    let all = area.width() * area.height();
    (30 * all..=75 * all).contains(&(100 * dark))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Light, with a checkerboard of 2 pixels in each of these areas.
    fn checkered(width: usize, height: usize, areas: &[Area]) -> Picture {
        let mut pixels = vec![u8::MAX; width * height];
        for area in areas {
            for y in area.top..area.bottom {
                for x in area.left..area.right {
                    if (x / 2 + y / 2) % 2 == 0 {
                        pixels[y * width + x] = 0;
                    }
                }
            }
        }
        Picture::new(width, pixels).unwrap()
    }

    #[test]
    fn what_is_half_dark_is_found_with_a_margin_and_thin_lines_are_not() {
        let code = Area { left: 64, top: 32, right: 128, bottom: 96 };
        let line = Area { left: 0, top: 150, right: 300, bottom: 152 };
        let found = areas(&checkered(300, 200, &[code, line]));
        assert_eq!(found, [Area { left: 48, top: 16, right: 144, bottom: 112 }]);
    }

    #[test]
    fn two_codes_apart_are_two_areas() {
        let one = Area { left: 0, top: 0, right: 48, bottom: 48 };
        let other = Area { left: 80, top: 0, right: 128, bottom: 48 };
        assert_eq!(areas(&checkered(128, 48, &[one, other])).len(), 2);
    }

    #[test]
    fn a_large_area_is_cut_in_pieces_that_overlap() {
        let whole = Area { left: 0, top: 0, right: 3840, bottom: 2100 };
        let pieces = pieces(whole, whole);
        assert_eq!(pieces.len(), 6, "{pieces:?}");
        for left in (0..3840 - OVERLAP).step_by(50) {
            let code = Area { left, top: 1400, right: left + OVERLAP, bottom: 1400 + OVERLAP };
            assert!(pieces.iter().any(|piece| code.within(*piece) == Some(code)), "{code:?}");
        }
    }
}
