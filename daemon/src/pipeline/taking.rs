//! Requests that the person takes: their page waits for digits that follow the approval.

use std::time::Instant;

use sayso_protocol::binding::{Binding, Method};
use sayso_protocol::bus::{Choice, Error, Place, Question};
use sayso_protocol::request::RequestId;
use sayso_words::say;

use super::Pipeline;
use crate::doors::Reply;
use crate::inbox::Entry;

impl Pipeline {
    /// The person takes the request `id`, or the only one that can be taken.
    pub(super) fn take_up(&mut self, id: &str, place: Place, reply: Reply<Question>, now: Instant) {
        match self.takeable(id, now) {
            Ok(request) => {
                let Some(entry) = self.inbox.get(request) else { return };
                let approver = entry.approver.clone();
                self.prove(approver, Binding::Readout { request }, place, reply);
            }
            Err(error) => self.refuse(place, reply, error),
        }
    }

    fn takeable(&self, id: &str, now: Instant) -> Result<RequestId, Error> {
        let words = self.announcer.words();
        self.registered()?;
        self.no_question_open(now)?;
        let mut open = self.to_be_taken();
        if id.is_empty() {
            return match (open.next(), open.next()) {
                (None, _) => Err(self.nothing_to_bind()),
                (Some((request, _)), None) => Ok(request),
                (Some(_), Some(_)) => Err(Error::Ambiguous(say!(words, "error-request-several"))),
            };
        }
        let named = open.find(|(request, _)| request.to_string() == id);
        let unknown = || Error::NoRequest(say!(words, "error-request-unknown", request = id));
        named.map(|(request, _)| request).ok_or_else(unknown)
    }

    /// What can be taken, oldest first.
    fn to_be_taken(&self) -> impl Iterator<Item = (RequestId, &Entry)> {
        self.inbox
            .waiting()
            .filter(|(_, entry)| entry.takes_proof() && entry.offers(Method::Readout))
    }

    /// The same, as a person chooses among them.
    pub(super) fn choices(&self) -> Vec<Choice> {
        self.to_be_taken()
            .map(|(id, entry)| Choice {
                id: id.to_string(),
                sentence: self.announcer.wording(&entry.received).choice(),
            })
            .collect()
    }
}
