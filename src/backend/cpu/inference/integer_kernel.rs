//! What an integer layer runs on, and which kernels there are on this device.

use super::dot::Pairs;
use super::{Scratch, dense_int8, sparse_int8};
use crate::backend::Conv;
use std::fmt::Debug;
use std::sync::OnceLock;

/// An integer layer as it is stored: `y = (x - zero point) w + bias`.
#[derive(Clone, Copy, Debug)]
pub struct IntegerWeights<'a> {
    /// Rows of the weight matrix: what is summed over.
    pub inputs: usize,
    /// `inputs x outputs`, in -127..=127.
    pub weights: &'a [i8],
    /// One for each output.
    pub bias: &'a [i32],
    /// Of what comes in.
    pub zero_point: u8,
}

impl IntegerWeights<'_> {
    /// Columns of the weight matrix.
    pub fn outputs(&self) -> usize {
        self.bias.len()
    }

    /// The bias, and in it all that follows from the zero point and from `offset`, which is taken off each `x` before it is
    /// multiplied: `bias + (offset - zero point) * sum of weights`.
    pub(super) fn folded_bias(&self, offset: i32) -> Vec<i32> {
        let mut folded = self.bias.to_vec();
        let unit = offset - i32::from(self.zero_point);
        for row in self.weights.chunks_exact(self.outputs().max(1)) {
            folded.iter_mut().zip(row).for_each(|(folded, w)| *folded += unit * i32::from(*w));
        }
        folded
    }
}

/// A layer made ready to run.
pub trait IntegerKernel: Debug + Send {
    /// The name that reports carry.
    fn name(&self) -> &'static str;

    /// `y = (x - zero point) w + bias` for `rows` rows of `x`.
    fn multiply(&self, rows: usize, x: &[u8], scratch: &mut Scratch, y: &mut [i32]);

    /// `y = (x - zero point) (*) w + bias` for `batch` images, padded with the zero point.
    fn convolve(&self, op: Conv, batch: usize, x: &[u8], scratch: &mut Scratch, y: &mut [i32]);
}

/// The kernels of one kind of dot product.
#[derive(Clone, Copy, Debug)]
pub struct IntegerKernels {
    /// Makes a kernel that reads all weights.
    pub dense: fn(&IntegerWeights<'_>) -> Box<dyn IntegerKernel>,
    /// Makes a kernel that reads the weights that are left.
    pub sparse: fn(&IntegerWeights<'_>) -> Box<dyn IntegerKernel>,
    /// The least share of zeros at which the sparse kernel is the faster one.
    pub sparse_from: f64,
    /// Does so many rounds of nothing but the instruction and returns the operations done, as [`crate::backend::cpu::peak`]
    /// does; for what has no peak there.
    pub peak: Option<fn(usize) -> f64>,
}

/// What runs everywhere.
const PAIRS: IntegerKernels = IntegerKernels {
    dense: dense_int8::dense::<Pairs>,
    sparse: sparse_int8::sparse::<Pairs>,
    sparse_from: 0.6,
    peak: None,
};

static FASTER: OnceLock<IntegerKernels> = OnceLock::new();

/// Has all layers that are made from now on run on these kernels. Results do not change: integer sums are exact.
#[cfg(target_arch = "wasm32")]
pub fn prefer(kernels: IntegerKernels) {
    // A second call finds the first one's kernels, which are as good.
    let _ = FASTER.set(kernels);
}

/// The fastest kernels that there are.
pub fn integer_kernels() -> &'static IntegerKernels {
    FASTER.get().unwrap_or(&PAIRS)
}
