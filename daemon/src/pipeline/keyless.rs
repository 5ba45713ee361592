//! Accounts whose keys are not at hand, and keys that are not open yet.

use std::time::Instant;

use sayso_protocol::bus::{AccountLine, AccountState, Error};
use sayso_protocol::enrolment::ApproverId;
use sayso_words::say;

use super::Pipeline;
use crate::source::{Keyless, Source};
use crate::wording::named;

/// What is known of the keys.
#[derive(Debug, Default)]
pub(super) struct Keys {
    /// Whether each account that is registered has its link, or is known to lack its keys.
    open: bool,
    /// Why they are not open, where they have been tried.
    why: Option<String>,
    /// The accounts without.
    lacking: Vec<(ApproverId, Keyless)>,
}

impl Keys {
    /// At the start; `open` where no account is registered, and so no key is missing.
    pub(super) fn at_start(open: bool) -> Self {
        Self { open, ..Self::default() }
    }

    pub(super) fn brought_back(&mut self) {
        (self.open, self.why) = (true, None);
    }

    /// Why accounts lack their keys.
    fn whys(&self) -> impl Iterator<Item = &str> {
        self.lacking.iter().map(|(_, keyless)| &*keyless.why)
    }

    /// How many accounts lack their keys.
    pub(super) fn lacking(&self) -> usize {
        self.lacking.len()
    }

    /// The account lacks its keys no longer: it has them, or is gone.
    pub(super) fn found(&mut self, approver: &ApproverId) -> Option<Keyless> {
        let at = self.lacking.iter().position(|(lacks, _)| lacks == approver)?;
        Some(self.lacking.remove(at).1)
    }
}

impl Pipeline {
    /// The keys cannot be opened yet.
    pub(super) fn keys_wait(&mut self, why: String) {
        self.announcer.remark(why.clone());
        self.keys.why = Some(why);
    }

    /// An account's keys are not at hand. What is wrong with all is told once, not for each.
    pub(super) fn keyless(&mut self, approver: ApproverId, keyless: Keyless) {
        if self.keys.whys().all(|why| why != keyless.why) {
            self.announcer.remark(keyless.why.clone());
        }
        self.keys.found(&approver);
        self.keys.lacking.push((approver, keyless));
    }

    /// The account has its link, and its keys if they were missing.
    pub(super) fn linked(&mut self, approver: ApproverId, source: Source, now: Instant) {
        let first = self.sources.is_empty();
        self.changing.known.begin(approver.clone(), source.since);
        if self.keys.found(&approver).is_some() {
            let (account, broker) = (source.account.as_str(), self.broker_called(&source));
            let words = self.announcer.words();
            let back = say!(words, "keys-back", account = account, broker = broker);
            self.announcer.remark(back);
        }
        self.sources.insert(approver, source);
        if first {
            self.voice_lost(now);
        }
    }

    /// Some account is here that can be answered for.
    pub(super) fn registered(&self) -> Result<(), Error> {
        self.known()?;
        if !self.sources.is_empty() {
            return Ok(());
        }
        let none = || say!(self.announcer.words(), "error-not-registered");
        let why = self.keys.whys().next();
        Err(why.map_or_else(|| Error::NotRegistered(none()), |why| Error::NoKeys(why.to_owned())))
    }

    /// It is known which accounts are registered.
    pub(super) fn known(&self) -> Result<(), Error> {
        if self.keys.open || !self.sources.is_empty() {
            return Ok(());
        }
        let starting = || say!(self.announcer.words(), "error-starting");
        Err(Error::TooSoon(self.keys.why.clone().unwrap_or_else(starting)))
    }

    /// The keys were tried, and what needs them would have to wait.
    pub(super) fn opened(&self) -> Result<(), Error> {
        self.keys.why.clone().map_or(Ok(()), |why| Err(Error::TooSoon(why)))
    }

    /// Why the account that `text` names cannot be answered for, where its keys are not at hand.
    pub(super) fn no_keys(&self, text: &str) -> Option<Error> {
        let brokers = self.announcer.brokers();
        let mut all = self.keys.lacking.iter().map(|(_, keyless)| keyless);
        let meant = all.find(|one| brokers.is_meant(one.account.as_str(), &one.broker, text))?;
        Some(Error::NoKeys(meant.why.clone()))
    }

    /// What keeps accounts from being answered for, each thing once.
    pub(super) fn missing_keys(&self) -> Vec<String> {
        let mut whys: Vec<_> = self.keys.whys().map(str::to_owned).collect();
        whys.dedup();
        whys
    }

    /// The accounts without keys, in lines.
    pub(super) fn keyless_lines(&self) -> Vec<AccountLine> {
        let line = |(_, one): &(ApproverId, Keyless)| {
            let at = self.broker_and_host(&one.broker);
            AccountLine {
                account: one.account.to_string(),
                id: named(&one.account, &one.broker),
                broker: one.broker.clone(),
                broker_name: self.announcer.brokers().name(&one.broker).to_owned(),
                named: self.announcer.brokers().is_given(&one.broker),
                computer: one.computer.clone(),
                state: AccountState::Keyless,
                sentence: say!(
                    self.announcer.words(),
                    "accounts-line",
                    account = one.account.as_str(),
                    host = at.as_str(),
                    state = AccountState::Keyless.name(),
                    name = one.computer.as_str()
                ),
            }
        };
        self.keys.lacking.iter().map(line).collect()
    }
}
