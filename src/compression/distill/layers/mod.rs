//! Distillation that looks into layers: what teacher and student make of the same samples half way is compared, too.
//!
//! One file a method, each with its formula, its paper and the gradient of its loss. All compute in `f64` on the host, in a fixed
//! order of sums, so that a result has the same bits everywhere and a gradient can be held against finite differences.

pub(super) mod activation_boundary;
pub(super) mod attention_features;
mod attention_maps;
pub(super) mod attention_transfer;
mod connector;
pub(super) mod contrastive;
pub(super) mod correlation_congruence;
mod embedding;
pub(super) mod factor_transfer;
pub(super) mod flow;
mod guided;
pub(super) mod hints;
pub(super) mod instance_graph;
mod learned;
mod matrix;
pub(super) mod neuron_selectivity;
pub(super) mod overhaul;
mod pixels;
mod places;
pub(super) mod probabilistic_transfer;
pub(super) mod relational_angle;
pub(super) mod relational_distance;
mod relations;
mod resize;
pub(super) mod similarity;
#[cfg(test)]
mod testing;
mod units;
pub(super) mod variational_information;

pub(super) use embedding::{normalized, normalized_gradient};
pub(crate) use guided::{Guided, Mentor};
pub(crate) use learned::Learned;
pub(crate) use places::check_layers;
pub(super) use places::compared;
pub(super) use resize::Resize;

use crate::data::Key;
use crate::network::Shape;

/// Which hidden layers a method compares. A hidden layer is one that ends in a nonlinearity (in a network of residual blocks
/// without such, one that ends in a skip connection); teacher and student are paired by their place between input and output.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Looks {
    /// Which of the hidden layers.
    pub pairing: Pairing,
    /// Whether it looks at what comes out of the nonlinearities or goes into them.
    pub side: Side,
    /// Whether it means anything for images of features alone, those of convolutions.
    pub images: bool,
}

/// See [`Looks::pairing`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pairing {
    /// The last hidden layer of each.
    Last,
    /// The hidden layer half way.
    Middle,
    /// As many as the network with fewer has, evenly spread over the other's.
    Each,
    /// All of both, in no pairs: the one network may have more of them than the other.
    All,
}

/// See [`Looks::side`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// Behind the nonlinearity.
    After,
    /// In front of it.
    Before,
}

/// What a method knows of the two networks before it starts.
pub(crate) struct Sizes<'a> {
    /// Of the student's layers: height, width and channels of a sample.
    pub student: &'a [Shape],
    /// Of the teacher's, pair by pair (but for [`Pairing::All`]).
    pub teacher: &'a [Shape],
    /// Training samples there are.
    pub samples: usize,
}

/// What teacher and student make of a batch.
pub(crate) struct Seen<'a> {
    /// Samples.
    pub rows: usize,
    /// Which training samples they are.
    pub indices: &'a [u32],
    /// The student's values at each of its layers: `rows` samples of height x width x channels.
    pub student: &'a [Vec<f64>],
    /// The teacher's, pair by pair (but for [`Pairing::All`]).
    pub teacher: &'a [Vec<f64>],
}

/// A loss over pairs of hidden layers.
pub(crate) trait LayerLoss {
    /// The method's loss of a batch. Adds its gradient with respect to the student's values to `gradients`, which are as `student`
    /// and hold zeros, and that with respect to what the method itself learns to [`Learned`].
    fn apply(&mut self, seen: &Seen<'_>, learned: &mut Learned, gradients: &mut [Vec<f64>]) -> f64;
}

/// Makes a method's loss: what it learns beside the student is drawn from `key` into [`Learned`].
pub(crate) type New = fn(&Sizes<'_>, &mut Learned, &Key) -> Box<dyn LayerLoss>;
