//! The key of a service's webhook, and its signature (Standard Webhooks 1.0.0, `v1a`). Each has a key
//! of its own, made of a salt and of a secret of the store that is not in the database.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::{Signer as _, SigningKey};
use sayso_protocol::time::UnixTime;
use sayso_protocol::webhook::PUBLIC_KEY;
use uuid::Uuid;
use zeroize::Zeroizing;

use crate::store::key::BrokerKey;
use crate::store::webhooks::Endpoint;

/// The key of one service's webhook. It has no `Debug`, and is wiped on drop.
pub struct WebhookKey(SigningKey);

impl WebhookKey {
    /// The key of `endpoint` at the broker with this key.
    #[must_use]
    pub fn of(broker: &BrokerKey, endpoint: &Endpoint) -> Self {
        let salt = STANDARD.encode(&endpoint.salt);
        let secret = broker.keyed_hash(&format!("webhook {salt} {}", endpoint.service));
        Self(SigningKey::from_bytes(&Zeroizing::new(secret)))
    }

    /// Its public half, as receivers are given it.
    #[must_use]
    pub fn public(&self) -> String {
        format!("{PUBLIC_KEY}{}", STANDARD.encode(self.0.verifying_key().as_bytes()))
    }

    /// The signature of an attempt.
    #[must_use]
    pub fn sign(&self, id: Uuid, at: UnixTime, body: &str) -> String {
        let signature = self.0.sign(format!("{id}.{}.{body}", at.0).as_bytes());
        format!("v1a,{}", STANDARD.encode(signature.to_bytes()))
    }
}
