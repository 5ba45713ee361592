//! What holds over all sentences: both languages say the same things, they are right by ear,
//! they fit, and code names only sentences that are there.

mod both_languages;
mod by_ear;
mod catalogue;
mod guide;
mod in_code;
mod table;
