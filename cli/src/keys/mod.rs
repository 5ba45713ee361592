//! The desktop's keyboard shortcuts: which there are, and Sayso's own three among them. Each
//! desktop keeps them in its own way, and is asked by its own program; nothing is remembered here.
//!
//! - `combination`: keys, however they are written
//! - `gnome`, `mate`, `xfce`: one desktop each
//! - `settings`: GNOME's and MATE's settings, by `gsettings`

pub mod combination;
mod gnome;
mod mate;
mod settings;
mod xfce;

use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use tokio::process::Command;
use tokio::time::timeout;

use combination::Combination;

/// A program of the desktop that takes longer hangs.
const LIMIT: Duration = Duration::from_secs(10);

/// What a shortcut of Sayso does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act {
    /// The next step, whatever it is.
    Answer,
    /// The last thing again.
    Repeat,
    /// Quiet.
    Hush,
}

impl Act {
    /// All of them.
    pub const ALL: [Act; 3] = [Act::Answer, Act::Repeat, Act::Hush];

    /// Its name in options, in JSON and in the desktop's settings.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Act::Answer => "answer",
            Act::Repeat => "repeat",
            Act::Hush => "hush",
        }
    }

    /// The command, as a person types it.
    #[must_use]
    pub fn command(self) -> &'static str {
        match self {
            Act::Answer => "sayso",
            Act::Repeat => "sayso repeat",
            Act::Hush => "sayso hush",
        }
    }

    /// The keys where the person chose none: Super and Alt, which screen readers leave alone; and
    /// not S, by which desktops start one.
    #[must_use]
    pub fn usual_keys(self) -> &'static str {
        match self {
            Act::Answer => "super+alt+a",
            Act::Repeat => "super+alt+r",
            Act::Hush => "super+alt+h",
        }
    }

    /// What the shortcut runs: this very program, wherever it lies. The quotes are for names with
    /// spaces, and the mark by which it is known as ours where a desktop has no other.
    fn runs(self, program: &Path) -> String {
        let program = program.display().to_string().replace('\'', r"'\''");
        match self.argument() {
            Some(argument) => format!("'{program}' '{argument}'"),
            None => format!("'{program}'"),
        }
    }

    /// Whether this is a line of [`Act::runs`], of this program or of one that lay elsewhere.
    fn is_run_by(self, line: &str) -> bool {
        let end = match self.argument() {
            Some(argument) => format!("/sayso' '{argument}'"),
            None => "/sayso'".to_owned(),
        };
        line.starts_with("'/") && line.ends_with(&end)
    }

    fn argument(self) -> Option<&'static str> {
        self.command().split_once(' ').map(|(_, argument)| argument)
    }
}

/// One shortcut of Sayso.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shortcut {
    /// What it does.
    pub act: Act,
    /// Its keys, in the desktop's own writing.
    keys: String,
}

impl Shortcut {
    /// Its keys, as a person reads them.
    #[must_use]
    pub fn keys(&self) -> String {
        Combination::kept(&self.keys).map_or_else(|| self.keys.clone(), |keys| keys.to_string())
    }

    /// The keys that it takes from others.
    #[must_use]
    pub fn takes(&self) -> Option<Taken> {
        Some(Taken { keys: Combination::kept(&self.keys)?, by: self.act.command().to_owned() })
    }
}

/// Keys that do something else already.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Taken {
    /// Which.
    pub keys: Combination,
    /// What they do, by the desktop's own name for it.
    pub by: String,
}

/// The shortcuts that a desktop has.
#[derive(Clone, Debug, Default)]
pub struct Found {
    /// Sayso's.
    pub own: Vec<Shortcut>,
    /// All others.
    pub taken: Vec<Taken>,
}

/// A desktop program does not do what it should.
#[derive(Debug, PartialEq, Eq)]
pub struct Unwilling(
    /// Its name.
    pub &'static str,
);

/// A desktop whose shortcuts can be set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Desktop {
    /// GNOME, and what is built on it.
    Gnome,
    /// MATE.
    Mate,
    /// Xfce.
    Xfce,
}

impl Desktop {
    /// From the value of `XDG_CURRENT_DESKTOP`: names, the most special first.
    #[must_use]
    pub fn of(names: &str) -> Option<Desktop> {
        names.split(':').find_map(|name| match name.to_ascii_lowercase().as_str() {
            "gnome" => Some(Desktop::Gnome),
            "mate" => Some(Desktop::Mate),
            "xfce" => Some(Desktop::Xfce),
            _ => None,
        })
    }

    /// What it calls itself.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Desktop::Gnome => "GNOME",
            Desktop::Mate => "MATE",
            Desktop::Xfce => "Xfce",
        }
    }

    /// Its shortcuts.
    ///
    /// # Errors
    /// Its settings cannot be read.
    pub async fn shortcuts(self) -> Result<Found, Unwilling> {
        match self {
            Desktop::Gnome => gnome::shortcuts().await,
            Desktop::Mate => mate::shortcuts().await,
            Desktop::Xfce => xfce::shortcuts().await,
        }
    }

    /// Adds one that runs `program`; `name` is what the person reads in the desktop's settings.
    ///
    /// # Errors
    /// Its settings cannot be changed; what was begun is for [`Desktop::remove`].
    pub async fn add(
        self,
        act: Act,
        keys: &Combination,
        name: &str,
        program: &Path,
    ) -> Result<(), Unwilling> {
        let runs = act.runs(program);
        match self {
            Desktop::Gnome => gnome::add(act, keys, name, &runs).await,
            Desktop::Mate => mate::add(act, keys, name, &runs).await,
            Desktop::Xfce => xfce::add(keys, &runs).await,
        }
    }

    /// Removes one that [`Desktop::add`] made.
    ///
    /// # Errors
    /// Its settings cannot be changed.
    pub async fn remove(self, shortcut: &Shortcut) -> Result<(), Unwilling> {
        match self {
            Desktop::Gnome => gnome::remove(shortcut.act).await,
            Desktop::Mate => mate::remove(shortcut.act).await,
            Desktop::Xfce => xfce::remove(&shortcut.keys).await,
        }
    }
}

/// Runs a program of the desktop and returns what it prints.
async fn run(program: &'static str, arguments: &[&str]) -> Result<String, Unwilling> {
    let mut command = Command::new(program);
    command.args(arguments).stdin(Stdio::null()).stderr(Stdio::null()).kill_on_drop(true);
    let Ok(Ok(done)) = timeout(LIMIT, command.output()).await else {
        return Err(Unwilling(program));
    };
    if !done.status.success() {
        return Err(Unwilling(program));
    }
    Ok(String::from_utf8_lossy(&done.stdout).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_desktop_is_known_by_any_of_its_names() {
        assert_eq!(Desktop::of("ubuntu:GNOME"), Some(Desktop::Gnome));
        assert_eq!(Desktop::of("MATE"), Some(Desktop::Mate));
        assert_eq!(Desktop::of("XFCE"), Some(Desktop::Xfce));
        for other in ["", "KDE", "sway", "X-Cinnamon"] {
            assert_eq!(Desktop::of(other), None, "{other}");
        }
    }

    #[test]
    fn our_command_lines_are_known_and_those_of_others_are_not() {
        for act in Act::ALL {
            let line = act.runs(Path::new("/home/ann's/my bin/sayso"));
            assert_eq!(Act::ALL.map(|other| other.is_run_by(&line)), Act::ALL.map(|a| a == act));
        }
        for other in ["sayso", "/usr/bin/sayso", "sayso repeat", "'/bin/sh' '/sayso' 'x'"] {
            assert!(!Act::ALL.iter().any(|act| act.is_run_by(other)), "{other}");
        }
    }

    #[test]
    fn the_usual_keys_are_combinations_and_not_the_screen_readers() {
        for act in Act::ALL {
            let keys = Combination::typed(act.usual_keys()).unwrap();
            assert!(!keys.is(&Combination::typed("super+alt+s").unwrap()));
        }
    }

    #[tokio::test]
    async fn a_program_that_is_missing_or_fails_is_named() {
        assert_eq!(run("no-such-program", &[]).await, Err(Unwilling("no-such-program")));
        assert_eq!(run("false", &[]).await, Err(Unwilling("false")));
    }
}
