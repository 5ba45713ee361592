//! How Sayso is: the accounts, and the status.

use std::time::Instant;

use sayso_protocol::bus::{AccountLine, AccountState, Error, SpeakCodes, Status};
use sayso_protocol::enrolment::ApproverId;
use sayso_words::{Choice, say};

use super::Pipeline;
use crate::announcer::Voice;
use crate::source::Source;
use crate::wording::{choice_of, host, named};

impl Pipeline {
    /// Those that can be answered for, by broker, and then those without keys.
    pub(super) fn accounts(&self) -> Result<Vec<AccountLine>, Error> {
        self.known()?;
        let words = self.announcer.words();
        let line = |(approver, source): (&ApproverId, &Source)| {
            let waits = self.changing.known.waits_here(approver).is_some();
            let state = match (source.blocked, waits, source.up) {
                (true, _, _) => AccountState::Blocked,
                (false, true, _) => AccountState::Waits,
                (false, false, true) => AccountState::Connected,
                (false, false, false) => AccountState::Offline,
            };
            let brokers = self.announcer.brokers();
            let at = self.broker_and_host(&source.broker);
            AccountLine {
                account: source.account.to_string(),
                id: named(&source.account, &source.broker),
                broker: source.broker.clone(),
                broker_name: brokers.name(&source.broker).to_owned(),
                named: brokers.is_given(&source.broker),
                computer: source.computer.clone(),
                state,
                sentence: say!(
                    words,
                    "accounts-line",
                    account = source.account.as_str(),
                    host = at.as_str(),
                    state = state.name(),
                    name = source.computer.as_str()
                ),
            }
        };
        let mut lines: Vec<_> = self.accounts_in_order().into_iter().map(line).collect();
        lines.extend(self.keyless_lines());
        Ok(lines)
    }

    /// What a broker is called, and its host where that is another word.
    pub(super) fn broker_and_host(&self, broker: &str) -> String {
        let (name, host) = (self.announcer.brokers().called(broker), host(broker));
        if name == host {
            return host.to_owned();
        }
        say!(self.announcer.words(), "broker-and-host", broker = name, host = host)
    }

    pub(super) fn status(&self, now: Instant) -> Status {
        let words = self.announcer.words();
        let (speech, notifications) = self.announcer.channels();
        let preferences = self.announcer.preferences();
        let state = |chosen: bool, works: &'static str| if chosen { works } else { "off" };
        let voice = match speech {
            Voice::Untried | Voice::Up => "on",
            Voice::Spare => "spare",
            Voice::Down => "failed",
        };
        let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        let waiting = count(self.inbox.waiting().count());
        // That nothing waits says little where nothing can come.
        let mut sentences = self.unreached();
        sentences.push(if waiting == 0 {
            say!(words, "waiting-none")
        } else {
            say!(words, "waiting", count = waiting)
        });
        sentences.extend(self.silences());
        for (approver, source) in self.accounts_in_order() {
            sentences.extend(self.account_status(approver, source, now));
        }
        sentences.push(say!(words, "status-speech", state = state(preferences.speech, voice)));
        let shown = if notifications { "on" } else { "failed" };
        let shown = state(preferences.notification, shown);
        sentences.push(say!(words, "status-notification", state = shown));
        if self.announcer.has_reader() {
            sentences.push(say!(words, "status-reader"));
        }
        if self.announcer.locked() {
            sentences.push(say!(words, "status-locked"));
        }
        let choice = match choice_of(preferences) {
            Choice::Theirs(_) => "theirs",
            Choice::Fallback { .. } => "fallback",
        };
        let language = words.language().name();
        sentences.push(say!(words, "status-language", language = language, choice = choice));
        let version = env!("CARGO_PKG_VERSION");
        sentences.push(say!(words, "status-running", version = version));
        Status {
            waiting,
            accounts: count(self.sources.len() + self.keys.lacking()),
            connected: count(self.sources.values().filter(|source| source.up).count()),
            locked: self.announcer.locked(),
            speech: preferences.speech && speech != Voice::Down,
            notifications: preferences.notification && notifications,
            speak_codes: match self.speak_codes {
                Some(SpeakCodes::Private) => "private".to_owned(),
                Some(SpeakCodes::Always) => "always".to_owned(),
                None => String::new(),
            },
            language: words.language().tag().to_owned(),
            version: version.to_owned(),
            sentences,
        }
    }

    /// Why requests may not come, each thing once: no account is registered or not known to be, this
    /// computer is not let in, a broker is away, or keys are.
    pub(super) fn unreached(&self) -> Vec<String> {
        let mut whys = Vec::new();
        if let Err(Error::NotRegistered(why) | Error::TooSoon(why)) = self.registered() {
            whys.push(why);
        }
        let accounts = self.accounts_in_order().into_iter();
        let cut_off = accounts.filter_map(|(_, source)| self.why_cut_off(source));
        for why in self.shut_out().into_iter().chain(cut_off).chain(self.missing_keys()) {
            if !whys.contains(&why) {
                whys.push(why);
            }
        }
        whys
    }

    /// Why no request of this account comes, if none does.
    fn why_cut_off(&self, source: &Source) -> Option<String> {
        let words = self.announcer.words();
        let (account, broker) = (source.account.as_str(), self.broker_called(source));
        if source.blocked {
            Some(say!(words, "error-account-blocked", account = account, broker = broker))
        } else if source.unknown {
            Some(say!(words, "error-computer-forgotten", broker = broker))
        } else if source.up {
            None
        } else if let Some(fault) = source.not_genuine {
            Some(fault.sentence(words, broker))
        } else {
            Some(say!(words, "status-offline", broker = broker))
        }
    }

    /// What waits of an account, and that its broker can be reached.
    fn account_status(&self, approver: &ApproverId, source: &Source, now: Instant) -> Vec<String> {
        let words = self.announcer.words();
        let (account, broker) = (source.account.as_str(), self.broker_called(source));
        let mut sentences = Vec::new();
        if !self.announcer.locked() {
            let changes = self.changing.known.pending(approver);
            let told =
                changes.filter_map(|change| self.wording(approver, now, |here| here.told(change)));
            sentences.extend(told.map(|told| told.sentence));
        }
        if self.why_cut_off(source).is_none() {
            sentences.push(say!(words, "status-connected", broker = broker, account = account));
        }
        sentences
    }
}
