//! The server that approvals are held against: oidc-provider, which speaks CIBA (OpenID Connect
//! Client-Initiated Backchannel Authentication) in poll mode. It keeps all in memory.

use std::path::Path;
use std::process::Command;

use rig::npm;
use rig::processes::{Process, free_address, wait_until};
use rig::wire::Caller;

use crate::figure::Missing;
use crate::run::Run;

/// The service, as `provider.mjs` knows it.
const SERVICE: &str = "client_id=service&client_secret=secret";
const GRANT_TYPE: &str = "urn%3Aopenid%3Aparams%3Agrant-type%3Aciba";

/// The running server.
#[derive(Debug)]
pub struct Ciba {
    process: Process,
    address: String,
}

impl Ciba {
    /// The version that `tests/ciba` names.
    ///
    /// # Errors
    /// Where there is no node, or it cannot be fetched, or does not run.
    pub async fn start(logs: &Path) -> Result<Ciba, Missing> {
        let missing = |why: &str| Missing { name: "ciba", why: why.to_owned() };
        if Command::new("node").arg("--version").output().is_err() {
            return Err(missing("node is not there"));
        }
        let folder = npm::install("ciba").map_err(|why| missing(&why.to_string()))?;
        let address = free_address();
        let mut node = Command::new("node");
        node.arg(folder.join("provider.mjs")).arg(address.port().to_string());
        let mut process = Process::start_quiet("ciba", &mut node, logs);
        let log = process.log_file().to_owned();
        let explain = || std::fs::read_to_string(&log).unwrap_or_default();
        // An old node ends at once.
        let listens = wait_until("oidc-provider listens", explain, || {
            let ended = process.status().map(|_| false);
            ended.or_else(|| std::net::TcpStream::connect(address).is_ok().then_some(true))
        });
        if listens.await {
            Ok(Ciba { process, address: address.to_string() })
        } else {
            Err(missing("this node does not run oidc-provider"))
        }
    }

    /// So many cycles, of which `in_flight` are under way at a time.
    pub async fn run(&self, in_flight: usize, count: usize) -> Run {
        let mut everybody = Vec::new();
        for _ in 0..in_flight {
            everybody.push(log_in(Caller::connect(&self.address).await, count / in_flight));
        }
        Run::of(self.process.id(), count / in_flight, everybody).await
    }
}

async fn log_in(mut caller: Caller, times: usize) {
    for _ in 0..times {
        cycle(&mut caller).await;
    }
}

/// The service asks, the person approves, the service fetches the signed outcome.
async fn cycle(caller: &mut Caller) {
    let ask = format!("scope=openid&login_hint=alice&binding_message=ORANGE-42&{SERVICE}");
    let (status, asked) = caller.post_form("/backchannel", &ask).await;
    assert_eq!(status, 200, "{asked}");
    let id = format!("auth_req_id={}", asked["auth_req_id"].as_str().expect("an id"));
    let (status, approved) = caller.post_form("/approve", &id).await;
    assert_eq!(status, 200, "{approved}");
    let fetch = format!("grant_type={GRANT_TYPE}&{id}&{SERVICE}");
    let (status, outcome) = caller.post_form("/token", &fetch).await;
    assert_eq!((status, outcome["id_token"].is_string()), (200, true), "{outcome}");
}
