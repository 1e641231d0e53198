//! What pruning methods ask about a network: gradients and second derivatives, in `f64` on the host.
//!
//! Explicit layers in pairs of passes over a [`Model`](super::Model) as it answers once trained: batch normalization with its
//! running statistics, nothing dropped out. All that is asked of a loss is asked of the mean cross-entropy over some samples.
//! Biases and scales take part in the passes, and only weights are reported, laid out as
//! [`Model::weights`](super::Model::weights).
//!
//! The bits of a result are the same on every target: every sum has one order, no multiply-add is fused, and `exp`, `log` and
//! `tanh` come from `libm`.

mod diagonal;
mod engine;
mod first_order;
mod flow;
mod hessian;
mod linear;
mod pooling;
#[cfg(test)]
pub(crate) mod reference;
mod softmax;
#[cfg(test)]
mod tests;

pub use diagonal::diagonal;
pub use first_order::{absolute_change, absolute_gradient, fisher_factors, gradient, loss};
pub use flow::{Flow, flow};
pub use hessian::{hessian_times, hessian_times_gradient};

/// One value for each weight, laid out as [`Model::weights`](super::Model::weights).
pub type PerWeight = Vec<Vec<f64>>;

/// Labelled samples to judge weights by.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Samples {
    /// One after another, each as many values as the network's input has.
    pub x: Vec<f32>,
    /// The class of each.
    pub labels: Vec<u8>,
}

impl Samples {
    /// How many there are.
    pub fn len(&self) -> usize {
        self.labels.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.labels.is_empty()
    }

    /// The samples in order, up to `rows` at a time: their values, `width` each, and their labels.
    fn batches(&self, width: usize, rows: usize) -> impl Iterator<Item = (Vec<f64>, &[u8])> {
        let inputs = self.x.chunks((width * rows).max(1));
        inputs.zip(self.labels.chunks(rows)).map(|(x, labels)| (x.iter().map(|v| f64::from(*v)).collect(), labels))
    }
}
