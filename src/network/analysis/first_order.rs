//! The loss and what its first derivatives tell.

use super::engine::{BATCH, Engine};
use super::{PerWeight, Samples, softmax};
use crate::network::{Model, Parameter};

/// Mean cross-entropy; 0 over no samples.
pub fn loss(model: &Model, samples: &Samples) -> f64 {
    let engine = Engine::new(model);
    let batches = samples.batches(engine.widths[0], BATCH);
    let sums = batches.map(|(x, labels)| softmax::cross_entropy(engine.classes, engine.forward(x).logits(), labels));
    sums.sum::<f64>() / samples.len().max(1) as f64
}

/// The gradient of the mean cross-entropy.
pub fn gradient(model: &Model, samples: &Samples) -> PerWeight {
    gradient_at(&Engine::new(model), samples, 1.0)
}

/// The same with the logits divided by a temperature.
pub(super) fn gradient_at(engine: &Engine, samples: &Samples, temperature: f64) -> PerWeight {
    let mut total = engine.zeros();
    let weight = 1.0 / samples.len().max(1) as f64;
    for (x, labels) in samples.batches(engine.widths[0], BATCH) {
        let trace = engine.forward(x);
        let p = softmax::softmax(engine.classes, temperature, trace.logits());
        let top = softmax::gradient(engine.classes, temperature, weight, &p, labels);
        engine.backward(&trace, top, |matrix, linear, x, dy| linear.outer(trace.rows, x, dy, &mut total[matrix]));
    }
    total
}

/// The mean over samples of the absolute value of each sample's gradient.
pub fn absolute_gradient(model: &Model, samples: &Samples) -> PerWeight {
    let engine = Engine::new(model);
    let mut total = engine.zeros();
    each_gradient(&engine, samples, |matrix, own| {
        total[matrix].iter_mut().zip(own).for_each(|(total, own)| *total += own.abs());
    });
    total
}

/// For each column of each weight matrix, a unit: the mean over samples of the absolute value of `sum g w` over its weights, which is
/// how much a sample's loss changes without the unit, to first order.
pub fn absolute_change(model: &Model, samples: &Samples) -> Vec<Vec<f64>> {
    let matrices: Vec<&Parameter> = model.weights().collect();
    let mut total: Vec<Vec<f64>> = matrices.iter().map(|p| vec![0.0; p.matrix_dims().1]).collect();
    each_gradient(&Engine::new(model), samples, |matrix, own| {
        let mut sums = vec![0.0; total[matrix].len()];
        for (at, (g, w)) in own.iter().zip(matrices[matrix].slice()).enumerate() {
            let unit = at % sums.len();
            sums[unit] += g * f64::from(*w);
        }
        total[matrix].iter_mut().zip(sums).for_each(|(total, sum)| *total += sum.abs());
    });
    total
}

/// Tells the gradient of each sample's loss by each weight matrix, divided by how many samples there are.
fn each_gradient(engine: &Engine, samples: &Samples, mut tell: impl FnMut(usize, &[f64])) {
    let mut own = engine.zeros();
    let weight = 1.0 / samples.len().max(1) as f64;
    for (x, labels) in samples.batches(engine.widths[0], 1) {
        let trace = engine.forward(x);
        let p = softmax::softmax(engine.classes, 1.0, trace.logits());
        let top = softmax::gradient(engine.classes, 1.0, weight, &p, labels);
        engine.backward(&trace, top, |matrix, linear, x, dy| {
            own[matrix].fill(0.0);
            linear.outer(1, x, dy, &mut own[matrix]);
            tell(matrix, &own[matrix]);
        });
    }
}

/// Rows whose outer products add up to the mean loss's Hessian without the curvature of the network itself (the Gauss-Newton
/// or Fisher matrix): all matrices' values in a row, one row for each sample and class.
///
/// With `J` the slopes of a sample's logits by the weights and `p` its probabilities, the sample's part of that matrix is
/// `J^T (diag(p) - p p^T) J`, and `diag(p) - p p^T = sum_c p_c (e_c - p)(e_c - p)^T`. So the row of class `c` is
/// `sqrt(p_c / samples) J^T (e_c - p)`: the gradient of the loss as if `c` were right, weighted by how likely the network holds
/// it. Hassibi and Stork have the outer products of the outputs' gradients, for a squared error; these are the same for the
/// cross-entropy. Where the network fits its samples, what is left out is small.
pub fn fisher_factors(model: &Model, samples: &Samples) -> Vec<Vec<f64>> {
    let engine = Engine::new(model);
    let mut rows = Vec::new();
    let count = samples.len().max(1) as f64;
    for (x, _) in samples.batches(engine.widths[0], 1) {
        let trace = engine.forward(x);
        let p = softmax::softmax(engine.classes, 1.0, trace.logits());
        for (class, &likely) in p.iter().enumerate() {
            let towards = |(other, p): (usize, &f64)| (if other == class { 1.0 } else { 0.0 }) - p;
            let top = p.iter().enumerate().map(towards).map(|d| (likely / count).sqrt() * d).collect();
            let mut row = engine.zeros();
            engine.backward(&trace, top, |matrix, linear, x, dy| linear.outer(1, x, dy, &mut row[matrix]));
            rows.push(row.concat());
        }
    }
    rows
}
