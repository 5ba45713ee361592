//! Logins that Anna, or somebody else, begins in a browser.

use crate::browser::Browser;
use crate::cli::Terminal;
use crate::service::{Returned, Service};

use super::{ACCOUNT, Login, Story};

/// What the notice of a login ends with.
const NOTICE_ENDS: &str = "The code is on the page";

impl Story {
    /// Anna begins to log in, in a browser without JavaScript, and Sayso tells her whole notice.
    /// `name` stands for the code in the transcript.
    ///
    /// # Panics
    /// If there is no code on the page, or nothing is said of it.
    pub async fn log_in(&mut self, name: &str) -> Login {
        let before = self.notices();
        let login = self.open_login_page(name).await;
        self.wait_for_notice(before).await;
        login
    }

    /// The same in another browser, at a further service whose name is `named`.
    ///
    /// # Panics
    /// If there is no code on the page, or nothing is said of it.
    pub async fn log_in_at(&mut self, service: &Service, named: &str, name: &str) -> Login {
        let before = self.notices();
        self.act(&format!("in another browser: Anna begins to log in at {named}"));
        let login = Login::open(&service.login_address(ACCOUNT), &self.languages()).await;
        self.transcript().name_code(&login.code, name);
        self.wait_for_notice(before).await;
        login
    }

    /// How many whole notices of logins were said so far, and how many were shown.
    fn notices(&mut self) -> (usize, usize) {
        let said = self.desktop.speech().said();
        let said = said.iter().filter(|one| one.text.contains(NOTICE_ENDS)).count();
        (said, self.desktop.questions_shown())
    }

    /// Waits for one more than before.
    async fn wait_for_notice(&mut self, (said, shown): (usize, usize)) {
        self.desktop.speech().wait_for_nth(NOTICE_ENDS, said + 1).await;
        self.desktop.wait_for_questions(shown + 1).await;
    }

    /// The same without waiting for anything to be said.
    ///
    /// # Panics
    /// If there is no code on the page.
    pub async fn open_login_page(&mut self, name: &str) -> Login {
        self.act("in the browser: Anna begins to log in at Example Bank");
        let address = self.service.login_address(ACCOUNT);
        self.open_page(&address, name).await
    }

    /// Somebody else begins to log in as Anna.
    ///
    /// # Panics
    /// If there is no code on the page.
    pub async fn open_thiefs_page(&mut self, name: &str) -> Login {
        self.act("in a browser elsewhere: the thief begins to log in at Example Bank as Anna");
        let address = self.service.login_address(ACCOUNT);
        self.open_page(&address, name).await
    }

    /// Anna opens a login page whose address somebody sent her.
    ///
    /// # Panics
    /// If there is no code on the page.
    pub async fn receive_login_page(&mut self, address: &str, name: &str) -> Login {
        self.act("in the browser: Anna opens the address that she was sent");
        self.open_page(address, name).await
    }

    async fn open_page(&mut self, address: &str, name: &str) -> Login {
        let login = Login::open(address, &self.languages()).await;
        self.transcript().name_code(&login.code, name);
        if let Some(asked) = self.service.last() {
            self.transcript().name(&asked.id, "REQUEST");
        }
        login
    }

    /// Anna begins to log in in this browser, and Sayso tells her whole notice; the code on the page,
    /// which stands as `CODE-1` in the transcript.
    pub async fn log_in_by_code(&mut self, browser: &Browser) -> String {
        let before = self.notices();
        self.act("in the browser: Anna begins to log in at Example Bank");
        browser.go(&self.service.login_address(ACCOUNT)).await;
        let code = browser.code().await;
        self.transcript().name_code(&code, "CODE-1");
        self.wait_for_notice(before).await;
        code
    }

    /// Anna types the code of that login and approves; the page goes on by itself.
    ///
    /// # Panics
    /// If it comes otherwise.
    pub async fn approve_by_code(&self, browser: &Browser, code: &str) {
        let mut terminal = Terminal::sayso(&self.desktop, &["enter", code]);
        self.wait_for_question(&mut terminal).await;
        terminal.type_line("approve");
        terminal.wait_for_status(0).await;
        browser.wait_for_text("approve for anna").await;
        let returned = self.service.wait_for_return().await;
        assert!(matches!(returned, Returned::Outcome(_)), "{returned:?}");
    }
}
