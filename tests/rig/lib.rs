//! The rig: everything around Sayso, as real parts, so that a test can tell a story on them.
//!
//! A story asks for what it needs (`Desktop::builder()`), plays the person, and at its end
//! compares what was perceived with the golden transcript. Nothing of Sayso is linked in here:
//! broker, daemon and command line run as the processes that people run.

/// The machine's clock, and the clock of a process that must believe another time.
pub mod clock;
/// Starting, watching and ending processes.
pub mod processes;
/// What a story is: one line per thing perceived or done.
pub mod transcript;

/// The private desktop: buses, display, notifications, keyring, lock, speech.
pub mod desktop;
/// Speech Dispatcher with a module that records, and a screen reader that uses the same one.
pub mod speech;

/// The person's keyboard, and a window manager.
pub mod keyboard;
/// The real screen reader.
pub mod orca;

/// The person's programs, at a terminal and without one.
pub mod cli;
/// `saysod`.
pub mod daemon;

/// Who vouches for a broker.
pub mod authority;
/// `sayso-broker` and its administration.
pub mod broker;
/// The web server that an operator puts before the broker.
pub mod nginx;
/// Between everybody and the broker.
pub mod proxy;
/// Who asks: a relying party.
pub mod service;

/// Disks that fill up.
pub mod disk;
/// Who opens connections and brings nothing to its end.
pub mod hoard;
/// How everybody calls the broker who is not measured.
pub mod http;
/// What a process has cost so far.
pub mod meter;
/// What a story has for itself: mounts, or a network.
pub mod namespace;
/// A broker with many accounts.
pub mod seeded;
/// HTTP and WebSocket, as cheap as they can be.
pub mod wire;

/// An approver without a daemon.
pub mod approver;
/// A broker that says whatever a story wants.
pub mod false_broker;

/// What looks at a page for faults that shut people out.
pub mod axe;
/// The person's browsers.
pub mod browser;
/// What npm fetches.
pub mod npm;

/// The usual beginning and end of a story.
pub mod story;
