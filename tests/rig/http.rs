//! How everybody calls the broker who is not measured.

use reqwest::redirect::Policy;

use crate::processes::PATIENCE;

/// A client that goes where it is told and no further, and gives up where no answer comes. It keeps
/// no connection: one to a broker that was restarted meanwhile would fail once.
///
/// # Panics
/// Never on a machine that can make sockets.
#[must_use]
pub fn client() -> reqwest::Client {
    reqwest::Client::builder()
        .redirect(Policy::none())
        .pool_max_idle_per_host(0)
        .timeout(PATIENCE)
        .build()
        .expect("an HTTP client")
}
