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
pub use wasm::{F32x4, I16x8, I32x4, add_relaxed_quads, nonzero_bits, nonzero_words, rescale};

#[cfg(target_arch = "x86_64")]
pub use {
    portable::{F32x4, nonzero_bits, nonzero_words, rescale},
    x86::{I16x8, I32x4},
};

#[cfg(not(any(target_arch = "x86_64", all(target_arch = "wasm32", target_feature = "simd128"))))]
pub use portable::{F32x4, I16x8, I32x4, nonzero_bits, nonzero_words, rescale};

/// Four values times factors `mantissa * 2^-shift`, in 64-bit integers: what [`rescale`] works by.
#[derive(Clone, Debug, PartialEq)]
pub struct Rescale {
    /// Of 31 bits.
    pub mantissas: [i32; 4],
    /// Half of what is shifted out, and 2^61, so that what is shifted is above zero.
    pub addends: [[i64; 2]; 2],
    /// All ones where the sum is doubled (the lane's shift is one less than [`Rescale::shift`]), else zero.
    pub doubled: [[i64; 2]; 2],
    /// The same for all lanes, which is all that vectors have.
    pub shift: u32,
    /// What is added in the end.
    pub bases: [i32; 4],
}

impl Rescale {
    /// Values beyond it are taken for it.
    pub const REACH: i32 = 1 << 29;

    /// One lane: `clamp((d(value * mantissa + addend) >> shift) + base, 0, 255)`.
    #[inline(always)]
    pub fn one(&self, lane: usize, value: i32) -> u8 {
        let value = i64::from(value.clamp(-Self::REACH, Self::REACH));
        let sum = value * i64::from(self.mantissas[lane]) + self.addends[lane / 2][lane % 2];
        let doubled = (sum as u64).wrapping_add((sum & self.doubled[lane / 2][lane % 2]) as u64);
        (doubled.wrapping_shr(self.shift) as i32 + self.bases[lane]).clamp(0, 255) as u8
    }
}

#[cfg(test)]
mod tests;
