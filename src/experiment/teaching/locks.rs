//! Which settings of an assignment's recipe are to stay as they are, by their paths, such as `training` or
//! `variants[1].steps[0].prune.sparsity`. A path stands for all that is under it.

use crate::experiment::recipe::Recipe;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What stays, or what alone may change. What trains and the title are never locked: the first is the device's matter.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Locks {
    /// `paths` are what may change, and all else is locked.
    pub all_but: bool,
    /// What is locked, or with `all_but` what is not.
    pub paths: Vec<String>,
}

impl Locks {
    /// Whether anything is locked.
    pub fn any(&self) -> bool {
        self.all_but || !self.paths.is_empty()
    }

    /// Whether the setting at this path has to stay as it is.
    pub fn hold(&self, path: &str) -> bool {
        !never(path) && self.paths.iter().any(|outer| covers(outer, path)) != self.all_but
    }

    /// The paths of locked settings that are other than they were given.
    pub fn violations(&self, given: &Recipe, now: &Recipe) -> Vec<String> {
        let mut paths = Vec::new();
        if self.any() {
            differences("", &value(given), &value(now), &mut paths);
        }
        paths.retain(|path| self.hold(path));
        paths
    }

    /// The first path that the recipe has not.
    pub(super) fn unknown(&self, recipe: &Recipe) -> Option<&String> {
        let value = value(recipe);
        self.paths.iter().find(|path| !known(&value, path))
    }
}

fn never(path: &str) -> bool {
    ["backend", "title", "version"].contains(&path)
}

/// A recipe serializes to JSON without exception: no map of it has other keys than strings.
fn value(recipe: &Recipe) -> Value {
    serde_json::to_value(recipe).unwrap_or_default()
}

fn covers(outer: &str, inner: &str) -> bool {
    inner.strip_prefix(outer).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
}

/// The paths at which two values differ. Lists of plain values are one setting; of a list of objects that has become longer or
/// shorter, the list itself differs, too.
fn differences(path: &str, a: &Value, b: &Value, out: &mut Vec<String>) {
    match (a, b) {
        (Value::Object(left), Value::Object(right)) => {
            let added = right.keys().filter(|key| !left.contains_key(*key));
            for key in left.keys().chain(added) {
                let inner = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
                let [left, right] = [left, right].map(|side| side.get(key).unwrap_or(&Value::Null));
                differences(&inner, left, right, out);
            }
        }
        (Value::Array(left), Value::Array(right)) if left.iter().chain(right).any(Value::is_object) => {
            if left.len() != right.len() {
                out.push(path.into());
            }
            for (index, (left, right)) in left.iter().zip(right).enumerate() {
                differences(&format!("{path}[{index}]"), left, right, out);
            }
        }
        _ if a != b => out.push(path.into()),
        _ => {}
    }
}

/// Whether there is such a setting.
fn known(value: &Value, path: &str) -> bool {
    let mut at = value;
    for part in path.split(['.', '[']) {
        let next = match part.strip_suffix(']') {
            Some(index) => index.parse().ok().and_then(|index: usize| at.get(index)),
            None => at.get(part),
        };
        let Some(next) = next else { return false };
        at = next;
    }
    true
}
