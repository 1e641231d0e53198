//! Pruned layers in 8-bit integers with 32-bit accumulators: only the weights that are left are read.

use super::Scratch;
use super::lines::{FEW_ROWS, LANES, Lines, Side};
use crate::backend::Conv;
use crate::backend::cpu::simd::{I16x8, I32x4};

/// The non-zero weights of an integer matrix `inputs x outputs`, its bias, and the zero point of what comes in.
#[derive(Clone, Debug)]
pub struct SparseInt8 {
    inputs: usize,
    outputs: usize,
    by_input: Lines<i8>,
    by_output: Lines<i8>,
    bias: Vec<i32>,
    zero_point: i16,
}

impl SparseInt8 {
    /// Collects the non-zero values of `w` (`inputs x outputs`); one bias for each output.
    pub fn new(inputs: usize, outputs: usize, w: &[i8], bias: &[i32], zero_point: u8) -> Self {
        Self {
            inputs,
            outputs,
            by_input: Lines::by_input(inputs, outputs, w),
            by_output: Lines::by_output(inputs, outputs, 2, w),
            bias: bias[..outputs].to_vec(),
            zero_point: i16::from(zero_point),
        }
    }

    /// `y = (x - zero point) w + bias` for `rows` rows of `x`.
    pub fn multiply(&self, rows: usize, x: &[u8], scratch: &mut Scratch, y: &mut [i32]) {
        if rows < FEW_ROWS {
            for (x, y) in x.chunks_exact(self.inputs).zip(y.chunks_exact_mut(self.outputs)).take(rows) {
                self.multiply_row(x, y);
            }
        } else {
            scratch.words.lay_rows(rows, self.inputs, x, |x| i16::from(x) - self.zero_point);
            scratch.words.run(&self.by_output, self.outputs, y, sum_line);
            self.add_bias(rows, y);
        }
    }

    /// `y = (x - zero point) (*) w + bias` for `batch` images, padded with the zero point.
    pub fn convolve(&self, op: Conv, batch: usize, x: &[u8], scratch: &mut Scratch, y: &mut [i32]) {
        for (x, y) in x.chunks_exact(op.inputs()).zip(y.chunks_exact_mut(op.outputs())).take(batch) {
            scratch.words.lay_image(op, x, |x| i16::from(x) - self.zero_point);
            scratch.words.run(&self.by_output, self.outputs, y, sum_line);
        }
        self.add_bias(batch * op.out_pixels(), y);
    }

    fn add_bias(&self, rows: usize, y: &mut [i32]) {
        for row in y.chunks_exact_mut(self.outputs).take(rows) {
            row.iter_mut().zip(&self.bias).for_each(|(y, bias)| *y += *bias);
        }
    }

    /// One row; an input at its zero point costs nothing.
    fn multiply_row(&self, x: &[u8], y: &mut [i32]) {
        y.copy_from_slice(&self.bias);
        for (x, line) in x.iter().zip(self.by_input.iter()) {
            let x = i32::from(i16::from(*x) - self.zero_point);
            if x != 0 {
                for (output, w) in line {
                    y[usize::from(*output)] += x * i32::from(*w);
                }
            }
        }
    }
}

/// One output for [`LANES`] rows or pixels, two inputs at a time.
#[inline(always)]
fn sum_line(side: &Side<i16>, line: &[(u16, i8)], lane: usize) -> [i32; LANES] {
    let mut sums = [I32x4::splat(0); LANES / 4];
    let (pairs, _) = line.as_chunks::<2>();
    for [(first, w0), (second, w1)] in pairs {
        let w = I16x8::splat_pair(i32::from(*w0) & 0xffff | i32::from(*w1) << 16);
        let (x0, _) = side.lanes(*first, lane).as_chunks::<8>();
        let (x1, _) = side.lanes(*second, lane).as_chunks::<8>();
        for ((sums, x0), x1) in sums.chunks_exact_mut(2).zip(x0).zip(x1) {
            let (low, high) = I16x8::load(x0).interleave(I16x8::load(x1));
            sums[0] = sums[0].add_dot(low, w);
            sums[1] = sums[1].add_dot(high, w);
        }
    }
    let mut out = [0; LANES];
    let (quarters, _) = out.as_chunks_mut::<4>();
    for (sum, quarter) in sums.iter().zip(quarters) {
        sum.store(quarter);
    }
    out
}
