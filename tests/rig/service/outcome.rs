//! An outcome, verified as a service must, without a line of Sayso's own code.

use anyhow::{Context, bail, ensure};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ed25519_dalek::{Signature, VerifyingKey};
use serde_json::Value;

/// Verifies with the broker's published keys at a time in seconds since 1970.
pub(super) fn verify(outcome: &str, keys: &Value, broker: &str, now: i64) -> anyhow::Result<Value> {
    let parts: Vec<_> = outcome.split('.').collect();
    let [header, payload, signature] = parts[..] else { bail!("not three parts") };
    let read = |part: &str| -> anyhow::Result<Value> {
        Ok(serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part)?)?)
    };
    let head = read(header)?;
    ensure!(head["alg"] == "EdDSA", "another algorithm");
    ensure!(head["typ"] == "sayso-outcome+jwt", "another type");
    let known = keys["keys"].as_array().context("no keys")?;
    let key = known.iter().find(|key| key["kid"] == head["kid"]).context("an unknown key")?;
    let x = URL_SAFE_NO_PAD.decode(key["x"].as_str().context("no x")?)?;
    let key = VerifyingKey::from_bytes(x.as_slice().try_into()?)?;
    let signature = Signature::from_slice(&URL_SAFE_NO_PAD.decode(signature)?)?;
    let signed = format!("{header}.{payload}");
    key.verify_strict(signed.as_bytes(), &signature).context("a wrong signature")?;
    let claims = read(payload)?;
    ensure!(claims["iss"] == broker, "another broker's");
    ensure!(claims["exp"].as_i64().context("no exp")? > now, "expired");
    Ok(claims)
}

/// What it says, in a line.
pub(super) fn describe(claims: &Value) -> String {
    let text = |name: &str| claims[name].as_str().unwrap_or("nothing").to_owned();
    let verification = claims["verification"]["method"].as_str().unwrap_or("nothing").to_owned();
    format!(
        "{} for {}, bound by {}, verified by {verification}",
        text("verdict"),
        text("account"),
        text("binding")
    )
}

#[cfg(test)]
mod tests;
