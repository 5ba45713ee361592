//! The calls and the types on the wire as one document.

use std::collections::{BTreeMap, BTreeSet};

use sayso_broker::error;
use sayso_protocol::{
    binding, change, decision, enrolment, link, practice, problem, request, rotation, service,
    time, webhook,
};
use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, SchemaGenerator};
use serde_json::{Map, Value, json};

use crate::sources::{self, Call, Caller, Parameter};

/// What is said of all calls.
const WORDS: &str = "Between services, brokers and approvers. What is said where, and what is signed, \
    is told in docs/protocol.md and docs/services.md. Times are whole seconds since 1970-01-01T00:00:00Z, \
    in the broker's time. A body has at most 65536 bytes and comes within ten seconds. A refusal is \
    application/problem+json (RFC 9457); programs go by its type alone.";

fn of<T: JsonSchema>(generator: &mut SchemaGenerator) {
    generator.subschema_for::<T>();
}

/// Every type that a body or an answer can be, by its name.
fn types(generator: &mut SchemaGenerator) -> BTreeSet<&'static str> {
    let mut names = BTreeSet::new();
    let mut all =
        |name: &'static str, generator: &mut SchemaGenerator, of: fn(&mut SchemaGenerator)| {
            of(generator);
            names.insert(name);
        };
    all("Ask", generator, of::<service::Ask>);
    all("AskAnswer", generator, of::<service::AskAnswer>);
    all("RequestAnswer", generator, of::<service::RequestAnswer>);
    all("CollectCall", generator, of::<service::CollectCall>);
    all("Collected", generator, of::<service::Collected>);
    all("EnrolmentCall", generator, of::<enrolment::EnrolmentCall>);
    all("Enrolled", generator, of::<enrolment::Enrolled>);
    all("KeySet", generator, of::<rotation::KeySet>);
    all("BindingCall", generator, of::<binding::BindingCall>);
    all("Bound", generator, of::<binding::Bound>);
    all("DecisionCall", generator, of::<decision::DecisionCall>);
    all("DecisionAnswer", generator, of::<decision::DecisionAnswer>);
    all("ChangeCall", generator, of::<change::ChangeCall>);
    all("ChangeAnswer", generator, of::<change::ChangeAnswer>);
    all("Changes", generator, of::<change::Changes>);
    all("Approvers", generator, of::<change::Approvers>);
    all("MoreTimeAnswer", generator, of::<request::MoreTimeAnswer>);
    all("PracticeCall", generator, of::<practice::PracticeCall>);
    all("PracticeAnswer", generator, of::<practice::PracticeAnswer>);
    all("Event", generator, of::<webhook::Event>);
    all("TimeAnswer", generator, of::<time::TimeAnswer>);
    all("Problem", generator, of::<problem::Problem>);
    all("FromBroker", generator, of::<link::FromBroker>);
    all("Inbox", generator, of::<link::Inbox>);
    all("DeviceCall", generator, of::<link::DeviceCall>);
    names
}

/// The short names of all types of problems.
pub(crate) fn problems() -> Vec<String> {
    let schema = serde_json::to_value(schemars::schema_for!(problem::ProblemType)).expect("JSON");
    let kinds = schema["oneOf"].as_array().expect("each type by itself");
    let slug = |kind: &Value| kind["const"].as_str()?.strip_prefix("/problems/").map(str::to_owned);
    kinds.iter().filter_map(slug).collect()
}

/// The whole document.
pub(crate) fn describe(calls: &[Call]) -> Value {
    let mut settings = SchemaSettings::draft2020_12();
    settings.definitions_path = "/components/schemas".into();
    settings.meta_schema = None;
    let mut generator = settings.into_generator();
    let types = types(&mut generator);
    let mut paths: BTreeMap<&str, Map<String, Value>> = BTreeMap::new();
    for call in calls {
        for of in call.body.iter().chain(&call.answer) {
            assert!(types.contains(of.as_str()), "{of} is missing in tests/openapi/document.rs");
        }
        paths.entry(&call.path).or_default().insert(call.method.to_lowercase(), operation(call));
    }
    tidy(json!({
        "openapi": "3.1.1",
        "info": {
            "title": "Sayso broker",
            "version": env!("CARGO_PKG_VERSION"),
            "description": WORDS,
            "license": { "name": "MIT OR Apache-2.0", "identifier": "MIT OR Apache-2.0" },
        },
        "paths": paths,
        "webhooks": webhooks(),
        "components": {
            "schemas": generator.take_definitions(true),
            "securitySchemes": callers(),
        },
    }))
}

/// What a service is told unasked, by type.
fn webhooks() -> Map<String, Value> {
    let schema = serde_json::to_value(schemars::schema_for!(webhook::EventType)).expect("JSON");
    let kinds = schema["oneOf"].as_array().expect("each type by itself");
    let header = |name: &str, words: &str, kind: &str| {
        json!({
            "name": name, "in": "header", "required": true, "description": words,
            "schema": { "type": kind },
        })
    };
    let parameters = [
        header(webhook::ID, "The event's id: the same however often it is sent.", "string"),
        header(webhook::TIMESTAMP, "When it is sent, in seconds since 1970.", "integer"),
        header(webhook::SIGNATURE, "`v1a,` and the base64 of the Ed25519 signature.", "string"),
    ];
    let told = |kind: &Value| {
        let call = json!({
            "summary": kind["description"],
            "tags": ["services"],
            "parameters": parameters,
            "requestBody": { "required": true, "content": content("application/json", "Event") },
            "responses": {
                "2XX": { "description": "Taken. It is not sent again." },
                "410": { "description": "Gone. Nothing is sent there any more." },
                "default": { "description": "Not taken. It is sent again." },
            },
        });
        (kind["const"].as_str().expect("a name").to_owned(), json!({ "post": call }))
    };
    kinds.iter().map(told).collect()
}

fn callers() -> Value {
    json!({
        "service": {
            "type": "http",
            "scheme": "bearer",
            "description": "A service's API key, as `sayso-broker service add` printed it.",
        },
        "approver": {
            "type": "http",
            "scheme": "bearer",
            "bearerFormat": "sayso-device+jwt",
            "description": "A signed DeviceCall, made for this call alone. It lives 60 seconds.",
        },
        "holder": {
            "type": "apiKey",
            "in": "cookie",
            "name": "__Host-sayso",
            "description": "The browser that opened a login page first. The cookie is called sayso \
                where the broker is reached by plain http on its own computer.",
        },
    })
}

fn operation(call: &Call) -> Value {
    let mut operation = json!({
        "summary": call.words,
        "parameters": parameters(call),
        "responses": responses(call),
        "tags": [match call.caller {
            Caller::Service => "services",
            Caller::Approver => "approvers",
            Caller::Holder => "browsers",
            Caller::Anyone if call.body.is_some() => "approvers",
            Caller::Anyone => "anyone",
        }],
    });
    let security = match call.caller {
        Caller::Service => Some("service"),
        Caller::Approver => Some("approver"),
        Caller::Holder => Some("holder"),
        Caller::Anyone => None,
    };
    if let Some(scheme) = security {
        operation["security"] = json!([{ scheme: [] }]);
    }
    if let Some(body) = &call.body {
        operation["requestBody"] =
            json!({ "required": true, "content": content("application/json", body) });
    }
    operation
}

fn content(media: &str, of: &str) -> Value {
    json!({ media: { "schema": { "$ref": format!("#/components/schemas/{of}") } } })
}

fn parameters(call: &Call) -> Vec<Value> {
    let in_path = call.path.split('{').skip(1).filter_map(|part| part.split_once('}'));
    let in_path = in_path.map(|(name, _)| {
        let (words, schema) = match name {
            "id" => ("The request's id.", json!({ "type": "string", "format": "uuid" })),
            "page" => ("The login page's 128 random bits.", token()),
            "finish" => ("The finish address's 128 random bits.", token()),
            "topic" => ("A page of the guide.", json!({ "type": "string" })),
            "language" => ("A language tag (BCP 47): en or da.", json!({ "type": "string" })),
            other => panic!("tests/openapi/document.rs does not say what {{{other}}} is"),
        };
        json!({ "name": name, "in": "path", "required": true, "description": words, "schema": schema })
    });
    let in_query = call.query.iter().map(|Parameter { name, words, is_number, is_required }| {
        let schema = json!({ "type": if *is_number { "integer" } else { "string" } });
        json!({
            "name": name, "in": "query", "required": is_required, "description": words,
            "schema": schema,
        })
    });
    in_path.chain(in_query).collect()
}

fn token() -> Value {
    json!({ "$ref": "#/components/schemas/Token" })
}

fn responses(call: &Call) -> Value {
    let mut responses = Map::new();
    let mut done = json!({ "description": call.words });
    if let Some(answer) = &call.answer {
        done["content"] = content("application/json", answer);
    }
    responses.insert(call.status.to_string(), done);
    let mut refusals: BTreeMap<u16, Vec<(String, String)>> = BTreeMap::new();
    for slug in &call.refusals {
        let kind = sources::problem(slug).expect("a type of problem");
        let problem = error::problem(kind);
        let words = format!("{}. {}", problem.title, problem.detail);
        refusals.entry(problem.status).or_default().push((format!("/problems/{slug}"), words));
    }
    for (status, problems) in refusals {
        let words: Vec<String> =
            problems.iter().map(|(kind, words)| format!("`{kind}`: {words}")).collect();
        let kinds: Vec<&String> = problems.iter().map(|(kind, _)| kind).collect();
        let schema = json!({
            "allOf": [{ "$ref": "#/components/schemas/Problem" }],
            "properties": { "type": { "enum": kinds } },
        });
        responses.insert(
            status.to_string(),
            json!({
                "description": words.join("\n\n"),
                "content": { problem::MEDIA_TYPE: { "schema": schema } },
            }),
        );
    }
    responses.into()
}

/// Names in order, whatever order a map was built to keep, and text without line ends and brackets of Rust's own.
fn tidy(value: Value) -> Value {
    match value {
        Value::Object(map) => {
            let sorted: BTreeMap<String, Value> =
                map.into_iter().map(|(name, value)| (name, tidy(value))).collect();
            sorted.into_iter().collect::<Map<_, _>>().into()
        }
        Value::Array(values) => values.into_iter().map(tidy).collect(),
        Value::String(text) => {
            let paragraphs: Vec<String> =
                text.split("\n\n").map(|lines| without_links(&lines.replace('\n', " "))).collect();
            paragraphs.join("\n\n").into()
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => value,
    }
}

/// "[`Name`](path)" and "[`Name`]" as "`Name`".
fn without_links(text: &str) -> String {
    let mut tidied = String::new();
    let mut rest = text;
    while let Some((before, link)) = rest.split_once("[`") {
        let (name, after) = link.split_once("`]").expect("a link ends");
        tidied.push_str(before);
        tidied.extend(["`", name, "`"]);
        rest = after
            .strip_prefix('(')
            .map_or(after, |path| path.split_once(')').map_or("", |two| two.1));
    }
    tidied + rest
}
