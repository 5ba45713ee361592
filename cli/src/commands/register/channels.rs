//! How the person wants to be told: language, voice and speed; then each channel says or shows
//! one line, and the person's word decides whether it counts. What was given on the command line
//! is not asked; where the answers end, the rest stays as it is.

use sayso_protocol::bus::{Channel, Preferences};
use sayso_words::{Language, Words, say};

use crate::command_line::{Register, Switch, Tongue};
use crate::exit::Failure;
use crate::prompt::{Prompt, Yes};
use crate::session::{Session, TRIAL, within};

/// The most that stands before a question in its dialog, in bytes: it must leave room for it.
const LONGEST: usize = 600;

/// Asks, tries and sets them.
///
/// # Errors
/// What the daemon refused.
pub(super) async fn ask(
    session: &Session,
    prompt: &mut Prompt,
    typed: &Register,
) -> Result<Preferences, Failure> {
    let asked = async { session.door.voice().await?.preferences().await };
    let preferences = session.call(asked).await?;
    let words = session.words().await.clone();
    let mut talk = Talk { session, prompt, words, preferences, ended: false, unread: Vec::new() };
    let held = talk.hold(typed).await;
    talk.show().await;
    held.map(|()| talk.preferences)
}

/// The conversation about it.
struct Talk<'a> {
    session: &'a Session,
    prompt: &'a mut Prompt,
    words: Words,
    preferences: Preferences,
    /// Nobody answers any more.
    ended: bool,
    /// What was said beside a dialog, and stands in none yet.
    unread: Vec<String>,
}

impl Talk<'_> {
    async fn hold(&mut self, typed: &Register) -> Result<(), Failure> {
        self.language(typed).await?;
        self.sound(typed).await?;
        self.say(&say!(self.words, "register-try"));
        self.speech(typed).await?;
        self.notification(typed).await?;
        self.attend(typed).await;
        self.close().await
    }

    async fn language(&mut self, typed: &Register) -> Result<(), Failure> {
        let chosen = match typed.language {
            Some(Tongue::En) => Some(Language::English),
            Some(Tongue::Da) => Some(Language::Danish),
            None => self.language_asked().await,
        };
        if let Some(language) = chosen {
            language.tag().clone_into(&mut self.preferences.language);
            self.words = Words::new(language);
            self.set().await?;
        }
        Ok(())
    }

    async fn language_asked(&mut self) -> Option<Language> {
        let now = self.words.language();
        let asked = say!(self.words, "register-language", language = now.tag());
        loop {
            let line = self.line(&asked).await?;
            match (line.is_empty(), Language::of_tag(&line)) {
                (true, _) => return Some(now),
                (false, Some(language)) => return Some(language),
                (false, None) => self.say(&say!(self.words, "register-language-wrong")),
            }
        }
    }

    /// Voice and speed.
    async fn sound(&mut self, typed: &Register) -> Result<(), Failure> {
        match &typed.voice {
            Some(voice) => self.preferences.voice.clone_from(voice),
            None => self.voice_asked().await?,
        }
        match typed.rate {
            Some(rate) => self.preferences.rate = rate,
            None => self.rate_asked().await,
        }
        self.set().await
    }

    async fn voice_asked(&mut self) -> Result<(), Failure> {
        let session = self.session;
        let voices = within(TRIAL, async { session.door.voice().await?.voices().await }).await?;
        if voices.is_empty() {
            return Ok(());
        }
        self.say(&say!(self.words, "register-voices", count = voices.len()));
        let asked = say!(self.words, "register-voice");
        while let Some(line) = self.line(&asked).await {
            if line.is_empty() {
                break;
            } else if line == "?" {
                for voice in &voices {
                    self.say(voice);
                }
            } else if let Some(voice) = voices.iter().find(|voice| **voice == line) {
                self.preferences.voice.clone_from(voice);
                break;
            } else {
                self.say(&say!(self.words, "register-voice-wrong"));
            }
        }
        Ok(())
    }

    async fn rate_asked(&mut self) {
        let asked = say!(self.words, "register-rate", rate = i64::from(self.preferences.rate));
        while let Some(line) = self.line(&asked).await {
            match rate(&line, self.preferences.rate) {
                Some(rate) => {
                    self.preferences.rate = rate;
                    break;
                }
                None => self.say(&say!(self.words, "register-rate-wrong")),
            }
        }
    }

    async fn speech(&mut self, typed: &Register) -> Result<(), Failure> {
        if let Some(switch) = typed.speech {
            self.preferences.speech = on(switch);
            return Ok(());
        }
        while !self.ended {
            if !self.reaches(Channel::Speech).await? {
                self.say(&say!(self.words, "error-no-speech"));
                self.preferences.speech = false;
                break;
            }
            let heard = self.yes(&say!(self.words, "register-speech")).await;
            self.preferences.speech = heard.map_or(self.preferences.speech, |it| it == Yes::Yes);
            let again = heard == Some(Yes::No)
                && self.yes(&say!(self.words, "register-speech-again")).await == Some(Yes::Yes);
            if !again {
                break;
            }
            self.voice_asked().await?;
            self.rate_asked().await;
            self.set().await?;
        }
        Ok(())
    }

    async fn notification(&mut self, typed: &Register) -> Result<(), Failure> {
        if let Some(switch) = typed.notification {
            self.preferences.notification = on(switch);
        } else if self.ended {
            // It stays as it is.
        } else if self.reaches(Channel::Notification).await? {
            if let Some(read) = self.yes(&say!(self.words, "register-notification")).await {
                self.preferences.notification = read == Yes::Yes;
            }
        } else {
            self.say(&say!(self.words, "error-no-notifications"));
            self.preferences.notification = false;
        }
        Ok(())
    }

    async fn attend(&mut self, typed: &Register) {
        if let Some(switch) = typed.attend {
            self.preferences.attend = on(switch);
        } else if let Some(stays) = self.yes(&say!(self.words, "register-attend")).await {
            self.preferences.attend = stays == Yes::Yes;
        }
    }

    /// Sets what was chosen, and says it.
    async fn close(&mut self) -> Result<(), Failure> {
        let chosen = &self.preferences;
        if !chosen.speech && !chosen.notification && !chosen.attend {
            self.preferences.attend = true;
            self.say(&say!(self.words, "register-no-channel"));
        }
        self.set().await?;
        let chosen = [
            ("speech", self.preferences.speech),
            ("notification", self.preferences.notification),
            ("attend", self.preferences.attend),
        ];
        for (channel, on) in chosen {
            let state = if on { "on" } else { "off" };
            self.say(&say!(self.words, "register-channel", channel = channel, state = state));
        }
        self.say(&say!(self.words, "register-next"));
        Ok(())
    }

    /// Whether the channel took its line whole. A channel that refuses is not there.
    async fn reaches(&self, channel: Channel) -> Result<bool, Failure> {
        let session = self.session;
        let tried = async { session.door.voice().await?.try_channel(channel).await };
        within(TRIAL, tried).await
    }

    async fn set(&self) -> Result<(), Failure> {
        let session = self.session;
        session.call(async { session.door.voice().await?.prefer(&self.preferences).await }).await
    }

    /// A line at a terminal. Beside a dialog nobody reads lines: there it stands before the next
    /// question, or at the end.
    fn say(&mut self, text: &str) {
        match self.prompt {
            Prompt::Terminal(_) | Prompt::Nowhere(_) => self.session.output.line(text),
            Prompt::Dialog(_) => self.unread.push(text.to_owned()),
        }
    }

    /// Shows in one dialog what stood in none.
    async fn show(&mut self) {
        let unread = std::mem::take(&mut self.unread).join("\n");
        if !unread.is_empty() {
            self.prompt.tell(&self.words, &unread).await;
        }
    }

    /// A question, after what was not read yet; what is too long to stand before it stands alone.
    async fn after_unread(&mut self, asked: &str) -> String {
        if self.unread.iter().map(String::len).sum::<usize>() > LONGEST {
            self.show().await;
        }
        self.unread.push(asked.to_owned());
        std::mem::take(&mut self.unread).join("\n")
    }

    async fn line(&mut self, asked: &str) -> Option<String> {
        if self.ended {
            return None;
        }
        let asked = self.after_unread(asked).await;
        let line = self.prompt.line(&self.words, &asked).await;
        self.ended = line.is_none();
        line
    }

    async fn yes(&mut self, asked: &str) -> Option<Yes> {
        if self.ended {
            return None;
        }
        let asked = self.after_unread(asked).await;
        let answer = self.prompt.yes(&self.words, &asked).await;
        self.ended = answer.is_none();
        answer
    }
}

fn on(switch: Switch) -> bool {
    match switch {
        Switch::On => true,
        Switch::Off => false,
    }
}

/// The speed that was typed; an empty line keeps `now`.
fn rate(line: &str, now: i32) -> Option<i32> {
    if line.is_empty() {
        return Some(now);
    }
    line.parse().ok().filter(|rate| (-100..=100).contains(rate))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_speed_is_a_number_from_minus_100_to_100() {
        assert_eq!(rate("", 30), Some(30));
        assert_eq!(rate("-100", 0), Some(-100));
        for wrong in ["101", "fast", "1.5", "--3"] {
            assert_eq!(rate(wrong, 0), None, "{wrong}");
        }
    }
}
