//! Integer layers whose weights have zero points: `(x - z_x) (w - z_w) = (x - z_x) w - z_w * sum of (x - z_x)`.
//!
//! The sum is that of one more output whose weights are all one, so that any kernel computes it, padding included (Jacob et al.
//! 2018, section 2.3, where it is computed apart).

use super::Scratch;
use super::coded::{CodedWeights, symmetric};
use super::integer_kernel::{IntegerKernel, IntegerWeights};
use crate::backend::Conv;
use crate::backend::cpu::convolution::grown;

/// A layer with a zero point for each output.
#[derive(Debug)]
pub(super) struct Affine {
    with_sum: Box<dyn IntegerKernel>,
    zero_points: Vec<i32>,
}

impl Affine {
    /// The columns of `of` have one zero point each.
    pub fn new(of: &CodedWeights<'_>, bias: &[i32], zero_point: u8) -> Self {
        let rows = of.weights.chunks_exact(of.outputs.max(1));
        let weights: Vec<i8> = rows.flat_map(|row| row.iter().copied().chain([1])).collect();
        let bias: Vec<i32> = bias.iter().copied().chain([0]).collect();
        let bits = of.stored_bits().max(2); // the ones have to fit beside them
        let with_sum =
            symmetric(bits, &IntegerWeights { inputs: of.inputs, weights: &weights, bias: &bias, zero_point });
        Self { with_sum, zero_points: (0..of.outputs).map(|output| i32::from(of.grid(0, output).1)).collect() }
    }

    /// From sums with one more column to those without.
    fn finish(&self, sums: &[i32], y: &mut [i32]) {
        let outputs = self.zero_points.len();
        for (sums, y) in sums.chunks_exact(outputs + 1).zip(y.chunks_exact_mut(outputs)) {
            for ((y, sum), zero) in y.iter_mut().zip(sums).zip(&self.zero_points) {
                *y = sum - zero * sums[outputs];
            }
        }
    }
}

impl IntegerKernel for Affine {
    fn name(&self) -> &'static str {
        "affine int"
    }

    fn multiply(&self, rows: usize, x: &[u8], scratch: &mut Scratch, y: &mut [i32]) {
        let mut sums = std::mem::take(&mut scratch.sums);
        let room = grown(&mut sums, rows * (self.zero_points.len() + 1));
        self.with_sum.multiply(rows, x, scratch, room);
        self.finish(room, y);
        scratch.sums = sums;
    }

    fn convolve(&self, op: Conv, batch: usize, x: &[u8], scratch: &mut Scratch, y: &mut [i32]) {
        let mut sums = std::mem::take(&mut scratch.sums);
        let op = Conv { filters: op.filters + 1, ..op };
        let room = grown(&mut sums, batch * op.outputs());
        self.with_sum.convolve(op, batch, x, scratch, room);
        self.finish(room, y);
        scratch.sums = sums;
    }
}
