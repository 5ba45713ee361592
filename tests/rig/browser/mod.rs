//! The person's browsers: a real Chromium, a real Firefox, and one without JavaScript.

mod appearance;
mod chromium;
mod firefox;
mod marionette;
mod plain;
mod tree;

use std::path::Path;

use thirtyfour::TypingData;
use thirtyfour::prelude::*;

use crate::desktop::{Desktop, Picture};
use crate::processes::{Process, Wait};

pub use appearance::{Colours, Size, Spacing};
pub use plain::{Page, PlainBrowser};
pub use thirtyfour::Key;
pub use tree::Node;

/// Which browser.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    /// Chromium.
    Chromium,
    /// Firefox ESR.
    Firefox,
}

/// How a browser stands on the screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Window {
    /// Nowhere. No program can open a page in it.
    None,
    /// In a window, which a screen reader can read.
    Normal,
    /// Its page fills the whole screen.
    WholeScreen,
}

/// A running browser with a profile of its own. Fields end in the order in which they stand here.
#[derive(Debug)]
pub struct Browser {
    driver: WebDriver,
    _drives: Drives,
    _process: Process,
    opens: String,
}

/// What carries out what the session is told.
#[derive(Debug)]
#[expect(dead_code, reason = "they are only kept as long as the browser")]
enum Drives {
    Chromedriver(Process),
    Marionette(marionette::Driver),
}

impl Browser {
    /// Opens one; `name` is its profile, so that two names are two browsers. It has no window.
    ///
    /// # Panics
    /// If it does not start.
    pub async fn open(desktop: &Desktop, name: &str) -> Browser {
        Browser::open_as(desktop, name, Engine::Chromium, Window::None).await
    }

    /// Opens one with a window on the story's display, which a screen reader can read.
    ///
    /// # Panics
    /// If it does not start.
    pub async fn open_with_window(desktop: &Desktop, name: &str) -> Browser {
        Browser::open_as(desktop, name, Engine::Chromium, Window::Normal).await
    }

    /// Opens one in which the person can open Sayso from a page, and into which other programs
    /// can open pages once it is the default (unless it has no window).
    ///
    /// # Panics
    /// If it does not start.
    pub async fn open_as(desktop: &Desktop, name: &str, engine: Engine, window: Window) -> Browser {
        match engine {
            Engine::Chromium => chromium::open(desktop, name, window).await,
            Engine::Firefox => firefox::open(desktop, name, window).await,
        }
    }

    /// Makes it the person's default browser: an address that a program has opened is opened in
    /// this browser, in a new tab.
    ///
    /// # Panics
    /// If the person's settings cannot be written.
    pub fn become_default(&self, desktop: &Desktop) {
        for scheme in ["http", "https"] {
            desktop.open_with(scheme, &format!("{} %u", self.opens));
        }
    }

    /// The session, for whatever is not below.
    #[must_use]
    pub fn driver(&self) -> &WebDriver {
        &self.driver
    }

    /// Goes to an address and waits until the page is loaded.
    ///
    /// # Panics
    /// If the browser is gone.
    pub async fn go(&self, address: &str) {
        self.driver.goto(address).await.expect("the browser goes there");
    }

    /// Where it is now.
    ///
    /// # Panics
    /// If the browser is gone.
    pub async fn address(&self) -> String {
        self.driver.current_url().await.expect("a browser").to_string()
    }

    /// The text that is on the page now.
    pub async fn text(&self) -> String {
        match self.driver.find(By::Tag("body")).await {
            // The page may be left just now: then it is looked at again.
            Ok(body) => body.text().await.unwrap_or_default(),
            Err(_) => String::new(),
        }
    }

    /// Waits until `text` is on the page; returns the page's whole text.
    ///
    /// # Panics
    /// If it does not come.
    pub async fn wait_for_text(&self, text: &str) -> String {
        let wait = Wait::begin();
        loop {
            let page = self.text().await;
            if page.contains(text) {
                return page;
            }
            wait.moment(|| format!("{text:?} does not come on the page; it reads:\n{page}")).await;
        }
    }

    /// Waits until there is what this CSS selector means.
    ///
    /// # Panics
    /// If it does not come.
    pub async fn wait_for(&self, selector: &str) -> WebElement {
        let wait = Wait::begin();
        loop {
            if let Ok(found) = self.driver.find(By::Css(selector)).await {
                return found;
            }
            let page = self.text().await;
            wait.moment(|| format!("no {selector} on the page; it reads:\n{page}")).await;
        }
    }

    /// The code on the login page: six digits, as read off the text.
    pub async fn code(&self) -> String {
        let wait = Wait::begin();
        loop {
            let page = self.text().await;
            if let Some(code) = code_in(&page) {
                return code;
            }
            wait.moment(|| format!("no code on the page; it reads:\n{page}")).await;
        }
    }

    /// Presses the button or link that begins with `label`.
    ///
    /// # Panics
    /// If there is none.
    pub async fn press(&self, label: &str) {
        let path = format!(
            "//*[self::button or self::a][starts-with(normalize-space(.), {})]",
            serde_json::Value::from(label)
        );
        let button = self.driver.find(By::XPath(path)).await;
        let button = button.unwrap_or_else(|error| panic!("no button {label:?}: {error}"));
        button.click().await.expect("a button that can be pressed");
    }

    /// How many tabs are open, in all windows.
    ///
    /// # Panics
    /// If the browser is gone.
    pub async fn tabs(&self) -> usize {
        self.driver.windows().await.expect("a browser").len()
    }

    /// Turns to the tab on which `text` is, as soon as there is one; returns the page's text.
    ///
    /// # Panics
    /// If there comes none.
    pub async fn turn_to(&self, text: &str) -> String {
        let wait = Wait::begin();
        loop {
            let mut pages = Vec::new();
            for tab in self.driver.windows().await.expect("a browser") {
                // It may be closed just now.
                if self.driver.switch_to_window(tab).await.is_ok() {
                    pages.push(self.text().await);
                }
                if let Some(page) = pages.last().filter(|page| page.contains(text)) {
                    return page.clone();
                }
            }
            wait.moment(|| format!("{text:?} comes on no tab; they read: {pages:#?}")).await;
        }
    }

    /// Presses keys, one after the other, where the page's focus is: characters, and the keys of
    /// [`Key`].
    ///
    /// # Panics
    /// If the browser is gone.
    pub async fn type_keys(&self, keys: impl Into<TypingData>) {
        let focused = self.driver.active_element().await.expect("the page's focus");
        focused.send_keys(keys).await.expect("keys");
    }

    /// Waits until what the page shows is on the story's screen, as far as it fits.
    ///
    /// # Panics
    /// If it does not get there, or if the browser has no window.
    pub async fn wait_until_shown(&self, desktop: &Desktop) {
        let wait = Wait::begin();
        while !desktop.picture().shows(&self.page_picture().await) {
            wait.moment(|| "the page does not come on the screen".to_owned()).await;
        }
    }

    /// What the page shows, as far as it fits into its window, but for the first lines: the
    /// window's own bar casts its shadow on them.
    ///
    /// # Panics
    /// If the browser is gone.
    pub async fn page_picture(&self) -> Picture {
        const SHADOW: usize = 12;
        let png = self.driver.screenshot_as_png().await.expect("a picture");
        Picture::of_png(&png).below(SHADOW)
    }

    /// Takes a picture of the page.
    ///
    /// # Panics
    /// If the browser is gone.
    pub async fn picture(&self, path: &Path) {
        self.driver.screenshot(path).await.expect("a picture");
    }
}

/// Waits for a line with `mark` in a process's log and returns what stands after it.
async fn after(process: &mut Process, mark: &str) -> String {
    process.wait_for_line(mark).await;
    let mut rest = None;
    let log = process.log_file().to_owned();
    process
        .wait_until("the end of the line", async || {
            let text = std::fs::read_to_string(&log).unwrap_or_default();
            rest = text
                .split_once(mark)
                .and_then(|(_, rest)| rest.split_once('\n'))
                .map(|(line, _)| line.trim().to_owned());
            rest.is_some()
        })
        .await;
    rest.expect("waited for")
}

/// Six digits in two groups of three (`482 913`), each alone among its neighbours.
#[must_use]
pub fn code_in(text: &str) -> Option<String> {
    let words: Vec<&str> = text.split(char::is_whitespace).collect();
    let is_group = |word: &str| word.len() == 3 && word.bytes().all(|b| b.is_ascii_digit());
    words
        .windows(2)
        .find(|pair| pair.iter().all(|word| is_group(word)))
        .map(|pair| format!("{}{}", pair[0], pair[1]))
}

#[cfg(test)]
mod tests;
