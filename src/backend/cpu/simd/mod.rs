//! Vectors of 128 bits: the only place that knows the instruction set.
//!
//! On wasm they are the `v128` of the simd128 proposal, on x86-64 those of SSE2 (which every such processor has)
//! for integers, and elsewhere arrays that LLVM keeps in registers. Floating-point addition and multiplication are
//! IEEE 754 in every lane and are never fused; the integer operations are exact. So all of them give the same bits.

mod portable;
#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
mod wasm;
#[cfg(target_arch = "x86_64")]
mod x86;

#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
pub use wasm::{F32x4, I16x8, I32x4, add_relaxed_quads, nonzero_bits, nonzero_words};

#[cfg(target_arch = "x86_64")]
pub use {
    portable::{F32x4, nonzero_bits, nonzero_words},
    x86::{I16x8, I32x4},
};

#[cfg(not(any(target_arch = "x86_64", all(target_arch = "wasm32", target_feature = "simd128"))))]
pub use portable::{F32x4, I16x8, I32x4, nonzero_bits, nonzero_words};

#[cfg(test)]
mod tests;
