//! Soft targets: the student's cross-entropy with the teacher's softened predictions, mixed with that of the labels.
//!
//! `L = (1 - alpha) CE(y, softmax(z)) + alpha T^2 CE(softmax(t / T), softmax(z / T))`, with the student's logits `z`, the
//! teacher's `t` and temperature `T`.
//!
//! Paper: Hinton, Vinyals, Dean, "Distilling the Knowledge in a Neural Network", 2015.

use crate::backend::Backend;
use crate::compression::About;
use crate::network::{Batch, Loss};

pub(super) const ABOUT: About = About {
    name: "soft-targets",
    title: "Soft targets",
    help: "The student learns the teacher's whole prediction, not only the right class: which mistakes are near misses is what a teacher knows.",
    paper: "Hinton, Vinyals, Dean 2015, Distilling the Knowledge in a Neural Network",
};

/// The loss of a student, with the teacher's logits for every training sample at hand.
pub struct SoftTargets<B: Backend> {
    teacher: Vec<f32>,
    temperature: f32,
    alpha: f32,
    rows: Vec<f32>,
    logits: B::Buffer,
    targets: B::Buffer,
    /// The soft part's agreements are counted here and not reported: accuracy is with the labels.
    soft_totals: B::Buffer,
    capacity: usize,
}

impl<B: Backend> SoftTargets<B> {
    /// `teacher` holds a row of logits for each training sample; batches have up to `capacity` rows of `classes`.
    pub fn new(backend: &B, teacher: Vec<f32>, classes: usize, capacity: usize, temperature: f32, alpha: f32) -> Self {
        Self {
            teacher,
            temperature,
            alpha,
            rows: Vec::new(),
            logits: backend.zeros(capacity * classes),
            targets: backend.zeros(capacity * classes),
            soft_totals: backend.zeros(2),
            capacity,
        }
    }
}

impl<B: Backend> Loss<B> for SoftTargets<B> {
    fn apply(&mut self, backend: &B, batch: &Batch<B>, logits: &B::Buffer, totals: &mut B::Buffer, d: &mut B::Buffer) {
        let (rows, classes) = (batch.indices.len(), batch.classes);
        debug_assert!(rows <= self.capacity);
        self.rows.clear();
        for &index in batch.indices {
            self.rows.extend_from_slice(&self.teacher[index as usize * classes..][..classes]);
        }
        backend.write(&mut self.logits, &self.rows);
        backend.softmax(rows, classes, self.temperature, &self.logits, &mut self.targets);
        backend.cross_entropy(rows, classes, 1.0, 1.0 - self.alpha, logits, batch.labels, totals, d);
        let soft = &mut self.soft_totals;
        backend.fill(soft, 2, 0.0);
        backend.cross_entropy(rows, classes, self.temperature, self.alpha, logits, &self.targets, soft, d);
        backend.add_assign(1, soft, totals);
    }
}
