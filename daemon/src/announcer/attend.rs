//! A person who stays at `sayso attend`: lines with numbers, and who waits for the next one.

use std::collections::VecDeque;

use sayso_protocol::bus::AttendLine;
use sayso_protocol::request::RequestId;

use crate::doors::{ClientId, Reply};

/// So many lines are kept for a terminal that is slow to ask.
const KEPT: usize = 100;

/// A terminal that gets the number of the last line, and the lines.
type Terminal = Reply<(u64, Vec<AttendLine>)>;

/// The lines, and the terminals that wait for more.
#[derive(Default)]
pub struct Attend {
    last: u64,
    lines: VecDeque<(u64, AttendLine)>,
    waiting: Vec<(ClientId, Terminal)>,
    attending: Vec<ClientId>,
}

impl Attend {
    /// Whether anybody attends.
    #[must_use]
    pub fn anybody(&self) -> bool {
        !self.attending.is_empty()
    }

    /// The number of the last line.
    #[must_use]
    pub fn last(&self) -> u64 {
        self.last
    }

    /// A new line for everybody who attends.
    pub fn line(&mut self, id: Option<RequestId>, text: &str, bell: bool) {
        self.write(id, text, bell);
        for (_, reply) in std::mem::take(&mut self.waiting) {
            let line = self.lines.back().map(|(_, line)| line.clone());
            // A terminal that is gone needs no line.
            drop(reply.send(Ok((self.last, line.into_iter().collect()))));
        }
    }

    fn write(&mut self, id: Option<RequestId>, text: &str, bell: bool) {
        self.last += 1;
        let id = id.map_or_else(String::new, |id| id.to_string());
        self.lines.push_back((self.last, AttendLine { id, text: text.to_owned(), bell }));
        if self.lines.len() > KEPT {
            self.lines.pop_front();
        }
    }

    /// A terminal begins: it gets no old lines, but one for each request that waits now. Answers
    /// with the number of the line before them.
    pub fn begin(&mut self, waiting: &[(RequestId, String)]) -> u64 {
        let before = self.last;
        for (id, text) in waiting {
            self.write(Some(*id), text, false);
        }
        before
    }

    /// `client` wants the lines after number `after`; it waits if there is none.
    pub fn attend(&mut self, client: ClientId, after: u64, reply: Terminal) {
        if !self.attending.contains(&client) {
            self.attending.push(client);
        }
        let lines: Vec<_> = self.after(after).cloned().collect();
        if lines.is_empty() {
            self.waiting.push((client, reply));
        } else {
            drop(reply.send(Ok((self.last, lines))));
        }
    }

    fn after(&self, after: u64) -> impl Iterator<Item = &AttendLine> {
        self.lines.iter().filter(move |(number, _)| *number > after).map(|(_, line)| line)
    }

    /// The requests whose lines were printed up to number `until`.
    pub fn printed(&self, until: u64) -> impl Iterator<Item = RequestId> {
        self.lines
            .iter()
            .filter(move |(number, _)| *number <= until)
            .filter_map(|(_, line)| line.id.parse().ok())
    }

    /// `client` attends no longer.
    pub fn gone(&mut self, client: ClientId) {
        self.attending.retain(|attending| *attending != client);
        self.waiting.retain(|(waiting, _)| *waiting != client);
    }
}
