//! Dense layers in 8-bit integers with 32-bit accumulators: every sum is exact, so its order is free.
//!
//! Two inputs at a time: `i32x4.dot_i16x8` multiplies eight pairs and adds each two neighbours. It wants 16-bit
//! operands, so the weights, 8 bits in the file, are widened once when a model is loaded. Dense means dense: zeros are
//! multiplied like any other weight.

use super::Scratch;
use crate::backend::Conv;
use crate::backend::cpu::convolution::grown;
use crate::backend::cpu::patches::gather_patches;
use crate::backend::cpu::simd::{I16x8, I32x4};

/// Outputs of a panel.
const NR: usize = 8;
/// Rows of a tile: 4 x 8 accumulators are eight vectors.
const MR: usize = 4;

/// Two inputs' weights for the outputs of a panel: `[w[k][o], w[k + 1][o]]` for each output `o`, in two vectors.
type Step = [[i16; 8]; 2];

/// An integer matrix `inputs x outputs` in panels of eight outputs, its bias, and the zero point of what comes in.
#[derive(Clone, Debug)]
pub struct DenseInt8 {
    inputs: usize,
    outputs: usize,
    panels: Vec<Step>,
    bias: Vec<i32>,
    zero_point: u8,
}

impl DenseInt8 {
    /// Packs `w` (`inputs x outputs`) with one bias for each output.
    pub fn new(inputs: usize, outputs: usize, w: &[i8], bias: &[i32], zero_point: u8) -> Self {
        let weight = |input: usize, output: usize| {
            if input < inputs && output < outputs { i16::from(w[input * outputs + output]) } else { 0 }
        };
        let mut panels = Vec::with_capacity(outputs.div_ceil(NR) * inputs.div_ceil(2));
        for panel in 0..outputs.div_ceil(NR) {
            for pair in 0..inputs.div_ceil(2) {
                let half =
                    |first: usize| std::array::from_fn(|at| weight(2 * pair + at % 2, panel * NR + first + at / 2));
                panels.push([half(0), half(4)]);
            }
        }
        Self { inputs, outputs, panels, bias: bias[..outputs].to_vec(), zero_point }
    }

    /// `y = (x - zero point) w + bias` for `rows` rows of `x`.
    pub fn multiply(&self, rows: usize, x: &[u8], scratch: &mut Scratch, y: &mut [i32]) {
        let steps = self.inputs.div_ceil(2);
        let pairs = grown(&mut scratch.pairs, rows * steps);
        for (pairs, x) in pairs.chunks_exact_mut(steps).zip(x.chunks_exact(self.inputs)) {
            self.pack_row(x, pairs);
        }
        self.multiply_pairs(rows, pairs, y);
    }

    /// `y = (x - zero point) (*) w + bias` for `batch` images, padded with the zero point.
    pub fn convolve(&self, op: Conv, batch: usize, x: &[u8], scratch: &mut Scratch, y: &mut [i32]) {
        for (x, y) in x.chunks_exact(op.inputs()).zip(y.chunks_exact_mut(op.outputs())).take(batch) {
            let mut patches = std::mem::take(&mut scratch.bytes);
            let rows = grown(&mut patches, op.out_pixels() * op.patch());
            gather_patches(op, x, self.zero_point, rows);
            self.multiply(op.out_pixels(), rows, scratch, y);
            scratch.bytes = patches;
        }
    }

    /// Each two neighbours of a row as the two halves of an `i32`, the zero point taken off.
    fn pack_row(&self, x: &[u8], pairs: &mut [i32]) {
        let zero = i32::from(self.zero_point);
        let (twos, last) = x.as_chunks::<2>();
        for (pair, two) in pairs.iter_mut().zip(twos) {
            *pair = (i32::from(two[0]) - zero) & 0xffff | (i32::from(two[1]) - zero) << 16;
        }
        if let (Some(pair), [odd]) = (pairs.last_mut(), last) {
            *pair = (i32::from(*odd) - zero) & 0xffff;
        }
    }

    fn multiply_pairs(&self, rows: usize, pairs: &[i32], y: &mut [i32]) {
        let steps = self.inputs.div_ceil(2);
        let mut row = 0;
        while row + MR <= rows {
            for panel in 0..self.outputs.div_ceil(NR) {
                let x = std::array::from_fn(|at| &pairs[(row + at) * steps..][..steps]);
                self.multiply_tile::<MR, 1>(panel, x, &mut y[row * self.outputs..]);
            }
            row += MR;
        }
        while row < rows {
            let x = [&pairs[row * steps..][..steps]];
            let y = &mut y[row * self.outputs..];
            let panels = self.outputs.div_ceil(NR);
            let mut panel = 0;
            while panel + 4 <= panels {
                self.multiply_tile::<1, 4>(panel, x, y);
                panel += 4;
            }
            while panel < panels {
                self.multiply_tile::<1, 1>(panel, x, y);
                panel += 1;
            }
            row += 1;
        }
    }

    /// `ROWS` rows times `COUNT` panels, the sums in registers.
    #[inline(always)]
    fn multiply_tile<const ROWS: usize, const COUNT: usize>(&self, first: usize, x: [&[i32]; ROWS], y: &mut [i32]) {
        let steps = self.inputs.div_ceil(2);
        let x = x.map(|x| &x[..steps]);
        let panels: [&[Step]; COUNT] = std::array::from_fn(|at| &self.panels[(first + at) * steps..][..steps]);
        let mut sums = [[[I32x4::splat(0); 2]; COUNT]; ROWS];
        for step in 0..steps {
            let w = panels.map(|panel| panel[step].map(|half| I16x8::load(&half)));
            for (sums, x) in sums.iter_mut().zip(&x) {
                let x = I16x8::splat_pair(x[step]);
                for (sums, w) in sums.iter_mut().zip(&w) {
                    sums[0] = sums[0].add_dot(w[0], x);
                    sums[1] = sums[1].add_dot(w[1], x);
                }
            }
        }
        for (sums, y) in sums.iter().zip(y.chunks_mut(self.outputs)) {
            let outputs = y[first * NR..].chunks_mut(NR).zip(self.bias[first * NR..].chunks(NR));
            for (sums, (y, bias)) in sums.iter().zip(outputs) {
                let mut values = [0; NR];
                let (halves, _) = values.as_chunks_mut::<4>();
                sums[0].store(&mut halves[0]);
                sums[1].store(&mut halves[1]);
                for ((y, bias), value) in y.iter_mut().zip(bias).zip(values) {
                    *y = value + *bias;
                }
            }
        }
    }
}
