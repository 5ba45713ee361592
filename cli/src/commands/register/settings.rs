//! How the person approves: chosen once, with an account's first computer. The broker takes no
//! notice of it for a further one. What was given on the command line is not asked.

use sayso_protocol::change::{AccountSettings, ApproveWith, SameDevice};
use sayso_words::{Words, say};

use crate::command_line::{self, Register, Switch};
use crate::prompt::Prompt;

/// Asks for what was not typed; an empty line, or the end of input, is the usual choice.
pub(super) async fn ask(prompt: &mut Prompt, words: &Words, typed: &Register) -> AccountSettings {
    let mut before = say!(words, "register-first");
    if let Prompt::Terminal(terminal) = prompt
        && (typed.approve_with.is_none() || typed.same_device.is_none())
    {
        terminal.tell(&before);
        before.clear();
    }
    let approve_with = match typed.approve_with {
        Some(command_line::ApproveWith::Code) => ApproveWith::Code,
        Some(command_line::ApproveWith::Qr) => ApproveWith::Qr,
        Some(command_line::ApproveWith::Readout) => ApproveWith::Readout,
        None => {
            let asked = format!("{before} {}", say!(words, "register-approve-with"));
            choose(prompt, words, asked.trim_start(), &WAYS).await
        }
    };
    let same_device = match typed.same_device {
        Some(Switch::On) => SameDevice::On,
        Some(Switch::Off) => SameDevice::Off,
        None => choose(prompt, words, &say!(words, "register-same-device"), &SWITCHES).await,
    };
    AccountSettings { approve_with, same_device }
}

const WAYS: [(&str, ApproveWith); 3] =
    [("code", ApproveWith::Code), ("qr", ApproveWith::Qr), ("readout", ApproveWith::Readout)];
const SWITCHES: [(&str, SameDevice); 2] = [("on", SameDevice::On), ("off", SameDevice::Off)];

async fn choose<T: Copy + Default>(
    prompt: &mut Prompt,
    words: &Words,
    asked: &str,
    values: &[(&str, T)],
) -> T {
    while let Some(line) = prompt.line(words, asked).await {
        let typed = line.trim().to_lowercase();
        if typed.is_empty() {
            break;
        }
        if let Some((_, value)) = values.iter().find(|(name, _)| *name == typed) {
            return *value;
        }
        if let Prompt::Terminal(terminal) = prompt {
            terminal.tell(&say!(words, "register-value-wrong"));
        }
    }
    T::default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::output::Output;
    use crate::prompt::terminal::Terminal;
    use sayso_words::Language;

    async fn chosen(typed: &'static str) -> AccountSettings {
        let mut prompt = Prompt::Terminal(Terminal::reading(typed.as_bytes(), Output::plain()));
        let nothing = Register::of("http://localhost".to_owned(), "anna".to_owned());
        ask(&mut prompt, &Words::new(Language::English), &nothing).await
    }

    #[tokio::test]
    async fn what_is_typed_is_chosen_and_an_empty_line_is_the_usual_choice() {
        let readout =
            AccountSettings { approve_with: ApproveWith::Readout, same_device: SameDevice::Off };
        assert_eq!(chosen("talk\nReadout\noff\n").await, readout);
        for usual in ["", "\n", "\n\n", "code\non\n"] {
            assert_eq!(chosen(usual).await, AccountSettings::default(), "{usual:?}");
        }
    }
}
