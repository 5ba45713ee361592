//! `sayso keys install`, `sayso keys undo`: keyboard shortcuts for the next step, repeat and hush.
//! Shows what it changes, asks, and never takes keys that do something else.

use sayso_words::{Language, Words, say};
use serde::Serialize;

use super::Ending;
use crate::command_line::{Keys, KeysAct};
use crate::exit::{Failure, Status};
use crate::keys::combination::Combination;
use crate::keys::{Act, Desktop, Found, Shortcut, Taken, Unwilling};
use crate::output::Output;
use crate::prompt::{Prompt, Yes};

/// What a command led to, for a program.
#[derive(Serialize)]
struct Told<'a> {
    sentence: &'a str,
    desktop: &'static str,
    /// Those that were added, taken away or found.
    shortcuts: &'a [Line],
}

/// One shortcut, for a person and for a program.
#[derive(Serialize)]
struct Line {
    act: &'static str,
    keys: String,
    command: &'static str,
}

impl Line {
    fn of(act: Act, keys: String) -> Line {
        Line { act: act.name(), keys, command: act.command() }
    }

    fn own(shortcut: &Shortcut) -> Line {
        Line::of(shortcut.act, shortcut.keys())
    }
}

/// Adds the shortcuts, or takes them away.
///
/// # Errors
/// The desktop is another one or does not let itself be changed, or keys are taken already.
pub async fn run(prompt: &mut Prompt, output: Output, wished: Keys) -> Ending {
    let desktop = std::env::var("XDG_CURRENT_DESKTOP").ok();
    let desktop = desktop.as_deref().and_then(Desktop::of).ok_or_else(other_desktop)?;
    let words = Words::new(Language::of_person());
    let command = Command { desktop, words, output, yes: wished.yes };
    match wished.act {
        KeysAct::Install => command.install(prompt, &wished).await,
        KeysAct::Undo => command.undo(prompt).await,
    }
}

/// What both have.
struct Command {
    desktop: Desktop,
    words: Words,
    output: Output,
    yes: bool,
}

impl Command {
    async fn install(&self, prompt: &mut Prompt, wished: &Keys) -> Ending {
        let chosen = chosen(wished)?;
        let found = self.found().await?;
        let is_there = |act| found.own.iter().any(|own| own.act == act);
        let new: Vec<_> = chosen.into_iter().filter(|(act, _)| !is_there(*act)).collect();
        if new.is_empty() {
            let own: Vec<Line> = found.own.iter().map(Line::own).collect();
            self.list(&say!(self.words, "keys-there"), &own);
            return Ok(self.end(Status::Done, &say!(self.words, "keys-stopped"), &own));
        }
        let mut taken = found.taken;
        taken.extend(found.own.iter().filter_map(Shortcut::takes));
        free(&new, &taken)?;
        let told: Vec<Line> =
            new.iter().map(|(act, keys)| Line::of(*act, keys.to_string())).collect();
        let desktop = self.desktop.name();
        self.list(&say!(self.words, "keys-add", count = told.len(), desktop = desktop), &told);
        if !self.agreed(prompt, "keys-add-ask").await {
            return Ok(self.end(Status::Denied, &say!(self.words, "keys-stopped"), &[]));
        }
        self.add(&new).await?;
        Ok(self.end(Status::Done, &say!(self.words, "keys-added"), &told))
    }

    async fn undo(&self, prompt: &mut Prompt) -> Ending {
        let own = self.found().await?.own;
        if own.is_empty() {
            return Ok(self.end(Status::Done, &say!(self.words, "keys-none"), &[]));
        }
        let told: Vec<Line> = own.iter().map(Line::own).collect();
        let desktop = self.desktop.name();
        self.list(&say!(self.words, "keys-remove", count = told.len(), desktop = desktop), &told);
        if !self.agreed(prompt, "keys-remove-ask").await {
            return Ok(self.end(Status::Denied, &say!(self.words, "keys-stopped"), &[]));
        }
        for shortcut in &own {
            self.desktop.remove(shortcut).await.map_err(|program| self.failure(&program))?;
        }
        Ok(self.end(Status::Done, &say!(self.words, "keys-removed"), &told))
    }

    async fn found(&self) -> Result<Found, Failure> {
        self.desktop.shortcuts().await.map_err(|program| self.failure(&program))
    }

    /// Adds all of them, or none.
    async fn add(&self, new: &[(Act, Combination)]) -> Result<(), Failure> {
        let program = std::env::current_exe().unwrap_or_else(|_unknown| "sayso".into());
        for (act, keys) in new {
            let name = say!(self.words, "keys-name", act = act.name());
            let Err(unwilling) = self.desktop.add(*act, keys, &name, &program).await else {
                continue;
            };
            for shortcut in self.found().await?.own {
                if new.iter().any(|(act, _)| *act == shortcut.act) {
                    self.desktop.remove(&shortcut).await.map_err(|other| self.failure(&other))?;
                }
            }
            return Err(self.failure(&unwilling));
        }
        Ok(())
    }

    /// Shows what a command is about.
    fn list(&self, first: &str, shortcuts: &[Line]) {
        self.output.line(first);
        for Line { act, keys, command } in shortcuts {
            let line =
                say!(self.words, "keys-line", keys = keys.as_str(), act = *act, command = *command);
            self.output.line(&line);
        }
    }

    /// Whether the person wants it. No answer is no.
    async fn agreed(&self, prompt: &mut Prompt, ask: &str) -> bool {
        self.yes
            || match prompt.yes(&self.words, &self.words.say(ask, &[])).await {
                Some(Yes::Yes) => true,
                Some(Yes::No) | None => false,
            }
    }

    fn end(&self, status: Status, sentence: &str, shortcuts: &[Line]) -> Status {
        let told = Told { sentence, desktop: self.desktop.name(), shortcuts };
        self.output.data(&told, &[sentence]);
        status
    }

    fn failure(&self, unwilling: &Unwilling) -> Failure {
        let (desktop, program) = (self.desktop.name(), unwilling.0);
        Failure::own(Status::Refused, "keys-settings", move |words| {
            say!(words, "error-keys-settings", desktop = desktop, program = program)
        })
    }
}

/// Which keys for which act.
fn chosen(wished: &Keys) -> Result<Vec<(Act, Combination)>, Failure> {
    let keys = |act| {
        let typed = match act {
            Act::Answer => &wished.answer,
            Act::Repeat => &wished.repeat,
            Act::Hush => &wished.hush,
        };
        let typed = typed.as_deref().unwrap_or(act.usual_keys());
        let keys = Combination::typed(typed).ok_or_else(|| {
            let text: String = typed.chars().filter(char::is_ascii_graphic).take(40).collect();
            Failure::own(Status::WrongUse, "keys-form", move |words| {
                say!(words, "error-keys-form", text = &text)
            })
        })?;
        Ok((act, keys))
    };
    Act::ALL.into_iter().map(keys).collect()
}

/// Refuses keys that do something else, by the desktop or by each other.
fn free(new: &[(Act, Combination)], taken: &[Taken]) -> Result<(), Failure> {
    for (place, (act, keys)) in new.iter().enumerate() {
        let others = taken.iter().map(|taken| (&taken.keys, taken.by.as_str()));
        let earlier = new[..place].iter().map(|(other, keys)| (keys, other.command()));
        if let Some((_, by)) = others.chain(earlier).find(|(taken, _)| keys.is(taken)) {
            let (keys, by, act) = (keys.to_string(), by.to_owned(), act.name());
            return Err(Failure::own(Status::WrongUse, "keys-taken", move |words| {
                say!(words, "error-keys-taken", keys = &keys, by = &by, act = act)
            }));
        }
    }
    Ok(())
}

fn other_desktop() -> Failure {
    Failure::own(Status::WrongUse, "keys-desktop", |words| {
        let commands = Act::ALL.map(Act::command).join(", ");
        say!(words, "error-keys-desktop", commands = &commands)
    })
}
