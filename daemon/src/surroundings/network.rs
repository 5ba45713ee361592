//! Whether the computer's network has changed, or the computer has slept: the kernel tells of
//! addresses and default routes (rtnetlink, RFC 3549), `NetworkManager` that it is connected, and
//! logind that a sleep is over. What to make of it is left to the links.

use std::collections::HashSet;
use std::os::fd::OwnedFd;

use futures_util::StreamExt;
use rustix::io::Errno;
use rustix::net::netlink::SocketAddrNetlink;
use rustix::net::{AddressFamily, RecvFlags, SocketFlags, SocketType, bind, recv, socket_with};
use tokio::io::Interest;
use tokio::io::unix::AsyncFd;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use zbus::message::Type;
use zbus::{Connection, MatchRule, MessageStream};

/// How often it has changed; only that it counts up means something.
pub type Changes = u64;

/// Addresses and routes of both families (linux/rtnetlink.h, `RTMGRP_*`).
const GROUPS: u32 = 0x10 | 0x40 | 0x100 | 0x400;
/// `NM_STATE_CONNECTED_GLOBAL`: beyond any portal that wants a login first.
const CONNECTED: u32 = 70;
/// More is not told in one message of the kernel's, in bytes.
const DATAGRAM: usize = 8 * 1024;

/// Counts `out` up at each change until `shutdown`. What there is not, tells nothing.
pub async fn watch(
    system: Option<Connection>,
    out: watch::Sender<Changes>,
    shutdown: CancellationToken,
) {
    let kernel = async {
        if let Err(error) = of_kernel(&out).await {
            tracing::info!(%error, "the kernel does not tell of the network");
        }
    };
    let manager = async {
        if let Some(system) = &system
            && let Err(error) = of_programs(system, &out).await
        {
            tracing::info!(%error, "nobody tells of sleep and connections");
        }
    };
    tokio::select! {
        () = shutdown.cancelled() => {}
        ((), ()) = async { tokio::join!(kernel, manager) } => shutdown.cancelled().await,
    }
}

fn changed(out: &watch::Sender<Changes>, what: &str) {
    tracing::debug!(what, "the network may be another");
    out.send_modify(|changes| *changes += 1);
}

async fn of_programs(system: &Connection, out: &watch::Sender<Changes>) -> zbus::Result<()> {
    let signal = |sender, interface, member| -> zbus::Result<MatchRule<'static>> {
        let rule = MatchRule::builder().msg_type(Type::Signal).sender(sender)?;
        Ok(rule.interface(interface)?.member(member)?.build())
    };
    let name = "org.freedesktop.NetworkManager";
    let states = signal(name, name, "StateChanged")?;
    let mut states = MessageStream::for_match_rule(states, system, None).await?;
    let sleeps =
        signal("org.freedesktop.login1", "org.freedesktop.login1.Manager", "PrepareForSleep")?;
    let mut sleeps = MessageStream::for_match_rule(sleeps, system, None).await?;
    loop {
        tokio::select! {
            state = states.next() => {
                let Some(state) = state.transpose()? else { return Ok(()) };
                if state.body().deserialize::<u32>().is_ok_and(|state| state == CONNECTED) {
                    changed(out, "connected");
                }
            }
            sleep = sleeps.next() => {
                let Some(sleep) = sleep.transpose()? else { return Ok(()) };
                if sleep.body().deserialize::<bool>().is_ok_and(|begins| !begins) {
                    changed(out, "awake");
                }
            }
        }
    }
}

#[allow(unsafe_code, reason = "tokio wants it promised that a descriptor stays open")]
async fn of_kernel(out: &watch::Sender<Changes>) -> std::io::Result<()> {
    // SAFETY: the descriptor is owned by the AsyncFd, which never gives it away, so it stays open
    // and stays the same until the AsyncFd is dropped.
    let socket = unsafe { AsyncFd::register_with_interest(open()?, Interest::READABLE) }?;
    let mut known = Known::default();
    let mut buffer = vec![0; DATAGRAM];
    loop {
        let mut ready = socket.readable().await?;
        let read = ready
            .try_io(|socket| Ok(recv(socket.get_ref(), &mut buffer[..], RecvFlags::DONTWAIT)?.1));
        match read {
            Ok(Ok(length)) => {
                if known.take(&buffer[..length.min(DATAGRAM)]) {
                    changed(out, "address or route");
                }
            }
            // More happened than fits: something has changed.
            Ok(Err(error)) if error.raw_os_error() == Some(Errno::NOBUFS.raw_os_error()) => {
                changed(out, "much");
            }
            Ok(Err(error)) => return Err(error),
            Err(_) => {}
        }
    }
}

fn open() -> std::io::Result<OwnedFd> {
    let flags = SocketFlags::CLOEXEC | SocketFlags::NONBLOCK;
    // The family's first protocol is NETLINK_ROUTE.
    let socket = socket_with(AddressFamily::NETLINK, SocketType::RAW, flags, None)?;
    bind(&socket, &SocketAddrNetlink::new(0, GROUPS))?;
    Ok(socket)
}

/// Addresses and default routes that were told of: telling of one again, as routers have the kernel
/// do every few minutes, is no change.
#[derive(Debug, Default)]
struct Known(HashSet<Vec<u8>>);

// linux/netlink.h and linux/rtnetlink.h.
const HEAD: usize = 16;
const NEW_ADDRESS: u16 = 20;
const LOST_ADDRESS: u16 = 21;
const NEW_ROUTE: u16 = 24;
const LOST_ROUTE: u16 = 25;
const ADDRESS_HEAD: usize = 8;
const ROUTE_HEAD: usize = 12;
/// Beyond this computer and its cable: `RT_SCOPE_LINK` and what is nearer count for nothing.
const SCOPE_LINK: u8 = 253;
const ADDRESS: u16 = 1;
const OUTGOING: u16 = 4;
const GATEWAY: u16 = 5;

impl Known {
    /// Whether a datagram of the kernel's tells of a change. What cannot be read tells of none.
    fn take(&mut self, mut datagram: &[u8]) -> bool {
        let mut changed = false;
        while let (Some(length), Some(kind)) = (number(datagram, 0, 4), number(datagram, 4, 2)) {
            let Some(message) = datagram.get(HEAD..length).filter(|_| length >= HEAD) else {
                break;
            };
            let kind = u16::try_from(kind).unwrap_or(0);
            let key = match kind {
                NEW_ADDRESS | LOST_ADDRESS => address(message),
                NEW_ROUTE | LOST_ROUTE => default_route(message),
                _ => None,
            };
            if let Some(key) = key {
                changed |= match kind {
                    NEW_ADDRESS | NEW_ROUTE => self.0.insert(key),
                    _ => {
                        self.0.remove(&key);
                        true
                    }
                };
            }
            datagram = datagram.get(aligned(length)..).unwrap_or_default();
        }
        changed
    }
}

/// An address of this computer that reaches beyond its cable: its interface and itself.
fn address(message: &[u8]) -> Option<Vec<u8>> {
    let scope = *message.get(3)?;
    let interface = message.get(4..8)?;
    let address = attribute(message.get(ADDRESS_HEAD..)?, ADDRESS)?;
    (scope < SCOPE_LINK).then(|| [b"a", interface, address].concat())
}

/// A way to everywhere: its gateway and interface.
fn default_route(message: &[u8]) -> Option<Vec<u8>> {
    let (family, length) = (*message.first()?, *message.get(1)?);
    let attributes = message.get(ROUTE_HEAD..)?;
    let gateway = attribute(attributes, GATEWAY).unwrap_or_default();
    let interface = attribute(attributes, OUTGOING).unwrap_or_default();
    (length == 0).then(|| [b"r", &[family][..], gateway, interface].concat())
}

/// The value of the first attribute of this kind.
fn attribute(mut attributes: &[u8], wanted: u16) -> Option<&[u8]> {
    loop {
        let length = number(attributes, 0, 2)?;
        let kind = number(attributes, 2, 2)?;
        let value = attributes.get(4..length)?;
        if kind == usize::from(wanted) {
            return Some(value);
        }
        attributes = attributes.get(aligned(length)..)?;
    }
}

/// A number in the machine's order.
fn number(bytes: &[u8], at: usize, length: usize) -> Option<usize> {
    let bytes = bytes.get(at..at + length)?;
    let mut whole = [0; 4];
    if cfg!(target_endian = "little") {
        whole[..length].copy_from_slice(bytes);
    } else {
        whole[4 - length..].copy_from_slice(bytes);
    }
    usize::try_from(u32::from_ne_bytes(whole)).ok()
}

fn aligned(length: usize) -> usize {
    length.next_multiple_of(4)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn attributes(all: &[(u16, &[u8])]) -> Vec<u8> {
        let mut bytes = Vec::new();
        for (kind, value) in all {
            let length = u16::try_from(4 + value.len()).unwrap();
            bytes.extend(length.to_ne_bytes());
            bytes.extend(kind.to_ne_bytes());
            bytes.extend(*value);
            bytes.resize(aligned(bytes.len()), 0);
        }
        bytes
    }

    fn message(kind: u16, body: &[u8]) -> Vec<u8> {
        let length = u32::try_from(HEAD + body.len()).unwrap();
        let mut bytes = length.to_ne_bytes().to_vec();
        bytes.extend(kind.to_ne_bytes());
        bytes.resize(HEAD, 0);
        bytes.extend(body);
        bytes.resize(aligned(bytes.len()), 0);
        bytes
    }

    fn address(kind: u16, last: u8, scope: u8) -> Vec<u8> {
        let head = [2, 24, 0, scope, 3, 0, 0, 0];
        let more = attributes(&[(2, &[10, 0, 0, last]), (ADDRESS, &[10, 0, 0, last])]);
        message(kind, &[&head[..], &more].concat())
    }

    fn route(kind: u16, length: u8, gateway: u8) -> Vec<u8> {
        let head = [2, length, 0, 0, 254, 3, 0, 1, 0, 0, 0, 0];
        let more = attributes(&[(GATEWAY, &[10, 0, 0, gateway]), (OUTGOING, &[3, 0, 0, 0])]);
        message(kind, &[&head[..], &more].concat())
    }

    #[test]
    fn an_address_that_comes_or_goes_is_a_change_and_one_that_is_told_again_is_none() {
        let mut known = Known::default();
        assert!(known.take(&address(NEW_ADDRESS, 5, 0)));
        assert!(!known.take(&address(NEW_ADDRESS, 5, 0)));
        assert!(known.take(&address(LOST_ADDRESS, 5, 0)));
        assert!(known.take(&address(NEW_ADDRESS, 5, 0)));
        assert!(!known.take(&address(NEW_ADDRESS, 6, SCOPE_LINK)));
    }

    #[test]
    fn a_default_route_is_a_change_and_a_way_to_one_network_is_none() {
        let mut known = Known::default();
        assert!(!known.take(&route(NEW_ROUTE, 24, 1)));
        assert!(known.take(&route(NEW_ROUTE, 0, 1)));
        assert!(!known.take(&route(NEW_ROUTE, 0, 1)));
        assert!(known.take(&route(NEW_ROUTE, 0, 2)));
    }

    #[test]
    fn several_messages_of_one_datagram_are_read_and_one_that_is_cut_off_tells_nothing() {
        let mut known = Known::default();
        let both = [route(NEW_ROUTE, 24, 1), address(NEW_ADDRESS, 5, 0)].concat();
        assert!(known.take(&both));
        for end in 0..both.len() {
            Known::default().take(&both[..end]);
        }
        let mut endless = address(NEW_ADDRESS, 7, 0);
        endless[..4].copy_from_slice(&0_u32.to_ne_bytes());
        assert!(!known.take(&endless));
    }

    #[tokio::test]
    async fn the_kernel_can_be_listened_to() {
        let (out, changes) = watch::channel(0);
        let listening = of_kernel(&out);
        tokio::pin!(listening);
        // Nothing happens, or something does: it does not end.
        assert!(futures_util::poll!(listening.as_mut()).is_pending());
        assert_eq!(*changes.borrow(), 0);
    }
}
