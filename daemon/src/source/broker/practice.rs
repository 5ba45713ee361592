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

#[cfg(test)]
mod tests {
    use sayso_protocol::enrolment::ApproverId;
    use sayso_protocol::rotation::BrokerKeys;
    use sayso_protocol::signature::SecretKey;

    use super::super::dial::Dialer;
    use super::*;

    #[test]
    fn only_a_page_of_the_brokers_own_is_shown() {
        let key = SecretKey::generate(&mut rand::rng());
        let approver = ApproverId("anna".into());
        let known = BrokerKeys::new(key.public());
        let calls =
            Calls::new(Dialer::default(), "https://broker.example", known, approver, key).unwrap();
        assert!(calls.is_own("https://broker.example/login/AAECAwQFBgcICQoLDA0ODw"));
        for foreign in [
            "http://broker.example/login/A",
            "https://broker.example:444/login/A",
            "https://other.example/login/A",
            "https://anna@broker.example/login/A",
            "https://broker.example@other.example/login/A",
            "javascript:alert(1)",
            "/login/A",
            &format!("https://broker.example/{}", "a".repeat(512)),
        ] {
            assert!(!calls.is_own(foreign), "{foreign}");
        }
    }
}
