//! What a student has done on an assignment, kept over a reload.

use super::super::browser;
use crate::experiment::Recipe;
use serde::{Deserialize, Serialize};

/// Where local storage keeps it: that of the assignment last worked on.
const KEY: &str = "featherweight-work";

/// A student's work.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Work {
    /// The assignment's hash.
    pub assignment: String,
    /// The name they typed, which is offered for the next assignment, too.
    pub name: String,
    /// Their answers.
    pub answers: Vec<String>,
    /// The experiment as they left it.
    pub recipe: Option<Recipe>,
}

impl Work {
    /// What was kept of this assignment.
    pub fn kept(hash: &str) -> Option<Self> {
        Self::last().filter(|work| work.assignment == hash)
    }

    /// The work on an assignment: what was kept, else nothing but the name.
    pub fn of(hash: &str, questions: usize) -> Self {
        let mut work = match Self::last() {
            Some(work) if work.assignment == hash => work,
            Some(work) => Self { name: work.name, ..Self::default() },
            None => Self::default(),
        };
        work.assignment = hash.into();
        work.answers.resize(questions, String::new());
        work
    }

    fn last() -> Option<Self> {
        serde_json::from_str(&browser::kept(KEY)?).ok()
    }

    /// Keeps it in place of what was kept before.
    pub fn keep(&self) {
        browser::keep(KEY, &serde_json::to_string(self).unwrap_or_default()); // plain data: cannot fail
    }
}
