//! What keeps a network from learning its samples by heart, around any loss: samples moved and mixed, labels smoothed, weights held
//! short.
//!
//! - `jitter`: every image is moved by a whole number of pixels in each direction, drawn anew each epoch (Hinton, Vinyals, Dean 2015,
//!   section 3: "jittering the images by up to two pixels in any direction").
//! - `mixup`: of a batch, sample `i` becomes `l x_i + (1 - l) x_j`, its label likewise, where `j` comes from shuffling the batch and
//!   the one `l` of a batch from Beta(a, a) (Zhang et al. 2018, "mixup", with one `l` a batch as in its code).
//! - `label_smoothing`: a label becomes `(1 - e) y + e / classes` (Szegedy et al. 2016, section 7).
//! - `max_norm`: after each step, the weights that lead into a unit are scaled to a length of at most this (Srivastava et al. 2014).
//!
//! Each draws from a stream of its own, named by the epoch and the batch.

use super::layer::Shape;
use super::pass::Network;
use super::trainer::{Batch, HostBatch, Loss};
use super::training::Training;
use crate::backend::Backend;
use crate::data::{Key, Rng};

/// `inner`, with samples, labels and weights as the training wants them; a key for each of the backend's lanes.
pub(crate) fn regularized<'a, B: Backend + 'a>(
    inner: Box<dyn Loss<B> + 'a>,
    training: &Training,
    shape: Shape,
    keys: Vec<Key>,
) -> Box<dyn Loss<B> + 'a> {
    if training.is_plain() {
        return inner;
    }
    Box::new(Regularized { inner, training: training.clone(), shape, keys, before: Vec::new() })
}

struct Regularized<'a, B: Backend> {
    inner: Box<dyn Loss<B> + 'a>,
    training: Training,
    shape: Shape,
    keys: Vec<Key>,
    /// A lane's values before they are changed.
    before: Vec<f32>,
}

impl<B: Backend> Loss<B> for Regularized<'_, B> {
    fn order(&self, lane: usize, epoch: usize) -> Option<Vec<u32>> {
        self.inner.order(lane, epoch)
    }

    fn prepare(&mut self, batch: &mut HostBatch) {
        let Training { jitter, label_smoothing, mixup, .. } = self.training;
        let (features, classes) = (self.shape.len(), batch.labels.len() / batch.indices.len().max(1));
        let lanes = batch.inputs.chunks_exact_mut(batch.rows * features);
        for ((inputs, labels), key) in lanes.zip(batch.labels.chunks_exact_mut(batch.rows * classes)).zip(&self.keys) {
            let stream =
                |name: &str| key.fold(name).fold_index(batch.epoch as u64).fold_index(batch.batch as u64).rng();
            if jitter > 0 {
                self.before.clear();
                self.before.extend_from_slice(inputs);
                move_images(self.shape, jitter, &mut stream("jitter"), &self.before, inputs);
            }
            if mixup > 0.0 {
                let mut rng = stream("mixup");
                let share = beta(mixup, &mut rng) as f32;
                let mut others: Vec<usize> = (0..batch.rows).collect();
                rng.shuffle(&mut others);
                for (values, width) in [(&mut *inputs, features), (&mut *labels, classes)] {
                    self.before.clear();
                    self.before.extend_from_slice(values);
                    mix(share, &others, width, &self.before, values);
                }
            }
        }
        if label_smoothing > 0.0 {
            let (kept, spread) = ((1.0 - label_smoothing) as f32, (label_smoothing / classes as f64) as f32);
            batch.labels.iter_mut().for_each(|label| *label = kept * *label + spread);
        }
        self.inner.prepare(batch);
    }

    fn apply(&mut self, backend: &B, batch: &Batch<B>, logits: &B::Buffer, totals: &mut B::Buffer, d: &mut B::Buffer) {
        self.inner.apply(backend, batch, logits, totals, d);
    }

    fn descend(
        &mut self,
        backend: &B,
        network: &mut Network<B>,
        batch: &Batch<B>,
        dropout: &mut [Rng],
        totals: &mut B::Buffer,
    ) {
        self.inner.descend(backend, network, batch, dropout, totals);
    }

    fn constrain(&mut self, backend: &B, network: &mut Network<B>) {
        self.inner.constrain(backend, network);
        if self.training.max_norm > 0.0 {
            network.limit_norms(backend, self.training.max_norm as f32);
        }
    }
}

/// Moves each image by up to `most` rows and columns; zeros come in.
fn move_images(shape: Shape, most: usize, rng: &mut Rng, from: &[f32], to: &mut [f32]) {
    let Shape { height, width, channels } = shape;
    to.fill(0.0);
    for (from, to) in from.chunks_exact(shape.len()).zip(to.chunks_exact_mut(shape.len())) {
        // From which row or column on one side to which on the other, and how many: what would leave the image is left out.
        let mut shift = |length: usize| {
            let by = rng.below(2 * most as u32 + 1) as usize;
            let (left, right) = (most.saturating_sub(by).min(length), by.saturating_sub(most).min(length));
            (left, right, length - left - right)
        };
        let (top_from, top_to, rows) = shift(height);
        let (left_from, left_to, columns) = shift(width);
        for row in 0..rows {
            let at = |row: usize, column: usize| (row * width + column) * channels;
            let line = &from[at(top_from + row, left_from)..][..columns * channels];
            to[at(top_to + row, left_to)..][..columns * channels].copy_from_slice(line);
        }
    }
}

/// Each row becomes `share` of itself and the rest of another.
fn mix(share: f32, others: &[usize], width: usize, from: &[f32], to: &mut [f32]) {
    for (row, &other) in to.chunks_exact_mut(width).zip(others) {
        for (value, other) in row.iter_mut().zip(&from[other * width..][..width]) {
            *value = share * *value + (1.0 - share) * other;
        }
    }
}

/// A draw from Beta(a, a): the share of one of two draws from Gamma(a) in their sum, by their logarithms, since for a small `a` both
/// may be too small for a number.
fn beta(a: f64, rng: &mut Rng) -> f64 {
    let [one, other] = [(); 2].map(|()| log_gamma_draw(a, rng));
    1.0 / (1.0 + libm::exp(other - one))
}

/// The logarithm of a draw from Gamma(a): Marsaglia, Tsang, "A Simple Method for Generating Gamma Variables", 2000, for `a + 1`, and
/// `Gamma(a) = Gamma(a + 1) U^(1 / a)` from there.
fn log_gamma_draw(a: f64, rng: &mut Rng) -> f64 {
    let uniform = |rng: &mut Rng| (f64::from(rng.next_u32()) + 0.5) / (1u64 << 32) as f64;
    let d = a + 1.0 - 1.0 / 3.0;
    let c = 1.0 / (9.0 * d).sqrt();
    loop {
        let x = f64::from(rng.normal());
        let v = 1.0 + c * x;
        if v > 0.0 {
            let v = v * v * v;
            if libm::log(uniform(rng)) < 0.5 * x * x + d - d * v + d * libm::log(v) {
                return libm::log(d * v) + libm::log(uniform(rng)) / a;
            }
        }
    }
}

#[cfg(test)]
#[cfg(not(target_arch = "wasm32"))]
mod tests {
    use super::*;
    use crate::backend::cpu::Cpu;
    use crate::network::CrossEntropy;
    use proptest::prelude::*;

    const SHAPE: Shape = Shape { height: 5, width: 6, channels: 2 };

    /// A batch of `rows` images and labels of three classes as this training makes it, from what stands in it.
    fn prepared(training: &Training, epoch: usize, inputs: &mut [f32], labels: &mut [f32]) {
        let rows = inputs.len() / SHAPE.len();
        let mut loss = regularized::<Cpu>(Box::new(CrossEntropy), training, SHAPE, vec![Key::new(5)]);
        let indices = vec![0; rows];
        loss.prepare(&mut HostBatch { epoch, batch: 3, done: 0.0, indices: &indices, rows, inputs, labels });
    }

    #[test]
    fn images_are_moved_as_far_as_allowed_and_nothing_else_comes_of_it() {
        let training = Training { jitter: 2, ..Training::default() };
        let rows = 200;
        let image: Vec<f32> = (1..=SHAPE.len()).map(|v| v as f32).collect();
        let mut inputs = image.repeat(rows);
        let mut labels = vec![1.0; 3 * rows];
        prepared(&training, 0, &mut inputs, &mut labels);
        assert!(labels.iter().all(|&label| label == 1.0));
        let at = |image: &[f32], row: isize, column: isize, channel: usize| {
            let inside = (0..5).contains(&row) && (0..6).contains(&column);
            if inside { image[(row * 6 + column) as usize * 2 + channel] } else { 0.0 }
        };
        let mut seen = std::collections::BTreeSet::new();
        for moved in inputs.chunks(SHAPE.len()) {
            let is_shift = |dy: isize, dx: isize| {
                (0..5).all(|r| (0..6).all(|c| (0..2).all(|ch| at(moved, r, c, ch) == at(&image, r - dy, c - dx, ch))))
            };
            let shifts: Vec<(isize, isize)> =
                (-2..=2).flat_map(|dy| (-2..=2).map(move |dx| (dy, dx))).filter(|&(dy, dx)| is_shift(dy, dx)).collect();
            assert_eq!(shifts.len(), 1);
            seen.insert(shifts[0]);
        }
        assert_eq!(seen.len(), 25, "every shift comes up");
        let mut again = image.repeat(rows);
        prepared(&training, 1, &mut again, &mut labels);
        assert_ne!(inputs, again, "another epoch moves them otherwise");
    }

    #[test]
    fn smoothed_labels_keep_their_sum() {
        let training = Training { label_smoothing: 0.3, ..Training::default() };
        let (mut inputs, mut labels) = (vec![0.5; SHAPE.len()], vec![0.0, 1.0, 0.0]);
        prepared(&training, 0, &mut inputs, &mut labels);
        for (label, wanted) in labels.iter().zip([0.1, 0.8, 0.1]) {
            assert!((label - wanted).abs() < 1e-6);
        }
        assert!(inputs.iter().all(|&v| v == 0.5));
    }

    #[test]
    fn mixed_samples_are_mixed_as_their_labels_are() {
        let training = Training { mixup: 1.0, ..Training::default() };
        // The images say what the label is, so that a mixed image says what its label must be.
        let rows = 30;
        let one_hot: Vec<f32> =
            (0..rows).flat_map(|row| (0..3).map(move |c| f32::from(u8::from(row % 3 == c)))).collect();
        let mut inputs = vec![0.0; rows * SHAPE.len()];
        for (image, label) in inputs.chunks_mut(SHAPE.len()).zip(one_hot.chunks(3)) {
            image[..3].copy_from_slice(label);
        }
        let mut labels = one_hot.clone();
        prepared(&training, 0, &mut inputs, &mut labels);
        for (image, label) in inputs.chunks(SHAPE.len()).zip(labels.chunks(3)) {
            assert_eq!(&image[..3], label);
            assert!((label.iter().sum::<f32>() - 1.0).abs() < 1e-6);
        }
        assert_ne!(labels, one_hot);
    }

    /// Beta(a, a) has the mean 1/2 and the variance 1 / (4 (2 a + 1)).
    #[test]
    fn shares_are_drawn_from_the_beta_distribution() {
        let mut rng = Key::new(11).rng();
        for a in [0.01, 0.2, 1.0, 4.0] {
            let draws: Vec<f64> = (0..20_000).map(|_| beta(a, &mut rng)).collect();
            assert!(draws.iter().all(|x| (0.0..=1.0).contains(x)));
            let mean = draws.iter().sum::<f64>() / draws.len() as f64;
            let variance = draws.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / draws.len() as f64;
            assert!((mean - 0.5).abs() < 0.015, "mean {mean} for {a}");
            assert!((variance - 0.25 / (2.0 * a + 1.0)).abs() < 0.006, "variance {variance} for {a}");
        }
    }

    proptest! {
        #[test]
        fn what_is_zero_is_off(epoch in 0usize..4, rows in 1usize..5) {
            let training = Training { max_norm: 1.0, ..Training::default() };
            let (mut inputs, mut labels) = (vec![0.25; rows * SHAPE.len()], vec![0.5; rows * 3]);
            prepared(&training, epoch, &mut inputs, &mut labels);
            prop_assert!(inputs.iter().all(|&v| v == 0.25) && labels.iter().all(|&v| v == 0.5));
        }
    }
}
