//! Every operation on the GPU held against the same operation on the processor, over random shapes. What passes here is
//! what the GPU may be used for; the page shows it, and the tests run it.

use super::Gpu;
use super::check_integer::{INTEGER_OPERATIONS, is_equal};
use crate::backend::cpu::samples::Bits;
use crate::backend::cpu::{Cpu, trained_step};
use crate::backend::{Activation, Adam, Backend, DeviceError, Levels, MatMul, Sgd};

/// How far a value may be off, as a share of the largest value of its result (or of 1, where that is smaller): sums run in
/// another order, and a device's `exp`, `tanh` and division are good to a few units in the last place.
pub const TOLERANCE: f32 = 5e-5;

/// An operation held against the processor's.
#[derive(Clone, Debug, PartialEq)]
pub struct Checked {
    /// As [`Backend`] names it.
    pub operation: &'static str,
    /// Random shapes it was tried on.
    pub cases: usize,
    /// The largest difference, as a share of the largest value.
    pub difference: f32,
}

impl Checked {
    /// Whether the two agree.
    pub fn agrees(&self) -> bool {
        self.difference <= TOLERANCE
    }
}

/// A buffer on each side.
struct Both<'a> {
    gpu: &'a Gpu,
    cpu: Cpu,
}

type Twin = (<Gpu as Backend>::Buffer, Vec<f32>);

impl Both<'_> {
    fn twin(&self, values: Vec<f32>) -> Twin {
        (self.gpu.upload(&values), values)
    }

    async fn difference(&self, twins: &[&Twin]) -> Result<f32, DeviceError> {
        let mut largest = 0f32;
        for (ours, expected) in twins {
            let ours = self.gpu.read(ours, expected.len()).await?;
            let scale = expected.iter().fold(1f32, |scale, value| scale.max(value.abs()));
            for (ours, expected) in ours.iter().zip(expected) {
                let off = (ours - expected).abs() / scale;
                largest = if off <= largest { largest } else { off }; // what is no number counts as far off
            }
        }
        Ok(largest)
    }
}

/// Calls an operation on both sides: the arguments that are twins stand behind the semicolons, read ones before written.
macro_rules! on_both {
    ($both:ident.$operation:ident($($plain:expr),*; $($read:ident),*; $($written:ident),*)) => {{
        $both.gpu.$operation($($plain,)* $(&$read.0,)* $(&mut $written.0),*);
        $both.cpu.$operation($($plain,)* $(&$read.1,)* $(&mut $written.1),*);
        $both.difference(&[$(&$written),*]).await
    }};
}

/// Tries each operation on `cases` random shapes.
pub async fn check(gpu: &Gpu, cases: u64) -> Result<Vec<Checked>, DeviceError> {
    let both = Both { gpu, cpu: Cpu::new() };
    let mut all = Vec::new();
    for operation in OPERATIONS {
        let mut largest = 0f32;
        for case in 0..cases {
            let off = difference(&both, operation, &mut Bits(case * 7919)).await?;
            largest = if off <= largest { largest } else { off };
        }
        all.push(Checked { operation, cases: cases as usize, difference: largest });
        gpu.forget_buffers();
    }
    for operation in INTEGER_OPERATIONS {
        let mut equal = true;
        for case in 0..cases {
            equal &= is_equal(gpu, operation, &mut Bits(case * 7919)).await?;
        }
        // Integers are the same or they are not.
        let difference = if equal { 0.0 } else { f32::INFINITY };
        all.push(Checked { operation, cases: cases as usize, difference });
        gpu.forget_buffers();
    }
    Ok(all)
}

/// Everything that [`Backend`] computes.
const OPERATIONS: &[&str] = &[
    "fill",
    "copy",
    "matmul",
    "dense",
    "convolution",
    "add_bias",
    "column_sums",
    "convolve",
    "convolve_weight_gradient",
    "convolve_input_gradient",
    "pool",
    "pool_gradient",
    "activate",
    "activate_gradient",
    "multiply",
    "add_assign",
    "multiply_assign",
    "share_gradient",
    "limit_columns",
    "fake_quantize",
    "fake_quantize_gradient",
    "normalize",
    "normalize_frozen",
    "normalize_gradient",
    "softmax",
    "cross_entropy",
    "sgd",
    "adam",
];

/// One operation on one random shape. What is written to holds something beforehand, so that additions are seen.
async fn difference(both: &Both<'_>, operation: &str, bits: &mut Bits) -> Result<f32, DeviceError> {
    let (rows, columns) = (bits.size(1..=300), bits.size(1..=40));
    let len = rows * columns;
    let (batch, ties) = (bits.size(1..=3), (0..64).map(|_| (bits.next() % 5) as f32).collect::<Vec<_>>());
    let (conv, pool) = (bits.conv(), bits.pool());
    let f = if bits.flag() { Activation::Relu } else { Activation::Tanh };
    let flags = [(); 3].map(|()| bits.flag());
    let mut some = |len: usize| both.twin(bits.floats(len, 20));
    match operation {
        "fill" => {
            let mut y = some(len);
            both.gpu.fill(&mut y.0, len, 0.25);
            both.cpu.fill(&mut y.1, len, 0.25);
            both.difference(&[&y]).await
        }
        "copy" => {
            let (x, mut y) = (some(len), some(len));
            both.gpu.copy(&x.0, &mut y.0, len);
            both.cpu.copy(&x.1, &mut y.1, len);
            both.difference(&[&y]).await
        }
        "matmul" => {
            let [a_transposed, b_transposed, accumulate] = flags;
            let op = MatMul { m: rows, k: len % 97, n: columns, a_transposed, b_transposed, accumulate };
            let (a, b, mut c) = (some(op.m * op.k), some(op.k * op.n), some(op.m * op.n));
            on_both!(both.matmul(op; a, b; c))
        }
        "dense" => {
            let (x, w, bias) = (some(len), some(columns * 37), some(37));
            let (mut y, f) = (some(rows * 37), flags[0].then_some(f));
            both.gpu.dense([rows, columns, 37], &x.0, &w.0, &bias.0, f, &mut y.0);
            both.cpu.dense([rows, columns, 37], &x.1, &w.1, &bias.1, f, &mut y.1);
            both.difference(&[&y]).await
        }
        "convolution" => {
            let (x, w) = (some(batch * conv.inputs()), some(conv.patch() * conv.filters));
            let (bias, mut y, f) = (some(conv.filters), some(batch * conv.outputs()), flags[0].then_some(f));
            both.gpu.convolution(conv, batch, &x.0, &w.0, &bias.0, f, &mut y.0);
            both.cpu.convolution(conv, batch, &x.1, &w.1, &bias.1, f, &mut y.1);
            both.difference(&[&y]).await
        }
        "add_bias" => {
            let (bias, mut y) = (some(columns), some(len));
            on_both!(both.add_bias(rows, columns; bias; y))
        }
        "column_sums" => {
            let (x, mut sums) = (some(len), some(columns));
            on_both!(both.column_sums(rows, columns; x; sums))
        }
        "convolve" => {
            let weights = conv.patch() * conv.filters;
            let (x, w, mut y) = (some(batch * conv.inputs()), some(weights), some(batch * conv.outputs()));
            on_both!(both.convolve(conv, batch; x, w; y))
        }
        "convolve_weight_gradient" => {
            // So many images that the steps are split.
            let batch = 40 * batch;
            let weights = conv.patch() * conv.filters;
            let (x, dy, mut dw) = (some(batch * conv.inputs()), some(batch * conv.outputs()), some(weights));
            on_both!(both.convolve_weight_gradient(conv, batch; x, dy; dw))
        }
        "convolve_input_gradient" => {
            let weights = conv.patch() * conv.filters;
            let (w, dy, mut dx) = (some(weights), some(batch * conv.outputs()), some(batch * conv.inputs()));
            on_both!(both.convolve_input_gradient(conv, batch; w, dy; dx))
        }
        "pool" => {
            let (x, mut y) = (some(batch * pool.inputs()), some(batch * pool.outputs()));
            on_both!(both.pool(pool, batch; x; y))
        }
        "pool_gradient" => {
            // Few distinct values, so that windows have ties.
            let x = both.twin(ties.iter().copied().cycle().take(batch * pool.inputs()).collect());
            let (mut y, dy) = (some(batch * pool.outputs()), some(batch * pool.outputs()));
            let mut dx = some(batch * pool.inputs());
            both.gpu.pool(pool, batch, &x.0, &mut y.0);
            both.cpu.pool(pool, batch, &x.1, &mut y.1);
            on_both!(both.pool_gradient(pool, batch; x, y, dy; dx))
        }
        "activate" => {
            let (x, mut y) = (some(len), some(len));
            on_both!(both.activate(f, len; x; y))
        }
        "activate_gradient" => {
            let (y, dy, mut dx) = (some(len), some(len), some(len));
            on_both!(both.activate_gradient(f, len; y, dy; dx))
        }
        "multiply" => {
            let (a, b, mut y) = (some(len), some(len), some(len));
            on_both!(both.multiply(len; a, b; y))
        }
        "add_assign" => {
            let (b, mut y) = (some(len), some(len));
            on_both!(both.add_assign(len; b; y))
        }
        "multiply_assign" => {
            let (b, mut y) = (some(len), some(len));
            on_both!(both.multiply_assign(len; b; y))
        }
        "share_gradient" => {
            let count = columns;
            let clusters = both.twin((0..len).map(|i| ((i * 7919 + rows) % (count + 1)) as f32).collect());
            let mut g = some(len);
            on_both!(both.share_gradient(len, count; clusters; g))
        }
        "limit_columns" => {
            let mut x = some(len);
            on_both!(both.limit_columns(rows, columns, 0.3 * (rows as f32).sqrt(); ; x))
        }
        "fake_quantize" => {
            let (levels, count, x, steps) = on_a_grid(both, rows, columns, flags);
            let mut y = some(len);
            on_both!(both.fake_quantize(levels, len, count; x, steps; y))
        }
        "fake_quantize_gradient" => {
            let (levels, count, x, steps) = on_a_grid(both, rows, columns, flags);
            let (mut g, mut d_steps) = (some(len), some(len));
            on_both!(both.fake_quantize_gradient(levels, 0.1, len, count; x, steps; g, d_steps))
        }
        "normalize" => {
            let (x, scale_shift) = (some(len), some(2 * columns));
            let (mut running, mut saved, mut y) = (some(2 * columns), some(2 * columns), some(len));
            on_both!(both.normalize(rows, columns, 0.1; x, scale_shift; running, saved, y))
        }
        "normalize_frozen" => {
            let (x, scale_shift, mut y) = (some(len), some(2 * columns), some(len));
            let variances = some(2 * columns).1.iter().map(|value| value.abs() + 0.1).collect();
            let running = both.twin(variances);
            on_both!(both.normalize_frozen(rows, columns; x, scale_shift, running; y))
        }
        "normalize_gradient" => {
            let (x, scale_shift, dy) = (some(len), some(2 * columns), some(len));
            let (mut running, mut saved, mut y) = (some(2 * columns), some(2 * columns), some(len));
            both.cpu.normalize(rows, columns, 0.1, &x.1, &scale_shift.1, &mut running.1, &mut saved.1, &mut y.1);
            let saved = both.twin(saved.1);
            let (mut dx, mut d_scale_shift) = (some(len), some(2 * columns));
            on_both!(both.normalize_gradient(rows, columns; x, scale_shift, saved, dy; dx, d_scale_shift))
        }
        "softmax" => {
            let (logits, mut p) = (some(len), some(len));
            on_both!(both.softmax(rows, columns, 2.5; logits; p))
        }
        "cross_entropy" => {
            let (logits, targets) = (some(len), some(len));
            let (mut totals, mut d_logits) = (some(2), some(len));
            on_both!(both.cross_entropy(rows, columns, 2.5, 0.7; logits, targets; totals, d_logits))
        }
        "sgd" => {
            let op = Sgd { rate: 0.1, momentum: 0.9, nesterov: flags[0], weight_decay: 1e-3 };
            let (g, mut velocity, mut w) = (some(len), some(len), some(len));
            on_both!(both.sgd(op, len; g; velocity, w))
        }
        "adam" => {
            let op = Adam {
                rate: 0.001,
                beta1: 0.9,
                beta2: 0.999,
                epsilon: 1e-8,
                weight_decay: 1e-3,
                correction1: 10.0,
                correction2: 1000.0,
            };
            let (g, mut m, mut w) = (some(len), some(len), some(len));
            let mut v = both.twin(some(len).1.iter().map(|value| value * value).collect());
            on_both!(both.adam(op, len; g; m, v, w))
        }
        unknown => Err(DeviceError(format!("no check is written for the operation {unknown}"))),
    }
}

/// Levels, one step or one a column, and values none of which lies so near to where rounding or passing changes that a device's
/// division could take it across: thirds and two thirds of steps, within the levels and beyond.
fn on_a_grid(
    both: &Both<'_>,
    rows: usize,
    columns: usize,
    [zero, wide, each]: [bool; 3],
) -> (Levels, usize, Twin, Twin) {
    let levels = match (zero, wide) {
        (false, _) => Levels::BINARY,
        (true, false) => Levels { low: -2, high: 1, zero },
        (true, true) => Levels { low: -128, high: 127, zero },
    };
    let count = if each { columns } else { 1 };
    let factor = |i: usize| if i % 5 == 4 { -0.5 } else { 0.5 + (i % 3) as f32 };
    let measured = |i: usize| 0.25 + (i % 7) as f32 / 16.0;
    let steps: Vec<f32> = (0..count).map(factor).chain((0..count).map(measured)).collect();
    let most = 2 * levels.high;
    let value = |i: usize| {
        let step = trained_step(steps[i % count], steps[count + i % count]);
        let whole = (i * 7919 + rows) as i32 % (2 * most + 1) - most;
        step * (whole as f32 + if i.is_multiple_of(2) { 0.3 } else { 0.7 })
    };
    let x = both.twin((0..rows * columns).map(value).collect());
    (levels, count, x, both.twin(steps))
}
