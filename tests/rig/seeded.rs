//! A broker with many accounts. One approver registers as approvers do; the rows of all others are
//! copies of its own, since an activation code costs a password hash each, on purpose.

use crate::approver::Approver;
use crate::broker::Broker;
use crate::clock;
use crate::desktop::Desktop;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rusqlite::Connection;
use sayso_protocol::signature::{Claims, Envelope, SecretKey};
use sayso_protocol::time::UnixTime;
use std::net::Ipv4Addr;

/// Where no browser ever goes back to.
pub const RETURN_URL: &str = "http://127.0.0.1:9/return";
/// The account whose rows are copied.
const FIRST: &str = "person";
/// How long signed messages live, in seconds.
const LIFE: i64 = 60;

/// An approver.
#[derive(Debug, Clone)]
pub struct Keys {
    /// Its account.
    pub account: String,
    /// From where it and its person's browser come: a network of their own.
    pub home: Ipv4Addr,
    /// Its approver key.
    pub approver: SecretKey,
    /// Its link key.
    pub link: SecretKey,
}

impl Keys {
    fn of(number: u32) -> Keys {
        let mut rng = rand::rng();
        let (approver, link) = (SecretKey::generate(&mut rng), SecretKey::generate(&mut rng));
        Keys { account: format!("person-{number}"), home: home(number), approver, link }
    }

    /// Claims of this approver that count now at the broker of this address.
    #[must_use]
    pub fn envelope<C: Claims>(&self, origin: &str, claims: C) -> Envelope<C> {
        let now = clock::seconds();
        Envelope {
            iss: self.approver.public().thumbprint(),
            aud: origin.to_owned(),
            iat: UnixTime(now),
            exp: UnixTime(now + LIFE),
            jti: URL_SAFE_NO_PAD.encode(rand::random::<[u8; 16]>()),
            claims,
        }
    }
}

/// The address of this person's home: all of 127.0.0.0/8 is this machine.
#[must_use]
pub fn home(number: u32) -> Ipv4Addr {
    Ipv4Addr::from_bits(Ipv4Addr::new(127, 1, 0, 1).to_bits() + number)
}

/// A broker, a service and approvers.
#[derive(Debug)]
pub struct Seeded {
    /// The broker, running.
    pub broker: Broker,
    /// The service's key.
    pub api_key: String,
    /// One approver for each account.
    pub approvers: Vec<Keys>,
}

impl Seeded {
    /// Starts a broker with so many accounts; its environment is this and no other.
    ///
    /// # Panics
    /// If it does not start, or its store cannot be written.
    pub async fn start(
        desktop: &Desktop,
        name: &str,
        env: &[(&str, &str)],
        count: usize,
    ) -> Seeded {
        let mut broker = Broker::start_measured(desktop, name, env).await;
        let api_key = broker.add_service("Example Bank", RETURN_URL).await;
        broker.add_account(FIRST).await;
        Approver::register(&broker, FIRST).await;
        broker.stop().await;
        let count = u32::try_from(count).expect("not that many");
        let approvers: Vec<Keys> = (0..count).map(Keys::of).collect();
        copy(&broker, &approvers).expect("copies of rows");
        broker.start_again().await;
        Seeded { broker, api_key, approvers }
    }

    /// The database.
    #[must_use]
    pub fn database(&self) -> std::path::PathBuf {
        self.broker.database()
    }
}

fn copy(broker: &Broker, approvers: &[Keys]) -> rusqlite::Result<()> {
    let mut store = Connection::open(broker.database())?;
    let tx = store.transaction()?;
    tx.execute_batch(
        "CREATE TEMP TABLE an_account AS SELECT * FROM accounts;
         CREATE TEMP TABLE an_approver AS SELECT * FROM approvers;",
    )?;
    let json = |key: &SecretKey| serde_json::to_string(&key.public()).unwrap_or_default();
    for keys in approvers {
        tx.prepare_cached("UPDATE an_account SET name = ?1")?.execute([&keys.account])?;
        tx.prepare_cached("INSERT INTO accounts SELECT * FROM an_account")?.execute([])?;
        tx.prepare_cached(
            "UPDATE an_approver
             SET id = ?1, account = ?2, jwk = ?3, link_jwk = ?4, link_kid = ?5",
        )?
        .execute((
            keys.approver.public().thumbprint(),
            &keys.account,
            json(&keys.approver),
            json(&keys.link),
            keys.link.public().thumbprint(),
        ))?;
        tx.prepare_cached("INSERT INTO approvers SELECT * FROM an_approver")?.execute([])?;
    }
    tx.commit()
}
