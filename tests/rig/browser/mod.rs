//! The person's browsers: a real Chromium, and one without JavaScript.

mod plain;

use std::path::Path;

use thirtyfour::prelude::*;

use crate::clock;
use crate::desktop::Desktop;
use crate::processes::{PATIENCE, Process, bare_command};

pub use plain::{Page, PlainBrowser};

/// A running Chromium with a profile of its own.
#[derive(Debug)]
pub struct Browser {
    driver: WebDriver,
    _chromedriver: Process,
    _chromium: Process,
}

impl Browser {
    /// Opens one; `name` is its profile, so that two names are two browsers. It has no window.
    ///
    /// # Panics
    /// If it does not start.
    pub async fn open(desktop: &Desktop, name: &str) -> Browser {
        Browser::open_with(desktop, name, &["--headless=new"]).await
    }

    /// Opens one with a window on the story's display, which a screen reader can read.
    ///
    /// # Panics
    /// If it does not start.
    pub async fn open_with_window(desktop: &Desktop, name: &str) -> Browser {
        Browser::open_with(desktop, name, &["--force-renderer-accessibility"]).await
    }

    async fn open_with(desktop: &Desktop, name: &str, more: &[&str]) -> Browser {
        const LISTENS: &str = "DevTools listening on ws://";
        const STARTED: &str = "started successfully on port ";
        let mut command = desktop.command("chromium");
        command
            .args(["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-dev-shm-usage"])
            .args(["--disable-component-update", "--disable-background-networking"])
            .args(["--password-store=basic", "--remote-debugging-port=0"])
            .arg(format!("--user-data-dir={}", desktop.dir().join(name).display()))
            .args(more)
            .arg("about:blank");
        let mut chromium = Process::start_quiet(name, &mut command, &desktop.logs());
        let mut command = bare_command("chromedriver");
        command.arg("--port=0").env("HOME", desktop.dir());
        let driver_name = format!("{name}-driver");
        let mut driver = Process::start_quiet(&driver_name, &mut command, &desktop.logs());
        let debugger = after(&mut chromium, LISTENS).await;
        let debugger = debugger.split('/').next().unwrap_or_default();
        let port = after(&mut driver, STARTED).await;
        let mut wishes = DesiredCapabilities::chrome();
        wishes.set_debugger_address(debugger).expect("a capability");
        let address = format!("http://127.0.0.1:{}", port.trim_end_matches('.'));
        let session = WebDriver::new(&address, wishes).await.expect("a browser session");
        Browser { driver: session, _chromedriver: driver, _chromium: chromium }
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
        let started = clock::start();
        loop {
            let page = self.text().await;
            if page.contains(text) {
                return page;
            }
            assert!(
                started.elapsed() < PATIENCE,
                "{text:?} does not come on the page; it reads:\n{page}"
            );
            clock::moment().await;
        }
    }

    /// The code on the login page: six digits, as read off the text.
    pub async fn code(&self) -> String {
        let started = clock::start();
        loop {
            let page = self.text().await;
            if let Some(code) = code_in(&page) {
                return code;
            }
            assert!(started.elapsed() < PATIENCE, "no code on the page; it reads:\n{page}");
            clock::moment().await;
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
