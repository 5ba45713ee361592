//! The login page of who approves by a QR code, by a button, or by a code read out.

use rig::approver::{Approver, BoundRequest};
use rig::broker::Broker;
use rig::browser::PlainBrowser;
use rig::service::Asked;
use sayso_protocol::address::Address;
use sayso_protocol::binding::Binding;
use sayso_protocol::change::{AccountSettings, ApproveWith, SameDevice};
use sayso_protocol::decision::Verdict;
use serde_json::Value;
use thirtyfour::By;

use super::{Pages, decide};

const BY_QR: &str = "bo";
const BY_READOUT: &str = "cy";

/// Persons who do not approve by a code off the page.
pub(super) struct Ways {
    by_qr: Approver,
    by_readout: Approver,
}

impl Ways {
    pub(super) async fn register(broker: &Broker) -> Ways {
        let settings = |approve_with| AccountSettings { approve_with, same_device: SameDevice::On };
        for account in [BY_QR, BY_READOUT] {
            broker.add_account(account).await;
        }
        Ways {
            by_qr: Approver::register_with(broker, BY_QR, settings(ApproveWith::Qr)).await,
            by_readout: Approver::register_with(broker, BY_READOUT, settings(ApproveWith::Readout))
                .await,
        }
    }

    pub(super) async fn every(&self, pages: &mut Pages) {
        self.same_computer(pages).await;
        self.other_browser(pages).await;
        self.read_out(pages).await;
        self.wrong_digits(pages).await;
    }

    /// The button, beside a QR code. The approval is finished in another tab.
    async fn same_computer(&self, pages: &mut Pages) {
        let asked = open(pages, BY_QR).await;
        pages.browser.wait_for("#qr svg").await;
        pages.walk("a login that waits for its QR code").await;
        pages.browser.go_without_scripts(&asked.login_url).await;
        pages.walk("a login that waits for its QR code, without scripts").await;
        pages.browser.go(&asked.login_url).await;
        let finish = self.approve_by_button(pages, Some("a login that was opened in Sayso")).await;
        pages.walk("a login that was approved and is to be finished").await;
        let driver = pages.browser.driver();
        let older = driver.window().await.expect("a tab");
        let newer = driver.new_tab().await.expect("another tab");
        driver.switch_to_window(newer).await.expect("it");
        pages.browser.go(&finish).await;
        pages.browser.wait_for_text(&format!("approve for {BY_QR}")).await;
        driver.close_window().await.expect("a tab that can be closed");
        driver.switch_to_window(older).await.expect("the older tab");
        pages.browser.wait_for("[data-state=approved]").await;
        pages.walk("a login that was finished in another tab").await;
    }

    /// The finish address comes to a browser that does not hold the page.
    async fn other_browser(&self, pages: &mut Pages) {
        open(pages, BY_QR).await;
        let finish = self.approve_by_button(pages, None).await;
        PlainBrowser::new("en").go(&finish).await;
        pages.browser.wait_for("[data-state=cancelled]").await;
        pages.walk("a login that was brought to another browser").await;
        pages.browser.driver().delete_cookie("sayso").await.expect("a cookie");
        pages.browser.go(&finish).await;
        pages.walk("the other browser").await;
    }

    /// Opens what is behind the button, and approves; the finish address.
    async fn approve_by_button(&self, pages: &mut Pages, opened: Option<&str>) -> String {
        let button = pages.browser.wait_for("#open").await;
        let address = button.attr("href").await.expect("a link").expect("an address");
        let Ok(Address::Bind { request, secret: value, .. }) = Address::parse(&address) else {
            panic!("{address}")
        };
        let bound = bind(pages, &self.by_qr, Binding::Link { request, value }).await;
        if let Some(state) = opened {
            pages.walk(state).await;
        }
        let answer = decide(&self.by_qr, &bound, Verdict::Approve).await;
        pages.browser.wait_for("[data-state=approved_unconfirmed]").await;
        text(&answer["confirm"]["finish"])
    }

    /// A code is read out and typed in: the form leads on to the service.
    async fn read_out(&self, pages: &mut Pages) {
        let digits = self.approve_for_digits(pages, true).await;
        type_in(pages, &digits).await;
        pages.browser.wait_for_text(&format!("approve for {BY_READOUT}")).await;
    }

    async fn wrong_digits(&self, pages: &mut Pages) {
        let digits = self.approve_for_digits(pages, false).await;
        let wrong = if digits == "123456" { "654321" } else { "123456" };
        type_in(pages, "12 34").await;
        pages.walk("a login with too few digits").await;
        type_in(pages, wrong).await;
        pages.walk("a login with wrong digits").await;
        type_in(pages, wrong).await;
        type_in(pages, wrong).await;
        pages.browser.wait_for("[data-state=cancelled]").await;
        pages.walk("a login with wrong digits, the third time").await;
    }

    /// The person takes the request and approves; the digits.
    async fn approve_for_digits(&self, pages: &mut Pages, walks: bool) -> String {
        let asked = open(pages, BY_READOUT).await;
        if walks {
            pages.walk("a login that waits to be taken").await;
        }
        let request = asked.id.parse().expect("a request's id");
        let bound = bind(pages, &self.by_readout, Binding::Readout { request }).await;
        if walks {
            pages.walk("a login that was taken").await;
        }
        let answer = decide(&self.by_readout, &bound, Verdict::Approve).await;
        pages.browser.wait_for("#enter:not([hidden])").await;
        if walks {
            pages.walk("a login that waits for the digits").await;
        }
        text(&answer["confirm"]["readout"])
    }
}

/// A login of this account is begun at the service, which leads to its page.
async fn open(pages: &Pages, account: &str) -> Asked {
    pages.browser.go(&pages.service.login_address(account)).await;
    pages.browser.wait_for("[data-state=pending]").await;
    pages.service.last().expect("a request")
}

async fn bind(pages: &Pages, approver: &Approver, binding: Binding) -> BoundRequest {
    let binding = approver.link_key.sign(&approver.envelope(binding));
    let (status, answer) = approver.bind(binding.as_str()).await;
    assert_eq!(status, 200, "{answer}");
    pages.browser.wait_for("[data-state=bound]").await;
    BoundRequest::read(&answer)
}

/// Types digits into the field, sends them by Enter, and waits for the page that follows.
async fn type_in(pages: &Pages, digits: &str) {
    let driver = pages.browser.driver();
    driver.execute("document.body.className = 'before'", vec![]).await.expect("a page");
    let field = driver.find(By::Css("#entry")).await.expect("the field");
    field.send_keys(format!("{digits}\n")).await.expect("keys");
    pages.browser.wait_for("body:not(.before)").await;
}

fn text(value: &Value) -> String {
    value.as_str().expect("a text").to_owned()
}
