//! Practice: a broker makes a request for this computer alone, of which nothing comes. Everything
//! after that is as with any other request.

use std::time::Instant;

use sayso_protocol::binding::Method;
use sayso_protocol::bus::{Error, Place, Practice};
use sayso_protocol::enrolment::ApproverId;
use sayso_protocol::practice::PracticeCall;
use sayso_protocol::request::ActionKind;
use sayso_protocol::spoken::Clean;
use sayso_words::say;

use super::Pipeline;
use super::calling::local;
use crate::doors::Reply;
use crate::errands::browser::Visit;
use crate::inbox::Entry;
use crate::source::{Begun, Order, Refusal};

/// A practice that was asked for.
pub(super) struct Practising {
    reply: Reply<Practice>,
    approver: ApproverId,
    place: Place,
}

impl Pipeline {
    /// The person wants to practise this way to approve.
    pub(super) fn practise(
        &mut self,
        account: &str,
        method: Method,
        place: Place,
        reply: Reply<Practice>,
    ) {
        match self.practises_at(account) {
            Ok(approver) => {
                self.last_call += 1;
                let call = self.last_call;
                let locale = Clean::new(self.announcer.words().language().tag());
                let order = Order::Practise { call, practice: PracticeCall { method, locale } };
                let source = self.sources.get(&approver);
                if source.is_some_and(|source| source.orders.try_send(order).is_ok()) {
                    self.practices.insert(call, Practising { reply, approver, place });
                } else {
                    let error = self.silent(&approver);
                    self.refuse(place, reply, error);
                }
            }
            Err(error) => self.refuse(place, reply, error),
        }
    }

    /// The account is registered no longer.
    pub(super) fn refuse_practices(&mut self, approver: &ApproverId) {
        let practices = self.practices.extract_if(|_, practising| practising.approver == *approver);
        for (_, Practising { reply, place, .. }) in practices.collect::<Vec<_>>() {
            let error = self.removed_error(approver);
            self.refuse(place, reply, error);
        }
    }

    /// At the account that the person names, or the only one. While a real request waits nobody
    /// practises: what is meant for one might reach the other.
    fn practises_at(&self, account: &str) -> Result<ApproverId, Error> {
        let approver = self.approver_of(account)?;
        let words = self.announcer.words();
        let real = |entry: &Entry| entry.received.request().action.kind != ActionKind::Practice;
        if let Some((_, entry)) = self.inbox.waiting().find(|(_, entry)| real(entry)) {
            let service = entry.received.request().service.as_str();
            let sentence = say!(words, "error-practise-waiting", service = service);
            return Err(Error::Ambiguous(sentence));
        }
        match self.sources.get(&approver).filter(|source| !source.up) {
            Some(source) => Err(Error::Offline(say!(
                words,
                "error-offline",
                broker = self.broker_called(source)
            ))),
            None => Ok(approver),
        }
    }

    /// The broker's answer to that.
    pub(super) fn practised(
        &mut self,
        call: u64,
        result: Result<Box<Begun>, Refusal>,
        now: Instant,
    ) {
        let Some(Practising { reply, approver, place }) = self.practices.remove(&call) else {
            return;
        };
        match result {
            Ok(begun) => {
                let Begun { arrived, page } = *begun;
                let id = arrived.received.id().to_string();
                let expires_at = local(arrived.deadline.saturating_duration_since(now));
                let visit = Visit { id: arrived.received.id(), address: page.clone() };
                self.take(&approver, arrived, now);
                // Where no browser opens, the person has the address.
                drop(self.orders.browser.try_send(visit));
                drop(reply.send(Ok(Practice { id, page, expires_at })));
            }
            Err(refusal) => {
                let error = self.not_bound(&approver, refusal, now);
                self.refuse(place, reply, error);
            }
        }
    }
}
