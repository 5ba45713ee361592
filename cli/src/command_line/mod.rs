//! The words a person can type, and what is said when they cannot be understood.

mod settings;

use std::path::PathBuf;

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{ColorChoice, Parser, Subcommand, ValueEnum};
use sayso_words::{Words, say};

use crate::output::Form;
pub use settings::{
    Accounts, AccountsAct, ApproveWith, Approvers, ApproversAct, PreferencesOf, Settings,
    SettingsWord,
};

/// Approve logins by ear and by keyboard.
///
/// Without a word, sayso does the next step, whatever it is: it asks for the code, then reads the
/// question and takes approve or deny.
///
/// Exit status: 0 done or approved, 1 denied, 2 wrong use or no answer given, 3 the daemon is not
/// there, 4 refused by the broker or no connection to it, 5 expired.
#[derive(Debug, Parser)]
#[command(name = "sayso", version, color = ColorChoice::Never, next_line_help = true)]
#[command(disable_help_subcommand = true)]
pub struct CommandLine {
    /// What to do.
    #[command(subcommand)]
    pub word: Option<Word>,
    /// Print JSON, one value a line, for programs.
    #[arg(long, global = true)]
    json: bool,
}

/// One word a person can type.
#[derive(Debug, Subcommand)]
pub enum Word {
    /// Stay here: each request as a line and a bell, answered at the prompt; no speech.
    Attend,
    /// Make this computer an approver. Asks for the activation code.
    Register(Register),
    /// The accounts that this computer approves for, and what their brokers are called.
    Accounts(Accounts),
    /// How you approve, and the changes of it that wait.
    Settings(Settings),
    /// Your computers, and taking one away.
    Approvers(Approvers),
    /// Answer for an account no longer on this computer. Asks first.
    Unregister {
        /// Which account, where several are registered here.
        #[arg(long)]
        account: Option<String>,
    },
    /// What is waiting.
    Requests,
    /// Give the code from a login page, then answer the question.
    Enter(Enter),
    /// Read the QR code of a login page off the screen, then answer the question.
    Scan(Scan),
    /// Say yes to the open question.
    Approve(Which),
    /// Say no.
    Deny(Which),
    /// Say no, and that this was not you.
    Report(Which),
    /// Say the last thing again.
    Repeat,
    /// Stop speaking.
    Hush,
    /// How long is left to answer.
    Time,
    /// Ask for more time to answer: five minutes, up to ten in all.
    MoreTime(Which),
    /// No requests told meanwhile. They end unanswered; codes, scans and links still work.
    Away {
        /// How long: 90m, 12h, 7d or 2w.
        time: String,
    },
    /// Be told of requests again.
    Back,
    /// How Sayso talks, and its quiet hours.
    Preferences(PreferencesOf),
    /// How Sayso is.
    Status,
    /// Find out why you do not hear or read Sayso, or cannot answer. Exit status 1: something is
    /// wrong.
    Doctor,
    /// What was asked and answered here.
    History(History),
    /// Give the next step, repeat and hush keyboard shortcuts, or take them away again.
    ///
    /// This is for GNOME, MATE and Xfce. Keys that do something else already are left alone.
    Keys(Keys),
    /// Try a whole approval with nothing at stake.
    Practise(Practise),
    /// Open a sayso address. The desktop calls this for links.
    Open {
        /// The address, beginning with sayso.
        address: String,
    },
}

/// What registering is told on the command line; the rest is asked.
#[derive(Clone, Debug, clap::Args)]
pub struct Register {
    /// The broker's address.
    pub broker: String,
    /// The account's name there.
    pub account: String,
    /// Send it without asking first.
    #[arg(long)]
    pub yes: bool,
    /// What to call this computer.
    #[arg(long)]
    pub computer: Option<String>,
    /// What to call this broker, where it is not the only one.
    #[arg(long)]
    pub broker_name: Option<String>,
    /// Whether you hear speech: on or off.
    #[arg(long, hide_possible_values = true)]
    pub speech: Option<Switch>,
    /// Whether you read desktop notifications: on or off.
    #[arg(long, hide_possible_values = true)]
    pub notification: Option<Switch>,
    /// Whether you stay at sayso attend: on or off.
    #[arg(long, hide_possible_values = true)]
    pub attend: Option<Switch>,
    /// For an account's first computer: how logins are approved: code, qr or readout.
    #[arg(long, hide_possible_values = true)]
    pub approve_with: Option<ApproveWith>,
    /// For an account's first computer: whether login pages have a button that opens Sayso: on or
    /// off.
    #[arg(long, hide_possible_values = true)]
    pub same_device: Option<Switch>,
    /// The voice; empty for the usual one.
    #[arg(long)]
    pub voice: Option<String>,
    /// The speed, -100 to 100.
    #[arg(long, allow_negative_numbers = true, value_parser = clap::value_parser!(i32).range(-100..=100))]
    pub rate: Option<i32>,
    /// The language, en or da.
    #[arg(long, hide_possible_values = true)]
    pub language: Option<Tongue>,
    /// Where codes may be said aloud: private, which is in headphones, or always. Chosen once.
    #[arg(long, hide_possible_values = true)]
    pub speak_codes: Option<Aloud>,
}

/// Where codes may be said aloud.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Aloud {
    /// Where only the person hears them.
    Private,
    /// Everywhere.
    Always,
}

/// On or off.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Switch {
    /// On.
    On,
    /// Off.
    Off,
}

/// A language that Sayso talks in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Tongue {
    /// English.
    En,
    /// Danish.
    Da,
}

/// A code from a login page.
#[derive(Clone, Debug, clap::Args)]
pub struct Enter {
    /// The six digits; spaces do no harm.
    #[arg(num_args = 0..)]
    pub code: Vec<String>,
    /// Which account, where several have a request waiting.
    #[arg(long)]
    pub account: Option<String>,
    /// Take the code that the page's button copied.
    #[arg(long, conflicts_with = "code")]
    pub clipboard: bool,
}

/// Keyboard shortcuts.
#[derive(Clone, Debug, clap::Args)]
pub struct Keys {
    /// Install or undo.
    #[arg(hide_possible_values = true)]
    pub act: KeysAct,
    /// Change it without asking first.
    #[arg(long)]
    pub yes: bool,
    /// The keys for the next step; without it, super+alt+a.
    #[arg(long, value_name = "KEYS")]
    pub answer: Option<String>,
    /// The keys for repeat; without it, super+alt+r.
    #[arg(long, value_name = "KEYS")]
    pub repeat: Option<String>,
    /// The keys for hush; without it, super+alt+h.
    #[arg(long, value_name = "KEYS")]
    pub hush: Option<String>,
}

/// What to do with the keyboard shortcuts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum KeysAct {
    /// Add them.
    Install,
    /// Take away what install added.
    Undo,
}

/// Where the QR code is, if not on the screen, and what becomes of it.
#[derive(Clone, Debug, clap::Args)]
pub struct Scan {
    /// A PNG picture, instead of the screen.
    #[arg(long, value_name = "FILE", group = "picture")]
    pub image: Option<PathBuf>,
    /// The picture on the clipboard, instead of the screen.
    #[arg(long, group = "picture")]
    pub clipboard: bool,
    /// Only say what stands in a picture and what Sayso would do. Needs no daemon.
    #[arg(long, requires = "picture")]
    pub dry_run: bool,
}

/// What to practise.
#[derive(Clone, Debug, clap::Args)]
pub struct Practise {
    /// With what: code, qr, link or readout. Without it, each is asked for.
    #[arg(hide_possible_values = true)]
    pub way: Option<Way>,
    /// Which account, where several are registered here.
    #[arg(long)]
    pub account: Option<String>,
}

/// A way to approve.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Way {
    /// A one-time code from the login page.
    Code,
    /// A QR code on the login page.
    Qr,
    /// The login page's button for this computer.
    Link,
    /// A code that Sayso reads out.
    Readout,
}

/// Which request.
#[derive(Clone, Debug, clap::Args)]
pub struct Which {
    /// The request, as sayso requests names it; without it, the open question.
    pub id: Option<String>,
}

/// What of the history.
#[derive(Clone, Debug, clap::Args)]
pub struct History {
    /// Whether every line, the chain and the signed end fit.
    #[arg(long)]
    pub verify: bool,
    /// How many lines, the newest last.
    #[arg(long, default_value_t = 20, conflicts_with = "verify")]
    pub count: u32,
}

impl CommandLine {
    /// The form of the data.
    #[must_use]
    pub fn form(&self) -> Form {
        if self.json { Form::Json } else { Form::Lines }
    }
}

/// Why a command line cannot be understood.
#[derive(Debug, PartialEq, Eq)]
pub enum Fault {
    /// This word is not known, or its value.
    Unknown(String),
    /// This is missing.
    Missing(String),
    /// Anything else.
    Other,
}

impl Fault {
    /// What is wrong, or nothing where help or the version was asked for.
    #[must_use]
    #[allow(clippy::wildcard_enum_match_arm, reason = "clap's enums")]
    pub fn of(refused: &clap::Error) -> Option<Fault> {
        match refused.kind() {
            ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => return None,
            _ => (),
        }
        let named = |kind| match refused.get(kind) {
            Some(ContextValue::String(word)) => Some(word.clone()),
            Some(ContextValue::Strings(words)) => words.first().cloned(),
            _ => None,
        };
        let unknown =
            [ContextKind::InvalidSubcommand, ContextKind::InvalidValue, ContextKind::InvalidArg];
        Some(match refused.kind() {
            ErrorKind::MissingRequiredArgument => {
                named(ContextKind::InvalidArg).map_or(Fault::Other, Fault::Missing)
            }
            ErrorKind::ArgumentConflict => Fault::Other,
            _ => unknown.into_iter().find_map(named).map_or(Fault::Other, Fault::Unknown),
        })
    }

    /// Two sentences.
    #[must_use]
    pub fn sentence(&self, words: &Words) -> String {
        match self {
            Fault::Unknown(word) => say!(words, "error-usage-unknown", text = &plain(word)),
            Fault::Missing(word) => say!(words, "error-usage-missing", text = &plain(word)),
            Fault::Other => say!(words, "error-usage"),
        }
    }
}

/// What was typed, fit to be read aloud: without brackets and control characters, and short.
fn plain(word: &str) -> String {
    word.chars().filter(|c| !c.is_control() && !"<>[]".contains(*c)).take(40).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;
    use sayso_words::Language;

    fn fault(typed: &[&str]) -> Option<Fault> {
        let line = std::iter::once("sayso").chain(typed.iter().copied());
        Fault::of(&CommandLine::try_parse_from(line).expect_err("it is understood"))
    }

    #[test]
    fn the_command_line_is_sound() {
        CommandLine::command().debug_assert();
    }

    #[test]
    fn no_word_is_the_next_step() {
        let line = CommandLine::try_parse_from(["sayso", "--json"]).unwrap();
        assert!(line.word.is_none());
        assert_eq!(line.form(), Form::Json);
    }

    #[test]
    fn a_code_may_be_typed_with_a_space() {
        let line = CommandLine::try_parse_from(["sayso", "enter", "482", "913"]).unwrap();
        assert!(matches!(line.word, Some(Word::Enter(enter)) if enter.code.concat() == "482913"));
    }

    #[test]
    fn wrong_use_is_two_sentences_that_name_the_word() {
        assert_eq!(fault(&["aprove"]), Some(Fault::Unknown("aprove".to_owned())));
        assert_eq!(fault(&["--loud"]), Some(Fault::Unknown("--loud".to_owned())));
        assert_eq!(fault(&["open"]), Some(Fault::Missing("<ADDRESS>".to_owned())));
        assert_eq!(fault(&["enter", "--clipboard", "482913"]), Some(Fault::Other));
        let words = Words::new(Language::English);
        assert_eq!(
            Fault::Missing("<ADDRESS>".to_owned()).sentence(&words),
            "ADDRESS is missing. For help: sayso --help."
        );
    }

    #[test]
    fn a_picture_comes_from_one_place() {
        assert_eq!(
            fault(&["scan", "--dry-run", "--image", "a.png", "--clipboard"]),
            Some(Fault::Other)
        );
        assert!(matches!(fault(&["scan", "--dry-run"]), Some(Fault::Missing(_))));
    }

    #[test]
    fn help_and_version_are_no_fault() {
        assert_eq!(fault(&["--help"]), None);
        assert_eq!(fault(&["-V"]), None);
    }

    #[test]
    fn an_activation_code_is_never_an_argument() {
        assert!(
            CommandLine::try_parse_from(["sayso", "register", "http://x", "anna", "12345"])
                .is_err()
        );
    }

    #[test]
    fn help_has_no_colour_and_no_boxes() {
        let help = CommandLine::command().render_long_help().to_string();
        assert!(help.is_ascii(), "{help}");
    }
}
