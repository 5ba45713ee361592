//! The announcer tells the person: takes turns, and gives back what was announced. It knows the
//! channels and which of them the person perceives; what is due when is the pipeline's.

pub mod attend;
pub mod notification;
pub mod speech;

use std::collections::{HashMap, VecDeque};
use std::time::Duration;

use sayso_protocol::bus::{Channel, Error, Place, Preferences};
use sayso_protocol::relay::{Announced, Notice, Perceived, Question, Received, Turn};
use sayso_protocol::request::RequestId;
use sayso_words::{Words, say};
use tokio::sync::{mpsc, oneshot};

use crate::surroundings::reader::ScreenReader;
use crate::wording::{Told, Wording};
use attend::Attend;
use notification::Action;
use speech::{Priority, Utterance, UtteranceId};

/// Whether there is a voice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Voice {
    /// Not tried yet: taken for up until it shows otherwise.
    Untried,
    /// It speaks.
    Up,
    /// It does not.
    Down,
}

/// What the announcer gives back.
#[derive(Debug)]
pub enum Outcome {
    /// A notice was perceived whole.
    Notice(Announced<Notice>),
    /// A question was perceived whole.
    Question(Announced<Question>),
    /// The voice was lost.
    VoiceLost,
    /// The voice came back.
    VoiceBack,
    /// There is a new notification server, which shows nothing yet.
    ShowsNothing,
    /// A button of a notification was pressed.
    Pressed(RequestId, Action),
}

/// What an utterance is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum What {
    Head(RequestId),
    Tail(RequestId),
    Question(RequestId),
    Result(Option<RequestId>),
    Trial,
}

struct Saying {
    what: What,
    told: Told,
    priority: Priority,
    begun: bool,
    again: bool,
}

struct Asking {
    turn: Turn<Question>,
    token: String,
    line: String,
}

/// The announcer's orders out, and what it has under way.
pub struct Announcer {
    words: Words,
    preferences: Preferences,
    speech: mpsc::Sender<speech::Order>,
    notifications: mpsc::Sender<notification::Order>,
    voice: Voice,
    shows: bool,
    reader: bool,
    locked: bool,
    waiting: u32,
    last_id: u64,
    saying: HashMap<UtteranceId, Saying>,
    notices: HashMap<RequestId, Turn<Notice>>,
    /// What follows a head once it was heard, whatever else has announced the notice meanwhile.
    tails: HashMap<RequestId, String>,
    /// Heads that wait until the notice before them is over: a head would cut off its tail.
    heads: VecDeque<(RequestId, Told)>,
    questions: HashMap<RequestId, Asking>,
    trials: Vec<(Channel, oneshot::Sender<Result<bool, Error>>)>,
    last: Option<Told>,
    /// The terminals that attend.
    pub attend: Attend,
}

const TRIAL: &str = "trial";
const GENERAL: &str = "sayso";

impl Announcer {
    /// Tells in the language of `words`, on the channels that `preferences` name.
    #[must_use]
    pub fn new(
        words: Words,
        preferences: Preferences,
        speech: mpsc::Sender<speech::Order>,
        notifications: mpsc::Sender<notification::Order>,
    ) -> Self {
        let mut announcer = Self {
            words,
            preferences,
            speech,
            notifications,
            voice: Voice::Untried,
            shows: false,
            reader: false,
            locked: false,
            waiting: 0,
            last_id: 0,
            saying: HashMap::new(),
            notices: HashMap::new(),
            tails: HashMap::new(),
            heads: VecDeque::new(),
            questions: HashMap::new(),
            trials: Vec::new(),
            last: None,
            attend: Attend::default(),
        };
        announcer.use_voice();
        announcer
    }

    /// The language that is spoken.
    #[must_use]
    pub fn words(&self) -> &Words {
        &self.words
    }

    /// The preferences in force.
    #[must_use]
    pub fn preferences(&self) -> &Preferences {
        &self.preferences
    }

    /// Other preferences, from now on.
    pub fn prefer(&mut self, words: Words, preferences: Preferences) {
        (self.words, self.preferences) = (words, preferences);
        self.use_voice();
    }

    fn use_voice(&mut self) {
        let Preferences { voice, rate, .. } = &self.preferences;
        let voice = speech::Voice {
            voice: (!voice.is_empty()).then(|| voice.clone()),
            rate: i8::try_from(*rate).ok().filter(|rate| *rate != 0),
        };
        self.order(speech::Order::Voice(voice));
    }

    /// Whether speech works, and notifications.
    #[must_use]
    pub fn channels(&self) -> (bool, bool) {
        (self.voice != Voice::Down, self.shows)
    }

    /// Whether the screen is locked.
    #[must_use]
    pub fn locked(&self) -> bool {
        self.locked
    }

    /// How many requests wait, for the lines that say so.
    pub fn waiting(&mut self, waiting: u32) {
        self.waiting = waiting;
    }

    /// A screen reader started or ended.
    pub fn reader(&mut self, reader: ScreenReader) {
        self.reader = reader == ScreenReader::Running;
    }

    /// The screen was locked or unlocked. Locking silences everything and hides every text.
    pub fn lock(&mut self, locked: bool) {
        self.locked = locked;
        if locked {
            self.saying.clear();
            self.heads.clear();
            self.tails.clear();
            self.order(speech::Order::Hush);
            self.notices.clear();
            self.questions.clear();
        } else {
            self.show_closed(GENERAL);
        }
    }

    /// Says, while the screen is locked, that something waits, and nothing of what.
    pub fn tell_locked(&mut self) {
        let count = self.waiting;
        let told = Told {
            sentence: say!(self.words, "locked-waiting", count = count),
            line: self.words.line("line-locked", &[("count", count.into())]),
        };
        if self.speaks() {
            self.speak(What::Result(None), told.clone(), Priority::Message);
        }
        self.show(GENERAL, &told.line, "", false);
        self.attend_line(None, &told.sentence);
    }

    /// A notice is due: its head must be heard, its tail may be cut.
    pub fn notice(&mut self, turn: Turn<Notice>, left: Duration) {
        let id = turn.received().id();
        let wording = Wording::new(&self.words, turn.received().request());
        let (told, tail) = (wording.notice(left), wording.tail(left));
        let tail_line = wording.notice_tail_line(left);
        let head = Told { sentence: wording.head(), line: told.line.clone() };
        self.last = Some(told.clone());
        self.notices.insert(id, turn);
        if self.speaks() {
            self.tails.insert(id, tail);
            self.heads.push_back((id, head));
            self.next_head();
        }
        self.show_request(id, &told.line, &tail_line);
        self.attend_line(Some(id), &told.sentence);
    }

    /// Says the next head, once no other notice is being said.
    fn next_head(&mut self) {
        let noticing = |saying: &Saying| matches!(saying.what, What::Head(_) | What::Tail(_));
        if self.saying.values().any(noticing) {
            return;
        }
        while let Some((id, head)) = self.heads.pop_front() {
            if self.tails.contains_key(&id) {
                self.speak(What::Head(id), head, Priority::Message);
                return;
            }
        }
    }

    /// A question is due. At a terminal and in the dialog it is shown there, against the token
    /// that is returned; it is spoken where nothing else reads it.
    pub fn question(&mut self, turn: Turn<Question>, before: &str, place: Place) -> String {
        let id = turn.received().id();
        self.forget_notice(id);
        let line = Wording::new(&self.words, turn.received().request()).question_line();
        let token = crate::source::broker::nonce();
        self.questions.insert(id, Asking { turn, token, line });
        self.pose(id, before, place).unwrap_or_default()
    }

    /// The question of `id` is asked again, where the person is now. The token stays.
    pub fn ask_again(&mut self, id: RequestId, place: Place) -> Option<String> {
        self.silence(id);
        self.pose(id, "", place)
    }

    fn pose(&mut self, id: RequestId, before: &str, place: Place) -> Option<String> {
        let Asking { turn, token, line } = self.questions.get(&id)?;
        let told = Told { sentence: turn.words().text.clone(), line: line.clone() };
        let token = token.clone();
        self.last = Some(told.clone());
        let spoken = match place {
            Place::Terminal => false,
            Place::Dialog => !self.reader,
            Place::Nowhere => true,
        };
        if place == Place::Nowhere {
            self.show_request(id, &told.line, &told.sentence);
            self.attend_line(Some(id), &told.sentence);
        }
        if spoken && self.speaks() {
            if !before.is_empty() {
                let before = Told { sentence: before.to_owned(), line: String::new() };
                self.speak(What::Result(Some(id)), before, Priority::Message);
            }
            self.speak(What::Question(id), told, Priority::Message);
        }
        Some(token)
    }

    /// The question of `id` was shown whole to who hands back its token.
    pub fn shown(&mut self, id: RequestId, token: &str) -> Option<Announced<Question>> {
        if self.questions.get(&id).is_none_or(|asking| asking.token != token) {
            return None;
        }
        self.silence(id);
        self.questions.remove(&id).map(|asking| asking.turn.perceived(Perceived::Shown))
    }

    /// The notice of `id` was printed at the person's terminal.
    pub fn printed(&mut self, id: RequestId) -> Option<Announced<Notice>> {
        self.notices.remove(&id).map(|turn| turn.perceived(Perceived::Shown))
    }

    /// The person acts while the notice or the question of `id` is being said: enough was heard.
    pub fn interrupted(&mut self, id: RequestId) -> Option<Outcome> {
        let what = self.saying.values().find_map(|saying| match saying.what {
            What::Head(about) | What::Question(about) if about == id && saying.begun => {
                Some(saying.what)
            }
            What::Head(_) | What::Question(_) | What::Tail(_) | What::Result(_) | What::Trial => {
                None
            }
        });
        self.perceived(what?, Perceived::Speech)
    }

    /// A result, or whatever else there is to say at once: spoken, or else shown.
    pub fn tell(&mut self, id: Option<RequestId>, told: &Told) {
        self.last = Some(told.clone());
        if self.speaks() {
            self.speak(What::Result(id), told.clone(), Priority::Message);
        } else {
            self.show_told(told);
        }
        self.attend_line(id, &told.sentence);
    }

    /// One line on every channel but the voice, which is what it is about.
    pub fn tell_without_voice(&mut self, told: &Told) {
        self.show_told(told);
        self.attend_line(None, &told.sentence);
    }

    /// The request has ended or is answered: nothing more is said or shown of it.
    pub fn withdraw(&mut self, id: RequestId) {
        self.forget_notice(id);
        self.questions.remove(&id);
    }

    /// Stops speaking. What had begun counts as heard: the person chose to hear no more.
    pub fn hush(&mut self) -> Vec<Outcome> {
        let begun: Vec<_> = std::mem::take(&mut self.saying)
            .into_values()
            .filter(|saying| saying.begun)
            .map(|saying| saying.what)
            .collect();
        self.order(speech::Order::Hush);
        begun.into_iter().filter_map(|what| self.perceived(what, Perceived::Speech)).collect()
    }

    /// Says the last thing again, or returns it to a terminal.
    pub fn repeat(&mut self, place: Place) -> String {
        if self.locked {
            let count = self.waiting;
            let told = Told {
                sentence: say!(self.words, "locked-waiting", count = count),
                line: self.words.line("line-locked", &[("count", count.into())]),
            };
            return self.say_or_return(place, What::Result(None), told);
        }
        if let Some(id) = self.questions.keys().next().copied() {
            let told = self.questions.get(&id).map(|asking| Told {
                sentence: asking.turn.words().text.clone(),
                line: asking.line.clone(),
            });
            return told.map_or_else(String::new, |told| {
                self.say_or_return(place, What::Question(id), told)
            });
        }
        let none = || {
            let sentence = say!(self.words, "waiting-none");
            Told { line: sentence.clone(), sentence }
        };
        let told = self.last.clone().unwrap_or_else(none);
        self.say_or_return(place, What::Result(None), told)
    }

    fn say_or_return(&mut self, place: Place, what: What, told: Told) -> String {
        let sentence = told.sentence.clone();
        if place != Place::Terminal {
            if self.speaks() {
                self.speak(what, told, Priority::Message);
            } else {
                self.show_told(&told);
            }
        }
        sentence
    }

    /// Tries one channel; the answer comes when it has shown whether it works.
    pub fn try_channel(&mut self, channel: Channel, reply: oneshot::Sender<Result<bool, Error>>) {
        match channel {
            Channel::Speech if self.voice == Voice::Down => drop(reply.send(Ok(false))),
            Channel::Speech => {
                let sentence = say!(self.words, "try-speech");
                let told = Told { line: String::new(), sentence };
                self.trials.push((channel, reply));
                self.speak(What::Trial, told, Priority::Message);
            }
            Channel::Notification if !self.shows => drop(reply.send(Ok(false))),
            Channel::Notification => {
                self.trials.push((channel, reply));
                let line = self.words.line("line-try", &[]);
                self.order_notification(TRIAL, &line, "", false);
            }
        }
    }

    fn tried(&mut self, channel: Channel, worked: bool) {
        for (tried, reply) in std::mem::take(&mut self.trials) {
            if tried == channel {
                drop(reply.send(Ok(worked)));
            } else {
                self.trials.push((tried, reply));
            }
        }
    }

    /// What the voice tells.
    pub fn on_speech(&mut self, event: speech::Event) -> Vec<Outcome> {
        let outcomes = self.heard_of(event);
        self.next_head();
        outcomes
    }

    fn heard_of(&mut self, event: speech::Event) -> Vec<Outcome> {
        match event {
            speech::Event::Up => {
                let back = self.voice == Voice::Down;
                self.voice = Voice::Up;
                if back && self.preferences.speech { vec![Outcome::VoiceBack] } else { Vec::new() }
            }
            speech::Event::Down { why } => {
                tracing::warn!(?why, "no voice");
                let lost = self.voice != Voice::Down;
                self.voice = Voice::Down;
                if lost && self.preferences.speech { vec![Outcome::VoiceLost] } else { Vec::new() }
            }
            speech::Event::Begun(id) => {
                if let Some(saying) = self.saying.get_mut(&id) {
                    saying.begun = true;
                }
                Vec::new()
            }
            speech::Event::Ended(id) => match self.saying.remove(&id) {
                Some(saying) => self.said(saying.what).into_iter().collect(),
                None => Vec::new(),
            },
            speech::Event::Cut(id) => {
                self.cut(id);
                Vec::new()
            }
            speech::Event::NotSaid(id) => {
                if let Some(saying) = self.saying.remove(&id) {
                    self.not_said(&saying);
                }
                Vec::new()
            }
        }
    }

    fn said(&mut self, what: What) -> Option<Outcome> {
        if let What::Head(id) = what
            && let Some(sentence) = self.tails.remove(&id)
        {
            let tail = Told { sentence, line: String::new() };
            self.speak(What::Tail(id), tail, Priority::Text);
        }
        if what == What::Trial {
            self.tried(Channel::Speech, true);
        }
        self.perceived(what, Perceived::Speech)
    }

    fn perceived(&mut self, what: What, by: Perceived) -> Option<Outcome> {
        match what {
            What::Head(id) => {
                self.notices.remove(&id).map(|turn| Outcome::Notice(turn.perceived(by)))
            }
            What::Question(id) => self
                .questions
                .remove(&id)
                .map(|asking| Outcome::Question(asking.turn.perceived(by))),
            What::Tail(_) | What::Result(_) | What::Trial => None,
        }
    }

    /// Cut off by somebody else: what must be heard is said once more, the rest is let go.
    fn cut(&mut self, id: UtteranceId) {
        let Some(saying) = self.saying.remove(&id) else { return };
        match saying.what {
            What::Tail(_) => {}
            What::Trial => self.tried(Channel::Speech, false),
            What::Head(_) | What::Question(_) | What::Result(_) if saying.again => {
                self.not_said(&saying);
            }
            What::Head(_) | What::Question(_) | What::Result(_) => {
                self.utter(Saying { begun: false, again: true, ..saying });
            }
        }
    }

    /// Without a voice, the line is shown instead.
    fn not_said(&mut self, saying: &Saying) {
        match saying.what {
            What::Tail(_) => {}
            What::Trial => self.tried(Channel::Speech, false),
            What::Head(id) | What::Question(id) => {
                let body = saying.told.sentence.clone();
                self.show_request(id, &saying.told.line, &body);
            }
            What::Result(_) => self.show_told(&saying.told),
        }
    }

    /// What the notification server tells.
    pub fn on_notification(&mut self, event: notification::Event) -> Vec<Outcome> {
        match event {
            notification::Event::Up => {
                self.shows = true;
                return vec![Outcome::ShowsNothing];
            }
            notification::Event::Down => self.shows = false,
            notification::Event::Shown(key) if key == TRIAL => {
                self.tried(Channel::Notification, true);
            }
            notification::Event::NotShown(key) if key == TRIAL => {
                self.tried(Channel::Notification, false);
            }
            notification::Event::Shown(key) => {
                return key.parse().ok().and_then(|id| self.read(id)).into_iter().collect();
            }
            notification::Event::NotShown(key) => tracing::info!(key, "not shown"),
            notification::Event::Pressed { key, action } => {
                return key
                    .parse()
                    .ok()
                    .map(|id| Outcome::Pressed(id, action))
                    .into_iter()
                    .collect();
            }
        }
        Vec::new()
    }

    /// A notification with the text of `id` is on the screen.
    fn read(&mut self, id: RequestId) -> Option<Outcome> {
        if self.locked || self.only_counts() {
            return None;
        }
        let what =
            if self.questions.contains_key(&id) { What::Question(id) } else { What::Head(id) };
        self.perceived(what, Perceived::Notification)
    }

    fn forget_notice(&mut self, id: RequestId) {
        self.notices.remove(&id);
        self.tails.remove(&id);
        self.silence(id);
        self.close(id);
    }

    /// Stops what is being said about `id`.
    fn silence(&mut self, id: RequestId) {
        let about = |what| match what {
            What::Head(about) | What::Tail(about) | What::Question(about) => about == id,
            What::Result(_) | What::Trial => false,
        };
        let stop: Vec<_> = self
            .saying
            .iter()
            .filter(|(_, saying)| about(saying.what))
            .map(|(utterance, _)| *utterance)
            .collect();
        for utterance in stop {
            self.saying.remove(&utterance);
            self.order(speech::Order::Cancel(utterance));
        }
        self.next_head();
    }

    fn speaks(&self) -> bool {
        self.preferences.speech && self.voice != Voice::Down
    }

    /// With a screen reader that reads notifications, they must not say what the voice says.
    fn only_counts(&self) -> bool {
        self.reader && self.speaks()
    }

    fn speak(&mut self, what: What, told: Told, priority: Priority) {
        self.utter(Saying { what, told, priority, begun: false, again: false });
    }

    fn utter(&mut self, saying: Saying) {
        self.last_id += 1;
        let id = UtteranceId(self.last_id);
        let utterance = Utterance {
            id,
            text: saying.told.sentence.clone(),
            priority: saying.priority,
            language: self.words.language().tag().to_owned(),
        };
        self.saying.insert(id, saying);
        self.order(speech::Order::Say(utterance));
    }

    /// The voice's line holds more than a person can hear; when it is full, something is wrong
    /// with the voice, and the other channels carry on.
    fn order(&self, order: speech::Order) {
        if self.speech.try_send(order).is_err() {
            tracing::error!("the voice takes no orders");
        }
    }

    /// Shows a request that was announced before: nothing is said, nothing is announced.
    pub fn show_again(&mut self, received: &Received, question: Option<&str>, left: Duration) {
        let wording = Wording::new(&self.words, received.request());
        let (line, body) = match question {
            Some(text) => (wording.question_line(), text.to_owned()),
            None => (wording.notice(left).line, wording.notice_tail_line(left)),
        };
        self.show_request(received.id(), &line, &body);
    }

    /// Takes the notification of a request away.
    pub fn hide(&self, id: RequestId) {
        self.close(id);
    }

    /// A line, or, where there is only a sentence, the sentence below the name.
    fn show_told(&self, told: &Told) {
        if told.line.is_empty() {
            return;
        }
        if told.line == told.sentence {
            self.show(GENERAL, "Sayso", &told.sentence, false);
        } else {
            self.show(GENERAL, &told.line, "", false);
        }
    }

    fn show_request(&self, id: RequestId, line: &str, body: &str) {
        let key = id.to_string();
        if self.only_counts() {
            let line = self.words.line("line-waiting", &[("count", self.waiting.into())]);
            self.show(&key, &line, "", true);
        } else {
            self.show(&key, line, body, true);
        }
    }

    fn show(&self, key: &str, summary: &str, body: &str, buttons: bool) {
        if self.preferences.notification {
            self.order_notification(key, summary, body, buttons);
        }
    }

    fn order_notification(&self, key: &str, summary: &str, body: &str, buttons: bool) {
        let actions = if buttons {
            vec![
                (Action::Answer, say!(self.words, "button-answer")),
                (Action::Deny, say!(self.words, "button-deny")),
                (Action::Repeat, say!(self.words, "button-repeat")),
            ]
        } else {
            Vec::new()
        };
        let order = notification::Order::Show {
            key: key.to_owned(),
            summary: summary.to_owned(),
            body: body.to_owned(),
            actions,
            urgent: notification::Urgency::Normal,
        };
        if self.notifications.try_send(order).is_err() {
            tracing::error!("the notification server takes no orders");
        }
    }

    fn close(&self, id: RequestId) {
        self.show_closed(&id.to_string());
    }

    fn show_closed(&self, key: &str) {
        if self.notifications.try_send(notification::Order::Close { key: key.to_owned() }).is_err()
        {
            tracing::error!("the notification server takes no orders");
        }
    }

    fn attend_line(&mut self, id: Option<RequestId>, text: &str) {
        self.attend.line(id, text, true);
    }
}
