//! A write within a group: what it may do, and what it has told.

use rusqlite::Connection;
use sayso_protocol::enrolment::ApproverId;
use sayso_protocol::link::{AuditHead, FromBroker};
use sayso_protocol::request::RequestId;
use sayso_protocol::time::UnixTime;
use sayso_protocol::trusted::Reading;
use std::path::Path;
use std::sync::Arc;

use super::Db;
use super::key::BrokerKey;
use super::news::{Anew, News};

/// A write within a group: reads and writes, and adds to the audit and to the news.
#[derive(Debug)]
pub struct Tx<'a> {
    pub(super) db: &'a Connection,
    /// Broker time, one for the whole group.
    pub now: UnixTime,
    /// What all clocks say at that moment.
    pub reading: Reading,
    /// The broker's key.
    pub key: Arc<BrokerKey>,
    /// The store's folder.
    pub(super) folder: &'a Path,
    /// The broker's address.
    pub origin: &'a str,
    pub(super) head: AuditHead,
    pub(super) news: Vec<News>,
    pub(super) posted: bool,
    pub(super) counted: Vec<&'static str>,
}

impl<'a> Tx<'a> {
    pub(in crate::store) fn sql(&self) -> &'a Connection {
        self.db
    }

    /// The same state, for reading.
    #[must_use]
    pub fn db(&self) -> Db<'a> {
        Db(self.db)
    }

    /// Tells this once it is committed. The version is set then.
    pub fn tell(&mut self, about: RequestId, messages: Vec<(ApproverId, FromBroker)>) {
        self.news.push(News { about: Some(about), ..News::of(messages) });
    }

    /// Tells this of a change once it is committed.
    pub fn tell_change(&mut self, messages: Vec<(ApproverId, FromBroker)>) {
        self.news.push(News::of(messages));
    }

    /// There is something to tell a service unasked, once it is committed.
    pub(super) fn posted(&mut self) {
        self.posted = true;
    }

    /// This act counts, once it is committed.
    pub(super) fn count(&mut self, act: Option<&'static str>) {
        self.counted.extend(act);
    }

    /// Closes the link of a removed approver once it is committed.
    pub fn tell_removed(&mut self, approver: ApproverId) {
        self.news.push(News { removed: Some(approver), ..News::of(Vec::new()) });
    }

    /// Sends every approver that is connected a new snapshot once it is committed.
    pub(super) fn tell_all_anew(&mut self) {
        self.news.push(News { anew: Some(Anew::All), ..News::of(Vec::new()) });
    }

    /// Sends an approver a new snapshot once it is committed.
    pub fn tell_anew(&mut self, approver: ApproverId) {
        self.news.push(News { anew: Some(Anew::Of(approver)), ..News::of(Vec::new()) });
    }
}
