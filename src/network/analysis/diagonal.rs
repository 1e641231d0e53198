//! The diagonal of the loss's Hessian, by one more backward pass.
//!
//! Paper: LeCun, Denker, Solla, "Optimal Brain Damage", 1990, equations 6 to 9.

use super::engine::{BATCH, Engine, Step};
use super::linear::Linear;
use super::{PerWeight, Samples, softmax};
use crate::network::Model;

impl Engine {
    /// The same layers with every weight squared, factors and slopes included: what second derivatives are passed back by.
    fn squared(&self) -> Self {
        let square = |values: &[f64]| values.iter().map(|v| v * v).collect::<Vec<f64>>();
        let steps = self.steps.iter().map(|step| match step {
            Step::Linear { linear, bias } => {
                Step::Linear { linear: Linear::new(linear.map(), square(linear.weights())), bias: bias.clone() }
            }
            Step::Affine { factors, shifts } => Step::Affine { factors: square(factors), shifts: shifts.clone() },
            Step::Sum { pool, share } => Step::Sum { pool: *pool, share: share * share },
            Step::Nonlinear { f, .. } => Step::Nonlinear { f: *f, squared: true },
            Step::Max(_) | Step::Add { .. } | Step::Same => step.clone(),
        });
        Self { steps: steps.collect(), ..self.clone() }
    }
}

/// The second derivative of the mean loss by each weight, as Optimal Brain Damage takes it.
///
/// With `h` the second derivative by a value, in one sample: `h_z = p (1 - p)` for the logits, `h_x = sum_j w_ij^2 h_yj` below
/// weights, `h_x = f'(x)^2 h_y` below a nonlinearity, and `h_w = sum x^2 h_y` over all the places where a weight is used; then
/// the mean over samples.
///
/// Exact for a network of one layer, and for the last dense layer of any. Elsewhere it leaves out three things: second
/// derivatives by two different values of a layer (the softmax's `-p_i p_j` among them), which the paper assumes to be zero;
/// those by two different places of one shared weight, likewise; and the term `f''(x) dE/dy` of a curved nonlinearity, without
/// which (the paper's "Levenberg-Marquardt approximation") no value is negative. ReLU has no such term.
pub fn diagonal(model: &Model, samples: &Samples) -> PerWeight {
    let engine = Engine::new(model);
    let squared = engine.squared();
    let mut total = engine.zeros();
    let weight = 1.0 / samples.len().max(1) as f64;
    for (x, _) in samples.batches(engine.widths[0], BATCH) {
        let trace = engine.forward(x);
        let p = softmax::softmax(engine.classes, 1.0, trace.logits());
        let top = p.iter().map(|p| weight * p * (1.0 - p)).collect();
        squared.backward(&trace, top, |matrix, linear, x, h| {
            let x: Vec<f64> = x.iter().map(|x| x * x).collect();
            linear.outer(trace.rows, &x, h, &mut total[matrix]);
        });
    }
    total
}
