//! Dense layers in `f32`. Dense means dense: zeros are multiplied like any other weight.

use super::Scratch;
use crate::backend::Conv;
use crate::backend::cpu::convolution::convolve_packed;
use crate::backend::cpu::elementwise::add_bias;
use crate::backend::cpu::matmul::{Left, MR, NR, Panels, multiply_packed};
use crate::backend::cpu::simd::F32x4;

/// A weight matrix `inputs x outputs` in panels of eight outputs, and its bias.
#[derive(Clone, Debug)]
pub struct DenseF32 {
    weights: Panels,
    bias: Vec<f32>,
}

impl DenseF32 {
    /// Packs `w` (`inputs x outputs`) with one bias for each output.
    pub fn new(inputs: usize, outputs: usize, w: &[f32], bias: &[f32]) -> Self {
        let mut weights = Panels::default();
        weights.pack(inputs, outputs, w, false);
        Self { weights, bias: bias[..outputs].to_vec() }
    }

    /// `y = x w + bias` for `rows` rows of `x`, the bias added after the sum.
    pub fn multiply(&self, rows: usize, x: &[f32], scratch: &mut Scratch, y: &mut [f32]) {
        let (inputs, outputs) = (self.weights.k(), self.weights.n());
        if rows < MR {
            for row in 0..rows {
                multiply_row(&self.weights, &x[row * inputs..][..inputs], &mut y[row * outputs..][..outputs]);
            }
        } else {
            let x = Left { values: x, transposed: false };
            multiply_packed(rows, x, &self.weights, false, &mut scratch.strips, y);
        }
        add_bias(rows, outputs, &self.bias, y);
    }

    /// `y = x (*) w + bias` for `batch` images; `inputs` is the convolution's patch, `outputs` its filters.
    pub fn convolve(&self, op: Conv, batch: usize, x: &[f32], scratch: &mut Scratch, y: &mut [f32]) {
        convolve_packed(op, batch, x, &self.weights, &mut scratch.strips, &mut scratch.patches, y);
        add_bias(batch * op.out_pixels(), op.filters, &self.bias, y);
    }
}

/// `y = x w` for one row.
pub fn multiply_row(w: &Panels, x: &[f32], y: &mut [f32]) {
    for_each_share(w.n().div_ceil(NR), |first, count| match count {
        1 => multiply_panels::<1>(w, first, x, y),
        2 => multiply_panels::<2>(w, first, x, y),
        3 => multiply_panels::<3>(w, first, x, y),
        _ => multiply_panels::<4>(w, first, x, y),
    });
}

/// Parts `panels` panels into shares of at most four and about as many each, since the sums of one or two alone would be
/// waited for: calls `visit` with each share's first panel and their number.
pub fn for_each_share(panels: usize, mut visit: impl FnMut(usize, usize)) {
    let shares = panels.div_ceil(4);
    for share in 0..shares {
        let [first, end] = [share, share + 1].map(|share| panels * share / shares);
        visit(first, end - first);
    }
}

/// The outputs of `COUNT` panels, each sum in a register from the first input to the last.
#[inline(always)]
fn multiply_panels<const COUNT: usize>(w: &Panels, first: usize, x: &[f32], y: &mut [f32]) {
    let panels: [&[[f32; NR]]; COUNT] = std::array::from_fn(|panel| &w.panel(first + panel)[..x.len()]);
    let mut sums = [[F32x4::splat(0.0); NR / 4]; COUNT];
    for (input, x) in x.iter().enumerate() {
        let x = F32x4::splat(*x);
        for (sums, panel) in sums.iter_mut().zip(&panels) {
            let (halves, _) = panel[input].as_chunks::<4>();
            for (sum, w) in sums.iter_mut().zip(halves) {
                *sum = sum.add_product(x, F32x4::load(w));
            }
        }
    }
    for (sums, y) in sums.iter().zip(y[first * NR..].chunks_mut(NR)) {
        let mut values = [0.0; NR];
        let (halves, _) = values.as_chunks_mut::<4>();
        for (sum, half) in sums.iter().zip(halves) {
            sum.store(half);
        }
        y.copy_from_slice(&values[..y.len()]);
    }
}
