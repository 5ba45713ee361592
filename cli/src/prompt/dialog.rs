//! The prompt as one plain dialog, by zenity or kdialog. First focus is on Deny or on the code
//! field. Only a button's own printed word counts as an answer: closing the dialog, Escape, an
//! exit status or a program that fails is none.

use std::path::{Path, PathBuf};
use std::process::Stdio;

use sayso_words::{Answer, Words, say};
use tokio::process::Command;

use crate::output::Output;

/// The longest text that is shown: a window must fit its screen. Questions are far shorter; one
/// that is not could not be read whole, so it is not asked.
const LONGEST: usize = 1500;

/// What GTK and Qt say, in no other language, when they have no display.
const NO_DISPLAY: [&str; 3] = ["open display", "connect to display", "platform plugin"];

/// A program that shows dialogs.
#[derive(Debug)]
pub struct Dialog {
    program: PathBuf,
    kind: Kind,
    /// Where words go once no dialog can be shown.
    pub(super) output: Output,
}

/// The dialog could not be shown, so nobody was asked.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct NotShown;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Zenity,
    Kdialog,
}

impl Dialog {
    /// The program, where a dialog can be shown at all.
    #[must_use]
    pub fn find(output: Output) -> Option<Dialog> {
        let shown_on = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
        if !shown_on("DISPLAY") && !shown_on("WAYLAND_DISPLAY") {
            return None;
        }
        [("zenity", Kind::Zenity), ("kdialog", Kind::Kdialog)]
            .into_iter()
            .find_map(|(name, kind)| in_path(name).map(|program| Dialog { program, kind, output }))
    }

    /// Asks for a line of text.
    pub(super) async fn entry(
        &self,
        words: &Words,
        asked: &str,
    ) -> Result<Option<String>, NotShown> {
        let title = say!(words, "dialog-title");
        self.show(&match self.kind {
            Kind::Zenity => zenity_entry(words, &title, asked),
            Kind::Kdialog => kdialog(&title, "--inputbox", asked),
        })
        .await
    }

    /// Asks for one of two buttons; the first focus is on `no`.
    pub(super) async fn choose(
        &self,
        words: &Words,
        text: &str,
        no: &str,
        yes: &str,
    ) -> Result<Option<Answer>, NotShown> {
        let pressed = self.pick(words, text, &[no, yes]).await?;
        Ok(pressed.map(|pressed| if pressed == 0 { Answer::No } else { Answer::Yes }))
    }

    /// Asks for one of these buttons, and answers with its place; the first focus is on the first.
    pub(super) async fn pick(
        &self,
        words: &Words,
        text: &str,
        buttons: &[&str],
    ) -> Result<Option<usize>, NotShown> {
        if text.chars().count() > LONGEST {
            return Ok(None);
        }
        let title = say!(words, "dialog-title");
        let printed = self
            .show(&match self.kind {
                Kind::Zenity => zenity_question(&title, text, buttons),
                Kind::Kdialog => kdialog_menu(&title, text, buttons),
            })
            .await?;
        Ok(printed.and_then(|printed| pressed(&printed, buttons)))
    }

    /// Shows a text with one button.
    pub(super) async fn tell(&self, words: &Words, text: &str) -> Result<(), NotShown> {
        let title = say!(words, "dialog-title");
        let ok = say!(words, "dialog-ok");
        self.show(&match self.kind {
            Kind::Zenity => zenity_told(&title, text, &ok),
            Kind::Kdialog => kdialog(&title, "--msgbox", text),
        })
        .await
        .map(drop)
    }

    /// Runs the program and answers with what it printed. Dropping this closes the dialog.
    async fn show(&self, arguments: &[String]) -> Result<Option<String>, NotShown> {
        let child = Command::new(&self.program)
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .map_err(|_no_program| NotShown)?;
        let ended = child.wait_with_output().await.map_err(|_lost| NotShown)?;
        if failed(&ended) {
            return Err(NotShown);
        }
        // A field left empty prints an empty line; a closed dialog prints nothing.
        let printed = String::from_utf8(ended.stdout).ok();
        Ok(printed.and_then(|printed| printed.strip_suffix('\n').map(str::to_owned)))
    }
}

/// Whether the program never showed its dialog. A dialog that was closed ends with 1, one that
/// timed out with 5, and either may have complained of something else; without a display the
/// status is 1 too.
fn failed(ended: &std::process::Output) -> bool {
    if !ended.stdout.is_empty() {
        return false;
    }
    match ended.status.code() {
        Some(0 | 5) => false,
        Some(1) => {
            let complaints = String::from_utf8_lossy(&ended.stderr).to_lowercase();
            NO_DISPLAY.iter().any(|complaint| complaints.contains(complaint))
        }
        Some(_) | None => true,
    }
}

/// Which button printed this.
fn pressed(printed: &str, buttons: &[&str]) -> Option<usize> {
    buttons.iter().position(|button| printed == *button)
}

/// `--no-markup` shows the text literally; `--switch` leaves only these buttons, so that closing
/// prints nothing. The first extra button has the focus.
fn zenity_question(title: &str, text: &str, buttons: &[&str]) -> Vec<String> {
    let text = short(text);
    ["--question", "--no-markup", "--switch", "--width", "600", "--title", title]
        .into_iter()
        .chain(buttons.iter().flat_map(|button| ["--extra-button", button]))
        .chain(["--text", &text])
        .map(str::to_owned)
        .collect()
}

/// An entry's text takes no markup, but an underscore in it would make a mnemonic.
fn zenity_entry(words: &Words, title: &str, text: &str) -> Vec<String> {
    let text = short(text).replace('_', "__");
    let go_on = say!(words, "dialog-code-ok");
    let close = say!(words, "dialog-close");
    ["--entry", "--width", "600", "--title", title, "--ok-label", &go_on, "--cancel-label"]
        .into_iter()
        .chain([close.as_str(), "--text", &text])
        .map(str::to_owned)
        .collect()
}

fn zenity_told(title: &str, text: &str, ok: &str) -> Vec<String> {
    let text = short(text);
    ["--info", "--no-markup", "--width", "600", "--title", title, "--ok-label", ok, "--text", &text]
        .map(str::to_owned)
        .to_vec()
}

fn kdialog(title: &str, form: &str, text: &str) -> Vec<String> {
    ["--title", title, form, &literal(text)].map(str::to_owned).to_vec()
}

/// kdialog's questions answer by exit status, where a failure looks like a button. Its menu
/// prints the chosen word, and nothing when it is closed.
fn kdialog_menu(title: &str, text: &str, buttons: &[&str]) -> Vec<String> {
    let first = buttons.first().copied().unwrap_or_default();
    ["--title", title, "--default", first, "--menu", &literal(text)]
        .into_iter()
        .chain(buttons.iter().flat_map(|button| [*button, *button]))
        .map(str::to_owned)
        .collect()
}

/// Qt guesses whether a text is rich: made rich, with every sign that means something written
/// out, it shows the text as it is.
fn literal(text: &str) -> String {
    let mut rich = String::from("<qt>");
    for sign in short(text).chars() {
        match sign {
            '&' => rich.push_str("&amp;"),
            '<' => rich.push_str("&lt;"),
            '>' => rich.push_str("&gt;"),
            '\\' => rich.push_str("&#92;"),
            '\n' => rich.push_str("<br/>"),
            _ => rich.push(sign),
        }
    }
    rich + "</qt>"
}

/// A text that fits a screen.
fn short(text: &str) -> String {
    text.chars().take(LONGEST).collect()
}

/// Where a program is, by `PATH`.
pub(super) fn in_path(name: &str) -> Option<PathBuf> {
    let folders = std::env::var_os("PATH")?;
    std::env::split_paths(&folders)
        .filter(|folder| folder.is_absolute())
        .map(|folder| folder.join(name))
        .find(|path| runs(path))
}

fn runs(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    path.metadata().is_ok_and(|found| found.is_file() && found.permissions().mode() & 0o111 != 0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use sayso_words::Language;

    const QUESTION: &str = "Pay <b>100</b> kroner to A_B & C? Approve or deny?";

    #[test]
    fn only_a_buttons_own_word_is_an_answer() {
        let buttons = ["Deny", "Approve"];
        assert_eq!(pressed("Deny", &buttons), Some(0));
        assert_eq!(pressed("Approve", &buttons), Some(1));
        for other in ["", "approve", "Approve ", "OK", "Deny\nApprove"] {
            assert_eq!(pressed(other, &buttons), None, "{other}");
        }
    }

    #[test]
    fn zenity_shows_the_question_literally_with_deny_first_and_no_other_button() {
        assert_eq!(
            zenity_question("Sayso", QUESTION, &["Deny", "Approve"]).join("|"),
            format!(
                "--question|--no-markup|--switch|--width|600|--title|Sayso|\
                 --extra-button|Deny|--extra-button|Approve|--text|{QUESTION}"
            )
        );
    }

    #[test]
    fn no_label_has_a_mnemonic() {
        for language in Language::ALL {
            let words = Words::new(language);
            for label in [
                say!(words, "dialog-deny"),
                say!(words, "dialog-approve"),
                say!(words, "dialog-yes"),
                say!(words, "dialog-no"),
                say!(words, "dialog-ok"),
            ] {
                assert!(!label.contains(['_', '&']), "{label}");
            }
        }
    }

    #[test]
    fn an_underscore_in_an_entry_is_no_mnemonic() {
        let words = Words::new(Language::English);
        let arguments = zenity_entry(&words, "Sayso", "Code for A_B");
        assert_eq!(arguments.last().map(String::as_str), Some("Code for A__B"));
    }

    #[test]
    fn kdialog_shows_markup_as_it_is() {
        assert_eq!(
            literal("<b>1</b> & \\n\n2"),
            "<qt>&lt;b&gt;1&lt;/b&gt; &amp; &#92;n<br/>2</qt>"
        );
    }

    /// A dialog program that prints this and ends with this status.
    fn program(folder: &Path, script: &str) -> Dialog {
        use std::os::unix::fs::PermissionsExt;
        let (written, path) = (folder.join("script"), folder.join("zenity"));
        std::fs::write(&written, format!("#!/bin/sh\n{script}\n")).unwrap();
        std::fs::set_permissions(&written, std::fs::Permissions::from_mode(0o755)).unwrap();
        // A program that another test starts meanwhile would keep what is written here open for
        // writing: then it could not be run.
        let copied = std::process::Command::new("cp").arg(&written).arg(&path).status();
        assert!(copied.unwrap().success());
        Dialog { program: path, kind: Kind::Zenity, output: Output::plain() }
    }

    #[tokio::test]
    async fn closing_is_no_answer_whatever_the_status() {
        let folder = tempfile::tempdir().unwrap();
        let words = Words::new(Language::English);
        let closed = "echo 'Gtk-Message: dialog mapped without a parent' >&2; exit 1";
        for script in ["exit 0", "exit 1", "exit 5", "echo Appro", "printf Approve", closed] {
            let dialog = program(folder.path(), script);
            let answer = dialog.choose(&words, "?", "Deny", "Approve").await;
            assert_eq!(answer, Ok(None), "{script}");
        }
        let dialog = program(folder.path(), "echo Approve; exit 1");
        let answer = dialog.choose(&words, "?", "Deny", "Approve").await;
        assert_eq!(answer, Ok(Some(Answer::Yes)));
    }

    #[tokio::test]
    async fn a_dialog_that_never_came_up_asked_nobody() {
        let folder = tempfile::tempdir().unwrap();
        let words = Words::new(Language::English);
        for script in [
            "echo '(zenity:7): Gtk-WARNING **: cannot open display: :9' >&2; exit 1",
            "echo 'qt.qpa.xcb: could not connect to display :9' >&2; kill -ABRT $$",
            "echo 'This option is not available.' >&2; exit 255",
            "kill -9 $$",
        ] {
            let dialog = program(folder.path(), script);
            let answer = dialog.choose(&words, "?", "Deny", "Approve").await;
            assert_eq!(answer, Err(NotShown), "{script}");
        }
        let gone = Dialog { program: folder.path().join("gone"), ..program(folder.path(), "") };
        assert_eq!(gone.entry(&words, "?").await, Err(NotShown));
    }
}
