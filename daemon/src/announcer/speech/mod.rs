//! The voice of Speech Dispatcher, over SSIP: utterances in, what became of each of them out.
//! Which sentence is said at which priority, and what follows from silence, is left to others.
//!
//! One task owns the socket. It never blocks: a server that hangs is let go of after a time limit.

mod conversation;
pub(crate) mod ssip;
mod voices;
mod wire;

use std::collections::VecDeque;
use std::fmt;
use std::path::PathBuf;

use tokio::process::Child;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use crate::clock;
use conversation::{Conversation, Effect, Input};
pub(super) use ssip::sayable;
pub use voices::{NoVoices, VoiceName, list_voices};
use wire::Wire;

/// How an utterance stands to what other programs say (SSIP's own words).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Priority {
    /// Cuts off everybody: only for "somebody else may be signing in".
    Important,
    /// Waits for a screen reader's line, and is heard to its end.
    Message,
    /// Waits for a screen reader, and is silenced by its next line.
    Text,
}

impl Priority {
    fn word(self) -> &'static str {
        match self {
            Self::Important => "important",
            Self::Message => "message",
            Self::Text => "text",
        }
    }
}

/// Names one utterance; whoever orders it chooses it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct UtteranceId(pub u64);

/// Something to say.
#[derive(Clone, PartialEq, Eq)]
pub struct Utterance {
    /// The name under which events tell of it.
    pub id: UtteranceId,
    /// What is said; control characters are left out. Text without a sound is not said.
    pub text: String,
    /// How it stands to other speech.
    pub priority: Priority,
    /// The language tag of the text, such as "en".
    pub language: String,
}

impl fmt::Debug for Utterance {
    /// Without the text: it may hold digits that belong in no log.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { id, text: _, priority, language } = self;
        write!(f, "Utterance({}, {priority:?}, {language})", id.0)
    }
}

/// The voice that the person chose; nothing chosen leaves it to Speech Dispatcher.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Voice {
    /// A name from [`list_voices`].
    pub voice: Option<String>,
    /// From -100 (slow) to 100 (fast).
    pub rate: Option<i8>,
}

/// What the voice is told to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Order {
    /// Say this when its turn comes.
    Say(Utterance),
    /// Be silent now; nothing that waits is said either.
    Hush,
    /// Do not say this one, or stop it. (If it is already with the server, a `text` of ours that
    /// waits there goes with it.)
    Cancel(UtteranceId),
    /// Use this voice from the next utterance on.
    Voice(Voice),
}

/// What the voice tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Event {
    /// There is a voice. At the first connection this is taken on trust; after a `Down` it was
    /// shown by a silent message that was really spoken.
    Up,
    /// There is none; what was open follows as `NotSaid`. Speech Dispatcher's voice tells it again
    /// at each attempt that fails.
    Down {
        /// For the log, and for the sentence that tells the person.
        why: DownReason,
    },
    /// Speech Dispatcher cannot be heard, and the spare voice can.
    Spare,
    /// The person begins to hear it.
    Begun(UtteranceId),
    /// The person heard it whole.
    Ended(UtteranceId),
    /// It was cut off or dropped: by a hush, or by somebody else's speech.
    Cut(UtteranceId),
    /// It was not said, or not to its end, because there is no voice.
    NotSaid(UtteranceId),
}

/// How the voice was lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DownReason {
    /// Nobody listens at the address.
    Refused,
    /// The server closed the connection.
    Lost,
    /// The server does not answer.
    NotAnswering,
    /// The server answers, but speech did not begin.
    NotBegun,
    /// Speech began and did not end.
    NotEnded,
    /// The server says what no Speech Dispatcher says.
    Broken,
}

/// Where Speech Dispatcher listens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address {
    path: PathBuf,
    default: bool,
}

impl Address {
    /// From the values of `SPEECHD_ADDRESS` and `XDG_RUNTIME_DIR`. Of the former only
    /// `unix_socket:PATH` counts; a server is started by us only where it would listen by itself.
    #[must_use]
    pub fn choose(speechd_address: Option<&str>, runtime_dir: Option<&str>) -> Option<Self> {
        let default = runtime_dir
            .filter(|dir| !dir.is_empty())
            .map(|dir| PathBuf::from(dir).join("speech-dispatcher/speechd.sock"));
        let named = match speechd_address.filter(|address| !address.is_empty()) {
            None | Some("unix_socket") => None,
            Some(address) => Some(PathBuf::from(address.strip_prefix("unix_socket:")?)),
        };
        let is_default = named.is_none() || named == default;
        Some(Self { path: named.or(default)?, default: is_default })
    }

    /// From this process's environment.
    #[must_use]
    pub fn of_person() -> Option<Self> {
        let var = |name| std::env::var(name).ok();
        Self::choose(var("SPEECHD_ADDRESS").as_deref(), var("XDG_RUNTIME_DIR").as_deref())
    }
}

/// Speaks what it is ordered to until `shutdown`. Never blocks on the server; events that
/// nobody takes yet are kept.
pub async fn run(
    address: Address,
    mut orders: mpsc::Receiver<Order>,
    events: mpsc::Sender<Event>,
    shutdown: CancellationToken,
) {
    let mut mouth = Mouth { wire: None, starting: None, told: VecDeque::new() };
    let mut talk = Conversation::new(address.default);
    talk = mouth.step(talk, Input::Start, &address);
    loop {
        let deadline = talk.deadline();
        let inputs = tokio::select! {
            biased;
            () = shutdown.cancelled() => break,
            heard = wire::exchange(&mut mouth.wire) => heard,
            () = wire::started(&mut mouth.starting) => vec![Input::Spawned],
            permit = events.reserve(), if !mouth.told.is_empty() => {
                let (Ok(permit), Some(event)) = (permit, mouth.told.pop_front()) else { break };
                permit.send(event);
                continue;
            }
            order = orders.recv() => match order {
                Some(order) => vec![Input::Order(order)],
                None => break,
            },
            () = clock::until_some(deadline) => vec![Input::Tick],
        };
        for input in inputs {
            talk = mouth.step(talk, input, &address);
        }
    }
    mouth.step(talk, Input::Stop, &address);
}

/// What the conversation acts on.
struct Mouth {
    wire: Option<Wire>,
    starting: Option<Child>,
    told: VecDeque<Event>,
}

impl Mouth {
    /// One step of the conversation, and what follows from it at once.
    fn step(&mut self, mut talk: Conversation, input: Input, address: &Address) -> Conversation {
        let mut next = Some(input);
        while let Some(input) = next.take() {
            let (after, effects) = talk.handle(input, clock::now());
            talk = after;
            for effect in effects {
                next = self.carry_out(effect, address).or(next);
            }
        }
        talk
    }

    fn carry_out(&mut self, effect: Effect, address: &Address) -> Option<Input> {
        match effect {
            Effect::Connect => match Wire::connect(&address.path) {
                Ok(wire) => {
                    self.wire = Some(wire);
                    return Some(Input::Connected);
                }
                Err(error) => {
                    tracing::debug!(%error, "nobody listens at Speech Dispatcher's address");
                    return Some(Input::Refused);
                }
            },
            Effect::Spawn => match wire::start_server() {
                Ok(child) => self.starting = Some(child),
                Err(error) => {
                    tracing::debug!(%error, "Speech Dispatcher cannot be started");
                    return Some(Input::Spawned);
                }
            },
            Effect::Write(bytes) => {
                if let Some(wire) = &mut self.wire {
                    return wire.write(&bytes).err().map(Input::Lost);
                }
            }
            Effect::HangUp => self.wire = None,
            Effect::Tell(event) => self.told.push_back(event),
        }
        None
    }
}

#[cfg(test)]
mod tests;
