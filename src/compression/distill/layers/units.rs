//! Vectors brought to length 1.

use super::matrix::dot;

/// Added to the square of a length, so that a vector of zeros (features that no sample wakes) stays one.
const EPSILON: f64 = 1e-6;

/// The rows of a matrix, each as `x / sqrt(|x|^2 + epsilon)`.
pub(super) struct Units {
    width: usize,
    lengths: Vec<f64>,
    /// Row by row.
    pub rows: Vec<f64>,
}

impl Units {
    /// Of rows of `width` values.
    pub fn of(width: usize, mut rows: Vec<f64>) -> Self {
        let lengths: Vec<f64> = rows.chunks_exact(width).map(|row| (dot(row, row) + EPSILON).sqrt()).collect();
        for (row, length) in rows.chunks_exact_mut(width).zip(&lengths) {
            row.iter_mut().for_each(|value| *value /= length);
        }
        Self { width, lengths, rows }
    }

    /// From the gradient `g` of the rows `u` of length 1 to that of what they were: `(g - (g . u) u) / length`.
    pub fn gradient(&self, mut g: Vec<f64>) -> Vec<f64> {
        for ((g, u), length) in
            g.chunks_exact_mut(self.width).zip(self.rows.chunks_exact(self.width)).zip(&self.lengths)
        {
            let along = dot(g, u);
            g.iter_mut().zip(u).for_each(|(g, u)| *g = (*g - along * u) / length);
        }
        g
    }
}
