//! Nothing of a desktop: no bus, no keyring, no voice, no notification server.

use rig::broker::Broker;
use rig::cli::{self, Terminal};
use rig::daemon::Daemon;
use rig::desktop::Desktop;
use rig::service::{Returned, Service};
use rig::story::{ACCOUNT, SERVICE, Story};

const HEADING: &str = "\
A computer without a desktop. There is no session bus, no keyring, no speech and no notification
server. Registering says so, each thing once and what to do; then Anna logs in by sayso attend.";

#[tokio::test(flavor = "multi_thread")]
async fn no_desktop() {
    let desktop = Desktop::builder(HEADING).without_buses().without_speech().without_display();
    let desktop = desktop.start().await;
    let broker = Broker::start(&desktop).await;
    broker.add_account(ACCOUNT).await;
    let service = Service::start(&broker, SERVICE, desktop.transcript()).await;
    let daemon = Daemon::start(&desktop).await;
    let mut story = Story { service, daemon, broker, desktop };
    let origin = story.broker.origin();
    story.transcript().name(&origin.replace("http://", ""), "BROKER");
    story.transcript().name(&story.desktop.dir().display().to_string(), "DIR");
    let activation = story.broker.activation(ACCOUNT).await;
    story.transcript().name(&activation, "ACTIVATION-CODE");

    let mut terminal = Terminal::sayso(&story.desktop, &["register", &origin, ACCOUNT]);
    terminal.read_until("Yes or no:").await;
    terminal.type_line("yes");
    terminal.read_until("14 digits:").await;
    terminal.type_line(&activation);
    terminal.read_until("Name of this computer").await;
    terminal.read_until(":").await;
    terminal.type_line("laptop");
    terminal.read_until("Enter for code:").await;
    terminal.type_line("");
    terminal.read_until("Enter for on:").await;
    terminal.type_line("");
    terminal.read_until("codes aloud where others can hear them? Yes or no:").await;
    terminal.type_line("no");
    terminal.read_until("Language").await;
    terminal.read_until(":").await;
    terminal.type_line("en");
    terminal.read_until("Speed").await;
    terminal.read_until(":").await;
    terminal.type_line("");
    terminal.read_until("by sayso attend? Yes or no:").await;
    terminal.type_line("yes");
    terminal.wait_for_status(0).await;

    // Before its link is open, the broker cannot tell whether a login is near.
    story.wait_for_connected(ACCOUNT).await;
    let state = cli::run(&story.desktop, &["status"]).await;
    assert_eq!(state.status, 0, "{}{}", state.out, state.err);
    let mut terminal = Terminal::sayso(&story.desktop, &["attend"]);
    terminal.read_until("Keep other people away from that file.\u{7}\n").await;
    let mut login = story.open_login_page("CODE-1").await;
    terminal.read_until("Five minutes.\u{7}\n").await;
    terminal.type_line(&login.code);
    terminal.read_until("Approve or deny?\n").await;
    terminal.type_line("approve");
    login.go_on("Approved", story.transcript()).await;
    terminal.read_until("Approved. You are logged in at Example Bank.\n").await;
    assert!(matches!(story.service.wait_for_return().await, Returned::Outcome(_)));
    story.act("pressed: Ctrl+D");
    terminal.press("\u{4}");
    terminal.wait_for_status(0).await;
    story.daemon.stop().await;
    story.desktop.compare("no-desktop");
}
