//! Synaptic flow: how much of what can run through a network runs through each weight.
//!
//! Paper: Tanaka, Kunin, Yamins, Ganguli, "Pruning neural networks without any data by iteratively conserving synaptic flow",
//! 2020.

use super::PerWeight;
use super::engine::{Engine, Step};
use super::linear::Linear;
use super::pooling;
use crate::network::Model;

/// What runs through a network.
#[derive(Clone, Debug)]
pub struct Flow {
    /// `log R`; minus infinity where nothing runs through.
    pub log_total: f64,
    /// `w dR/dw / R` for each weight, `w` being its absolute value: its share of all that runs through.
    pub shares: PerWeight,
}

/// Values and the logarithm of what they are to be multiplied by, so that no product over many layers overflows or vanishes.
#[derive(Clone)]
struct Scaled {
    values: Vec<f64>,
    log: f64,
}

impl Scaled {
    /// Brings the largest value to 1.
    fn new(mut values: Vec<f64>, mut log: f64) -> Self {
        let largest = values.iter().copied().fold(0.0, f64::max);
        if largest > 0.0 {
            values.iter_mut().for_each(|v| *v /= largest);
            log += libm::log(largest);
        } else {
            log = f64::NEG_INFINITY;
        }
        Self { values, log }
    }

    /// Adds values of another scale.
    fn add(&mut self, other: Self) {
        if self.log == f64::NEG_INFINITY {
            *self = other;
        } else if other.log > f64::NEG_INFINITY {
            let log = self.log.max(other.log);
            let (own, others) = (libm::exp(self.log - log), libm::exp(other.log - log));
            self.values.iter_mut().zip(&other.values).for_each(|(v, o)| *v = own * *v + others * o);
            self.log = log;
        }
    }
}

impl Engine {
    /// The same layers with absolute weights, no constants, and nothing nonlinear but max pooling.
    fn linearized(&self) -> Self {
        let absolute = |values: &[f64]| values.iter().map(|v| v.abs()).collect::<Vec<f64>>();
        let steps = self.steps.iter().map(|step| match step {
            Step::Linear { linear, bias } => Step::Linear {
                linear: Linear::new(linear.map(), absolute(linear.weights())),
                bias: vec![0.0; bias.len()],
            },
            Step::Affine { factors, shifts } => {
                Step::Affine { factors: absolute(factors), shifts: vec![0.0; shifts.len()] }
            }
            Step::Nonlinear { .. } => Step::Same,
            Step::Max(_) | Step::Sum { .. } | Step::Add { .. } | Step::Same => step.clone(),
        });
        Self { steps: steps.collect(), ..self.clone() }
    }
}

/// The synaptic flow: `R = 1^T |W_L| ... |W_1| 1`, the sum of the logits for an input of ones, where every weight has its
/// absolute value; and each weight's share of it.
///
/// As in the authors' code, batch normalization takes part with its frozen factors, in absolute value, and max pooling takes the
/// largest. Unlike there, biases and shifts are zero (as biases are when a network has just been drawn), so that `R` is
/// homogeneous in each layer's weights: the shares of each matrix add up to 1, those of the weights into a unit to those of the
/// weights out of it. Nonlinearities are left out: ReLU changes nothing that is not negative, and of `tanh` the slope at zero is
/// taken.
pub fn flow(model: &Model) -> Flow {
    let engine = Engine::new(model).linearized();
    let count = engine.steps.len();
    let mut outputs = vec![Scaled::new(vec![1.0; engine.widths[0]], 0.0)];
    let mut winners = Vec::new();
    for (layer, step) in engine.steps.iter().enumerate() {
        let x = &outputs[engine.input_of(layer)];
        winners.push(match step {
            Step::Max(pool) => pooling::winners(*pool, 1, &x.values),
            _ => Vec::new(),
        });
        let mut y = vec![0.0; engine.widths[layer + 1]];
        step.push(1, &x.values, &winners[layer], &[], &mut y);
        let mut y = Scaled::new(y, x.log);
        if let Step::Add { from } = step {
            y.add(outputs[*from].clone());
        }
        outputs.push(y);
    }
    let logits = &outputs[count];
    let log_total = logits.log + libm::log(logits.values.iter().sum());
    let mut shares = engine.zeros();
    if log_total == f64::NEG_INFINITY {
        return Flow { log_total, shares };
    }
    let none = |width: &usize| Scaled { values: vec![0.0; *width], log: f64::NEG_INFINITY };
    let mut gradients: Vec<Scaled> = engine.widths.iter().map(none).collect();
    gradients[count] = Scaled { values: vec![1.0; engine.widths[count]], log: 0.0 };
    let mut matrix = shares.len();
    for (layer, step) in engine.steps.iter().enumerate().rev() {
        let input = engine.input_of(layer);
        let (x, dy) = (&outputs[input], &gradients[layer + 1]);
        if let Step::Linear { linear, .. } = step {
            matrix -= 1;
            let shares = &mut shares[matrix];
            linear.outer(1, &x.values, &dy.values, shares);
            let scale = libm::exp(x.log + dy.log - log_total);
            shares.iter_mut().zip(linear.weights()).for_each(|(share, w)| *share *= w * scale);
        }
        let mut dx = vec![0.0; engine.widths[input]];
        step.pull(1, &winners[layer], &[], &dy.values, &mut dx);
        let dx = Scaled::new(dx, dy.log);
        let skipped = match step {
            Step::Add { from } => Some((*from, dy.clone())),
            _ => None,
        };
        gradients[input].add(dx);
        if let Some((from, dy)) = skipped {
            gradients[from].add(dy);
        }
    }
    Flow { log_total, shares }
}
