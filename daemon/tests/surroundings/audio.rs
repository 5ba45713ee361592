//! Headphones or loudspeakers, with the real PulseAudio and with PipeWire in its place.

use saysod::surroundings::audio::{self, Listening};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::becomes;
use crate::bus::Bus;
use crate::sound_server::Server;

/// Listens at the server's socket, whether or not it is there yet.
fn watch(server: &Server) -> watch::Receiver<Listening> {
    let (out, seen) = watch::channel(Listening::Loud);
    tokio::spawn(audio::watch(Some(server.socket()), out, CancellationToken::new()));
    seen
}

/// The two places where sound may go, and everything that may become of them.
async fn follows(server: &mut Server) {
    server.add_sink("speakers", "speaker");
    server.add_sink("headset", "headset");
    server.set_default("headset");
    let mut seen = watch(server);
    becomes(&mut seen, Listening::Private).await;
    server.set_default("speakers");
    becomes(&mut seen, Listening::Loud).await;
    server.set_default("headset");
    becomes(&mut seen, Listening::Private).await;

    server.remove_sink("headset");
    becomes(&mut seen, Listening::Loud).await;
}

#[tokio::test]
async fn pulseaudio_tells_where_sound_goes() {
    let mut server = Server::new();
    server.start_pulseaudio();
    follows(&mut server).await;
}

#[tokio::test]
async fn pipewire_tells_where_sound_goes() {
    let bus = Bus::start();
    let mut server = Server::new();
    server.start_pipewire(&bus.address);
    follows(&mut server).await;
}

#[tokio::test]
async fn a_dead_sound_server_is_loud_and_its_successor_is_heard() {
    let mut server = Server::new();
    server.start_pulseaudio();
    server.add_sink("headset", "headphone");
    server.set_default("headset");
    let mut seen = watch(&server);
    becomes(&mut seen, Listening::Private).await;
    server.kill();
    becomes(&mut seen, Listening::Loud).await;

    server.start_pulseaudio();
    server.add_sink("headset", "headphone");
    server.set_default("headset");
    becomes(&mut seen, Listening::Private).await;
}

#[tokio::test]
async fn a_sound_server_that_starts_late_is_found() {
    let mut server = Server::new();
    let mut seen = watch(&server);
    server.start_pulseaudio();
    server.add_sink("headset", "headphone");
    server.set_default("headset");
    becomes(&mut seen, Listening::Private).await;
}

#[tokio::test]
async fn without_a_sound_server_everything_is_loud_and_it_ends_when_told() {
    let (out, seen) = watch::channel(Listening::Loud);
    let shutdown = CancellationToken::new();
    let task = tokio::spawn(audio::watch(None, out, shutdown.clone()));
    assert_eq!(*seen.borrow(), Listening::Loud);
    shutdown.cancel();
    task.await.unwrap();
}
