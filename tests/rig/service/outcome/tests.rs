use ed25519_dalek::{Signer, SigningKey};
use serde_json::json;

use super::*;

const BROKER: &str = "http://broker";

struct Signed {
    key: SigningKey,
    header: Value,
    claims: Value,
}

impl Signed {
    fn good() -> Signed {
        Signed {
            key: SigningKey::from_bytes(&[7; 32]),
            header: json!({"alg": "EdDSA", "typ": "sayso-outcome+jwt", "kid": "k"}),
            claims: json!({"iss": BROKER, "aud": "s", "exp": 1000, "verdict": "approve"}),
        }
    }

    fn jws(&self) -> String {
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let signed = format!("{}.{}", part(&self.header), part(&self.claims));
        let signature = URL_SAFE_NO_PAD.encode(self.key.sign(signed.as_bytes()).to_bytes());
        format!("{signed}.{signature}")
    }

    fn verified(&self) -> anyhow::Result<Value> {
        let x = URL_SAFE_NO_PAD.encode(SigningKey::from_bytes(&[7; 32]).verifying_key().as_bytes());
        verify(&self.jws(), &json!({"keys": [{"kid": "k", "x": x}]}), BROKER, 999)
    }
}

#[test]
fn a_good_outcome_counts() {
    assert_eq!(Signed::good().verified().unwrap()["verdict"], "approve");
}

#[test]
fn a_wrong_outcome_does_not_count() {
    let mut foreign_key = Signed::good();
    foreign_key.key = SigningKey::from_bytes(&[8; 32]);
    let mut expired = Signed::good();
    expired.claims["exp"] = json!(999);
    let mut foreign = Signed::good();
    foreign.claims["iss"] = json!("http://other");
    let mut typ = Signed::good();
    typ.header["typ"] = json!("sayso-request+jwt");
    let mut alg = Signed::good();
    alg.header["alg"] = json!("none");
    for wrong in [foreign_key, expired, foreign, typ, alg] {
        assert!(wrong.verified().is_err(), "{} {}", wrong.header, wrong.claims);
    }
}
