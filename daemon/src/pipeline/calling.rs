//! What comes in through the doors. Each call is answered at once or kept with what it waits for.

use std::time::{Duration, Instant};

use sayso_protocol::bus::{Place, Preferences, RequestLine, Stage};
use sayso_protocol::decision::Verdict;
use sayso_protocol::life::Standing;
use sayso_protocol::relay::{Perceived, Turn};
use sayso_protocol::request::RequestId;
use sayso_protocol::time::UnixTime;
use tokio::sync::mpsc;

use super::Pipeline;
use super::looking::At;
use crate::clock;
use crate::doors::{AccountAsk, Ask, Call, Reply};
use crate::errands::screen::Look;
use crate::inbox::Entry;
use crate::registrar;
use crate::signer;
use crate::wording::{host, words_of};

impl Pipeline {
    pub(super) fn called(&mut self, Call { client, ask }: Call, now: Instant) {
        match ask {
            Ask::List { place, reply } => drop(reply.send(Ok(self.list(place, now)))),
            Ask::Next { place, reply } => self.next(place, reply, now),
            Ask::Bind { given, place, reply } => self.bind(given, place, reply, now),
            Ask::Look { place, reply } => self.look(Look { place, reply }),
            Ask::Sort { texts, place, reply } => {
                self.sort(&texts, At::Picture, place, reply, now);
            }
            Ask::Readout { id, place, reply } => self.readout(&id, place, reply, now),
            Ask::SayReadout { id, aloud, place, reply } => {
                self.say_readout(&id, aloud, place, reply);
            }
            Ask::HowItEnded { id, reply } => drop(reply.send(self.how_it_ended(&id))),
            Ask::Practise { account, method, place, reply } => {
                self.practise(&account, method, place, reply);
            }
            Ask::CodeAccounts { place, reply } => drop(reply.send(Ok(self.code_accounts(place)))),
            Ask::Question { id, place, reply } => match self.question(&id, place, now) {
                Ok(question) => drop(reply.send(Ok(question))),
                Err(error) => self.refuse(place, reply, error),
            },
            Ask::Approve { id, token, place, reply } => {
                self.answer(&id, &token, Verdict::Approve, place, reply, now);
            }
            Ask::Deny { id, token, place, reply } => {
                self.answer(&id, &token, Verdict::Deny, place, reply, now);
            }
            Ask::Report { id, token, place, reply } => {
                self.answer(&id, &token, Verdict::Report, place, reply, now);
            }
            Ask::Time { id, place, reply } => drop(reply.send(self.time_left(&id, place, now))),
            Ask::MoreTime { id, place, reply } => self.more_time(&id, place, reply, now),
            Ask::Attend { after, reply } => {
                let after = if after == 0 { self.attend_begins(now) } else { after };
                self.announcer.attend(client, after, reply);
            }
            Ask::Attended { after, reply } => {
                self.attended(after, now);
                drop(reply.send(Ok(())));
            }
            Ask::Quiet(ask) => self.ask_quiet(ask),
            Ask::Repeat { place, reply } => drop(reply.send(Ok(self.repeat(place)))),
            Ask::Hush { reply } => {
                let outcomes = self.announcer.hush();
                self.announced(outcomes, now);
                drop(reply.send(Ok(())));
            }
            Ask::TryChannel { channel, reply } => self.announcer.try_channel(channel, reply),
            Ask::Voices { reply } => pass(&self.orders.voices, reply),
            Ask::Preferences { reply } => self.tell_preferences(reply),
            Ask::Prefer { preferences, reply } => {
                self.keep(signer::Order::Prefer { preferences, reply });
            }
            Ask::Change(ask) => self.ask_change(ask, now),
            Ask::Account(ask) => self.ask_account(ask),
            Ask::Status { reply } => drop(reply.send(Ok(self.status(now)))),
            Ask::History { count, reply } => self.keep(signer::Order::History { count, reply }),
            Ask::VerifyHistory { reply } => self.keep(signer::Order::Verify { reply }),
            Ask::Gone => self.announcer.attend.gone(client),
        }
    }

    /// What needs the keys does not wait for a person to unlock them: it is refused.
    fn ask_account(&mut self, ask: AccountAsk) {
        let opened = self.opened();
        match (ask, opened) {
            (AccountAsk::List { place, reply }, _) => {
                drop(reply.send(self.accounts_at(place)));
            }
            (
                AccountAsk::Register { reply, .. }
                | AccountAsk::NameBroker { reply, .. }
                | AccountAsk::Forget { reply, .. },
                Err(why),
            ) => drop(reply.send(Err(why))),
            (AccountAsk::Register { registration, reply }, Ok(())) => {
                pass(&self.orders.registrar, registrar::Call::Register(registration, reply));
            }
            (AccountAsk::NameBroker { broker, name, reply }, Ok(())) => {
                pass(&self.orders.registrar, registrar::Call::NameBroker { broker, name, reply });
            }
            (AccountAsk::Forget { account, reply }, Ok(())) => {
                pass(&self.orders.registrar, registrar::Call::ForgetHere { account, reply });
            }
        }
    }

    fn tell_preferences(&self, reply: Reply<Preferences>) {
        drop(reply.send(Ok(self.announcer.preferences().clone())));
    }

    fn list(&mut self, place: Place, now: Instant) -> Vec<RequestLine> {
        let ids = self.inbox.ids();
        if place == Place::Terminal {
            for id in &ids {
                self.printed(*id);
            }
        }
        ids.into_iter()
            .filter_map(|id| self.inbox.get(id).map(|entry| self.line(id, entry, now)))
            .collect()
    }

    /// A line of the list is a notice too.
    fn printed(&mut self, id: RequestId) {
        self.found(id);
        let printed = self.announcer.printed(id);
        let Some(entry) = self.inbox.get_mut(id) else { return };
        if entry.notice.is_none() && entry.standing == Standing::Pending {
            entry.noticed = true;
            entry.notice = Some(printed.unwrap_or_else(|| {
                let heard = self.announcer.wording(&entry.received).notice_heard();
                Turn::notice(entry.received.clone(), heard).perceived(Perceived::Shown)
            }));
        }
    }

    fn line(&self, id: RequestId, entry: &Entry, now: Instant) -> RequestLine {
        let request = entry.received.request();
        let notice = self.announcer.wording(&entry.received).notice(entry.left(now));
        let host = self.sources.get(&entry.approver).map_or("", |source| host(&source.broker));
        RequestLine {
            id: id.to_string(),
            account: request.account.to_string(),
            broker: host.to_owned(),
            service: request.service.to_string(),
            stage: match (&entry.answering, entry.standing, &entry.receipt) {
                (Some(answering), _, _) if answering.is_unconfirmed() => Stage::Unconfirmed,
                (Some(_), _, _) => Stage::Answered,
                (None, Standing::Bound, Some(_)) => Stage::Question,
                (None, Standing::Bound, None) => Stage::Elsewhere,
                (None, _, _) => Stage::Notice,
            },
            text: notice.sentence,
            short: notice.line,
            expires_at: local(entry.left(now)),
        }
    }

    /// A terminal begins to attend: what waits already stands there first.
    fn attend_begins(&mut self, now: Instant) -> u64 {
        let text = |entry: &Entry| {
            let wording = self.announcer.wording(&entry.received);
            if entry.is_question() {
                wording.question().text
            } else {
                wording.notice(entry.left(now)).sentence
            }
        };
        let waiting: Vec<_> = self.inbox.waiting().map(|(id, entry)| (id, text(entry))).collect();
        self.announcer.attend.begin(&waiting)
    }

    fn attended(&mut self, after: u64, now: Instant) {
        let printed: Vec<_> = self.announcer.attend.printed(after).collect();
        for id in printed {
            self.printed(id);
        }
        let outcomes = self.announcer.read_news(after);
        self.announced(outcomes, now);
    }

    /// Other preferences hold from now on.
    pub(super) fn preferred(&mut self, preferences: Preferences) {
        let words = words_of(&preferences);
        self.orders.words.send_replace(words.clone());
        self.announcer.prefer(words, preferences);
        self.set_quiet_hours();
    }
}

/// Hands a call to another task. Where that is impossible its reply is dropped, and the door
/// answers with an error.
pub(super) fn pass<T>(to: &mpsc::Sender<T>, call: T) {
    if to.try_send(call).is_err() {
        tracing::error!("a task takes no orders");
    }
}

/// A deadline by this computer's clock, for a caller of another process.
pub(super) fn local(left: Duration) -> i64 {
    UnixTime(clock::wall()).plus(left).0
}
