//! Soft targets: the student's cross-entropy with the teacher's softened predictions, mixed with that of the labels.
//!
//! `L = (1 - alpha) CE(y, softmax(z)) + alpha T^2 CE(softmax(t / T), softmax(z / T))`, with the student's logits `z`, the
//! teacher's `t` and temperature `T`.
//!
//! Paper: Hinton, Vinyals, Dean, "Distilling the Knowledge in a Neural Network", 2015.

use super::{Answers, Method};
use crate::backend::Backend;
use crate::compression::About;
use crate::network::{Batch, HostBatch, Loss};

pub(super) const METHOD: Method = Method {
    looks: None,
    about: About {
        name: "soft-targets",
        title: "Soft targets",
        help: "The student learns the teacher's whole prediction, not only the right class: which mistakes are near misses is what a teacher knows.",
        paper: "Hinton, Vinyals, Dean 2015, Distilling the Knowledge in a Neural Network",
    },
};

/// The loss of a student, with what the teacher says of each sample at hand.
pub(crate) struct SoftTargets<'a, B: Backend> {
    answers: Answers<'a>,
    temperature: f32,
    alpha: f32,
    logits: B::Buffer,
    targets: B::Buffer,
    /// The soft part's agreements are counted here and not reported: accuracy is with the labels.
    soft_totals: B::Buffer,
    capacity: usize,
}

impl<'a, B: Backend> SoftTargets<'a, B> {
    /// Batches have up to `capacity` rows.
    pub fn new(backend: &B, answers: Answers<'a>, capacity: usize, temperature: f32, alpha: f32) -> Self {
        let classes = answers.classes();
        Self {
            answers,
            temperature,
            alpha,
            logits: backend.zeros(capacity * classes),
            targets: backend.zeros(capacity * classes),
            soft_totals: backend.zeros(2),
            capacity,
        }
    }
}

impl<B: Backend> Loss<B> for SoftTargets<'_, B> {
    fn prepare(&mut self, batch: &mut HostBatch) {
        self.answers.prepare(batch);
    }

    fn apply(&mut self, backend: &B, batch: &Batch<B>, logits: &B::Buffer, totals: &mut B::Buffer, d: &mut B::Buffer) {
        let (rows, classes) = (batch.rows, batch.classes);
        debug_assert!(rows <= self.capacity);
        backend.write(&mut self.logits, self.answers.rows());
        backend.softmax(rows, classes, self.temperature, &self.logits, &mut self.targets);
        backend.cross_entropy(rows, classes, 1.0, 1.0 - self.alpha, logits, batch.labels, totals, d);
        let soft = &mut self.soft_totals;
        backend.fill(soft, 2, 0.0);
        backend.cross_entropy(rows, classes, self.temperature, self.alpha, logits, &self.targets, soft, d);
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

    /// Loss (a sum over rows) and gradient (of the mean) of logits `z` with a teacher's `t` and the first class right.
    fn loss(z: &[f32], t: &[f32], temperature: f32, alpha: f32) -> (f32, Vec<f32>) {
        loss_of_class(0, z, t, temperature, alpha)
    }

    fn loss_of_class(right: usize, z: &[f32], t: &[f32], temperature: f32, alpha: f32) -> (f32, Vec<f32>) {
        let (cpu, rows) = (Cpu::new(), z.len() / CLASSES);
        let mut loss = SoftTargets::new(&cpu, Answers::known(vec![t], CLASSES), rows, temperature, alpha);
        let indices: Vec<u32> = (0..rows as u32).collect();
        let mut labels: Vec<f32> = (0..z.len()).map(|i| if i % CLASSES == right { 1.0 } else { 0.0 }).collect();
        loss.prepare(&mut HostBatch {
            epoch: 0,
            batch: 0,
            done: 0.0,
            indices: &indices,
            rows,
            inputs: &mut [],
            labels: &mut labels,
        });
        let (mut totals, mut gradient) = (vec![0.0; 2], vec![0.0; z.len()]);
        let batch = Batch { indices: &indices, rows, labels: &labels, classes: CLASSES, rate: 0.1 };
        loss.apply(&cpu, &batch, &z.to_vec(), &mut totals, &mut gradient);
        (totals[0], gradient)
    }

    fn logits() -> impl Strategy<Value = Vec<f32>> {
        prop::collection::vec(-3.0f32..3.0, 2 * CLASSES)
    }

    proptest! {
        #[test]
        fn the_gradient_is_that_of_the_loss(z in logits(), t in logits(), temperature in 0.5f32..20.0, alpha in 0.0f32..1.0) {
            let (_, gradient) = loss(&z, &t, temperature, alpha);
            let step = 0.02;
            for i in 0..z.len() {
                let moved = |sign: f32| {
                    let mut z = z.clone();
                    z[i] += sign * step;
                    loss(&z, &t, temperature, alpha).0
                };
                let measured = (moved(1.0) - moved(-1.0)) / (2.0 * step) / 2.0; // two rows: the gradient is of the mean
                let noise = 1e-5 * loss(&z, &t, temperature, alpha).0 / step;
                prop_assert!((measured - gradient[i]).abs() < 2e-3 + noise, "{} for {}", measured, gradient[i]);
            }
        }

        /// Without weight on the teacher it is the cross-entropy with the labels, whatever the teacher says.
        #[test]
        fn alpha_zero_is_training_alone(z in logits(), t in logits(), other in logits()) {
            prop_assert_eq!(loss(&z, &t, 4.0, 0.0), loss(&z, &other, 1.0, 0.0));
        }

        /// With all weight on the teacher no label is looked at.
        #[test]
        fn alpha_one_is_the_teacher_alone(z in logits(), t in logits(), temperature in 0.5f32..20.0, right in 0..CLASSES) {
            prop_assert_eq!(
                loss_of_class(right, &z, &t, temperature, 1.0),
                loss_of_class(0, &z, &t, temperature, 1.0)
            );
        }

        /// A student that answers as its teacher does has nothing more to learn from it.
        #[test]
        fn the_teachers_own_logits_have_no_gradient(t in logits(), temperature in 0.5f32..20.0) {
            let (_, gradient) = loss(&t, &t, temperature, 1.0);
            prop_assert!(gradient.iter().all(|g| g.abs() < 1e-5 * (1.0 + temperature)));
        }

        /// "In the high temperature limit, distillation is equivalent to minimizing half the squared difference of the
        /// logits", each row's mean taken off (Hinton et al. 2015, 2.1); here times T^2.
        #[test]
        fn at_high_temperature_the_logits_themselves_are_matched(z in logits(), t in logits()) {
            let (_, gradient) = loss(&z, &t, 400.0, 1.0);
            for (row, (z, t)) in z.chunks(CLASSES).zip(t.chunks(CLASSES)).enumerate() {
                let mean = |v: &[f32]| v.iter().sum::<f32>() / CLASSES as f32;
                for c in 0..CLASSES {
                    let wanted = ((z[c] - mean(z)) - (t[c] - mean(t))) / CLASSES as f32 / 2.0;
                    let got = gradient[row * CLASSES + c];
                    prop_assert!((got - wanted).abs() < 0.02, "{} for {}", got, wanted);
                }
            }
        }
    }
}
