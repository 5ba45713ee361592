//! What can be changed, and how long each change waits.

use serde::{Deserialize, Serialize};

use crate::enrolment::{ApproverId, ApproverName};

/// How the account's logins are bound.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "bus", derive(zbus::zvariant::Type), zvariant(signature = "s"))]
#[serde(rename_all = "kebab-case")]
pub enum ApproveWith {
    /// Six digits from the login page.
    #[default]
    Code,
    /// A QR code, read off the screen.
    Qr,
    /// Six digits that Sayso reads out.
    Readout,
}

/// Whether the login page may offer the button that opens Sayso on the same computer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "bus", derive(zbus::zvariant::Type), zvariant(signature = "s"))]
#[serde(rename_all = "kebab-case")]
pub enum SameDevice {
    /// It may.
    #[default]
    On,
    /// It may not.
    Off,
}

impl SameDevice {
    /// Whether it may.
    #[must_use]
    pub fn is_on(&self) -> bool {
        matches!(self, Self::On)
    }
}

/// The account's security settings that live at the broker.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct AccountSettings {
    /// How logins are bound.
    pub approve_with: ApproveWith,
    /// Whether the page's button may be used as well.
    pub same_device: SameDevice,
}

/// A computer, as others of the same account are told of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Computer {
    /// Its id.
    pub id: ApproverId,
    /// What the person calls it.
    pub name: ApproverName,
}

/// What a change sets.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "setting", content = "value", rename_all = "snake_case")]
pub enum Proposal {
    /// How logins are bound.
    ApproveWith(ApproveWith),
    /// Whether the page's button may be used as well.
    SameDevice(SameDevice),
    /// This computer becomes an approver.
    Approver(Computer),
    /// This computer is an approver no longer.
    RemoveApprover(Computer),
}

/// Whether a change waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wait {
    /// It protects: it applies at once.
    None,
    /// It waits, and then applies unasked.
    Unasked,
    /// It waits, and then must be confirmed.
    Confirmed,
}

impl Proposal {
    /// Whether it waits. How logins are bound always waits, whatever the direction.
    #[must_use]
    pub fn wait(&self) -> Wait {
        match self {
            Self::ApproveWith(_) | Self::SameDevice(SameDevice::On) => Wait::Confirmed,
            Self::Approver(_) => Wait::Unasked,
            Self::SameDevice(SameDevice::Off) | Self::RemoveApprover(_) => Wait::None,
        }
    }

    /// Whether a newer change of the same thing takes the place of `self`.
    #[must_use]
    pub fn is_replaced_by(&self, newer: &Self) -> bool {
        match (self, newer) {
            (Self::ApproveWith(_), Self::ApproveWith(_))
            | (Self::SameDevice(_), Self::SameDevice(_)) => true,
            (
                Self::ApproveWith(_)
                | Self::SameDevice(_)
                | Self::Approver(_)
                | Self::RemoveApprover(_),
                _,
            ) => false,
        }
    }
}

impl AccountSettings {
    /// Whether `proposal` would change nothing.
    #[must_use]
    pub fn is_already(&self, proposal: &Proposal) -> bool {
        match proposal {
            Proposal::ApproveWith(value) => self.approve_with == *value,
            Proposal::SameDevice(value) => self.same_device == *value,
            Proposal::Approver(_) | Proposal::RemoveApprover(_) => false,
        }
    }

    /// What the setting that `proposal` would change is now; none for an approver.
    #[must_use]
    pub fn now(&self, proposal: &Proposal) -> Option<Proposal> {
        match proposal {
            Proposal::ApproveWith(_) => Some(Proposal::ApproveWith(self.approve_with)),
            Proposal::SameDevice(_) => Some(Proposal::SameDevice(self.same_device)),
            Proposal::Approver(_) | Proposal::RemoveApprover(_) => None,
        }
    }

    /// These settings with `proposal` applied.
    #[must_use]
    pub fn with(self, proposal: &Proposal) -> Self {
        match proposal {
            Proposal::ApproveWith(value) => Self { approve_with: *value, ..self },
            Proposal::SameDevice(value) => Self { same_device: *value, ..self },
            Proposal::Approver(_) | Proposal::RemoveApprover(_) => self,
        }
    }
}
