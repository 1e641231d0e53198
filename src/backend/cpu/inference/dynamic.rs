//! Dynamic range quantization: weights are integers, and each sample is put on a grid of its own as it comes in, sums become
//! floats again. No calibration is needed, and every layer pays for finding the largest value and for rounding.
//!
//! A grid is symmetric about zero, or begins there where no value is negative, so that padding stays exact.

use super::Scratch;
use super::coded::{CodedWeights, FloatKernel, integer};
use super::integer_kernel::IntegerKernel;
use crate::backend::Conv;
use crate::backend::cpu::convolution::grown;

/// The zero point of samples with negative values.
const MIDDLE: u8 = 128;

/// A layer of integer weights between floats.
#[derive(Debug)]
pub(super) struct Dynamic {
    /// For samples without negative values, and for those with them.
    kernels: [Box<dyn IntegerKernel>; 2],
    /// The largest integer of each kind of grid, counted from its zero point.
    most: [f32; 2],
    inputs: usize,
    scales: Vec<f32>,
    bias: Vec<f32>,
}

impl Dynamic {
    /// The columns of `of` have one scale each; activations have `bits` bits.
    pub fn new(of: &CodedWeights<'_>, bias: &[f32], bits: u8) -> Self {
        let none = vec![0; of.outputs];
        let levels = 1u32 << bits.clamp(2, 8);
        Self {
            kernels: [0, MIDDLE].map(|zero_point| integer(of, &none, zero_point)),
            most: [(levels - 1) as f32, (levels / 2 - 1) as f32],
            inputs: of.inputs,
            scales: (0..of.outputs).map(|output| of.grid(0, output).0).collect(),
            bias: bias[..of.outputs].to_vec(),
        }
    }

    /// Runs `samples` of `width` values each; `run` computes the sums of so many of them, `outputs` values a sample.
    fn each_kind(
        &self,
        [samples, width, outputs]: [usize; 3],
        x: &[f32],
        scratch: &mut Scratch,
        y: &mut [f32],
        run: impl Fn(&dyn IntegerKernel, usize, &[u8], &mut Scratch, &mut [i32]),
    ) {
        let (mut quantized, mut sums) = (std::mem::take(&mut scratch.quantized), std::mem::take(&mut scratch.sums));
        let grids: Vec<(usize, f32)> = x.chunks_exact(width).take(samples).map(|sample| self.grid(sample)).collect();
        let mut first = 0;
        while first < samples {
            // Neighbours of one kind go together.
            let kind = grids[first].0;
            let count = grids[first..].iter().take_while(|grid| grid.0 == kind).count();
            let q = grown(&mut quantized, count * width);
            let x = x[first * width..].chunks_exact(width);
            for ((q, x), (_, scale)) in q.chunks_exact_mut(width).zip(x).zip(&grids[first..]) {
                quantize(x, *scale, [0.0, f32::from(MIDDLE)][kind], q);
            }
            let sums = grown(&mut sums, count * outputs);
            run(&*self.kernels[kind], count, q, scratch, sums);
            let y = y[first * outputs..].chunks_exact_mut(outputs);
            for ((sums, y), (_, scale)) in sums.chunks_exact(outputs).zip(y).zip(&grids[first..]) {
                let channels = self.scales.len();
                for (sums, y) in sums.chunks_exact(channels).zip(y.chunks_exact_mut(channels)) {
                    for (((y, sum), weight), bias) in y.iter_mut().zip(sums).zip(&self.scales).zip(&self.bias) {
                        *y = *sum as f32 * (scale * weight) + bias;
                    }
                }
            }
            first += count;
        }
        (scratch.quantized, scratch.sums) = (quantized, sums);
    }

    /// Which kind of grid a sample takes, and its scale.
    fn grid(&self, sample: &[f32]) -> (usize, f32) {
        let (low, high) = sample.iter().fold((0.0f32, 0.0f32), |(low, high), &v| (low.min(v), high.max(v)));
        let kind = usize::from(low < 0.0);
        let largest = high.max(-low);
        (kind, if largest > 0.0 && largest.is_finite() { largest / self.most[kind] } else { 1.0 })
    }
}

/// The nearest integers, halves to the even one.
fn quantize(x: &[f32], scale: f32, zero_point: f32, q: &mut [u8]) {
    // From 2^23 on floats are whole numbers, so the addition rounds and the low byte is the result.
    const WHOLE: f32 = 8_388_608.0;
    for (q, x) in q.iter_mut().zip(x) {
        let place = (x / scale + zero_point).clamp(0.0, 255.0);
        *q = (place + WHOLE).to_bits() as u8;
    }
}

impl FloatKernel for Dynamic {
    fn name(&self) -> &'static str {
        "dynamic int8"
    }

    fn multiply(&self, rows: usize, x: &[f32], scratch: &mut Scratch, y: &mut [f32]) {
        let sizes = [rows, self.inputs, self.bias.len()];
        self.each_kind(sizes, x, scratch, y, |kernel, rows, x, scratch, sums| kernel.multiply(rows, x, scratch, sums));
    }

    fn convolve(&self, op: Conv, batch: usize, x: &[f32], scratch: &mut Scratch, y: &mut [f32]) {
        let sizes = [batch, op.inputs(), op.outputs()];
        self.each_kind(sizes, x, scratch, y, |kernel, batch, x, scratch, sums| {
            kernel.convolve(op, batch, x, scratch, sums);
        });
    }
}
