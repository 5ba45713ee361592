//! The announcer's notifications: one per request, and one for everything else.

use std::time::Duration;

use sayso_protocol::bus::Channel;
use sayso_protocol::relay::{Perceived, Received};
use sayso_protocol::request::RequestId;
use sayso_words::say;

use super::notification::{self, Action};
use super::{Announcer, GENERAL, Outcome, TRIAL, Voice, What};
use crate::wording::Told;

impl Announcer {
    /// Shows the notice or the question of a request again; nothing is said.
    pub fn show_again(&mut self, received: &Received, is_question: bool, left: Duration) {
        let wording = self.wording(received);
        let (line, body) = if is_question {
            (wording.question_line(), wording.question().text)
        } else {
            (wording.notice(left).line, wording.notice_tail_line(left))
        };
        self.show_request(received.id(), &line, &body);
    }

    /// Takes the notification of a request away.
    pub fn hide(&self, id: RequestId) {
        self.close(id);
    }

    /// What the notification server tells.
    pub fn on_notification(&mut self, event: notification::Event) -> Vec<Outcome> {
        match event {
            notification::Event::Up => {
                self.shows = true;
                self.tell_held();
                return vec![Outcome::ShowsNothing];
            }
            notification::Event::Down => self.shows = false,
            notification::Event::Shown { key, .. } if key == TRIAL => {
                self.tried(Channel::Notification, true);
            }
            notification::Event::NotShown(key) if key == TRIAL => {
                self.tried(Channel::Notification, false);
            }
            notification::Event::Shown { key, summary } => {
                if let Some(news) = self.shown_news(&key) {
                    return vec![news];
                }
                let id = key.parse().ok();
                return id.and_then(|id| self.read(id, &summary)).into_iter().collect();
            }
            notification::Event::NotShown(key) => tracing::info!(key, "not shown"),
            notification::Event::Pressed { key, action } => {
                return key
                    .parse()
                    .ok()
                    .map(|id| Outcome::Pressed(id, action))
                    .into_iter()
                    .collect();
            }
        }
        Vec::new()
    }

    /// A notification of `id` is on the screen. It announces what its heading says, and a mere
    /// count announces nothing.
    fn read(&mut self, id: RequestId, summary: &str) -> Option<Outcome> {
        if self.locked {
            return None;
        }
        let question = self.questions.get(&id).is_some_and(|asking| asking.line == summary);
        let notice = self.notices.get(&id).is_some_and(|turn| {
            let wording = self.wording(turn.received());
            wording.notice(Duration::ZERO).line == summary
        });
        let what = match (question, notice) {
            (true, _) => What::Question(id),
            (false, true) => What::Head(id),
            (false, false) => return None,
        };
        self.perceived(what, Perceived::Notification)
    }

    /// With a screen reader that reads notifications, they must not say what the voice says. It
    /// reads nothing while Speech Dispatcher is down.
    pub(super) fn only_counts(&self) -> bool {
        self.reader && self.speaks() && self.voice != Voice::Spare
    }

    /// A line, or, where there is only a sentence, the sentence below the name.
    pub(super) fn show_told(&self, told: &Told) {
        if told.line.is_empty() {
            return;
        }
        if told.line == told.sentence {
            self.show(GENERAL, "Sayso", &told.sentence, false);
        } else {
            self.show(GENERAL, &told.line, "", false);
        }
    }

    pub(super) fn show_request(&self, id: RequestId, line: &str, body: &str) {
        let key = id.to_string();
        if self.only_counts() {
            let line = self.words.line("line-waiting", &[("count", self.waiting.into())]);
            self.show(&key, &line, "", true);
        } else {
            self.show(&key, line, body, true);
        }
    }

    pub(super) fn show(&self, key: &str, summary: &str, body: &str, buttons: bool) {
        if self.preferences.notification {
            self.order_notification(key, summary, body, buttons);
        }
    }

    pub(super) fn order_notification(&self, key: &str, summary: &str, body: &str, buttons: bool) {
        let actions = if buttons {
            vec![
                (Action::Answer, say!(self.words, "button-answer")),
                (Action::Deny, say!(self.words, "button-deny")),
                (Action::Repeat, say!(self.words, "button-repeat")),
            ]
        } else {
            Vec::new()
        };
        let order = notification::Order::Show {
            key: key.to_owned(),
            summary: summary.to_owned(),
            body: body.to_owned(),
            actions,
            urgent: notification::Urgency::Normal,
        };
        if self.notifications.try_send(order).is_err() {
            tracing::error!("the notification server takes no orders");
        }
    }

    pub(super) fn close(&self, id: RequestId) {
        self.show_closed(&id.to_string());
    }

    pub(super) fn show_closed(&self, key: &str) {
        if self.notifications.try_send(notification::Order::Close { key: key.to_owned() }).is_err()
        {
            tracing::error!("the notification server takes no orders");
        }
    }
}
