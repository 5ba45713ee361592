//! Why somebody might not hear, read or be able to answer: facts, gathered from the parts
//! themselves, and what follows from them.
//!
//! - `facts`: what can be known of this computer and its desktop
//! - `gathering`: asking for it, each part for a few seconds
//! - `judging`: what is wrong, one small judgement for each fact

pub mod facts;
pub mod gathering;
pub mod judging;

use serde::Serialize;

/// How much it matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Weight {
    /// Because of this, somebody may not hear, read or answer.
    Fault,
    /// Good to know.
    Note,
}

/// One thing that was found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// Its name, stable.
    pub name: &'static str,
    /// How much it matters.
    pub weight: Weight,
    /// What is wrong, and what to do: two sentences.
    pub sentence: String,
}

/// How long one part may take to answer.
pub(crate) const LIMIT: std::time::Duration = std::time::Duration::from_secs(5);
