//! The spare voice. While Speech Dispatcher cannot be heard, `espeak-ng` speaks by itself, as a
//! process that may hang or abort at any moment: one process for one utterance, killed when it is
//! late. This task stands between the announcer and Speech Dispatcher's voice, and speaks the same
//! language to both.
//!
//! - `relay`: who speaks now, as a state machine
//! - `espeak`: one utterance, and whether it was heard
//!
//! The client libraries of Speech Dispatcher (and the `tts` crate above them) are no spare voice:
//! they talk to the same server, wait for ever where it hangs, call spoken what it only took, and
//! speak at a priority that cuts off the screen reader.

mod espeak;
mod relay;

use std::collections::VecDeque;
use std::pin::Pin;

use tokio::sync::{mpsc, watch};
use tokio_util::sync::CancellationToken;

use super::speech::{Event, Order};
use crate::surroundings::audio::Listening;
use espeak::NotHeard;
pub use espeak::Program;
use relay::{Effect, Input, Relay};

/// Speech Dispatcher's voice, as this task talks to it.
pub struct Main {
    /// What it is ordered to do.
    pub orders: mpsc::Sender<Order>,
    /// What it tells.
    pub events: mpsc::Receiver<Event>,
}

/// Hands orders to the voice that can be heard, until `shutdown`. A spare voice that failed is
/// tried again whenever Speech Dispatcher is, and when `sound` says that the sound server has
/// changed.
pub async fn run(
    program: Program,
    mut main: Main,
    mut orders: mpsc::Receiver<Order>,
    events: mpsc::Sender<Event>,
    mut sound: watch::Receiver<Listening>,
    shutdown: CancellationToken,
) {
    let mut mouth = Mouth { program, main: main.orders, speaking: None, told: VecDeque::new() };
    let mut relay = Relay::default();
    let mut has_sound = true;
    loop {
        let input = tokio::select! {
            biased;
            () = shutdown.cancelled() => break,
            permit = events.reserve(), if !mouth.told.is_empty() => {
                let (Ok(permit), Some(event)) = (permit, mouth.told.pop_front()) else { break };
                permit.send(event);
                continue;
            }
            event = main.events.recv() => match event {
                Some(event) => Input::Main(event),
                None => break,
            },
            heard = finished(&mut mouth.speaking) => Input::Spoke(heard),
            order = orders.recv() => match order {
                Some(order) => Input::Order(order),
                None => break,
            },
            changed = sound.changed(), if has_sound => {
                has_sound = changed.is_ok();
                Input::Sound
            }
        };
        let (after, effects) = relay.handle(input);
        relay = after;
        for effect in effects {
            mouth.carry_out(effect);
        }
    }
}

type Speaking = Pin<Box<dyn Future<Output = Result<(), NotHeard>> + Send>>;

/// What the relay acts on.
struct Mouth {
    program: Program,
    main: mpsc::Sender<Order>,
    speaking: Option<Speaking>,
    told: VecDeque<Event>,
}

impl Mouth {
    fn carry_out(&mut self, effect: Effect) {
        match effect {
            Effect::Main(order) => {
                if self.main.try_send(order).is_err() {
                    tracing::error!("Speech Dispatcher's voice takes no orders");
                }
            }
            Effect::Speak { text, manner } => {
                self.speaking = Some(Box::pin(self.program.clone().speak(text, manner)));
            }
            // The process is killed as it is dropped.
            Effect::Stop => self.speaking = None,
            Effect::Tell(event) => self.told.push_back(event),
        }
    }
}

async fn finished(speaking: &mut Option<Speaking>) -> Result<(), NotHeard> {
    match speaking {
        Some(running) => {
            let heard = running.await;
            *speaking = None;
            heard
        }
        None => std::future::pending().await,
    }
}
