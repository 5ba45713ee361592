//! What it was measured on, for whoever reads the figures later.

use std::fs;

use rig::processes::bare_command;

/// The machine, its load, and the versions of what was measured.
#[must_use]
pub fn lines() -> Vec<String> {
    let mut lines = vec![
        format!("{} processors: {}", processors(), field("/proc/cpuinfo", "model name")),
        format!("memory: {}", field("/proc/meminfo", "MemTotal")),
        format!("Linux {}", read("/proc/sys/kernel/osrelease")),
        load(),
    ];
    for command in [
        ["sayso-broker", "--version"],
        ["mosquitto", "-h"],
        ["nats-server", "--version"],
        ["node", "--version"],
        ["dunst", "--version"],
        ["gdbus", "help"],
    ] {
        lines.push(version(command));
    }
    lines
}

/// How many processes wanted to run, over the last 1, 5 and 15 minutes.
#[must_use]
pub fn load() -> String {
    let load = read("/proc/loadavg");
    format!("load average: {}", load.split(' ').take(3).collect::<Vec<_>>().join(" "))
}

fn version([program, flag]: [&str; 2]) -> String {
    let path = if program.starts_with("sayso") {
        rig::processes::program(program)
    } else {
        program.into()
    };
    let Ok(done) = bare_command(path).arg(flag).output() else {
        return format!("{program}: not installed");
    };
    let said = [done.stdout, done.stderr].concat();
    let said = String::from_utf8_lossy(&said);
    match said.lines().find(|line| line.chars().any(|c| c.is_ascii_digit())) {
        Some(line) => format!("{program}: {}", line.trim()),
        None => format!("{program}: installed"),
    }
}

fn processors() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

fn field(path: &str, name: &str) -> String {
    let text = read(path);
    let line = text.lines().find(|line| line.starts_with(name)).unwrap_or_default();
    line.split_once(':').map_or_else(String::new, |(_, value)| value.trim().to_owned())
}

fn read(path: &str) -> String {
    fs::read_to_string(path).unwrap_or_default().trim().to_owned()
}
