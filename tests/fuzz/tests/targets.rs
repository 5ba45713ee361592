//! The bodies over their seeds, and over small changes of those: so that no body waits for
//! `make fuzz` to be run. And the list of targets is the same wherever it stands.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::collections::BTreeSet;
use std::path::Path;

use proptest::prelude::*;
use sayso_fuzz::{TARGETS, seeds};

#[test]
fn every_body_takes_its_seeds() {
    for (target, body) in TARGETS {
        let seeds = seeds::of(target);
        assert!(!seeds.is_empty(), "{target} begins from nothing");
        for seed in &seeds {
            body(seed);
        }
        body(b"");
    }
}

#[test]
fn every_target_is_in_the_list_and_runs_its_own_body() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("targets");
    let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let files: BTreeSet<String> =
        files.map(|path| path.file_stem().unwrap().to_str().unwrap().to_owned()).collect();
    let listed: BTreeSet<String> = TARGETS.iter().map(|(name, _)| (*name).to_owned()).collect();
    assert_eq!(files, listed);
    let manifest = include_str!("../Cargo.toml");
    let list = include_str!("../src/lib.rs");
    for name in listed {
        let bin = format!("[[bin]]\nname = \"{name}\"\npath = \"targets/{name}.rs\"");
        assert!(manifest.contains(&bin), "{name} is not in Cargo.toml");
        let path = format!("{}/targets/{name}.rs", env!("CARGO_MANIFEST_DIR"));
        let target = std::fs::read_to_string(path).unwrap();
        let body = target.split("[`").nth(1).unwrap().split('`').next().unwrap();
        assert!(list.contains(&format!("(\"{name}\", {body})")), "{name} runs another body");
        assert!(target.contains(&format!("{body}(bytes)")), "{name} runs another body");
    }
}

/// Every type that the documentation of its own calls the body or the answer of a call, and every
/// type of signed message, is read by a body.
#[test]
fn no_message_is_left_out() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../protocol/src");
    let bodies = std::fs::read_to_string(source.join("fuzz.rs")).unwrap();
    let mut count = 0;
    for text in sources(&source) {
        let mut call = false;
        for line in text.lines() {
            if let Some(name) = line
                .strip_prefix("impl Claims for ")
                .or_else(|| line.strip_prefix("impl crate::signature::Claims for "))
            {
                let name = name.trim_end_matches(" {");
                assert!(bodies.contains(&format!("message::<{name}>")), "{name}");
                count += 1;
            }
            call |= line.starts_with("/// Body of `") || line.starts_with("/// Answer of `");
            if let Some(name) = line.strip_prefix("pub struct ").filter(|_| call) {
                let name = name.trim_end_matches(" {");
                assert!(bodies.contains(&format!("whole::<{name}>")), "{name}");
                (call, count) = (false, count + 1);
            }
        }
    }
    assert!(count > 20, "only {count} messages were found");
}

fn sources(folder: &Path) -> Vec<String> {
    let mut texts = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            texts.extend(sources(&path));
        } else {
            texts.push(std::fs::read_to_string(path).unwrap());
        }
    }
    texts
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..Default::default() })]

    #[test]
    fn every_body_takes_its_seeds_cut_and_changed(
        which in any::<prop::sample::Index>(),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..4),
        cut in any::<prop::sample::Index>(),
        more in prop::collection::vec(any::<u8>(), 0..9),
    ) {
        for (target, body) in TARGETS {
            let seeds = seeds::of(target);
            let mut bytes = which.get(&seeds).clone();
            for (place, byte) in &changes {
                let place = place.index(bytes.len());
                bytes[place] = *byte;
            }
            let cut = cut.index(2 * bytes.len());
            bytes.truncate(cut);
            bytes.extend(&more);
            body(&bytes);
        }
    }
}
