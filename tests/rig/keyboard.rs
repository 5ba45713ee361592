//! The person's keyboard on the story's display: real keys, a real window manager (openbox) that
//! gives the focus to a new window and back, and one shortcut.

use std::path::PathBuf;
use std::process::Command;

use crate::desktop::Desktop;
use crate::processes::{Process, wait_until};

/// The keys of the shortcut, as openbox and xdotool write them.
const SHORTCUT: (&str, &str) = ("W-s", "super+s");
/// Numbers of desktops that the window manager is asked for in turn; it begins with another.
const DESKTOPS: [&str; 2] = ["6", "7"];
/// It has not answered after so many looks: it does not work yet, and is asked again.
const LOOKS: usize = 20;

/// A keyboard; it counts what is pressed.
#[derive(Debug)]
pub struct Keyboard {
    _window_manager: Process,
    commands: CommandSource,
    pressed: usize,
}

/// What starts `xdotool` in the person's session.
#[derive(Debug)]
struct CommandSource {
    env: Vec<(String, String)>,
    home: PathBuf,
}

impl CommandSource {
    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = crate::processes::bare_command("xdotool");
        command.args(arguments).envs(self.env.iter().cloned()).current_dir(&self.home);
        command
    }

    fn run(&self, arguments: &[&str]) -> Option<String> {
        let done = self.command(arguments).output().expect("xdotool");
        done.status.success().then(|| String::from_utf8_lossy(&done.stdout).trim().to_owned())
    }

    /// Whether the window manager has done all that came to it so far, as giving a window the
    /// focus: it changes the number of desktops after that. One that has said that it manages the
    /// display and does not yet work loses what it is asked, and keys too.
    fn settle(&self) -> bool {
        let desktops = || self.run(&["get_num_desktops"]);
        let before = desktops();
        let wanted = DESKTOPS.into_iter().find(|wanted| before.as_deref() != Some(*wanted));
        self.run(&["set_num_desktops", wanted.expect("one of two differs")]);
        std::iter::repeat_with(desktops).take(LOOKS).any(|now| now.as_deref() == wanted)
    }
}

impl Keyboard {
    /// Starts the window manager, with one shortcut that runs `command` (a line as in a
    /// shortcut's settings: words, no shell).
    ///
    /// # Panics
    /// If it does not manage the display.
    pub async fn start(desktop: &Desktop, command: &str) -> Keyboard {
        let settings = desktop.dir().join("openbox.xml");
        std::fs::write(&settings, openbox_settings(command)).expect("settings of openbox");
        let mut openbox = desktop.command("openbox");
        openbox.arg("--config-file").arg(&settings);
        let mut process = Process::start_quiet("openbox", &mut openbox, &desktop.logs());
        let manages = || {
            let mut ask = desktop.command("xprop");
            let asked = ask.args(["-root", "_NET_SUPPORTING_WM_CHECK"]).output().expect("xprop");
            String::from_utf8_lossy(&asked.stdout).contains("window id")
        };
        process.wait_until("the display to be managed", async || manages()).await;
        let env = desktop.env().clone().into_iter().collect();
        let commands = CommandSource { env, home: desktop.dir().join("home") };
        process.wait_until("the window manager to work", async || commands.settle()).await;
        Keyboard { _window_manager: process, commands, pressed: 0 }
    }

    /// Presses the shortcut: one act of one hand, two keys.
    ///
    /// # Panics
    /// If there is no display.
    pub fn shortcut(&mut self) {
        self.press(SHORTCUT.1);
    }

    /// Presses a key, by its X name (`Tab`, `Return`, `ctrl+v`); each part of a chord counts.
    ///
    /// # Panics
    /// If there is no display.
    pub fn press(&mut self, key: &str) {
        self.commands.settle();
        self.commands.run(&["key", "--clearmodifiers", key]).expect("a key");
        self.pressed += key.split('+').count();
    }

    /// Types characters, a key each.
    ///
    /// # Panics
    /// If there is no display.
    pub fn type_text(&mut self, text: &str) {
        self.commands.run(&["type", "--clearmodifiers", text]).expect("keys");
        self.pressed += text.chars().count();
    }

    /// How many keys were pressed so far.
    #[must_use]
    pub fn pressed(&self) -> usize {
        self.pressed
    }

    /// The title of the window that has the focus.
    #[must_use]
    pub fn focused(&self) -> String {
        self.commands.run(&["getactivewindow", "getwindowname"]).unwrap_or_default()
    }

    /// The titles of the windows that can be seen.
    fn windows(&self) -> String {
        let all = ["search", "--onlyvisible", "--name", ".", "getwindowname", "%@"];
        self.commands.run(&all).unwrap_or_default()
    }

    /// Leaves the window and comes back to it, as a person does whose screen reader keeps silent
    /// about a window that has just opened. If no window has the focus yet, nothing happens.
    pub fn come_back(&self) {
        let away = ["getactivewindow", "windowminimize", "--sync", "windowactivate", "--sync"];
        self.commands.run(&away);
    }

    /// Waits until a window whose title holds `title` has the focus, without a hand moved.
    pub async fn wait_for_focus(&self, title: &str) {
        self.wait_for_window(title, |focused| focused.contains(title)).await;
    }

    /// Waits until Sayso's dialog takes keys (`Sayso` is in the title of a login page too).
    pub async fn wait_for_dialog(&self) {
        self.wait_for_dialog_of("Sayso").await;
    }

    /// The same for any dialog. It has the focus before it takes keys: GTK takes them by a window
    /// within the one that the window manager gave the focus to, which it may do twice.
    async fn wait_for_dialog_of(&self, title: &str) {
        let takes_keys =
            || self.is_taken_within() && self.commands.settle() && self.is_taken_within();
        self.wait_for_window(title, |focused| focused == title && takes_keys()).await;
    }

    fn is_taken_within(&self) -> bool {
        let taken = self.commands.run(&["getwindowfocus", "-f"]);
        taken.is_some() && taken != self.commands.run(&["getactivewindow"])
    }

    /// Waits until no window has the focus, because none is left.
    pub async fn wait_for_empty_screen(&self) {
        self.wait_for_window("", str::is_empty).await;
    }

    async fn wait_for_window(&self, title: &str, is_it: impl Fn(&str) -> bool) {
        let what = format!("the window {title:?} to have the focus");
        wait_until(
            &what,
            || format!("it is at {:?}; the windows are {:?}", self.focused(), self.windows()),
            || is_it(&self.focused()).then_some(()),
        )
        .await;
    }
}

/// The first key that xdotool presses comes from another device than the display's own, and every
/// program is told of that as of a changed keyboard. The window manager would then take its
/// shortcuts down and put them up again, in the middle of one.
fn openbox_settings(command: &str) -> String {
    let command = command.replace('&', "&amp;").replace('<', "&lt;");
    format!(
        r#"<?xml version="1.0" encoding="UTF-8"?>
<openbox_config xmlns="http://openbox.org/3.4/rc">
  <focus><focusNew>yes</focusNew><followMouse>no</followMouse></focus>
  <keyboard>
    <rebindOnMappingNotify>no</rebindOnMappingNotify>
    <keybind key="{}"><action name="Execute"><command>{command}</command></action></keybind>
  </keyboard>
</openbox_config>
"#,
        SHORTCUT.0
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(flavor = "multi_thread")]
    async fn a_shortcut_opens_a_dialog_that_takes_the_keys_and_gives_the_focus_back() {
        let desktop = Desktop::builder("Keys.").without_speech().start().await;
        let out = desktop.dir().join("out");
        let script = desktop.dir().join("ask.sh");
        let ask = format!("zenity --entry --title Code --text Code > {}\n", out.display());
        std::fs::write(&script, ask).unwrap();
        let command = format!("sh {}", script.display());
        let mut keyboard = Keyboard::start(&desktop, &command).await;
        let mut first = desktop.command("zenity");
        first.args(["--info", "--title", "Before", "--text", "x"]);
        let _first = Process::start_quiet("before", &mut first, &desktop.logs());
        keyboard.wait_for_focus("Before").await;
        keyboard.shortcut();
        keyboard.wait_for_dialog_of("Code").await;
        keyboard.type_text("482913");
        keyboard.press("Return");
        keyboard.wait_for_focus("Before").await;
        wait_until("the dialog's answer", String::new, || {
            std::fs::read_to_string(&out).ok().filter(|text| text == "482913\n")
        })
        .await;
        assert_eq!(keyboard.pressed(), 9);
    }
}
