//! Weight-only quantization: integer weights, packed, become floats panel by panel as they are multiplied; activations stay
//! floats. What is saved is memory and the traffic to it, not arithmetic.
//!
//! Each output is summed as [`super::DenseF32`] does, so the result is that of the real weights, bit for bit.

use super::Scratch;
use super::coded::{CodedWeights, FloatKernel};
use super::packed_int8::pack_eight;
use crate::backend::Conv;
use crate::backend::cpu::convolution::grown;
use crate::backend::cpu::patches::gather_patches;
use crate::backend::cpu::simd::{F32x4, I16x8};

/// Outputs of a panel: two vectors.
const NR: usize = 8;
/// Rows of a tile, whose sums stay in registers.
const MR: usize = 4;

/// Eight weights, one for each output of a panel.
#[derive(Debug)]
enum Eights {
    One(Vec<[u8; 1]>),
    Two(Vec<[u8; 2]>),
    Four(Vec<[u8; 4]>),
    Whole(Vec<[i8; NR]>),
}

/// A layer whose weights are unpacked at run time.
#[derive(Debug)]
pub(super) struct WeightOnly {
    inputs: usize,
    outputs: usize,
    group: usize,
    /// Panel by panel, input by input.
    weights: Eights,
    /// Panel by panel, group by group.
    scales: Vec<[f32; NR]>,
    zero_points: Vec<[f32; NR]>,
    bias: Vec<f32>,
}

impl WeightOnly {
    /// Packs the weights in as few bits as a panel of eight is unpacked from fast: 1, 2, 4, or whole bytes.
    pub fn new(of: &CodedWeights<'_>, bias: &[f32]) -> Self {
        let (inputs, outputs) = (of.inputs, of.outputs);
        let panels = outputs.div_ceil(NR);
        let places = || (0..panels).flat_map(move |panel| (0..inputs).map(move |input| (panel, input)));
        let weight = |panel: usize, input: usize, lane: usize| {
            let output = panel * NR + lane;
            if output < outputs { of.weights[input * outputs + output] } else { 0 }
        };
        let binary = of.bits == 1 && of.weights.iter().all(|q| *q != 0);
        let weights = match of.bits {
            1 if binary => Eights::One(places().map(|(p, i)| pack_eight(|lane| weight(p, i, lane))).collect()),
            1 | 2 => Eights::Two(places().map(|(p, i)| pack_eight(|lane| weight(p, i, lane))).collect()),
            3 | 4 => Eights::Four(places().map(|(p, i)| pack_eight(|lane| weight(p, i, lane))).collect()),
            _ => Eights::Whole(places().map(|(p, i)| std::array::from_fn(|lane| weight(p, i, lane))).collect()),
        };
        let group = if of.scales.len() == 1 { inputs.max(1) } else { of.group };
        let groups = inputs.div_ceil(group);
        let grid = |panel: usize, at: usize, lane: usize| of.grid(at * group, (panel * NR + lane).min(outputs - 1));
        let grids = || (0..panels).flat_map(move |panel| (0..groups).map(move |at| (panel, at)));
        Self {
            inputs,
            outputs,
            group,
            weights,
            scales: grids().map(|(p, at)| std::array::from_fn(|lane| grid(p, at, lane).0)).collect(),
            zero_points: grids().map(|(p, at)| std::array::from_fn(|lane| f32::from(grid(p, at, lane).1))).collect(),
            bias: bias[..outputs].to_vec(),
        }
    }

    /// The real weights of a panel, input by input.
    fn unpack(&self, panel: usize, to: &mut [[f32; NR]]) {
        let groups = self.inputs.div_ceil(self.group);
        let grids = panel * groups..(panel + 1) * groups;
        let grids = || self.scales[grids.clone()].iter().zip(&self.zero_points[grids.clone()]);
        let range = panel * self.inputs..(panel + 1) * self.inputs;
        match &self.weights {
            Eights::One(weights) => unpack_with(&weights[range], self.group, grids(), to, unpack_eight),
            Eights::Two(weights) => unpack_with(&weights[range], self.group, grids(), to, unpack_eight),
            Eights::Four(weights) => unpack_with(&weights[range], self.group, grids(), to, unpack_eight),
            Eights::Whole(weights) => {
                unpack_with(&weights[range], self.group, grids(), to, |eight| eight.map(i16::from));
            }
        }
    }

    /// `y = x w + bias` for `rows` rows, each panel being unpacked once for all of them.
    fn multiply_rows(&self, rows: usize, x: &[f32], room: &mut Vec<f32>, y: &mut [f32]) {
        let panel_of = grown(room, self.inputs * NR);
        for panel in 0..self.outputs.div_ceil(NR) {
            let (weights, _) = panel_of.as_chunks_mut::<NR>();
            self.unpack(panel, weights);
            let mut row = 0;
            while row + MR <= rows {
                self.multiply_tile::<MR>(panel, row, x, weights, y);
                row += MR;
            }
            while row < rows {
                self.multiply_tile::<1>(panel, row, x, weights, y);
                row += 1;
            }
        }
    }

    #[inline(always)]
    fn multiply_tile<const ROWS: usize>(
        &self,
        panel: usize,
        row: usize,
        x: &[f32],
        weights: &[[f32; NR]],
        y: &mut [f32],
    ) {
        let x: [&[f32]; ROWS] = std::array::from_fn(|at| &x[(row + at) * self.inputs..][..weights.len()]);
        let mut sums = [[F32x4::splat(0.0); NR / 4]; ROWS];
        for (input, weights) in weights.iter().enumerate() {
            let (halves, _) = weights.as_chunks::<4>();
            for (sums, x) in sums.iter_mut().zip(&x) {
                let x = F32x4::splat(x[input]);
                for (sum, w) in sums.iter_mut().zip(halves) {
                    *sum = sum.add_product(x, F32x4::load(w));
                }
            }
        }
        let first = panel * NR;
        for (sums, at) in sums.iter().zip(row..) {
            let mut values = [0.0; NR];
            let (halves, _) = values.as_chunks_mut::<4>();
            sums.iter().zip(halves).for_each(|(sum, half)| sum.store(half));
            let end = self.outputs.min(first + NR);
            let y = &mut y[at * self.outputs + first..at * self.outputs + end];
            for ((y, sum), bias) in y.iter_mut().zip(values).zip(&self.bias[first..end]) {
                *y = sum + bias;
            }
        }
    }
}

fn unpack_eight<const BITS: usize>(from: &[u8; BITS]) -> [i16; NR] {
    let mut eight = [0; NR];
    I16x8::unpack(from).store(&mut eight);
    eight
}

#[inline(always)]
fn unpack_with<'g, T>(
    from: &[T],
    group: usize,
    grids: impl Iterator<Item = (&'g [f32; NR], &'g [f32; NR])>,
    to: &mut [[f32; NR]],
    eight: impl Fn(&T) -> [i16; NR],
) {
    for ((from, to), (scales, zero_points)) in from.chunks(group).zip(to.chunks_mut(group)).zip(grids) {
        for (from, to) in from.iter().zip(to) {
            let q = eight(from);
            *to = std::array::from_fn(|lane| (f32::from(q[lane]) - zero_points[lane]) * scales[lane]);
        }
    }
}

impl FloatKernel for WeightOnly {
    fn name(&self) -> &'static str {
        match self.weights {
            Eights::One(_) => "weight-only int1",
            Eights::Two(_) => "weight-only int2",
            Eights::Four(_) => "weight-only int4",
            Eights::Whole(_) => "weight-only int8",
        }
    }

    fn multiply(&self, rows: usize, x: &[f32], scratch: &mut Scratch, y: &mut [f32]) {
        self.multiply_rows(rows, x, &mut scratch.panel, y);
    }

    fn convolve(&self, op: Conv, batch: usize, x: &[f32], scratch: &mut Scratch, y: &mut [f32]) {
        let Scratch { panel, patches, .. } = scratch;
        let patches = grown(patches, op.out_pixels() * op.patch());
        for (x, y) in x.chunks_exact(op.inputs()).zip(y.chunks_exact_mut(op.outputs())).take(batch) {
            gather_patches(op, op.patch(), x, 0.0, patches);
            self.multiply_rows(op.out_pixels(), patches, panel, y);
        }
    }
}
