//! A picture in black and white, and what rxing reads in it. Whatever makes rxing panic is
//! something that it cannot read.

use std::panic::{AssertUnwindSafe, catch_unwind};

use rxing::common::cpp_essentials::{ConcentricPattern, DecoderResult};
use rxing::common::{BitMatrix, DetectorRXingResult, HybridBinarizer};
use rxing::qrcode::cpp_port::decoder::Decode;
use rxing::qrcode::cpp_port::detector::{
    FindFinderPatterns, FinderPatternSet, GenerateFinderPatternSets, SampleQR,
};
use rxing::{Binarizer, Luma8Source, LuminanceSource, Point};
use sayso_protocol::scan::LONGEST_TEXT;

use crate::find::{Area, Find};
use crate::picture::Picture;

/// So many finder patterns are looked at, the largest first: a page may be full of what looks
/// like them.
const MOST_PATTERNS: usize = 1_000;
/// So many threes of them are tried, the most regular first.
const MOST_SETS: usize = 1_500;

/// From here on three patterns are no code, not even on a photograph taken from the side.
const TOO_IRREGULAR: f64 = 0.5;

/// Which modules of a code are set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shade {
    /// Dark ones, on light.
    Dark,
    /// Light ones, on dark.
    Light,
}

impl Shade {
    /// What lies farthest from the set modules.
    #[must_use]
    pub fn lightest(self, picture: &Picture) -> u8 {
        let pixels = picture.pixels().iter().copied();
        match self {
            Shade::Dark => pixels.max().unwrap_or(u8::MAX),
            Shade::Light => pixels.min().unwrap_or(u8::MIN),
        }
    }
}

/// A picture in black and white, in one of the two shades.
pub struct View {
    shade: Shade,
    pixels: Option<BitMatrix>,
}

impl View {
    /// How a picture looks if its codes are in this shade.
    #[must_use]
    pub fn of(picture: &Picture, shade: Shade) -> View {
        let pixels = unless_it_panics(|| {
            let width = u32::try_from(picture.width()).ok()?;
            let height = u32::try_from(picture.height()).ok()?;
            let mut source = Luma8Source::new_with_slice(picture.pixels(), width, height).ok()?;
            match shade {
                Shade::Dark => (),
                Shade::Light => source.invert(),
            }
            HybridBinarizer::new(source).get_black_matrix().ok().cloned()
        });
        View { shade, pixels }
    }

    /// The shade.
    #[must_use]
    pub fn shade(&self) -> Shade {
        self.shade
    }

    /// Which pixels are set.
    #[must_use]
    pub fn pixels(&self) -> Option<&BitMatrix> {
        self.pixels.as_ref()
    }

    /// The codes in it.
    #[must_use]
    pub fn codes(&self) -> Vec<Find> {
        let Some(pixels) = &self.pixels else { return Vec::new() };
        let sets = unless_it_panics(|| Some(sets(pixels))).unwrap_or_default();
        let mut used: Vec<ConcentricPattern> = Vec::new();
        let mut finds = Vec::new();
        for set in sets {
            let corners = [set.bl, set.tl, set.tr];
            if corners.iter().any(|corner| used.contains(corner)) {
                continue;
            }
            if let Some(find) = unless_it_panics(|| code(pixels, &set)) {
                used.extend(corners);
                finds.push(find);
            }
        }
        finds
    }
}

/// Threes of finder patterns that may be a code's, the most regular first.
fn sets(pixels: &BitMatrix) -> Vec<FinderPatternSet> {
    let mut patterns = FindFinderPatterns(pixels, true, 0);
    patterns.sort_by_key(|pattern| std::cmp::Reverse(pattern.size));
    patterns.truncate(MOST_PATTERNS);
    let mut sets = GenerateFinderPatternSets(&mut patterns);
    sets.retain(|set| irregular(set) < TOO_IRREGULAR);
    // Stable: of those that are as regular, what rxing takes for likelier comes first.
    sets.sort_by(|one, other| irregular(one).total_cmp(&irregular(other)));
    sets.truncate(MOST_SETS);
    sets
}

/// How far three patterns are from those of a square code seen from straight ahead.
fn irregular(set: &FinderPatternSet) -> f64 {
    let (down, across) = (set.bl.p - set.tl.p, set.tr.p - set.tl.p);
    let (high, wide) = (Point::dot(down, down).sqrt(), Point::dot(across, across).sqrt());
    let skewed = Point::dot(down, across).abs() / (high * wide);
    let uneven = (high - wide).abs() / (high + wide);
    let sizes = [set.bl.size, set.tl.size, set.tr.size];
    let (least, most) =
        sizes.iter().fold((i32::MAX, 0), |(least, most), size| (least.min(*size), most.max(*size)));
    let mixed = f64::from(most - least) / f64::from(most.max(1));
    f64::from(skewed + uneven) + mixed
}

/// The code of these three patterns.
fn code(pixels: &BitMatrix, set: &FinderPatternSet) -> Option<Find> {
    let sampled = SampleQR(pixels, set).ok()?;
    let read = Decode(sampled.getBits()).ok().filter(DecoderResult::isValid)?;
    let text = read.text();
    let area = around(sampled.getPoints())?;
    (1..=LONGEST_TEXT).contains(&text.len()).then_some(Find { text, area })
}

/// The upright rectangle around a code's corners.
fn around(corners: &[Point]) -> Option<Area> {
    let across = || corners.iter().map(|corner| whole(corner.x));
    let down = || corners.iter().map(|corner| whole(corner.y));
    Some(Area {
        left: across().min()?,
        top: down().min()?,
        right: across().max()? + 1,
        bottom: down().max()? + 1,
    })
}

#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "it saturates: what lies outside the picture is at its edge"
)]
fn whole(number: f32) -> usize {
    number as usize
}

fn unless_it_panics<T>(work: impl FnOnce() -> Option<T>) -> Option<T> {
    // What the panic left behind is not looked at again.
    catch_unwind(AssertUnwindSafe(work)).ok().flatten()
}
