//! Which kernels run integer weights that are not plain symmetric bytes, and float layers whose weights are integers.

use super::affine::Affine;
use super::dense_int8::dense;
use super::dynamic::Dynamic;
use super::integer_kernel::{IntegerKernel, IntegerWeights, integer_kernels};
use super::packed_int8::Packed;
use super::weight_only::WeightOnly;
use super::{Scratch, is_sparse};
use crate::backend::Conv;
use std::fmt::Debug;
use std::hint::black_box;
use std::sync::OnceLock;

/// A matrix `inputs x outputs` of integers, `r = scale * (q - zero point)`.
#[derive(Clone, Copy, Debug)]
pub struct CodedWeights<'a> {
    /// Rows of the matrix: what is summed over.
    pub inputs: usize,
    /// Columns.
    pub outputs: usize,
    /// Of an integer.
    pub bits: u8,
    /// Row by row.
    pub weights: &'a [i8],
    /// Rows of a column that share a scale.
    pub group: usize,
    /// One for all, or one for each column of each group.
    pub scales: &'a [f32],
    /// As many; none where all are zero.
    pub zero_points: &'a [i8],
    /// The matrix is multiplied with many pixels of each sample, which is not worth unpacking anew.
    pub convolution: bool,
}

impl CodedWeights<'_> {
    /// In how many bits each integer stays in memory.
    pub(super) fn stored_bits(&self) -> u8 {
        if self.convolution { 8 } else { self.bits }
    }

    /// The scale and the zero point of a weight.
    pub fn grid(&self, input: usize, output: usize) -> (f32, i8) {
        let place = if self.scales.len() == 1 { 0 } else { input / self.group * self.outputs + output };
        (self.scales[place], self.zero_points.get(place).copied().unwrap_or(0))
    }
}

/// A layer of floats that is made ready to run.
pub trait FloatKernel: Debug + Send {
    /// The name that reports carry.
    fn name(&self) -> &'static str;

    /// `y = x w + bias` for `rows` rows of `x`.
    fn multiply(&self, rows: usize, x: &[f32], scratch: &mut Scratch, y: &mut [f32]);

    /// `y = x (*) w + bias` for `batch` images.
    fn convolve(&self, op: Conv, batch: usize, x: &[f32], scratch: &mut Scratch, y: &mut [f32]);
}

/// Makes a kernel of weights, biases and the zero point of what comes in.
pub type MakeInteger = fn(&CodedWeights<'_>, &[i32], u8) -> Box<dyn IntegerKernel>;
/// Makes a kernel of weights, biases and the bits of activations.
pub type MakeFloat = fn(&CodedWeights<'_>, &[f32], Option<u8>) -> Box<dyn FloatKernel>;

/// The kernels of networks that were quantized in other ways than to plain bytes: code that few need, so that a part of the
/// program that is loaded later may bring it.
#[derive(Clone, Copy, Debug)]
pub struct CodedKernels {
    /// `y = (x - zero point of x) (w - zero points) + bias` in integers; columns have one zero point each.
    pub integer: MakeInteger,
    /// Floats in and floats out; with activations of so many bits in between, or with none.
    pub float: MakeFloat,
}

static CODED: OnceLock<CodedKernels> = OnceLock::new();

/// Has networks run on these kernels. Natively they always do.
pub fn bring_coded_kernels() {
    // Seen through, the calls would become direct ones, and the kernels part of whatever calls them.
    CODED.get_or_init(|| black_box(CodedKernels { integer, float }));
}

/// The kernels, once they have been brought.
pub fn coded_kernels() -> Option<&'static CodedKernels> {
    #[cfg(any(test, not(target_arch = "wasm32")))]
    bring_coded_kernels();
    CODED.get()
}

pub(super) fn integer(of: &CodedWeights<'_>, bias: &[i32], zero_point: u8) -> Box<dyn IntegerKernel> {
    if !of.zero_points.is_empty() {
        return Box::new(Affine::new(of, bias, zero_point));
    }
    symmetric(of.stored_bits(), &IntegerWeights { inputs: of.inputs, weights: of.weights, bias, zero_point })
}

/// The kernel of weights without zero points. Few bits stay packed, but where most weights are zero: those are left out.
pub(super) fn symmetric(bits: u8, of: &IntegerWeights<'_>) -> Box<dyn IntegerKernel> {
    let zeros = of.weights.iter().filter(|w| **w == 0).count();
    let kernels = integer_kernels();
    if is_sparse(zeros, of.weights.len(), kernels.sparse_from) {
        return (kernels.sparse)(of);
    }
    match bits {
        // A last group that lacks an input meets whatever lies there, and wants weights of zero.
        1 if zeros == 0 && of.inputs.is_multiple_of(2) => dense::<Packed<1>>(of),
        1 | 2 => dense::<Packed<2>>(of),
        3 | 4 => dense::<Packed<4>>(of),
        _ => (kernels.dense)(of),
    }
}

pub(super) fn float(of: &CodedWeights<'_>, bias: &[f32], activations: Option<u8>) -> Box<dyn FloatKernel> {
    match activations {
        Some(bits) => Box::new(Dynamic::new(of, bias, bits)),
        None => Box::new(WeightOnly::new(of, bias)),
    }
}
