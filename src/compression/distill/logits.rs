//! Matching logits: half the squared distance between the student's logits and the teacher's.
//!
//! `L = (1 - alpha) CE(y, softmax(z)) + alpha / 2 |z - t|^2`, a sum over classes and a mean over samples, with the student's logits
//! `z` and the teacher's `t`. The mean of a row of logits is not taken off, though predictions do not depend on it: the student has
//! to find it, too, as in the paper.
//!
//! Paper: Ba, Caruana, "Do Deep Nets Really Need to be Deep?", 2014, equation 1.

use super::{Answers, Method};
use crate::backend::Backend;
use crate::compression::About;
use crate::network::{Batch, HostBatch, Loss};

pub(super) const METHOD: Method = Method {
    looks: None,
    about: About {
        name: "logits",
        title: "Logits",
        help: "The student's logits are to equal the teacher's, all of them counting alike, whatever the temperature.",
        paper: "Ba, Caruana 2014, Do Deep Nets Really Need to be Deep?",
    },
};

/// What counts how much at some point of the training.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Parts {
    /// The teacher's logits are multiplied by this before they are matched.
    pub scale: f32,
    /// Weight of the distance between logits.
    pub teacher: f32,
    /// Weight of the cross-entropy with the labels.
    pub labels: f32,
}

/// The parts when a share `done` of all steps has been done, for a temperature and an alpha.
pub(super) type Course = fn(temperature: f32, alpha: f32, done: f32) -> Parts;

/// The same all along.
pub(super) fn course(_temperature: f32, alpha: f32, _done: f32) -> Parts {
    Parts { scale: 1.0, teacher: alpha, labels: 1.0 - alpha }
}

/// The loss of a student that matches logits, with parts that a course gives.
pub(super) struct Logits<'a, B: Backend> {
    answers: Answers<'a>,
    course: Course,
    temperature: f32,
    alpha: f32,
    parts: Parts,
    /// The teacher's rows, scaled and negated.
    wanted: Vec<f32>,
    distance: B::Buffer,
    squares: B::Buffer,
    factors: B::Buffer,
    sum: B::Buffer,
}

impl<'a, B: Backend> Logits<'a, B> {
    /// Batches have up to `capacity` rows.
    pub fn new(
        backend: &B,
        answers: Answers<'a>,
        capacity: usize,
        course: Course,
        temperature: f32,
        alpha: f32,
    ) -> Self {
        let [distance, squares, factors] = [(); 3].map(|()| backend.zeros(capacity * answers.classes()));
        Self {
            answers,
            course,
            temperature,
            alpha,
            parts: course(temperature, alpha, 0.0),
            wanted: Vec::new(),
            distance,
            squares,
            factors,
            sum: backend.zeros(1),
        }
    }
}

impl<B: Backend> Loss<B> for Logits<'_, B> {
    fn prepare(&mut self, batch: &mut HostBatch) {
        self.answers.prepare(batch);
        self.parts = (self.course)(self.temperature, self.alpha, batch.done);
    }

    fn apply(&mut self, backend: &B, batch: &Batch<B>, logits: &B::Buffer, totals: &mut B::Buffer, d: &mut B::Buffer) {
        let Parts { scale, teacher, labels } = self.parts;
        let (rows, len) = (batch.rows, batch.rows * batch.classes);
        backend.cross_entropy(rows, batch.classes, 1.0, labels, logits, batch.labels, totals, d);
        let Self { answers, wanted, distance, squares, factors, sum, .. } = self;
        wanted.clear();
        wanted.extend(answers.rows().iter().map(|said| -scale * said));
        backend.write(distance, wanted);
        backend.add_assign(len, logits, distance);
        backend.multiply(len, distance, distance, squares);
        backend.fill(factors, len, 0.5 * teacher);
        backend.multiply_assign(len, factors, squares);
        backend.column_sums(len, 1, squares, sum);
        backend.add_assign(1, sum, totals);
        backend.fill(factors, len, teacher / rows as f32);
        backend.multiply_assign(len, factors, distance);
        backend.add_assign(len, distance, d);
    }
}

#[cfg(test)]
#[cfg(not(target_arch = "wasm32"))]
mod tests {
    use super::*;
    use crate::backend::cpu::Cpu;
    use proptest::prelude::*;

    const CLASSES: usize = 4;

    /// Loss and gradient of logits `z` with a teacher's `t` and the first class right, when `done` is done.
    fn loss(z: &[f32], t: &[f32], course: Course, alpha: f32, done: f32) -> (f32, Vec<f32>) {
        let (cpu, rows) = (Cpu::new(), z.len() / CLASSES);
        let mut loss = Logits::new(&cpu, Answers::known(vec![t], CLASSES), rows, course, 5.0, alpha);
        let indices: Vec<u32> = (0..rows as u32).collect();
        let mut labels: Vec<f32> = (0..z.len()).map(|i| if i % CLASSES == 0 { 1.0 } else { 0.0 }).collect();
        let (inputs, labels) = (&mut [][..], &mut labels[..]);
        loss.prepare(&mut HostBatch { epoch: 0, batch: 0, done, indices: &indices, rows, inputs, labels });
        let labels = labels.to_vec();
        let batch = Batch { indices: &indices, rows, labels: &labels, classes: CLASSES, rate: 0.1 };
        let (mut totals, mut gradient) = (vec![0.0; 2], vec![0.0; z.len()]);
        loss.apply(&cpu, &batch, &z.to_vec(), &mut totals, &mut gradient);
        (totals[0], gradient)
    }

    fn logits() -> impl Strategy<Value = Vec<f32>> {
        prop::collection::vec(-3.0f32..3.0, 2 * CLASSES)
    }

    proptest! {
        #[test]
        fn with_the_teacher_alone_it_is_half_the_squared_distance(z in logits(), t in logits()) {
            let (value, gradient) = loss(&z, &t, course, 1.0, 0.3);
            let expected: f64 = z.iter().zip(&t).map(|(z, t)| 0.5 * f64::from(z - t).powi(2)).sum();
            prop_assert!((f64::from(value) - expected).abs() < 1e-4 * (1.0 + expected));
            for ((z, t), d) in z.iter().zip(&t).zip(&gradient) {
                prop_assert!((d - (z - t) / 2.0).abs() < 1e-5, "two rows: the gradient is of the mean");
            }
        }

        #[test]
        fn alpha_zero_is_training_alone(z in logits(), t in logits(), other in logits()) {
            prop_assert_eq!(loss(&z, &t, course, 0.0, 0.3), loss(&z, &other, course, 0.0, 0.9));
        }

        /// First the teacher alone, at a fifth of its logits for a temperature of five, at last the labels alone.
        #[test]
        fn annealing_goes_from_the_softened_teacher_to_the_labels(z in logits(), t in logits(), other in logits()) {
            let annealed = crate::compression::distill::annealed::course;
            let fifth: Vec<f32> = t.iter().map(|t| 0.2 * t).collect();
            let ((_, first), (_, wanted)) = (loss(&z, &t, annealed, 0.5, 0.0), loss(&z, &fifth, course, 1.0, 0.0));
            for (first, wanted) in first.iter().zip(&wanted) {
                prop_assert!((first - wanted).abs() < 1e-5);
            }
            prop_assert_eq!(loss(&z, &t, annealed, 0.5, 0.6), loss(&z, &other, course, 0.0, 0.0));
        }
    }
}
