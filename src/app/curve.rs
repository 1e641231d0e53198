//! What training looked like: points over epochs, kept short by merging neighbours.

use crate::experiment::{Action, Plan};
use serde::{Deserialize, Serialize};

/// The most points of a curve; beyond it, neighbours are merged.
const MAX_POINTS: usize = 240;

/// Loss and accuracy at one moment.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Point {
    /// Epochs since the network was fresh.
    pub epoch: f32,
    pub loss: f32,
    pub accuracy: f32,
}

/// One stage of one trial.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Curve {
    pub trial: usize,
    pub stage: usize,
    /// The stage's label.
    pub label: String,
    /// On training samples, as they passed.
    pub training: Vec<Point>,
    /// On the validation set, after each epoch.
    pub validation: Vec<Point>,
}

/// The likeliest classes over the plane of a toy.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Boundary {
    pub stage: usize,
    pub label: String,
    /// Side of the square grid.
    pub side: usize,
    /// Row by row from the top.
    pub classes: Vec<u8>,
}

impl Curve {
    /// Adds a training point.
    pub fn add_training(&mut self, point: Point) {
        self.training.push(point);
        if self.training.len() > MAX_POINTS {
            self.training = self
                .training
                .chunks(2)
                .map(|pair| {
                    let mean = |f: fn(&Point) -> f32| pair.iter().map(f).sum::<f32>() / pair.len() as f32;
                    Point { epoch: mean(|p| p.epoch), loss: mean(|p| p.loss), accuracy: mean(|p| p.accuracy) }
                })
                .collect();
        }
    }
}

/// Epochs that a stage's network has been trained before the stage begins.
pub(super) fn epochs_before(plan: &Plan, stage: usize) -> usize {
    let mut total = 0;
    let mut at = stage;
    loop {
        // A student is a fresh network, whatever taught it.
        let fresh = match &plan.stages[at].action {
            Action::Distill { distill, .. } => distill.student.is_some(),
            _ => false,
        };
        match plan.stages[at].parent {
            Some(parent) if !fresh => {
                total += plan.stages[parent].epochs();
                at = parent;
            }
            _ => return total,
        }
    }
}
