//! What the administrator set: a TOML file, and what the command line says over it.

use sayso_protocol::address::Origin;
use sayso_protocol::change::WAITING_TIME;
use serde::Deserialize;
use std::net::{IpAddr, SocketAddr};
use std::num::NonZeroU16;
use std::path::{Path, PathBuf};
use std::time::Duration;
use url::{Host, Url};

use crate::forwarding::Proxies;
use crate::tls::Files;

/// Where the broker listens unless it is told otherwise.
const LISTEN: SocketAddr = SocketAddr::new(IpAddr::V4(std::net::Ipv4Addr::LOCALHOST), 4711);

/// The settings file.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// The address to listen on.
    pub listen: Option<SocketAddr>,
    /// The broker's address as others write it; follows from `listen` on this computer.
    pub origin: Option<String>,
    /// The store's folder.
    pub store: Option<PathBuf>,
    /// What the broker calls itself.
    pub name: Option<String>,
    /// How many hours a change of a security setting waits.
    pub change_hours: Option<NonZeroU16>,
    /// Where it can be watched; nowhere without this.
    pub metrics: Option<SocketAddr>,
    /// The certificate by which it speaks https.
    pub tls: Option<Files>,
    /// The proxies that it stands behind.
    pub proxy: Option<Proxies>,
}

/// Why the settings do not count.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// The file cannot be read.
    #[error("settings: {0}")]
    Unreadable(std::io::Error),
    /// The file is not what it should be, in this line.
    #[error("settings, line {line}: {text}")]
    Fault {
        /// Counted from one.
        line: usize,
        /// For the log.
        text: String,
    },
    /// The address cannot be an origin.
    #[error("not an origin: {0}")]
    Origin(String),
    /// Plain http is for this computer only, and for a proxy.
    #[error("not on this computer: {0}")]
    NotLoopback(SocketAddr),
    /// With a certificate, or behind a proxy, the origin does not follow from the listener.
    #[error("no origin")]
    NoOrigin,
    /// With a certificate the origin begins with https.
    #[error("not https: {0}")]
    NotHttps(String),
}

impl Settings {
    /// Reads the file.
    ///
    /// # Errors
    /// [`SettingsError::Unreadable`], [`SettingsError::Fault`].
    pub fn read(path: &Path) -> Result<Self, SettingsError> {
        let text = std::fs::read_to_string(path).map_err(SettingsError::Unreadable)?;
        Self::parse(&text)
    }

    pub(crate) fn parse(text: &str) -> Result<Self, SettingsError> {
        toml::from_str(text).map_err(|error| {
            let before = error.span().map_or(0, |span| span.start).min(text.len());
            let line = text.get(..before).map_or(1, |text| text.split('\n').count());
            SettingsError::Fault { line, text: error.message().to_owned() }
        })
    }

    /// The address to listen on.
    #[must_use]
    pub fn listen(&self) -> SocketAddr {
        self.listen.unwrap_or(LISTEN)
    }

    /// The store's folder: as set, else in the state folder of who runs this.
    #[must_use]
    pub fn store(&self) -> PathBuf {
        use etcetera::BaseStrategy as _;
        self.store.clone().unwrap_or_else(|| {
            let state = etcetera::choose_base_strategy().ok().and_then(|base| base.state_dir());
            state.unwrap_or_else(|| PathBuf::from("/var/lib")).join("sayso-broker")
        })
    }

    /// The broker's address, now that it listens on `bound`.
    ///
    /// # Errors
    /// [`SettingsError::Origin`], [`SettingsError::NoOrigin`], [`SettingsError::NotHttps`];
    /// [`SettingsError::NotLoopback`] for a listener beyond this computer with neither a certificate
    /// nor a proxy before it, whatever the origin says.
    pub fn origin(&self, bound: SocketAddr) -> Result<String, SettingsError> {
        let alone = self.tls.is_none() && self.proxy.is_none();
        if alone && !bound.ip().is_loopback() {
            return Err(SettingsError::NotLoopback(bound));
        }
        match &self.origin {
            Some(origin) if self.tls.is_some() && !origin.starts_with("https:") => {
                Err(SettingsError::NotHttps(origin.clone()))
            }
            Some(origin) => check_origin(origin),
            None if alone => Ok(format!("http://{bound}")),
            None => Err(SettingsError::NoOrigin),
        }
    }

    /// How long a change of a security setting waits that is queued now: an hour at least.
    #[must_use]
    pub fn change_wait(&self) -> Duration {
        self.change_hours.map_or(WAITING_TIME, |hours| Duration::from_hours(hours.get().into()))
    }

    /// What the broker calls itself.
    #[must_use]
    pub fn name(&self, origin: &str) -> String {
        let host = || Url::parse(origin).ok().and_then(|url| url.host_str().map(str::to_owned));
        self.name.clone().or_else(host).unwrap_or_default()
    }
}

/// An origin as it stands in signed messages: scheme, host and port, no slash at the end.
fn check_origin(text: &str) -> Result<String, SettingsError> {
    let refused = || SettingsError::Origin(text.to_owned());
    let url = Url::parse(text).map_err(|_| refused())?;
    let written = url.origin().ascii_serialization() == text && Origin::parse(text).is_some();
    if !is_secure(&url) || !written {
        return Err(refused());
    }
    Ok(text.to_owned())
}

/// Whether an address is https, or http on this computer.
#[must_use]
pub fn is_secure(url: &Url) -> bool {
    let loopback = match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    };
    url.host().is_some() && (url.scheme() == "https" || (url.scheme() == "http" && loopback))
}

#[cfg(test)]
mod tests {
    use super::*;
    use sayso_protocol::change::SHORTEST_WAIT;

    fn bound(text: &str) -> SocketAddr {
        text.parse().unwrap()
    }

    #[test]
    fn the_origin_follows_from_the_listener_on_this_computer_only() {
        let settings = Settings::default();
        assert_eq!(settings.origin(bound("127.0.0.1:4711")).unwrap(), "http://127.0.0.1:4711");
        assert_eq!(settings.origin(bound("[::1]:4711")).unwrap(), "http://[::1]:4711");
        let refused = settings.origin(bound("0.0.0.0:4711"));
        assert!(matches!(refused, Err(SettingsError::NotLoopback(_))));
    }

    #[test]
    fn an_origin_has_no_path_and_no_plain_http_beyond_this_computer() {
        for origin in [
            "https://b.example/",
            "https://b.example/x",
            "https://my_broker.example",
            "http://b.example",
            "b.example",
        ] {
            let settings = Settings { origin: Some(origin.into()), ..Settings::default() };
            assert!(settings.origin(bound("127.0.0.1:1")).is_err(), "{origin}");
        }
    }

    #[test]
    fn an_https_origin_opens_no_plain_listener_beyond_this_computer() {
        let settings = Settings { origin: Some("https://b.example".into()), ..Settings::default() };
        assert_eq!(settings.origin(bound("127.0.0.1:1")).unwrap(), "https://b.example");
        for address in ["0.0.0.0:1", "[::]:1", "192.0.2.1:1"] {
            let refused = settings.origin(bound(address));
            assert!(matches!(refused, Err(SettingsError::NotLoopback(_))), "{address}");
        }
    }

    #[test]
    fn beyond_this_computer_it_takes_a_certificate_or_a_proxy_and_an_origin() {
        let tls = "[tls]\ncertificate = \"c.pem\"\nkey = \"k.pem\"\n";
        let proxy = "[proxy]\naddresses = [\"192.0.2.1\", \"10.0.0.0/8\"]\n";
        let origin = |text: &str| Settings::parse(text).unwrap().origin(bound("0.0.0.0:443"));
        for table in [tls, proxy, &format!("{tls}{proxy}header = \"forwarded\"\n")] {
            let set = format!("origin = \"https://b.example\"\n{table}");
            assert_eq!(origin(&set).unwrap(), "https://b.example");
            assert!(matches!(origin(table), Err(SettingsError::NoOrigin)), "{table}");
        }
        let plain = format!("origin = \"http://127.0.0.1:1\"\n{tls}");
        assert!(matches!(origin(&plain), Err(SettingsError::NotHttps(_))));
        for fault in [
            "[tls]\nkey = \"k.pem\"",
            "[proxy]\naddresses = [\"b.example\"]",
            "[proxy]\naddresses = []",
            "[proxy]",
        ] {
            assert!(Settings::parse(fault).is_err(), "{fault}");
        }
    }

    #[test]
    fn a_change_waits_a_day_unless_the_file_says_otherwise_and_never_less_than_an_hour() {
        let wait = |text: &str| Settings::parse(text).map(|settings| settings.change_wait());
        assert_eq!(wait("").unwrap(), WAITING_TIME);
        assert_eq!(wait("change_hours = 1").unwrap(), SHORTEST_WAIT);
        assert_eq!(wait("change_hours = 48").unwrap(), Duration::from_hours(48));
        for refused in ["change_hours = 0", "change_hours = -1", "change_hours = 0.5"] {
            assert!(wait(refused).is_err(), "{refused}");
        }
    }

    #[test]
    fn a_fault_is_found_in_its_line() {
        let fault = Settings::parse("listen = \"127.0.0.1:0\"\nlisten_on = 1\n");
        assert!(matches!(fault, Err(SettingsError::Fault { line: 2, .. })), "{fault:?}");
    }
}
