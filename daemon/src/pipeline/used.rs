//! Codes that found their request are good for nothing more. One that comes again, as from a
//! clipboard that still holds the last login's, is refused here, where it costs no try.

use std::collections::VecDeque;

use sayso_protocol::binding::Code;
use sayso_protocol::enrolment::ApproverId;
use sayso_protocol::secret::nonce;
use sayso_protocol::signature::Digest;

/// So many are remembered.
const KEPT: usize = 16;

/// Marks of the codes that were used last: hashes with a key of this run, not the codes.
pub(super) struct UsedCodes {
    key: Digest,
    marks: VecDeque<Digest>,
}

impl UsedCodes {
    pub(super) fn new() -> Self {
        Self { key: Digest::of(nonce(&mut rand::rng()).as_bytes()), marks: VecDeque::new() }
    }

    /// What is remembered of a code for this approver's broker.
    pub(super) fn mark(&self, approver: &ApproverId, code: &Code) -> Digest {
        self.key.then(approver.0.as_bytes()).then(code.reveal().as_bytes())
    }

    pub(super) fn contains(&self, mark: &Digest) -> bool {
        self.marks.contains(mark)
    }

    /// The code of this mark has found its request.
    pub(super) fn keep(&mut self, mark: Digest) {
        self.marks.push_back(mark);
        if self.marks.len() > KEPT {
            self.marks.pop_front();
        }
    }
}
