use sayso_protocol::bus::{Preferences, Status};
use sayso_words::Language;

use super::super::facts::Broker;
use super::*;

fn running() -> Running {
    let status = Status {
        waiting: 0,
        accounts: 1,
        connected: 1,
        locked: false,
        speech: true,
        notifications: true,
        speak_codes: "private".into(),
        language: "da".into(),
        version: env!("CARGO_PKG_VERSION").into(),
        sentences: vec![],
    };
    let account = AccountLine {
        id: "anna@login.example".into(),
        broker_name: "login.example".into(),
        named: false,
        account: "anna".into(),
        broker: "https://broker.example".into(),
        computer: "laptop".into(),
        state: AccountState::Connected,
        sentence: "anna at broker.example.".into(),
    };
    let preferences = Preferences { speech: true, notification: true, ..Preferences::default() };
    Running { status, preferences, accounts: vec![account], keys_wait: None }
}

/// A computer at which all is well.
fn well() -> Facts {
    Facts {
        daemon: Ok(running()),
        brokers: vec![],
        clock: Some(true),
        speech: Speech::Voices { languages: vec!["da-DK".into()], names: vec!["Anna".into()] },
        spare_voice: true,
        sound: Some(Sound::Audible),
        desktop: Some(Desktop {
            notifications: Notifications::There { buttons: true, keeps: true, quiet: false },
            keyring: Keyring::Open,
            screenshots: true,
        }),
        display: Some(Display::Wayland),
        dialog: true,
        clipboard: true,
        shortcuts: Shortcuts::There(vec![]),
        opens_addresses: Some(true),
        store: Store::Good,
    }
}

fn names(facts: &Facts) -> Vec<&'static str> {
    let found = findings(facts, &Words::new(Language::English));
    found.iter().map(|finding| finding.name).collect()
}

fn with(change: impl FnOnce(&mut Facts)) -> Vec<&'static str> {
    let mut facts = well();
    change(&mut facts);
    names(&facts)
}

fn of_running(change: impl FnOnce(&mut Running)) -> Vec<&'static str> {
    with(|facts| change(facts.daemon.as_mut().unwrap()))
}

fn shows(notifications: Notifications) -> Vec<&'static str> {
    with(|facts| facts.desktop.as_mut().unwrap().notifications = notifications)
}

#[test]
fn where_all_is_well_nothing_is_found() {
    assert!(names(&well()).is_empty());
}

#[test]
fn each_state_of_speech_has_its_own_finding() {
    for (speech, name) in [
        (Speech::NotInstalled, "speech-missing"),
        (Speech::NotRunning, "speech-stopped"),
        (Speech::Silent, "speech-silent"),
        (Speech::NoModule, "speech-module"),
        (Speech::Dummy, "speech-dummy"),
    ] {
        assert_eq!(with(|facts| facts.speech = speech), [name]);
    }
    let english = Speech::Voices { languages: vec!["en".into()], names: vec!["Anna".into()] };
    assert_eq!(with(|facts| facts.speech = english), ["voice-language"]);
    assert_eq!(of_running(|running| running.preferences.voice = "Storm".into()), ["voice"]);
    assert_eq!(with(|facts| facts.spare_voice = false), ["spare-voice"]);
}

#[test]
fn what_the_person_switched_off_is_no_fault() {
    let off = with(|facts| {
        facts.daemon.as_mut().unwrap().preferences.speech = false;
        facts.speech = Speech::NotInstalled;
    });
    assert_eq!(off, ["speech-off"]);
    assert_eq!(
        of_running(|running| running.preferences.notification = false),
        ["notification-off"]
    );
}

#[test]
fn a_person_whom_nothing_reaches_is_told_so_first() {
    let found = of_running(|running| {
        (running.preferences.speech, running.preferences.notification) = (false, false);
    });
    assert_eq!(found, ["no-channel", "speech-off", "notification-off"]);
    let attends = of_running(|running| {
        running.preferences = Preferences {
            speech: false,
            notification: false,
            attend: true,
            ..Preferences::default()
        };
    });
    assert_eq!(attends, ["attend", "speech-off", "notification-off"]);
}

#[test]
fn each_state_of_sound_notifications_and_keyring_has_its_own_finding() {
    for (sound, name) in [
        (Sound::NoServer, "sound-server"),
        (Sound::NoDevice, "sound-device"),
        (Sound::Muted, "sound-muted"),
    ] {
        assert_eq!(with(|facts| facts.sound = Some(sound)), [name]);
    }
    assert_eq!(shows(Notifications::Absent), ["notifications"]);
    assert_eq!(shows(Notifications::Silent), ["notifications-silent"]);
    let there = |buttons, keeps, quiet| Notifications::There { buttons, keeps, quiet };
    assert_eq!(shows(there(true, true, true)), ["quiet"]);
    assert_eq!(shows(there(false, false, false)), ["buttons", "vanishing"]);
    assert_eq!(of_running(|running| running.status.notifications = false), ["bus-lost"]);
    for (keyring, name) in [(Keyring::Locked, "keyring-locked"), (Keyring::Absent, "keyring")] {
        assert_eq!(with(|facts| facts.desktop.as_mut().unwrap().keyring = keyring), [name]);
    }
    assert_eq!(with(|facts| facts.desktop = None), ["bus", "screenshots"]);
}

#[test]
fn the_way_to_the_broker_is_followed_step_by_step() {
    let broker = |reachable| Broker { host: "broker.example".into(), reachable };
    assert_eq!(with(|facts| facts.brokers = vec![broker(false)]), ["broker-away"]);
    let clock = with(|facts| (facts.brokers, facts.clock) = (vec![broker(true)], Some(false)));
    assert_eq!(clock, ["broker-refuses", "clock"]);
    assert_eq!(of_running(|running| running.accounts.clear()), ["not-registered"]);
    assert_eq!(of_running(|running| running.accounts[0].state = AccountState::Waits), ["account"]);
}

#[test]
fn the_daemon_is_named_first_where_it_cannot_be_asked() {
    let daemon = Err(("not-there", "Sayso is not running. Start it.".to_owned()));
    assert_eq!(with(|facts| facts.daemon = daemon), ["not-there"]);
    assert_eq!(of_running(|running| running.status.version = "0.0.1".into()), ["version"]);
    assert_eq!(of_running(|running| running.status.locked = true), ["locked"]);
    let hours = |running: &mut Running| running.preferences.quiet_hours = "22:00-07:00".into();
    assert_eq!(of_running(hours), ["quiet-hours"]);
}

#[test]
fn what_the_desktop_lacks_is_named() {
    assert_eq!(with(|facts| facts.dialog = false), ["dialog"]);
    assert_eq!(with(|facts| facts.clipboard = false), ["clipboard"]);
    assert_eq!(with(|facts| facts.opens_addresses = Some(false)), ["addresses"]);
    assert_eq!(with(|facts| facts.shortcuts = Shortcuts::None), ["shortcuts"]);
    assert_eq!(with(|facts| facts.shortcuts = Shortcuts::Unknown), ["shortcuts-by-hand"]);
    let taken = Shortcuts::There(vec![("Super+Alt+A".into(), "terminal".into())]);
    assert_eq!(with(|facts| facts.shortcuts = taken), ["shortcut-taken"]);
    assert_eq!(with(|facts| facts.store = Store::Full), ["store-full"]);
    assert_eq!(with(|facts| facts.store = Store::ReadOnly("/x".into())), ["store-read-only"]);
    // At a text console nobody wants a dialog.
    let console =
        with(|facts| (facts.display, facts.dialog, facts.clipboard) = (None, false, false));
    assert_eq!(console, ["no-display"]);
}

#[test]
fn each_finding_is_two_sentences_in_both_languages() {
    let mut facts = well();
    facts.daemon = Err(("not-there", "One. Two.".to_owned()));
    (facts.speech, facts.spare_voice, facts.sound) = (Speech::Silent, false, Some(Sound::Muted));
    (facts.desktop, facts.dialog, facts.clipboard) = (None, false, false);
    (facts.shortcuts, facts.opens_addresses) = (Shortcuts::None, Some(false));
    facts.store = Store::Full;
    for language in Language::ALL {
        for finding in findings(&facts, &Words::new(language)) {
            let sentence = &finding.sentence;
            assert!(sentence.matches(". ").count() >= 1 && sentence.ends_with('.'), "{sentence}");
        }
    }
}
