//! Remarks about Sayso itself: each is told once, as soon as there is a channel that tells.

use sayso_protocol::bus::AttendLine;

use super::{Announcer, Voice};
use crate::doors::{ClientId, Reply};
use crate::wording::Told;

impl Announcer {
    /// Something to know that belongs to no request. It waits until somebody can perceive it.
    pub fn remark(&mut self, sentence: String) {
        self.held.push(Told { line: sentence.clone(), sentence });
        self.tell_held();
    }

    /// Tells what waited for a channel.
    pub(super) fn tell_held(&mut self) {
        let heard = self.preferences.speech && self.voice == Voice::Up;
        let read = self.preferences.notification && self.shows;
        if heard || read || self.attend.anybody() {
            for told in std::mem::take(&mut self.held) {
                self.tell(None, &told);
            }
        }
    }

    /// A terminal attends: it gets the lines after number `after`, and first what waited.
    pub fn attend(&mut self, client: ClientId, after: u64, reply: Reply<(u64, Vec<AttendLine>)>) {
        self.attend.attend(client, after, reply);
        self.tell_held();
    }
}
