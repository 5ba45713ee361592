//! Every parser of bytes from outside, the body that is run over it, and what to begin from.
//! `make fuzz` gives each body to libFuzzer for a while; `cargo test` runs all of them over their
//! seeds and over small changes of those.

pub mod seeds;

/// A body: it panics where a parser did something that it must never do.
pub type Body = fn(&[u8]);

/// All of them, each by the name of its target.
pub const TARGETS: [(&str, Body); 18] = [
    ("jws", sayso_protocol::fuzz::jws),
    ("link", sayso_protocol::fuzz::link),
    ("bodies", sayso_protocol::fuzz::bodies),
    ("problem", sayso_protocol::fuzz::problem),
    ("address", sayso_protocol::fuzz::address),
    ("scan", sayso_protocol::fuzz::scan),
    ("typed", sayso_protocol::fuzz::typed),
    ("spoken", sayso_protocol::fuzz::spoken),
    ("settings", sayso_broker::fuzz::settings),
    ("head", sayso_broker::fuzz::head),
    ("ssip", saysod::fuzz::ssip),
    ("preferences", saysod::fuzz::preferences),
    ("answer", saysod::fuzz::answer),
    ("handshake", saysod::fuzz::handshake),
    ("sound", saysod::fuzz::sound),
    ("png", sayso_scan::fuzz::png),
    ("pixels", sayso_scan::fuzz::pixels),
    ("helper", sayso_scan_client::fuzz::answer),
];
