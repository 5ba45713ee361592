//! dunst, a real notification server. What is shown is read off the bus as it is asked for and
//! answered; its menu of actions is answered by a script, so that a story can press one.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use zbus::message::Type;
use zbus::zvariant::OwnedValue;

use super::bus::{Bus, Seen};
use crate::processes::{Process, wait_until};
use crate::transcript::{Channel, Transcript};

const NAME: &str = "org.freedesktop.Notifications";

/// A notification that the server took.
#[derive(Debug, Clone)]
pub struct Notification {
    /// The server's id.
    pub id: u32,
    /// The notification that it took the place of.
    pub replaces: Option<u32>,
    /// The line in bold.
    pub summary: String,
    /// The text below, as sent (with escapes).
    pub body: String,
    /// Actions: key and label.
    pub actions: Vec<(String, String)>,
    /// When it was asked for.
    pub at: u128,
    /// The server that gave the id.
    server: String,
    /// When its closing was asked for.
    to_close: Option<u128>,
    /// When it was closed, if it was: at the time when that was asked for.
    pub closed: Option<u128>,
}

/// A running notification server.
#[derive(Debug)]
pub struct Notifications {
    server: Process,
    control: Command,
    choice: PathBuf,
}

impl Notifications {
    /// Starts it with the person's environment.
    ///
    /// # Panics
    /// If it does not take its name on the bus.
    pub async fn start(
        mut server: Command,
        control: Command,
        dir: &Path,
        logs: &Path,
        session: &Bus,
    ) -> Notifications {
        let (menu, choice) = (dir.join("menu.sh"), dir.join("menu.choice"));
        write_menu(&menu, &choice);
        let settings = dir.join("dunstrc");
        let text = format!("[global]\n dmenu = {}\n markup = full\n", menu.display());
        std::fs::write(&settings, text).expect("dunstrc");
        let mut server =
            Process::start_quiet("notifications", server.arg("-config").arg(&settings), logs);
        server.wait_until("its name on the bus", async || session.has_owner(NAME).await).await;
        Notifications { server, control, choice }
    }

    /// The server's process id.
    #[must_use]
    pub fn id(&self) -> u32 {
        self.server.id()
    }

    /// Kills it.
    pub fn kill(&mut self) {
        self.server.kill();
    }

    /// Presses an action of a notification that is on the screen, as the person would in the
    /// server's menu.
    ///
    /// # Panics
    /// If the menu cannot be opened.
    pub fn press(&mut self, notification: &Notification, action: &str) {
        std::fs::write(&self.choice, format!("[{},{action}]", notification.id)).expect("choice");
        let done = self.control.arg("context").stdin(Stdio::null()).output().expect("dunstctl");
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    }
}

/// Everything shown in this story so far, in order of time.
#[must_use]
pub fn shown(session: &Bus) -> Vec<Notification> {
    read_off(session).0
}

/// Everything shown so far, and how many are asked for that the server has not answered yet.
fn read_off(session: &Bus) -> (Vec<Notification>, usize) {
    let mut asked: HashMap<(String, u32), Notification> = HashMap::new();
    let mut shown: Vec<Notification> = Vec::new();
    for seen in session.seen() {
        let header = seen.message.header();
        let member = header.member().map(|member| member.as_str().to_owned());
        let sender = header.sender().map(ToString::to_string).unwrap_or_default();
        match (seen.message.message_type(), member.as_deref()) {
            (Type::MethodCall, Some("Notify")) => {
                if let Some(notification) = read(&seen) {
                    asked.insert((sender, header.primary().serial_num().get()), notification);
                }
            }
            (Type::MethodReturn | Type::Error, _) => {
                let to = header.destination().map(ToString::to_string).unwrap_or_default();
                let call = header.reply_serial().map(std::num::NonZeroU32::get);
                let known = call.and_then(|serial| asked.remove(&(to, serial)));
                if let (Some(mut notification), Ok(id)) = (known, seen.message.body().deserialize())
                {
                    (notification.id, notification.server) = (id, sender);
                    shown.push(notification);
                }
            }
            (Type::MethodCall, Some("CloseNotification")) => {
                let Ok(id) = seen.message.body().deserialize::<u32>() else { continue };
                let last = shown.iter_mut().rev().find(|one| one.id == id);
                if let Some(one) = last.filter(|one| one.closed.is_none()) {
                    one.to_close.get_or_insert(seen.at);
                }
            }
            (Type::Signal, Some("NotificationClosed")) => {
                let Ok((id, _reason)) = seen.message.body().deserialize::<(u32, u32)>() else {
                    continue;
                };
                // Anybody can say so; only the server knows.
                let named = |one: &&mut Notification| one.id == id && one.server == sender;
                if let Some(one) = shown.iter_mut().rev().find(named) {
                    one.closed.get_or_insert(one.to_close.unwrap_or(seen.at));
                }
            }
            _ => {}
        }
    }
    (shown, asked.len())
}

impl Bus {
    /// Waits until a notification whose summary or body holds `text` is shown.
    pub async fn wait_for_notification(&self, text: &str) -> Notification {
        let what = format!("a notification with {text:?}");
        wait_until(
            &what,
            || format!("shown so far: {:#?}", shown(self)),
            || {
                shown(self)
                    .into_iter()
                    .rev()
                    .find(|one| one.summary.contains(text) || one.body.contains(text))
            },
        )
        .await
    }

    /// Waits until this notification is closed.
    pub async fn wait_for_close(&self, notification: &Notification) {
        let what = format!("notification {} to be closed", notification.id);
        wait_until(
            &what,
            || format!("shown so far: {:#?}", shown(self)),
            || {
                shown(self)
                    .into_iter()
                    .find(|one| one.id == notification.id && one.closed.is_some())
            },
        )
        .await;
    }

    /// Waits until nothing is shown any more, nor about to be.
    pub async fn wait_for_empty_screen(&self) {
        let empty = || {
            let (shown, awaited) = read_off(self);
            (awaited == 0 && shown.iter().all(|one| one.closed.is_some())).then_some(())
        };
        let seen = || format!("shown so far: {:#?}", read_off(self));
        wait_until("all notifications to be closed", seen, empty).await;
    }

    /// Waits until `count` notifications that can be answered have been shown.
    pub async fn wait_for_questions(&self, count: usize) {
        let what = format!("notification {count} with buttons");
        let seen = || format!("shown so far: {:#?}", shown(self));
        wait_until(&what, seen, || (questions(self) >= count).then_some(())).await;
    }
}

/// How many notifications that can be answered have been shown so far.
#[must_use]
pub fn questions(session: &Bus) -> usize {
    shown(session).iter().filter(|one| !one.actions.is_empty()).count()
}

/// Writes what was shown, and what was closed by Sayso, into the transcript.
pub(super) fn tell(session: &Bus, transcript: &Transcript) {
    for one in shown(session) {
        let verb = if one.replaces.is_some() { "replaced by" } else { "notification" };
        let body = if one.body.is_empty() { String::new() } else { format!(": {}", one.body) };
        let labels: Vec<_> = one.actions.iter().map(|(_, label)| label.as_str()).collect();
        let buttons =
            if labels.is_empty() { String::new() } else { format!(" [{}]", labels.join("] [")) };
        let text = format!("shown: {verb} \"{}\"{body}{buttons}", one.summary);
        transcript.note_at(one.at, Channel::Shown, text);
        if let Some(at) = one.closed {
            let text = format!("closed: notification \"{}\"", one.summary);
            transcript.note_at(at, Channel::Shown, text);
        }
    }
}

type Notify = (String, u32, String, String, String, Vec<String>, HashMap<String, OwnedValue>, i32);

fn read(seen: &Seen) -> Option<Notification> {
    let (_, replaces, _, summary, body, actions, _, _) =
        seen.message.body().deserialize::<Notify>().ok()?;
    let actions = actions.chunks_exact(2).map(|pair| (pair[0].clone(), pair[1].clone())).collect();
    let replaces = (replaces != 0).then_some(replaces);
    Some(Notification {
        id: 0,
        replaces,
        summary,
        body,
        actions,
        at: seen.at,
        server: String::new(),
        to_close: None,
        closed: None,
    })
}

/// dunst hands all actions on the screen to this menu, one a line, as
/// `#Deny (Sayso: 1 waiting) [4,deny]`, and takes the line that it prints.
fn write_menu(menu: &Path, choice: &Path) {
    use std::os::unix::fs::PermissionsExt;
    let script = format!("#!/bin/sh\ngrep -F -m 1 -- \"$(cat '{}')\"\n", choice.display());
    std::fs::write(menu, script).expect("menu");
    std::fs::set_permissions(menu, std::fs::Permissions::from_mode(0o755)).expect("menu");
}
