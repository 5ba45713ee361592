//! Sleep and connections, as logind and `NetworkManager` tell of them.

use std::time::Duration;

use saysod::surroundings::network;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use zbus::Connection;

use crate::bus::Bus;

const LOGIND: &str = "org.freedesktop.login1";
const MANAGER: &str = "org.freedesktop.NetworkManager";

async fn sleep_is_over(by: &Connection) {
    let (path, interface) = ("/org/freedesktop/login1", "org.freedesktop.login1.Manager");
    by.emit_signal(None::<&str>, path, interface, "PrepareForSleep", &false).await.unwrap();
}

async fn connected(by: &Connection) {
    let path = "/org/freedesktop/NetworkManager";
    by.emit_signal(None::<&str>, path, MANAGER, "StateChanged", &70_u32).await.unwrap();
}

#[tokio::test]
async fn the_end_of_a_sleep_and_a_connection_are_changes() {
    let bus = Bus::start();
    let (logind, manager) = (bus.connect().await, bus.connect().await);
    logind.request_name(LOGIND).await.unwrap();
    manager.request_name(MANAGER).await.unwrap();
    let (out, mut seen) = watch::channel(0);
    tokio::spawn(network::watch(Some(bus.connect().await), out, CancellationToken::new()));
    // Told again until somebody listens: to NetworkManager first, and to logind then.
    let mut again = tokio::time::interval(Duration::from_millis(20));
    for told in [MANAGER, LOGIND] {
        let before = *seen.borrow_and_update();
        while *seen.borrow_and_update() == before {
            again.tick().await;
            if told == MANAGER {
                connected(&manager).await;
            } else {
                sleep_is_over(&logind).await;
            }
        }
    }
}
