//! What settings and computers can be told on the command line.

use clap::{Args, Subcommand, ValueEnum};

/// A setting, or what to do with the changes that wait.
#[derive(Clone, Debug, Args)]
pub struct Settings {
    /// A setting, or what to do with what waits; without it, all settings.
    #[arg(
        hide_possible_values = true,
        help = "approve_with or same_device; or pending, confirm or cancel. Without it, all settings"
    )]
    pub key: Option<SettingsWord>,
    /// The new value: code, qr or readout; on or off. For confirm and cancel, which change, as
    /// pending names it with --json.
    pub value: Option<String>,
    /// Which account, where several are registered here.
    #[arg(long)]
    pub account: Option<String>,
}

/// What follows `settings`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum SettingsWord {
    /// How you approve.
    #[value(name = "approve_with")]
    ApproveWith,
    /// Whether login pages have a button that opens Sayso.
    #[value(name = "same_device")]
    SameDevice,
    /// What waits.
    Pending,
    /// Say yes or no to what waits.
    Confirm,
    /// Stop what waits.
    Cancel,
}

/// A preference, or its new value.
#[derive(Clone, Debug, Args)]
pub struct PreferencesOf {
    /// Its name; without it, all of them.
    pub key: Option<String>,
    /// The new value; an empty one is the usual.
    #[arg(allow_hyphen_values = true)]
    pub value: Option<String>,
}

/// The accounts, and what their brokers are called.
#[derive(Clone, Debug, Args)]
pub struct Accounts {
    /// What to do; without it, they are listed.
    #[command(subcommand)]
    pub act: Option<AccountsAct>,
}

/// What to do with them.
#[derive(Clone, Debug, Subcommand)]
pub enum AccountsAct {
    /// Say what to call a broker. With several brokers, its name comes first in all that is said of it.
    Name {
        /// The broker, as the list has it: its name or its host.
        broker: String,
        /// The new name.
        name: String,
    },
}

/// The computers of an account.
#[derive(Clone, Debug, Args)]
pub struct Approvers {
    /// What to do; without it, they are listed.
    #[command(subcommand)]
    pub act: Option<ApproversAct>,
    /// Which account, where several are registered here.
    #[arg(long, global = true)]
    pub account: Option<String>,
}

/// What to do with a computer.
#[derive(Clone, Debug, Subcommand)]
pub enum ApproversAct {
    /// Let it approve no more, at once.
    Remove {
        /// Its name, as the list has it.
        name: String,
    },
}

/// How logins are approved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ApproveWith {
    /// A one-time code from the page.
    Code,
    /// A QR code on the page.
    Qr,
    /// A code that Sayso reads out.
    Readout,
}
