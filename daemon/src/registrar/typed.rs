//! What a registration is given, and why it did not succeed.

use sayso_protocol::bus::Error;
use sayso_protocol::enrolment::{ActivationCode, NotAnActivationCode};
use sayso_protocol::problem::ProblemType;
use sayso_words::{Words, say};
use url::{Host, Url};

use crate::source::Refusal;

/// The broker's address: https, or plain http on this computer.
pub(super) fn broker_address(text: &str, words: &Words) -> Result<Url, Error> {
    let shown = sayso_protocol::spoken::Clean::<80>::new(text);
    let strange = || Error::Invalid(say!(words, "error-address", address = shown.as_str()));
    let url = Url::parse(text).map_err(|_| strange())?;
    let loopback = match url.host().ok_or_else(strange)? {
        Host::Domain(name) => name == "localhost",
        Host::Ipv4(address) => address.is_loopback(),
        Host::Ipv6(address) => address.is_loopback(),
    };
    let bare = matches!(url.path(), "" | "/") && url.query().is_none() && url.username().is_empty();
    match url.scheme() {
        "https" if bare => Ok(url),
        "http" if loopback && bare => Ok(url),
        "http" if bare => {
            Err(Error::Invalid(say!(words, "error-broker-insecure", address = shown.as_str())))
        }
        _ => Err(strange()),
    }
}

pub(super) fn host(broker: &Url) -> String {
    let host = broker.host_str().unwrap_or_default();
    broker.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
}

pub(super) fn activation(text: &str, words: &Words) -> Result<ActivationCode, Error> {
    ActivationCode::parse(text).map_err(|error| match error {
        NotAnActivationCode::NotFourteenDigits(_) | NotAnActivationCode::Slip => {
            Error::Invalid(say!(words, "error-activation-form"))
        }
    })
}

pub(super) fn inside(words: &Words) -> Error {
    Error::Store(say!(words, "error-inside"))
}

pub(super) fn not_enrolled(words: &Words, host: &str, account: &str, refusal: Refusal) -> Error {
    let problem = match refusal {
        Refusal::Offline => {
            return Error::Offline(say!(words, "error-broker-unreachable", broker = host));
        }
        Refusal::NotGenuine(fault) => return Error::Offline(fault.sentence(words, host)),
        Refusal::Strange => {
            return Error::Refused(say!(words, "error-broker-strange", broker = host));
        }
        Refusal::Problem(problem) => problem,
    };
    Error::Refused(if problem.kind == ProblemType::Activation {
        say!(words, "error-activation-wrong", broker = host)
    } else if problem.kind == ProblemType::TooManyApprovers {
        say!(words, "error-too-many-approvers", account = account, broker = host)
    } else {
        let reason = sayso_protocol::spoken::Clean::<80>::new(&problem.title);
        say!(words, "error-broker-refused", broker = host, reason = reason.as_str())
    })
}
