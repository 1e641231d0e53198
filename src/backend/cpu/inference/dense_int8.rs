//! Dense layers in 8-bit integers with 32-bit accumulators: every sum is exact, so its order is free. Dense means dense:
//! zeros are multiplied like any other weight.

use super::Scratch;
use super::dense_f32::for_each_share;
use super::dot::Dot;
use super::integer_kernel::{IntegerKernel, IntegerWeights};
use crate::backend::Conv;
use crate::backend::cpu::convolution::grown;
use crate::backend::cpu::patches::gather_patches;
use crate::backend::cpu::simd::I32x4;

/// Outputs of a panel: two vectors.
const NR: usize = 8;
/// Rows of a tile: 4 x 8 accumulators are eight vectors.
const MR: usize = 4;

/// An integer matrix `inputs x outputs` in panels of eight outputs, and its bias.
#[derive(Clone, Debug)]
pub struct Panels<D: Dot> {
    outputs: usize,
    /// Vectors of weights for an output.
    steps: usize,
    /// Panel by panel, step by step.
    weights: Vec<[D::Weights; NR / 4]>,
    /// Filled up with zeros for the last panel.
    bias: Vec<i32>,
}

impl<D: Dot> Panels<D> {
    fn new(of: &IntegerWeights<'_>) -> Self {
        let (inputs, outputs) = (of.inputs, of.outputs());
        let weight = |input: usize, output: usize| {
            if input < inputs && output < outputs { of.weights[input * outputs + output] } else { 0 }
        };
        let steps = inputs.div_ceil(D::INPUTS);
        let mut weights = Vec::with_capacity(outputs.div_ceil(NR) * steps);
        for panel in 0..outputs.div_ceil(NR) {
            for step in 0..steps {
                let four = |four: usize| {
                    D::pack(|input, output| weight(step * D::INPUTS + input, panel * NR + 4 * four + output))
                };
                weights.push([four(0), four(1)]);
            }
        }
        let mut bias = of.folded_bias(D::OFFSET);
        bias.resize(outputs.next_multiple_of(NR), 0);
        Self { outputs, steps, weights, bias }
    }

    /// `y = x w + bias` for `rows` rows of groups.
    #[inline(always)]
    pub fn multiply(&self, rows: usize, groups: &[i32], y: &mut [i32]) {
        let (panels, width) = (self.outputs.div_ceil(NR), self.steps * D::GROUPS);
        let mut row = 0;
        while row + MR <= rows {
            let x = std::array::from_fn(|at| &groups[(row + at) * width..][..width]);
            let y = &mut y[row * self.outputs..][..MR * self.outputs];
            for panel in 0..panels {
                if self.outputs - panel * NR > 4 {
                    self.multiply_tile::<MR, 1, 2>(panel, x, y);
                } else {
                    self.multiply_tile::<MR, 1, 1>(panel, x, y);
                }
            }
            row += MR;
        }
        for row in row..rows {
            let x = [&groups[row * width..][..width]];
            let y = &mut y[row * self.outputs..][..self.outputs];
            for_each_share(panels, |first, count| match count {
                1 => self.multiply_tile::<1, 1, 2>(first, x, y),
                2 => self.multiply_tile::<1, 2, 2>(first, x, y),
                3 => self.multiply_tile::<1, 3, 2>(first, x, y),
                _ => self.multiply_tile::<1, 4, 2>(first, x, y),
            });
        }
    }

    /// `ROWS` rows times `COUNT` panels, of each of which `4 * FOURS` outputs are computed, the sums in registers.
    #[inline(always)]
    fn multiply_tile<const ROWS: usize, const COUNT: usize, const FOURS: usize>(
        &self,
        first: usize,
        x: [&[i32]; ROWS],
        y: &mut [i32],
    ) {
        let steps = self.steps;
        let x = x.map(|x| &x[..steps * D::GROUPS]);
        let panels: [&[[D::Weights; 2]]; COUNT] =
            std::array::from_fn(|at| &self.weights[(first + at) * steps..][..steps]);
        // The bias is there for all outputs of the last panel.
        let bias: [[I32x4; FOURS]; COUNT] = std::array::from_fn(|at| {
            let (fours, _) = self.bias[(first + at) * NR..][..NR].as_chunks::<4>();
            std::array::from_fn(|four| I32x4::load(&fours[four]))
        });
        let mut sums = [bias; ROWS];
        for step in 0..steps {
            for (at, panel) in panels.iter().enumerate() {
                let weights = &panel[step];
                for (sums, x) in sums.iter_mut().zip(&x) {
                    for (sum, weights) in sums[at].iter_mut().zip(weights) {
                        *sum = D::add(*sum, weights, &x[step * D::GROUPS..][..D::GROUPS]);
                    }
                }
            }
        }
        for (sums, y) in sums.iter().zip(y.chunks_exact_mut(self.outputs)) {
            for (sum, y) in sums.as_flattened().iter().zip(y[first * NR..].chunks_mut(4)) {
                if let Some(full) = y.first_chunk_mut::<4>() {
                    sum.store(full);
                } else {
                    let mut values = [0; 4];
                    sum.store(&mut values);
                    y.copy_from_slice(&values[..y.len()]);
                }
            }
        }
    }
}

/// A layer that reads all its weights.
#[derive(Debug)]
struct Dense<D: Dot> {
    inputs: usize,
    panels: Panels<D>,
    zero_point: u8,
}

/// Packs a layer for the dot product `D`.
pub fn dense<D: Dot>(of: &IntegerWeights<'_>) -> Box<dyn IntegerKernel> {
    Box::new(Dense::<D> { inputs: of.inputs, panels: Panels::new(of), zero_point: of.zero_point })
}

impl<D: Dot> IntegerKernel for Dense<D> {
    fn name(&self) -> &'static str {
        D::NAME
    }

    fn multiply(&self, rows: usize, x: &[u8], scratch: &mut Scratch, y: &mut [i32]) {
        let groups = grown(&mut scratch.groups, rows * self.panels.steps * D::GROUPS);
        group_rows::<D>(self.inputs, &x[..rows * self.inputs], groups);
        D::multiply(&self.panels, rows, groups, y);
    }

    fn convolve(&self, op: Conv, batch: usize, x: &[u8], scratch: &mut Scratch, y: &mut [i32]) {
        let (pixels, steps) = (op.out_pixels(), self.panels.steps);
        let width = steps * D::GROUPS;
        let Scratch { bytes, groups, image, .. } = scratch;
        let groups = grown(groups, pixels * width);
        for (x, y) in x.chunks_exact(op.inputs()).zip(y.chunks_exact_mut(op.outputs())).take(batch) {
            if D::GROUPS == 1 && op.channels.is_multiple_of(D::INPUTS) {
                // No group reaches beyond a pixel: the image is grouped once and patches are gathered of groups.
                let image = grown(image, op.inputs() / D::INPUTS);
                D::group(x, image);
                let mut padding = [0];
                D::group(&[self.zero_point; 4][..D::INPUTS], &mut padding);
                let op = Conv { channels: op.channels / D::INPUTS, ..op };
                gather_patches(op, steps, image, padding[0], groups);
            } else {
                let stride = steps * D::INPUTS;
                let bytes = grown(bytes, pixels * stride);
                gather_patches(op, stride, x, self.zero_point, bytes);
                if D::GROUPS > 1 {
                    // Weights of one bit are never zero, so that what lies between two rows has to be.
                    bytes.chunks_exact_mut(stride).for_each(|row| row[op.patch()..].fill(0));
                }
                D::group(bytes, groups);
            }
            D::multiply(&self.panels, pixels, groups, y);
        }
    }
}

/// Puts rows of `width` bytes into groups; each row begins a new one.
pub fn group_rows<D: Dot>(width: usize, x: &[u8], groups: &mut [i32]) {
    if width.is_multiple_of(D::INPUTS) {
        D::group(x, groups);
        return;
    }
    for (x, groups) in x.chunks_exact(width).zip(groups.chunks_exact_mut(width.div_ceil(D::INPUTS) * D::GROUPS)) {
        D::group(x, groups);
    }
}
