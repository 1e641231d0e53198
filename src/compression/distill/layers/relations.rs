//! What the samples of a batch are to one another: products and distances of their features, and the gradients of losses of these.
//!
//! A table over pairs has a row and a column for each sample. Products are summed over values in index order, for all pairs of a
//! sample side by side: that is what makes them affordable for images of features.

use super::matrix::add_scaled;

/// Values of a sample that are worked on together.
const BLOCK: usize = 256;

/// `x_i . x_j` for all pairs of `rows` samples.
pub(super) fn products(rows: usize, x: &[f64]) -> Vec<f64> {
    let width = x.len() / rows.max(1);
    let mut products = vec![0.0; rows * rows];
    let mut turned = vec![0.0; rows * BLOCK];
    for first in (0..width).step_by(BLOCK) {
        let count = BLOCK.min(width - first);
        for (row, x) in x.chunks_exact(width).enumerate() {
            x[first..][..count].iter().enumerate().for_each(|(at, value)| turned[at * rows + row] = *value);
        }
        for (i, products) in products.chunks_exact_mut(rows).enumerate() {
            for column in turned.chunks_exact(rows).take(count).filter(|column| column[i] != 0.0) {
                add_scaled(column[i], &column[i..], &mut products[i..]);
            }
        }
    }
    for i in 0..rows {
        for j in 0..i {
            products[i * rows + j] = products[j * rows + i];
        }
    }
    products
}

/// From the gradient of a loss by each product, the table's entries being taken as free, to that by the samples, which is added.
pub(super) fn products_gradient(rows: usize, x: &[f64], gradient: &[f64], d_x: &mut [f64]) {
    let width = x.len() / rows.max(1);
    for first in (0..width).step_by(BLOCK) {
        let count = BLOCK.min(width - first);
        for i in 0..rows {
            let d_x = &mut d_x[i * width + first..][..count];
            for j in 0..rows {
                let both = gradient[i * rows + j] + gradient[j * rows + i];
                if both != 0.0 {
                    add_scaled(both, &x[j * width + first..][..count], d_x);
                }
            }
        }
    }
}

/// `|x_i - x_j|^2` for all pairs, from their products.
pub(super) fn squared_distances(rows: usize, products: &[f64]) -> Vec<f64> {
    let own = |i: usize| products[i * rows + i];
    let pair = |at: usize| (at / rows, at % rows);
    (0..rows * rows)
        .map(pair)
        .map(|(i, j)| if i == j { 0.0 } else { (own(i) + own(j) - 2.0 * products[i * rows + j]).max(0.0) })
        .collect()
}

/// From the gradient by squared distances to that by products.
pub(super) fn squared_distances_gradient(rows: usize, gradient: &[f64]) -> Vec<f64> {
    let mut of_products = vec![0.0; rows * rows];
    for i in 0..rows {
        for j in (0..rows).filter(|j| *j != i) {
            let g = gradient[i * rows + j];
            of_products[i * rows + i] += g;
            of_products[j * rows + j] += g;
            of_products[i * rows + j] -= 2.0 * g;
        }
    }
    of_products
}

/// Divides a table with nothing on its diagonal by the mean of its other entries, which is returned; where all are nothing, it is
/// left so.
pub(super) fn divide_by_mean(rows: usize, table: &mut [f64]) -> f64 {
    let mean = table.iter().sum::<f64>() / (rows * rows.saturating_sub(1)).max(1) as f64;
    if mean > 0.0 {
        table.iter_mut().for_each(|entry| *entry /= mean);
    }
    mean
}

/// From the gradient by the entries that [`divide_by_mean`] left in `table` to that by those it took.
pub(super) fn divide_by_mean_gradient(rows: usize, table: &[f64], mean: f64, gradient: &mut [f64]) {
    if mean <= 0.0 {
        return gradient.fill(0.0);
    }
    let together = super::matrix::dot(gradient, table) / (rows * rows.saturating_sub(1)).max(1) as f64;
    for (at, gradient) in gradient.iter_mut().enumerate() {
        *gradient = if at / rows == at % rows { 0.0 } else { (*gradient - together) / mean };
    }
}

/// Huber's loss of a difference, and its slope: half the square up to 1, linear from there on.
pub(super) fn huber(difference: f64) -> (f64, f64) {
    match difference.abs() {
        size if size <= 1.0 => (difference * difference / 2.0, difference),
        size => (size - 0.5, difference.signum()),
    }
}

#[cfg(test)]
pub(super) mod moved {
    /// The samples turned, moved and stretched, in as many or more dimensions: what relations must not see.
    pub fn moved(from: usize, to: usize, stretch: f64, x: &[f64]) -> Vec<f64> {
        let (sin, cos) = (0.6, 0.8);
        let turn = |sample: &[f64]| {
            let mut y: Vec<f64> = sample.to_vec();
            y.resize(to, 0.0);
            for i in 1..to {
                (y[i - 1], y[i]) = (cos * y[i - 1] - sin * y[i], sin * y[i - 1] + cos * y[i]);
            }
            y.into_iter().enumerate().map(|(i, y)| stretch * y + i as f64).collect::<Vec<f64>>()
        };
        x.chunks(from).flat_map(turn).collect()
    }
}
