//! A login page in the person's browser, without JavaScript.

use crate::browser::{Page, PlainBrowser};
use crate::processes::Wait;
use crate::transcript::{Channel, Transcript};

/// A login page that is open in a browser.
#[derive(Debug)]
pub struct Login {
    browser: PlainBrowser,
    page: Page,
    opened: String,
    /// The code on the page.
    pub code: String,
}

impl Login {
    /// A new browser, whose person reads `language`, is led to a login page with a code.
    ///
    /// # Panics
    /// If there is no code on the page.
    pub async fn open(address: &str, language: &str) -> Login {
        let mut browser = PlainBrowser::new(language);
        let page = browser.go(address).await;
        let code = page.code().unwrap_or_else(|| panic!("no code on the page: {}", page.text()));
        let opened = page.address.to_string();
        Login { browser, page, opened, code }
    }

    /// The page as it was seen last.
    #[must_use]
    pub fn page(&self) -> &Page {
        &self.page
    }

    /// A code that is not this one.
    #[must_use]
    pub fn wrong_code(&self) -> String {
        self.code
            .chars()
            .map(|digit| char::from_digit((digit.to_digit(10).unwrap_or(0) + 1) % 10, 10))
            .map(|digit| digit.unwrap_or('0'))
            .collect()
    }

    /// Where the page is.
    #[must_use]
    pub fn address(&self) -> &str {
        &self.opened
    }

    /// Looks at the page again.
    pub async fn look(&mut self) -> &Page {
        let address = self.page.address.to_string();
        self.page = self.browser.go(&address).await;
        &self.page
    }

    /// Looks again and again until `text` is on the page, then goes on to where it leads, as its
    /// script does. A page that leads on by itself has been left before that.
    ///
    /// # Panics
    /// If the text does not come.
    pub async fn go_on(&mut self, text: &str, transcript: &Transcript) {
        let wait = Wait::begin();
        let login = self.page.address.clone();
        while !self.look().await.text().contains(text) {
            if self.page.address.origin() != login.origin() {
                return;
            }
            let shown = self.page.text();
            wait.moment(|| format!("{text:?} is not on the page: {shown}")).await;
        }
        self.tell(transcript);
        self.follow().await;
    }

    /// Tells what is on the page.
    pub fn tell(&self, transcript: &Transcript) {
        transcript.note(Channel::Page, format!("on the page: {}", self.page.text()));
    }

    /// Opens the page's `return` address.
    pub async fn follow(&mut self) -> &Page {
        let address = format!("{}/return", self.page.address.as_str().trim_end_matches('/'));
        self.page = self.browser.go(&address).await;
        &self.page
    }

    /// Presses a button on it.
    pub async fn press(&mut self, label: &str) -> &Page {
        self.page = self.browser.press(&self.page, label).await;
        &self.page
    }
}
