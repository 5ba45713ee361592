//! Codes without a quiet zone, on a page of nearly their own colour. There the dark outer ring
//! of a finder pattern runs into the page, but the light ring within it is whole: five modules
//! wide, around a dark square of three. Three of these in the corners of a square are a code.

use rxing::common::BitMatrix;

use crate::find::Area;

/// So many squares are looked at, the most regular first. Text has rings too: the letter o.
const MOST_SQUARES: usize = 8;
/// So many rings are put together to squares.
const MOST_RINGS: usize = 600;
/// A ring is at least this wide.
const SMALLEST: i32 = 8;
/// A run of pixels that is longer belongs to no ring.
const LONGEST_RUN: i32 = 400;

/// A light ring around a dark square. Its numbers are doubled, so that a half is whole.
#[derive(Clone, Copy, Debug)]
struct Ring {
    x: i32,
    y: i32,
    /// How wide it is: five modules.
    width: i32,
}

/// Where codes may be: upright squares with a ring in three corners. `picture` is set where it
/// is dark.
#[must_use]
pub fn areas(picture: &BitMatrix) -> Vec<Area> {
    let rings = rings(picture);
    let mut squares: Vec<(i32, Area)> = Vec::new();
    for (index, first) in rings.iter().enumerate() {
        for second in &rings[index + 1..] {
            let Some((left, right)) = top_corners(first, second) else { continue };
            let lower = rings.iter().filter_map(|below| square(left, right, below));
            squares.extend(lower);
        }
    }
    squares.sort_by_key(|(faults, _)| *faults);
    squares.truncate(MOST_SQUARES);
    squares.into_iter().map(|(_, area)| area).collect()
}

/// Two rings of one size, side by side and as far apart as those of a code.
fn top_corners<'a>(one: &'a Ring, other: &'a Ring) -> Option<(&'a Ring, &'a Ring)> {
    let (left, right) = if one.x < other.x { (one, other) } else { (other, one) };
    let module = module(left, right);
    let apart = right.x - left.x;
    // A code has 21 to 177 modules, and the rings' middles are 3.5 from its edges.
    let far_enough = (13 * module..175 * module).contains(&apart);
    let level = (left.y - right.y).abs() <= module.max(apart / 50);
    (far_enough && level && alike(left, right)).then_some((left, right))
}

/// The square of these corners, and how far it is from one.
fn square(left: &Ring, right: &Ring, below: &Ring) -> Option<(i32, Area)> {
    let side = right.x - left.x;
    let astray = (below.x - left.x).abs();
    let uneven = (below.y - left.y - side).abs();
    let slack = module(left, right).max(side / 50);
    if astray > slack || uneven > slack || !alike(left, below) {
        return None;
    }
    // 3.5 modules are 0.7 of a ring.
    let edge = 7 * (left.width + right.width + below.width) / 30;
    let at = |doubled: i32| usize::try_from((doubled + 1).div_euclid(2)).unwrap_or(0);
    let area = Area {
        left: at(left.x.min(below.x) - edge),
        top: at(left.y.min(right.y) - edge),
        right: at(right.x + edge),
        bottom: at(below.y + edge),
    };
    Some((astray + uneven + (left.y - right.y).abs(), area))
}

fn module(one: &Ring, other: &Ring) -> i32 {
    ((one.width + other.width) / 10).max(1)
}

fn alike(one: &Ring, other: &Ring) -> bool {
    10 * (one.width - other.width).abs() <= 3 * one.width.max(other.width)
}

/// All rings, as they are met from the top.
fn rings(picture: &BitMatrix) -> Vec<Ring> {
    let mut rings: Vec<Ring> = Vec::new();
    let mut runs = Runs::default();
    for y in (1..picture.height()).step_by(2) {
        let Ok(line) = i32::try_from(y) else { break };
        runs.of_row(picture, y);
        for (width, x) in runs.crossings() {
            let near = |ring: &Ring| {
                5 * (ring.x - 2 * x).abs() < ring.width
                    && 5 * (ring.y - 2 * line).abs() < 2 * ring.width
            };
            if !rings.iter().any(near) {
                rings.extend(ring(picture, x, line, width));
            }
            if rings.len() >= MOST_RINGS {
                return rings;
            }
        }
    }
    rings
}

/// The ring around a point of its dark square, where the row through it shows one of `width`.
fn ring(picture: &BitMatrix, x: i32, y: i32, width: i32) -> Option<Ring> {
    let (middle, height) = crossing(y, |y| pixel(picture, x, y))?;
    let row = middle.div_euclid(2);
    let (x, width_there) = crossing(x, |x| pixel(picture, x, row))?;
    let even = 10 * (width - height).abs() <= 3 * height + 10;
    even.then_some(Ring { x, y: middle, width: height + width_there })
}

/// Whether a pixel is dark; nothing outside the picture.
fn pixel(picture: &BitMatrix, x: i32, y: i32) -> Option<bool> {
    let (x, y) = (u32::try_from(x).ok()?, u32::try_from(y).ok()?);
    (x < picture.width() && y < picture.height()).then(|| picture.get(x, y))
}

/// Twice the middle, and the width, of the ring on a line through its dark square at `from`.
fn crossing(from: i32, dark: impl Fn(i32) -> Option<bool>) -> Option<(i32, i32)> {
    let end = |from: i32, step: i32, colour: bool| {
        let mut at = from;
        while dark(at)? == colour {
            at += step;
            if (at - from).abs() > LONGEST_RUN {
                return None;
            }
        }
        Some(at)
    };
    let (right, left) = (end(from, 1, true)?, end(from, -1, true)?);
    let (outer_right, outer_left) = (end(right, 1, false)?, end(left, -1, false)?);
    let (before, square, after) = (left - outer_left, right - left - 1, outer_right - right);
    is_ring(before, square, after).then_some((left + right + 1, before + square + after))
}

/// Whether light, dark and light are one, three and one module long.
fn is_ring(before: i32, square: i32, after: i32) -> bool {
    let width = before + square + after;
    let about_one = |run: i32| 20 * (5 * run - width).abs() <= 7 * width + 100;
    width >= SMALLEST
        && 2 * (5 * square - 3 * width).abs() <= width + 10
        && about_one(before)
        && about_one(after)
}

/// The runs of one colour in a row, from left to right.
#[derive(Default)]
struct Runs {
    begins_dark: bool,
    lengths: Vec<i32>,
}

impl Runs {
    fn of_row(&mut self, picture: &BitMatrix, y: u32) {
        let row = picture.getRow(y);
        self.begins_dark = row.get(0);
        self.lengths.clear();
        let (mut dark, mut length) = (self.begins_dark, 0);
        for x in 0..row.get_size() {
            if row.get(x) != dark {
                self.lengths.push(length);
                (dark, length) = (!dark, 0);
            }
            length += 1;
        }
        self.lengths.push(length);
    }

    /// Where the row goes through a ring: its width there, and the middle of its dark square.
    fn crossings(&self) -> impl Iterator<Item = (i32, i32)> {
        let mut begin = 0;
        let begins = self.lengths.iter().map(move |length| {
            begin += length;
            begin - length
        });
        let threes = self.lengths.windows(3).zip(begins.skip(1));
        // The first run of three is light in every other place, and nothing ends at an edge.
        let light_first = usize::from(self.begins_dark);
        let last = self.lengths.len().saturating_sub(4);
        threes.enumerate().filter_map(move |(index, (three, begin))| {
            let inside = index > 0 && index <= last && index % 2 == light_first;
            let fits = inside && is_ring(three[0], three[1], three[2]);
            fits.then(|| (three.iter().sum(), begin + three[1] / 2))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Light finder rings of `module` pixels on dark, at these corners.
    fn drawn(module: u32, corners: &[(u32, u32)]) -> BitMatrix {
        let mut picture = BitMatrix::new(600, 400).unwrap();
        picture.setRegion(0, 0, 600, 400).unwrap();
        for (left, top) in corners {
            for y in 0..5 * module {
                for x in 0..5 * module {
                    let within = |n: u32| (module..4 * module).contains(&n);
                    if !(within(x) && within(y)) {
                        picture.unset(left + x, top + y);
                    }
                }
            }
        }
        picture
    }

    #[test]
    fn three_rings_in_the_corners_of_a_square_are_a_code() {
        // 29 modules of 8 pixels, of which the rings begin one in.
        let picture = drawn(8, &[(108, 58), (108 + 22 * 8, 58), (108, 58 + 22 * 8)]);
        let [area] = areas(&picture)[..] else { panic!("{:?}", areas(&picture)) };
        let near = |one: usize, other: usize| one.abs_diff(other) <= 1;
        assert!(near(area.left, 100) && near(area.top, 50), "{area:?}");
        assert!(near(area.right, 100 + 29 * 8) && near(area.bottom, 50 + 29 * 8), "{area:?}");
    }

    #[test]
    fn rings_in_a_row_are_none() {
        assert!(areas(&drawn(6, &[(10, 10), (110, 10), (210, 10), (310, 10)])).is_empty());
    }

    #[test]
    fn a_page_full_of_rings_ends_in_time() {
        let mut corners = Vec::new();
        for y in 0..30 {
            corners.extend((0..45).map(|x| (4 + 13 * x, 4 + 13 * y)));
        }
        let picture = drawn(2, &corners);
        assert_eq!(rings(&picture).len(), MOST_RINGS);
        assert_eq!(areas(&picture).len(), MOST_SQUARES);
    }
}
