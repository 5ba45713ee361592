//! The call for something to practise on.

use sayso_protocol::life::Standing;
use sayso_protocol::link::Open;
use sayso_protocol::practice::{PracticeAnswer, PracticeCall};
use sayso_protocol::request::ActionKind;

use super::super::{Begun, Refusal};
use super::calls::Calls;

impl Calls {
    /// Asks for a practice. What comes must be one, and its page the broker's own.
    pub(super) async fn practise(&self, practice: PracticeCall) -> Result<Box<Begun>, Refusal> {
        let (answer, clock) = self.post_proved("/v1/practice", &practice).await?;
        let PracticeAnswer { jws, login_url, expires_at } = answer;
        let open = Open { jws, state: Standing::Pending, receipt: None, expires_at };
        let arrived = self.arrived(open, clock).map_err(|_| Refusal::Strange)?;
        let is_practice = arrived.received.request().action.kind == ActionKind::Practice;
        if is_practice && self.is_own(&login_url) {
            Ok(Box::new(Begun { arrived, page: login_url }))
        } else {
            Err(Refusal::Strange)
        }
    }
}
