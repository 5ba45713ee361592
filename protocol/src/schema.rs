//! What is on the wire as JSON Schema (draft 2020-12), as far as a type has a form of its own. The
//! other types derive theirs, and their documentation is its description.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use crate::binding::Code;
use crate::enrolment::{AccountName, ActivationCode};
use crate::request::Currency;
use crate::rotation::ListedKey;
use crate::secret::Token;
use crate::signature::{Claims, Digest, Jws, MAX_JWS, PublicKey};
use crate::spoken::Clean;

/// A text of one form, described where it stands.
macro_rules! text {
    ($type:ty, $name:literal, $pattern:literal, $words:literal) => {
        impl JsonSchema for $type {
            fn schema_name() -> Cow<'static, str> {
                $name.into()
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!({ "type": "string", "pattern": $pattern, "description": $words })
            }
        }
    };
}

text!(
    AccountName,
    "AccountName",
    "^[a-z0-9._@+-]{1,64}$",
    "The person as one broker knows them, told apart exactly."
);
text!(Code, "Code", "^[0-9]{6}$", "Six digits.");
text!(
    ActivationCode,
    "ActivationCode",
    "^[0-9]{14}$",
    "13 random digits and a check digit (Luhn, ISO/IEC 7812-1 annex B); spaces and hyphens between \
    them are ignored."
);
text!(Digest, "Digest", "^[A-Za-z0-9_-]{43}$", "SHA-256 (FIPS 180-4) in base64url.");
text!(Currency, "Currency", "^[A-Z]{3}$", "A currency (ISO 4217).");

impl<Kind> JsonSchema for Token<Kind> {
    fn schema_name() -> Cow<'static, str> {
        "Token".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "pattern": "^[A-Za-z0-9_-]{22}$",
            "description": "128 random bits in base64url. Never to be logged.",
        })
    }
}

impl<const CAP: usize> JsonSchema for Clean<CAP> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        format!("Clean{CAP}").into()
    }

    /// A longer text is cut and not refused, so the length is one of what comes back.
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "x-kept-length": CAP,
            "x-cleaned": "control, bidirectional and invisible characters are removed",
        })
    }
}

impl JsonSchema for PublicKey {
    fn schema_name() -> Cow<'static, str> {
        "PublicKey".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "object",
            "description": "A public key (RFC 8037).",
            "properties": {
                "kty": { "const": "OKP" },
                "crv": { "const": "Ed25519" },
                "x": { "type": "string", "pattern": "^[A-Za-z0-9_-]{43}$" },
            },
            "required": ["kty", "crv", "x"],
            "additionalProperties": false,
        })
    }
}

impl JsonSchema for ListedKey {
    fn schema_name() -> Cow<'static, str> {
        "ListedKey".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "object",
            "description": "A public key (RFC 8037) with its thumbprint (RFC 7638) as its `kid`.",
            "properties": {
                "kid": { "type": "string", "pattern": "^[A-Za-z0-9_-]{43}$" },
                "kty": { "const": "OKP" },
                "crv": { "const": "Ed25519" },
                "x": { "type": "string", "pattern": "^[A-Za-z0-9_-]{43}$" },
            },
            "required": ["kid", "kty", "crv", "x"],
        })
    }
}

impl<C: Claims + JsonSchema> JsonSchema for Jws<C> {
    fn schema_name() -> Cow<'static, str> {
        format!("Signed{}", C::schema_name()).into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let claims = generator.subschema_for::<C>();
        json_schema!({
            "type": "string",
            "maxLength": MAX_JWS,
            "contentMediaType": "application/jwt",
            "contentSchema": claims,
            "description": format!(
                "JWS in compact form (RFC 7515), Ed25519 (RFC 8037), of typ {}. The claims stand beside \
                iss, aud, iat, exp and jti.",
                C::TYP
            ),
        })
    }
}
