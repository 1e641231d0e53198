//! Distillation that looks at gradients: by what teacher and student would change their minds.
//!
//! One file a method, each with its formula, its paper and the gradient of its loss. All ask a [`Probe`], for the student's second
//! derivatives too: the networks as they answer, with the running statistics of batch normalization, nothing dropped, and weights
//! that are not put on a grid, whatever the training of the base loss does beside it. A sample's part then depends on no other
//! sample, and a few are taken at a time.

pub(super) mod boundary_samples;
pub(super) mod jacobian;
pub(super) mod learning_without_memorizing;
#[cfg(test)]
mod testing;

use super::layers::{Mentor, normalized, normalized_gradient};
use super::{BY_GRADIENT, Distill};
use crate::backend::Backend;
use crate::data::Rng;
use crate::network::{Batch, HostBatch, Loss, Network, Probe};

/// Samples at a time: enough that weights are worth fetching, few enough that what is kept of every layer stays small.
const ROWS: usize = 16;

/// Some samples of a batch.
pub(crate) struct Few<'a> {
    /// How many.
    pub rows: usize,
    /// One after another.
    pub x: &'a [f32],
    /// Their classes.
    pub labels: &'a [usize],
    /// A sample's part in a mean over the batch.
    pub share: f64,
}

/// A loss that is told from gradients.
pub(crate) trait GradientLoss {
    /// These samples' part in the method's loss of their batch, whose gradient is added to the student's parameters.
    fn apply(&mut self, seen: &Few<'_>, student: &mut Probe, teacher: &mut Probe) -> f64;
}

/// Makes a method's loss.
pub(crate) type New = fn(&Distill, &Mentor<'_>) -> Box<dyn GradientLoss>;

/// The class with the largest logit of each sample, the first if tied.
fn answers(classes: usize, logits: &[f32]) -> Vec<usize> {
    let largest = |row: &[f32]| (1..row.len()).fold(0, |best, at| if row[at] > row[best] { at } else { best });
    logits.chunks_exact(classes).map(largest).collect()
}

/// A row for each sample that asks for the logit of this class alone.
fn one_hot(classes: usize, answers: &[usize]) -> Vec<f32> {
    let mut mix = vec![0.0; classes * answers.len()];
    answers.iter().enumerate().for_each(|(row, class)| mix[row * classes + class] = 1.0);
    mix
}

fn wide(values: &[f32]) -> Vec<f64> {
    values.iter().map(|&value| f64::from(value)).collect()
}

fn narrow(values: &[f64]) -> Vec<f32> {
    values.iter().map(|&value| value as f32).collect()
}

/// The squared distance between directions, `share |s / |s| - t / |t||^2` summed over rows of `width` values, and its gradient by
/// `s`.
fn directions(width: usize, share: f64, student: &[f64], teacher: &[f64]) -> (f64, Vec<f64>) {
    let (own, lengths) = normalized(width, student);
    let (theirs, _) = normalized(width, teacher);
    let mut loss = 0.0;
    let each = own.iter().zip(&theirs).map(|(own, theirs)| {
        loss += share * (own - theirs) * (own - theirs);
        2.0 * share * (own - theirs)
    });
    let by_unit: Vec<f64> = each.collect();
    (loss, normalized_gradient(width, &own, &lengths, &by_unit))
}

/// A loss of the logits, and a method's loss of gradients beside it. For backends whose values lie on the host, one lane at a time.
pub(crate) struct Watched<'a, B: Backend> {
    base: Box<dyn Loss<B> + 'a>,
    method: Box<dyn GradientLoss>,
    weight: f64,
    student: Probe,
    teacher: Probe,
    features: usize,
    /// This method's part of the loss, and no right answers.
    part: B::Buffer,
}

impl<'a, B: Backend> Watched<'a, B> {
    /// `base` alone where the step's method does not look at gradients.
    pub fn around(
        backend: &B,
        distill: &Distill,
        mentor: Mentor<'_>,
        base: Box<dyn Loss<B> + 'a>,
    ) -> Box<dyn Loss<B> + 'a>
    where
        B: 'a,
    {
        let Some((_, new)) = BY_GRADIENT.iter().find(|(name, _)| *name == distill.method) else { return base };
        Box::new(Self {
            base,
            method: new(distill, &mentor),
            weight: distill.weight,
            student: Probe::new(mentor.student, ROWS),
            teacher: Probe::new(mentor.teacher, ROWS),
            features: mentor.student.shape.len(),
            part: backend.zeros(2),
        })
    }

    /// Adds what the method has found to the network's gradients, under its masks and clusters.
    fn add_gradients(&self, backend: &B, network: &mut Network<B>) {
        for (parameter, probed) in network.parameters.iter_mut().zip(&self.student.parameters) {
            let weighted: Vec<f32> = probed.gradient.iter().map(|g| (f64::from(*g) * self.weight) as f32).collect();
            let mut more = backend.upload(&weighted);
            if let (Some(mask), true) = (&parameter.mask, parameter.dense.is_none()) {
                backend.multiply_assign(parameter.len, mask, &mut more);
            }
            if let Some((clusters, count)) = &parameter.clusters {
                backend.share_gradient(parameter.len, *count, clusters, &mut more);
            }
            backend.add_assign(parameter.len, &more, &mut parameter.gradient);
        }
    }
}

impl<B: Backend> Loss<B> for Watched<'_, B> {
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
        self.base.descend(backend, network, batch, dropout, totals);
        let rows = batch.rows;
        let x = backend.host(network.input()).unwrap_or_default().to_vec();
        let labels = answers(batch.classes, &backend.host(batch.labels).unwrap_or_default()[..rows * batch.classes]);
        self.student.follow(network.parameters.iter().map(|p| backend.host(&p.value).unwrap_or_default()));
        let mut loss = 0.0;
        let samples = x[..rows * self.features].chunks(ROWS * self.features);
        for (x, labels) in samples.zip(labels.chunks(ROWS)) {
            let seen = Few { rows: labels.len(), x, labels, share: 1.0 / rows as f64 };
            loss += self.method.apply(&seen, &mut self.student, &mut self.teacher);
        }
        self.add_gradients(backend, network);
        backend.write(&mut self.part, &[(loss * self.weight * rows as f64) as f32, 0.0]);
        backend.add_assign(2, &self.part, totals);
    }
}
