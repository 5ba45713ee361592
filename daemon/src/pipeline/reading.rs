//! The digits of an approval: shown where the person is, or said where only they hear it.

use std::time::Instant;

use sayso_protocol::bus::{Aloud, Error, Place, Readout, SpeakCodes};
use sayso_protocol::request::RequestId;
use sayso_words::say;

use super::Pipeline;
use super::calling::local;
use crate::doors::Reply;
use crate::inbox::{Answering, Entry};
use crate::surroundings::audio::Listening;
use crate::wording::Told;

impl Pipeline {
    /// The digits for who shows them; to who is nowhere they are said.
    pub(super) fn readout(&mut self, id: &str, place: Place, reply: Reply<Readout>, now: Instant) {
        match self.readout_at(id, place, now) {
            Ok(readout) => drop(reply.send(Ok(readout))),
            Err(error) => self.refuse(place, reply, error),
        }
    }

    fn readout_at(&mut self, id: &str, place: Place, now: Instant) -> Result<Readout, Error> {
        let words = self.announcer.words().clone();
        let id = self.read_out(id)?;
        let (entry, code) = self.digits_of(id).ok_or_else(|| self.no_digits())?;
        let expires_at = local(entry.left(now));
        let shown = Readout {
            id: id.to_string(),
            code: code.reveal().to_owned(),
            sentence: say!(words, "readout", code = words.code_spoken(code.reveal()).as_str()),
            expires_at,
        };
        match place {
            // A screen reader would say them aloud as soon as the dialog is there.
            Place::Dialog
                if self.announcer.has_reader() && self.announcer.speaks() && !self.may_say() =>
            {
                Ok(Readout { sentence: say!(words, "readout-not-shown"), ..shown })
            }
            Place::Dialog if self.announcer.speaks_in_dialogs() => {
                self.say_beside_dialog(id);
                Ok(shown)
            }
            Place::Terminal | Place::Dialog => Ok(shown),
            Place::Nowhere => {
                self.say_digits(id);
                let sentence = say!(words, "readout-ready");
                Ok(Readout { code: String::new(), sentence, ..shown })
            }
        }
    }

    /// Says the digits to a person who asks for it at a prompt.
    pub(super) fn say_readout(&mut self, id: &str, aloud: Aloud, place: Place, reply: Reply<()>) {
        match self.say_as_wished(id, aloud) {
            Ok(()) => drop(reply.send(Ok(()))),
            Err(error) => self.refuse(place, reply, error),
        }
    }

    fn say_as_wished(&mut self, id: &str, aloud: Aloud) -> Result<(), Error> {
        let id = self.read_out(id)?;
        let words = self.announcer.words();
        match aloud {
            Aloud::AsSet if !self.may_say() => Err(Error::Loud(say!(words, "readout-ask"))),
            Aloud::AsSet | Aloud::Here => {
                let Some(told) = self.digits_told(id) else { return Err(self.no_digits()) };
                if self.announcer.say_digits(id, told) {
                    Ok(())
                } else {
                    Err(Error::Invalid(say!(self.announcer.words(), "error-no-speech")))
                }
            }
        }
    }

    /// Says the digits where they may be said; else says that there are some.
    pub(super) fn say_digits(&mut self, id: RequestId) {
        if self.announcer.locked() {
            // They are said at the unlock.
            return;
        }
        if !self.may_say() {
            let told = self.not_said();
            self.announcer.tell(None, &told);
        } else if let Some(told) = self.digits_told(id) {
            let line = Told { sentence: told.line.clone(), line: told.line.clone() };
            if !self.announcer.say_digits(id, told) {
                self.announcer.tell(None, &line);
            }
        }
    }

    /// The same where a dialog shows them that nothing else reads.
    fn say_beside_dialog(&mut self, id: RequestId) {
        if self.may_say() {
            return self.say_digits(id);
        }
        let words = self.announcer.words();
        let told = Told {
            sentence: say!(words, "readout-in-dialog"),
            line: words.line("line-readout", &[]),
        };
        self.announcer.tell(None, &told);
    }

    /// Headphones came or went. Digits that are being said stop at once.
    pub(super) fn listened(&mut self, listening: Listening) {
        self.announcer.listen(listening);
        if !self.may_say() && self.announcer.stop_digits() {
            let told = self.not_said();
            self.announcer.tell(None, &told);
        }
    }

    /// Only this person hears it, or the setting says that others may.
    fn may_say(&self) -> bool {
        match (self.speak_codes.unwrap_or_default(), self.announcer.listening()) {
            (SpeakCodes::Always, _) | (SpeakCodes::Private, Listening::Private) => true,
            (SpeakCodes::Private, Listening::Loud) => false,
        }
    }

    fn not_said(&self) -> Told {
        let words = self.announcer.words();
        Told { sentence: say!(words, "readout-not-said"), line: words.line("line-readout", &[]) }
    }

    fn digits_told(&self, id: RequestId) -> Option<Told> {
        let (_, code) = self.digits_of(id)?;
        let words = self.announcer.words();
        Some(Told {
            sentence: say!(
                words,
                "readout-twice",
                code = words.code_spoken(code.reveal()).as_str()
            ),
            line: words.line("line-readout", &[]),
        })
    }

    fn digits_of(&self, id: RequestId) -> Option<(&Entry, &sayso_protocol::binding::Code)> {
        let entry = self.inbox.get(id)?;
        Some((entry, entry.answering.as_ref().and_then(Answering::digits)?))
    }

    /// The digits once more: returned to a terminal, said elsewhere.
    pub(super) fn repeat_digits(&mut self, place: Place) -> Option<String> {
        let id = self.last_readout()?;
        let (_, code) = self.digits_of(id)?;
        let words = self.announcer.words();
        if place == Place::Terminal {
            let code = words.code_spoken(code.reveal());
            return Some(say!(words, "readout", code = code.as_str()));
        }
        let sentence = say!(words, "readout-ready");
        self.say_digits(id);
        Some(sentence)
    }

    /// The newest approval whose digits are wanted.
    pub(super) fn last_readout(&self) -> Option<RequestId> {
        self.inbox.ids().into_iter().rev().find(|id| self.digits_of(*id).is_some())
    }

    /// Which approval is meant: the named one, else the newest.
    fn read_out(&mut self, id: &str) -> Result<RequestId, Error> {
        if id.is_empty() {
            return self.last_readout().ok_or_else(|| self.no_digits());
        }
        let words = self.announcer.words();
        let unknown = || Error::NoRequest(say!(words, "error-request-unknown", request = id));
        let id = id.parse().map_err(|_| unknown())?;
        if self.digits_of(id).is_some() { Ok(id) } else { Err(self.no_digits()) }
    }

    fn no_digits(&self) -> Error {
        Error::NoRequest(say!(self.announcer.words(), "error-no-readout"))
    }
}
