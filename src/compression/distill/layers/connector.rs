//! A learned linear map of each pixel's channels: what brings a student's features to as many channels as its teacher's.

use super::Learned;
use super::matrix::{add_bias, column_sums, product, product_left, product_right};
use crate::data::Key;

/// `y = x W + b` for each pixel, with `W` and `b` in [`Learned`].
pub(super) struct Connector {
    /// Channels that go in.
    pub from: usize,
    /// Channels that come out.
    pub to: usize,
    weights: usize,
    bias: usize,
}

impl Connector {
    pub fn new(from: usize, to: usize, learned: &mut Learned, key: &Key) -> Self {
        Self { from, to, weights: learned.add_matrix(from, to, key), bias: learned.add(vec![0.0; to]) }
    }

    /// What comes out, pixel by pixel.
    pub fn forward(&self, x: &[f64], learned: &Learned) -> Vec<f64> {
        let mut y = product(x.len() / self.from, self.from, self.to, x, learned.value(self.weights));
        add_bias(self.to, learned.value(self.bias), &mut y);
        y
    }

    /// Adds the gradients of `W` and `b`.
    pub fn learn(&self, x: &[f64], d_y: &[f64], learned: &mut Learned) {
        column_sums(self.to, d_y, learned.value_and_gradient(self.bias).1);
        let (_, d_weights) = learned.value_and_gradient(self.weights);
        product_left(x.len() / self.from, self.from, self.to, x, d_y, d_weights);
    }

    /// Adds the gradients of `W` and `b`, and returns that of `x`.
    pub fn backward(&self, x: &[f64], d_y: &[f64], learned: &mut Learned) -> Vec<f64> {
        self.learn(x, d_y, learned);
        product_right(x.len() / self.from, self.from, self.to, d_y, learned.value(self.weights))
    }

    /// Makes it the map that changes nothing, of as many channels on both sides.
    #[cfg(test)]
    pub fn become_identity(&self, learned: &mut Learned) {
        for at in 0..self.from * self.to {
            let wanted = f64::from(u8::from(at / self.to == at % self.to));
            // By way of zero, so that nothing is rounded.
            learned.move_by(self.weights, at, -learned.value(self.weights)[at]);
            learned.move_by(self.weights, at, wanted);
        }
    }
}
