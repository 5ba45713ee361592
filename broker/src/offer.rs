//! How a login page may be bound: by what the account's settings choose, and by the button for the
//! same computer where nobody forbids it. Each way has a secret of its own, made only if the page
//! offers it.

use sayso_protocol::binding::{Binding, Code, Method};
use sayso_protocol::change::{AccountSettings, ApproveWith, SameDevice};
use sayso_protocol::secret::PageSecret;
use serde::{Deserialize, Serialize};

use crate::random;

/// What a page offers. `Debug` redacts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Offer {
    /// By the setting `approve_with`; nothing where only the button is practised.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub chosen: Option<Chosen>,
    /// Behind the button for the same computer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link: Option<PageSecret>,
}

/// The way that the setting `approve_with` chose.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Chosen {
    /// These digits, which find the request.
    Code(Code),
    /// This secret, in a QR code.
    Qr(PageSecret),
    /// Digits that come after the approval.
    Readout,
}

/// What a proof is worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Proof {
    /// It proves that the person sees the page.
    Right,
    /// It is another secret than the page's.
    Wrong,
    /// The page does not offer this way.
    NotOffered,
}

impl Offer {
    /// Draws what a page offers. `taken` says whether a code stands on another page already.
    pub fn draw(
        settings: AccountSettings,
        asked: SameDevice,
        taken: impl Fn(&Code) -> bool,
    ) -> Self {
        let chosen = match settings.approve_with {
            ApproveWith::Code => Method::Code,
            ApproveWith::Qr => Method::Qr,
            ApproveWith::Readout => Method::Readout,
        };
        let chosen = Self::only(chosen, taken);
        let linked = settings.same_device.is_on() && asked.is_on();
        let link = linked.then(|| PageSecret::draw(&mut random()));
        Self { link, ..chosen }
    }

    /// Draws what a page offers that is bound in one way only.
    pub fn only(method: Method, taken: impl Fn(&Code) -> bool) -> Self {
        let random = &mut random();
        let chosen = match method {
            Method::Code => {
                let mut code = Code::draw(random);
                while taken(&code) {
                    code = Code::draw(random);
                }
                Chosen::Code(code)
            }
            Method::Qr => Chosen::Qr(PageSecret::draw(random)),
            Method::Readout => Chosen::Readout,
            Method::Link => return Self { chosen: None, link: Some(PageSecret::draw(random)) },
        };
        Self { chosen: Some(chosen), link: None }
    }

    /// The ways, as the signed request names them.
    #[must_use]
    pub fn methods(&self) -> Vec<Method> {
        let chosen = self.chosen.as_ref().map(|chosen| match chosen {
            Chosen::Code(_) => Method::Code,
            Chosen::Qr(_) => Method::Qr,
            Chosen::Readout => Method::Readout,
        });
        chosen.into_iter().chain(self.link.as_ref().map(|_| Method::Link)).collect()
    }

    /// The digits on the page, if it shows some.
    #[must_use]
    pub fn code(&self) -> Option<&Code> {
        match &self.chosen {
            Some(Chosen::Code(code)) => Some(code),
            Some(Chosen::Qr(_) | Chosen::Readout) | None => None,
        }
    }

    /// What `binding` is worth here: each secret counts for its own method only.
    #[must_use]
    pub fn weigh(&self, binding: &Binding) -> Proof {
        let compared = match (binding, &self.chosen) {
            (Binding::Code { value }, Some(Chosen::Code(code))) => Some(value == code),
            (Binding::Qr { value, .. }, Some(Chosen::Qr(secret))) => Some(value == secret),
            (Binding::Readout { .. }, Some(Chosen::Readout)) => Some(true),
            (Binding::Link { value, .. }, _) => self.link.as_ref().map(|secret| value == secret),
            (Binding::Code { .. } | Binding::Qr { .. } | Binding::Readout { .. }, _) => None,
        };
        match compared {
            Some(true) => Proof::Right,
            Some(false) => Proof::Wrong,
            None => Proof::NotOffered,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sayso_protocol::request::RequestId;

    fn offer(approve_with: ApproveWith, same_device: SameDevice) -> Offer {
        Offer::draw(AccountSettings { approve_with, same_device }, SameDevice::On, |_| false)
    }

    fn qr(value: &PageSecret) -> Binding {
        Binding::Qr { request: RequestId(uuid::Uuid::nil()), value: value.clone() }
    }

    fn link(value: &PageSecret) -> Binding {
        Binding::Link { request: RequestId(uuid::Uuid::nil()), value: value.clone() }
    }

    #[test]
    fn a_secret_counts_for_its_own_method_only() {
        let offer = offer(ApproveWith::Qr, SameDevice::On);
        let (Some(Chosen::Qr(in_qr)), Some(in_link)) = (&offer.chosen, &offer.link) else {
            panic!()
        };
        assert_eq!(offer.weigh(&qr(in_qr)), Proof::Right);
        assert_eq!(offer.weigh(&link(in_link)), Proof::Right);
        assert_eq!(offer.weigh(&link(in_qr)), Proof::Wrong);
        assert_eq!(offer.weigh(&qr(in_link)), Proof::Wrong);
    }

    #[test]
    fn what_is_not_offered_has_no_secret_and_takes_none() {
        let any = PageSecret::draw(&mut random());
        let code = offer(ApproveWith::Code, SameDevice::Off);
        assert_eq!(code.methods(), [Method::Code]);
        assert_eq!(code.weigh(&qr(&any)), Proof::NotOffered);
        assert_eq!(code.weigh(&link(&any)), Proof::NotOffered);
        let service_forbids = Offer::draw(AccountSettings::default(), SameDevice::Off, |_| false);
        assert_eq!(service_forbids.methods(), [Method::Code]);
        let readout = offer(ApproveWith::Readout, SameDevice::On);
        assert_eq!(readout.methods(), [Method::Readout, Method::Link]);
    }

    #[test]
    fn what_is_practised_in_one_way_takes_no_other() {
        for method in [Method::Code, Method::Qr, Method::Link, Method::Readout] {
            let offer = Offer::only(method, |_| false);
            assert_eq!(offer.methods(), [method]);
            let stored = serde_json::to_string(&offer).unwrap();
            assert_eq!(serde_json::from_str::<Offer>(&stored).unwrap(), offer);
        }
    }

    #[test]
    fn a_code_that_stands_on_another_page_is_not_drawn() {
        let drawn = std::cell::Cell::new(0);
        let first_three_are_taken = |_: &Code| {
            drawn.set(drawn.get() + 1);
            drawn.get() <= 3
        };
        Offer::draw(AccountSettings::default(), SameDevice::On, first_three_are_taken);
        assert_eq!(drawn.get(), 4);
    }
}
