//! Distillation without a teacher: the labels, softened as a teacher's predictions are, stand for one that is right every time.
//!
//! `L = (1 - alpha) CE(y, softmax(z)) + alpha CE(softmax(p / T), softmax(z / T))`, where the virtual teacher `p` gives the right class
//! the share [`RIGHT`] and the others the rest, evenly. The paper writes a divergence for the second cross-entropy, which differs
//! from it by a constant; and, unlike soft targets, no factor of `T^2`.
//!
//! Paper: Yuan, Tay, Li, Wang, Feng, "Revisiting Knowledge Distillation via Label Smoothing Regularization", 2020, equations 8 and 9
//! (Tf-KD_reg).

use super::Method;
use crate::backend::Backend;
use crate::compression::About;
use crate::network::{Batch, HostBatch, Loss};

pub(super) const METHOD: Method = Method {
    looks: None,
    about: About {
        name: "teacher-free",
        title: "Without a teacher",
        help: "A made-up teacher that is always nearly sure of the right class and finds all others alike: what softening does by itself, against which a real teacher has to show its worth.",
        paper: "Yuan et al. 2020, Revisiting Knowledge Distillation via Label Smoothing Regularization",
    },
};

/// How sure the virtual teacher is of the right class: the paper has "a >= 0.9", and 0.99 in its code.
const RIGHT: f32 = 0.99;

/// The loss with the virtual teacher.
pub(super) struct TeacherFree<B: Backend> {
    temperature: f32,
    alpha: f32,
    rows: Vec<f32>,
    /// The virtual teacher's shares, taken for logits.
    said: B::Buffer,
    targets: B::Buffer,
    soft_totals: B::Buffer,
    classes: usize,
}

impl<B: Backend> TeacherFree<B> {
    /// Batches have up to `capacity` rows of `classes`.
    pub fn new(backend: &B, classes: usize, capacity: usize, temperature: f32, alpha: f32) -> Self {
        let [said, targets] = [(); 2].map(|()| backend.zeros(capacity * classes));
        Self { temperature, alpha, rows: Vec::new(), said, targets, soft_totals: backend.zeros(2), classes }
    }
}

impl<B: Backend> Loss<B> for TeacherFree<B> {
    fn prepare(&mut self, batch: &mut HostBatch) {
        let other = (1.0 - RIGHT) / (self.classes as f32 - 1.0).max(1.0);
        self.rows.clear();
        self.rows.extend(batch.labels.iter().map(|label| other + (RIGHT - other) * label));
    }

    fn apply(&mut self, backend: &B, batch: &Batch<B>, logits: &B::Buffer, totals: &mut B::Buffer, d: &mut B::Buffer) {
        let (rows, classes, temperature) = (batch.rows, batch.classes, self.temperature);
        backend.write(&mut self.said, &self.rows);
        backend.softmax(rows, classes, temperature, &self.said, &mut self.targets);
        backend.cross_entropy(rows, classes, 1.0, 1.0 - self.alpha, logits, batch.labels, totals, d);
        let (weight, soft) = (self.alpha / (temperature * temperature), &mut self.soft_totals);
        backend.fill(soft, 2, 0.0);
        backend.cross_entropy(rows, classes, temperature, weight, logits, &self.targets, soft, d);
        backend.add_assign(1, soft, totals);
    }
}

#[cfg(test)]
#[cfg(not(target_arch = "wasm32"))]
mod tests {
    use super::*;
    use crate::backend::cpu::Cpu;
    use proptest::prelude::*;

    const CLASSES: usize = 4;

    fn loss(z: &[f32], right: usize, temperature: f32, alpha: f32) -> (f32, Vec<f32>) {
        let cpu = Cpu::new();
        let mut loss = TeacherFree::new(&cpu, CLASSES, 1, temperature, alpha);
        let mut labels = vec![0.0; CLASSES];
        labels[right] = 1.0;
        let (indices, inputs) = ([0], &mut [][..]);
        let mut batch =
            HostBatch { epoch: 0, batch: 0, done: 0.0, indices: &indices, rows: 1, inputs, labels: &mut labels };
        Loss::<Cpu>::prepare(&mut loss, &mut batch);
        let batch = Batch { indices: &indices, rows: 1, labels: &labels, classes: CLASSES, rate: 0.1 };
        let (mut totals, mut gradient) = (vec![0.0; 2], vec![0.0; CLASSES]);
        loss.apply(&cpu, &batch, &z.to_vec(), &mut totals, &mut gradient);
        (totals[0], gradient)
    }

    proptest! {
        /// Against the formula in f64.
        #[test]
        fn it_is_the_formula(
            z in prop::collection::vec(-3.0f32..3.0, CLASSES), right in 0..CLASSES,
            temperature in 0.5f32..20.0, alpha in 0.0f32..=1.0,
        ) {
            let soften = |values: &[f64], t: f64| {
                let e: Vec<f64> = values.iter().map(|v| (v / t).exp()).collect();
                let sum: f64 = e.iter().sum();
                e.into_iter().map(|e| e / sum).collect::<Vec<_>>()
            };
            let (t, a) = (f64::from(temperature), f64::from(alpha));
            let z64: Vec<f64> = z.iter().map(|&z| f64::from(z)).collect();
            let virtual_teacher: Vec<f64> =
                (0..CLASSES).map(|c| if c == right { 0.99 } else { 0.01 / 3.0 }).collect();
            let (targets, p, soft) = (soften(&virtual_teacher, t), soften(&z64, 1.0), soften(&z64, t));
            let expected = (1.0 - a) * -p[right].ln()
                + a * targets.iter().zip(&soft).map(|(target, p)| -target * p.ln()).sum::<f64>();
            let (value, gradient) = loss(&z, right, temperature, alpha);
            prop_assert!((f64::from(value) - expected).abs() < 1e-4 * (1.0 + expected), "{} for {}", value, expected);
            for c in 0..CLASSES {
                let label = if c == right { 1.0 } else { 0.0 };
                let wanted = (1.0 - a) * (p[c] - label) + a / t * (soft[c] - targets[c]);
                prop_assert!((f64::from(gradient[c]) - wanted).abs() < 1e-4);
            }
        }
    }
}
