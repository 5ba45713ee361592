//! What the sources say of the broker's routes: where each leads, in which words, and what its
//! handler takes, answers and refuses. The documentation of a handler is that of its call.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use sayso_protocol::problem::ProblemType;

/// A call that the broker takes.
pub(crate) struct Call {
    pub(crate) method: String,
    pub(crate) path: String,
    /// What it is answered with, in words.
    pub(crate) words: String,
    /// The names of the JSON types that it takes and answers with.
    pub(crate) body: Option<String>,
    pub(crate) answer: Option<String>,
    pub(crate) status: u16,
    pub(crate) caller: Caller,
    pub(crate) query: Vec<Parameter>,
    pub(crate) refusals: BTreeSet<String>,
}

/// Who may call.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Caller {
    Service,
    Approver,
    /// The browser that holds a login page.
    Holder,
    Anyone,
}

/// A name in the query.
pub(crate) struct Parameter {
    pub(crate) name: String,
    pub(crate) words: String,
    pub(crate) is_number: bool,
    pub(crate) is_required: bool,
}

/// Every route of the broker.
pub(crate) fn calls() -> Vec<Call> {
    let mut calls = routes("router.rs", "handlers");
    calls.extend(routes("page/mod.rs", "page"));
    calls
}

fn source(file: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("src").join(file);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The routes that stand in `file`, whose handlers are in files of `folder`.
fn routes(file: &str, folder: &str) -> Vec<Call> {
    let text = source(file);
    let mut calls = Vec::new();
    for route in text.lines().filter_map(|line| line.trim().strip_prefix(".route(")) {
        let (path, handlers) = route.split_once(", ").expect("a path and its handlers");
        let path = path
            .strip_prefix('"')
            .map_or_else(|| constant(path), |path| path.trim_end_matches('"').to_owned());
        for handler in handlers.trim_end_matches(')').split(").").map(|one| one.trim_matches('.')) {
            let (method, handler) = handler.split_once('(').expect("a method and its handler");
            let (module, name) = handler.rsplit_once("::").unwrap_or(("mod", handler));
            let file = PathBuf::from(folder).join(format!("{module}.rs"));
            calls.push(call(method, &path, file.to_str().expect("UTF-8"), name));
        }
    }
    assert!(!calls.is_empty(), "{file} has no routes");
    calls
}

/// A path that is named instead of written: `handlers::practice::DONE`.
fn constant(name: &str) -> String {
    let (module, name) = name.rsplit_once("::").expect("a module and a name");
    let text = source(&format!("{}.rs", module.replace("::", "/")));
    let line =
        text.lines().find_map(|line| line.strip_prefix(&format!("pub const {name}: &str = ")));
    line.expect("the path").trim_matches(['"', ';']).to_owned()
}

/// A call, from its handler.
fn call(method: &str, path: &str, file: &str, name: &str) -> Call {
    let text = source(file);
    let whence = format!("{file}, {name}");
    let at = text.find(&format!("async fn {name}(")).expect(&whence);
    let (before, from) = text.split_at(text[..at].rfind('\n').map_or(0, |end| end + 1));
    let end = from.find("\n}\n").expect(&whence);
    let handler = &from[..end];
    let signature = handler.split_once(" {\n").expect(&whence).0;

    let method = method.to_uppercase();
    let documented = documentation(before);
    let (words, errors) = documented.split_once("# Errors").unwrap_or((&documented, ""));
    let words = words.strip_prefix(&format!("`{method} {path}")).unwrap_or_else(|| {
        panic!(
            "{whence}: its documentation begins with `{method} {path}` and says what is answered"
        )
    });
    let (_, words) = words.split_once('`').expect(&whence);
    let words = words.trim_start_matches(':').trim();
    assert!(words.ends_with('.'), "{whence}: its documentation does not say what is answered");

    let body = argument(signature, "Body<");
    let mut refusals = named(errors);
    refusals.extend(implied(signature, handler).iter().map(|slug| (*slug).to_owned()));
    Call {
        caller: caller(signature, path),
        query: argument(signature, "Query<").map_or_else(Vec::new, |of| parameters(&text, &of)),
        answer: argument(signature, "Json<"),
        status: status(signature, handler, words),
        words: first_letter_large(words),
        path: path.to_owned(),
        method,
        body,
        refusals,
    }
}

/// The lines of documentation at the end of `before`, joined.
fn documentation(before: &str) -> String {
    let lines: Vec<&str> = before
        .trim_end()
        .lines()
        .rev()
        .take_while(|line| line.starts_with("///") || line.starts_with("#["))
        .filter_map(|line| line.strip_prefix("///"))
        .map(str::trim)
        .collect();
    lines.into_iter().rev().collect::<Vec<_>>().join(" ").trim().to_owned()
}

/// What stands in the angle brackets after `open`.
fn argument(signature: &str, open: &str) -> Option<String> {
    let (_, rest) = signature.split_once(open)?;
    Some(rest.split_once('>')?.0.to_owned())
}

fn caller(signature: &str, path: &str) -> Caller {
    if signature.contains("CallingService") {
        Caller::Service
    } else if signature.contains("CallingApprover") || signature.contains("CallingComputer") {
        Caller::Approver
    } else if path.starts_with("/login/") {
        Caller::Holder
    } else {
        Caller::Anyone
    }
}

/// The types of problems that stand between backticks.
fn named(errors: &str) -> BTreeSet<String> {
    let words = errors.split('`').skip(1).step_by(2).map(str::to_owned);
    words.filter(|word| problem(word).is_some()).collect()
}

/// The problem of this short name.
pub(crate) fn problem(slug: &str) -> Option<ProblemType> {
    serde_json::from_value(format!("/problems/{slug}").into()).ok()
}

/// What is refused before a handler has its say, or by what every handler of its kind does.
fn implied(signature: &str, handler: &str) -> Vec<&'static str> {
    const PROVED: [&str; 6] =
        ["unauthorized", "signature", "clock", "malformed", "approver-removed", "account-blocked"];
    let mut implied = Vec::new();
    if signature.contains("Body<") {
        implied.extend(["malformed", "too-large"]);
    }
    if signature.contains("Query<") && signature.contains(", Error>") {
        implied.push("malformed");
    }
    if signature.contains("CallingService") {
        implied.push("unauthorized");
    }
    if signature.contains("CallingComputer") || signature.contains("CallingApprover") {
        implied.extend(PROVED);
    }
    if handler.contains("approver_of(") {
        implied.extend(PROVED);
    }
    if signature.contains("CallingApprover") || handler.contains("approver_of(") {
        implied.push("approver-waits");
    }
    if handler.contains("request_id(") {
        implied.push("not-found");
    }
    if signature.contains(", Error>") {
        implied.push("unavailable");
    }
    implied
}

fn status(signature: &str, handler: &str, words: &str) -> u16 {
    let said = words.get(..3).and_then(|word| word.parse().ok());
    let created = signature.contains("(StatusCode, Json<") && handler.contains("CREATED");
    let upgraded = words.contains("a WebSocket").then_some(101);
    let led_on = (signature.contains("Redirect") || words.contains("303")).then_some(303);
    said.or(created.then_some(201)).or(upgraded).or(led_on).unwrap_or(200)
}

/// The fields of a struct of the same file, which stand in a query.
fn parameters(text: &str, of: &str) -> Vec<Parameter> {
    let from = text.find(&format!("struct {of} {{\n")).expect("the query's struct");
    let fields = text[from..].split_once("\n}").expect("the struct's end").0;
    let (mut found, mut words, mut has_default) = (Vec::new(), Vec::new(), false);
    for line in fields.lines().skip(1).map(str::trim) {
        if let Some(line) = line.strip_prefix("///") {
            words.push(line.trim());
        } else if line.starts_with("#[serde(default") {
            has_default = true;
        } else if let Some((name, of)) = line.trim_end_matches(',').split_once(": ") {
            let name = name.trim_start_matches("pub ").to_owned();
            assert!(!words.is_empty(), "{name} of a query is not documented");
            found.push(Parameter {
                is_number: of.contains("u32") || of.contains("u64"),
                is_required: !has_default && !of.starts_with("Option<"),
                words: std::mem::take(&mut words).join(" "),
                name,
            });
            has_default = false;
        }
    }
    found
}

fn first_letter_large(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
