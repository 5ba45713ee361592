//! The accessibility tree of a page: what a screen reader has of it. Chromium only.

use std::collections::HashMap;
use std::fmt;

use serde_json::{Value, json};
use thirtyfour::Key;

use super::Browser;

/// No page has more places at which Tab stops.
const STOPS: usize = 60;

/// A node of the tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node {
    /// What it is: `button`, `heading`.
    pub role: String,
    /// What it is called.
    pub name: String,
    /// Which level a heading has.
    pub level: Option<u64>,
    focused: bool,
}

impl fmt::Display for Node {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.role)?;
        if let Some(level) = self.level {
            write!(f, " {level}")?;
        }
        if self.name.is_empty() { Ok(()) } else { write!(f, " {:?}", self.name) }
    }
}

impl Node {
    fn read(node: &Value) -> Node {
        let text = |member: &str| node[member]["value"].as_str().unwrap_or_default().to_owned();
        let property = |name: &str| {
            let all = node["properties"].as_array().map_or(&[][..], Vec::as_slice);
            all.iter().find(|one| one["name"] == name).map(|one| &one["value"]["value"])
        };
        Node {
            role: text("role"),
            name: text("name"),
            level: property("level").and_then(Value::as_u64),
            focused: property("focused").is_some_and(|value| value == true),
        }
    }
}

impl Browser {
    /// Every node that a screen reader is told of, in the order in which it reads them.
    ///
    /// # Panics
    /// If it is not Chromium.
    pub async fn tree(&self) -> Vec<Node> {
        let answer = self.tell("Accessibility.getFullAXTree", json!({})).await;
        let nodes = answer["nodes"].as_array().expect("nodes");
        let id = |node: &Value| node["nodeId"].as_str().unwrap_or_default().to_owned();
        let by_id: HashMap<String, &Value> = nodes.iter().map(|node| (id(node), node)).collect();
        let mut found = Vec::new();
        let mut waiting: Vec<String> = nodes.first().map(id).into_iter().collect();
        while let Some(node) = waiting.pop().and_then(|next| by_id.get(&next)) {
            if node["ignored"] != true {
                found.push(Node::read(node));
            }
            let children = node["childIds"].as_array().map_or(&[][..], Vec::as_slice);
            waiting.extend(children.iter().rev().filter_map(Value::as_str).map(str::to_owned));
        }
        found
    }

    /// Presses Tab once round the page; the nodes at which it stops, from first to last. The focus
    /// may be anywhere, so the way to the end comes before that.
    ///
    /// # Panics
    /// If the focus never comes round, or cannot be seen.
    pub async fn stops_of_tab(&self) -> Vec<Node> {
        let (mut stops, mut last, mut from_start) = (Vec::new(), None, false);
        for _ in 0..STOPS {
            self.type_keys(Key::Tab).await;
            let tree = self.tree().await;
            let is_stop = |node: &Node| node.focused && node.role != "RootWebArea";
            let place = tree.iter().position(is_stop);
            // Outside the page, or before where it was: all of the page has been passed.
            if place.is_none() || place <= last {
                if from_start {
                    // What is of no use any more stays on the page while it has the focus.
                    let leave = "document.activeElement.blur()";
                    self.driver().execute(leave, vec![]).await.expect("a page");
                    return stops;
                }
                from_start = true;
            }
            if let Some(stop) = place.filter(|_| from_start).and_then(|place| tree.get(place)) {
                let unseen = self.unseen_focus().await;
                assert!(unseen.is_empty(), "{}", unseen.join("\n"));
                stops.push(stop.clone());
            }
            last = place;
        }
        panic!("Tab does not come round: {stops:#?}");
    }
}
