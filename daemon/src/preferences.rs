//! How Sayso talks: a commented TOML file that the person may edit. A fault in it leaves the last
//! good preferences standing, and a file with a fault is never overwritten.

use std::fs::{DirBuilder, File, OpenOptions};
use std::io::{ErrorKind, Read as _, Write as _};
use std::ops::Range;
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use sayso_protocol::bus::{MoreTime, Preferences};
use sayso_words::{Words, say};
use serde::Deserialize;
use toml::Spanned;
use toml_edit::{DocumentMut, Item, Value};

use crate::quiet::QuietHours;

/// The file's name in the configuration folder.
pub const FILE: &str = "preferences.toml";
/// A longer file is not read.
const LONGEST: u64 = 64 * 1024;
/// A longer name of a voice is refused.
const LONGEST_VOICE: usize = 100;

/// What is wrong with the preferences.
#[derive(Debug, thiserror::Error)]
pub enum PreferencesError {
    /// The file says something that is no preference.
    #[error("line {line} of the preferences: {why}")]
    Fault {
        /// In which line, from 1.
        line: u64,
        /// What the matter is.
        why: String,
    },
    /// What was to be set is no value of this preference.
    #[error("no value of {0}")]
    Refused(&'static str),
    /// The file cannot be read.
    #[error("the preferences cannot be read: {0}")]
    Unreadable(std::io::Error),
    /// The file cannot be written.
    #[error("the preferences cannot be written: {0}")]
    Unwritable(std::io::Error),
}

/// The preferences that hold, and the file they come from.
#[derive(Debug)]
pub struct PreferencesFile {
    path: PathBuf,
    /// A copy of the file as it last was without a fault.
    good: PathBuf,
    current: Preferences,
}

/// What holds where the file says nothing: speech and notifications.
#[must_use]
pub fn defaults() -> Preferences {
    Preferences { speech: true, notification: true, ..Preferences::default() }
}

impl PreferencesFile {
    /// The preferences in `folder`; the defaults hold until [`PreferencesFile::reload`]. In
    /// `state` lies a copy, for a start on a file with a fault.
    #[must_use]
    pub fn new(folder: &Path, state: &Path) -> Self {
        Self { path: folder.join(FILE), good: state.join(FILE), current: defaults() }
    }

    /// What holds now.
    #[must_use]
    pub fn current(&self) -> &Preferences {
        &self.current
    }

    /// Reads the file. One that is not there says nothing.
    ///
    /// # Errors
    /// A fault; then what held before still holds, also before the last start.
    pub fn reload(&mut self) -> Result<&Preferences, PreferencesError> {
        let text = read(&self.path).map(Option::unwrap_or_default);
        match text.and_then(|text| parse(&text).map(|good| (text, good))) {
            Ok((text, good)) => {
                self.current = good;
                self.remember(&text);
                Ok(&self.current)
            }
            Err(error) => {
                let before = read(&self.good).ok().flatten().and_then(|text| parse(&text).ok());
                self.current = before.unwrap_or_else(|| self.current.clone());
                Err(error)
            }
        }
    }

    /// Keeps the copy, where it is another one.
    fn remember(&self, text: &str) {
        let kept = read(&self.good).ok().flatten().unwrap_or_default();
        if kept != text
            && let Err(error) = replace(&self.good, text.as_bytes())
        {
            tracing::warn!(%error, "no copy of the preferences can be kept");
        }
    }

    /// Sets the preferences, and writes them into the file beside the person's own comments. A
    /// new file gets comments in the language of `words`.
    ///
    /// # Errors
    /// When they are refused, the file has a fault, or it cannot be written; then what held
    /// before still holds.
    pub fn set(&mut self, wanted: &Preferences, words: &Words) -> Result<(), PreferencesError> {
        check(wanted)?;
        let text = read(&self.path)?.unwrap_or_default();
        parse(&text)?;
        let mut document = text
            .parse::<DocumentMut>()
            .map_err(|error| fault(&text, error.span(), error.message()))?;
        write_into(&mut document, wanted, words);
        let text = document.to_string();
        replace(&self.path, text.as_bytes()).map_err(PreferencesError::Unwritable)?;
        self.remember(&text);
        self.current = wanted.clone();
        Ok(())
    }

    /// What happened and what to do, in two sentences.
    #[must_use]
    pub fn sentence(&self, error: &PreferencesError, words: &Words) -> String {
        let path = self.path.display().to_string();
        match error {
            PreferencesError::Fault { line, .. } => {
                say!(words, "error-preferences", line = *line, path = &path)
            }
            PreferencesError::Refused(name) => {
                let all = comments(words);
                let comment = all.iter().find(|(of, _)| of == name).map_or("", |(_, all)| all);
                let meaning = comment.trim_end_matches('.');
                say!(words, "error-preference-value", name = *name, meaning = meaning)
            }
            PreferencesError::Unreadable(_) => {
                say!(words, "error-preferences-unreadable", path = &path)
            }
            PreferencesError::Unwritable(_) => {
                say!(words, "error-preferences-unwritable", path = &path)
            }
        }
    }
}

/// The file's text, if there is one.
fn read(path: &Path) -> Result<Option<String>, PreferencesError> {
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(PreferencesError::Unreadable(error)),
    };
    let mut bytes = Vec::new();
    file.take(LONGEST + 1).read_to_end(&mut bytes).map_err(PreferencesError::Unreadable)?;
    if bytes.len() as u64 > LONGEST {
        let line = line_after(&bytes);
        return Err(PreferencesError::Fault { line, why: "the file is too long".into() });
    }
    String::from_utf8(bytes).map(Some).map_err(|error| {
        let good = &error.as_bytes()[..error.utf8_error().valid_up_to()];
        let line = line_after(good);
        PreferencesError::Fault { line, why: "it is not UTF-8".into() }
    })
}

/// The file as it is written. What it does not say is the default.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    speech: Option<bool>,
    notification: Option<bool>,
    attend: Option<bool>,
    voice: Option<Spanned<String>>,
    rate: Option<Spanned<i64>>,
    language: Option<Spanned<String>>,
    quiet_hours: Option<Spanned<String>>,
    more_time: Option<MoreTime>,
}

pub(crate) fn parse(text: &str) -> Result<Preferences, PreferencesError> {
    let written: Written =
        toml::from_str(text).map_err(|error| fault(text, error.span(), error.message()))?;
    let rate_span = written.rate.as_ref().map(Spanned::span);
    let (rate, mut preferences) = (written.rate.map_or(0, Spanned::into_inner), defaults());
    preferences.rate = i32::try_from(rate)
        .map_err(|_| fault(text, rate_span.clone(), "the rate is from -100 to 100"))?;
    preferences.speech = written.speech.unwrap_or(preferences.speech);
    preferences.notification = written.notification.unwrap_or(preferences.notification);
    preferences.attend = written.attend.unwrap_or(preferences.attend);
    let spans = [
        rate_span,
        written.voice.as_ref().map(Spanned::span),
        written.language.as_ref().map(Spanned::span),
        written.quiet_hours.as_ref().map(Spanned::span),
    ];
    preferences.voice = written.voice.map_or_else(String::new, Spanned::into_inner);
    preferences.language = written.language.map_or_else(String::new, Spanned::into_inner);
    preferences.quiet_hours = written.quiet_hours.map_or_else(String::new, Spanned::into_inner);
    preferences.more_time = written.more_time.unwrap_or_default();
    for ((_, check), span) in CHECKS.into_iter().zip(spans) {
        check(&preferences).map_err(|why| fault(text, span, why))?;
    }
    Ok(preferences)
}

type Check = fn(&Preferences) -> Result<(), &'static str>;

/// In the order in which the file's places are named.
const CHECKS: [(&str, Check); 4] = [
    ("rate", check_rate),
    ("voice", check_voice),
    ("language", check_language),
    ("quiet_hours", check_quiet_hours),
];

fn check(preferences: &Preferences) -> Result<(), PreferencesError> {
    CHECKS.into_iter().try_for_each(|(name, check)| {
        check(preferences).map_err(|_| PreferencesError::Refused(name))
    })
}

fn check_rate(preferences: &Preferences) -> Result<(), &'static str> {
    if (-100..=100).contains(&preferences.rate) {
        Ok(())
    } else {
        Err("the rate is from -100 to 100")
    }
}

/// A voice's name goes to the speech service as one line.
fn check_voice(preferences: &Preferences) -> Result<(), &'static str> {
    let voice = &preferences.voice;
    if voice.chars().count() <= LONGEST_VOICE && !voice.chars().any(char::is_control) {
        Ok(())
    } else {
        Err("that is not the name of a voice")
    }
}

fn check_language(preferences: &Preferences) -> Result<(), &'static str> {
    match preferences.language.as_str() {
        "" | "en" | "da" => Ok(()),
        _ => Err("the languages are en and da"),
    }
}

fn check_quiet_hours(preferences: &Preferences) -> Result<(), &'static str> {
    let hours = &preferences.quiet_hours;
    if hours.is_empty() || QuietHours::parse(hours).is_some() {
        Ok(())
    } else {
        Err("quiet hours are like 22:00-07:00")
    }
}

/// A fault at a place of `text`; without a place, in the first line.
fn fault(text: &str, span: Option<Range<usize>>, why: &str) -> PreferencesError {
    let before = span.and_then(|span| text.get(..span.start)).unwrap_or("");
    PreferencesError::Fault { line: line_after(before.as_bytes()), why: why.to_owned() }
}

/// In which line one is after `before`, from 1.
fn line_after(before: &[u8]) -> u64 {
    before.split(|byte| *byte == b'\n').count() as u64
}

/// Changes what differs; a key that is new comes with its comment.
pub(crate) fn write_into(document: &mut DocumentMut, wanted: &Preferences, words: &Words) {
    let values: [Value; 8] = [
        wanted.speech.into(),
        wanted.notification.into(),
        wanted.attend.into(),
        wanted.voice.as_str().into(),
        i64::from(wanted.rate).into(),
        wanted.language.as_str().into(),
        wanted.quiet_hours.as_str().into(),
        match wanted.more_time {
            MoreTime::Asked => "asked".into(),
            MoreTime::Auto => "auto".into(),
        },
    ];
    for ((key, comment), value) in comments(words).into_iter().zip(values) {
        if let Some(Item::Value(old)) = document.get_mut(key) {
            let decor = old.decor().clone();
            *old = value;
            *old.decor_mut() = decor;
        } else {
            document.insert(key, Item::Value(value));
            if let Some(mut key) = document.key_mut(key) {
                key.leaf_decor_mut().set_prefix(format!("# {comment}\n"));
            }
        }
    }
}

/// What each preference means, in the order of a new file.
fn comments(words: &Words) -> [(&'static str, String); 8] {
    [
        ("speech", say!(words, "preferences-speech")),
        ("notification", say!(words, "preferences-notification")),
        ("attend", say!(words, "preferences-attend")),
        ("voice", say!(words, "preferences-voice")),
        ("rate", say!(words, "preferences-rate")),
        ("language", say!(words, "preferences-language")),
        ("quiet_hours", say!(words, "preferences-quiet-hours")),
        ("more_time", say!(words, "preferences-more-time")),
    ]
}

/// Puts `bytes` in the place of the file, whole or not at all.
fn replace(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    // A file that is a link into the person's collection of settings stays one.
    let path = &std::fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let folder = path.parent().unwrap_or(Path::new("."));
    DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    let new = path.with_extension("toml.new");
    let written = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(&new)
        .and_then(|mut file| file.write_all(bytes).and_then(|()| file.sync_all()))
        .and_then(|()| std::fs::rename(&new, path));
    if written.is_err() {
        // The old file stands; the half-written one is of no use.
        std::fs::remove_file(&new).ok();
    }
    written?;
    File::open(folder)?.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use sayso_words::Language;
    use tempfile::TempDir;

    fn with(text: &str) -> (TempDir, PreferencesFile) {
        let folder = TempDir::new().unwrap();
        std::fs::write(folder.path().join(FILE), text).unwrap();
        let file = again(&folder);
        (folder, file)
    }

    /// The next start on the same folders.
    fn again(folder: &TempDir) -> PreferencesFile {
        PreferencesFile::new(folder.path(), &folder.path().join("state"))
    }

    fn words() -> Words {
        Words::new(Language::English)
    }

    fn text(folder: &TempDir) -> String {
        std::fs::read_to_string(folder.path().join(FILE)).unwrap()
    }

    #[test]
    fn without_a_file_speech_and_notifications_are_on() {
        let folder = TempDir::new().unwrap();
        let mut file = again(&folder);
        let preferences = file.reload().unwrap();
        assert!(preferences.speech && preferences.notification && !preferences.attend);
        assert_eq!((preferences.rate, preferences.language.as_str()), (0, ""));
    }

    #[test]
    fn a_first_file_explains_itself_in_the_persons_language() {
        for (language, word) in [(Language::English, "# "), (Language::Danish, "æ")] {
            let folder = TempDir::new().unwrap();
            let deep = folder.path().join("config/sayso");
            let mut file = PreferencesFile::new(&deep, folder.path());
            file.set(&defaults(), &Words::new(language)).unwrap();
            let written = std::fs::read_to_string(deep.join(FILE)).unwrap();
            assert_eq!(written.matches("# ").count(), 8, "{written}");
            assert!(written.contains(word), "{written}");
            assert_eq!(PreferencesFile::new(&deep, folder.path()).reload().unwrap(), &defaults());
        }
    }

    #[test]
    fn the_manual_names_every_line_of_the_file_and_no_other() {
        let manual = include_str!("../../packaging/man/saysod.1");
        let (_, lines) = manual.split_once("Its lines are ").unwrap();
        let lines = lines.split_once(" \\fBsayso preferences").unwrap().0;
        let outside: String =
            lines.split('(').map(|part| part.rsplit(')').next().unwrap()).collect();
        let told = outside.split([',', ' ', '\n', '.']).filter(|word| !["", "and"].contains(word));
        assert_eq!(told.collect::<Vec<_>>(), comments(&words()).map(|(name, _)| name));
    }

    #[test]
    fn comments_order_and_spacing_of_the_person_stay() {
        let (folder, mut file) =
            with("# mine\nrate = 20   # fast, but not too fast\n\nspeech=true # always\n");
        file.reload().unwrap();
        let wanted = Preferences { rate: -5, voice: "Anna \"A\"".into(), ..file.current().clone() };
        file.set(&wanted, &words()).unwrap();
        let written = text(&folder);
        assert!(
            written.starts_with(
                "# mine\nrate = -5   # fast, but not too fast\n\nspeech=true # always\n"
            ),
            "{written}"
        );
        assert_eq!(again(&folder).reload().unwrap(), &wanted);
    }

    #[test]
    fn a_fault_names_its_line_and_the_last_good_preferences_stay() {
        let (folder, mut file) = with("rate = 20\n");
        file.reload().unwrap();
        for (faulty, at) in [
            ("speech = true\nrate = \n", 2),
            ("\n\nrate = 101\n", 3),
            ("rate = 9999999999\n", 1),
            ("attend = false\nlanguage = \"fr\"\n", 2),
            ("voice = \"a\\nQUIT\"\n", 1),
            ("\nmore_time = \"always\"\n", 2),
            ("rate = 1\nquiet_hours = \"22:00\"\n", 2),
            ("# one\nspeach = false\n", 2),
            ("speech = \"yes\"\n", 1),
        ] {
            std::fs::write(folder.path().join(FILE), faulty).unwrap();
            let error = file.reload().unwrap_err();
            assert!(
                matches!(&error, PreferencesError::Fault { line, .. } if *line == at),
                "{faulty}: {error}"
            );
            assert_eq!(file.current().rate, 20);
            let sentence = file.sentence(&error, &words());
            assert!(sentence.contains(&format!("line {at}")), "{sentence}");
        }
    }

    #[test]
    fn a_fault_at_the_next_start_leaves_the_old_preferences_too() {
        let (folder, mut file) = with("rate = 20\nspeech = false\n");
        file.reload().unwrap();
        let wanted = Preferences { rate: 40, ..file.current().clone() };
        file.set(&wanted, &words()).unwrap();
        std::fs::write(folder.path().join(FILE), "rate = fast\n").unwrap();
        let mut next = again(&folder);
        assert!(matches!(next.reload(), Err(PreferencesError::Fault { line: 1, .. })));
        assert_eq!(next.current(), &wanted);
    }

    #[test]
    fn a_file_with_a_fault_is_not_overwritten() {
        let (folder, mut file) = with("speach = false\n");
        assert!(file.set(&defaults(), &words()).is_err());
        assert_eq!(text(&folder), "speach = false\n");
    }

    #[test]
    fn too_long_and_not_utf8_are_faults() {
        let (folder, mut file) = with(&"# x\n".repeat(20_000));
        assert!(matches!(file.reload(), Err(PreferencesError::Fault { .. })));
        std::fs::write(folder.path().join(FILE), b"rate = 1\nvoice = \"\xff\"\n").unwrap();
        assert!(matches!(file.reload(), Err(PreferencesError::Fault { line: 2, .. })));
    }

    #[test]
    fn what_is_no_preference_is_refused_before_it_is_written() {
        let folder = TempDir::new().unwrap();
        let mut file = again(&folder);
        for wanted in [
            Preferences { rate: 101, ..defaults() },
            Preferences { voice: "x".repeat(101), ..defaults() },
            Preferences { language: "kl".into(), ..defaults() },
            Preferences { quiet_hours: "at night".into(), ..defaults() },
        ] {
            let refused = file.set(&wanted, &words()).unwrap_err();
            assert!(matches!(refused, PreferencesError::Refused(_)));
            assert!(file.sentence(&refused, &words()).contains(". "));
        }
        assert!(!folder.path().join(FILE).exists());
    }

    #[test]
    fn a_file_that_is_a_link_stays_one() {
        let (folder, mut file) = with("");
        let real = folder.path().join("elsewhere.toml");
        std::fs::rename(folder.path().join(FILE), &real).unwrap();
        std::os::unix::fs::symlink(&real, folder.path().join(FILE)).unwrap();
        file.set(&defaults(), &words()).unwrap();
        assert!(folder.path().join(FILE).is_symlink());
        assert!(std::fs::read_to_string(real).unwrap().contains("speech = true"));
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused_and_what_is_set_is_read_back(
            raw in "\\PC*|(speech|rate|voice)? ?= ?(true|-?[0-9]{1,12}|\"[a-zæ]*\")\n*",
            rate in -100..=100i32,
            voice in "[^\\p{Cc}]{0,40}",
        ) {
            let folder = TempDir::new().unwrap();
            std::fs::write(folder.path().join(FILE), raw).unwrap();
            let mut file = again(&folder);
            let wanted = Preferences { rate, voice, ..defaults() };
            if file.reload().is_ok() {
                file.set(&wanted, &words()).unwrap();
                let read = again(&folder).reload().unwrap().clone();
                prop_assert_eq!(read, wanted);
            }
        }
    }
}
