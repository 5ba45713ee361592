//! A combination of keys, however a desktop or a person writes it: `<Super><Alt>a`, `<Mod4><Alt>a`
//! and `super+alt+a` are the same keys.

use std::collections::BTreeSet;
use std::fmt;

/// A key that is held while another is pressed, in the order in which desktops write them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Modifier {
    Control,
    Shift,
    Alt,
    Super,
}

impl Modifier {
    fn read(name: &str) -> Option<Modifier> {
        Some(match name.to_ascii_lowercase().as_str() {
            "control" | "ctrl" | "ctl" | "primary" => Modifier::Control,
            "shift" | "shft" => Modifier::Shift,
            "alt" | "mod1" => Modifier::Alt,
            "super" | "mod4" | "win" | "meta" => Modifier::Super,
            _ => return None,
        })
    }
}

/// At least one held key that is not only Shift, and one that is pressed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Combination {
    held: BTreeSet<Modifier>,
    pressed: String,
}

impl Combination {
    /// Reads what a person types: `super+alt+a`.
    #[must_use]
    pub fn typed(text: &str) -> Option<Combination> {
        let mut parts: Vec<&str> = text.split('+').map(str::trim).collect();
        let pressed = parts.pop()?;
        Combination::of(&parts, pressed)
    }

    /// Reads what a desktop keeps: `<Super><Alt>a`.
    #[must_use]
    pub fn kept(text: &str) -> Option<Combination> {
        let (held, pressed) = text.rsplit_once('>')?;
        let held: Vec<&str> = held.strip_prefix('<')?.split("><").collect();
        Combination::of(&held, pressed)
    }

    fn of(held: &[&str], pressed: &str) -> Option<Combination> {
        let held: BTreeSet<Modifier> =
            held.iter().map(|name| Modifier::read(name)).collect::<Option<_>>()?;
        let is_key = Modifier::read(pressed).is_none()
            && pressed.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
        let enough = held.iter().any(|held| *held != Modifier::Shift);
        (enough && is_key && !pressed.is_empty()).then(|| Combination {
            held,
            // Desktops know letters as small ones, and other keys by their names as they stand.
            pressed: if pressed.len() == 1 { pressed.to_lowercase() } else { pressed.to_owned() },
        })
    }

    /// Whether these are the same keys; names are compared without their case.
    #[must_use]
    pub fn is(&self, other: &Combination) -> bool {
        self.held == other.held && self.pressed.eq_ignore_ascii_case(&other.pressed)
    }

    /// As GNOME and Xfce write it.
    #[must_use]
    pub fn for_gtk(&self) -> String {
        self.write("<Super>")
    }

    /// As MATE writes it.
    #[must_use]
    pub fn for_mate(&self) -> String {
        self.write("<Mod4>")
    }

    fn write(&self, name_of_super: &str) -> String {
        let held = self.held.iter().map(|held| match held {
            Modifier::Control => "<Primary>",
            Modifier::Shift => "<Shift>",
            Modifier::Alt => "<Alt>",
            Modifier::Super => name_of_super,
        });
        held.chain([self.pressed.as_str()]).collect()
    }
}

impl fmt::Display for Combination {
    /// As a person reads it: `Super+Alt+A`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = [
            (Modifier::Control, "Ctrl+"),
            (Modifier::Super, "Super+"),
            (Modifier::Alt, "Alt+"),
            (Modifier::Shift, "Shift+"),
        ];
        for (_, name) in names.iter().filter(|(held, _)| self.held.contains(held)) {
            f.write_str(name)?;
        }
        let mut pressed = self.pressed.chars();
        let first = pressed.next().map(|first| first.to_ascii_uppercase());
        write!(f, "{}{}", first.map(String::from).unwrap_or_default(), pressed.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(text: &str) -> Combination {
        Combination::typed(text).unwrap()
    }

    #[test]
    fn the_same_keys_are_the_same_however_they_are_written() {
        let keys = typed("super+alt+a");
        for same in ["<Super><Alt>a", "<Alt><Super>A", "<Mod4><Mod1>a", "<super><alt>a"] {
            assert!(keys.is(&Combination::kept(same).unwrap()), "{same}");
        }
        for other in ["<Super>a", "<Super><Alt>b", "<Shift><Super><Alt>a"] {
            assert!(!keys.is(&Combination::kept(other).unwrap()), "{other}");
        }
        assert!(typed("ctrl+f9").is(&Combination::kept("<Primary>F9").unwrap()));
    }

    #[test]
    fn each_desktop_gets_its_own_form_and_the_person_a_readable_one() {
        let keys = typed(" Alt + Super + A ");
        assert_eq!(keys.for_gtk(), "<Alt><Super>a");
        assert_eq!(keys.for_mate(), "<Alt><Mod4>a");
        assert_eq!(keys.to_string(), "Super+Alt+A");
        assert_eq!(typed("ctrl+shift+F9").for_gtk(), "<Primary><Shift>F9");
        assert_eq!(typed("ctrl+space").to_string(), "Ctrl+Space");
    }

    #[test]
    fn what_would_take_a_key_away_from_typing_is_no_combination() {
        for other in ["", "a", "+", "shift+a", "super+", "super+alt", "hyper+a", "ctrl+<b>"] {
            assert_eq!(Combination::typed(other), None, "{other}");
        }
        for other in ["", "a", "F9", "XF86AudioMute", "<Shift>a", "<Hyper>a", "<Super>", "disabled"]
        {
            assert_eq!(Combination::kept(other), None, "{other}");
        }
    }
}
