//! What is wrong, one small judgement for each fact. What the person switched off is no fault.

use sayso_protocol::bus::{AccountLine, AccountState};
use sayso_words::{Words, say};

use super::facts::{Desktop, Display};
use super::facts::{Facts, Keyring, Notifications, Running, Shortcuts, Sound, Speech, Store};
use super::{Finding, Weight};

/// One judgement.
type Judgement = fn(&Facts, &Words) -> Vec<Finding>;

/// All of them, in the order in which they matter.
const JUDGEMENTS: [Judgement; 15] = [
    of_daemon,
    of_channels,
    of_accounts,
    of_brokers,
    of_clock,
    of_store,
    of_speech,
    of_sound,
    of_notifications,
    of_quiet_hours,
    of_keyring,
    of_screen,
    of_programs,
    of_shortcuts,
    of_addresses,
];

/// What is wrong: faults first.
#[must_use]
pub fn findings(facts: &Facts, words: &Words) -> Vec<Finding> {
    let mut found: Vec<Finding> =
        JUDGEMENTS.into_iter().flat_map(|judge| judge(facts, words)).collect();
    found.sort_by_key(|finding| finding.weight);
    found
}

fn fault(name: &'static str, sentence: String) -> Vec<Finding> {
    vec![Finding { name, weight: Weight::Fault, sentence }]
}

fn note(name: &'static str, sentence: String) -> Vec<Finding> {
    vec![Finding { name, weight: Weight::Note, sentence }]
}

fn nothing() -> Vec<Finding> {
    Vec::new()
}

fn of_daemon(facts: &Facts, words: &Words) -> Vec<Finding> {
    match &facts.daemon {
        Err((name, sentences)) => fault(name, sentences.clone()),
        Ok(running) if running.status.version != env!("CARGO_PKG_VERSION") => {
            fault("version", say!(words, "doctor-version", version = &*running.status.version))
        }
        Ok(running) if running.status.locked => note("locked", say!(words, "doctor-locked")),
        Ok(_) => nothing(),
    }
}

fn running_locked(facts: &Facts) -> bool {
    facts.daemon.as_ref().is_ok_and(|running| running.status.locked)
}

/// Where the person perceives nothing, nothing else helps.
fn of_channels(facts: &Facts, words: &Words) -> Vec<Finding> {
    let Ok(Running { status, preferences, .. }) = &facts.daemon else { return nothing() };
    let heard = preferences.speech && status.speech;
    let read = preferences.notification && status.notifications;
    match (heard || read, preferences.attend) {
        (true, _) => nothing(),
        (false, true) => note("attend", say!(words, "doctor-attend")),
        (false, false) => fault("no-channel", say!(words, "doctor-no-channel")),
    }
}

fn of_accounts(facts: &Facts, words: &Words) -> Vec<Finding> {
    let Ok(Running { accounts, keys_wait, .. }) = &facts.daemon else { return nothing() };
    if let Some(why) = keys_wait {
        return fault("keys", why.clone());
    }
    // Behind a locked screen they are not told.
    if accounts.is_empty() && running_locked(facts) {
        return nothing();
    }
    if accounts.is_empty() {
        return fault("not-registered", say!(words, "error-not-registered"));
    }
    let told = |account: &AccountLine| {
        fault(
            "account",
            say!(words, "doctor-account", account = account.sentence.trim_end_matches('.')),
        )
    };
    let lacks = |account: &AccountLine| {
        let (account, broker) = (account.account.as_str(), account.broker_name.as_str());
        fault("keys", say!(words, "error-keys-missing", account = account, broker = broker))
    };
    let each = accounts.iter().flat_map(|account| match account.state {
        AccountState::Connected | AccountState::Offline => nothing(),
        AccountState::Waits | AccountState::Blocked => told(account),
        AccountState::Keyless => lacks(account),
    });
    each.collect()
}

fn of_brokers(facts: &Facts, words: &Words) -> Vec<Finding> {
    let each = facts.brokers.iter().flat_map(|broker| {
        let host = broker.host.as_str();
        if broker.reachable {
            fault("broker-refuses", say!(words, "doctor-broker-refuses", host = host))
        } else {
            fault("broker-away", say!(words, "doctor-broker-away", host = host))
        }
    });
    each.collect()
}

fn of_clock(facts: &Facts, words: &Words) -> Vec<Finding> {
    match facts.clock {
        Some(false) => note("clock", say!(words, "doctor-clock")),
        Some(true) | None => nothing(),
    }
}

fn of_store(facts: &Facts, words: &Words) -> Vec<Finding> {
    match &facts.store {
        Store::Good => nothing(),
        Store::ReadOnly(path) => {
            fault("store-read-only", say!(words, "doctor-store-read-only", path = path.as_str()))
        }
        Store::Full => fault("store-full", say!(words, "doctor-store-full")),
    }
}

fn of_speech(facts: &Facts, words: &Words) -> Vec<Finding> {
    let (wanted, voice, language) = match &facts.daemon {
        Ok(Running { preferences, status, .. }) => {
            (preferences.speech, preferences.voice.as_str(), status.language.as_str())
        }
        Err(_) => (true, "", ""),
    };
    if !wanted {
        return note("speech-off", say!(words, "doctor-speech-off"));
    }
    let mut found = match &facts.speech {
        Speech::NotInstalled => fault("speech-missing", say!(words, "doctor-speech-missing")),
        Speech::NotRunning => fault("speech-stopped", say!(words, "doctor-speech-stopped")),
        Speech::Silent => fault("speech-silent", say!(words, "doctor-speech-silent")),
        Speech::NoModule => fault("speech-module", say!(words, "doctor-speech-module")),
        Speech::Dummy => fault("speech-dummy", say!(words, "doctor-speech-dummy")),
        Speech::Voices { languages, names } => {
            let speaks = |tag: &String| tag.split(['-', '_']).next() == Some(language);
            if !voice.is_empty() && !names.iter().any(|name| name == voice) {
                fault("voice", say!(words, "doctor-voice", voice = voice))
            } else if !language.is_empty() && !languages.iter().any(speaks) {
                fault("voice-language", say!(words, "doctor-voice-language"))
            } else {
                nothing()
            }
        }
    };
    if !facts.spare_voice {
        found.extend(note("spare-voice", say!(words, "doctor-spare-voice")));
    }
    found
}

fn of_sound(facts: &Facts, words: &Words) -> Vec<Finding> {
    match facts.sound {
        Some(Sound::NoServer) => fault("sound-server", say!(words, "doctor-sound-server")),
        Some(Sound::NoDevice) => fault("sound-device", say!(words, "doctor-sound-device")),
        Some(Sound::Muted) => fault("sound-muted", say!(words, "doctor-sound-muted")),
        Some(Sound::Audible) | None => nothing(),
    }
}

fn of_notifications(facts: &Facts, words: &Words) -> Vec<Finding> {
    let wanted = facts.daemon.as_ref().map_or(true, |running| running.preferences.notification);
    if !wanted {
        return note("notification-off", say!(words, "doctor-notification-off"));
    }
    let Some(Desktop { notifications, .. }) = &facts.desktop else {
        return fault("bus", say!(words, "doctor-bus"));
    };
    match *notifications {
        Notifications::Absent => fault("notifications", say!(words, "doctor-notifications")),
        Notifications::Silent => {
            fault("notifications-silent", say!(words, "doctor-notifications-silent"))
        }
        Notifications::There { quiet: true, .. } => fault("quiet", say!(words, "doctor-quiet")),
        Notifications::There { buttons, keeps, quiet: false } => {
            let mut found = nothing();
            // A daemon that lost the bus shows nothing on the next one.
            if facts.daemon.as_ref().is_ok_and(|running| !running.status.notifications) {
                found.extend(fault("bus-lost", say!(words, "doctor-bus-lost")));
            }
            if !buttons {
                found.extend(note("buttons", say!(words, "doctor-buttons")));
            }
            if !keeps {
                found.extend(note("vanishing", say!(words, "doctor-vanishing")));
            }
            found
        }
    }
}

fn of_quiet_hours(facts: &Facts, words: &Words) -> Vec<Finding> {
    let hours = facts.daemon.as_ref().map_or("", |running| &running.preferences.quiet_hours);
    if hours.is_empty() {
        return nothing();
    }
    note("quiet-hours", say!(words, "doctor-quiet-hours", hours = hours))
}

fn of_keyring(facts: &Facts, words: &Words) -> Vec<Finding> {
    match facts.desktop.map(|desktop| desktop.keyring) {
        Some(Keyring::Locked) => fault("keyring-locked", say!(words, "doctor-keyring-locked")),
        Some(Keyring::Absent) => note("keyring", say!(words, "doctor-keyring")),
        Some(Keyring::Open) | None => nothing(),
    }
}

fn of_screen(facts: &Facts, words: &Words) -> Vec<Finding> {
    match (facts.display, facts.desktop.map(|desktop| desktop.screenshots)) {
        (Some(Display::Wayland), Some(false) | None) => {
            fault("screenshots", say!(words, "doctor-screenshots"))
        }
        (Some(Display::Wayland), Some(true)) | (Some(Display::X11), _) => nothing(),
        (None, _) => note("no-display", say!(words, "doctor-no-display")),
    }
}

fn of_programs(facts: &Facts, words: &Words) -> Vec<Finding> {
    let Some(display) = facts.display else { return nothing() };
    let mut found = nothing();
    if !facts.dialog {
        found.extend(fault("dialog", say!(words, "doctor-dialog")));
    }
    if !facts.clipboard {
        let program = match display {
            Display::X11 => "xclip",
            Display::Wayland => "wl-clipboard",
        };
        found.extend(note("clipboard", say!(words, "doctor-clipboard", program = program)));
    }
    found
}

fn of_shortcuts(facts: &Facts, words: &Words) -> Vec<Finding> {
    match (&facts.shortcuts, facts.display) {
        (_, None) => nothing(),
        (Shortcuts::Unknown, _) => {
            note("shortcuts-by-hand", say!(words, "doctor-shortcuts-by-hand"))
        }
        (Shortcuts::None, _) => note("shortcuts", say!(words, "doctor-shortcuts")),
        (Shortcuts::There(taken), _) => {
            let each = taken.iter().flat_map(|(keys, by)| {
                let (keys, by) = (keys.as_str(), by.as_str());
                fault("shortcut-taken", say!(words, "doctor-shortcut-taken", keys = keys, by = by))
            });
            each.collect()
        }
    }
}

fn of_addresses(facts: &Facts, words: &Words) -> Vec<Finding> {
    match (facts.display, facts.opens_addresses) {
        (Some(_), Some(false)) => fault("addresses", say!(words, "doctor-addresses")),
        (Some(_), Some(true) | None) | (None, _) => nothing(),
    }
}

#[cfg(test)]
mod tests;
