//! An assignment: an experiment to begin from, what may be changed of it, what to reach, and what to answer.

use super::goal::Goal;
use super::locks::Locks;
use super::{ASSIGNMENT_MARK, VERSION, cut};
use crate::experiment::packing::{seal, unseal};
use crate::experiment::recipe::{Recipe, RecipeError};
use crate::experiment::report::digest_of;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The most questions that an assignment has.
pub const MAX_QUESTIONS: usize = 20;
/// The most answers that a question offers.
pub const MAX_CHOICES: usize = 12;
/// The most conditions of a goal.
pub const MAX_CONDITIONS: usize = 8;
/// The most paths that are locked, or left open.
const MAX_PATHS: usize = 200;
/// The longest title, question, or offered answer, in characters.
const MAX_LINE: usize = 400;
/// The longest text, in characters.
const MAX_TEXT: usize = 8000;

/// A question to the student.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Question {
    /// What is asked.
    pub text: String,
    /// The answers offered; none for a text of the student's own.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub choices: Vec<String>,
}

/// What a teacher sets.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Assignment {
    /// What it is called.
    #[serde(default)]
    pub title: String,
    /// What is to be done, in the teacher's words; empty lines part paragraphs.
    #[serde(default)]
    pub text: String,
    /// The experiment to begin from.
    pub recipe: Recipe,
    /// What of it stays as it is.
    #[serde(default)]
    pub locks: Locks,
    /// What to reach.
    #[serde(default)]
    pub goal: Goal,
    /// What to answer.
    #[serde(default)]
    pub questions: Vec<Question>,
}

impl Assignment {
    /// The text behind `#a=`.
    ///
    /// # Errors
    /// What [`Assignment::check`] finds, so that nobody is given a link that does not open.
    pub fn to_text(&self) -> Result<String, RecipeError> {
        self.check()?;
        let text = seal(VERSION, &self.to_json());
        // Read back, since a recipe may be longer than links hold.
        Self::from_text(&text).map_err(|_| {
            RecipeError("the experiment is too large for an assignment; take variants out of it".into())
        })?;
        Ok(text)
    }

    /// Reads an assignment's link: the whole address, the fragment, or the text behind `#a=` alone.
    ///
    /// # Errors
    /// A sentence that says what is wrong with it.
    pub fn from_text(text: &str) -> Result<Self, RecipeError> {
        let json = unseal(text, ASSIGNMENT_MARK, "assignment's link", VERSION)?;
        Self::from_json(&json).map_err(|e| RecipeError(format!("the assignment cannot be used: {e}")))
    }

    fn from_json(json: &str) -> Result<Self, RecipeError> {
        let value: Value = serde_json::from_str(json).map_err(|e| RecipeError(format!("it is not JSON ({e})")))?;
        Recipe::from_value(value.get("recipe").cloned().unwrap_or_default())?;
        let assignment: Self =
            serde_path_to_error::deserialize(value).map_err(|error| RecipeError(error.to_string()))?;
        assignment.check()?;
        Ok(assignment)
    }

    /// The hash by which answers name it: 32 hex digits.
    pub fn hash(&self) -> String {
        digest_of(std::iter::once(self.to_json().as_str()))
    }

    /// The settings of a recipe that are locked and were changed all the same, by their paths.
    pub fn changed(&self, recipe: &Recipe) -> Vec<String> {
        self.locks.violations(&self.recipe, recipe)
    }

    fn to_json(&self) -> String {
        // Plain data whose maps have strings for keys: it cannot fail.
        let mut value = serde_json::to_value(self).unwrap_or_default();
        value["recipe"] = self.recipe.compact_value();
        value.to_string()
    }

    /// Whether it can be set: the sentence names the place and the bound.
    ///
    /// # Errors
    /// That sentence.
    pub fn check(&self) -> Result<(), RecipeError> {
        let fail = |sentence: String| Err(RecipeError(sentence));
        let long = |text: &str, most: usize| text.chars().count() > most;
        if long(&self.title, MAX_LINE) {
            return fail(format!("title is longer than {MAX_LINE} characters; shorten it"));
        }
        if long(&self.text, MAX_TEXT) {
            return fail(format!("text is longer than {MAX_TEXT} characters; shorten it"));
        }
        for (place, count, most) in [
            ("questions", self.questions.len(), MAX_QUESTIONS),
            ("goal.conditions", self.goal.conditions.len(), MAX_CONDITIONS),
            ("locks.paths", self.locks.paths.len(), MAX_PATHS),
        ] {
            if count > most {
                return fail(format!("{place} has {count} entries; at most {most} are allowed"));
            }
        }
        for (index, question) in self.questions.iter().enumerate() {
            if question.text.trim().is_empty() {
                return fail(format!("questions[{index}].text is empty; ask something, or take the question out"));
            }
            if question.choices.len() > MAX_CHOICES {
                let count = question.choices.len();
                return fail(format!(
                    "questions[{index}].choices has {count} entries; at most {MAX_CHOICES} are allowed"
                ));
            }
            if question.choices.iter().chain([&question.text]).any(|text| long(text, MAX_LINE)) {
                return fail(format!("questions[{index}] has a text longer than {MAX_LINE} characters; shorten it"));
            }
        }
        for (index, condition) in self.goal.conditions.iter().enumerate() {
            let value = condition.value;
            if !value.is_finite() || value < 0.0 {
                return fail(format!("goal.conditions[{index}].value {value} is out of range; it is 0 or more"));
            }
        }
        if let Some(path) = self.locks.unknown(&self.recipe) {
            let path = cut(path, MAX_LINE);
            return fail(format!(
                "locks.paths names \"{path}\", which the recipe has not; name a setting as its JSON does"
            ));
        }
        Ok(())
    }
}
