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
