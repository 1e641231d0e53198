//! A trained network made ready to run on the processor: each layer's weights packed for the kernel that suits them.
//!
//! The choice is by what the weights are, not by what was asked for: a matrix with enough zeros runs on a sparse
//! kernel whatever put them there. Float networks give the logits of training's forward pass bit for bit; integer
//! networks compute in integers from the first layer to the logits.

use super::ensemble::Averaged;
use super::integer::{Codes, Grid, IntegerLayer, IntegerLinear, IntegerModel};
use super::layer::{Layer, Role};
use super::model::{Model, Parameter};
use super::trained::TrainedModel;
use crate::backend::cpu::inference::{
    self, Addition, CodedWeights, DenseF32, IntegerKernel, IntegerWeights, Requant, Scratch, SparseF32, add_u8,
    coded_kernels, integer_kernels, is_sparse, lookup, max_pool, pool_u8, requantize,
};
use crate::backend::cpu::{activate, grown, normalize_frozen, pool, sequence_kernels};
use crate::backend::{Activation, Conv, Pool, PoolKind, Sequence};

/// The least share of zeros at which a matrix runs on a sparse kernel: below, reading indices costs more than
/// multiplying by zeros does.
const SPARSE_FROM: f64 = 0.6;

/// A network that runs; [`Executable::logits`] for a batch of samples.
#[derive(Debug)]
pub struct Executable {
    program: Program,
    classes: usize,
    scratch: Scratch,
}

#[derive(Debug)]
enum Program {
    Float {
        steps: Vec<FloatStep>,
        buffers: [Vec<f32>; 2],
        kept: Kept<f32>,
    },
    Integer {
        input: Grid,
        steps: Vec<IntegerStep>,
        buffers: [Vec<u8>; 2],
        kept: Kept<u8>,
        sums: [Vec<i32>; 2],
        logits: Vec<f32>,
        /// Of the input and of what each step leaves but the last; none where nothing is to be observed.
        grids: Vec<Grid>,
    },
    Ensemble(Box<dyn Averaged>),
}

/// A place for what comes into each step that a skip connection starts from, until it is added.
type Kept<T> = Vec<Option<Vec<T>>>;

#[derive(Debug)]
enum FloatKernel {
    Dense(DenseF32),
    Sparse(SparseF32),
    Coded(Box<dyn inference::FloatKernel>),
}

#[derive(Debug)]
enum FloatStep {
    Linear {
        kernel: FloatKernel,
        conv: Option<Conv>,
        outputs: usize,
    },
    Pool(Pool),
    Activation(Activation),
    Normalization {
        rows: usize,
        channels: usize,
        scale_shift: Vec<f32>,
        statistics: Vec<f32>,
    },
    /// Adds what came into the step of this index.
    Add(usize),
    /// With its parameters.
    Sequence(Sequence, Vec<f32>),
    /// Nothing to compute.
    Pass,
}

#[derive(Debug)]
enum IntegerStep {
    Linear {
        kernel: Box<dyn IntegerKernel>,
        conv: Option<Conv>,
        outputs: usize,
        after: After,
    },
    Pool(Pool),
    Table(Vec<u8>),
    /// Adds what came into the step of this index.
    Add(Addition, usize),
}

/// What becomes of a layer's accumulators.
#[derive(Debug)]
enum After {
    /// 8-bit activations, of sums that are pooled first where a max pooling follows.
    Requantize(Requant, Option<Pool>),
    /// Logits: one real factor for each class.
    Scale(Vec<f32>),
}

impl Executable {
    /// Packs the weights of a model.
    pub fn new(model: &TrainedModel) -> Self {
        let (program, classes) = match model {
            TrainedModel::Float(model) => (compile_float(model), model.classes),
            TrainedModel::Integer(model) => (compile_integer(model, Vec::new()), model.classes),
            TrainedModel::Ensemble(ensemble) => {
                (Program::Ensemble((ensemble.compile)(&ensemble.members)), model.classes())
            }
        };
        Self { program, classes, scratch: Scratch::new() }
    }

    /// An integer network that does one layer after another and none together, so that [`Executable::observe`] shows what each
    /// leaves. Slower, and the same to the last bit.
    pub fn observable(model: &IntegerModel) -> Self {
        Self { program: compile_integer(model, model.grids()), classes: model.classes, scratch: Scratch::new() }
    }

    /// The logits of `batch` samples, row by row. `x` holds the samples one after another.
    pub fn logits(&mut self, batch: usize, x: &[f32]) -> &[f32] {
        self.observe(batch, x, &mut |_, _| {})
    }

    /// Runs as [`Executable::logits`] does and shows the values on the way: those of the input as place 0, those of layer `i`'s
    /// output as place `i + 1`. Of an integer network the integers' real values are shown, and only where it was made by
    /// [`Executable::observable`]. An ensemble has no layers of its own to show.
    pub fn observe(&mut self, batch: usize, x: &[f32], seen: &mut dyn FnMut(usize, &[f32])) -> &[f32] {
        let scratch = &mut self.scratch;
        match &mut self.program {
            Program::Float { steps, buffers, kept } => {
                let width = run_float(steps, (buffers, kept), scratch, batch, x, seen);
                &buffers[0][..batch * width]
            }
            Program::Integer { input, steps, buffers, kept, sums, logits, grids } => {
                let first = grown(&mut buffers[0], x.len());
                first.iter_mut().zip(x).for_each(|(q, x)| *q = input.quantize(*x));
                let mut show = |place: usize, integers: &[u8]| {
                    if let Some(grid) = grids.get(place) {
                        seen(place, &integers.iter().map(|&q| grid.dequantize(q)).collect::<Vec<f32>>());
                    }
                };
                let width = x.len() / batch.max(1);
                run_integer(steps, (buffers, kept), (sums, logits), scratch, batch, width, &mut show);
                let logits = &logits[..batch * self.classes];
                if !grids.is_empty() {
                    seen(steps.len(), logits);
                }
                logits
            }
            Program::Ensemble(ensemble) => ensemble.logits(batch, x),
        }
    }

    /// The kernel of each weight matrix, in order.
    pub fn kernels(&self) -> Vec<&'static str> {
        match &self.program {
            Program::Float { steps, .. } => steps.iter().filter_map(FloatStep::kernel).collect(),
            Program::Integer { steps, .. } => steps.iter().filter_map(IntegerStep::kernel).collect(),
            Program::Ensemble(ensemble) => ensemble.kernels(),
        }
    }
}

impl FloatStep {
    fn kernel(&self) -> Option<&'static str> {
        match self {
            Self::Linear { kernel: FloatKernel::Dense(_), .. } => Some("dense f32"),
            Self::Linear { kernel: FloatKernel::Sparse(_), .. } => Some("sparse f32"),
            Self::Linear { kernel: FloatKernel::Coded(kernel), .. } => Some(kernel.name()),
            _ => None,
        }
    }
}

impl IntegerStep {
    fn kernel(&self) -> Option<&'static str> {
        match self {
            Self::Linear { kernel, .. } => Some(kernel.name()),
            _ => None,
        }
    }
}

/// A matrix of integers as the kernels take it.
fn coded<'c>(codes: &'c Codes, layer: &Layer, outputs: usize) -> CodedWeights<'c> {
    let Codes { bits, weights, group, scales, zero_points } = codes;
    CodedWeights {
        inputs: weights.len() / outputs.max(1),
        outputs,
        bits: *bits,
        weights,
        group: *group,
        scales,
        zero_points,
        convolution: as_conv(layer).is_some(),
    }
}

fn as_conv(layer: &Layer) -> Option<Conv> {
    match layer {
        Layer::Convolution(conv) => Some(*conv),
        _ => None,
    }
}

fn compile_float(model: &Model) -> Program {
    let steps = model.layers.iter().enumerate().map(|(index, layer)| {
        let of_role =
            |role| model.of_layer(index).find(move |p| p.role == role).map(Parameter::slice).unwrap_or_default();
        match *layer {
            Layer::Dense { .. } | Layer::Convolution(_) => {
                let (weights, bias) = (of_role(Role::Weight), of_role(Role::Bias));
                let outputs = bias.len();
                let inputs = weights.len() / outputs.max(1);
                let zeros = weights.iter().filter(|w| **w == 0.0).count();
                let integers = model.of_layer(index).find_map(|p| p.integers.as_ref());
                let kernel = if let (Some(of), Some(kernels)) = (integers, coded_kernels()) {
                    FloatKernel::Coded((kernels.float)(&coded(&of.codes, layer, outputs), bias, of.activations))
                } else if is_sparse(zeros, weights.len(), SPARSE_FROM) {
                    FloatKernel::Sparse(SparseF32::new(inputs, outputs, weights, bias))
                } else {
                    FloatKernel::Dense(DenseF32::new(inputs, outputs, weights, bias))
                };
                FloatStep::Linear { kernel, conv: as_conv(layer), outputs }
            }
            Layer::Pool(pool) => FloatStep::Pool(pool),
            Layer::Activation(f) => FloatStep::Activation(f),
            Layer::BatchNormalization { rows, channels } => FloatStep::Normalization {
                rows,
                channels,
                scale_shift: of_role(Role::Scale).to_vec(),
                statistics: of_role(Role::Statistics).to_vec(),
            },
            Layer::Add { from } => FloatStep::Add(from),
            Layer::Sequence(op) => {
                FloatStep::Sequence(op, model.of_layer(index).flat_map(Parameter::slice).copied().collect())
            }
            // Fake quantization is taken off a model before it is compiled.
            Layer::Dropout { .. } | Layer::Flatten | Layer::FakeQuantize { .. } | Layer::QuantizeWeights { .. } => {
                FloatStep::Pass
            }
        }
    });
    let kept = places(model.layers.len(), model.layers.iter().filter_map(Layer::skips_from));
    Program::Float { steps: steps.collect(), buffers: [Vec::new(), Vec::new()], kept }
}

/// Room for what comes into these of so many steps.
fn places<T>(steps: usize, starts: impl Iterator<Item = usize>) -> Kept<T> {
    let mut kept: Kept<T> = (0..steps).map(|_| None).collect();
    starts.for_each(|start| kept[start] = Some(Vec::new()));
    kept
}

/// Keeps what comes into a step if a skip connection starts there.
fn keep<T: Copy + Default>(place: &mut Option<Vec<T>>, x: &[T]) {
    if let Some(place) = place {
        grown(place, x.len()).copy_from_slice(x);
    }
}

/// `grids`: see [`Program::Integer`]; where there are any, each layer is a step of its own.
fn compile_integer(model: &IntegerModel, grids: Vec<Grid>) -> Program {
    let mut steps = Vec::new();
    let starts: Vec<usize> = model.layers.iter().filter_map(IntegerLayer::skips_from).collect();
    // The step at which each layer begins.
    let mut begins = Vec::new();
    for (index, layer) in model.layers.iter().enumerate() {
        begins.push(steps.len());
        match (layer, steps.last_mut()) {
            (
                IntegerLayer::Pool(pool @ Pool { kind: PoolKind::Max, .. }),
                Some(IntegerStep::Linear { after: After::Requantize(_, first @ None), .. }),
            ) if grids.is_empty() && !starts.contains(&index) => *first = Some(*pool),
            (IntegerLayer::Pool(pool), _) => steps.push(IntegerStep::Pool(*pool)),
            (IntegerLayer::Linear(linear), _) => steps.push(compile_linear(linear)),
            (IntegerLayer::Table(table), _) => steps.push(IntegerStep::Table(table.clone())),
            (IntegerLayer::Add(add), _) => steps.push(IntegerStep::Add(add.addition(), begins[add.from])),
        }
    }
    let kept = places(steps.len(), starts.iter().map(|&start| begins[start]));
    let (buffers, sums) = ([Vec::new(), Vec::new()], [Vec::new(), Vec::new()]);
    Program::Integer { input: model.input, steps, buffers, kept, sums, logits: Vec::new(), grids }
}

fn compile_linear(linear: &IntegerLinear) -> IntegerStep {
    let IntegerLinear { codes, bias, input, .. } = linear;
    let (inputs, outputs) = (linear.rows(), linear.outputs());
    let plain = codes.bits == 8 && codes.zero_points.is_empty();
    let kernel = match coded_kernels() {
        Some(kernels) if !plain => (kernels.integer)(&coded(codes, &linear.layer, outputs), bias, input.zero_point),
        _ => {
            let weights = &codes.weights;
            let zeros = weights.iter().filter(|w| **w == 0).count();
            let kernels = integer_kernels();
            let sparse = is_sparse(zeros, weights.len(), kernels.sparse_from);
            let make = if sparse { kernels.sparse } else { kernels.dense };
            make(&IntegerWeights { inputs, weights, bias, zero_point: input.zero_point })
        }
    };
    let after = match linear.requant() {
        Some(requant) => After::Requantize(requant, None),
        None => After::Scale(linear.logit_scales()),
    };
    IntegerStep::Linear { kernel, conv: as_conv(&linear.layer), outputs, after }
}

/// Leaves the logits in the first buffer and returns how many a sample has.
fn run_float(
    steps: &[FloatStep],
    (buffers, kept): (&mut [Vec<f32>; 2], &mut Kept<f32>),
    scratch: &mut Scratch,
    batch: usize,
    x: &[f32],
    seen: &mut dyn FnMut(usize, &[f32]),
) -> usize {
    let mut width = x.len() / batch.max(1);
    // The first step reads the samples where they lie; every later one reads the first buffer.
    let mut input = Some(x);
    seen(0, x);
    for (index, step) in steps.iter().enumerate() {
        let [from, to] = buffers;
        let x = input.unwrap_or_else(|| &from[..batch * width]);
        keep(&mut kept[index], x);
        let next = match step {
            FloatStep::Linear { conv, outputs, .. } => conv.map_or(*outputs, |conv| conv.outputs()),
            FloatStep::Pool(pool) => pool.outputs(),
            FloatStep::Sequence(op, _) => op.outputs(),
            _ => width,
        };
        let y = grown(to, batch * next);
        match step {
            FloatStep::Linear { kernel, conv, .. } => match (kernel, conv) {
                (FloatKernel::Dense(kernel), None) => kernel.multiply(batch, x, scratch, y),
                (FloatKernel::Dense(kernel), Some(conv)) => kernel.convolve(*conv, batch, x, scratch, y),
                (FloatKernel::Sparse(kernel), None) => kernel.multiply(batch, x, scratch, y),
                (FloatKernel::Sparse(kernel), Some(conv)) => kernel.convolve(*conv, batch, x, scratch, y),
                (FloatKernel::Coded(kernel), None) => kernel.multiply(batch, x, scratch, y),
                (FloatKernel::Coded(kernel), Some(conv)) => kernel.convolve(*conv, batch, x, scratch, y),
            },
            FloatStep::Pool(op) => pool(*op, batch, x, y),
            FloatStep::Activation(f) => activate(*f, x, y),
            FloatStep::Normalization { rows, channels, scale_shift, statistics } => {
                normalize_frozen((batch * rows, *channels), x, scale_shift, statistics, &mut vec![0.0; *channels], y);
            }
            FloatStep::Add(start) => {
                let skipped = kept[*start].as_deref().unwrap_or_default();
                y.iter_mut().zip(x).zip(skipped).for_each(|((y, x), skipped)| *y = x + skipped);
            }
            FloatStep::Sequence(op, parameters) => {
                if let Some(kernels) = sequence_kernels() {
                    let (sequences, saved) = &mut scratch.sequences;
                    let saved = grown(saved, batch * op.saved());
                    (kernels.forward)(*op, x, parameters, sequences, saved, y);
                }
            }
            FloatStep::Pass => y.copy_from_slice(x),
        }
        seen(index + 1, y);
        (width, input) = (next, None);
        buffers.swap(0, 1);
    }
    width
}

/// Reads the first buffer, leaves the logits in `logits`.
fn run_integer(
    steps: &[IntegerStep],
    (buffers, kept): (&mut [Vec<u8>; 2], &mut Kept<u8>),
    ([sums, pooled], logits): (&mut [Vec<i32>; 2], &mut Vec<f32>),
    scratch: &mut Scratch,
    batch: usize,
    mut width: usize,
    seen: &mut dyn FnMut(usize, &[u8]),
) {
    for (place, step) in steps.iter().enumerate() {
        let [from, to] = &mut *buffers;
        keep(&mut kept[place], &from[..batch * width]);
        seen(place, &from[..batch * width]);
        match step {
            IntegerStep::Linear { kernel, conv, outputs, after } => {
                let next = conv.map_or(*outputs, |conv| conv.outputs());
                let (x, sums) = (&from[..batch * width], grown(sums, batch * next));
                match conv {
                    None => kernel.multiply(batch, x, scratch, sums),
                    Some(conv) => kernel.convolve(*conv, batch, x, scratch, sums),
                }
                width = next;
                match after {
                    After::Requantize(requant, pool) => {
                        let mut sums: &[i32] = sums;
                        if let Some(pool) = pool {
                            width = pool.outputs();
                            let pooled = grown(pooled, batch * width);
                            max_pool(*pool, batch, sums, pooled);
                            sums = pooled;
                        }
                        requantize(sums.len() / outputs, requant, sums, grown(to, sums.len()));
                        buffers.swap(0, 1);
                    }
                    After::Scale(factors) => {
                        let rows = grown(logits, batch * next).chunks_exact_mut(*outputs);
                        for (row, sums) in rows.zip(sums.chunks_exact(*outputs)) {
                            for ((logit, sum), factor) in row.iter_mut().zip(sums).zip(factors) {
                                *logit = *sum as f32 * factor;
                            }
                        }
                    }
                }
            }
            IntegerStep::Pool(pool) => {
                pool_u8(*pool, batch, &from[..batch * width], grown(to, batch * pool.outputs()));
                width = pool.outputs();
                buffers.swap(0, 1);
            }
            IntegerStep::Table(table) => lookup(table, &mut from[..batch * width]),
            IntegerStep::Add(addition, start) => {
                let skipped = kept[*start].as_deref().unwrap_or_default();
                add_u8(addition, &from[..batch * width], skipped, grown(to, batch * width));
                buffers.swap(0, 1);
            }
        }
    }
}
