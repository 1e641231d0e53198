//! A student's answer: what they ran, what it came to, and what they say.

use super::goal::Figures;
use super::{ANSWER_MARK, VERSION, cut};
use crate::experiment::packing::{seal, unseal};
use crate::experiment::recipe::{Recipe, RecipeError};
use crate::experiment::report::Report;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The longest name, in characters.
const MAX_NAME: usize = 80;
/// The longest answer to a question, in characters.
const MAX_ANSWER: usize = 4000;
/// The most answers, and the most variants.
const MAX_ENTRIES: usize = 500;

/// What a student hands in.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Answer {
    /// The hash of the assignment that it answers.
    pub assignment: String,
    /// The name that they typed.
    #[serde(default)]
    pub name: String,
    /// What they ran.
    pub recipe: Recipe,
    /// What it came to on their device.
    #[serde(default)]
    pub figures: Vec<Figures>,
    /// The digest of their report, 32 hex digits; empty where the GPU trained.
    #[serde(default)]
    pub digest: String,
    /// What they say, in the questions' order.
    #[serde(default)]
    pub answers: Vec<String>,
}

impl Answer {
    /// The answer that a run and some words make.
    pub fn new(assignment: String, name: &str, report: &Report, answers: &[String]) -> Self {
        Self {
            assignment,
            name: cut(name, MAX_NAME),
            recipe: report.recipe.clone(),
            figures: Figures::all(report),
            digest: report.digest.clone(),
            answers: answers.iter().map(|answer| cut(answer, MAX_ANSWER)).collect(),
        }
    }

    /// The text behind `#s=`.
    ///
    /// # Errors
    /// Where all of it is more than a link holds.
    pub fn to_text(&self) -> Result<String, RecipeError> {
        // Plain data whose maps have strings for keys: it cannot fail.
        let mut value = serde_json::to_value(self).unwrap_or_default();
        value["recipe"] = self.recipe.compact_value();
        let text = seal(VERSION, &value.to_string());
        Self::from_text(&text)
            .map_err(|_| RecipeError("the answer is too long for a link; shorten what you wrote".into()))?;
        Ok(text)
    }

    /// Reads an answer's link: the whole address, the fragment, or the text behind `#s=` alone.
    ///
    /// # Errors
    /// A sentence that says what is wrong with it.
    pub fn from_text(text: &str) -> Result<Self, RecipeError> {
        let json = unseal(text, ANSWER_MARK, "answer's link", VERSION)?;
        let unusable = |e: String| RecipeError(format!("the answer cannot be used: {e}"));
        let value: Value = serde_json::from_str(&json).map_err(|e| unusable(format!("it is not JSON ({e})")))?;
        Recipe::from_value(value.get("recipe").cloned().unwrap_or_default()).map_err(|e| unusable(e.0))?;
        let answer: Self = serde_path_to_error::deserialize(value).map_err(|error| unusable(error.to_string()))?;
        answer.check().map_err(unusable)?;
        Ok(answer)
    }

    fn check(&self) -> Result<(), String> {
        let long = |text: &str, most: usize| text.chars().count() > most;
        let is_hash = |text: &str| text.len() == 32 && text.bytes().all(|b| b.is_ascii_hexdigit());
        if !is_hash(&self.assignment) {
            return Err("assignment is not a hash of 32 hex digits".into());
        }
        if !self.digest.is_empty() && !is_hash(&self.digest) {
            return Err("digest is not of 32 hex digits".into());
        }
        if long(&self.name, MAX_NAME) || self.answers.iter().any(|answer| long(answer, MAX_ANSWER)) {
            return Err(format!("name or answers are longer than {MAX_NAME} or {MAX_ANSWER} characters"));
        }
        if self.answers.len() > MAX_ENTRIES || self.figures.len() > MAX_ENTRIES {
            return Err(format!("answers or figures have more than {MAX_ENTRIES} entries"));
        }
        let possible = |f: &Figures| (0.0..=1.0).contains(&f.accuracy) && f.latency.is_none_or(|us| us >= 0.0);
        if let Some(index) = self.figures.iter().position(|figures| !possible(figures)) {
            return Err(format!("figures[{index}] are none that a run can come to"));
        }
        Ok(())
    }
}
