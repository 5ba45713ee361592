//! `sayso:` addresses: from a page's button, which any page can press, and from QR codes, which
//! only the person has read. Nothing is sent anywhere unless this computer is registered there and
//! holds that request.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use sayso_protocol::address::{Address, NotAnAddress, Origin};
use sayso_protocol::binding::{Binding, Method};
use sayso_protocol::bus::{Error, Place, Question};
use sayso_protocol::enrolment::ApproverId;
use sayso_protocol::life::Standing;
use sayso_protocol::request::RequestId;
use sayso_protocol::secret::PageSecret;
use sayso_words::{Words, say};

use super::Pipeline;
use crate::doors::Reply;
use crate::inbox::Entry;
use crate::source::Source;

/// One address of a page is looked at in this time: a page may open fifty.
const BETWEEN: Duration = Duration::from_secs(5);
/// The person is told once in this time that an address of a page cannot be used.
const QUIET: Duration = Duration::from_secs(60);
/// So many requests that ended are remembered, for addresses that come late.
const ENDED: usize = 64;

/// When pages' addresses came, and what they may still be about.
#[derive(Default)]
pub(super) struct Addresses {
    looked: Option<Instant>,
    told: Option<Instant>,
    ended: VecDeque<(RequestId, Standing)>,
}

impl Addresses {
    /// Whether an address of a page is looked at now.
    fn look(&mut self, now: Instant) -> bool {
        passed(&mut self.looked, BETWEEN, now)
    }

    /// Whether the person is told now that one cannot be used.
    fn tell(&mut self, now: Instant) -> bool {
        passed(&mut self.told, QUIET, now)
    }

    /// A request has ended.
    pub(super) fn ended(&mut self, id: RequestId, standing: Standing) {
        self.ended.push_back((id, standing));
        if self.ended.len() > ENDED {
            self.ended.pop_front();
        }
    }

    fn end_of(&self, id: RequestId) -> Option<Standing> {
        self.ended.iter().find(|(ended, _)| *ended == id).map(|(_, standing)| *standing)
    }
}

/// Whether `wait` has passed since the last time; then it begins anew.
fn passed(last: &mut Option<Instant>, wait: Duration, now: Instant) -> bool {
    let passed = last.is_none_or(|last| now.saturating_duration_since(last) >= wait);
    if passed {
        *last = Some(now);
    }
    passed
}

/// What an address leads to.
pub(super) enum Leads {
    /// To a question that is open already.
    ToQuestion(RequestId),
    /// To a request that is bound by its secret.
    ToProof { approver: ApproverId, request: RequestId, value: PageSecret },
}

impl Leads {
    pub(super) fn request(&self) -> RequestId {
        match self {
            Self::ToQuestion(request) | Self::ToProof { request, .. } => *request,
        }
    }
}

impl Pipeline {
    /// An address that a page's button handed over.
    pub(super) fn open(
        &mut self,
        address: &str,
        place: Place,
        reply: Reply<Question>,
        now: Instant,
    ) {
        if !self.addresses.look(now) {
            let sentence = say!(self.announcer.words(), "error-address-too-soon");
            drop(reply.send(Err(Error::TooSoon(sentence))));
            return;
        }
        match self.leads(address, Method::Link, now) {
            Ok(leads) => self.follow(leads, Method::Link, place, reply, now),
            Err(error) => self.refuse_address(place, reply, error, now),
        }
    }

    /// The address of a QR code that the person had read.
    pub(super) fn scanned(
        &mut self,
        address: &str,
        place: Place,
        reply: Reply<Question>,
        now: Instant,
    ) {
        match self.leads(address, Method::Qr, now) {
            Ok(leads) => self.follow(leads, Method::Qr, place, reply, now),
            Err(error) => self.refuse(place, reply, error),
        }
    }

    fn follow(
        &mut self,
        leads: Leads,
        method: Method,
        place: Place,
        reply: Reply<Question>,
        now: Instant,
    ) {
        match leads {
            Leads::ToQuestion(id) => match self.asked(id, "", place, now) {
                Ok(question) => drop(reply.send(Ok(question))),
                Err(error) => self.refuse(place, reply, error),
            },
            Leads::ToProof { approver, request, value } => {
                let binding = if method == Method::Qr {
                    Binding::Qr { request, value }
                } else {
                    Binding::Link { request, value }
                };
                self.prove(approver, binding, place, reply);
            }
        }
    }

    /// The person hears once, and not of each of fifty, that a page's address cannot be used.
    pub(super) fn refuse_address<T>(
        &mut self,
        place: Place,
        reply: Reply<T>,
        error: Error,
        now: Instant,
    ) {
        if self.addresses.tell(now) {
            self.refuse(place, reply, error);
        } else {
            drop(reply.send(Err(Error::TooSoon(sentences(&error)))));
        }
    }

    /// Where an address leads that came in by `method`.
    pub(super) fn leads(
        &self,
        address: &str,
        method: Method,
        now: Instant,
    ) -> Result<Leads, Error> {
        let words = self.announcer.words();
        let refused = Error::NotAnAddress;
        match Address::parse(address).map_err(|fault| refused(fault_of(words, fault)))? {
            Address::Bind { broker, request, secret } => {
                self.lead(&broker, request, secret, method, now)
            }
            Address::Register { broker, account } => {
                let (broker, account) = (broker.as_str(), account.as_str());
                let sentence =
                    say!(words, "error-address-register", broker = broker, account = account);
                Err(refused(sentence))
            }
        }
    }

    fn lead(
        &self,
        broker: &Origin,
        request: RequestId,
        value: PageSecret,
        method: Method,
        now: Instant,
    ) -> Result<Leads, Error> {
        let words = self.announcer.words();
        let here = |source: &Source| source.broker == broker.as_str();
        if !self.sources.values().any(here) {
            return Err(Error::NotAnAddress(say!(words, "error-address-broker")));
        }
        let is_here = |entry: &&Entry| self.sources.get(&entry.approver).is_some_and(here);
        let Some(entry) = self.inbox.get(request).filter(is_here) else {
            return Err(self.not_held(broker, request));
        };
        if entry.is_question() && self.open_question(now).is_none_or(|open| open == request) {
            return Ok(Leads::ToQuestion(request));
        }
        self.no_question_open(now)?;
        if !entry.takes_proof() {
            return Err(Error::Ended(say!(words, "error-address-answered")));
        }
        if !entry.offers(method) {
            return Err(Error::NotAnAddress(say!(words, "error-address-method")));
        }
        Ok(Leads::ToProof { approver: entry.approver.clone(), request, value })
    }

    /// Why a request of a broker that is ours is not here.
    fn not_held(&self, broker: &Origin, request: RequestId) -> Error {
        let words = self.announcer.words();
        match self.addresses.end_of(request) {
            Some(Standing::Expired) => Error::Expired(say!(words, "error-address-late")),
            Some(
                Standing::Approved
                | Standing::Denied
                | Standing::Cancelled
                | Standing::ApprovedUnconfirmed
                | Standing::Pending
                | Standing::Bound,
            ) => Error::Ended(say!(words, "error-address-answered")),
            None => {
                let off = |source: &&Source| source.broker == broker.as_str() && !source.up;
                match self.sources.values().find(off) {
                    Some(source) => Error::Offline(say!(
                        words,
                        "error-offline",
                        broker = self.broker_called(source)
                    )),
                    None => Error::NotAnAddress(say!(words, "error-address-request")),
                }
            }
        }
    }
}

/// What an error says.
pub(super) fn sentences(error: &Error) -> String {
    zbus::DBusError::description(error).unwrap_or_default().to_owned()
}

/// Why a text is not an address, in two sentences.
fn fault_of(words: &Words, fault: NotAnAddress) -> String {
    let fault = match fault {
        NotAnAddress::Scheme => return say!(words, "error-not-sayso-address"),
        NotAnAddress::Verb => "verb",
        NotAnAddress::TooLong => "long",
        NotAnAddress::Extra => "extra",
        NotAnAddress::Missing(_) => "missing",
        NotAnAddress::Doubled(_) => "doubled",
        NotAnAddress::Unreadable(_) => "unreadable",
    };
    say!(words, "error-address-form", fault = fault)
}
