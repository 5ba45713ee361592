//! nginx before a broker, set up as `docs/hosting.md` prints it.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;

use crate::processes::{Process, bare_command, free_address};
use crate::proxy::Proxy;

/// From where it comes to the broker. What it is called at has another address of this computer.
pub(crate) const SOURCE: Ipv4Addr = Ipv4Addr::new(127, 0, 0, 2);

/// What of the printed settings is an example, and what a story puts in its place.
fn filled_in(address: SocketAddr, dir: &Path, proxy: &Proxy) -> String {
    let hosting = include_str!("../../docs/hosting.md");
    let (_, printed) = hosting.split_once("```nginx\n").expect("settings of nginx");
    let (printed, _) = printed.split_once("```").expect("their end");
    let folder = dir.display();
    [
        ("listen 443 ssl;", format!("listen {address} ssl;")),
        ("/etc/nginx/login.example/fullchain.pem", format!("{folder}/certificate.pem")),
        ("/etc/nginx/login.example/privkey.pem", format!("{folder}/key.pem")),
        ("http://10.0.0.5:4711", proxy.origin()),
    ]
    .into_iter()
    .fold(printed.to_owned(), |text, (example, own)| {
        assert_eq!(text.matches(example).count(), 1, "{example:?} in {text}");
        text.replace(example, &own)
    })
}

/// A running nginx.
#[derive(Debug)]
pub(crate) struct Nginx {
    address: SocketAddr,
    _process: Process,
}

impl Nginx {
    /// Starts it before `proxy`, with the certificate in `dir` and this in its environment.
    ///
    /// # Panics
    /// If it does not start.
    pub(crate) async fn start(
        dir: &Path,
        proxy: &Proxy,
        env: Vec<(String, String)>,
        logs: &Path,
    ) -> Nginx {
        let address = free_address();
        let settings = dir.join("nginx.conf");
        let kept: String = env.iter().map(|(name, _)| format!("env {name};\n")).collect();
        // Where its packages would have it write, only root may.
        let folders: String = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
            .iter()
            .map(|what| format!("{what}_temp_path {}/{what};\n", dir.display()))
            .collect();
        let text = format!(
            "daemon off;\nmaster_process off;\nerror_log stderr notice;\npid {dir}/nginx.pid;\n{kept}\
             events {{}}\nhttp {{\naccess_log {dir}/access.log;\n{folders}proxy_bind {SOURCE};\n{printed}}}\n",
            dir = dir.display(),
            printed = filled_in(address, dir, proxy),
        );
        std::fs::write(&settings, text).expect("settings of nginx");
        let mut command = bare_command("nginx");
        command.args(["-e", "stderr", "-p"]).arg(dir).arg("-c").arg(settings).envs(env);
        let mut process = Process::start_quiet("nginx", &mut command, logs);
        // It listens by then.
        process.wait_for_line("event method").await;
        Nginx { address, _process: process }
    }

    /// The address at which everybody reaches the broker.
    pub(crate) fn origin(&self) -> String {
        format!("https://{}", self.address)
    }
}
