//! Stage by stage, what stands in a picture: as it is, codes without a quiet zone, half as
//! large, softened, and small codes twice as large; dark on light and light on dark each time.
//! What was read is erased, so that a later stage looks at the rest only. The stages end once a
//! login page's code was found.

use std::thread;

use sayso_protocol::scan::{Kind, MOST_CODES};

use crate::find::{Find, in_reading_order};
use crate::picture::Picture;
use crate::view::{Shade, View};
use crate::{dense, rings};

/// A side that is shorter is not halved once more.
const SHORT: usize = 700;
/// A code without a quiet zone that is no larger is looked at once more, twice as large.
const SMALL: usize = 500;

/// One way to look at a picture.
type Stage = fn(&Picture) -> Vec<Find>;

/// In the order of what they cost.
const STAGES: [Stage; 4] = [as_it_is, halved, softened, doubled];

/// What stands in the QR codes of a picture: each text once, in reading order.
#[must_use]
pub fn read(mut picture: Picture) -> Vec<String> {
    let mut finds: Vec<Find> = Vec::new();
    for stage in STAGES {
        let new = stage(&picture);
        for find in &new {
            picture.erase(find.area);
        }
        finds.extend(new);
        if finds.iter().any(is_login) {
            break;
        }
    }
    let mut texts = in_reading_order(finds);
    texts.truncate(MOST_CODES);
    texts
}

/// Whether a login page shows it: once found, nothing else is looked for.
fn is_login(find: &Find) -> bool {
    Kind::of(&find.text) == Kind::SaysoBind
}

/// The picture as it is, and then its codes without a quiet zone.
fn as_it_is(picture: &Picture) -> Vec<Find> {
    let views = in_both(|shade| {
        let view = View::of(picture, shade);
        let finds = view.codes();
        (view, finds)
    });
    let mut finds: Vec<Find> = views.iter().flat_map(|(_, finds)| finds.clone()).collect();
    if !finds.iter().any(is_login) {
        let [dark, light] = &views;
        let bare = in_both(|shade| match shade {
            Shade::Dark => bare(picture, &dark.0, &finds),
            Shade::Light => bare(picture, &light.0, &finds),
        });
        finds.extend(bare.into_iter().flatten());
    }
    finds
}

/// Half as large, and half of that, while there is enough of it: large codes, and such as lie in
/// a pattern of lines.
fn halved(picture: &Picture) -> Vec<Find> {
    let mut finds = Vec::new();
    let mut times = 2;
    let mut smaller = picture.halved();
    while let Some(picture) = smaller {
        finds.extend(codes(&picture).into_iter().map(|find| find.larger(times)));
        let enough = picture.width().min(picture.height()) >= SHORT;
        smaller = if enough { picture.halved() } else { None };
        times *= 2;
    }
    finds
}

/// Without noise and thin lines.
fn softened(picture: &Picture) -> Vec<Find> {
    codes(&picture.softened())
}

/// Twice as large, where small codes may be.
fn doubled(picture: &Picture) -> Vec<Find> {
    let parts = dense::areas(picture).into_iter().filter_map(|area| {
        let part = picture.cropped(area)?.doubled();
        let finds = codes(&part).into_iter().map(Find::smaller_by_half);
        Some(finds.map(move |find| find.moved(area.left, area.top, 0)))
    });
    parts.flatten().collect()
}

/// The codes of `view`, which is one of `picture`, that touch what lies around them: each is cut
/// out and framed in its own light. What was found already is left out.
fn bare(picture: &Picture, view: &View, found: &[Find]) -> Vec<Find> {
    let Some(pixels) = view.pixels() else { return Vec::new() };
    let mut finds: Vec<Find> = Vec::new();
    for area in rings::areas(pixels) {
        let known = found.iter().chain(&finds).any(|find| area.within(find.area).is_some());
        let Some(part) = picture.cropped(area).filter(|_| !known) else { continue };
        let frame = (part.width() / 5).max(16);
        let part = part.framed(frame, view.shade().lightest(&part));
        let mut new = View::of(&part, view.shade()).codes();
        if new.is_empty() && part.width() < SMALL {
            let larger = part.doubled();
            let twice = View::of(&larger, view.shade()).codes();
            new = twice.into_iter().map(Find::smaller_by_half).collect();
        }
        finds.extend(new.into_iter().map(|find| find.moved(area.left, area.top, frame)));
    }
    finds
}

/// The codes of a picture, dark on light and light on dark.
fn codes(picture: &Picture) -> Vec<Find> {
    in_both(|shade| View::of(picture, shade).codes()).into_iter().flatten().collect()
}

/// The same in both shades, side by side.
fn in_both<T: Send>(work: impl Fn(Shade) -> T + Sync) -> [T; 2] {
    thread::scope(|scope| {
        let other = thread::Builder::new().spawn_scoped(scope, || work(Shade::Light));
        let dark = work(Shade::Dark);
        let light = other.ok().and_then(|other| other.join().ok());
        // Where there is no other thread, one does both.
        [dark, light.unwrap_or_else(|| work(Shade::Light))]
    })
}
