//! Knowledge distillation: a student learns from a teacher's predictions.

mod soft_targets;

pub use soft_targets::SoftTargets;

use super::{About, Setting};
use crate::network::{Architecture, Training};
use serde::{Deserialize, Serialize};

/// All distillation methods.
pub const METHODS: &[About] = &[soft_targets::ABOUT];

/// The numeric settings of distillation.
pub const SETTINGS: &[Setting] = &[
    Setting {
        name: "temperature",
        title: "Temperature",
        help: "Softens the teacher's predictions: at 1 nearly all weight is on one class, at 4 to 20 the student also sees which wrong classes the teacher finds alike.",
        default: 4.0,
        range: 0.5..=50.0,
        step: 0.5,
    },
    Setting {
        name: "alpha",
        title: "Weight of the soft targets",
        help: "The share of the loss that comes from the teacher; the rest comes from the true labels.",
        default: 0.9,
        range: 0.0..=1.0,
        step: 0.05,
    },
];

/// A distillation step as a recipe writes it.
///
/// With `student`, a fresh network is trained and the variant so far is the teacher (unless `teacher` names another).
/// Without it, the variant so far is itself the student and goes on training, its mask held; `teacher` must be named.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Distill {
    /// The name of the method.
    pub method: String,
    /// The fresh network that learns.
    pub student: Option<Architecture>,
    /// Which draw the fresh network is, counted on from the variant's own: 0 draws what a variant of its architecture starts from,
    /// and in born-again networks each generation is another.
    pub member: usize,
    /// The name of the variant that teaches.
    pub teacher: Option<String>,
    /// Softens teacher and student alike.
    pub temperature: f64,
    /// Share of the loss that comes from the teacher.
    pub alpha: f64,
    /// How the student is trained; the variant's own training if absent.
    pub training: Option<Training>,
}

impl Default for Distill {
    fn default() -> Self {
        Self {
            method: "soft-targets".into(),
            student: None,
            member: 0,
            teacher: None,
            temperature: 4.0,
            alpha: 0.9,
            training: None,
        }
    }
}

impl Distill {
    /// Whether the method compares layers with the teacher's, and not predictions alone, so that the teacher is one network.
    pub fn looks_into_layers(&self) -> bool {
        false // none of METHODS does
    }

    /// Checks every setting against the tables.
    pub fn check(&self) -> Result<(), String> {
        super::find(METHODS, |about| *about, &self.method)?;
        for (setting, value) in SETTINGS.iter().zip([self.temperature, self.alpha]) {
            setting.check(value)?;
        }
        if let Some(training) = &self.training {
            training.check().map_err(|e| format!("training.{e}"))?;
        }
        if self.member > 0 && self.student.is_none() {
            return Err("member belongs to a student, which is drawn; give one, or leave it out".into());
        }
        if self.student.is_none() && self.teacher.is_none() {
            return Err(
                "teacher is missing; name the variant that teaches, or give a student to be trained from this one"
                    .into(),
            );
        }
        Ok(())
    }
}
