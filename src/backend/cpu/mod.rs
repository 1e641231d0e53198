//! The processor as a [`Backend`]: portable code over four lanes, whose results are the same bits everywhere.
//!
//! Each operation lives in a file of its own as a function on slices; [`Cpu`] holds the scratch memory they share and
//! cuts buffers to the sizes an operation names.

use std::cell::RefCell;
use std::future::{Future, ready};

use super::{Activation, Adam, Backend, Conv, DeviceError, Levels, MatMul, Pool, Sequence, Sgd};

mod convolution;
mod elementwise;
mod fake_quantize;
pub mod inference;
mod limit_columns;
mod loss;
pub mod matmul;
mod normalization;
mod optimizer;
mod patches;
pub mod peak;
mod pooling;
#[cfg(test)]
mod reference;
pub(crate) mod samples;
mod sequence;
mod share;
mod simd;
#[cfg(test)]
mod tests;
mod zero_skipping;

use convolution::Scratch;
pub use convolution::grown;
pub use elementwise::activate;
pub use fake_quantize::{level, trained_step};
pub use loss::arg_max;
pub use normalization::normalize_frozen;
pub(crate) use patches::gather_patches;
pub use pooling::pool;
pub use sequence::{Given, Scratch as SequenceScratch, SequenceKernels, bring_sequence_kernels, sequence_kernels};

/// The deterministic backend. Buffers are vectors; every operation is done when it returns.
#[derive(Debug, Default)]
pub struct Cpu {
    scratch: RefCell<Scratch>,
    sequences: RefCell<SequenceScratch>,
}

impl Cpu {
    /// A backend with no scratch memory yet; it grows with the first operations and then stays.
    pub fn new() -> Self {
        Self::default()
    }
}

impl Backend for Cpu {
    type Buffer = Vec<f32>;

    fn name(&self) -> &'static str {
        "cpu"
    }

    fn host<'b>(&self, buffer: &'b Vec<f32>) -> Option<&'b [f32]> {
        Some(buffer)
    }

    fn zeros(&self, len: usize) -> Vec<f32> {
        vec![0.0; len]
    }

    fn upload(&self, values: &[f32]) -> Vec<f32> {
        values.to_vec()
    }

    fn write(&self, buffer: &mut Vec<f32>, values: &[f32]) {
        buffer[..values.len()].copy_from_slice(values);
    }

    fn read(&self, buffer: &Vec<f32>, len: usize) -> impl Future<Output = Result<Vec<f32>, DeviceError>> {
        ready(Ok(buffer[..len].to_vec()))
    }

    fn fill(&self, buffer: &mut Vec<f32>, len: usize, value: f32) {
        buffer[..len].fill(value);
    }

    fn copy(&self, from: &Vec<f32>, to: &mut Vec<f32>, len: usize) {
        to[..len].copy_from_slice(&from[..len]);
    }

    fn matmul(&self, op: MatMul, a: &Vec<f32>, b: &Vec<f32>, c: &mut Vec<f32>) {
        matmul::matmul(op, a, b, &mut self.scratch.borrow_mut().products, c);
    }

    fn dense(
        &self,
        [rows, inputs, outputs]: [usize; 3],
        x: &Vec<f32>,
        w: &Vec<f32>,
        bias: &Vec<f32>,
        f: Option<Activation>,
        y: &mut Vec<f32>,
    ) {
        let (a_transposed, b_transposed, accumulate) = (false, false, false);
        self.matmul(MatMul { m: rows, k: inputs, n: outputs, a_transposed, b_transposed, accumulate }, x, w, y);
        elementwise::add_bias_and_activate(rows, outputs, bias, f, y);
    }

    fn convolution(
        &self,
        op: Conv,
        batch: usize,
        x: &Vec<f32>,
        w: &Vec<f32>,
        bias: &Vec<f32>,
        f: Option<Activation>,
        y: &mut Vec<f32>,
    ) {
        self.convolve(op, batch, x, w, y);
        elementwise::add_bias_and_activate(batch * op.out_pixels(), op.filters, bias, f, y);
    }

    fn add_bias(&self, rows: usize, cols: usize, bias: &Vec<f32>, y: &mut Vec<f32>) {
        elementwise::add_bias(rows, cols, bias, y);
    }

    fn column_sums(&self, rows: usize, cols: usize, x: &Vec<f32>, sums: &mut Vec<f32>) {
        elementwise::column_sums(rows, cols, x, sums);
    }

    fn convolve(&self, op: Conv, batch: usize, x: &Vec<f32>, w: &Vec<f32>, y: &mut Vec<f32>) {
        convolution::convolve(op, batch, x, w, &mut self.scratch.borrow_mut(), y);
    }

    fn convolve_weight_gradient(&self, op: Conv, batch: usize, x: &Vec<f32>, dy: &Vec<f32>, dw: &mut Vec<f32>) {
        convolution::weight_gradient(op, batch, x, dy, &mut self.scratch.borrow_mut(), dw);
    }

    fn convolve_input_gradient(&self, op: Conv, batch: usize, w: &Vec<f32>, dy: &Vec<f32>, dx: &mut Vec<f32>) {
        convolution::input_gradient(op, batch, w, dy, &mut self.scratch.borrow_mut(), dx);
    }

    fn pool(&self, op: Pool, batch: usize, x: &Vec<f32>, y: &mut Vec<f32>) {
        pooling::pool(op, batch, x, y);
    }

    fn pool_gradient(&self, op: Pool, batch: usize, x: &Vec<f32>, y: &Vec<f32>, dy: &Vec<f32>, dx: &mut Vec<f32>) {
        let left = &mut self.scratch.borrow_mut().patches;
        pooling::pool_gradient(op, batch, x, y, dy, grown(left, op.channels), dx);
    }

    fn activate(&self, f: Activation, len: usize, x: &Vec<f32>, y: &mut Vec<f32>) {
        elementwise::activate(f, &x[..len], &mut y[..len]);
    }

    fn activate_gradient(&self, f: Activation, len: usize, y: &Vec<f32>, dy: &Vec<f32>, dx: &mut Vec<f32>) {
        elementwise::activate_gradient(f, &y[..len], &dy[..len], &mut dx[..len]);
    }

    fn multiply(&self, len: usize, a: &Vec<f32>, b: &Vec<f32>, y: &mut Vec<f32>) {
        elementwise::multiply(&a[..len], &b[..len], &mut y[..len]);
    }

    fn add_assign(&self, len: usize, b: &Vec<f32>, y: &mut Vec<f32>) {
        elementwise::add_assign(&b[..len], &mut y[..len]);
    }

    fn multiply_assign(&self, len: usize, b: &Vec<f32>, y: &mut Vec<f32>) {
        elementwise::multiply_assign(&b[..len], &mut y[..len]);
    }

    fn share_gradient(&self, len: usize, count: usize, clusters: &Vec<f32>, g: &mut Vec<f32>) {
        let sums = &mut self.scratch.borrow_mut().patches;
        share::share_gradient(&clusters[..len], grown(sums, count + 1), &mut g[..len]);
    }

    fn limit_columns(&self, rows: usize, columns: usize, limit: f32, x: &mut Vec<f32>) {
        let sums = &mut self.scratch.borrow_mut().patches;
        limit_columns::limit_columns(limit, grown(sums, columns), &mut x[..rows * columns]);
    }

    fn fake_quantize(
        &self,
        levels: Levels,
        len: usize,
        count: usize,
        x: &Vec<f32>,
        steps: &Vec<f32>,
        y: &mut Vec<f32>,
    ) {
        fake_quantize::fake_quantize(levels, &x[..len], &steps[..2 * count], &mut y[..len]);
    }

    fn fake_quantize_gradient(
        &self,
        levels: Levels,
        scale: f32,
        len: usize,
        count: usize,
        x: &Vec<f32>,
        steps: &Vec<f32>,
        g: &mut Vec<f32>,
        d_steps: &mut Vec<f32>,
    ) {
        let (x, steps) = (&x[..len], &steps[..2 * count]);
        fake_quantize::fake_quantize_gradient(levels, scale, x, steps, &mut g[..len], &mut d_steps[..len]);
    }

    fn normalize(
        &self,
        rows: usize,
        channels: usize,
        momentum: f32,
        x: &Vec<f32>,
        scale_shift: &Vec<f32>,
        running: &mut Vec<f32>,
        saved: &mut Vec<f32>,
        y: &mut Vec<f32>,
    ) {
        normalization::normalize((rows, channels), momentum, x, scale_shift, running, saved, y);
    }

    fn normalize_frozen(
        &self,
        rows: usize,
        channels: usize,
        x: &Vec<f32>,
        scale_shift: &Vec<f32>,
        running: &Vec<f32>,
        y: &mut Vec<f32>,
    ) {
        let inverse = &mut self.scratch.borrow_mut().patches;
        normalization::normalize_frozen((rows, channels), x, scale_shift, running, grown(inverse, channels), y);
    }

    fn normalize_gradient(
        &self,
        rows: usize,
        channels: usize,
        x: &Vec<f32>,
        scale_shift: &Vec<f32>,
        saved: &Vec<f32>,
        dy: &Vec<f32>,
        dx: &mut Vec<f32>,
        d_scale_shift: &mut Vec<f32>,
    ) {
        normalization::normalize_gradient((rows, channels), x, scale_shift, saved, dy, dx, d_scale_shift);
    }

    fn sequence(
        &self,
        op: Sequence,
        batch: usize,
        x: &Vec<f32>,
        parameters: Option<&Vec<f32>>,
        saved: &mut Vec<f32>,
        y: &mut Vec<f32>,
    ) {
        if let Some(kernels) = sequence_kernels() {
            let (saved, y) = (&mut saved[..batch * op.saved()], &mut y[..batch * op.outputs()]);
            let parameters = parameters.map_or(&[][..], |values| values);
            (kernels.forward)(op, &x[..batch * op.inputs()], parameters, &mut self.sequences.borrow_mut(), saved, y);
        }
    }

    fn sequence_gradient(
        &self,
        op: Sequence,
        batch: usize,
        x: &Vec<f32>,
        parameters: Option<(&Vec<f32>, &mut Vec<f32>)>,
        saved: &Vec<f32>,
        dy: &Vec<f32>,
        dx: &mut Vec<f32>,
    ) {
        if let Some(kernels) = sequence_kernels() {
            let (parameters, d): (&[f32], &mut [f32]) = parameters.map_or((&[], &mut []), |(values, d)| (values, d));
            let (x, dx) = (&x[..batch * op.inputs()], &mut dx[..batch * op.inputs()]);
            let given = Given { x, parameters, saved: &saved[..batch * op.saved()], dy: &dy[..batch * op.outputs()] };
            (kernels.backward)(op, given, &mut self.sequences.borrow_mut(), dx, d);
        }
    }

    fn softmax(&self, rows: usize, classes: usize, temperature: f32, logits: &Vec<f32>, p: &mut Vec<f32>) {
        loss::softmax(rows, classes, temperature, logits, p);
    }

    fn cross_entropy(
        &self,
        rows: usize,
        classes: usize,
        temperature: f32,
        weight: f32,
        logits: &Vec<f32>,
        targets: &Vec<f32>,
        totals: &mut Vec<f32>,
        d_logits: &mut Vec<f32>,
    ) {
        let p = &mut self.scratch.borrow_mut().patches;
        let p = grown(p, classes);
        loss::cross_entropy((rows, classes), (temperature, weight), logits, targets, p, totals, d_logits);
    }

    fn sgd(&self, op: Sgd, len: usize, g: &Vec<f32>, velocity: &mut Vec<f32>, w: &mut Vec<f32>) {
        optimizer::sgd(op, &g[..len], &mut velocity[..len], &mut w[..len]);
    }

    fn adam(&self, op: Adam, len: usize, g: &Vec<f32>, m: &mut Vec<f32>, v: &mut Vec<f32>, w: &mut Vec<f32>) {
        optimizer::adam(op, &g[..len], &mut m[..len], &mut v[..len], &mut w[..len]);
    }
}
