//! The notification server on the bus: its calls, its signals, and who it is at the moment.

use std::future::Future;

use futures_util::stream::{BoxStream, StreamExt, select};
use notify_rust::{Hint, Notification, Timeout};
use zbus::fdo::DBusProxy;
use zbus::message::{Flags, Type};
use zbus::names::OwnedUniqueName;
use zbus::{Connection, MatchRule, Message, MessageStream};

use super::{Action, Urgency};

const NAME: &str = "org.freedesktop.Notifications";
const PATH: &str = "/org/freedesktop/Notifications";
/// The desktop entry that Sayso installs, by which desktops group and name notifications.
const DESKTOP_ENTRY: &str = "org.sayso.Sayso";
/// Longer text than this is cut: some servers hang on it.
const TEXT_CAP: usize = 1_000;

/// A notification that a server shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Shown {
    pub(super) id: u32,
    /// The server that gave the id; for any other it means nothing.
    pub(super) owner: String,
}

/// Why one is not shown.
#[derive(Debug, thiserror::Error)]
pub(super) enum Failed {
    #[error("the notification server did not answer in time")]
    Late,
    #[error("it was to be closed")]
    Closed,
    #[error("the notification server refused")]
    Refused(#[from] zbus::Error),
}

/// What the server, or the bus about it, says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Heard {
    Owner(Option<String>),
    Pressed { by: String, id: u32, action: String },
    Closed { by: String, id: u32 },
}

/// All that is heard; of the owner and of the server, each in its order.
pub(super) type Signals = BoxStream<'static, Heard>;

/// The server, and the one connection that speaks with it.
pub(super) struct Server {
    connection: Connection,
    owner: Option<String>,
    /// Nobody has the name, but the bus starts somebody when it is called.
    on_demand: bool,
}

impl Server {
    /// Watches the name, and asks who has it.
    pub(super) async fn watch(connection: Connection) -> zbus::Result<(Self, Signals)> {
        let bus = DBusProxy::new(&connection).await?;
        let owners = bus.receive_name_owner_changed_with_args(&[(0, NAME)]).await?;
        let owners = owners.filter_map(|changed| async move {
            let owner = changed.args().ok()?.new_owner().as_ref().map(ToString::to_string);
            Some(Heard::Owner(owner))
        });
        let rule = MatchRule::builder()
            .msg_type(Type::Signal)
            .sender(NAME)?
            .interface(NAME)?
            .path(PATH)?
            .build();
        let signals = MessageStream::for_match_rule(rule, &connection, None).await?;
        let signals = signals.filter_map(|message| async move { signal(&message.ok()?) });
        let owner = bus.get_name_owner(NAME.try_into()?).await.ok().map(|o| o.to_string());
        let activatable = bus.list_activatable_names().await.unwrap_or_default();
        let on_demand = activatable.iter().any(|name| name.as_str() == NAME);
        let heard = select(owners, signals).boxed();
        Ok((Self { connection, owner, on_demand }, heard))
    }

    /// Which bus this is: each that is started has a name of its own.
    pub(super) fn bus(&self) -> &str {
        self.connection.server_guid().as_str()
    }

    pub(super) fn is_there(&self) -> bool {
        self.owner.is_some() || self.on_demand
    }

    pub(super) fn is_of_owner(&self, shown: &Shown) -> bool {
        self.owner.as_ref() == Some(&shown.owner)
    }

    /// Takes note of the owner; true if that is news.
    pub(super) fn owned_by(&mut self, owner: Option<String>) -> bool {
        std::mem::replace(&mut self.owner, owner) != self.owner
    }

    /// An answer can know the owner before the bus has told of it, where the call started it.
    pub(super) fn answered_by(&mut self, shown: &Shown) {
        self.owner = Some(shown.owner.clone());
    }

    /// Sends it, in the place of `replaces` if that is still this server's.
    pub(super) fn show(
        &self,
        notification: Notification,
        replaces: Option<Shown>,
    ) -> impl Future<Output = Result<Shown, Failed>> + 'static {
        let connection = self.connection.clone();
        let replaces = replaces.filter(|shown| self.is_of_owner(shown)).map_or(0, |shown| shown.id);
        async move {
            let hints: std::collections::HashMap<&str, zbus::zvariant::Value<'_>> =
                notification.hints.iter().map(Into::into).collect();
            let body = (
                &notification.appname,
                replaces,
                &notification.icon,
                &notification.summary,
                &notification.body,
                &notification.actions,
                hints,
                i32::from(notification.timeout),
            );
            let reply =
                connection.call_method(Some(NAME), PATH, Some(NAME), "Notify", &body).await?;
            let id = reply.body().deserialize()?;
            Ok(Shown { id, owner: sender(&reply).ok_or(zbus::Error::MissingField)? })
        }
    }

    /// Closes it, if it is still this server's. Waits for the bus and not for the server.
    pub(super) async fn close(&self, shown: &Shown) {
        self.closing(shown.clone()).await;
    }

    pub(super) fn closing(&self, shown: Shown) -> impl Future<Output = ()> + 'static {
        let connection = self.connection.clone();
        let ours = self.is_of_owner(&shown);
        async move {
            let Ok(owner) = OwnedUniqueName::try_from(shown.owner.as_str()) else { return };
            let message = Message::method_call(PATH, "CloseNotification")
                .and_then(|m| m.destination(owner))
                .and_then(|m| m.interface(NAME))
                .and_then(|m| m.with_flags(Flags::NoReplyExpected))
                .and_then(|m| m.with_flags(Flags::NoAutoStart))
                .and_then(|m| m.build(&shown.id));
            match message {
                Ok(message) if ours => {
                    if let Err(error) = connection.send(&message).await {
                        tracing::debug!(%error, "a notification was not closed");
                    }
                }
                _ => {}
            }
        }
    }
}

fn sender(message: &Message) -> Option<String> {
    message.header().sender().map(ToString::to_string)
}

fn signal(message: &Message) -> Option<Heard> {
    let by = sender(message)?;
    match message.header().member()?.as_str() {
        "ActionInvoked" => {
            let (id, action) = message.body().deserialize().ok()?;
            Some(Heard::Pressed { by, id, action })
        }
        "NotificationClosed" => {
            let (id, _reason): (u32, u32) = message.body().deserialize().ok()?;
            Some(Heard::Closed { by, id })
        }
        _ => None,
    }
}

/// What is shown, as `notify-rust` has it: it stays until it is answered or closed, and a button
/// pressed does not take it away.
pub(super) fn notification(
    summary: &str,
    body: &str,
    actions: &[(Action, String)],
    urgent: Urgency,
) -> Notification {
    let mut notification = Notification::new();
    notification
        .appname("Sayso")
        .summary(&plain(summary))
        .body(&escaped(&plain(body)))
        .timeout(Timeout::Never)
        .hint(Hint::DesktopEntry(DESKTOP_ENTRY.into()))
        .hint(Hint::Resident(true))
        .urgency(match urgent {
            Urgency::Low => notify_rust::Urgency::Low,
            Urgency::Normal => notify_rust::Urgency::Normal,
            Urgency::Critical => notify_rust::Urgency::Critical,
        });
    for (action, label) in actions {
        notification.action(action.word(), &plain(label));
    }
    notification
}

/// Without control characters (D-Bus takes no NUL), and not endless.
fn plain(text: &str) -> String {
    text.chars().filter(|c| *c == '\n' || !c.is_control()).take(TEXT_CAP).collect()
}

/// As servers that know markup must be given text, and the others can be.
fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            c => safe.push(c),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_body_is_escaped_and_the_summary_is_not() {
        let shown = notification("<b>A & B</b>", "<a href=\"x\">'&'</a>\0\u{7}", &[], Urgency::Low);
        assert_eq!(shown.summary, "<b>A & B</b>");
        assert_eq!(shown.body, "&lt;a href=&quot;x&quot;&gt;&#39;&amp;&#39;&lt;/a&gt;");
    }

    #[test]
    fn there_is_no_default_action() {
        let actions = [(Action::Answer, "Answer".into()), (Action::Deny, "Deny".into())];
        let shown = notification("s", "b", &actions, Urgency::Normal);
        assert_eq!(shown.actions, ["answer", "Answer", "deny", "Deny"]);
    }

    #[test]
    fn ten_thousand_characters_are_cut() {
        let long = "&".repeat(10_000);
        let shown = notification(&long, &long, &[], Urgency::Normal);
        assert_eq!(shown.summary.chars().count(), TEXT_CAP);
        assert_eq!(shown.body.len(), TEXT_CAP * "&amp;".len());
    }
}
