//! axe-core, which looks at a page and finds what people with disabilities could not use.

use serde_json::Value;

use crate::browser::Browser;
use crate::npm;

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
        let folder =
            npm::install("axe").expect("axe-core: `make test` sees to it that npm is there");
        let script = folder.join("node_modules/axe-core/axe.min.js");
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
