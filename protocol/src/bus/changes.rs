//! `org.sayso.Approver1.Changes`: an account's security settings, what waits to change them, and
//! its computers. Whatever lets something happen is asked first, and agreed to with the token of
//! the question; calling a change off needs none.

use serde::{Deserialize, Serialize};
use zbus::zvariant::Type;

use super::{Error, Place};
use crate::change::{ApproveWith, SameDevice, Standing};

/// The security settings of an account, and what waits to change them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct SettingsLine {
    /// The account's name.
    pub account: String,
    /// The broker's host.
    pub broker: String,
    /// How logins are bound.
    pub approve_with: ApproveWith,
    /// Whether the login page may offer the button that opens Sayso on the same computer.
    pub same_device: SameDevice,
    /// What waits or is ready.
    pub changes: Vec<ChangeLine>,
    /// The settings as sentences, one each.
    pub sentences: Vec<String>,
}

/// A change that waits or is ready.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct ChangeLine {
    /// The change's id.
    pub id: String,
    /// Of which account.
    pub account: String,
    /// The broker's host.
    pub broker: String,
    /// `approve_with`, `same_device` or `approver`.
    pub setting: String,
    /// The new value, or the computer's name.
    pub value: String,
    /// `waiting` or `ready`.
    pub standing: Standing,
    /// Whether this computer may confirm it now.
    pub confirmable: bool,
    /// When its waiting time is over, in seconds since 1970, by this computer's clock.
    pub ready_at: i64,
    /// All that as sentences: who asked for what, what follows, how to stop it.
    pub sentence: String,
}

/// A computer of an account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct ApproverLine {
    /// Its id.
    pub id: String,
    /// What the person calls it.
    pub name: String,
    /// Since when, in seconds since 1970, by this computer's clock.
    pub since: i64,
    /// Whether it is this one.
    pub here: bool,
    /// The same as a sentence.
    pub sentence: String,
}

/// A question about security settings. Yes is [`ChangesProxy::agree`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct ChangeQuestion {
    /// The change that it is about, or empty where there is none yet.
    pub id: String,
    /// What follows from no and from no answer, and what else to know beforehand.
    pub before: String,
    /// The question whole: what is heard is what is signed.
    pub text: String,
    /// Its language (BCP 47).
    pub lang: String,
    /// Handed back with a yes: proves that the question was shown whole.
    pub token: String,
}

/// What an act led to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct ChangeResult {
    /// The change's id.
    pub id: String,
    /// How far it is.
    pub standing: Standing,
    /// The same as a sentence.
    pub sentence: String,
}

/// Security settings that live at a broker. Private socket only. An account may be named as
/// `NAME`, or as `NAME@HOST` where several brokers have one of this name; where only one is
/// registered here it may be empty.
#[zbus::proxy(
    interface = "org.sayso.Approver1.Changes",
    default_path = "/org/sayso/Approver",
    gen_blocking = false
)]
pub trait Changes {
    /// The account's settings, as its broker has them now.
    fn settings(&self, account: &str) -> Result<SettingsLine, Error>;
    /// What waits or is ready, of this account, or of all.
    fn pending(&self, account: &str) -> Result<Vec<ChangeLine>, Error>;
    /// The account's computers, oldest first.
    fn approvers(&self, account: &str) -> Result<Vec<ApproverLine>, Error>;
    /// Asks whether `setting` is to become `value`. Nothing is sent before the yes.
    fn set(
        &self,
        account: &str,
        setting: &str,
        value: &str,
        place: Place,
    ) -> Result<ChangeQuestion, Error>;
    /// Asks whether a ready change is to hold, or a computer that waits is let in.
    fn confirm(&self, id: &str, place: Place) -> Result<ChangeQuestion, Error>;
    /// Asks whether the computer of this name or id is to be removed.
    fn remove(&self, account: &str, name: &str, place: Place) -> Result<ChangeQuestion, Error>;
    /// Asks whether this computer is to be removed from the account.
    fn unregister(&self, account: &str, place: Place) -> Result<ChangeQuestion, Error>;
    /// Yes to the question of this token.
    fn agree(&self, token: &str, place: Place) -> Result<ChangeResult, Error>;
    /// Calls a change off, at once.
    fn cancel(&self, id: &str, place: Place) -> Result<ChangeResult, Error>;
}
