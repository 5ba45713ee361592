//! What holds of all bytes that reach the broker from outside and are not JSON: one body for each
//! fuzz target over a parser of this crate. A body panics where something is wrong. `tests/fuzz`
//! has the targets; the bodies over JSON are those of `sayso_protocol::fuzz`.

#![allow(clippy::missing_panics_doc, reason = "a body tells of what it found by a panic")]

use axum::http::{HeaderMap, HeaderName, HeaderValue, Method};
use sayso_protocol::time::UnixTime;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use url::Url;

use crate::auth;
use crate::forwarding::{Caller, Header, Proxies};
use crate::settings::{Settings, is_secure};
use crate::webhook::schedule;

/// The settings file: whatever it says, the broker has an origin that approvers can be told, and
/// is plain on this computer only.
pub fn settings(bytes: &[u8]) {
    let Ok(text) = str::from_utf8(bytes) else { return };
    let Ok(settings) = Settings::parse(text) else { return };
    let bound = SocketAddr::from((Ipv4Addr::LOCALHOST, 4711));
    if let Ok(origin) = settings.origin(bound) {
        let read = Url::parse(&origin);
        assert!(read.as_ref().is_ok_and(is_secure), "{origin} is not secure");
        assert!(read.is_ok_and(|url| url.origin().ascii_serialization() == origin));
        assert!(!settings.name(&origin).is_empty() || settings.name.is_some());
    }
    assert!(settings.change_wait() >= sayso_protocol::change::SHORTEST_WAIT);
}

/// A call's head, one line for each header: who calls is read out of it or nobody is.
pub fn head(bytes: &[u8]) {
    let mut headers = HeaderMap::new();
    for line in bytes.split(|byte| *byte == b'\n') {
        let mut halves = line.splitn(2, |byte| *byte == b':');
        let (Some(name), Some(value)) = (halves.next(), halves.next()) else { continue };
        if let (Ok(name), Ok(value)) =
            (HeaderName::from_bytes(name), HeaderValue::from_bytes(value.trim_ascii()))
        {
            headers.append(name, value);
        }
    }
    for origin in ["http://127.0.0.1:4711", "https://broker.example"] {
        if let Some(holder) = auth::holder_of(&headers, origin) {
            let cookie = auth::holder_cookie(&holder, origin);
            let mut again = HeaderMap::new();
            let pair = cookie.split(';').next().unwrap_or_default();
            again.extend(
                HeaderValue::from_str(pair).ok().map(|it| (axum::http::header::COOKIE, it)),
            );
            assert_eq!(auth::holder_of(&again, origin), Some(holder));
        }
    }
    if let Ok(token) = auth::bearer(&headers) {
        assert!(!token.contains(['\r', '\n']) && token.trim() == token);
    }
    assert!(!auth::may_hold(&Method::HEAD, &headers));
    whence(&headers);
    patience(&headers);
}

/// A webhook asks for patience: it gets so much and no more.
fn patience(headers: &HeaderMap) {
    for text in headers.values().filter_map(|value| value.to_str().ok()) {
        let asked = schedule::patience(text, UnixTime(784_111_777));
        let wait = schedule::next(1, asked, u8::MAX).map(|wait| wait.as_secs());
        assert!(wait.is_some_and(|wait| (5..=16 * 3600).contains(&wait)), "{text}: {wait:?}");
    }
}

/// A proxy says who called it; what anybody else says of that counts for nothing.
fn whence(headers: &HeaderMap) {
    let [stranger, proxy] = [[192, 0, 2, 1], [10, 0, 0, 1]].map(IpAddr::from);
    for header in [Header::XForwardedFor, Header::Forwarded] {
        let proxies = Proxies { addresses: "10.0.0.0/8".parse().into_iter().collect(), header };
        assert!(proxies.are(proxy) && !proxies.are(stranger));
        assert_eq!(proxies.caller(stranger, headers), Caller(Some(stranger)));
        if let Caller(Some(caller)) = proxies.caller(proxy, headers) {
            assert_eq!(caller, caller.to_canonical(), "one caller by two addresses");
        }
    }
}
