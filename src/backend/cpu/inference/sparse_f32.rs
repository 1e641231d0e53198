//! Pruned layers in `f32`: only the weights that are left are read and multiplied. Their sums are those of the dense
//! kernel bit for bit, since adding a product that is zero changes nothing.

use super::Scratch;
use super::lines::{FEW_ROWS, LANES, Lines, Side};
use super::sparse_row::SparseRow;
use crate::backend::Conv;
use crate::backend::cpu::elementwise::add_bias;
use crate::backend::cpu::simd::F32x4;

/// The non-zero weights of a matrix `inputs x outputs`, and its bias.
#[derive(Clone, Debug)]
pub struct SparseF32 {
    inputs: usize,
    outputs: usize,
    /// For a single row.
    row: SparseRow,
    /// For a batch or an image.
    lines: Lines<f32>,
    bias: Vec<f32>,
}

impl SparseF32 {
    /// Collects the non-zero values of `w` (`inputs x outputs`); one bias for each output.
    pub fn new(inputs: usize, outputs: usize, w: &[f32], bias: &[f32]) -> Self {
        Self {
            inputs,
            outputs,
            row: SparseRow::new(inputs, outputs, w),
            lines: Lines::by_output(inputs, outputs, 1, w),
            bias: bias[..outputs].to_vec(),
        }
    }

    /// `y = x w + bias` for `rows` rows of `x`, the bias added after the sum.
    pub fn multiply(&self, rows: usize, x: &[f32], scratch: &mut Scratch, y: &mut [f32]) {
        if rows < FEW_ROWS {
            for (x, y) in x.chunks_exact(self.inputs).zip(y.chunks_exact_mut(self.outputs)).take(rows) {
                self.row.multiply(x, scratch, y);
            }
        } else {
            scratch.floats.lay_rows(rows, self.inputs, x, |x| x);
            scratch.floats.run(&self.lines, self.outputs, y, sum_line);
        }
        add_bias(rows, self.outputs, &self.bias, y);
    }

    /// `y = x (*) w + bias` for `batch` images; `inputs` is the convolution's patch, `outputs` its filters.
    pub fn convolve(&self, op: Conv, batch: usize, x: &[f32], scratch: &mut Scratch, y: &mut [f32]) {
        for (x, y) in x.chunks_exact(op.inputs()).zip(y.chunks_exact_mut(op.outputs())).take(batch) {
            scratch.floats.lay_image(op, x, |x| x);
            scratch.floats.run(&self.lines, self.outputs, y, sum_line);
        }
        add_bias(batch * op.out_pixels(), self.outputs, &self.bias, y);
    }
}

/// One output for [`LANES`] rows or pixels, summed in input order.
#[inline(always)]
fn sum_line(side: &Side<f32>, line: &[(u16, f32)], lane: usize) -> [f32; LANES] {
    let mut sums = [F32x4::splat(0.0); LANES / 4];
    for (input, w) in line {
        let w = F32x4::splat(*w);
        let (x, _) = side.lanes(*input, lane).as_chunks::<4>();
        for (sum, x) in sums.iter_mut().zip(x) {
            *sum = sum.add_product(F32x4::load(x), w);
        }
    }
    let mut out = [0.0; LANES];
    let (quarters, _) = out.as_chunks_mut::<4>();
    for (sum, quarter) in sums.iter().zip(quarters) {
        sum.store(quarter);
    }
    out
}
