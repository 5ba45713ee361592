//! One line on one channel, to find out at registration what reaches the person.

use sayso_protocol::bus::{Channel, Error};
use sayso_words::say;
use tokio::sync::oneshot;

use super::speech::Priority;
use super::{Announcer, TRIAL, Voice, What};
use crate::wording::Told;

impl Announcer {
    /// Tries one channel; the answer comes when it has shown whether it works.
    pub fn try_channel(&mut self, channel: Channel, reply: oneshot::Sender<Result<bool, Error>>) {
        match channel {
            Channel::Speech if self.voice == Voice::Down => drop(reply.send(Ok(false))),
            Channel::Speech => {
                let sentence = say!(self.words, "try-speech");
                let told = Told { line: String::new(), sentence };
                self.trials.push((channel, reply));
                self.speak(What::Trial, told, Priority::Message);
            }
            Channel::Notification if !self.shows => drop(reply.send(Ok(false))),
            Channel::Notification => {
                self.trials.push((channel, reply));
                let line = self.words.line("line-try", &[]);
                self.order_notification(TRIAL, &line, "", false);
            }
        }
    }

    pub(super) fn tried(&mut self, channel: Channel, worked: bool) {
        for (tried, reply) in std::mem::take(&mut self.trials) {
            if tried == channel {
                drop(reply.send(Ok(worked)));
            } else {
                self.trials.push((tried, reply));
            }
        }
    }
}
