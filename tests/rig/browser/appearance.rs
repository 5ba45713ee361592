//! How a page looks to one person: their colours, and how large it is. Chromium only.

use serde_json::{Value, json};

use super::Browser;

/// The colours that a person has set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Colours {
    /// Dark on light.
    Light,
    /// Light on dark.
    Dark,
    /// The person's own, which a page cannot change.
    Forced,
}

/// How large a page is, in CSS pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Size {
    /// A window of 1280 by 800.
    Window,
    /// A window of 1280 by 1024, at 400 %.
    Magnified,
    /// 320 wide, as on a small telephone.
    Narrow,
}

/// Width, height, and how many pixels of the screen make one of the page.
const fn metrics(size: Size) -> (u32, u32, u32) {
    match size {
        Size::Window => (1280, 800, 1),
        Size::Magnified => (320, 256, 4),
        Size::Narrow => (320, 640, 1),
    }
}

/// What stands beyond the right edge of the page, or would be read only by scrolling sideways.
const OVERFLOWING: &str = "\
const width = document.documentElement.clientWidth;
const far = [...document.querySelectorAll('body *')].filter((one) => {
  const box = one.getBoundingClientRect();
  return box.width > 1 && (box.right > width + 0.5 || one.scrollWidth > one.clientWidth + 1
    && getComputedStyle(one).display !== 'inline' && one.clientWidth > 1);
});
const names = far.map((one) => one.outerHTML.slice(0, 120));
return document.documentElement.scrollWidth > width ? ['the page itself', ...names] : names;";

/// The spacing of WCAG 1.4.12, which a reader may set. A page's policy does not stop it.
const SPACED: &str = "\
const style = new CSSStyleSheet();
style.replaceSync(`* { line-height: 1.5 !important; letter-spacing: 0.12em !important;
  word-spacing: 0.16em !important; } p { margin-block-end: 2em !important; }`);
document.adoptedStyleSheets = arguments[0] ? [style] : [];";

/// What is wrong with the element that has the focus: a person at a keyboard must see it.
const UNSEEN: &str = "\
const one = document.activeElement, box = one.getBoundingClientRect();
const style = getComputedStyle(one);
const top = document.elementFromPoint(box.x + box.width / 2, box.y + Math.min(box.height / 2, 8));
const faults = [];
if (box.bottom <= 0 || box.top >= innerHeight) faults.push('is not on the screen');
else if (!top || !(one.contains(top) || top.contains(one))) faults.push('is covered');
if (style.outlineStyle === 'none' || parseFloat(style.outlineWidth) < 2) faults.push('has no ring');
return faults.map((fault) => `${one.outerHTML.slice(0, 120)} ${fault}`);";

/// How a reader has set the spaces of texts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Spacing {
    /// As the page has them.
    Usual,
    /// As wide as WCAG 1.4.12 asks pages to bear.
    Wide,
}

/// Shows what stands on a page for browsers without scripts.
const PLAIN: &str = "\
for (const one of document.querySelectorAll('noscript')) one.replaceWith(...one.childNodes);";

impl Browser {
    /// Shows every page from now on as a person with these settings has it.
    ///
    /// # Panics
    /// If it is not Chromium.
    pub async fn appear(&self, colours: Colours, size: Size) {
        let (scheme, forced) = match colours {
            Colours::Light => ("light", "none"),
            Colours::Dark => ("dark", "none"),
            Colours::Forced => ("dark", "active"),
        };
        let features = json!({ "features": [
            { "name": "prefers-color-scheme", "value": scheme },
            { "name": "forced-colors", "value": forced },
        ]});
        self.tell("Emulation.setEmulatedMedia", features).await;
        let (width, height, scale) = metrics(size);
        let metrics = json!({
            "width": width, "height": height, "deviceScaleFactor": scale, "mobile": false,
        });
        self.tell("Emulation.setDeviceMetricsOverride", metrics).await;
    }

    /// Sets the spaces of the page's texts.
    ///
    /// # Panics
    /// If the browser is gone.
    pub async fn space(&self, spacing: Spacing) {
        let wide = json!(spacing == Spacing::Wide);
        self.driver().execute(SPACED, vec![wide]).await.expect("a page");
    }

    /// Goes to an address and shows the page as it is without scripts.
    ///
    /// # Panics
    /// If it is not Chromium.
    pub async fn go_without_scripts(&self, address: &str) {
        let disabled = |value: bool| json!({ "value": value });
        self.tell("Emulation.setScriptExecutionDisabled", disabled(true)).await;
        self.go(address).await;
        // Those who look at pages are scripts themselves.
        self.tell("Emulation.setScriptExecutionDisabled", disabled(false)).await;
        self.driver().execute(PLAIN, vec![]).await.expect("a page");
    }

    /// What keeps a person from seeing where the focus is.
    ///
    /// # Panics
    /// If the browser is gone.
    pub async fn unseen_focus(&self) -> Vec<String> {
        let found = self.driver().execute(UNSEEN, vec![]).await.expect("a page");
        found.convert().expect("a list")
    }

    /// From now on the person reads these languages, as `Accept-Language` names them.
    ///
    /// # Panics
    /// If it is not Chromium.
    pub async fn read(&self, languages: &str) {
        self.tell("Network.enable", json!({})).await;
        let fields = json!({ "headers": { "Accept-Language": languages } });
        self.tell("Network.setExtraHTTPHeaders", fields).await;
    }

    /// What of the page can be read only by scrolling sideways.
    ///
    /// # Panics
    /// If the browser is gone.
    pub async fn overflowing(&self) -> Vec<String> {
        let found = self.driver().execute(OVERFLOWING, vec![]).await.expect("a page");
        found.convert().expect("a list")
    }

    /// A command of the DevTools protocol.
    ///
    /// # Panics
    /// If it is not Chromium, or does not take the command.
    pub(super) async fn tell(&self, command: &str, parameters: Value) -> Value {
        let answer = self.driver().cdp().send_raw(command, parameters).await;
        answer.unwrap_or_else(|error| panic!("{command}: {error}"))
    }
}
