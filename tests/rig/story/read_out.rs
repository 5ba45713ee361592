//! Logins by a code that Sayso reads out, and that the person types on the login page.

use crate::broker::Broker;
use crate::browser::Browser;
use crate::cli::Terminal;
use crate::clock::FakeClock;
use crate::daemon::Daemon;
use crate::desktop::{Builder, Output};
use crate::transcript::Channel;

use super::{ACCOUNT, SERVICE, Story};

/// Anna hears and reads, and her login pages take a code that Sayso reads out.
const READ_OUT: [&str; 8] =
    ["--speech", "on", "--notification", "on", "--attend", "off", "--approve-with", "readout"];

impl Story {
    /// Begins with sound, in the headset or not, and with an account whose login pages take a code
    /// that Sayso reads out.
    pub async fn begin_read_out(desktop: Builder, output: Output) -> Story {
        let desktop = desktop.sound().start().await;
        let broker = Broker::start(&desktop).await;
        let daemon = Daemon::start(&desktop).await;
        let mut story = Story::begin_as(desktop, broker, daemon, SERVICE, &READ_OUT).await;
        if output == Output::Headset {
            story.send_sound_to(output).await;
        }
        story
    }

    /// The same with loudspeakers, and with a clock that the story moves.
    pub async fn begin_read_out_with_clock(desktop: Builder) -> (Story, FakeClock) {
        let desktop = desktop.sound().start().await;
        let clock = FakeClock::new(desktop.dir(), "clock");
        let broker = Broker::start_with_clock(&desktop, clock.clone()).await;
        let daemon = Daemon::start_with_clock(&desktop, clock.clone()).await;
        (Story::begin_as(desktop, broker, daemon, SERVICE, &READ_OUT).await, clock)
    }

    /// Anna begins to log in in this browser, and Sayso tells her whole notice.
    pub async fn log_in_by_read_out(&mut self, browser: &Browser) {
        self.act("in the browser: Anna begins to log in at Example Bank");
        browser.go(&self.service.login_address(ACCOUNT)).await;
        let page = browser.wait_for_text("Waiting for your answer in Sayso.").await;
        self.transcript().note(Channel::Page, format!("on the page: {page}"));
        if let Some(asked) = self.service.last() {
            self.transcript().name(&asked.id, "REQUEST");
        }
        self.desktop.speech().wait_for("Answer here, then comes a code").await;
    }

    /// Anna answers the question in the terminal with yes, and reads the digits there.
    ///
    /// # Panics
    /// If none come.
    pub async fn approve_and_read(&mut self, terminal: &mut Terminal) -> String {
        self.wait_for_question(terminal).await;
        terminal.type_line("approve");
        let printed = terminal.read_until("or Enter to close:").await;
        self.digits_in(&printed)
    }

    /// The digits that Sayso says or prints, which stand as `CODE-1` in the transcript.
    ///
    /// # Panics
    /// If there are none.
    #[must_use]
    pub fn digits_in(&self, told: &str) -> String {
        let (_, rest) = told.split_once("Type on the page: ").expect("digits for the page");
        let code: String = rest.chars().filter(char::is_ascii_digit).take(6).collect();
        self.transcript().name_code(&code, "CODE-1");
        code
    }

    /// Anna types this into the page's field, and presses Enter.
    ///
    /// # Panics
    /// If the page has no field.
    pub async fn type_on_page(&self, browser: &Browser, typed: &str) {
        self.act(&format!("on the page: {typed}, Enter"));
        let field = browser.wait_for("#enter:not([hidden]) #entry").await;
        field.send_keys(format!("{typed}\n")).await.expect("a field");
    }
}
