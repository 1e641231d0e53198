//! A network on a backend: its parameters, activations and gradients, and the passes through its layers.
//!
//! Each layer's backward arm stands beside its forward arm's formula; all were checked against finite differences.

mod fakes;

use super::layer::{Layer, Role};
use super::model::{Model, Parameter};
use crate::backend::{Backend, DeviceError, MatMul};
use crate::data::Rng;
use fakes::Fakes;

/// How fast batch normalization's running statistics follow the batches.
const STATISTICS_MOMENTUM: f32 = 0.1;

/// A parameter on the device.
pub(crate) struct DeviceParameter<B: Backend> {
    pub role: Role,
    pub len: usize,
    pub value: B::Buffer,
    pub gradient: B::Buffer,
    pub mask: Option<B::Buffer>,
    /// What the optimizer moves where removed weights go on being trained: `value` is this under the mask.
    pub dense: Option<B::Buffer>,
    /// The cluster of each weight, and how many clusters there are.
    pub clusters: Option<(B::Buffer, usize)>,
}

/// What a forward pass is for.
pub(crate) enum Mode<'r> {
    /// Batch statistics, dropout drawn from each model's stream.
    Train(&'r mut [Rng]),
    /// Running statistics, nothing dropped.
    Infer,
}

/// One model on a device, or several of one shape side by side in its lanes, with room for batches of `capacity` samples.
pub(crate) struct Network<B: Backend> {
    layers: Vec<Layer>,
    /// Index of each layer's first parameter.
    first_parameter: Vec<usize>,
    /// Values of a sample before each layer, and after the last.
    widths: Vec<usize>,
    /// Index into `activations` of each layer's input, as the last forward pass left it.
    input_of: Vec<usize>,
    /// The batch, then each layer's output. A layer without arithmetic leaves its place unused.
    activations: Vec<B::Buffer>,
    /// What a layer's backward pass needs beside its input and output: batch statistics, dropped units. A skip connection keeps
    /// its gradient here until the pass comes to the layer it skipped from.
    saved: Vec<B::Buffer>,
    /// Gradients of a layer's output and of its input, in turn.
    gradients: [B::Buffer; 2],
    pub parameters: Vec<DeviceParameter<B>>,
    /// Masks changed while the optimizer remembered moments of what they remove, which would move it on.
    remasked: bool,
    dropped: Vec<f32>,
    /// The passes through layers of fake quantization, where there are such.
    fakes: Option<Fakes<B>>,
    /// Places between layers that a loss looks at, each with the gradient that the loss has there; see [`Network::tap`].
    taps: Vec<(usize, B::Buffer)>,
}

impl<B: Backend> Network<B> {
    /// One model for each of the backend's lanes.
    pub fn new(backend: &B, models: &[&Model], capacity: usize) -> Self {
        assert_eq!(models.len(), backend.lanes(), "every lane has a model");
        let model = models[0];
        let widths = widths(model);
        let mut first_parameter = Vec::new();
        let mut count = 0;
        for layer in &model.layers {
            first_parameter.push(count);
            count += layer.parameters().len();
        }
        let widest = widths.iter().copied().max().unwrap_or(0);
        let saved = model.layers.iter().zip(&widths).map(|(layer, &width)| match layer {
            Layer::BatchNormalization { channels, .. } => backend.zeros(2 * channels),
            Layer::Dropout { .. } | Layer::Add { .. } => backend.zeros(capacity * width),
            Layer::QuantizeWeights { rows, columns, .. } => backend.zeros(rows * columns),
            Layer::Sequence(op) => backend.zeros(capacity * op.saved()),
            _ => backend.zeros(0),
        });
        let parameters = model.parameters.iter().enumerate().map(|(index, p)| {
            let all = || models.iter().map(|model| &model.parameters[index]);
            let sharing: Option<Vec<Vec<u16>>> = all().map(Parameter::sharing).collect();
            let clusters = sharing.map(|lanes| {
                let clusters: Vec<f32> = lanes.concat().into_iter().map(f32::from).collect();
                let most = clusters.iter().copied().fold(0.0, f32::max) as usize;
                (backend.upload(&clusters), most)
            });
            let masked = all().any(|p| p.mask_slice().is_some());
            DeviceParameter {
                role: p.role,
                len: p.values.len(),
                value: backend.upload(&all().flat_map(held).collect::<Vec<f32>>()),
                gradient: backend.zeros(p.values.len()),
                clusters,
                mask: masked.then(|| backend.upload(&all().flat_map(ones).collect::<Vec<f32>>())),
                dense: None,
            }
        });
        Self {
            saved: saved.collect(),
            parameters: parameters.collect(),
            activations: widths.iter().map(|width| backend.zeros(capacity * width)).collect(),
            gradients: [backend.zeros(capacity * widest), backend.zeros(capacity * widest)],
            input_of: vec![0; model.layers.len() + 1],
            layers: model.layers.clone(),
            first_parameter,
            widths,
            remasked: false,
            dropped: Vec::new(),
            fakes: None,
            taps: Vec::new(),
        }
    }

    /// The length of the longest buffer that [`Network::new`] makes for such a model, of one lane.
    pub fn longest_buffer(model: &Model, capacity: usize) -> usize {
        let parameters = model.parameters.iter().map(|p| p.values.len());
        widths(model).into_iter().map(|width| capacity * width).chain(parameters).max().unwrap_or(0)
    }

    /// Where the next batch is written: samples one after another.
    pub fn input(&mut self) -> &mut B::Buffer {
        &mut self.activations[0]
    }

    /// The logits that the last forward pass left.
    pub fn logits(&self) -> &B::Buffer {
        &self.activations[self.input_of[self.layers.len()]]
    }

    /// The logits, and the buffer in which a loss leaves their gradient.
    pub fn logits_and_gradient(&mut self) -> (&B::Buffer, &mut B::Buffer) {
        (&self.activations[self.input_of[self.layers.len()]], &mut self.gradients[0])
    }

    /// From here on the values at these places are kept through a forward pass ([`Network::at`]), and a backward pass adds what
    /// stands in [`Network::tap_gradient`] to their gradients. Place `p` is before layer `p`.
    pub fn tap(&mut self, backend: &B, places: &[usize], capacity: usize) {
        self.taps = places.iter().map(|&place| (place, backend.zeros(capacity * self.widths[place]))).collect();
    }

    /// Values of a sample at a place.
    pub fn width(&self, place: usize) -> usize {
        self.widths[place]
    }

    fn is_tapped(&self, place: usize) -> bool {
        self.taps.iter().any(|(tapped, _)| *tapped == place)
    }

    /// What the last forward pass left at a place that is tapped, or at the end.
    pub fn at(&self, place: usize) -> &B::Buffer {
        &self.activations[self.input_of[place]]
    }

    /// The gradient that a loss has at its tap of this index, apart from what comes from behind.
    pub fn tap_gradient(&mut self, tap: usize) -> &mut B::Buffer {
        &mut self.taps[tap].1
    }

    /// From the input to the logits, for the first `rows` samples.
    pub fn forward(&mut self, backend: &B, rows: usize, mut mode: Mode) {
        let (mut at, mut next) = (0, 0);
        while next < self.layers.len() {
            let index = next;
            self.input_of[index] = at;
            let width = self.widths[index];
            // A nonlinearity right behind weights is computed with them: its slope is told from its output, and nothing else
            // asks for what it is computed of, but a skip connection that starts there.
            let fused = match self.layers[index..] {
                [Layer::Dense { .. } | Layer::Convolution(_), Layer::Activation(f), ..]
                    if skips_of(&self.layers, index + 1).next().is_none() && !self.is_tapped(index + 1) =>
                {
                    Some(f)
                }
                _ => None,
            };
            next = index + 1 + usize::from(fused.is_some());
            let (before, after) = self.activations.split_at_mut(index + 1);
            let (x, y) = (&before[at], &mut after[next - index - 1]);
            let p = &mut self.parameters[self.first_parameter[index]..];
            match self.layers[index] {
                Layer::Dense { inputs, outputs } => {
                    let w = computed_with(&self.layers, &self.saved, index, &p[0]);
                    backend.dense([rows, inputs, outputs], x, w, &p[1].value, fused, y);
                }
                Layer::Convolution(conv) => {
                    let w = computed_with(&self.layers, &self.saved, index, &p[0]);
                    backend.convolution(conv, rows, x, w, &p[1].value, fused, y);
                }
                Layer::Pool(pool) => backend.pool(pool, rows, x, y),
                Layer::Activation(f) => backend.activate(f, rows * width, x, y),
                Layer::BatchNormalization { rows: pixels, channels } => {
                    let (scale, statistics) = p.split_at_mut(1);
                    let (scale, statistics) = (&scale[0].value, &mut statistics[0].value);
                    let saved = &mut self.saved[index];
                    match mode {
                        Mode::Train(_) => backend.normalize(
                            rows * pixels,
                            channels,
                            STATISTICS_MOMENTUM,
                            x,
                            scale,
                            statistics,
                            saved,
                            y,
                        ),
                        Mode::Infer => backend.normalize_frozen(rows * pixels, channels, x, scale, statistics, y),
                    }
                }
                Layer::Dropout { rate } => match &mut mode {
                    Mode::Infer => continue,
                    Mode::Train(streams) => {
                        let kept = 1.0 / (1.0 - rate);
                        self.dropped.clear();
                        for rng in streams.iter_mut() {
                            let values = (0..rows * width).map(|_| if rng.uniform() < rate { 0.0 } else { kept });
                            self.dropped.extend(values);
                        }
                        backend.write(&mut self.saved[index], &self.dropped);
                        backend.multiply(rows * width, x, &self.saved[index], y);
                    }
                },
                Layer::Add { from } => {
                    backend.copy(x, y, rows * width);
                    backend.add_assign(rows * width, &before[self.input_of[from]], y);
                }
                Layer::Sequence(op) => {
                    let parameters = p.first().filter(|_| op.parameters()[0] > 0).map(|p| &p.value);
                    backend.sequence(op, rows, x, parameters, &mut self.saved[index], y);
                }
                Layer::Flatten => continue,
                Layer::FakeQuantize { .. } | Layer::QuantizeWeights { .. } => {
                    let Some(forward) = self.fakes.as_ref().map(|fakes| fakes.forward) else { continue };
                    forward(self, backend, index, rows);
                    if matches!(self.layers[index], Layer::QuantizeWeights { .. }) {
                        continue;
                    }
                }
            }
            at = next;
        }
        self.input_of[self.layers.len()] = at;
    }

    /// From the gradient of the logits to that of every parameter, after a forward pass in training mode.
    pub fn backward(&mut self, backend: &B, rows: usize) {
        let trained = |layer: &Layer| match layer {
            Layer::FakeQuantize { learned, .. } => *learned,
            Layer::QuantizeWeights { .. } => false,
            _ => layer.parameter_count() > 0,
        };
        let first_trained = self.layers.iter().position(trained).unwrap_or(self.layers.len());
        let last = first_trained - usize::from(is_quantized(&self.layers, first_trained));
        for index in (last..self.layers.len()).rev() {
            let width = self.widths[index];
            let x = &self.activations[self.input_of[index]];
            let y = &self.activations[index + 1];
            let [dy, dx] = &mut self.gradients;
            let p = &mut self.parameters[self.first_parameter[index]..];
            let wanted = index > first_trained; // nothing below the first trained layer needs a gradient
            match self.layers[index] {
                Layer::Dense { inputs, outputs } => {
                    let weight_gradient = MatMul { a_transposed: true, ..product(inputs, rows, outputs) };
                    backend.matmul(weight_gradient, x, dy, &mut p[0].gradient);
                    backend.column_sums(rows, outputs, dy, &mut p[1].gradient);
                    if wanted {
                        let input_gradient = MatMul { b_transposed: true, ..product(rows, outputs, inputs) };
                        let w = computed_with(&self.layers, &self.saved, index, &p[0]);
                        backend.matmul(input_gradient, dy, w, dx);
                    }
                }
                Layer::Convolution(conv) => {
                    backend.convolve_weight_gradient(conv, rows, x, dy, &mut p[0].gradient);
                    backend.column_sums(rows * conv.out_pixels(), conv.filters, dy, &mut p[1].gradient);
                    if wanted {
                        let w = computed_with(&self.layers, &self.saved, index, &p[0]);
                        backend.convolve_input_gradient(conv, rows, w, dy, dx);
                    }
                }
                Layer::Pool(pool) => backend.pool_gradient(pool, rows, x, y, dy, dx),
                Layer::Activation(f) => backend.activate_gradient(f, rows * width, y, dy, dx),
                Layer::BatchNormalization { rows: pixels, channels } => {
                    let scale = &mut p[0];
                    backend.normalize_gradient(
                        rows * pixels,
                        channels,
                        x,
                        &scale.value,
                        &self.saved[index],
                        dy,
                        dx,
                        &mut scale.gradient,
                    );
                }
                Layer::Dropout { .. } => backend.multiply(rows * width, dy, &self.saved[index], dx),
                // Both summands have the gradient of the sum: one goes on in its place, the other waits.
                Layer::Add { .. } => backend.copy(dy, &mut self.saved[index], rows * width),
                Layer::Sequence(op) => {
                    let parameters = p.first_mut().filter(|_| op.parameters()[0] > 0);
                    let parameters = parameters.map(|p| (&p.value, &mut p.gradient));
                    backend.sequence_gradient(op, rows, x, parameters, &self.saved[index], dy, dx);
                }
                Layer::Flatten => {}
                Layer::FakeQuantize { .. } | Layer::QuantizeWeights { .. } => {
                    if let Some(backward) = self.fakes.as_ref().map(|fakes| fakes.backward) {
                        backward(self, backend, index, rows);
                    }
                }
            }
            if !in_place(&self.layers[index]) {
                self.gradients.swap(0, 1);
            }
            if wanted {
                for skip in skips_of(&self.layers, index) {
                    backend.add_assign(rows * width, &self.saved[skip], &mut self.gradients[0]);
                }
                for (_, gradient) in self.taps.iter().filter(|(place, _)| *place == index) {
                    backend.add_assign(rows * width, gradient, &mut self.gradients[0]);
                }
            }
        }
        for parameter in self.parameters.iter_mut().filter(|p| p.dense.is_none()) {
            if let Some(mask) = &parameter.mask {
                backend.multiply_assign(parameter.len, mask, &mut parameter.gradient);
            }
            if let Some((clusters, count)) = &parameter.clusters {
                backend.share_gradient(parameter.len, *count, clusters, &mut parameter.gradient);
            }
        }
    }

    /// From here on the optimizer moves removed weights, too: the gradient of the network under its mask moves the weights behind
    /// it (Guo, Yao, Chen 2016).
    pub fn splice(&mut self, backend: &B) {
        for parameter in self.parameters.iter_mut().filter(|p| p.role == Role::Weight) {
            let mut dense = backend.zeros(parameter.len);
            backend.copy(&parameter.value, &mut dense, parameter.len);
            parameter.dense = Some(dense);
        }
    }

    /// After the optimizer's step: what the network computes with.
    pub fn apply_masks(&mut self, backend: &B) {
        for DeviceParameter { dense, value, mask, len, .. } in &mut self.parameters {
            if let Some(dense) = dense {
                backend.copy(dense, value, *len);
            }
            if let Some(mask) = mask
                && (dense.is_some() || self.remasked)
            {
                backend.multiply_assign(*len, mask, value);
            }
        }
    }

    /// Scales the weights that lead into each unit or filter down to a length of at most `limit` (max-norm; Srivastava et al. 2014,
    /// section 5.1). Weights that share values are left as they are, since one value belongs to many units.
    pub fn limit_norms(&mut self, backend: &B, limit: f32) {
        for (index, layer) in self.layers.iter().enumerate() {
            let columns = match layer {
                Layer::Dense { outputs, .. } => *outputs,
                Layer::Convolution(conv) => conv.filters,
                _ => continue,
            };
            let DeviceParameter { len, value, dense, clusters, .. } = &mut self.parameters[self.first_parameter[index]];
            if clusters.is_none() {
                backend.limit_columns(*len / columns, columns, limit, dense.as_mut().unwrap_or(value));
            }
        }
        self.apply_masks(backend);
    }

    /// Gives the weights that pruning looks at to the models, those behind the mask where there are such (without a mask then).
    pub async fn expose<'m>(
        &self,
        backend: &B,
        models: impl Iterator<Item = &'m mut Model>,
    ) -> Result<(), DeviceError> {
        let mut models: Vec<&mut Model> = models.collect();
        self.store(backend, models.iter_mut().map(|model| &mut **model)).await?;
        for (index, parameter) in self.parameters.iter().enumerate() {
            let Some(dense) = &parameter.dense else { continue };
            let values = backend.read(dense, parameter.len).await?;
            for (model, values) in models.iter_mut().zip(values.chunks_exact(parameter.len)) {
                model.parameters[index].slice_mut().copy_from_slice(values);
                model.parameters[index].mask = None;
            }
        }
        Ok(())
    }

    /// Takes over masks that have changed, and the weights under them.
    pub fn take_masks(&mut self, backend: &B, models: &[&Model]) {
        self.remasked = true;
        for (index, parameter) in self.parameters.iter_mut().enumerate() {
            let all = || models.iter().map(|model| &model.parameters[index]);
            if parameter.role == Role::Weight && all().any(|p| p.mask.is_some()) {
                backend.write(&mut parameter.value, &all().flat_map(held).collect::<Vec<f32>>());
                parameter.mask = Some(backend.upload(&all().flat_map(ones).collect::<Vec<f32>>()));
            }
        }
    }

    /// Reads the parameters' values back into the models: all of them, or none if that fails.
    pub async fn store<'m>(&self, backend: &B, models: impl Iterator<Item = &'m mut Model>) -> Result<(), DeviceError> {
        let mut values = Vec::with_capacity(self.parameters.len());
        for parameter in &self.parameters {
            values.push(backend.read(&parameter.value, parameter.len).await?);
        }
        for (lane, model) in models.enumerate() {
            for (values, host) in values.iter().zip(&mut model.parameters) {
                let host = host.slice_mut();
                host.copy_from_slice(&values[lane * host.len()..][..host.len()]);
            }
        }
        Ok(())
    }
}

/// A parameter's values, zero where it is masked.
fn held(parameter: &Parameter) -> impl Iterator<Item = f32> + '_ {
    let mask = parameter.mask_slice();
    parameter
        .slice()
        .iter()
        .enumerate()
        .map(move |(i, &value)| if mask.is_none_or(|mask| mask[i]) { value } else { 0.0 })
}

/// A parameter's mask as factors.
fn ones(parameter: &Parameter) -> impl Iterator<Item = f32> + '_ {
    let mask = parameter.mask_slice();
    (0..parameter.values.len()).map(move |i| if mask.is_none_or(|mask| mask[i]) { 1.0 } else { 0.0 })
}

/// The skip connections that add what comes into layer `from`.
fn skips_of(layers: &[Layer], from: usize) -> impl Iterator<Item = usize> {
    layers.iter().enumerate().filter(move |(_, layer)| layer.skips_from() == Some(from)).map(|(index, _)| index)
}

/// Whether the weights of a layer are put on a grid by the layer before it.
fn is_quantized(layers: &[Layer], index: usize) -> bool {
    index > 0 && matches!(layers[index - 1], Layer::QuantizeWeights { .. })
}

/// What a layer computes with: its weights, or what the layer before it made of them.
fn computed_with<'n, B: Backend>(
    layers: &[Layer],
    saved: &'n [B::Buffer],
    index: usize,
    weights: &'n DeviceParameter<B>,
) -> &'n B::Buffer {
    if is_quantized(layers, index) { &saved[index - 1] } else { &weights.value }
}

/// Whether the gradient of a layer's output becomes that of its input where it stands.
fn in_place(layer: &Layer) -> bool {
    matches!(layer, Layer::Add { .. } | Layer::Flatten | Layer::FakeQuantize { .. } | Layer::QuantizeWeights { .. })
}

/// Values of a sample before each layer, and after the last.
fn widths(model: &Model) -> Vec<usize> {
    let mut widths = vec![model.shape.len()];
    for layer in &model.layers {
        widths.push(layer.outputs(widths[widths.len() - 1]));
    }
    widths
}

fn product(m: usize, k: usize, n: usize) -> MatMul {
    MatMul { m, k, n, a_transposed: false, b_transposed: false, accumulate: false }
}
