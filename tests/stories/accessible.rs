//! Every page of the broker, for every pair of eyes, and by keyboard.

mod ways;

use std::io::Write as _;

use rig::approver::{Approver, BoundRequest};
use rig::axe::Axe;
use rig::broker::Broker;
use rig::browser::{Browser, Colours, Node, PlainBrowser, Size, Spacing};
use rig::clock::FakeClock;
use rig::desktop::Desktop;
use rig::service::{Asked, Service};
use rig::story::{ACCOUNT, SERVICE};
use rig::transcript::{Channel, Transcript};
use sayso_protocol::decision::Verdict;
use serde_json::Value;

use self::ways::Ways;

const HEADING: &str = "\
Every page of the broker, in each state and in both languages. In light, in dark and in the
person's own colours, in a large window, at 400 % and on a narrow screen, axe-core finds no fault,
and nothing is read by scrolling sideways. What a screen reader is told stands here, and where Tab
stops.";

/// How each page is looked at.
const LOOKS: [(Colours, Size); 5] = [
    (Colours::Light, Size::Window),
    (Colours::Dark, Size::Magnified),
    (Colours::Forced, Size::Window),
    (Colours::Forced, Size::Magnified),
    (Colours::Dark, Size::Narrow),
];

/// What pages are made of, as a screen reader tells it. Texts stand in other stories.
const TOLD: [&str; 12] = [
    "RootWebArea",
    "banner",
    "main",
    "contentinfo",
    "region",
    "heading",
    "status",
    "alert",
    "button",
    "link",
    "textbox",
    "image",
];

/// The pages of the help, and their first.
const HELP: [&str; 9] = [
    "index",
    "approve-on-this-computer",
    "approve-with-a-qr-code",
    "approve-with-a-code",
    "approve-with-a-code-read-out",
    "switch-to-codes",
    "switch-back-to-qr-codes",
    "when-you-cannot-approve",
    "when-you-did-not-start-it",
];

/// The languages of the pages: what they are called here, and their tags.
const LANGUAGES: [(&str, &str); 2] = [("English", "en"), ("Danish", "da")];

/// All that is needed to see every page. Fields end in the order in which they stand here.
struct Pages {
    browser: Browser,
    axe: Axe,
    approver: Approver,
    service: Service,
    broker: Broker,
    clock: FakeClock,
    language: &'static str,
    looked_at: usize,
    transcript: Transcript,
}

impl Pages {
    /// Looks at the page that the browser shows, in every way.
    async fn look(&mut self, state: &str) {
        self.looked_at += 1;
        for (colours, size) in LOOKS {
            self.browser.appear(colours, size).await;
            let mut faults = self.axe.faults(&self.browser).await;
            faults.extend(self.browser.overflowing().await);
            self.browser.space(Spacing::Wide).await;
            faults.extend(self.browser.overflowing().await);
            self.browser.space(Spacing::Usual).await;
            let faults = faults.join("\n");
            let language = self.language;
            assert!(faults.is_empty(), "{state}, {language}, {colours:?}, {size:?}:\n{faults}");
        }
    }

    /// The same, and reads it and walks through it with Tab.
    async fn walk(&mut self, state: &str) {
        self.look(state).await;
        self.transcript.note(Channel::Act, format!("{state}, in {}", self.language));
        self.note("read: ", &self.browser.tree().await);
        self.browser.appear(Colours::Light, Size::Window).await;
        let stops = self.browser.stops_of_tab().await;
        self.note("Tab: ", &stops);
        self.browser.appear(Colours::Forced, Size::Magnified).await;
        assert_eq!(self.browser.stops_of_tab().await, stops, "{state}, magnified");
    }

    fn note(&self, what: &str, nodes: &[Node]) {
        for node in nodes.iter().filter(|node| TOLD.contains(&node.role.as_str())) {
            self.transcript.note(Channel::Page, format!("{what}{node}"));
        }
    }

    async fn go(&self, path: &str) {
        self.browser.go(&format!("{}{path}", self.broker.origin())).await;
    }

    /// From now on pages are in this language.
    async fn read_in(&mut self, (language, tag): (&'static str, &str)) {
        self.language = language;
        self.go(&format!("/help?lang={tag}")).await;
    }

    /// A login is begun at the service, which leads to its page.
    async fn open(&self) -> Asked {
        self.browser.go(&self.service.login_address(ACCOUNT)).await;
        self.transcript.name_code(&self.browser.code().await, "CODE");
        self.service.last().expect("a request")
    }

    /// The same, and the page's code is given.
    async fn bind(&self) -> (Asked, BoundRequest) {
        let asked = self.open().await;
        let code = self.browser.code().await;
        let binding = self.approver.link_key.sign(&self.approver.binding(&code));
        let (status, answer) = self.approver.bind(binding.as_str()).await;
        assert_eq!(status, 200, "{answer}");
        self.browser.wait_for("[data-state=bound]").await;
        (asked, BoundRequest::read(&answer))
    }

    /// The person presses the page's button for more time, and the page says that there is.
    async fn more_time(&self) {
        self.browser.wait_for("#more-time").await.click().await.expect("a button");
        self.browser.wait_for("#time:not(:empty)").await;
    }

    async fn decide(&self, bound: &BoundRequest, verdict: Verdict) {
        decide(&self.approver, bound, verdict).await;
    }
}

/// What the broker answers to a decision.
async fn decide(approver: &Approver, bound: &BoundRequest, verdict: Verdict) -> Value {
    let key = match verdict {
        Verdict::Approve => &approver.approver_key,
        Verdict::Deny | Verdict::Report => &approver.link_key,
    };
    let decision = key.sign(&approver.decision(bound, verdict));
    let (status, answer) = approver.decide(bound, decision.as_str()).await;
    assert_eq!(status, 200, "{answer}");
    answer
}

#[tokio::test(flavor = "multi_thread")]
async fn accessible() {
    let axe = Axe::install();
    let desktop = Desktop::builder(HEADING).bare().start().await;
    let clock = FakeClock::new(desktop.dir(), "broker");
    let broker = Broker::start_with_clock(&desktop, clock.clone()).await;
    broker.add_account(ACCOUNT).await;
    let transcript = desktop.transcript().clone();
    let mut pages = Pages {
        browser: Browser::open(&desktop, "first").await,
        axe,
        approver: Approver::register(&broker, ACCOUNT).await,
        service: Service::start(&broker, SERVICE, &transcript).await,
        broker,
        clock,
        language: "Danish, for a reader of Greenlandic",
        looked_at: 0,
        transcript,
    };
    let ways = Ways::register(&pages.broker).await;
    told_of_languages(&mut pages).await;
    for language in LANGUAGES {
        pages.read_in(language).await;
        logins(&mut pages).await;
        approved(&mut pages).await;
        ways.every(&mut pages).await;
        pages_without_a_login(&mut pages).await;
    }
    expired(&mut pages).await;
    // Past the capture of test output: this is told of a test that passes.
    let states = pages.looked_at;
    writeln!(std::io::stdout(), "axe: 0 violations in {states} states").expect("a terminal");
    desktop.compare("accessible");
}

/// The first visit of who reads neither language.
async fn told_of_languages(pages: &mut Pages) {
    pages.browser.read("kl-GL").await;
    pages.open().await;
    pages.walk("a login that waits").await;
    pages.browser.read("en").await;
}

/// Logins that end here. The script of the open page shows each new state.
async fn logins(pages: &mut Pages) {
    let asked = pages.open().await;
    pages.walk("a login that waits").await;
    pages.browser.go_without_scripts(&asked.login_url).await;
    pages.walk("a login that waits, without scripts").await;
    pages.more_time().await;
    pages.look("a login with more time, without scripts").await;
    pages.browser.go(&asked.login_url).await;
    pages.browser.wait_for("#cancel").await.click().await.expect("a button");
    pages.browser.wait_for("[data-state=cancelled]").await;
    pages.walk("a login that was stopped").await;

    let (_, bound) = pages.bind().await;
    pages.walk("a login whose code was given").await;
    pages.decide(&bound, Verdict::Deny).await;
    pages.browser.wait_for("[data-state=denied]").await;
    pages.walk("a login that was denied").await;

    pages.bind().await;
    pages.more_time().await;
    pages.look("a login with more time").await;
}

/// A login that led to the service, and whose page is opened again.
async fn approved(pages: &mut Pages) {
    let (asked, bound) = pages.bind().await;
    pages.decide(&bound, Verdict::Approve).await;
    pages.browser.wait_for_text("approve for anna").await;
    pages.browser.go(&asked.login_url).await;
    pages.browser.wait_for("[data-state=approved]").await;
    pages.walk("a login that was approved").await;
}

async fn pages_without_a_login(pages: &mut Pages) {
    let asked = pages.service.ask(ACCOUNT).await;
    PlainBrowser::new("en").go(&asked.login_url).await;
    pages.browser.go(&asked.login_url).await;
    pages.walk("a login that is open in another browser").await;
    pages.go("/login/AAECAwQFBgcICQoLDA0ODw").await;
    pages.walk("a login that is not there").await;
    pages.go("/help/nothing").await;
    pages.walk("a page of the help that is not there").await;
    for page in HELP {
        pages.go(&format!("/help/{page}")).await;
        pages.look(&format!("the help: {page}")).await;
    }
}

/// A login whose time is over, in each language. The clock of the broker is not set back again.
async fn expired(pages: &mut Pages) {
    const LATER: i64 = 400;
    let asked = pages.open().await;
    pages.clock.set(LATER);
    for language in LANGUAGES {
        pages.read_in(language).await;
        pages.browser.go(&asked.login_url).await;
        pages.browser.wait_for("[data-state=expired]").await;
        pages.walk("a login whose time is over").await;
    }
}
