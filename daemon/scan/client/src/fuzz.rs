//! What holds of all that a helper may say: the body of a fuzz target. It panics where something
//! is wrong. `tests/fuzz` has the target.

#![allow(clippy::missing_panics_doc, reason = "a body tells of what it found by a panic")]

use std::os::unix::process::ExitStatusExt as _;
use std::process::ExitStatus;

use sayso_protocol::scan::{LONGEST_TEXT, MOST_CODES};

use crate::helper::{Unread, understood};

/// An answer, or a refusal, of a helper that ends with the status of the first byte.
pub fn answer(bytes: &[u8]) {
    let Some((status, said)) = bytes.split_first() else { return };
    let status = ExitStatus::from_raw(i32::from(*status) << 8);
    match understood(status, said, said) {
        Ok(texts) => {
            assert!(status.success());
            assert!(texts.len() <= MOST_CODES, "more codes than are handed on");
            assert!(texts.iter().all(|text| text.len() <= LONGEST_TEXT), "a text is too long");
        }
        Err(Unread::Refused(fault)) => assert_eq!(status.code(), Some(fault.status().into())),
        Err(Unread::Died) => {}
        Err(other) => unreachable!("{other}"),
    }
}
