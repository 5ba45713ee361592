//! What the person does becomes a decision: an announced question may be approved, denied or
//! reported, an announced notice denied or reported, and nothing else becomes anything.

use sayso_protocol::decision::{UserVerification, Verdict};
use sayso_protocol::relay::{Announced, Decision, Notice, Question};
use sayso_protocol::request::Verification;
use sayso_protocol::time::UnixTime;

/// What was announced to the person who now acts.
#[derive(Debug)]
pub enum Heard {
    /// The question.
    Question(Announced<Question>),
    /// The notice alone.
    Notice(Announced<Notice>),
}

/// A notice cannot be approved: the binding is missing.
#[derive(Debug)]
pub struct OnlyANotice(pub Announced<Notice>);

/// Makes the decision. The person acts in the unlocked session, at `at` in broker time.
///
/// # Errors
/// [`OnlyANotice`] for an approval without a question; the announcement comes back.
pub fn decide(heard: Heard, verdict: Verdict, at: UnixTime) -> Result<Decision, OnlyANotice> {
    let by = UserVerification { method: Verification::Session, at };
    match (heard, verdict) {
        (Heard::Question(question), Verdict::Approve) => Ok(question.approve(by)),
        (Heard::Question(question), Verdict::Deny) => Ok(question.deny(by)),
        (Heard::Question(question), Verdict::Report) => Ok(question.report(by)),
        (Heard::Notice(notice), Verdict::Approve) => Err(OnlyANotice(notice)),
        (Heard::Notice(notice), Verdict::Deny) => Ok(notice.deny(by)),
        (Heard::Notice(notice), Verdict::Report) => Ok(notice.report(by)),
    }
}
