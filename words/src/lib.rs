//! Every sentence that Sayso speaks, shows or prints, per language. No IO beyond asking which
//! languages the person reads.
//!
//! Code names a message, Fluent has its words: `say!(words, "code-wrong", tries = 4)`. The files
//! are `en/*.ftl` and `da/*.ftl`, one per place where a sentence is met; they are part of the
//! program, so no sentence can be missing at run time.
//!
//! - [`languages`] chooses a language from the person's list and falls back to one that is there.
//! - [`speak`] writes codes, digits, amounts and times so that they are right by ear.
//! - [`answers`] reads what a person types, in every language.
//! - `sentences` says one message, and `parsed` holds the Fluent files.

pub mod answers;
pub mod languages;
mod parsed;
mod sentences;
pub mod speak;

#[cfg(test)]
mod tests;

pub use answers::{Answer, Wish, is_next};
pub use languages::{Choice, Language};
pub use sentences::{Arg, LINE, Words};

/// Says one message: `say!(words, "code-wrong", tries = 4)`. Gives a `String`.
///
/// ```
/// use sayso_words::{Language, Words, say};
/// let words = Words::new(Language::English);
/// assert_eq!(
///     say!(words, "code-wrong", tries = 4),
///     "Wrong code. Four tries left. Read the page again."
/// );
/// ```
#[macro_export]
macro_rules! say {
    ($words:expr, $id:expr $(, $name:ident = $value:expr)* $(,)?) => {
        $words.say($id, &[$((stringify!($name), $crate::Arg::from($value))),*])
    };
}
