//! The assignment that a teacher is writing, as the form holds it.

use super::super::browser;
use super::super::state::State;
use crate::experiment::Recipe;
use crate::experiment::teaching::{Assignment, Condition, Figure, Goal, Locks, Question};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// Where local storage keeps it.
const KEY: &str = "featherweight-lesson";

/// What is typed so far.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(in crate::app) struct Lesson {
    pub title: String,
    pub text: String,
    /// `none`, `all-but` or `listed`; empty is `none`.
    pub locks: String,
    /// Paths that are ticked.
    pub ticked: Vec<String>,
    /// Further paths, as typed.
    pub paths: String,
    /// The variant that is to reach the goal; empty for any.
    pub variant: String,
    /// The bounds as typed, in the order of [`Figure::ALL`]; empty for none.
    pub bounds: [String; 5],
    /// The questions, and what they offer, one a line.
    pub questions: Vec<(String, String)>,
}

/// Takes up what was kept, and keeps what is typed from now on.
pub(super) fn restore(state: State) {
    if state.lesson.with_untracked(|lesson| *lesson == Lesson::default())
        && let Some(lesson) = browser::kept(KEY).and_then(|json| serde_json::from_str(&json).ok())
    {
        state.lesson.set(lesson);
    }
    Effect::new(move |_| {
        let json = state.lesson.with(|lesson| serde_json::to_string(lesson).unwrap_or_default()); // plain data: cannot fail
        browser::keep(KEY, &json);
    });
}

impl Lesson {
    /// The assignment over an experiment.
    pub fn assignment(&self, recipe: Recipe) -> Assignment {
        let typed = self.paths.split([',', '\n']).map(str::trim).filter(|path| !path.is_empty()).map(String::from);
        let paths: Vec<String> = self.ticked.iter().cloned().chain(typed).collect();
        let locks = match self.locks.as_str() {
            "all-but" => Locks { all_but: true, paths },
            "listed" => Locks { all_but: false, paths },
            _ => Locks::default(),
        };
        let conditions = Figure::ALL.iter().zip(&self.bounds).filter_map(|((figure, bound), typed)| {
            let value = number(typed)? * unit(*figure);
            Some(Condition { figure: *figure, bound: *bound, value })
        });
        let questions = self.questions.iter().map(|(text, choices)| Question {
            text: text.trim().into(),
            choices: choices.lines().map(str::trim).filter(|line| !line.is_empty()).map(String::from).collect(),
        });
        Assignment {
            title: self.title.trim().into(),
            text: self.text.trim().into(),
            recipe,
            locks,
            goal: Goal {
                variant: Some(self.variant.clone()).filter(|name| !name.is_empty()),
                conditions: conditions.collect(),
            },
            questions: questions.collect(),
        }
    }
}

/// A number as typed, with a comma or a point.
fn number(text: &str) -> Option<f64> {
    text.trim().replace(',', ".").parse().ok().filter(|value: &f64| value.is_finite())
}

/// What one of the units is worth in which a bound is typed.
fn unit(figure: Figure) -> f64 {
    match figure {
        Figure::Accuracy => 0.01,
        Figure::Bytes | Figure::Macs => 1000.0,
        Figure::Nonzero | Figure::Latency => 1.0,
    }
}
