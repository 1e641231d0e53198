//! The kernels that compiled models run on: dense and sparse, in `f32` and in 8-bit integers.
//!
//! Each holds one layer's weights in the layout its loop wants, packed once when a model is loaded, and has two
//! methods: `multiply` for a fully connected layer and `convolve` for a convolution. The `f32` kernels sum in the same
//! order as training does, so a compiled model's logits are the trained model's logits.

mod affine;
mod blocks;
mod coded;
#[cfg(test)]
mod coded_tests;
mod dense_f32;
mod dense_int8;
mod dot;
mod dynamic;
mod gather;
mod integer_kernel;
mod lines;
mod packed_int8;
mod quantized;
#[cfg(target_arch = "wasm32")]
pub mod relaxed;
mod runs;
mod scatter;
mod sparse_f32;
mod sparse_int8;
mod sparse_row;
#[cfg(test)]
mod tests;
mod weight_only;

pub use coded::{CodedWeights, FloatKernel, bring_coded_kernels, coded_kernels};
pub use dense_f32::DenseF32;
pub use integer_kernel::{IntegerKernel, IntegerKernels, IntegerWeights, integer_kernels};
pub use quantized::{Addition, Requant, add_u8, lookup, max_pool, pool_u8, requantize};
pub use sparse_f32::SparseF32;

/// Memory that the kernels share and reuse; one for each model that runs at a time.
#[derive(Debug, Default)]
pub struct Scratch {
    strips: super::matmul::Strips,
    patches: Vec<f32>,
    bytes: Vec<u8>,
    groups: Vec<i32>,
    image: Vec<i32>,
    nonzeros: super::zero_skipping::Nonzeros,
    rows: Option<[Box<scatter::Row>; 2]>,
    integer_sums: Vec<[i32; 4]>,
    floats: lines::Side<f32>,
    words: lines::Side<i16>,
    sums: Vec<i32>,
    quantized: Vec<u8>,
    panel: Vec<f32>,
    /// Of the operations on sequences, and what they would need on a way back.
    pub sequences: (super::SequenceScratch, Vec<f32>),
}

/// Whether so many zeros, from a share of `from` on, are worth a sparse kernel.
pub fn is_sparse(zeros: usize, len: usize, from: f64) -> bool {
    zeros as f64 >= from * len as f64
}

impl Scratch {
    /// Nothing yet; it grows with the first run of a model and then stays.
    pub fn new() -> Self {
        Self::default()
    }
}
