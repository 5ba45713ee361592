//! Questions about settings that wait for a yes. A yes counts for the question whose token it
//! brings, once, and for a while: what was asked is what is signed.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use sayso_protocol::change::{ChangeAct, ChangeId, Proposal};
use sayso_protocol::decision::{Heard, UserVerification};
use sayso_protocol::enrolment::ApproverId;
use sayso_protocol::secret::nonce;
use sayso_protocol::signature::Digest;

/// So many questions are open at once; one more closes the oldest.
const MOST: usize = 16;
/// A question names a day and a time: one that was asked longer ago is asked anew.
const OPEN: Duration = Duration::from_mins(10);

/// What a yes lets happen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Act {
    /// A setting begins to change.
    Queue(Proposal),
    /// A ready change holds, or a computer is let in.
    Confirm {
        /// Which.
        change: ChangeId,
        /// As it was told.
        hash: Digest,
    },
    /// A computer is removed.
    Remove(ApproverId),
}

/// A question that was answered with yes: it can be signed, once.
#[derive(Debug, PartialEq, Eq)]
pub struct Agreed {
    /// Whose account.
    pub approver: ApproverId,
    act: Act,
    heard: Heard,
}

impl Agreed {
    /// What is signed.
    #[must_use]
    pub fn act(self, verification: UserVerification) -> ChangeAct {
        let heard = self.heard;
        match self.act {
            Act::Queue(proposal) => ChangeAct::Queue { proposal, heard, verification },
            Act::Confirm { change, hash } => {
                ChangeAct::Confirm { change, hash, heard, verification }
            }
            Act::Remove(approver) => ChangeAct::RemoveApprover { approver, heard, verification },
        }
    }
}

#[derive(Debug)]
struct Open {
    token: String,
    until: Instant,
    agreed: Agreed,
}

/// The questions that are open.
#[derive(Debug, Default)]
pub struct Asked(VecDeque<Open>);

impl Asked {
    /// A question that is about to be shown whole. Answers with its token.
    pub fn ask(&mut self, approver: ApproverId, act: Act, heard: Heard, now: Instant) -> String {
        let token = nonce(&mut rand::rng());
        let agreed = Agreed { approver, act, heard };
        self.0.push_back(Open { token: token.clone(), until: now + OPEN, agreed });
        if self.0.len() > MOST {
            self.0.pop_front();
        }
        token
    }

    /// Yes to the question of this token.
    #[must_use]
    pub fn agree(&mut self, token: &str, now: Instant) -> Option<Agreed> {
        let place = self.0.iter().position(|open| open.token == token)?;
        self.0.remove(place).filter(|open| now < open.until).map(|open| open.agreed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock;
    use sayso_protocol::change::ApproveWith;

    fn heard() -> Heard {
        Heard { lang: "en".into(), text: "Use QR codes for anna?".into() }
    }

    fn act() -> Act {
        Act::Queue(Proposal::ApproveWith(ApproveWith::Qr))
    }

    #[test]
    fn a_yes_counts_once_for_the_very_question_and_not_for_ever() {
        let (mut asked, now) = (Asked::default(), clock::now());
        let me = ApproverId("me".into());
        let token = asked.ask(me.clone(), act(), heard(), now);
        assert_eq!(asked.agree("", now), None);
        let agreed = asked.agree(&token, now).unwrap();
        assert_eq!((agreed.approver, agreed.heard), (me.clone(), heard()));
        assert_eq!(asked.agree(&token, now), None);
        let token = asked.ask(me, act(), heard(), now);
        assert_eq!(asked.agree(&token, now + OPEN), None);
    }

    #[test]
    fn many_questions_close_the_oldest() {
        let (mut asked, now) = (Asked::default(), clock::now());
        let ask = |asked: &mut Asked| asked.ask(ApproverId("me".into()), act(), heard(), now);
        let first = ask(&mut asked);
        let later: Vec<_> = (0..MOST).map(|_| ask(&mut asked)).collect();
        assert_eq!(asked.agree(&first, now), None);
        assert!(asked.agree(&later[0], now).is_some());
    }
}
