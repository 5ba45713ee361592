//! The committed D-Bus descriptions are what the doors really answer. `UPDATE=1` writes them anew.

use std::path::Path;

use sayso_protocol::bus::{NAME, PATH};
use zbus::Connection;
use zbus::fdo::IntrospectableProxy;

use super::bus::{Bus, open, wait_for_name};
use super::{connect, serve, within};

async fn describe(connection: &Connection) -> String {
    let builder = IntrospectableProxy::builder(connection).destination(NAME).unwrap();
    let proxy = builder.path(PATH).unwrap().build().await.unwrap();
    within(proxy.introspect()).await.unwrap()
}

fn compare(file: &str, described: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(file);
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&path, described).unwrap();
    }
    let committed = std::fs::read_to_string(&path).unwrap();
    assert!(committed == described, "{file} is not what the door answers: run with UPDATE=1");
}

#[tokio::test]
async fn the_description_of_the_private_socket_is_committed() {
    let served = serve();
    let door = connect(&served.path).await.unwrap();
    let described = describe(&door).await;
    for interface in ["Requests", "Voice", "Accounts", "Changes"] {
        assert!(described.contains(&format!("\"org.sayso.Approver1.{interface}\"")));
    }
    compare("docs/dbus/org.sayso.Approver1.xml", &described);
}

#[tokio::test]
async fn the_description_of_the_session_bus_is_committed() {
    let bus = Bus::start().await;
    let _door = open(&bus).await;
    let client = bus.connect().await;
    wait_for_name(&client).await;
    let described = describe(&client).await;
    assert!(!described.contains("org.sayso.Approver1."), "no private interface");
    compare("packaging/dbus/org.sayso.Approver.xml", &described);
}
