//! QR codes that were read: off the screens, on the person's word only, or off a picture. Which of
//! them can be used, and why not the others.

use std::time::Instant;

use sayso_protocol::address::{Address, NotAnAddress};
use sayso_protocol::binding::Method;
use sayso_protocol::bus::{Error, Found, Place};
use sayso_words::say;

use super::Pipeline;
use super::addressed::sentences;
use super::calling::pass;
use crate::doors::Reply;
use crate::errands::screen::{Look, Looked};
use crate::inbox::Entry;
use crate::wording::Told;

/// So many reasons are told, and no more.
const REASONS: usize = 2;

/// What was looked at.
#[derive(Clone, Copy)]
pub(super) enum At {
    /// All screens.
    Screen,
    /// A picture that the person named.
    Picture,
}

impl Pipeline {
    /// The person wants the screens looked at. Who reads no terminal hears what comes now.
    pub(super) fn look(&mut self, look: Look) {
        if look.place != Place::Terminal {
            let sentence = say!(self.announcer.words(), "scan-looking");
            self.tell_result(&Told::plain(sentence));
        }
        pass(&self.orders.screen, look);
    }

    /// The screens were looked at.
    pub(super) fn looked(&mut self, Looked { look, seen }: Looked, now: Instant) {
        let Look { place, reply } = look;
        match seen {
            Ok(texts) => self.sort(&texts, At::Screen, place, reply, now),
            Err(unseen) => {
                let error = unseen.error(self.announcer.words(), self.first_button());
                self.refuse(place, reply, error);
            }
        }
    }

    /// Which of these codes can be used.
    pub(super) fn sort(
        &mut self,
        texts: &[String],
        at: At,
        place: Place,
        reply: Reply<Vec<Found>>,
        now: Instant,
    ) {
        match self.usable(texts, at, now) {
            Ok(found) => {
                if let (Place::Dialog, [_, _, ..]) = (place, &found[..]) {
                    let sentences: Vec<_> = found.iter().map(|one| one.sentence.clone()).collect();
                    self.say_choices(&sentences);
                }
                drop(reply.send(Ok(found)));
            }
            Err(error) => self.refuse(place, reply, error),
        }
    }

    /// Whether the first button of each page with a QR code opens Sayso, as sentences name it. On
    /// one that offers no such button it is another, which may call the login off.
    fn first_button(&self) -> &'static str {
        let offers = |entry: &Entry, method| entry.received.request().bindings.contains(&method);
        let mut pages =
            self.inbox.waiting().filter(|(_, entry)| offers(entry, Method::Qr)).peekable();
        let there = pages.peek().is_some() && pages.all(|(_, entry)| offers(entry, Method::Link));
        if there { "there" } else { "none" }
    }

    /// The dialog asks by number which one is meant.
    pub(super) fn say_choices(&mut self, choices: &[String]) {
        let words = self.announcer.words().clone();
        for (number, choice) in (1..).zip(choices) {
            let choice = choice.as_str();
            let line =
                say!(words, "choice-line", number = i32::to_string(&number), choice = choice);
            self.say_in_dialog(&line);
        }
        self.say_in_dialog(&say!(words, "dialog-choose"));
    }

    fn usable(&self, texts: &[String], at: At, now: Instant) -> Result<Vec<Found>, Error> {
        let words = self.announcer.words();
        let (mut found, mut reasons): (Vec<Found>, Vec<String>) = (Vec::new(), Vec::new());
        for text in texts {
            match self.leads(text, Method::Qr, now) {
                Ok(leads) => {
                    let asked = self.inbox.get(leads.request());
                    let sentence =
                        asked.map(|entry| self.announcer.wording(&entry.received).choice());
                    let one =
                        Found { address: text.clone(), sentence: sentence.unwrap_or_default() };
                    found.push(one);
                }
                // What codes of others hold is nobody's business.
                Err(_) if Address::parse(text) == Err(NotAnAddress::Scheme) => {}
                Err(error) => reasons.push(sentences(&error)),
            }
        }
        found.dedup();
        reasons.dedup();
        reasons.truncate(REASONS);
        let at = match at {
            At::Screen => "screen",
            At::Picture => "picture",
        };
        if !found.is_empty() {
            Ok(found)
        } else if !reasons.is_empty() {
            Err(Error::NoCode(reasons.join(" ")))
        } else if texts.is_empty() {
            Err(Error::NoCode(say!(words, "scan-nothing", at = at, button = self.first_button())))
        } else {
            Err(Error::NoCode(say!(words, "scan-foreign", at = at, button = self.first_button())))
        }
    }
}
