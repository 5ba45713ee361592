//! Writes what a target begins from into a folder, one file for each seed: `seeds TARGET FOLDER`.

use std::path::PathBuf;

fn main() -> std::io::Result<()> {
    let mut words = std::env::args().skip(1);
    let (Some(target), Some(folder)) = (words.next(), words.next().map(PathBuf::from)) else {
        return Err(std::io::Error::other("seeds TARGET FOLDER"));
    };
    std::fs::create_dir_all(&folder)?;
    for (seed, number) in sayso_fuzz::seeds::of(&target).iter().zip(0..) {
        std::fs::write(folder.join(format!("{number}")), seed)?;
    }
    Ok(())
}
