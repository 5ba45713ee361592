//! Numbers as words, and names in the genitive: what a sentence needs and Fluent has no word
//! for. In the files they are `WORD($n)`, `CAPITAL($n)` and `GENITIVE($name)`.

use crate::languages::Language;

const ENGLISH: [&str; 21] = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
    "twenty",
];
const ENGLISH_TENS: [&str; 4] = ["thirty", "forty", "fifty", "sixty"];
const DANISH: [&str; 21] = [
    "nul", "én", "to", "tre", "fire", "fem", "seks", "syv", "otte", "ni", "ti", "elleve", "tolv",
    "tretten", "fjorten", "femten", "seksten", "sytten", "atten", "nitten", "tyve",
];
const DANISH_TENS: [&str; 4] = ["tredive", "fyrre", "halvtreds", "tres"];

/// The word for a number, up to twenty and then for the tens up to sixty; other numbers are
/// written in digits, which every voice reads in its own language. Danish one is the common
/// gender; sentences with a neuter noun say "ét" themselves.
pub(crate) fn word(language: Language, number: u64) -> String {
    let (small, tens) = match language {
        Language::English => (&ENGLISH, &ENGLISH_TENS),
        Language::Danish => (&DANISH, &DANISH_TENS),
    };
    let index = usize::try_from(number).unwrap_or(usize::MAX);
    let word = match (small.get(index), index % 10) {
        (Some(word), _) => Some(word),
        (None, 0) => tens.get(index / 10 - 3),
        (None, _) => None,
    };
    word.map_or_else(|| number.to_string(), |word| (*word).to_owned())
}

/// [`word`] at the beginning of a sentence.
pub(crate) fn capital(language: Language, number: u64) -> String {
    let word = word(language, number);
    let mut letters = word.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// A name in the Danish genitive: an s, or only an apostrophe after an s, x or z.
pub(crate) fn genitive(name: &str) -> String {
    if name.ends_with(['s', 'S', 'x', 'X', 'z', 'Z']) {
        format!("{name}'")
    } else {
        format!("{name}s")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_numbers_and_tens_are_words_and_the_rest_digits() {
        assert_eq!(word(Language::English, 4), "four");
        assert_eq!(word(Language::English, 50), "fifty");
        assert_eq!(word(Language::Danish, 20), "tyve");
        assert_eq!(word(Language::Danish, 60), "tres");
        assert_eq!(word(Language::Danish, 21), "21");
        assert_eq!(word(Language::English, 70), "70");
        assert_eq!(capital(Language::Danish, 1), "Én");
    }

    #[test]
    fn a_name_that_ends_in_s_takes_no_second_one() {
        assert_eq!(genitive("Example Bank"), "Example Banks");
        assert_eq!(genitive("Nordic Rails"), "Nordic Rails'");
    }
}
