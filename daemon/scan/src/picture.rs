//! Grey pixels, and what is done with them before they are read.

use crate::find::Area;

/// More pixels than this are no desktop: it is four screens of 3840x2160, or one of 7680x4320
/// and three of the former.
pub const MOST_PIXELS: usize = 64 << 20;

/// A grey picture: 0 is black.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Picture {
    width: usize,
    height: usize,
    pixels: Vec<u8>,
}

impl Picture {
    /// A picture of `pixels`, row by row; nothing where they are not `width` times as many as
    /// there are rows, or none.
    #[must_use]
    pub fn new(width: usize, pixels: Vec<u8>) -> Option<Picture> {
        let height = pixels.len().checked_div(width)?;
        (height > 0 && width * height == pixels.len()).then_some(Picture { width, height, pixels })
    }

    /// Pixels in a row.
    #[must_use]
    pub fn width(&self) -> usize {
        self.width
    }

    /// Rows.
    #[must_use]
    pub fn height(&self) -> usize {
        self.height
    }

    /// All pixels, row by row.
    #[must_use]
    pub fn pixels(&self) -> &[u8] {
        &self.pixels
    }

    /// One row.
    #[must_use]
    pub fn row(&self, y: usize) -> &[u8] {
        &self.pixels[y * self.width..][..self.width]
    }

    /// The whole of it.
    #[must_use]
    pub fn area(&self) -> Area {
        Area { left: 0, top: 0, right: self.width, bottom: self.height }
    }

    /// Black for white.
    #[must_use]
    pub fn inverted(&self) -> Picture {
        Picture { pixels: self.pixels.iter().map(|pixel| !pixel).collect(), ..*self }
    }

    /// Half as wide and as high; nothing where too little would be left.
    #[must_use]
    pub fn halved(&self) -> Option<Picture> {
        let rows = self.pixels.chunks_exact(2 * self.width).flat_map(|rows| {
            let (upper, lower) = rows.split_at(self.width);
            let pairs = upper.chunks_exact(2).zip(lower.chunks_exact(2));
            pairs.map(|(upper, lower)| {
                middle(middle(upper[0], upper[1]), middle(lower[0], lower[1]))
            })
        });
        Picture::new(self.width / 2, rows.collect())
    }

    /// Softened: each pixel a mean of itself and its eight neighbours.
    #[must_use]
    pub fn softened(&self) -> Picture {
        let mut across = self.pixels.clone();
        for (from, to) in self.pixels.chunks(self.width).zip(across.chunks_mut(self.width)) {
            for (three, pixel) in from.windows(3).zip(to.iter_mut().skip(1)) {
                *pixel = middle(middle(three[0], three[2]), three[1]);
            }
        }
        let mut pixels = across.clone();
        for y in 1..self.height.saturating_sub(1) {
            let above = &across[(y - 1) * self.width..][..self.width];
            let below = &across[(y + 1) * self.width..][..self.width];
            let row = &mut pixels[y * self.width..][..self.width];
            for ((pixel, above), below) in row.iter_mut().zip(above).zip(below) {
                *pixel = middle(middle(*above, *below), *pixel);
            }
        }
        Picture { pixels, ..*self }
    }

    /// Twice as wide and as high, with straight transitions.
    #[must_use]
    pub fn doubled(&self) -> Picture {
        let mut pixels = Vec::with_capacity(4 * self.pixels.len());
        for y in 0..self.height {
            let row = self.row(y);
            for other in [self.row(y.saturating_sub(1)), self.row((y + 1).min(self.height - 1))] {
                let nearer: Vec<u8> =
                    row.iter().zip(other).map(|(near, far)| quarter_way(*near, *far)).collect();
                for (x, pixel) in nearer.iter().enumerate() {
                    pixels.push(quarter_way(*pixel, nearer[x.saturating_sub(1)]));
                    pixels.push(quarter_way(*pixel, nearer[(x + 1).min(self.width - 1)]));
                }
            }
        }
        Picture { width: 2 * self.width, height: 2 * self.height, pixels }
    }

    /// What lies within `area`; nothing where that is outside or empty.
    #[must_use]
    pub fn cropped(&self, area: Area) -> Option<Picture> {
        let area = area.within(self.area())?;
        let rows = (area.top..area.bottom).flat_map(|y| &self.row(y)[area.left..area.right]);
        Picture::new(area.width(), rows.copied().collect())
    }

    /// With a frame of `width` pixels in `shade`.
    #[must_use]
    pub fn framed(&self, width: usize, shade: u8) -> Picture {
        let (wide, high) = (self.width + 2 * width, self.height + 2 * width);
        let mut pixels = vec![shade; wide * high];
        for (y, row) in self.pixels.chunks(self.width).enumerate() {
            pixels[(y + width) * wide + width..][..self.width].copy_from_slice(row);
        }
        Picture { width: wide, height: high, pixels }
    }

    /// Makes `area` a flat grey in which nothing is to be seen.
    pub fn erase(&mut self, area: Area) {
        let Some(area) = area.within(self.area()) else { return };
        for y in area.top..area.bottom {
            self.pixels[y * self.width..][area.left..area.right].fill(0x80);
        }
    }
}

fn middle(one: u8, other: u8) -> u8 {
    u8::midpoint(one, other)
}

fn quarter_way(near: u8, far: u8) -> u8 {
    middle(near, middle(near, far))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ramp() -> Picture {
        Picture::new(4, (0..16).map(|n| n * 16).collect()).unwrap()
    }

    #[test]
    fn a_picture_has_pixels_and_whole_rows() {
        assert_eq!(Picture::new(0, Vec::new()), None);
        assert_eq!(Picture::new(3, Vec::new()), None);
        assert_eq!(Picture::new(0, vec![1]), None);
        assert_eq!(Picture::new(3, vec![1, 2, 3, 4]), None);
    }

    #[test]
    fn halving_takes_the_mean_of_four_and_leaves_an_odd_row_out() {
        let half = Picture::new(3, vec![0, 8, 9, 16, 24, 9, 9, 9, 9]).unwrap().halved().unwrap();
        assert_eq!((half.width(), half.height(), half.pixels()), (1, 1, &[12][..]));
        assert_eq!(Picture::new(1, vec![7]).unwrap().halved(), None);
    }

    #[test]
    fn doubling_keeps_what_is_flat_and_bends_what_is_not() {
        let flat = Picture::new(2, vec![200; 4]).unwrap().doubled();
        assert_eq!((flat.width(), flat.pixels()), (4, &[200; 16][..]));
        let step = Picture::new(2, vec![0, 100]).unwrap().doubled();
        assert_eq!(step.row(0), [0, 25, 75, 100]);
    }

    #[test]
    fn softening_spreads_a_point_over_its_neighbours() {
        let mut pixels = vec![0; 25];
        pixels[12] = 160;
        let soft = Picture::new(5, pixels).unwrap().softened();
        assert_eq!(soft.row(1), [0, 10, 20, 10, 0]);
        assert_eq!(soft.row(2), [0, 20, 40, 20, 0]);
        let thin = Picture::new(1, vec![5, 6]).unwrap();
        assert_eq!(thin.softened(), thin);
    }

    #[test]
    fn a_crop_with_a_frame_is_the_crop_in_the_middle() {
        let area = Area { left: 1, top: 1, right: 3, bottom: 9 };
        let crop = ramp().cropped(area).unwrap();
        assert_eq!(crop.pixels(), [80, 96, 144, 160, 208, 224]);
        let framed = crop.framed(1, 255);
        assert_eq!((framed.width(), framed.height()), (4, 5));
        assert_eq!(framed.row(1), [255, 80, 96, 255]);
        assert_eq!(ramp().cropped(Area { left: 4, top: 0, right: 9, bottom: 4 }), None);
    }

    #[test]
    fn what_is_erased_is_flat() {
        let mut picture = ramp();
        picture.erase(Area { left: 2, top: 3, right: 90, bottom: 90 });
        assert_eq!(picture.row(3), [192, 208, 128, 128]);
        assert_eq!(picture.row(2), ramp().row(2));
    }
}
