//! How far a request is, for its service: as it is answered when it looks, and as it is told unasked.

use sayso_protocol::life::State;
use sayso_protocol::service::{Page, Progress, RequestAnswer};
use sayso_protocol::time::UnixTime;
use sayso_protocol::webhook::{Event, EventType};

use crate::collecting;
use crate::store::outbox::Waiting;
use crate::store::requests::Kept;
use crate::store::{Db, StoreError, Tx};

/// What its service may know of a request now.
#[must_use]
pub fn answer(kept: &Kept, now: UnixTime) -> RequestAnswer {
    let approved = is_approved(kept);
    let collected = kept.collected_at.is_some();
    let progress = match kept.ended_at {
        None => Progress::Pending,
        Some(_) if approved && !collected && collecting::can_be_collected(kept, now) => {
            Progress::Answered
        }
        Some(_) => Progress::Ended,
    };
    RequestAnswer {
        id: kept.id,
        progress,
        expires_at: kept.life.expires_at,
        outcome: kept.outcome.clone().filter(|_| !approved || collected),
        reported_later: collecting::reported_later(kept),
    }
}

fn is_approved(kept: &Kept) -> bool {
    matches!(kept.life.state, State::Approved { .. })
}

/// Tells the request's service, if it is told anything, what it may know of it now: in the same
/// transaction as what has come of the request.
///
/// # Errors
/// [`StoreError`].
pub fn tell(tx: &mut Tx<'_>, kept: &Kept) -> Result<(), StoreError> {
    if !tx.db().is_told(&kept.service.id)? {
        return Ok(());
    }
    let data = answer(kept, tx.now);
    // Where there is no ticket, the approval goes with the event, unless it is reported first.
    let hands_out = kept.shown_by == Page::Service && data.progress == Progress::Answered;
    let (kind, progress) = match data.progress {
        Progress::Pending => return Ok(()),
        Progress::Answered if hands_out => (EventType::Ended, Progress::Ended),
        Progress::Answered => (EventType::Answered, Progress::Answered),
        Progress::Ended if data.reported_later => (EventType::ReportedLater, Progress::Ended),
        Progress::Ended => (EventType::Ended, Progress::Ended),
    };
    let timestamp = jiff::Timestamp::from_second(tx.now.0).unwrap_or_default().to_string();
    let event = Event { kind, timestamp, data: RequestAnswer { progress, ..data } };
    let body = serde_json::to_string(&event)?;
    let id = uuid::Uuid::now_v7();
    let waiting = Waiting { id, request: kept.id, body, hands_out, tries: 0 };
    tx.post(&kept.service.id, &waiting)
}

/// The approval, where it may be handed to its service without a ticket now, or was before.
///
/// # Errors
/// [`StoreError`].
pub fn handed_out(
    db: Db<'_>,
    event: &Waiting,
    now: UnixTime,
) -> Result<Option<RequestAnswer>, StoreError> {
    let Some(kept) = db.request(event.request)? else { return Ok(None) };
    let told = RequestAnswer { progress: Progress::Ended, ..answer(&kept, now) };
    let outcome = match kept.collected_at {
        Some(_) => told.outcome,
        None if collecting::may_be_fetched(db, &kept, now)? => kept.outcome,
        None => None,
    };
    Ok(Some(RequestAnswer { outcome, ..told }))
}
