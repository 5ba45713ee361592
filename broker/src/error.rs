//! The one error type of the handlers: a refusal that becomes `problem+json`, and a cause that
//! goes to the log only.

use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use sayso_protocol::life::{Refusal, Standing};
use sayso_protocol::problem::{MEDIA_TYPE, Problem, ProblemType};
use sayso_protocol::signature::SignatureError;
use sayso_protocol::time::UnixTime;
use sayso_words::{Language, Words, say};

use crate::store::StoreError;

/// Why a call was not done.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A rule refused it.
    #[error("refused: {:?}", .0.kind)]
    Refused(Box<Problem>),
    /// The store could not do it.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Something of ours failed.
    #[error("{0}")]
    Inside(String),
}

impl Error {
    /// A refusal of this kind.
    #[must_use]
    pub fn of(kind: ProblemType) -> Self {
        Self::Refused(Box::new(problem(kind)))
    }

    /// A refusal that says what stands.
    #[must_use]
    pub fn standing(kind: ProblemType, state: Standing) -> Self {
        standing(kind, state).into()
    }
}

fn standing(kind: ProblemType, state: Standing) -> Problem {
    Problem { state: Some(state), ..problem(kind) }
}

/// What a request's life refused, as its caller is told.
#[must_use]
pub fn of_refusal(refusal: Refusal) -> Problem {
    match refusal {
        Refusal::Ended(state) => standing(ProblemType::Ended, state),
        Refusal::NotApproved => problem(ProblemType::Method),
        Refusal::NotBound => standing(ProblemType::NotBound, Standing::Pending),
        Refusal::BoundByAnother => standing(ProblemType::NotBound, Standing::Bound),
    }
}

/// A refusal of this kind, in words.
#[must_use]
pub fn problem(kind: ProblemType) -> Problem {
    let (title, detail) = sentences(kind);
    Problem::new(kind, status(kind).as_u16(), title, detail)
}

/// Entry of codes is blocked until then.
#[must_use]
pub fn blocked(until: UnixTime) -> Problem {
    Problem { retry_at: Some(until), ..problem(ProblemType::CodeBlocked) }
}

/// The call that `by` proves has taken this one's place.
#[must_use]
pub fn replaced(by: String) -> Problem {
    Problem { by: Some(by), ..problem(ProblemType::Replaced) }
}

fn status(kind: ProblemType) -> StatusCode {
    match kind {
        ProblemType::Malformed
        | ProblemType::ReturnUrl
        | ProblemType::Signature
        | ProblemType::Method
        | ProblemType::Clock => StatusCode::BAD_REQUEST,
        ProblemType::Unauthorized => StatusCode::UNAUTHORIZED,
        ProblemType::ApproverRemoved
        | ProblemType::ApproverWaits
        | ProblemType::AccountBlocked
        | ProblemType::Activation
        | ProblemType::WrongSecret
        | ProblemType::NetworkReported
        | ProblemType::OwnPage
        | ProblemType::Ticket => StatusCode::FORBIDDEN,
        ProblemType::NotFound => StatusCode::NOT_FOUND,
        ProblemType::TooManyApprovers
        | ProblemType::KnownKey
        | ProblemType::NotReady
        | ProblemType::ChangeEnded
        | ProblemType::NoChange
        | ProblemType::NotBound
        | ProblemType::Replaced
        | ProblemType::PageNeeded
        | ProblemType::Ended => StatusCode::CONFLICT,
        ProblemType::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        ProblemType::WrongCode | ProblemType::IdempotencyKey => StatusCode::UNPROCESSABLE_ENTITY,
        ProblemType::CodeBlocked | ProblemType::TooMany => StatusCode::TOO_MANY_REQUESTS,
        ProblemType::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
    }
}

/// Title and detail, in English: they are for who reads a log or a trace. What a person hears is
/// said by the caller, in the person's language.
fn sentences(kind: ProblemType) -> (String, String) {
    let words = Words::new(Language::English);
    let both = match kind {
        ProblemType::Malformed => say!(words, "problem-malformed"),
        ProblemType::TooLarge => say!(words, "problem-too-large"),
        ProblemType::Unauthorized => say!(words, "problem-unauthorized"),
        ProblemType::NotFound => say!(words, "problem-not-found"),
        ProblemType::ReturnUrl => say!(words, "problem-return-url"),
        ProblemType::Signature => say!(words, "problem-signature"),
        ProblemType::Clock => say!(words, "problem-clock"),
        ProblemType::WrongCode => say!(words, "problem-wrong-code"),
        ProblemType::CodeBlocked => say!(words, "problem-code-blocked"),
        ProblemType::ApproverRemoved => say!(words, "problem-approver-removed"),
        ProblemType::Activation => say!(words, "problem-activation"),
        ProblemType::TooManyApprovers => say!(words, "problem-too-many-approvers"),
        ProblemType::ApproverWaits => say!(words, "problem-approver-waits"),
        ProblemType::Replaced => say!(words, "problem-replaced"),
        ProblemType::AccountBlocked => say!(words, "problem-account-blocked"),
        ProblemType::KnownKey => say!(words, "problem-known-key"),
        ProblemType::WrongSecret => say!(words, "problem-wrong-secret"),
        ProblemType::Method => say!(words, "problem-method"),
        ProblemType::NotReady => say!(words, "problem-not-ready"),
        ProblemType::ChangeEnded => say!(words, "problem-change-ended"),
        ProblemType::NoChange => say!(words, "problem-no-change"),
        ProblemType::NotBound => say!(words, "problem-not-bound"),
        ProblemType::PageNeeded => say!(words, "problem-page-needed"),
        ProblemType::OwnPage => say!(words, "problem-own-page"),
        ProblemType::Ended => say!(words, "problem-ended"),
        ProblemType::Ticket => say!(words, "problem-ticket"),
        ProblemType::NetworkReported => say!(words, "problem-network-reported"),
        ProblemType::IdempotencyKey => say!(words, "problem-idempotency-key"),
        ProblemType::TooMany => say!(words, "problem-too-many"),
        ProblemType::Unavailable => say!(words, "problem-unavailable"),
    };
    match both.split_once(". ") {
        Some((title, detail)) => (title.to_owned(), detail.to_owned()),
        None => (both, String::new()),
    }
}

impl From<Problem> for Error {
    fn from(problem: Problem) -> Self {
        Self::Refused(Box::new(problem))
    }
}

impl From<SignatureError> for Error {
    fn from(error: SignatureError) -> Self {
        tracing::info!(%error, "a signed message does not count");
        Self::of(match error {
            SignatureError::TooLarge => ProblemType::TooLarge,
            SignatureError::Malformed(_) => ProblemType::Malformed,
            SignatureError::Expired | SignatureError::Future => ProblemType::Clock,
            SignatureError::Algorithm
            | SignatureError::Typ
            | SignatureError::Key
            | SignatureError::Signature
            | SignatureError::Issuer
            | SignatureError::Audience => ProblemType::Signature,
        })
    }
}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        of_refusal(refusal).into()
    }
}

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        let problem = match self {
            Self::Refused(problem) => *problem,
            Self::Store(error) => {
                tracing::error!(%error, "the store could not do it");
                problem(ProblemType::Unavailable)
            }
            Self::Inside(error) => {
                tracing::error!(%error, "something failed inside");
                Problem { status: 500, ..problem(ProblemType::Unavailable) }
            }
        };
        let status =
            StatusCode::from_u16(problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let kind = [(header::CONTENT_TYPE, MEDIA_TYPE), (header::CACHE_CONTROL, "no-store")];
        (status, Extension(problem.kind), kind, Json(problem)).into_response()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_says_what_happened_and_what_to_do() {
        let refusal = problem(ProblemType::Ticket);
        assert_eq!(refusal.status, 403);
        assert!(!refusal.title.is_empty() && !refusal.detail.is_empty());
    }
}
