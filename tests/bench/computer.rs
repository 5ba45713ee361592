//! What Sayso costs on the person's computer: memory and wake-ups while nothing happens, the time
//! until speech is ordered, the time to start, and the time of a command.

use std::process::{Command, Stdio};
use std::time::Duration;

use rig::broker::Broker;
use rig::cli;
use rig::clock;
use rig::daemon::Daemon;
use rig::desktop::Desktop;
use rig::processes::wait_until;
use rig::story::{ACCOUNT, CHANNELS, SERVICE, Story};

use crate::figure::{Bar, Figure, median};
use crate::relay::Relay;
use crate::{Report, Scale, hop};
use rig::meter;

/// What the proxy between daemon and broker calls the messages of a link.
const SNAPSHOT: &str = "link snapshot";
const REQUEST: &str = "link request";

/// Takes all rows of the person's computer.
pub async fn measure(scale: &Scale, report: &mut Report<'_>) {
    let mut desktop = Desktop::builder("What Sayso costs here.").start().await;
    let (server, here) = (desktop.speech().socket(), desktop.dir().join("relay"));
    let relay = Relay::start(&here, &server);
    desktop.move_speech(&here);
    let broker = Broker::start_measured(&desktop, "broker", &[]).await;
    let daemon = Daemon::start_measured(&desktop).await;
    let mut story = Story::begin_as(desktop, broker, daemon, SERVICE, &CHANNELS).await;
    speak(&story, &relay, scale, report).await;
    idle(&mut story, &relay, scale, report).await;
    command(&story, scale, report);
    start(&mut story, scale, report).await;
}

/// The row `speech`: the request at the daemon, until it has ordered speech.
async fn speak(story: &Story, relay: &Relay, scale: &Scale, report: &mut Report<'_>) {
    let mut rounds = Vec::new();
    for _ in 0..scale.rounds {
        let mut took = Vec::new();
        for _ in 0..scale.notices {
            took.push(announce(story, relay).await);
        }
        let hops = tokio::task::spawn_blocking(|| hop::loopback(200)).await.expect("hops");
        rounds.push((median(&took), median(&hops)));
    }
    let bar = Bar::AtMost(10.0);
    report.figure(Figure { name: "speech".into(), unit: "us", rounds, bar });
}

/// One request that is announced and then called off; how long it was at the daemon, in
/// microseconds, when speech was ordered.
async fn announce(story: &Story, relay: &Relay) -> f64 {
    let proxy = story.broker.proxy();
    let before = proxy.passed_named(REQUEST).len();
    let asked = story.service.ask(ACCOUNT).await;
    let came = proxy.wait_for(REQUEST, before + 1).await.at;
    let spoken = wait_until("speech", String::new, || relay.after(came)).await;
    let path = format!("/v1/requests/{}", asked.id);
    let (status, answer) = story.service.call("DELETE", &path, None).await;
    assert_eq!(status, 200, "{answer}");
    // What is said of that is over, and the notification closed.
    story.desktop.session_bus().wait_for_empty_screen().await;
    // After three that nobody wanted Sayso would be silent.
    let back = cli::run_silently(cli::sayso(&story.desktop, &["back"]), "").await;
    assert_eq!(back.status, 0, "{}{}", back.out, back.err);
    clock::pass(Duration::from_millis(150)).await;
    f64::from(u32::try_from(spoken - came).unwrap_or(u32::MAX)) / 1e3
}

/// The rows `idle_memory` and `idle_wakeups`.
async fn idle(story: &mut Story, relay: &Relay, scale: &Scale, report: &mut Report<'_>) {
    let mut rounds = Vec::new();
    let (mut shares, mut wakeups) = ((0.0, 0.0), Vec::new());
    for round in 1..=scale.rounds {
        let links = story.broker.proxy().passed_named(SNAPSHOT).len();
        story.daemon.stop().await;
        story.daemon.start_again(&story.desktop).await;
        story.broker.proxy().wait_for(SNAPSHOT, links + 1).await;
        announce(story, relay).await;
        clock::pass(scale.settle).await;
        let server = story.desktop.notifications().id();
        let daemon = story.daemon.id();
        if round == scale.rounds {
            // The broker's keep-alive comes 55 s after the link was opened.
            let before = meter::waits(daemon);
            clock::pass(scale.idle).await;
            let woken = meter::wakeups_since(&before, daemon);
            let woken = u32::try_from(woken).unwrap_or(u32::MAX);
            wakeups.push((f64::from(woken), 1.0));
        }
        rounds.push((meter::anonymous(daemon) / 1024.0, meter::anonymous(server) / 1024.0));
        shares = (meter::share(daemon) / 1024.0, meter::share(server) / 1024.0);
    }
    let bar = Bar::AtMost(1.0);
    report.figure(Figure { name: "idle_memory".into(), unit: "KiB", rounds, bar });
    report.note(&format!("PSS: {:.0} KiB, of dunst {:.0} KiB", shares.0, shares.1));
    let (name, bar) = ("idle_wakeups".into(), Bar::AtMost(0.0));
    report.figure(Figure { name, unit: "wake-ups", rounds: wakeups, bar });
    report.note(&format!("wake-ups within {} s", scale.idle.as_secs()));
}

/// The rows `status` and `status_cpu`.
fn command(story: &Story, scale: &Scale, report: &mut Report<'_>) {
    let (mut wall, mut cpu) = (Vec::new(), Vec::new());
    for _ in 0..scale.rounds {
        let ours = run(|| cli::sayso(&story.desktop, &["status"]), scale.commands);
        let theirs = run(|| gdbus(&story.desktop), scale.commands);
        wall.push((ours.0, theirs.0));
        cpu.push((ours.1, theirs.1));
    }
    let figure = |name: &str, rounds| {
        let (name, bar) = (name.to_owned(), Bar::AtMost(1.0));
        Figure { name, unit: "ms", rounds, bar }
    };
    report.figure(figure("status", wall));
    report.figure(figure("status_cpu", cpu));
}

fn gdbus(desktop: &Desktop) -> Command {
    let mut command = desktop.command("gdbus");
    command.args(["call", "--session", "--dest", "org.freedesktop.DBus", "--object-path", "/"]);
    command.args(["--method", "org.freedesktop.DBus.GetId"]);
    command
}

/// Runs a command so often: the median of its times, and its processor time, in milliseconds.
fn run(command: impl Fn() -> Command, times: usize) -> (f64, f64) {
    let mut took = Vec::new();
    let before = meter::cpu_of_children();
    for _ in 0..times {
        let mut command = command();
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let began = clock::start();
        let status = command.status().expect("a program");
        took.push(began.elapsed().as_secs_f64() * 1e3);
        assert!(status.success(), "{command:?}: {status}");
    }
    let cost = (meter::cpu_of_children() - before).as_secs_f64() * 1e3;
    (median(&took), cost / f64::from(u32::try_from(times).expect("not many")))
}

/// The row `start`: from the daemon's start to the moment it says that it is ready.
async fn start(story: &mut Story, scale: &Scale, report: &mut Report<'_>) {
    let mut rounds = Vec::new();
    for _ in 0..scale.rounds {
        let (mut ours, mut theirs) = (Vec::new(), Vec::new());
        for _ in 0..scale.starts {
            story.daemon.stop().await;
            let began = clock::start();
            story.daemon.start_again(&story.desktop).await;
            ours.push(began.elapsed().as_secs_f64() * 1e3);
            let began = clock::start();
            let connection = story.desktop.session_bus().connect().await;
            theirs.push(began.elapsed().as_secs_f64() * 1e3);
            drop(connection);
        }
        rounds.push((median(&ours), median(&theirs)));
    }
    let bar = Bar::AtMost(10.0);
    report.figure(Figure { name: "start".into(), unit: "ms", rounds, bar });
}
