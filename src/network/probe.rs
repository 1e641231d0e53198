//! A network as it answers, opened up: the slopes of its logits by what comes into any of its layers, and how a mix of these slopes
//! changes with the parameters.
//!
//! Batch normalization has its running statistics, nothing is dropped, and weights are not put on a grid. ReLU and max pooling choose
//! as they do where the network stands, which gives the derivative wherever there is one: differences of slopes at two places near
//! each other would mostly tell which units have changed sides in between.
//!
//! With the slopes `g = dz / da` of a mix `z` of logits by the values `a` at some place, `v . g` is the derivative of `z` along `v`: what
//! a second forward pass computes that takes `v` for `a`, every layer replaced by its slopes (its *tangent*). The parameters' gradient
//! of `v . g` is what the backward pass of both gives. For piecewise linear networks that is `(tangent of x)^T dy` for each weight
//! matrix, `dy` being the slopes by the layer's output; tanh adds the curvature `-2 y (tangent of y) dy` to the gradient of its input.

#[cfg(test)]
mod tests;

use super::layer::Layer;
use super::model::{Model, Parameter};
use crate::backend::cpu::Cpu;
use crate::backend::{Activation, Backend, Conv, MatMul, NORMALIZATION_EPSILON, Pool, PoolKind};

/// What a layer does here.
#[derive(Clone, Copy)]
enum Step {
    Dense {
        inputs: usize,
        outputs: usize,
    },
    Convolution(Conv),
    Pool(Pool),
    Activation(Activation),
    /// Batch normalization with frozen statistics.
    Affine {
        channels: usize,
    },
    Add {
        from: usize,
    },
    /// Nothing: its output is its input.
    Same,
}

impl Step {
    fn of(layer: &Layer) -> Self {
        match *layer {
            Layer::Dense { inputs, outputs } => Step::Dense { inputs, outputs },
            Layer::Convolution(conv) => Step::Convolution(conv),
            Layer::Pool(pool) => Step::Pool(pool),
            Layer::Activation(f) => Step::Activation(f),
            Layer::BatchNormalization { channels, .. } => Step::Affine { channels },
            Layer::Add { from } => Step::Add { from },
            // The plan lets no transformer come here.
            Layer::Sequence(_)
            | Layer::Dropout { .. }
            | Layer::Flatten
            | Layer::FakeQuantize { .. }
            | Layer::QuantizeWeights { .. } => Step::Same,
        }
    }
}

/// A parameter and what was added to its gradient.
pub(crate) struct Probed {
    pub value: Vec<f32>,
    pub gradient: Vec<f32>,
}

/// One model on the processor. Place `p` is before layer `p`, and the last one holds the logits.
pub(crate) struct Probe {
    cpu: Cpu,
    steps: Vec<Step>,
    first_parameter: Vec<usize>,
    pub parameters: Vec<Probed>,
    /// Values of a sample at each place.
    widths: Vec<usize>,
    /// Which of the arrays below has the values at a place: a layer that does nothing leaves them where they are.
    at: Vec<usize>,
    rows: usize,
    /// What the last forward pass left at each place.
    values: Vec<Vec<f32>>,
    /// Of the mix of logits that [`Probe::slopes`] was asked for.
    slopes: Vec<Vec<f32>>,
    tangents: Vec<Vec<f32>>,
    gradients: Vec<Vec<f32>>,
    scratch: Vec<f32>,
}

impl Probe {
    /// For up to `capacity` samples at a time; a sample's results do not depend on those beside it.
    pub fn new(model: &Model, capacity: usize) -> Self {
        let mut widths = vec![model.shape.len()];
        let (mut at, mut first_parameter, mut count) = (vec![0], Vec::new(), 0);
        for (index, layer) in model.layers.iter().enumerate() {
            widths.push(layer.outputs(widths[index]));
            at.push(if matches!(Step::of(layer), Step::Same) { at[index] } else { index + 1 });
            first_parameter.push(count);
            count += layer.parameters().len();
        }
        let arrays = |capacity: usize| -> Vec<Vec<f32>> {
            let len = |place: usize| if at[place] == place { capacity * widths[place] } else { 0 };
            (0..widths.len()).map(|place| vec![0.0; len(place)]).collect()
        };
        let probed = |p: &Parameter| Probed { value: p.slice().to_vec(), gradient: vec![0.0; p.values.len()] };
        let widest = widths.iter().copied().max().unwrap_or(0) * capacity;
        let largest = model.parameters.iter().map(|p| p.values.len()).max().unwrap_or(0);
        Self {
            cpu: Cpu::new(),
            steps: model.layers.iter().map(Step::of).collect(),
            first_parameter,
            parameters: model.parameters.iter().map(probed).collect(),
            values: arrays(capacity),
            slopes: arrays(capacity),
            // Made when they are first asked for: of a teacher they never are.
            tangents: arrays(0),
            gradients: arrays(0),
            scratch: vec![0.0; widest.max(largest)],
            widths,
            at,
            rows: 0,
        }
    }

    /// The place of the logits.
    pub fn last(&self) -> usize {
        self.steps.len()
    }

    /// Takes these values for the parameters, in order, and forgets all gradients.
    pub fn follow<'p>(&mut self, values: impl Iterator<Item = &'p [f32]>) {
        for (parameter, values) in self.parameters.iter_mut().zip(values) {
            let len = parameter.value.len();
            parameter.value.copy_from_slice(&values[..len]);
            parameter.gradient.fill(0.0);
        }
    }

    /// What the last forward pass left at a place.
    pub fn at(&self, place: usize) -> &[f32] {
        &self.values[self.at[place]][..self.rows * self.widths[place]]
    }

    /// From these samples to the logits, which are returned.
    pub fn forward(&mut self, rows: usize, x: &[f32]) -> &[f32] {
        self.rows = rows;
        self.values[0][..x.len()].copy_from_slice(x);
        for index in 0..self.steps.len() {
            let (below, above) = self.values.split_at_mut(index + 1);
            let (x, y, width) = (&below[self.at[index]], &mut above[0], self.widths[index]);
            let p = &self.parameters[self.first_parameter[index]..];
            match self.steps[index] {
                Step::Dense { inputs, outputs } => {
                    self.cpu.dense([rows, inputs, outputs], x, &p[0].value, &p[1].value, None, y);
                }
                Step::Convolution(conv) => self.cpu.convolution(conv, rows, x, &p[0].value, &p[1].value, None, y),
                Step::Pool(pool) => self.cpu.pool(pool, rows, x, y),
                Step::Activation(f) => self.cpu.activate(f, rows * width, x, y),
                Step::Affine { channels } => {
                    let (scale, statistics) = (&p[0].value, &p[1].value);
                    self.cpu.normalize_frozen(rows * width / channels, channels, x, scale, statistics, y);
                }
                Step::Add { from } => {
                    self.cpu.copy(x, y, rows * width);
                    self.cpu.add_assign(rows * width, &below[self.at[from]], y);
                }
                Step::Same => {}
            }
        }
        self.at(self.last())
    }

    /// Of the sum of the logits times `mix` (a row of factors for each sample), the slopes by the values at a place, after a
    /// forward pass.
    pub fn slopes(&mut self, place: usize, mix: &[f32]) -> &[f32] {
        let (rows, last) = (self.rows, self.at[self.last()]);
        self.slopes.iter_mut().for_each(|slopes| slopes.fill(0.0));
        self.slopes[last][..mix.len()].copy_from_slice(mix);
        for index in (place..self.steps.len()).rev() {
            let (below, above) = self.slopes.split_at_mut(index + 1);
            let (input, dy, width) = (self.at[index], &above[0], self.widths[index]);
            match self.steps[index] {
                Step::Same => {}
                Step::Add { from } => {
                    self.cpu.add_assign(rows * width, dy, &mut below[input]);
                    self.cpu.add_assign(rows * width, dy, &mut below[self.at[from]]);
                }
                step => {
                    let p = &self.parameters[self.first_parameter[index]..];
                    let (x, y) = (&self.values[input], &self.values[index + 1]);
                    pull(&self.cpu, step, rows, width, p, [x, y], dy, &mut self.scratch);
                    self.cpu.add_assign(rows * width, &self.scratch, &mut below[input]);
                }
            }
        }
        &self.slopes[self.at[place]][..rows * self.widths[place]]
    }

    /// Adds to the parameters' gradients those of `v . g + direct . a`, with the slopes `g` that [`Probe::slopes`] gave for this
    /// place and the values `a` there. Either may be empty, and is nothing then.
    pub fn descend(&mut self, place: usize, v: &[f32], direct: &[f32]) {
        for (arrays, like) in [(&mut self.tangents, &self.values), (&mut self.gradients, &self.values)] {
            for (array, like) in arrays.iter_mut().zip(like) {
                array.clear();
                array.resize(like.len(), 0.0);
            }
        }
        if !v.is_empty() {
            self.tangents[self.at[place]][..v.len()].copy_from_slice(v);
            self.tangent(place);
        }
        // Whether anything but zeros stands in `gradients` above.
        let mut curved = false;
        for index in (place..self.steps.len()).rev().filter(|_| !v.is_empty()) {
            self.outer(index, true);
            if curved {
                self.outer(index, false);
                self.back(index);
            }
            if let Step::Activation(Activation::Tanh) = self.steps[index] {
                let (y, tangent, slopes) =
                    (&self.values[index + 1], &self.tangents[index + 1], &self.slopes[index + 1]);
                let gradient = self.gradients[self.at[index]].iter_mut();
                for (((gradient, y), tangent), slope) in gradient.zip(y).zip(tangent).zip(slopes) {
                    *gradient -= 2.0 * y * tangent * slope;
                }
                curved = true;
            }
        }
        let own = &mut self.gradients[self.at[place]];
        own.iter_mut().zip(direct).for_each(|(own, direct)| *own += direct);
        if curved || !direct.is_empty() {
            for index in (0..place).rev() {
                self.outer(index, false);
                self.back(index);
            }
        }
    }

    /// The forward pass of tangents from a place on; those of values before it are zero.
    fn tangent(&mut self, place: usize) {
        let rows = self.rows;
        for index in place..self.steps.len() {
            let (below, above) = self.tangents.split_at_mut(index + 1);
            let (input, width) = (self.at[index], self.widths[index]);
            let (x, along, out) = (&self.values[input], &below[input], &mut above[0]);
            let y = &self.values[index + 1];
            let p = &self.parameters[self.first_parameter[index]..];
            match self.steps[index] {
                Step::Dense { inputs, outputs } => {
                    self.cpu.matmul(product(rows, inputs, outputs), along, &p[0].value, out);
                }
                Step::Convolution(conv) => self.cpu.convolve(conv, rows, along, &p[0].value, out),
                Step::Pool(pool) if pool.kind == PoolKind::Max => max_tangent(pool, rows, x, along, out),
                Step::Pool(pool) => self.cpu.pool(pool, rows, along, out),
                Step::Activation(f) => self.cpu.activate_gradient(f, rows * width, y, along, out),
                Step::Affine { channels } => {
                    let factors = factors(&p[0].value, &p[1].value, channels);
                    scaled(&factors, &along[..rows * width], out);
                }
                Step::Add { from } => {
                    self.cpu.copy(along, out, rows * width);
                    self.cpu.add_assign(rows * width, &below[self.at[from]], out);
                }
                Step::Same => {}
            }
        }
    }

    /// A layer's part in the gradients of its parameters: of the tangents if `along`, otherwise of the values.
    fn outer(&mut self, index: usize, along: bool) {
        let (rows, input, width) = (self.rows, self.at[index], self.widths[index]);
        let (x, dy) = match along {
            true => (&self.tangents[input], &self.slopes[index + 1]),
            false => (&self.values[input], &self.gradients[index + 1]),
        };
        let p = &mut self.parameters[self.first_parameter[index]..];
        let (cpu, scratch) = (&self.cpu, &mut self.scratch);
        let pixels = match self.steps[index] {
            Step::Dense { inputs, outputs } => {
                let op = MatMul { a_transposed: true, accumulate: true, ..product(inputs, rows, outputs) };
                cpu.matmul(op, x, dy, &mut p[0].gradient);
                rows
            }
            Step::Convolution(conv) => {
                cpu.convolve_weight_gradient(conv, rows, x, dy, scratch);
                cpu.add_assign(conv.patch() * conv.filters, scratch, &mut p[0].gradient);
                rows * conv.out_pixels()
            }
            Step::Affine { channels } => {
                let (scale, statistics) = p.split_at_mut(1);
                let (gamma, beta) = scale[0].gradient.split_at_mut(channels);
                let (mean, variance) = statistics[0].value.split_at(channels);
                for (x, dy) in x.chunks_exact(channels).zip(dy.chunks_exact(channels)).take(rows * width / channels) {
                    for (channel, (x, dy)) in x.iter().zip(dy).enumerate() {
                        // The mean and the shift are constants, which tangents do not have.
                        let centred = if along { *x } else { x - mean[channel] };
                        gamma[channel] += dy * centred / (variance[channel] + NORMALIZATION_EPSILON).sqrt();
                        beta[channel] += if along { 0.0 } else { *dy };
                    }
                }
                return;
            }
            Step::Pool(_) | Step::Activation(_) | Step::Add { .. } | Step::Same => return,
        };
        if !along {
            let len = p[1].gradient.len();
            cpu.column_sums(pixels, len, dy, scratch);
            cpu.add_assign(len, scratch, &mut p[1].gradient);
        }
    }

    /// From the gradient of a layer's output to that of its input.
    fn back(&mut self, index: usize) {
        let (rows, input, width) = (self.rows, self.at[index], self.widths[index]);
        let (below, above) = self.gradients.split_at_mut(index + 1);
        let dy = &above[0];
        match self.steps[index] {
            Step::Same => {}
            Step::Add { from } => {
                self.cpu.add_assign(rows * width, dy, &mut below[input]);
                self.cpu.add_assign(rows * width, dy, &mut below[self.at[from]]);
            }
            // Nothing asks for the gradient of the network's input.
            _ if input == 0 => {}
            step => {
                let p = &self.parameters[self.first_parameter[index]..];
                let (x, y) = (&self.values[input], &self.values[index + 1]);
                pull(&self.cpu, step, rows, width, p, [x, y], dy, &mut self.scratch);
                self.cpu.add_assign(rows * width, &self.scratch, &mut below[input]);
            }
        }
    }
}

/// `dx = J^T dy` of a layer with one input, where its input and output are `x` and `y`; `width` values of a sample come in.
#[allow(clippy::too_many_arguments)] // a layer's backward pass has as many parts
fn pull(
    cpu: &Cpu,
    step: Step,
    rows: usize,
    width: usize,
    p: &[Probed],
    [x, y]: [&Vec<f32>; 2],
    dy: &Vec<f32>,
    dx: &mut Vec<f32>,
) {
    match step {
        Step::Dense { inputs, outputs } => {
            let op = MatMul { b_transposed: true, ..product(rows, outputs, inputs) };
            cpu.matmul(op, dy, &p[0].value, dx);
        }
        Step::Convolution(conv) => cpu.convolve_input_gradient(conv, rows, &p[0].value, dy, dx),
        Step::Pool(pool) => cpu.pool_gradient(pool, rows, x, y, dy, dx),
        Step::Activation(f) => cpu.activate_gradient(f, rows * width, y, dy, dx),
        Step::Affine { channels } => scaled(&factors(&p[0].value, &p[1].value, channels), &dy[..rows * width], dx),
        Step::Add { .. } | Step::Same => cpu.copy(dy, dx, rows * width),
    }
}

/// What frozen batch normalization multiplies each channel by.
fn factors(scale: &[f32], statistics: &[f32], channels: usize) -> Vec<f32> {
    let variances = &statistics[channels..];
    scale.iter().zip(variances).map(|(gamma, variance)| gamma / (variance + NORMALIZATION_EPSILON).sqrt()).collect()
}

/// `y = factor x`, channel by channel.
fn scaled(factors: &[f32], x: &[f32], y: &mut [f32]) {
    for (y, x) in y.chunks_exact_mut(factors.len()).zip(x.chunks_exact(factors.len())) {
        y.iter_mut().zip(x.iter().zip(factors)).for_each(|(y, (x, factor))| *y = factor * x);
    }
}

/// The tangent of the value that max pooling takes: the first of the largest, as in its gradient.
fn max_tangent(pool: Pool, rows: usize, x: &[f32], along: &[f32], out: &mut [f32]) {
    let Pool { height, width, channels, size, .. } = pool;
    let (tall, wide) = (height / size, width / size);
    for (at, out) in out.iter_mut().enumerate().take(rows * pool.outputs()) {
        let (pixel, channel) = (at / channels, at % channels);
        let (image, y, px) = (pixel / (tall * wide), pixel / wide % tall, pixel % wide);
        let mut best = None;
        for dy in 0..size {
            for dx in 0..size {
                let place = ((image * height + y * size + dy) * width + px * size + dx) * channels + channel;
                if best.is_none_or(|best: usize| x[place] > x[best]) {
                    best = Some(place);
                }
            }
        }
        *out = best.map_or(0.0, |best| along[best]);
    }
}

fn product(m: usize, k: usize, n: usize) -> MatMul {
    MatMul { m, k, n, a_transposed: false, b_transposed: false, accumulate: false }
}
