//! Text from outside: cleaned and capped before it is spoken, shown or signed as heard.
//!
//! Removed are control, format, bidirectional, zero-width, filler, tag and private-use characters
//! and variation selectors (Unicode Technical Report 36, section 2); white space of any kind
//! becomes one space; the text is brought to NFC, and at most two combining marks stand on one
//! letter. What is left reads the same to the eye, to a voice and on a braille display.

use serde::{Deserialize, Deserializer, Serialize};
use std::fmt;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Text from outside, clean, of at most `CAP` characters. Deserializing cleans.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize)]
#[serde(transparent)]
pub struct Clean<const CAP: usize>(String);

impl<const CAP: usize> Clean<CAP> {
    /// Cleans `raw` and cuts it after `CAP` characters.
    #[must_use]
    pub fn new(raw: &str) -> Self {
        // Bounded before normalising: a long text costs no more than a short one.
        let bounded: String = raw.chars().take(CAP * 8 + 64).collect();
        // What is taken out may have kept its neighbours from joining: clean until nothing changes.
        let mut text = Self::once(&bounded);
        for _ in 0..8 {
            let again = Self::once(&text);
            if again == text {
                break;
            }
            text = again;
        }
        Self(text)
    }

    fn once(bounded: &str) -> String {
        let mut text = String::new();
        let (mut count, mut marks) = (0, 0);
        for c in bounded.nfc() {
            if count == CAP {
                break;
            }
            if c.is_whitespace() || c.is_control() {
                if text.is_empty() || text.ends_with(' ') {
                    continue;
                }
                text.push(' ');
            } else if is_hidden(c) {
                continue;
            } else {
                marks = if is_combining_mark(c) { marks + 1 } else { 0 };
                if marks > 2 {
                    continue;
                }
                text.push(c);
            }
            count += 1;
        }
        text.truncate(text.trim_end().len());
        text
    }

    /// The clean text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether nothing is left.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl<const CAP: usize> fmt::Display for Clean<CAP> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<'de, const CAP: usize> Deserialize<'de> for Clean<CAP> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(|raw| Self::new(&raw))
    }
}

/// Characters that a reader cannot see or that change how others are seen.
pub(crate) fn is_hidden(c: char) -> bool {
    matches!(u32::from(c),
        0x00AD | 0x034F | 0x0600..=0x0605 | 0x061C | 0x06DD | 0x070F | 0x0890..=0x0891 | 0x08E2
        | 0x115F..=0x1160 | 0x17B4..=0x17B5 | 0x180B..=0x180F | 0x200B..=0x200F | 0x202A..=0x202E
        | 0x2060..=0x206F | 0x2800 | 0x3164 | 0xE000..=0xF8FF | 0xFE00..=0xFE0F | 0xFEFF | 0xFFA0
        | 0xFFF0..=0xFFFF | 0x110BD | 0x110CD | 0x13430..=0x1343F | 0x1BCA0..=0x1BCA3
        | 0x1D173..=0x1D17A | 0xE0000..=0xE0FFF | 0xF0000..=0x0010_FFFF)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_reversed_price_is_read_in_the_order_it_was_written() {
        assert_eq!(Clean::<40>::new("pay \u{202E}001 rk\u{202C}").as_str(), "pay 001 rk");
    }

    #[test]
    fn line_ends_and_tabs_become_one_space() {
        assert_eq!(Clean::<40>::new("  Bank\r\n.\r\nQUIT\t now ").as_str(), "Bank . QUIT now");
    }

    #[test]
    fn a_name_of_ten_thousand_characters_is_cut() {
        assert_eq!(Clean::<60>::new(&"x".repeat(10_000)).as_str().len(), 60);
    }

    #[test]
    fn hidden_characters_do_not_hide_a_later_text_from_the_cap() {
        assert_eq!(Clean::<4>::new("\u{200B}\u{200B}ab\u{200D}cd").as_str(), "abcd");
    }

    #[test]
    fn a_pile_of_marks_is_cut_to_two() {
        let piled = format!("a{}", "\u{0330}".repeat(30));
        assert!(Clean::<60>::new(&piled).as_str().chars().count() <= 3);
    }

    proptest! {
        #[test]
        fn cleaning_is_bounded_and_leaves_nothing_to_clean(raw in "\\PC*|.*") {
            let once = Clean::<30>::new(&raw);
            prop_assert!(once.as_str().chars().count() <= 30);
            prop_assert!(!once.as_str().chars().any(|c| c.is_control() || is_hidden(c)));
            prop_assert_eq!(Clean::<30>::new(once.as_str()), once);
        }
    }
}
