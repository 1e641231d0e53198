//! The loss's Hessian times a vector, exactly and without the Hessian, by Pearlmutter's R-operator.
//!
//! Paper: Pearlmutter, "Fast Exact Multiplication by the Hessian", 1994.
//!
//! `R` is the derivative along the vector: `R f(w) = d/dr f(w + r v)` at `r = 0`. Taken of every line of the forward and of the
//! backward pass, it ends at `R` of the gradient, which is `H v`. ReLU and max pooling choose as they do at `w`, which is the
//! derivative wherever there is one.

use super::engine::{BATCH, Engine, Step, Trace};
use super::first_order::gradient_at;
use super::linear::Linear;
use super::{PerWeight, Samples, softmax};
use crate::backend::Activation;
use crate::network::Model;

/// `H v` for the Hessian of the mean cross-entropy by the weights; biases and scales stay as they are.
pub fn hessian_times(model: &Model, samples: &Samples, v: &[Vec<f64>]) -> PerWeight {
    times(&Engine::new(model), samples, v, 1.0)
}

/// `H g`, where the logits are divided by a temperature: how the gradient changes along itself.
pub fn hessian_times_gradient(model: &Model, samples: &Samples, temperature: f64) -> PerWeight {
    let engine = Engine::new(model);
    let gradient = gradient_at(&engine, samples, temperature);
    times(&engine, samples, &gradient, temperature)
}

fn times(engine: &Engine, samples: &Samples, v: &[Vec<f64>], temperature: f64) -> PerWeight {
    let mut total = engine.zeros();
    let v: Vec<Linear> = engine.linears().zip(v).map(|(linear, v)| Linear::new(linear.map(), v.clone())).collect();
    let weight = 1.0 / samples.len().max(1) as f64;
    for (x, labels) in samples.batches(engine.widths[0], BATCH) {
        let trace = engine.forward(x);
        let along = forward(engine, &trace, &v);
        let p = softmax::softmax(engine.classes, temperature, trace.logits());
        let top = softmax::gradient(engine.classes, temperature, weight, &p, labels);
        let r_logits = along.last().map_or(&[][..], Vec::as_slice);
        let r_top = softmax::hessian_times(engine.classes, temperature, weight, &p, r_logits);
        backward(engine, &trace, &along, &v, top, r_top, &mut total);
    }
    total
}

/// `R` of every output: `R y = J R x`, and for `y = W x + b` also `V x`.
fn forward(engine: &Engine, trace: &Trace, v: &[Linear]) -> Vec<Vec<f64>> {
    let mut along = vec![vec![0.0; trace.outputs[0].len()]];
    let mut matrix = 0;
    for (layer, step) in engine.steps.iter().enumerate() {
        let (input, y) = (engine.input_of(layer), &trace.outputs[layer + 1]);
        let mut r = vec![0.0; y.len()];
        step.push(trace.rows, &along[input], &trace.winners[layer], y, &mut r);
        step.skip(&along, &mut r);
        if let Step::Linear { .. } = step {
            v[matrix].forward(trace.rows, &trace.outputs[input], &mut r);
            matrix += 1;
        }
        along.push(r);
    }
    along
}

/// `R` of the backward pass: of `dx = J^T dy` it is `R dx = J^T R dy + (R J)^T dy`, where `R J` is `V` for weights `W`, and for
/// `y = tanh(x)`, whose slope is `1 - y^2`, it is `-2 y R y`. Of `dw = x dy^T` it is `R dw = R x dy^T + x R dy^T`.
fn backward(
    engine: &Engine,
    trace: &Trace,
    along: &[Vec<f64>],
    v: &[Linear],
    top: Vec<f64>,
    r_top: Vec<f64>,
    total: &mut [Vec<f64>],
) {
    let rows = trace.rows;
    let zeros = || engine.widths.iter().map(|width| vec![0.0; rows * width]).collect::<Vec<Vec<f64>>>();
    let (mut gradients, mut r_gradients) = (zeros(), zeros());
    if let (Some(last), Some(r_last)) = (gradients.last_mut(), r_gradients.last_mut()) {
        (*last, *r_last) = (top, r_top);
    }
    let mut matrix = v.len();
    for (layer, step) in engine.steps.iter().enumerate().rev() {
        let (input, y, winners) = (engine.input_of(layer), &trace.outputs[layer + 1], &trace.winners[layer]);
        let (below, above) = gradients.split_at_mut(layer + 1);
        let (r_below, r_above) = r_gradients.split_at_mut(layer + 1);
        let (dx, dy) = (&mut below[input], &above[0]);
        let (r_dx, r_dy) = (&mut r_below[input], &r_above[0]);
        if let Step::Linear { linear, .. } = step {
            matrix -= 1;
            linear.outer(rows, &along[input], dy, &mut total[matrix]);
            linear.outer(rows, &trace.outputs[input], r_dy, &mut total[matrix]);
        }
        if input == 0 {
            step.skip_back(dy, below);
            step.skip_back(r_dy, r_below);
            continue;
        }
        step.pull(rows, winners, y, dy, dx);
        step.pull(rows, winners, y, r_dy, r_dx);
        match step {
            Step::Linear { .. } => v[matrix].backward(rows, dy, r_dx),
            Step::Nonlinear { f: Activation::Tanh, .. } => {
                let each = r_dx.iter_mut().zip(dy).zip(y.iter().zip(&along[layer + 1]));
                each.for_each(|((r_dx, dy), (y, r_y))| *r_dx += -2.0 * y * r_y * dy);
            }
            _ => {}
        }
        step.skip_back(dy, below);
        step.skip_back(r_dy, r_below);
    }
}
