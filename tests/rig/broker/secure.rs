//! A broker that is reached by https: it speaks TLS itself, or nginx before it does.

use rustix::process::Signal;

use super::{Broker, Way, read, talkative};
use crate::authority::{Authority, Validity};
use crate::clock::FakeClock;
use crate::desktop::Desktop;
use crate::nginx::{self, Nginx};
use crate::processes::wait_until;

impl Way {
    /// What its settings say of it.
    pub(super) fn settings(&self) -> String {
        match self {
            Way::Http => String::new(),
            Way::Https => "[tls]\ncertificate = \"certificate.pem\"\nkey = \"key.pem\"\n".into(),
            Way::Nginx(_) => format!("[proxy]\naddresses = [\"{}\"]\n", nginx::SOURCE),
        }
    }
}

impl Broker {
    /// Starts one that speaks https with a certificate of `authority`.
    ///
    /// # Panics
    /// If it does not start.
    pub async fn start_secure(desktop: &Desktop, authority: &Authority) -> Broker {
        let prepared = Broker::prepare(desktop, "broker", None, talkative()).await;
        let mut broker = Broker { way: Way::Https, ..prepared };
        broker.proxy.forward_by_tls(authority);
        broker.certify(&authority.vouch("127.0.0.1", Validity::Now));
        broker.start_again().await;
        broker
    }

    /// Puts another certificate and key where it reads them.
    ///
    /// # Panics
    /// If they cannot be written.
    pub fn certify(&self, (certificate, key): &(String, String)) {
        std::fs::write(self.dir.join("certificate.pem"), certificate).expect("a certificate");
        std::fs::write(self.dir.join("key.pem"), key).expect("a key");
    }

    /// Has it read its certificate again (`SIGHUP`), and waits for `line` in its log once more.
    ///
    /// # Panics
    /// If the line does not come.
    pub async fn renew(&mut self, line: &str) {
        let before = self.log().matches(line).count();
        let process = self.process.as_mut().expect("a running broker");
        process.signal(Signal::HUP);
        let log = self.logs.join(format!("{}.log", self.name()));
        wait_until(
            line,
            || read(&log),
            || (read(&log).matches(line).count() > before).then_some(()),
        )
        .await;
    }

    /// Starts one in plain http behind nginx, which speaks https with a certificate of `authority`;
    /// both live by this clock.
    ///
    /// # Panics
    /// If either does not start.
    pub async fn start_behind_nginx(
        desktop: &Desktop,
        authority: &Authority,
        clock: FakeClock,
    ) -> Broker {
        let env = clock.env();
        let prepared = Broker::prepare(desktop, "broker", Some(clock), talkative()).await;
        prepared.certify(&authority.vouch("127.0.0.1", Validity::Now));
        let nginx = Nginx::start(&prepared.dir, &prepared.proxy, env, &prepared.logs).await;
        let mut broker = Broker { way: Way::Nginx(nginx), ..prepared };
        broker.start_again().await;
        broker
    }

    /// What nginx wrote down of who called what.
    #[must_use]
    pub fn visits(&self) -> String {
        read(&self.dir.join("access.log"))
    }
}
