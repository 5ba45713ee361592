//! Xfce: one list of keys, each with its command; beside it the window manager's. Ours are known
//! by how their commands are written.

use super::combination::Combination;
use super::{Act, Found, Shortcut, Taken, Unwilling, run};

const XFCONF: &str = "xfconf-query";
const CHANNEL: &str = "xfce4-keyboard-shortcuts";
const COMMANDS: &str = "/commands/custom/";
const WINDOWS: &str = "/xfwm4/custom/";
/// Set by the desktop when it has made the list of this person.
const MADE: &str = "override";

pub(super) async fn shortcuts() -> Result<Found, Unwilling> {
    let listed = run(XFCONF, &["-c", CHANNEL, "-l", "-v"]).await?;
    // Without it, what is added here is thrown away when the desktop makes the list.
    found_in(&listed).ok_or(Unwilling(XFCONF))
}

/// Lines of a property and its value.
fn found_in(listed: &str) -> Option<Found> {
    let mut found = Found::default();
    let mut made = false;
    for line in listed.lines() {
        let (property, value) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
        let value = value.trim();
        let (keys, is_command) = match property.strip_prefix(COMMANDS) {
            Some(keys) => (keys, true),
            None => (property.strip_prefix(WINDOWS).unwrap_or_default(), false),
        };
        made |= is_command && keys == MADE && value == "true";
        let act = Act::ALL.into_iter().find(|act| is_command && act.is_run_by(value));
        match (act, Combination::kept(keys)) {
            (Some(act), _) => found.own.push(Shortcut { act, keys: keys.to_owned() }),
            (None, Some(keys)) => found.taken.push(Taken { keys, by: value.to_owned() }),
            (None, None) => {}
        }
    }
    made.then_some(found)
}

pub(super) async fn add(keys: &Combination, runs: &str) -> Result<(), Unwilling> {
    let property = format!("{COMMANDS}{}", keys.for_gtk());
    let set = ["-c", CHANNEL, "-p", &property, "-n", "-t", "string", "-s", runs];
    run(XFCONF, &set).await.map(drop)
}

pub(super) async fn remove(keys: &str) -> Result<(), Unwilling> {
    let property = format!("{COMMANDS}{keys}");
    run(XFCONF, &["-c", CHANNEL, "-p", &property, "-r"]).await.map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LISTED: &str = "\
/commands/custom/<Alt><Super>a                '/usr/bin/sayso'
/commands/custom/<Alt><Super>s                orca
/commands/custom/<Primary><Alt>t              exo-open --launch TerminalEmulator
/commands/custom/override                     true
/commands/default/<Super>e                    thunar
/providers                                    <<UNSUPPORTED>>
/xfwm4/custom/<Super>Tab                      switch_window_key
";

    #[test]
    fn ours_are_told_from_all_others_that_are_in_force() {
        let found = found_in(LISTED).unwrap();
        assert_eq!(found.own, [Shortcut { act: Act::Answer, keys: "<Alt><Super>a".into() }]);
        let taken: Vec<_> = found.taken.iter().map(|taken| taken.by.as_str()).collect();
        assert_eq!(taken, ["orca", "exo-open --launch TerminalEmulator", "switch_window_key"]);
    }

    #[test]
    fn a_list_that_the_desktop_has_not_made_yet_is_left_alone() {
        assert!(found_in("/commands/default/<Super>e   thunar\n").is_none());
    }
}
