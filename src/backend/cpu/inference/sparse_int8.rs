//! Pruned layers in 8-bit integers with 32-bit accumulators: only the weights that are left are read.

use super::Scratch;
use super::blocks::{self, Blocks};
use super::dense_int8::group_rows;
use super::dot::Dot;
use super::integer_kernel::{IntegerKernel, IntegerWeights};
use super::lines::{FEW_ROWS, LANES, Lines, Side};
use crate::backend::Conv;
use crate::backend::cpu::convolution::grown;
use crate::backend::cpu::simd::{I16x8, I32x4};

/// A layer that reads the weights that are left: in blocks for a row, in lines for a batch or an image.
#[derive(Debug)]
struct Sparse<D: Dot> {
    inputs: usize,
    blocks: Blocks<D::Weights>,
    /// The bias that belongs to the blocks, and to the lines.
    block_bias: Vec<[i32; 4]>,
    lines: Lines<i8>,
    bias: Vec<i32>,
    zero_point: i16,
}

/// Collects the non-zero weights of a layer, blocks for the dot product `D`.
pub fn sparse<D: Dot>(of: &IntegerWeights<'_>) -> Box<dyn IntegerKernel> {
    let (inputs, outputs) = (of.inputs, of.outputs());
    let folded = of.folded_bias(D::OFFSET);
    let fours = folded.chunks(4).map(|four| std::array::from_fn(|lane| four.get(lane).copied().unwrap_or(0)));
    Box::new(Sparse::<D> {
        inputs,
        blocks: blocks::of_integers::<D>(inputs, outputs, of.weights),
        block_bias: fours.collect(),
        lines: Lines::by_output(inputs, outputs, 2, of.weights),
        bias: of.bias.to_vec(),
        zero_point: i16::from(of.zero_point),
    })
}

impl<D: Dot> IntegerKernel for Sparse<D> {
    fn name(&self) -> &'static str {
        "sparse int8"
    }

    fn multiply(&self, rows: usize, x: &[u8], scratch: &mut Scratch, y: &mut [i32]) {
        let outputs = self.bias.len();
        if rows < FEW_ROWS {
            let sums = grown(&mut scratch.integer_sums, self.block_bias.len());
            let groups = grown(&mut scratch.groups, self.inputs.div_ceil(D::INPUTS));
            for (x, y) in x.chunks_exact(self.inputs).zip(y.chunks_exact_mut(outputs)).take(rows) {
                group_rows::<D>(self.inputs, x, groups);
                sums.copy_from_slice(&self.block_bias);
                D::add_blocks(&self.blocks, groups, sums);
                y.copy_from_slice(&sums.as_flattened()[..outputs]);
            }
        } else {
            scratch.words.lay_rows(rows, self.inputs, x, |x| i16::from(x) - self.zero_point);
            scratch.words.run(&self.lines, outputs, y, sum_line);
            self.add_bias(rows, y);
        }
    }

    fn convolve(&self, op: Conv, batch: usize, x: &[u8], scratch: &mut Scratch, y: &mut [i32]) {
        for (x, y) in x.chunks_exact(op.inputs()).zip(y.chunks_exact_mut(op.outputs())).take(batch) {
            scratch.words.lay_image(op, x, |x| i16::from(x) - self.zero_point);
            scratch.words.run(&self.lines, self.bias.len(), y, sum_line);
        }
        self.add_bias(batch * op.out_pixels(), y);
    }
}

impl<D: Dot> Sparse<D> {
    fn add_bias(&self, rows: usize, y: &mut [i32]) {
        for row in y.chunks_exact_mut(self.bias.len()).take(rows) {
            row.iter_mut().zip(&self.bias).for_each(|(y, bias)| *y += *bias);
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
