//! What `sayso-scan`, the process that reads QR codes off a picture, says to who started it: on
//! standard output one JSON array of [`Found`], or on standard error one [`Refusal`] and a status
//! of its own. What stands in a code is text from outside: nobody here has looked at it.

use serde::{Deserialize, Serialize};

/// More bytes than the text of any QR code has. A longer one is not handed on.
pub const LONGEST_TEXT: usize = 8_192;
/// So many codes of one picture are handed on, and no more.
pub const MOST_CODES: usize = 32;

/// One QR code.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Found {
    /// What stands in it, as it is.
    pub text: String,
}

/// What kind of text stands in a code, by how it begins. Whether it is a sound one is for its
/// reader to say.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// A login page's `sayso:bind?...`.
    SaysoBind,
    /// An invitation, `sayso:register?...`.
    SaysoRegister,
    /// One secret for one-time codes, `otpauth:...`.
    Otpauth,
    /// Such secrets as an app hands them over, `otpauth-migration:...`.
    OtpauthMigration,
    /// A web address.
    Link,
    /// Anything else.
    Text,
}

impl Kind {
    /// The kind of `text`. A scheme is the same in capitals (RFC 3986, 3.1).
    #[must_use]
    pub fn of(text: &str) -> Kind {
        let Some((scheme, rest)) = text.split_once(':') else { return Kind::Text };
        match scheme.to_ascii_lowercase().as_str() {
            "sayso" if verb(rest) == "bind" => Kind::SaysoBind,
            "sayso" if verb(rest) == "register" => Kind::SaysoRegister,
            "otpauth" => Kind::Otpauth,
            "otpauth-migration" => Kind::OtpauthMigration,
            "http" | "https" if rest.starts_with("//") => Kind::Link,
            _ => Kind::Text,
        }
    }
}

fn verb(rest: &str) -> &str {
    rest.split_once('?').map_or(rest, |(verb, _)| verb)
}

/// Why there is no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Fault {
    /// It was asked for something that it does not do.
    Usage,
    /// No byte, or no pixel.
    NoPicture,
    /// Not a PNG picture, or a damaged one.
    NotAnImage,
    /// More pixels than a desktop has.
    TooLarge,
    /// There is no X11 display, or it lets nobody in.
    NoDisplay,
    /// The display does not show its screen: a Wayland desktop's, or one of unknown pixels.
    NoScreen,
    /// Something went wrong in it.
    Inside,
}

impl Fault {
    /// The exit status that goes with it.
    #[must_use]
    pub fn status(self) -> u8 {
        match self {
            Fault::Usage => 2,
            Fault::NoPicture => 10,
            Fault::NotAnImage => 11,
            Fault::TooLarge => 12,
            Fault::NoDisplay => 13,
            Fault::NoScreen => 14,
            Fault::Inside => 20,
        }
    }
}

/// The one line on standard error.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Refusal {
    /// Why.
    pub error: Fault,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_known_by_its_scheme_and_verb() {
        for (text, kind) in [
            ("sayso:bind?broker=https://b.example", Kind::SaysoBind),
            ("SAYSO:bind", Kind::SaysoBind),
            ("sayso:register?account=anna", Kind::SaysoRegister),
            ("sayso:approve?id=1", Kind::Text),
            ("sayso:?v=1", Kind::Text),
            ("otpauth://totp/a?secret=b", Kind::Otpauth),
            ("otpauth-migration://offline?data=c", Kind::OtpauthMigration),
            ("https://b.example", Kind::Link),
            ("http:b.example", Kind::Text),
            ("javascript:alert(1)", Kind::Text),
            ("a sayso:bind?", Kind::Text),
            ("", Kind::Text),
        ] {
            assert_eq!(Kind::of(text), kind, "{text}");
        }
    }

    #[test]
    fn a_refusal_is_one_word_and_each_has_a_status_of_its_own() {
        let faults = [
            (Fault::Usage, "usage"),
            (Fault::NoPicture, "no-picture"),
            (Fault::NotAnImage, "not-an-image"),
            (Fault::TooLarge, "too-large"),
            (Fault::NoDisplay, "no-display"),
            (Fault::NoScreen, "no-screen"),
            (Fault::Inside, "inside"),
        ];
        let mut statuses = Vec::new();
        for (error, word) in faults {
            let line = serde_json::to_string(&Refusal { error }).unwrap();
            assert_eq!(line, format!("{{\"error\":\"{word}\"}}"));
            assert!(error.status() != 0 && !statuses.contains(&error.status()), "{word}");
            statuses.push(error.status());
        }
    }
}
