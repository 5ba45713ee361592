//! Settings and their values as a person types them.

use sayso_protocol::change::{ApproveWith, Proposal, SameDevice};

/// Why what was typed is no setting with its value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mistyped {
    /// There is no such setting.
    Setting,
    /// The setting has no such value; these it has.
    Value(&'static str),
}

/// What is to be set.
///
/// # Errors
/// [`Mistyped`].
pub fn read(setting: &str, value: &str) -> Result<Proposal, Mistyped> {
    match (setting, value) {
        ("approve_with", "code") => Ok(Proposal::ApproveWith(ApproveWith::Code)),
        ("approve_with", "qr") => Ok(Proposal::ApproveWith(ApproveWith::Qr)),
        ("approve_with", "readout") => Ok(Proposal::ApproveWith(ApproveWith::Readout)),
        ("approve_with", _) => Err(Mistyped::Value("code, qr, readout")),
        ("same_device", "on") => Ok(Proposal::SameDevice(SameDevice::On)),
        ("same_device", "off") => Ok(Proposal::SameDevice(SameDevice::Off)),
        ("same_device", _) => Err(Mistyped::Value("on, off")),
        (_, _) => Err(Mistyped::Setting),
    }
}

/// The names of a setting and its value; a computer's name is its own.
#[must_use]
pub fn names(proposal: &Proposal) -> (&'static str, &str) {
    match proposal {
        Proposal::ApproveWith(ApproveWith::Code) => ("approve_with", "code"),
        Proposal::ApproveWith(ApproveWith::Qr) => ("approve_with", "qr"),
        Proposal::ApproveWith(ApproveWith::Readout) => ("approve_with", "readout"),
        Proposal::SameDevice(SameDevice::On) => ("same_device", "on"),
        Proposal::SameDevice(SameDevice::Off) => ("same_device", "off"),
        Proposal::Approver(computer) | Proposal::RemoveApprover(computer) => {
            ("approver", computer.name.as_str())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_typed_is_what_is_shown() {
        for (setting, values) in
            [("approve_with", &["code", "qr", "readout"][..]), ("same_device", &["on", "off"])]
        {
            for value in values {
                assert_eq!(names(&read(setting, value).unwrap()), (setting, *value));
            }
            assert!(matches!(read(setting, "maybe"), Err(Mistyped::Value(_))));
        }
        assert_eq!(read("approver", "laptop"), Err(Mistyped::Setting));
    }
}
