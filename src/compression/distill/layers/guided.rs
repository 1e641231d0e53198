//! Training of a student beside its teacher, with a loss between their layers.

use super::super::{Distill, LOSSES};
use super::{LayerLoss, Learned, Seen, Sizes, places};
use crate::backend::Backend;
use crate::data::{Key, Rng};
use crate::network::{Batch, HostBatch, Loss, Mode, Model, Network, OptimizerName};

/// See [`rate_beside`].
const MOST_BESIDE_SGD: f64 = 0.01;

/// Who teaches, and what there is to say of the data.
#[derive(Clone, Copy)]
pub(crate) struct Mentor<'a> {
    /// The teacher, by its real values.
    pub teacher: &'a Model,
    /// The network that learns.
    pub student: &'a Model,
    /// Training samples.
    pub samples: usize,
    /// Samples a batch, at most.
    pub batch: usize,
    /// What trains the student.
    pub optimizer: OptimizerName,
    /// Where what a method learns is drawn from.
    pub key: Key,
}

/// A loss of the logits, and a method's loss between layers beside it. For backends whose values lie on the host, one lane at a
/// time; what trains elsewhere has no such loss.
pub(crate) struct Guided<'a, B: Backend> {
    /// Of the logits.
    base: Box<dyn Loss<B> + 'a>,
    method: Box<dyn LayerLoss>,
    learned: Learned,
    optimizer: OptimizerName,
    weight: f64,
    teacher: Network<B>,
    student_places: Vec<usize>,
    teacher_places: Vec<usize>,
    features: usize,
    batch: usize,
    /// The student's taps are set with the first batch.
    tapped: bool,
    /// This method's part of the loss, and no right answers.
    part: B::Buffer,
}

impl<'a, B: Backend> Guided<'a, B> {
    /// `base` alone where the step's method does not look into layers.
    pub fn around(
        backend: &B,
        distill: &Distill,
        mentor: Mentor<'_>,
        base: Box<dyn Loss<B> + 'a>,
    ) -> Box<dyn Loss<B> + 'a>
    where
        B: 'a,
    {
        let new = LOSSES.iter().find(|(name, _)| *name == distill.method);
        let (Some(looks), Some((_, new))) = (distill.looks(), new) else { return base };
        let (student, teacher) = places::compared(looks, mentor.student, mentor.teacher);
        let (student_places, student_shapes): (Vec<_>, Vec<_>) = student.into_iter().unzip();
        let (teacher_places, teacher_shapes): (Vec<_>, Vec<_>) = teacher.into_iter().unzip();
        let sizes = Sizes { student: &student_shapes, teacher: &teacher_shapes, samples: mentor.samples };
        let mut learned = Learned::default();
        let method = new(&sizes, &mut learned, &mentor.key);
        let mut network = Network::new(backend, &[mentor.teacher], mentor.batch);
        network.tap(backend, &teacher_places, 0);
        Box::new(Self {
            base,
            method,
            learned,
            optimizer: mentor.optimizer,
            weight: distill.weight,
            teacher: network,
            student_places,
            teacher_places,
            features: mentor.student.shape.len(),
            batch: mentor.batch,
            tapped: false,
            part: backend.zeros(2),
        })
    }
}

/// The rate of Adam for what a method learns beside a student with this optimizer and rate: a rate that suits SGD, such as 0.1, would
/// throw Adam's values about, each of whose steps is about as long as the rate whatever the gradient.
fn rate_beside(optimizer: OptimizerName, rate: f64) -> f64 {
    match optimizer {
        OptimizerName::Sgd => rate.min(MOST_BESIDE_SGD),
        OptimizerName::Adam => rate,
    }
}

/// What a network's last pass left at these places.
fn values<B: Backend>(backend: &B, network: &Network<B>, places: &[usize], rows: usize) -> Vec<Vec<f64>> {
    let at = |&place: &usize| {
        let values = backend.host(network.at(place)).unwrap_or_default();
        values.iter().take(rows * network.width(place)).map(|&value| f64::from(value)).collect()
    };
    places.iter().map(at).collect()
}

impl<B: Backend> Loss<B> for Guided<'_, B> {
    fn prepare(&mut self, batch: &mut HostBatch) {
        self.base.prepare(batch);
    }

    fn apply(&mut self, backend: &B, batch: &Batch<B>, logits: &B::Buffer, totals: &mut B::Buffer, d: &mut B::Buffer) {
        self.base.apply(backend, batch, logits, totals, d);
    }

    fn descend(
        &mut self,
        backend: &B,
        network: &mut Network<B>,
        batch: &Batch<B>,
        dropout: &mut [Rng],
        totals: &mut B::Buffer,
    ) {
        if !self.tapped {
            network.tap(backend, &self.student_places, self.batch);
            self.tapped = true;
        }
        let rows = batch.rows;
        backend.copy(network.input(), self.teacher.input(), rows * self.features);
        self.teacher.forward(backend, rows, Mode::Infer);
        network.forward(backend, rows, Mode::Train(dropout));
        let (logits, gradient) = network.logits_and_gradient();
        backend.fill(gradient, rows * batch.classes, 0.0);
        self.base.apply(backend, batch, logits, totals, gradient);

        let student = values(backend, network, &self.student_places, rows);
        let teacher = values(backend, &self.teacher, &self.teacher_places, rows);
        let mut gradients: Vec<Vec<f64>> = student.iter().map(|values| vec![0.0; values.len()]).collect();
        let seen = Seen { rows, indices: batch.indices, student: &student, teacher: &teacher };
        let loss = self.method.apply(&seen, &mut self.learned, &mut gradients);
        for (tap, gradient) in gradients.iter().enumerate() {
            let weighted: Vec<f32> = gradient.iter().map(|value| (value * self.weight) as f32).collect();
            backend.write(network.tap_gradient(tap), &weighted);
        }
        network.backward(backend, rows);
        self.learned.step(rate_beside(self.optimizer, f64::from(batch.rate)), self.weight);
        backend.write(&mut self.part, &[(loss * self.weight * rows as f64) as f32, 0.0]);
        backend.add_assign(2, &self.part, totals);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_method_learns_takes_adams_steps_beside_sgd_too() {
        let rates = |optimizer| [0.1, 0.005].map(|rate| rate_beside(optimizer, rate));
        assert_eq!(rates(OptimizerName::Sgd), [0.01, 0.005]);
        assert_eq!(rates(OptimizerName::Adam), [0.1, 0.005]);
    }
}
