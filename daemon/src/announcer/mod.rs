//! The announcer tells the person: takes turns, and gives back what was announced. It knows the
//! channels and which of them the person perceives; what is due when is the pipeline's.

pub mod attend;
mod news;
pub mod notification;
mod remarks;
mod saying;
mod showing;
pub mod spare;
pub mod speech;
mod trying;
mod turns;

use std::collections::{HashMap, VecDeque};

use sayso_protocol::bus::{Channel, Error, Preferences};
use sayso_protocol::relay::{Announced, Notice, Question, Received, Turn};
use sayso_protocol::request::{Request, RequestId};
use sayso_words::{Language, Words, say};
use tokio::sync::{mpsc, oneshot};

use crate::surroundings::audio::Listening;
use crate::surroundings::reader::ScreenReader;
use crate::wording::{BrokerNames, Told, Wording};
use attend::Attend;
pub use news::NewsId;
use notification::Action;
use speech::{Priority, UtteranceId};

/// Whether there is a voice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Voice {
    /// Not tried yet: taken for up until it shows otherwise.
    Untried,
    /// It speaks.
    Up,
    /// It does not, and the spare voice does.
    Spare,
    /// None does.
    Down,
}

/// What the announcer gives back.
#[derive(Debug)]
pub enum Outcome {
    /// A notice was perceived whole.
    Notice(Announced<Notice>),
    /// A question was perceived whole.
    Question(Announced<Question>),
    /// News has arrived.
    News(NewsId),
    /// The voice was lost.
    VoiceLost,
    /// The voice was lost, and the spare one speaks.
    VoiceSpare {
        /// There was no voice before it.
        after_silence: bool,
    },
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
    /// Digits, which are said and never shown.
    Digits(RequestId),
    Result(Option<RequestId>),
    News(NewsId),
    Missing,
    Trial,
}

struct Saying {
    what: What,
    told: Told,
    language: Language,
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
    brokers: BrokerNames,
    speech: mpsc::Sender<speech::Order>,
    notifications: mpsc::Sender<notification::Order>,
    voice: Voice,
    shows: bool,
    reader: bool,
    listening: Listening,
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
    news: HashMap<NewsId, news::News>,
    trials: Vec<(Channel, oneshot::Sender<Result<bool, Error>>)>,
    last: Option<Told>,
    /// Remarks that nobody could perceive yet.
    held: Vec<Told>,
    /// That the person's language is not here.
    missing: Option<remarks::Missing>,
    /// The terminals that attend.
    pub attend: Attend,
}

const TRIAL: &str = "trial";
const GENERAL: &str = "sayso";
/// The notification that says that there is no voice.
const SILENT: &str = "silent";

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
            brokers: BrokerNames::default(),
            speech,
            notifications,
            voice: Voice::Untried,
            shows: false,
            reader: false,
            listening: Listening::default(),
            locked: false,
            waiting: 0,
            last_id: 0,
            saying: HashMap::new(),
            notices: HashMap::new(),
            tails: HashMap::new(),
            heads: VecDeque::new(),
            questions: HashMap::new(),
            news: HashMap::new(),
            trials: Vec::new(),
            last: None,
            held: Vec::new(),
            missing: None,
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

    /// What a request says in this language, with its broker's name where there are several.
    #[must_use]
    pub fn wording<'a>(&'a self, received: &'a Received) -> Wording<'a> {
        self.wording_of(received.broker(), received.request())
    }

    /// The same of a request of an earlier run.
    #[must_use]
    pub fn wording_of<'a>(&'a self, broker: &str, request: &'a Request) -> Wording<'a> {
        Wording::new(&self.words, request).at(self.brokers.said_first(broker))
    }

    /// What the brokers are called.
    #[must_use]
    pub fn brokers(&self) -> &BrokerNames {
        &self.brokers
    }

    /// They are called so from now on.
    pub fn call_brokers(&mut self, brokers: BrokerNames) {
        self.brokers = brokers;
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

    /// Which voice there is, and whether notifications work.
    #[must_use]
    pub fn channels(&self) -> (Voice, bool) {
        (self.voice, self.shows)
    }

    /// Whether what is told reaches the person: by voice, by notification, or at a terminal that
    /// attends.
    #[must_use]
    pub fn reaches_anybody(&self) -> bool {
        self.speaks() || (self.preferences.notification && self.shows) || self.attend.anybody()
    }

    /// Whether the screen is locked.
    #[must_use]
    pub fn locked(&self) -> bool {
        self.locked
    }

    /// Whether a screen reader is running.
    #[must_use]
    pub fn has_reader(&self) -> bool {
        self.reader
    }

    /// Who hears what is said now.
    #[must_use]
    pub fn listening(&self) -> Listening {
        self.listening
    }

    /// How many requests wait, for the lines that say so.
    pub fn waiting(&mut self, waiting: u32) {
        self.waiting = waiting;
    }

    /// Whether notifications would only count, if there were a voice: a screen reader runs.
    #[must_use]
    pub fn counted(&self) -> bool {
        self.reader
    }

    /// A screen reader started or ended.
    pub fn reader(&mut self, reader: ScreenReader) {
        self.reader = reader == ScreenReader::Running;
    }

    /// Headphones came or went.
    pub fn listen(&mut self, listening: Listening) {
        self.listening = listening;
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
            self.news.clear();
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

    /// Says the digits of an approval, and shows them nowhere. Answers whether there is a voice.
    pub fn say_digits(&mut self, id: RequestId, told: Told) -> bool {
        let speaks = self.speaks();
        if speaks {
            self.silence(id);
            self.speak(What::Digits(id), told, Priority::Message);
        }
        speaks
    }

    /// Stops digits in mid-sentence. Answers whether some were being said.
    pub fn stop_digits(&mut self) -> bool {
        self.stop(|what| matches!(what, What::Digits(_)))
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
        self.show(SILENT, &told.line, "", false);
        self.attend_line(None, &told.sentence);
    }

    /// The spare voice says so first, and it is written where it stays.
    pub fn tell_with_spare_voice(&mut self, told: &Told) {
        self.tell_without_voice(told);
        self.speak(What::Result(None), told.clone(), Priority::Message);
    }

    /// The voice is back: what said that there is none goes away.
    pub fn has_voice_again(&self) {
        self.show_closed(SILENT);
    }

    fn attend_line(&mut self, id: Option<RequestId>, text: &str) {
        self.attend.line(id, text, true);
    }
}
