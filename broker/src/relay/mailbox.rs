//! The queue of one link. It is empty nearly always, and there are thousands of it: while it is
//! empty it costs little more than a lock.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::Notify;

/// So much may wait for one link.
pub(super) const ROOM: usize = 64;

/// A link's end.
#[derive(Debug)]
pub struct Mailbox<T>(Arc<Shared<T>>);

/// The relay's end of it. What waits is still taken when this is gone.
#[derive(Debug)]
pub(super) struct Slot<T>(Arc<Shared<T>>);

/// What there is in a mailbox.
#[derive(Debug, PartialEq, Eq)]
pub enum Mail<T> {
    /// The next that came.
    Next(T),
    /// Something was lost: what is read from here on has it.
    Lost,
    /// Nothing more comes.
    Over,
}

/// Nobody takes any more what comes.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Gone;

#[derive(Debug)]
struct Shared<T> {
    held: Mutex<Held<T>>,
    came: Notify,
}

#[derive(Debug)]
struct Held<T> {
    waiting: VecDeque<T>,
    lost: bool,
    ends: Ends,
    /// The `jti` of the newer link's proof, if there is one.
    replaced_by: Option<Box<str>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ends {
    Both,
    /// The slot is gone.
    Mailbox,
    /// The mailbox is gone.
    Slot,
}

impl<T> Shared<T> {
    fn held(&self) -> MutexGuard<'_, Held<T>> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Both ends of a new one.
pub(super) fn open<T>() -> (Slot<T>, Mailbox<T>) {
    let waiting = VecDeque::new();
    let held = Held { waiting, lost: false, ends: Ends::Both, replaced_by: None };
    let shared = Arc::new(Shared { held: Mutex::new(held), came: Notify::new() });
    (Slot(Arc::clone(&shared)), Mailbox(shared))
}

impl<T> Slot<T> {
    /// Puts this in. What there is no room for is lost, and the mailbox says so.
    pub(super) fn put(&self, item: T) -> Result<(), Gone> {
        let mut held = self.0.held();
        if held.ends == Ends::Slot {
            return Err(Gone);
        }
        if held.waiting.len() < ROOM {
            held.waiting.push_back(item);
        } else {
            held.lost = true;
        }
        drop(held);
        self.0.came.notify_one();
        Ok(())
    }

    /// A newer link takes this one's place: what waits is for that one to tell.
    pub(super) fn replace(self, by: String) {
        self.0.held().replaced_by = Some(by.into());
    }

    /// Whether nobody takes any more what comes.
    pub(super) fn is_gone(&self) -> bool {
        self.0.held().ends == Ends::Slot
    }
}

impl<T> Drop for Slot<T> {
    fn drop(&mut self) {
        let mut held = self.0.held();
        if held.ends == Ends::Both {
            held.ends = Ends::Mailbox;
        }
        drop(held);
        self.0.came.notify_one();
    }
}

impl<T> Mailbox<T> {
    /// Waits for what comes next. May be given up and called again: nothing is lost by that.
    pub async fn next(&mut self) -> Mail<T> {
        loop {
            if let Some(mail) = self.look() {
                return mail;
            }
            self.0.came.notified().await;
        }
    }

    /// What there is already. That something was lost is said before what was kept.
    fn look(&mut self) -> Option<Mail<T>> {
        let mut held = self.0.held();
        if held.replaced_by.is_some() {
            return Some(Mail::Over);
        }
        if std::mem::take(&mut held.lost) {
            return Some(Mail::Lost);
        }
        let next = held.waiting.pop_front();
        if held.waiting.is_empty() {
            // Its memory too.
            held.waiting = VecDeque::new();
        }
        let over = held.ends == Ends::Mailbox;
        next.map(Mail::Next).or_else(|| over.then_some(Mail::Over))
    }

    /// Forgets what waits and what was lost: what is read from here on has it.
    pub fn clear(&mut self) {
        let mut held = self.0.held();
        held.waiting = VecDeque::new();
        held.lost = false;
    }

    /// The `jti` of the newer link's proof, if there is one.
    #[must_use]
    pub fn replaced_by(&self) -> Option<String> {
        self.0.held().replaced_by.as_deref().map(str::to_owned)
    }
}

impl<T> Drop for Mailbox<T> {
    fn drop(&mut self) {
        let mut held = self.0.held();
        held.ends = Ends::Slot;
        held.waiting = VecDeque::new();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_is_put_in_comes_out_in_its_order_and_then_it_is_over() {
        let (slot, mut mailbox) = open();
        let taking = tokio::spawn(async move {
            (mailbox.next().await, mailbox.next().await, mailbox.next().await)
        });
        tokio::task::yield_now().await;
        slot.put(1).unwrap();
        slot.put(2).unwrap();
        drop(slot);
        assert_eq!(taking.await.unwrap(), (Mail::Next(1), Mail::Next(2), Mail::Over));
    }

    #[tokio::test]
    async fn a_full_one_says_that_something_was_lost_and_keeps_the_rest() {
        let (slot, mut mailbox) = open();
        for number in 0..=ROOM {
            slot.put(number).unwrap();
        }
        assert_eq!(mailbox.next().await, Mail::Lost);
        for number in 0..ROOM {
            assert_eq!(mailbox.next().await, Mail::Next(number));
        }
        assert_eq!(mailbox.look(), None);
        assert!(!slot.is_gone());
        drop(mailbox);
        assert!(slot.is_gone());
        assert_eq!(slot.put(0), Err(Gone));
    }

    #[tokio::test]
    async fn what_is_cleared_is_told_no_more_and_what_is_lost_after_it_is() {
        let (slot, mut mailbox) = open();
        let fill = || (0..=ROOM).try_for_each(|number| slot.put(number));
        fill().unwrap();
        mailbox.clear();
        assert_eq!(mailbox.look(), None);
        fill().unwrap();
        assert_eq!(mailbox.next().await, Mail::Lost);
    }

    #[tokio::test]
    async fn one_that_is_replaced_is_over_at_once_however_much_waits() {
        let (slot, mut mailbox) = open();
        for number in 0..=ROOM {
            slot.put(number).unwrap();
        }
        slot.replace("newer".into());
        assert_eq!(mailbox.next().await, Mail::Over);
        assert_eq!(mailbox.replaced_by().as_deref(), Some("newer"));
    }

    #[tokio::test]
    async fn nothing_is_lost_by_giving_up_a_wait() {
        let (slot, mut mailbox) = open();
        assert!(futures_util::poll!(std::pin::pin!(mailbox.next())).is_pending());
        slot.put(1).unwrap();
        assert_eq!(mailbox.next().await, Mail::Next(1));
    }
}
