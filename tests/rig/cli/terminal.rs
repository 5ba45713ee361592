//! A terminal: a real pty with a process in it that takes it for the person's.

use std::fs::File;
use std::io::{Read, Write};
use std::os::fd::{AsFd, OwnedFd};
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError};

use rustix::fs::{Mode, OFlags};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{LocalModes, Winsize, tcgetattr, tcsetwinsize};

use super::{sayso, typed};
use crate::clock;
use crate::desktop::Desktop;
use crate::processes::{PATIENCE, Process, Wait};
use crate::transcript::{Channel, Transcript};

/// A terminal with a program in it.
#[derive(Debug)]
pub struct Terminal {
    process: Process,
    keyboard: File,
    screen: Arc<Mutex<Vec<u8>>>,
    /// How much of the screen the story has read.
    read: usize,
    /// What was typed and is still to be echoed.
    echo: Option<String>,
    /// What was read of a line that has no end yet, and when.
    begun: Option<(u128, String)>,
    transcript: Transcript,
}

impl Terminal {
    /// The person types `sayso ...` in a terminal.
    #[must_use]
    pub fn sayso(desktop: &Desktop, arguments: &[&str]) -> Terminal {
        desktop.transcript().note(Channel::Act, typed(arguments));
        Terminal::open(desktop, &sayso(desktop, arguments))
    }

    /// Runs a command in a new terminal.
    ///
    /// # Panics
    /// If there are no terminals.
    #[must_use]
    pub fn open(desktop: &Desktop, command: &Command) -> Terminal {
        Terminal::open_with(desktop, command, desktop.transcript().clone())
    }

    /// The same for what is no part of the story: nothing is written into the transcript.
    ///
    /// # Panics
    /// If there are no terminals.
    #[must_use]
    pub fn open_silently(desktop: &Desktop, command: &Command) -> Terminal {
        Terminal::open_with(desktop, command, Transcript::default())
    }

    /// The command becomes the leader of the terminal's session.
    fn open_with(desktop: &Desktop, command: &Command, transcript: Transcript) -> Terminal {
        let (master, slave) = pair().expect("a pseudo terminal");
        // `setsid --ctty` makes it the controlling terminal and becomes the program itself.
        let mut leader = desktop.command("setsid");
        leader.arg("--ctty").arg("--wait").arg(command.get_program()).args(command.get_args());
        for (name, value) in command.get_envs() {
            if let Some(value) = value {
                leader.env(name, value);
            }
        }
        let side = |fd: &OwnedFd| Stdio::from(fd.try_clone().expect("the terminal"));
        leader.stdin(side(&slave)).stdout(side(&slave)).stderr(side(&slave));
        let process = Process::start_as_is("terminal", &mut leader, &desktop.logs());
        let screen = Arc::default();
        let keyboard = File::from(master);
        let reader = keyboard.try_clone().expect("the terminal");
        let shared = Arc::clone(&screen);
        // Ends when the last process has left the terminal.
        std::thread::spawn(move || watch(reader, &shared));
        Terminal { process, keyboard, screen, read: 0, echo: None, begun: None, transcript }
    }

    /// Everything on the screen since the terminal was opened.
    #[must_use]
    pub fn screen(&self) -> String {
        let bytes = self.screen.lock().unwrap_or_else(PoisonError::into_inner);
        String::from_utf8_lossy(&bytes).replace("\r\n", "\n")
    }

    /// Waits until `text` is on the screen, after what was read before; returns all that the
    /// person has read up to its end.
    ///
    /// # Panics
    /// If it does not come.
    pub async fn read_until(&mut self, text: &str) -> String {
        let wait = Wait::begin();
        loop {
            let screen = self.screen();
            if let Some(at) = screen[self.read..].find(text) {
                return self.take(&screen, self.read + at + text.len());
            }
            wait.moment(|| {
                format!("{text:?} does not come on the terminal; its screen:\n{screen}")
            })
            .await;
        }
    }

    /// Types a line.
    ///
    /// # Panics
    /// If the terminal is gone.
    pub fn type_line(&mut self, line: &str) {
        self.tell_prompt();
        self.transcript.note(Channel::Act, format!("typed: {line}"));
        self.type_secretly(line);
    }

    /// Types a line that is not written into the transcript.
    ///
    /// # Panics
    /// If the terminal is gone.
    pub fn type_secretly(&mut self, line: &str) {
        self.tell_prompt();
        self.echo = self.echoes().then(|| line.to_owned());
        self.keyboard.write_all(format!("{line}\n").as_bytes()).expect("a terminal");
    }

    /// Presses a key that is not a line: `"\x03"` is Ctrl+C.
    ///
    /// # Panics
    /// If the terminal is gone.
    pub fn press(&mut self, key: &str) {
        self.keyboard.write_all(key.as_bytes()).expect("a terminal");
    }

    /// Does the terminal show what is typed just now? (A secret is asked without.)
    ///
    /// # Panics
    /// If the terminal is gone.
    #[must_use]
    pub fn echoes(&self) -> bool {
        let modes = tcgetattr(self.keyboard.as_fd()).expect("a terminal").local_modes;
        modes.contains(LocalModes::ECHO)
    }

    /// Waits until the program has ended; returns its exit status and what the person had not
    /// read yet.
    pub async fn wait_for_end(&mut self) -> (i32, String) {
        let status = self.process.wait_for_end().await.code().unwrap_or(-1);
        let screen = self.settled_screen().await;
        let rest = self.take(&screen, screen.len());
        self.tell_prompt();
        if status != 0 {
            self.transcript.note(Channel::Printed, format!("(exit status {status})"));
        }
        (status, rest)
    }

    /// Waits until the program has ended with this exit status; returns what the person had not
    /// read yet.
    ///
    /// # Panics
    /// With what stands on the screen, if it ended otherwise.
    pub async fn wait_for_status(&mut self, expected: i32) -> String {
        let (status, rest) = self.wait_for_end().await;
        assert_eq!(status, expected, "{rest}");
        rest
    }

    /// The process in it.
    pub fn process(&mut self) -> &mut Process {
        &mut self.process
    }

    /// The screen once nobody writes to it any more: the reader holds the only other handle
    /// until then.
    async fn settled_screen(&self) -> String {
        let started = clock::start();
        while Arc::strong_count(&self.screen) > 1 && started.elapsed() < PATIENCE {
            clock::moment().await;
        }
        self.screen()
    }

    fn take(&mut self, screen: &str, to: usize) -> String {
        let text = screen[self.read..to].to_owned();
        self.read = to;
        let shown = match self.echo.take() {
            Some(echo) => {
                let after_prompt = text.trim_start_matches(' ');
                after_prompt.strip_prefix(echo.as_str()).unwrap_or(&text).to_owned()
            }
            None => text.clone(),
        };
        self.tell(&shown);
        text
    }

    /// Tells whole lines; what has no end yet is kept until it has one, or the person acts.
    fn tell(&mut self, text: &str) {
        let (at, kept) = self.begun.take().unwrap_or_else(|| (clock::now_ns(), String::new()));
        let whole = kept + text;
        let end = whole.rfind('\n').map_or(0, |at| at + 1);
        // What was begun earlier belongs to the time when it was; what follows it came now.
        let now = clock::now_ns();
        let first = whole.find('\n').map_or(0, |at| at + 1);
        for (at, lines) in [(at, &whole[..first]), (now, &whole[first..end])] {
            for line in lines.lines().filter(|line| !line.trim().is_empty()) {
                let line = line.replace('\u{7}', " (bell)");
                self.transcript.note_at(at, Channel::Printed, format!("printed: {}", line.trim()));
            }
        }
        if end < whole.len() {
            self.begun = Some((if end == 0 { at } else { now }, whole[end..].to_owned()));
        }
    }

    /// The line without an end is all that comes: it was a prompt.
    fn tell_prompt(&mut self) {
        if let Some((at, prompt)) = self.begun.take()
            && !prompt.trim().is_empty()
        {
            let text = format!("printed: {}", prompt.trim());
            self.transcript.note_at(at, Channel::Printed, text);
        }
    }
}

fn pair() -> rustix::io::Result<(OwnedFd, OwnedFd)> {
    let master = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC)?;
    grantpt(&master)?;
    unlockpt(&master)?;
    let name = ptsname(&master, Vec::new())?;
    let flags = OFlags::RDWR | OFlags::NOCTTY | OFlags::CLOEXEC;
    let slave = rustix::fs::open(name.as_c_str(), flags, Mode::empty())?;
    // Wide, so that no sentence is broken by the terminal.
    tcsetwinsize(&master, Winsize { ws_row: 50, ws_col: 500, ws_xpixel: 0, ws_ypixel: 0 })?;
    Ok((master, slave))
}

/// Reads all that is written to the terminal; `EIO` means that its last user has gone.
fn watch(mut reader: File, screen: &Mutex<Vec<u8>>) {
    let mut part = [0; 4096];
    while let Ok(length) = reader.read(&mut part) {
        if length == 0 {
            return;
        }
        screen.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(&part[..length]);
    }
}
