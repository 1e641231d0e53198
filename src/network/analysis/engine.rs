//! A model made ready for the passes, and the two passes that all others are made of.
//!
//! Every layer's output is kept by its index, and gradients of outputs are added up by the same index, so that an output may be
//! read by more than one layer.

use super::linear::{Linear, Map};
use super::{PerWeight, pooling};
use crate::backend::{Activation, NORMALIZATION_EPSILON, Pool, PoolKind};
use crate::network::{Layer, Model, Role};

/// Samples that go through the layers together: enough that a row of weights is worth fetching, few enough that what they
/// leave behind stays near.
pub(super) const BATCH: usize = 16;

/// One layer with its parameters.
#[derive(Clone, Debug)]
pub(super) enum Step {
    /// `y = W x + b`, the bias one for each column of the weights.
    Linear { linear: Linear, bias: Vec<f64> },
    /// Frozen batch normalization: `y = factor x + shift`, one of each for a channel.
    Affine { factors: Vec<f64>, shifts: Vec<f64> },
    /// The largest of each window.
    Max(Pool),
    /// `share` times the sum of each window.
    Sum { pool: Pool, share: f64 },
    /// A nonlinearity. Backwards, its slope, or the slope's square.
    Nonlinear { f: Activation, squared: bool },
    /// A skip connection: `y = x` and the output at this place, which the passes add and pass back to.
    Add { from: usize },
    /// No arithmetic: `y = x`.
    Same,
}

/// A network in `f64`.
#[derive(Clone, Debug)]
pub(super) struct Engine {
    /// One for each layer.
    pub steps: Vec<Step>,
    /// Values of one sample in each output: the input's, then each layer's.
    pub widths: Vec<usize>,
    pub classes: usize,
}

/// What a forward pass leaves.
pub(super) struct Trace {
    /// Samples.
    pub rows: usize,
    /// The input, then each layer's output.
    pub outputs: Vec<Vec<f64>>,
    /// For each layer: which inputs max pooling took.
    pub winners: Vec<Vec<usize>>,
}

impl Trace {
    /// What the last layer says.
    pub fn logits(&self) -> &[f64] {
        self.outputs.last().map_or(&[], Vec::as_slice)
    }
}

/// The slope of a nonlinearity, told from its output.
pub(super) fn slope(f: Activation, y: f64) -> f64 {
    match f {
        Activation::Relu if y > 0.0 => 1.0,
        Activation::Relu => 0.0,
        Activation::Tanh => 1.0 - y * y,
    }
}

impl Engine {
    pub fn new(model: &Model) -> Self {
        let mut widths = vec![model.shape.len()];
        let mut steps = Vec::new();
        for (index, layer) in model.layers.iter().enumerate() {
            widths.push(layer.outputs(widths[index]));
            let values = |role| {
                let of_role = model.of_layer(index).find(|p| p.role == role);
                of_role.map_or_else(Vec::new, |p| p.slice().iter().map(|v| f64::from(*v)).collect::<Vec<f64>>())
            };
            let linear =
                |map| Step::Linear { linear: Linear::new(map, values(Role::Weight)), bias: values(Role::Bias) };
            steps.push(match *layer {
                Layer::Dense { inputs, outputs } => linear(Map::Dense { inputs, outputs }),
                Layer::Convolution(conv) => linear(Map::Convolution(conv)),
                Layer::Pool(pool) => match pool.kind {
                    PoolKind::Max => Step::Max(pool),
                    PoolKind::Average => Step::Sum { pool, share: 1.0 / (pool.size * pool.size) as f64 },
                },
                Layer::Activation(f) => Step::Nonlinear { f, squared: false },
                Layer::BatchNormalization { channels, .. } => {
                    let (scale, statistics) = (values(Role::Scale), values(Role::Statistics));
                    let (gamma, beta) = scale.split_at(channels);
                    let (mean, variance) = statistics.split_at(channels);
                    let factor =
                        |(gamma, variance): (&f64, &f64)| gamma / (variance + f64::from(NORMALIZATION_EPSILON)).sqrt();
                    let factors: Vec<f64> = gamma.iter().zip(variance).map(factor).collect();
                    let centres = factors.iter().zip(mean);
                    let shifts = centres.zip(beta).map(|((factor, mean), beta)| beta - factor * mean).collect();
                    Step::Affine { factors, shifts }
                }
                // Outputs are counted from the input on, so what comes into a layer has its place.
                Layer::Add { from } => Step::Add { from },
                // Methods that look through a network refuse one with sequences; see `supports`.
                Layer::Sequence(_) => Step::Same,
                // The straight-through estimator's own view: as if values were not put on a grid.
                Layer::Dropout { .. } | Layer::Flatten | Layer::FakeQuantize { .. } | Layer::QuantizeWeights { .. } => {
                    Step::Same
                }
            });
        }
        Self { steps, widths, classes: model.classes }
    }

    /// The layers with weights, in the order of the weight matrices.
    pub fn linears(&self) -> impl Iterator<Item = &Linear> {
        self.steps.iter().filter_map(|step| match step {
            Step::Linear { linear, .. } => Some(linear),
            _ => None,
        })
    }

    /// A zero for each weight.
    pub fn zeros(&self) -> PerWeight {
        self.linears().map(|linear| vec![0.0; linear.weights().len()]).collect()
    }

    /// Which output a layer reads.
    pub fn input_of(&self, layer: usize) -> usize {
        layer
    }

    /// From the input to the logits.
    pub fn forward(&self, input: Vec<f64>) -> Trace {
        let rows = input.len() / self.widths[0].max(1);
        let mut trace = Trace { rows, outputs: vec![input], winners: Vec::new() };
        for (layer, step) in self.steps.iter().enumerate() {
            let x = &trace.outputs[self.input_of(layer)];
            let winners = match step {
                Step::Max(pool) => pooling::winners(*pool, rows, x),
                _ => Vec::new(),
            };
            let repeated = |values: &[f64]| values.repeat(rows * self.widths[layer + 1] / values.len().max(1));
            let y = match step {
                Step::Nonlinear { f: Activation::Relu, .. } => x.iter().map(|x| x.max(0.0)).collect(),
                Step::Nonlinear { f: Activation::Tanh, .. } => x.iter().map(|x| libm::tanh(*x)).collect(),
                Step::Linear { bias: constant, .. } | Step::Affine { shifts: constant, .. } => {
                    let mut y = repeated(constant);
                    step.push(rows, x, &winners, &[], &mut y);
                    y
                }
                Step::Max(_) | Step::Sum { .. } | Step::Add { .. } | Step::Same => {
                    let mut y = vec![0.0; rows * self.widths[layer + 1]];
                    step.push(rows, x, &winners, &[], &mut y);
                    step.skip(&trace.outputs, &mut y);
                    y
                }
            };
            trace.outputs.push(y);
            trace.winners.push(winners);
        }
        trace
    }

    /// From the gradient `top` of the logits to that of every layer's output, by the chain rule. `visit` is given each layer
    /// with weights, counted among the weight matrices: its input and the gradient of its output, whose outer product is the
    /// gradient of its weights.
    pub fn backward(&self, trace: &Trace, top: Vec<f64>, mut visit: impl FnMut(usize, &Linear, &[f64], &[f64])) {
        let mut gradients: Vec<Vec<f64>> = self.widths.iter().map(|width| vec![0.0; trace.rows * width]).collect();
        if let Some(last) = gradients.last_mut() {
            *last = top;
        }
        let mut matrix = self.linears().count();
        for (layer, step) in self.steps.iter().enumerate().rev() {
            let input = self.input_of(layer);
            let (below, above) = gradients.split_at_mut(layer + 1);
            let (dx, dy) = (&mut below[input], &above[0]);
            if let Step::Linear { linear, .. } = step {
                matrix -= 1;
                visit(matrix, linear, &trace.outputs[input], dy);
            }
            // Nothing asks for the gradient of the network's input.
            if input > 0 {
                step.pull(trace.rows, &trace.winners[layer], &trace.outputs[layer + 1], dy, dx);
            }
            step.skip_back(dy, below);
        }
    }
}

impl Step {
    /// `y += J x`, `J` being the layer's matrix of slopes where its output is `at`: for all layers but nonlinearities the layer
    /// itself without its constants.
    pub fn push(&self, rows: usize, x: &[f64], winners: &[usize], at: &[f64], y: &mut [f64]) {
        match self {
            Step::Linear { linear, .. } => linear.forward(rows, x, y),
            Step::Affine { factors, .. } => scale(factors, x, y),
            Step::Max(_) => y.iter_mut().zip(winners).for_each(|(y, winner)| *y += x[*winner]),
            Step::Sum { pool, share } => pooling::for_each_value(*pool, rows, |o, i| y[o] += share * x[i]),
            Step::Nonlinear { f, .. } => {
                y.iter_mut().zip(x.iter().zip(at)).for_each(|(y, (x, at))| *y += slope(*f, *at) * x);
            }
            Step::Add { .. } | Step::Same => add(x, y),
        }
    }

    /// `dx += J^T dy`.
    pub fn pull(&self, rows: usize, winners: &[usize], at: &[f64], dy: &[f64], dx: &mut [f64]) {
        match self {
            Step::Linear { linear, .. } => linear.backward(rows, dy, dx),
            Step::Affine { factors, .. } => scale(factors, dy, dx),
            Step::Max(_) => dy.iter().zip(winners).for_each(|(dy, winner)| dx[*winner] += dy),
            Step::Sum { pool, share } => pooling::for_each_value(*pool, rows, |o, i| dx[i] += share * dy[o]),
            Step::Nonlinear { f, squared } => {
                for (dx, (dy, at)) in dx.iter_mut().zip(dy.iter().zip(at)) {
                    let slope = slope(*f, *at);
                    *dx += if *squared { slope * slope * dy } else { slope * dy };
                }
            }
            Step::Add { .. } | Step::Same => add(dy, dx),
        }
    }

    /// What a skip connection adds, of all outputs before it.
    pub fn skip(&self, outputs: &[Vec<f64>], y: &mut [f64]) {
        if let Step::Add { from } = self {
            add(&outputs[*from], y);
        }
    }

    /// The gradient that goes back along a skip connection.
    pub fn skip_back(&self, dy: &[f64], gradients: &mut [Vec<f64>]) {
        if let Step::Add { from } = self {
            add(dy, &mut gradients[*from]);
        }
    }
}

fn add(x: &[f64], y: &mut [f64]) {
    y.iter_mut().zip(x).for_each(|(y, x)| *y += x);
}

/// `y += factor x`, channel by channel.
fn scale(factors: &[f64], x: &[f64], y: &mut [f64]) {
    let channels = factors.len().max(1);
    for (y, x) in y.chunks_exact_mut(channels).zip(x.chunks_exact(channels)) {
        y.iter_mut().zip(x.iter().zip(factors)).for_each(|(y, (x, factor))| *y += factor * x);
    }
}
