//! What the brokers are called. With one broker nothing is; with more, the name that the person
//! gave each comes first in all that is said of it.

use std::collections::BTreeMap;
use std::sync::Arc;

use sayso_protocol::enrolment::AccountName;
use sayso_protocol::spoken::Clean;

/// A broker's name, as the person hears it.
pub type BrokerName = Clean<20>;

/// A broker and what it may be called.
#[derive(Clone, Debug)]
pub struct Called {
    /// Its origin.
    pub broker: String,
    /// What the person calls it.
    pub given: Option<String>,
    /// What it calls itself.
    pub own: String,
}

/// The names of the brokers at which this computer is registered. Cheap to clone.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BrokerNames(Arc<BTreeMap<String, Name>>);

/// What one is called, and whether the person chose that.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Name {
    name: String,
    given: bool,
}

impl BrokerNames {
    /// Each is called what the person calls it, else what it calls itself, else its host: a name
    /// stands for one broker only, and no broker can call itself by another's host.
    #[must_use]
    pub fn of(brokers: &[Called]) -> Self {
        let given = |one: &Called| one.given.as_deref().map(BrokerName::new);
        let own = |one: &Called| given(one).unwrap_or_else(|| BrokerName::new(&one.own));
        let name = |one: &Called| {
            let name = own(one);
            let others = || brokers.iter().filter(|other| other.broker != one.broker);
            let taken = others().any(|other| {
                same(own(other).as_str(), name.as_str()) || same(host(&other.broker), name.as_str())
            });
            let fit = !name.as_str().is_empty() && (one.given.is_some() || !taken);
            let name = if fit { name.as_str() } else { host(&one.broker) };
            let name = Name { name: name.to_owned(), given: one.given.is_some() };
            (one.broker.clone(), name)
        };
        Self(Arc::new(brokers.iter().map(name).collect()))
    }

    /// What comes first in a sentence of this broker's: its name, or nothing where it is the only
    /// one.
    #[must_use]
    pub fn said_first(&self, broker: &str) -> &str {
        let several = self.0.len() > 1;
        if several { self.name(broker) } else { "" }
    }

    /// What sentences about a broker call it: its name among several, else its host.
    #[must_use]
    pub fn called<'a>(&'a self, broker: &'a str) -> &'a str {
        match self.said_first(broker) {
            "" => host(broker),
            name => name,
        }
    }

    /// Its name, whether others are there or not.
    #[must_use]
    pub fn name(&self, broker: &str) -> &str {
        self.0.get(broker).map_or("", |named| named.name.as_str())
    }

    /// Whether the person gave it that name.
    #[must_use]
    pub fn is_given(&self, broker: &str) -> bool {
        self.0.get(broker).is_some_and(|named| named.given)
    }

    /// The broker that `text` names by its host or its origin, or else by its name.
    #[must_use]
    pub fn find(&self, text: &str) -> Option<&str> {
        let at = |(broker, _): &(&String, &Name)| {
            same(host(broker), text) || broker.trim_end_matches('/') == text
        };
        let named = |(_, named): &(&String, &Name)| same(&named.name, text);
        let found = self.0.iter().find(at).or_else(|| self.0.iter().find(named));
        found.map(|(broker, _)| broker.as_str())
    }

    /// Whether `text` names this account at this broker: by its name, or by that and the broker's
    /// host or name (NAME@HOST). No text names every one.
    #[must_use]
    pub fn is_meant(&self, account: &str, broker: &str, text: &str) -> bool {
        let at = || text.strip_prefix(account).and_then(|at| at.strip_prefix('@'));
        let is_broker = |at| self.find(at).map_or(host(broker) == at, |found| found == broker);
        text.is_empty() || text == account || at().is_some_and(is_broker)
    }
}

/// Whether two names sound alike.
fn same(one: &str, other: &str) -> bool {
    one.to_lowercase() == other.to_lowercase()
}

/// The account as NAME@HOST, which stands for no other one here.
pub(crate) fn named(account: &AccountName, broker: &str) -> String {
    format!("{account}@{}", host(broker))
}

/// A broker's host, with its port where it has one.
pub(crate) fn host(broker: &str) -> &str {
    broker.split_once("://").map_or(broker, |(_, host)| host)
}

#[cfg(test)]
mod tests {
    use super::*;

    const WORK: &str = "https://work.example";
    const HOME: &str = "http://127.0.0.1:8080";

    fn called(broker: &str, given: Option<&str>, own: &str) -> Called {
        let given = given.map(str::to_owned);
        Called { broker: broker.to_owned(), given, own: own.to_owned() }
    }

    #[test]
    fn one_broker_is_never_named_first() {
        let names = BrokerNames::of(&[called(WORK, Some("Work"), "Sayso")]);
        assert_eq!((names.said_first(WORK), names.called(WORK)), ("", "work.example"));
        assert_eq!(names.name(WORK), "Work");
    }

    #[test]
    fn of_two_each_has_the_name_that_the_person_gave_it_or_its_own() {
        let names =
            BrokerNames::of(&[called(WORK, Some("Work"), "Sayso"), called(HOME, None, "Bank")]);
        assert_eq!((names.said_first(WORK), names.called(HOME)), ("Work", "Bank"));
        assert_eq!(names.said_first("https://another.example"), "");
    }

    #[test]
    fn no_two_brokers_have_one_name() {
        let alike = BrokerNames::of(&[called(WORK, None, "Sayso"), called(HOME, None, "sayso")]);
        assert_eq!((alike.called(WORK), alike.called(HOME)), ("work.example", "127.0.0.1:8080"));
        let taken = BrokerNames::of(&[called(WORK, Some("Bank"), ""), called(HOME, None, "Bank")]);
        assert_eq!((taken.called(WORK), taken.called(HOME)), ("Bank", "127.0.0.1:8080"));
    }

    #[test]
    fn a_broker_is_found_by_name_host_and_origin() {
        let names =
            BrokerNames::of(&[called(WORK, Some("Work"), "Sayso"), called(HOME, None, "Bank")]);
        for text in ["work", "work.example", WORK] {
            assert_eq!(names.find(text), Some(WORK), "{text}");
        }
        assert_eq!(names.find("elsewhere"), None);
    }

    #[test]
    fn no_broker_can_call_itself_by_anothers_host() {
        const EVIL: &str = "https://a.evil";
        let names = BrokerNames::of(&[called(EVIL, None, "Work.Example"), called(WORK, None, "W")]);
        assert_eq!((names.called(EVIL), names.called(WORK)), ("a.evil", "W"));
        assert_eq!(names.find("work.example"), Some(WORK));
        assert!(names.is_meant("anna", WORK, "anna@work.example"));
        assert!(!names.is_meant("anna", EVIL, "anna@work.example"));
    }

    #[test]
    fn a_host_is_never_cut_so_that_no_two_are_alike() {
        let (one, other) = ("https://login-of-example-bank.dk", "https://login-of-example-bank.se");
        let names = BrokerNames::of(&[called(one, None, "Bank"), called(other, None, "Bank")]);
        assert_ne!(names.called(one), names.called(other));
    }
}
