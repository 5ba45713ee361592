//! Which account is meant, and what accounts and brokers are called where there are several.

use sayso_protocol::bus::{AccountLine, Choice, Error, Place};
use sayso_protocol::enrolment::ApproverId;
use sayso_protocol::spoken::Clean;
use sayso_words::say;

use super::Pipeline;
use crate::source::Source;
use crate::wording::named;

impl Pipeline {
    /// What sentences call the broker of `source`.
    pub(super) fn broker_called<'a>(&'a self, source: &'a Source) -> &'a str {
        self.announcer.brokers().called(&source.broker)
    }

    /// What sentences call the broker of `approver`; nothing where it is registered no longer.
    pub(super) fn broker_of(&self, approver: &ApproverId) -> &str {
        self.sources.get(approver).map_or("", |source| self.broker_called(source))
    }

    /// The accounts, by what their brokers are called and by name.
    pub(super) fn accounts_in_order(&self) -> Vec<(&ApproverId, &Source)> {
        let mut accounts: Vec<_> = self.sources.iter().collect();
        accounts.sort_by_key(|(_, source)| (self.broker_called(source), &source.account));
        accounts
    }

    /// The account of `source` by a name that no other one here has: with its broker's where two
    /// are called alike.
    pub(super) fn account_of(&self, source: &Source) -> String {
        let alike = |other: &&Source| other.account == source.account;
        if self.sources.values().filter(alike).count() < 2 {
            return source.account.to_string();
        }
        format!("{}@{}", source.account, self.broker_called(source))
    }

    /// Whether `text` names this account.
    pub(super) fn is_meant(&self, source: &Source, text: &str) -> bool {
        self.announcer.brokers().is_meant(source.account.as_str(), &source.broker, text)
    }

    /// The account that `text` names, or the only one.
    pub(super) fn approver_of(&self, text: &str) -> Result<ApproverId, Error> {
        self.registered()?;
        let mut meant = self.accounts_in_order();
        meant.retain(|(_, source)| self.is_meant(source, text));
        match &meant[..] {
            [(approver, _)] => Ok((*approver).clone()),
            [] => Err(self.no_account(text)),
            several => {
                let names = self.names_of(several.iter().map(|(_, source)| *source));
                let words = self.announcer.words();
                let sentence = say!(words, "error-account-several", accounts = names.as_str());
                Err(Error::Ambiguous(sentence))
            }
        }
    }

    /// There is none of this name that can be answered for.
    pub(super) fn no_account(&self, text: &str) -> Error {
        if let Some(error) = self.no_keys(text) {
            return error;
        }
        let account = Clean::<64>::new(text);
        let words = self.announcer.words();
        Error::Invalid(say!(words, "error-account-unknown", account = account.as_str()))
    }

    /// These accounts, to be read aloud and to be typed.
    pub(super) fn names_of<'a>(&self, sources: impl Iterator<Item = &'a Source>) -> String {
        let names: Vec<_> = sources.map(|source| self.account_of(source)).collect();
        names.join(", ")
    }

    /// The accounts, for a person who says which one they mean.
    pub(super) fn accounts_at(&mut self, place: Place) -> Result<Vec<AccountLine>, Error> {
        let lines = self.accounts()?;
        if let (Place::Dialog, [_, _, ..]) = (place, &lines[..]) {
            let sentences: Vec<_> = lines.iter().map(|one| one.sentence.clone()).collect();
            self.say_choices(&sentences);
        }
        Ok(lines)
    }

    /// The accounts that have a request which a code may be for, and what waits there, for a person
    /// who says which. Where no screen reader reads the dialog they are said.
    pub(super) fn code_accounts(&mut self, place: Place) -> Vec<Choice> {
        let choices: Vec<_> =
            self.taking_codes("").into_iter().filter_map(|one| self.code_account(one)).collect();
        if let (Place::Dialog, [_, _, ..]) = (place, &choices[..]) {
            let sentences: Vec<_> = choices.iter().map(|one| one.sentence.clone()).collect();
            self.say_choices(&sentences);
        }
        choices
    }

    fn code_account(&self, approver: &ApproverId) -> Option<Choice> {
        let source = self.sources.get(approver)?;
        let words = self.announcer.words();
        let of_it = self.inbox.waiting().filter(|(_, entry)| entry.approver == *approver);
        let mut services: Vec<_> = of_it
            .filter(|(_, entry)| entry.takes_code())
            .map(|(_, entry)| entry.received.request().service.as_str())
            .collect();
        services.dedup();
        let services = services.join(", ");
        let account = source.account.as_str();
        let sentence =
            say!(words, "choice-account", account = account, services = services.as_str());
        let sentence = match self.announcer.brokers().said_first(&source.broker) {
            "" => sentence,
            broker => say!(words, "at-broker", broker = broker, sentence = sentence.as_str()),
        };
        Some(Choice { id: named(&source.account, &source.broker), sentence })
    }
}
