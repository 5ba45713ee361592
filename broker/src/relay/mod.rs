//! Which approver is connected where, and who waits for which request. One task owns both; it
//! never waits for anybody: a link that cannot keep up loses messages and gets a snapshot instead.

mod mailbox;

pub use mailbox::{Mail, Mailbox};

use sayso_protocol::enrolment::ApproverId;
use sayso_protocol::link::FromBroker;
use sayso_protocol::request::RequestId;
use std::collections::HashMap;
use std::net::IpAddr;
use tokio::sync::{mpsc, oneshot, watch};

use crate::forwarding::Caller;
use crate::store::{Anew, News};
use mailbox::Slot;

/// So many errands and so much news may wait for the relay.
const QUEUE: usize = 1024;
/// Watchers that nobody holds are swept when there are this many more.
const SWEEP_EVERY: usize = 256;

/// What goes out on a link.
#[derive(Debug, Clone)]
pub enum Out {
    /// A message that was committed at this version of the store.
    Message {
        /// A snapshot at least this new holds it already.
        version: u64,
        /// The message.
        message: Box<FromBroker>,
    },
    /// Another process changed the store, or the approver may know more than before: read again,
    /// and close if it is gone.
    ReadAgain,
}

/// A link's end of the relay.
#[derive(Debug)]
pub struct Connected {
    /// What to send.
    pub mailbox: Mailbox<Out>,
    number: u64,
}

enum Errand {
    Connect {
        approver: ApproverId,
        caller: Caller,
        proof: String,
        reply: oneshot::Sender<Connected>,
    },
    Leave {
        approver: ApproverId,
        number: u64,
    },
    Peers {
        of: Vec<ApproverId>,
        reply: oneshot::Sender<Vec<Option<IpAddr>>>,
    },
    Watch {
        request: RequestId,
        reply: oneshot::Sender<watch::Receiver<()>>,
    },
    ReadAgain,
}

/// Speaks to the relay's task. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Relay(mpsc::Sender<Errand>);

/// The relay's task has ended: the broker is stopping.
#[derive(Debug, thiserror::Error)]
#[error("the relay has ended")]
pub struct Ended;

impl Relay {
    /// The relay, where the store leaves its news, and the task to spawn.
    pub fn new() -> (Self, mpsc::Sender<News>, impl Future<Output = ()> + Send) {
        let (errands, errand_inbox) = mpsc::channel(QUEUE);
        let (news, news_inbox) = mpsc::channel(QUEUE);
        let desk = Desk::default();
        (Self(errands), news, desk.run(errand_inbox, news_inbox))
    }

    /// Connects an approver, by the proof of this `jti`; an older link of its is over.
    ///
    /// # Errors
    /// [`Ended`].
    pub async fn connect(
        &self,
        approver: ApproverId,
        caller: Caller,
        proof: String,
    ) -> Result<Connected, Ended> {
        self.ask(|reply| Errand::Connect { approver, caller, proof, reply }).await
    }

    /// This link is over.
    pub async fn leave(&self, approver: ApproverId, connected: Connected) {
        let errand = Errand::Leave { approver, number: connected.number };
        // A relay that has ended has no links.
        let _ = self.0.send(errand).await;
    }

    /// From where these approvers are connected.
    ///
    /// # Errors
    /// [`Ended`].
    pub async fn peers(&self, of: Vec<ApproverId>) -> Result<Vec<Option<IpAddr>>, Ended> {
        self.ask(|reply| Errand::Peers { of, reply }).await
    }

    /// Changes whenever this request does.
    ///
    /// # Errors
    /// [`Ended`].
    pub async fn watch(&self, request: RequestId) -> Result<watch::Receiver<()>, Ended> {
        self.ask(|reply| Errand::Watch { request, reply }).await
    }

    /// Another process has changed the store.
    pub async fn read_again(&self) {
        // A relay that has ended has no links.
        let _ = self.0.send(Errand::ReadAgain).await;
    }

    async fn ask<T>(&self, errand: impl FnOnce(oneshot::Sender<T>) -> Errand) -> Result<T, Ended> {
        let (reply, answer) = oneshot::channel();
        self.0.send(errand(reply)).await.map_err(|_| Ended)?;
        answer.await.map_err(|_| Ended)
    }
}

struct Link {
    slot: Slot<Out>,
    caller: Caller,
    number: u64,
}

impl Link {
    /// `false` if it is over.
    fn give(&self, out: Out) -> bool {
        self.slot.put(out).is_ok()
    }
}

#[derive(Default)]
struct Desk {
    links: HashMap<ApproverId, Link>,
    watchers: HashMap<RequestId, watch::Sender<()>>,
    connected: u64,
    swept: usize,
}

impl Desk {
    async fn run(mut self, mut errands: mpsc::Receiver<Errand>, mut news: mpsc::Receiver<News>) {
        loop {
            tokio::select! {
                errand = errands.recv() => match errand {
                    Some(errand) => self.do_errand(errand),
                    None => break,
                },
                Some(news) = news.recv() => self.spread(news),
            }
        }
    }

    fn do_errand(&mut self, errand: Errand) {
        // Whoever asked and went away needs no answer.
        match errand {
            Errand::Connect { approver, caller, proof, reply } => {
                self.connected += 1;
                let number = self.connected;
                let (slot, mailbox) = mailbox::open();
                let link = Link { slot, caller, number };
                if let Some(older) = self.links.insert(approver, link) {
                    older.slot.replace(proof);
                }
                if self.connected.is_multiple_of(SWEEP_EVERY as u64) {
                    self.links.retain(|_, link| !link.slot.is_gone());
                }
                let _ = reply.send(Connected { mailbox, number });
            }
            Errand::Leave { approver, number } => {
                if self.links.get(&approver).is_some_and(|link| link.number == number) {
                    self.links.remove(&approver);
                }
            }
            Errand::Peers { of, reply } => {
                let peer = |approver: &ApproverId| {
                    // Who waited for an inbox may be gone without a word.
                    self.links.get(approver).filter(|link| !link.slot.is_gone())?.caller.0
                };
                let _ = reply.send(of.iter().map(peer).collect());
            }
            Errand::Watch { request, reply } => {
                let _ = reply.send(self.watch(request));
            }
            Errand::ReadAgain => {
                self.links.retain(|_, link| link.give(Out::ReadAgain));
                for watcher in self.watchers.values() {
                    watcher.send_replace(());
                }
            }
        }
    }

    fn watch(&mut self, request: RequestId) -> watch::Receiver<()> {
        if self.watchers.len() >= self.swept + SWEEP_EVERY {
            self.watchers.retain(|_, watcher| watcher.receiver_count() > 0);
            self.swept = self.watchers.len();
        }
        self.watchers.entry(request).or_insert_with(|| watch::Sender::new(())).subscribe()
    }

    fn begin_anew(&mut self, approver: &ApproverId) {
        if self.links.get(approver).is_some_and(|link| !link.give(Out::ReadAgain)) {
            self.links.remove(approver);
        }
    }

    fn spread(&mut self, news: News) {
        let version = news.version;
        for (approver, message) in news.messages {
            let Some(link) = self.links.get(&approver) else { continue };
            if !link.give(Out::Message { version, message: Box::new(message) }) {
                self.links.remove(&approver);
            }
        }
        if let Some(removed) = news.removed {
            self.links.remove(&removed);
        }
        match news.anew {
            Some(Anew::Of(approver)) => self.begin_anew(&approver),
            Some(Anew::All) => self.links.retain(|_, link| link.give(Out::ReadAgain)),
            None => {}
        }
        if let Some(watcher) = news.about.and_then(|request| self.watchers.get(&request)) {
            watcher.send_replace(());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sayso_protocol::request::RequestId;

    fn approver() -> ApproverId {
        ApproverId("one".into())
    }

    fn collected(version: u64) -> News {
        let id = RequestId(uuid::Uuid::nil());
        let messages = vec![(approver(), FromBroker::Collected { id })];
        News { version, about: Some(id), messages, removed: None, anew: None }
    }

    fn here() -> Caller {
        Caller(Some(IpAddr::from([127, 0, 0, 1])))
    }

    #[tokio::test]
    async fn a_newer_link_ends_the_older_and_outlives_its_leaving() {
        let (relay, news, task) = Relay::new();
        tokio::spawn(task);
        let mut older = relay.connect(approver(), here(), "first".into()).await.unwrap();
        let mut newer = relay.connect(approver(), here(), "second".into()).await.unwrap();
        assert!(matches!(older.mailbox.next().await, Mail::Over));
        assert_eq!(older.mailbox.replaced_by().as_deref(), Some("second"));
        assert_eq!(newer.mailbox.replaced_by(), None);
        relay.leave(approver(), older).await;
        news.send(collected(7)).await.unwrap();
        assert!(matches!(newer.mailbox.next().await, Mail::Next(Out::Message { version: 7, .. })));
    }

    #[tokio::test]
    async fn a_link_that_does_not_keep_up_hears_that_something_was_lost_and_nobody_waits_for_it() {
        let (relay, news, task) = Relay::new();
        tokio::spawn(task);
        let mut link = relay.connect(approver(), here(), "one".into()).await.unwrap();
        let mut watch = relay.watch(RequestId(uuid::Uuid::nil())).await.unwrap();
        for version in 0..=mailbox::ROOM as u64 {
            news.send(collected(version)).await.unwrap();
            watch.changed().await.unwrap();
        }
        assert!(matches!(link.mailbox.next().await, Mail::Lost));
        for _ in 0..mailbox::ROOM {
            assert!(matches!(link.mailbox.next().await, Mail::Next(_)));
        }
        news.send(collected(99)).await.unwrap();
        assert!(matches!(link.mailbox.next().await, Mail::Next(Out::Message { version: 99, .. })));
    }

    #[tokio::test]
    async fn a_link_for_which_too_much_waits_hears_that_it_was_replaced() {
        let (relay, news, task) = Relay::new();
        tokio::spawn(task);
        let mut older = relay.connect(approver(), here(), "first".into()).await.unwrap();
        let mut watch = relay.watch(RequestId(uuid::Uuid::nil())).await.unwrap();
        for version in 0..=mailbox::ROOM as u64 {
            news.send(collected(version)).await.unwrap();
            watch.changed().await.unwrap();
        }
        let _newer = relay.connect(approver(), here(), "second".into()).await.unwrap();
        assert!(matches!(older.mailbox.next().await, Mail::Over));
        assert_eq!(older.mailbox.replaced_by().as_deref(), Some("second"));
    }
}
