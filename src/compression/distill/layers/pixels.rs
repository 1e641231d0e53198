//! Sums over an image of features: over its pixels, and over its channels.

use super::matrix::{add_scaled, dot};
use crate::network::Shape;

fn pixels(shape: Shape) -> usize {
    shape.height * shape.width
}

/// The mean over the pixels of each sample: a vector of as many values as there are channels.
pub(super) fn means(shape: Shape, x: &[f64]) -> Vec<f64> {
    let mut means = vec![0.0; x.len() / pixels(shape)];
    for (sample, mean) in x.chunks_exact(shape.len()).zip(means.chunks_exact_mut(shape.channels)) {
        sample.chunks_exact(shape.channels).for_each(|pixel| add_scaled(1.0 / pixels(shape) as f64, pixel, mean));
    }
    means
}

/// The gradient of [`means`], added to that of the features.
pub(super) fn means_gradient(shape: Shape, d_means: &[f64], d_x: &mut [f64]) {
    for (d_mean, sample) in d_means.chunks_exact(shape.channels).zip(d_x.chunks_exact_mut(shape.len())) {
        sample.chunks_exact_mut(shape.channels).for_each(|d| add_scaled(1.0 / pixels(shape) as f64, d_mean, d));
    }
}

/// The sum over the channels of the squares, pixel by pixel: where a layer looks.
pub(super) fn squares(channels: usize, x: &[f64]) -> Vec<f64> {
    x.chunks_exact(channels).map(|pixel| dot(pixel, pixel)).collect()
}

/// The gradient of [`squares`], added to that of the features.
pub(super) fn squares_gradient(channels: usize, x: &[f64], d_squares: &[f64], d_x: &mut [f64]) {
    let rows = x.chunks_exact(channels).zip(d_x.chunks_exact_mut(channels));
    rows.zip(d_squares).for_each(|((x, d_x), d)| add_scaled(2.0 * d, x, d_x));
}
