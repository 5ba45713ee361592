//! One yes or no that some program on a bus keeps: asked of whoever has its name, and heard again
//! when it changes or the name changes hands. Nothing is ever started for it.

use std::time::Duration;

use futures_util::stream::StreamExt;
use zbus::fdo::DBusProxy;
use zbus::message::Type;
use zbus::names::UniqueName;
use zbus::zvariant::{DynamicDeserialize, DynamicType, OwnedValue};
use zbus::{Connection, MatchRule, Message, MessageStream};

/// A program that has not answered in this time hangs.
const TIME_LIMIT: Duration = Duration::from_secs(2);

/// Where the answer is, and how it is told.
#[derive(Debug, Clone)]
pub(super) struct Place {
    pub(super) name: &'static str,
    pub(super) path: String,
    pub(super) interface: &'static str,
    pub(super) told: Told,
}

/// How a program tells its yes or no.
#[derive(Debug, Clone, Copy)]
pub(super) enum Told {
    /// A property, and `PropertiesChanged`.
    Property(&'static str),
    /// A method without arguments, and a signal with the new answer.
    Call { method: &'static str, signal: &'static str },
}

/// Tells `out` the answer each time there may be a new one, until the bus is gone: `None` while
/// nobody has the name, or its owner does not answer. Only the owner is believed.
pub(super) async fn watch(
    bus: &Connection,
    place: &Place,
    mut out: impl FnMut(Option<bool>),
) -> zbus::Result<()> {
    let daemon = DBusProxy::new(bus).await?;
    let mut owners = daemon.receive_name_owner_changed_with_args(&[(0, place.name)]).await?;
    let mut signals = MessageStream::for_match_rule(place.rule()?, bus, None).await?;
    let first = daemon.get_name_owner(place.name.try_into()?).await.ok();
    let mut owner = first.map(|name| name.to_string());
    out(place.ask(bus, owner.as_deref()).await);
    loop {
        tokio::select! {
            biased;
            changed = owners.next() => {
                let Some(changed) = changed else { return Ok(()) };
                owner = changed.args()?.new_owner().as_ref().map(ToString::to_string);
                out(place.ask(bus, owner.as_deref()).await);
            }
            message = signals.next() => {
                let Some(message) = message.transpose()? else { return Ok(()) };
                if message.header().sender().map(UniqueName::as_str) != owner.as_deref() {
                    continue;
                }
                match place.news(&message) {
                    Some(answer) => out(Some(answer)),
                    None => out(place.ask(bus, owner.as_deref()).await),
                }
            }
        }
    }
}

impl Place {
    fn rule(&self) -> zbus::Result<MatchRule<'_>> {
        let rule = MatchRule::builder().msg_type(Type::Signal).sender(self.name)?;
        let rule = match self.told {
            // No path: one screensaver is asked at one path and signals from another.
            Told::Call { signal, .. } => rule.interface(self.interface)?.member(signal)?,
            Told::Property(_) => rule
                .interface("org.freedesktop.DBus.Properties")?
                .member("PropertiesChanged")?
                .path(self.path.as_str())?
                .add_arg(self.interface)?,
        };
        Ok(rule.build())
    }

    /// The answer that a signal carries; `None` if it has to be asked for.
    fn news(&self, message: &Message) -> Option<bool> {
        match self.told {
            Told::Call { .. } => message.body().deserialize().ok(),
            Told::Property(_) => None,
        }
    }

    /// Asks the owner itself, so that the bus has nothing to start.
    async fn ask(&self, bus: &Connection, owner: Option<&str>) -> Option<bool> {
        let owner = owner?;
        let path = self.path.as_str();
        let reply = match self.told {
            Told::Call { method, .. } => {
                answer_of(bus, owner, path, self.interface, method, &()).await
            }
            Told::Property(property) => property_of(bus, owner, path, self.interface, property)
                .await
                .and_then(|value| bool::try_from(value).ok()),
        };
        if reply.is_none() {
            tracing::debug!(name = self.name, "no answer");
        }
        reply
    }
}

/// One property of one object, if it is there and answered for in time.
pub(super) async fn property_of(
    bus: &Connection,
    owner: &str,
    path: &str,
    interface: &str,
    property: &str,
) -> Option<OwnedValue> {
    let properties = "org.freedesktop.DBus.Properties";
    answer_of(bus, owner, path, properties, "Get", &(interface, property)).await
}

/// The answer to one call, if it comes in time and is of the type that is wanted.
pub(super) async fn answer_of<B, A>(
    bus: &Connection,
    owner: &str,
    path: &str,
    interface: &str,
    method: &str,
    body: &B,
) -> Option<A>
where
    B: serde::Serialize + DynamicType + Sync,
    A: for<'a> DynamicDeserialize<'a>,
{
    let call = bus.call_method(Some(owner), path, Some(interface), method, body);
    tokio::time::timeout(TIME_LIMIT, call).await.ok()?.ok()?.body().deserialize().ok()
}
