//! The operator's commands: administration on a broker's store, while it runs or not.

use std::sync::PoisonError;

use super::Broker;

/// What an administration command did.
#[derive(Debug, Clone)]
pub struct Administered {
    /// Its exit status.
    pub status: i32,
    /// What it printed as data.
    pub out: String,
    /// What it said beside it.
    pub err: String,
}

impl Broker {
    /// An administration command on its store, running or not.
    ///
    /// # Panics
    /// If the program cannot be started.
    pub async fn administer(&self, arguments: &[&str]) -> Administered {
        let mut command = self.command();
        command.args(arguments).arg("--store").arg(self.store());
        let done = tokio::process::Command::from(command).output().await.expect("sayso-broker");
        Administered {
            status: done.status.code().unwrap_or(-1),
            out: String::from_utf8_lossy(&done.stdout).into_owned(),
            err: String::from_utf8_lossy(&done.stderr).into_owned(),
        }
    }

    /// The same, where it must succeed; what it printed.
    ///
    /// # Panics
    /// If it does not succeed.
    pub async fn must(&self, arguments: &[&str]) -> String {
        let done = self.administer(arguments).await;
        assert_eq!(done.status, 0, "sayso-broker {arguments:?}: {}{}", done.out, done.err);
        done.out
    }

    /// Adds a service; returns its API key.
    pub async fn add_service(&self, name: &str, return_url: &str) -> String {
        let out = self.must(&["service", "add", name, "--return-url", return_url]).await;
        last_word(&out)
    }

    /// Adds an account.
    pub async fn add_account(&self, name: &str) {
        self.must(&["account", "add", name]).await;
    }

    /// Draws an activation code; returns its 14 digits.
    pub async fn activation(&self, account: &str) -> String {
        self.draw(&["activation", "new", account]).await
    }

    /// The same for a computer that does not wait.
    pub async fn activation_at_once(&self, account: &str) -> String {
        self.draw(&["activation", "new", account, "--now"]).await
    }

    async fn draw(&self, arguments: &[&str]) -> String {
        let digits: String = last_digits(&self.must(arguments).await);
        assert_eq!(digits.len(), 14, "an activation code has 14 digits");
        digits.clone_into(&mut self.activation.lock().unwrap_or_else(PoisonError::into_inner));
        digits
    }

    /// The activation code that was drawn last.
    #[must_use]
    pub fn last_activation(&self) -> String {
        self.activation.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

fn last_word(text: &str) -> String {
    text.split_whitespace().last().unwrap_or_default().trim_matches('.').to_owned()
}

/// The last digits of a text, with the spaces of their groups left out.
fn last_digits(text: &str) -> String {
    let tail: String = text
        .trim_end()
        .trim_end_matches('.')
        .chars()
        .rev()
        .take_while(|c| c.is_ascii_digit() || *c == ' ' || *c == '\u{a0}')
        .filter(char::is_ascii_digit)
        .collect();
    tail.chars().rev().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_and_codes_are_read_off_what_is_printed() {
        assert_eq!(last_word("Service x is added. Its API key: sk_1\n"), "sk_1");
        assert_eq!(
            last_digits("Activation code, good for 30 minutes, once: 1234 5678 9012 34\n"),
            "12345678901234"
        );
    }
}
