//! axe-core, which looks at a page and finds what people with disabilities could not use.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::browser::Browser;

/// Everything that axe-core knows of WCAG 2.2, A and AA, and its advice beside that.
const RUN: &str = "\
const done = arguments[arguments.length - 1];
const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
axe.run(document, { runOnly: tags, resultTypes: ['violations'] }).then(
  (found) => done(found.violations.flatMap((fault) => fault.nodes.map(
    (node) => `${fault.id}: ${node.target} (${node.failureSummary}) ${node.html}`))),
  (error) => done([`axe-core: ${error}`]));";

/// The checker.
#[derive(Debug)]
pub struct Axe(String);

impl Axe {
    /// The version that `tests/axe` names, fetched by npm if it is not there yet.
    ///
    /// # Panics
    /// If it cannot be fetched.
    #[must_use]
    pub fn install() -> Axe {
        let folder = folder();
        let script = folder.join("node_modules/axe-core/axe.min.js");
        if is_new(&folder) || !script.is_file() {
            fetch(&folder);
        }
        Axe(std::fs::read_to_string(&script).expect("what npm fetched"))
    }

    /// What it finds on the page that this browser shows: a line for each place.
    ///
    /// # Panics
    /// If the browser is gone.
    pub async fn faults(&self, browser: &Browser) -> Vec<String> {
        let driver = browser.driver();
        let is_there = driver.execute("return 'axe' in window", vec![]).await;
        if is_there.is_ok_and(|answer| answer.json() != true) {
            driver.execute(self.0.as_str(), vec![]).await.expect("axe-core");
        }
        let found = driver.execute_async(RUN, vec![]).await.expect("what axe-core found");
        let found: Vec<Value> = found.convert().expect("a list");
        found.iter().map(|line| line.as_str().unwrap_or("?").to_owned()).collect()
    }
}

/// The files that say which version.
const FILES: [&str; 3] = ["package.json", "package-lock.json", ".npmrc"];

fn source() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("axe")
}

/// Beside the programs that are tested: what is built does not lie among the sources.
fn folder() -> PathBuf {
    let test = std::env::current_exe().expect("a test");
    let target = test.ancestors().nth(3).expect("a folder of what is built");
    target.join("axe")
}

fn is_new(folder: &Path) -> bool {
    let read = |folder: &Path, name: &str| std::fs::read(folder.join(name)).ok();
    FILES.iter().any(|name| read(&source(), name) != read(folder, name))
}

fn fetch(folder: &Path) {
    std::fs::create_dir_all(folder).expect("a folder for axe-core");
    for name in FILES {
        std::fs::copy(source().join(name), folder.join(name)).expect("a copy");
    }
    let mut npm = Command::new("npm");
    npm.args(["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline"]);
    let fetched = npm.current_dir(folder).output().expect("npm is there: `make test` sees to it");
    let said = String::from_utf8_lossy(&fetched.stderr);
    if !fetched.status.success() {
        // The next attempt begins anew.
        std::fs::remove_dir_all(folder).ok();
        panic!("npm cannot fetch axe-core: {said}");
    }
}
