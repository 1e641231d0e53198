//! What a student has done on an assignment, kept over a reload.

use super::super::browser;
use crate::experiment::Recipe;
use serde::{Deserialize, Serialize};

/// Where local storage keeps it, followed by the assignment's hash.
const KEY: &str = "featherweight-work-";

/// Where local storage keeps the name, which is offered for the next assignment, too.
const NAME: &str = "featherweight-student";

/// A student's work on one assignment.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Work {
    /// The name they typed.
    pub name: String,
    /// Their answers.
    pub answers: Vec<String>,
    /// The experiment as they left it.
    pub recipe: Option<Recipe>,
}

impl Work {
    /// What was kept of this assignment.
    pub fn kept(hash: &str) -> Option<Self> {
        serde_json::from_str(&browser::kept(&format!("{KEY}{hash}"))?).ok()
    }

    /// The work on an assignment: what was kept, else nothing but the name.
    pub fn of(hash: &str, questions: usize) -> Self {
        let fresh = || Self { name: browser::kept(NAME).unwrap_or_default(), ..Self::default() };
        let mut work = Self::kept(hash).unwrap_or_else(fresh);
        work.answers.resize(questions, String::new());
        work
    }

    /// Keeps it in place of what was kept before.
    pub fn keep(&self, hash: &str) {
        let json = serde_json::to_string(self).unwrap_or_default(); // plain data: cannot fail
        browser::keep(&format!("{KEY}{hash}"), &json);
        browser::keep(NAME, &self.name);
    }
}
