//! Vectors of the simd128 proposal.

#![allow(unsafe_code)] // loads and stores take pointers; each block says why its pointer is good

use super::Rescale;
use core::arch::wasm32::{
    f32x4_add, f32x4_mul, f32x4_ne, f32x4_splat, i8x16_bitmask, i8x16_narrow_i16x8, i16x8, i16x8_mul,
    i16x8_narrow_i32x4, i16x8_shl, i16x8_shr, i16x8_shuffle, i16x8_splat, i32x4_add, i32x4_dot_i16x8,
    i32x4_extract_lane, i32x4_max, i32x4_min, i32x4_ne, i32x4_neg, i32x4_relaxed_dot_i8x16_i7x16_add, i32x4_shuffle,
    i32x4_splat, i64x2_add, i64x2_extmul_high_i32x4, i64x2_extmul_low_i32x4, u8x16_max, u8x16_narrow_i16x8,
    u8x16_splat, u64x2_shr, v128, v128_and, v128_load, v128_not, v128_or, v128_store,
};

/// Four `f32` lanes.
#[derive(Clone, Copy, Debug)]
pub struct F32x4(v128);

impl F32x4 {
    /// The same value in every lane.
    #[inline(always)]
    pub fn splat(value: f32) -> Self {
        Self(f32x4_splat(value))
    }

    /// Four values from memory.
    #[inline(always)]
    pub fn load(from: &[f32; 4]) -> Self {
        // SAFETY: the reference covers 16 readable bytes, and v128_load asks for no alignment.
        Self(unsafe { v128_load(from.as_ptr().cast()) })
    }

    /// Four values to memory.
    #[inline(always)]
    pub fn store(self, to: &mut [f32; 4]) {
        // SAFETY: the reference covers 16 writable bytes, and v128_store asks for no alignment.
        unsafe { v128_store(to.as_mut_ptr().cast(), self.0) }
    }

    /// `self + a * b`, rounded after the product and after the sum.
    #[inline(always)]
    pub fn add_product(self, a: Self, b: Self) -> Self {
        Self(f32x4_add(self.0, f32x4_mul(a.0, b.0)))
    }
}

/// Bit `i` is set where `values[i]` is not zero.
#[inline(always)]
pub fn nonzero_bits(values: &[f32; 16]) -> u32 {
    let (quarters, _) = values.as_chunks::<4>();
    let zero = f32x4_splat(0.0);
    lane_bits(|at| f32x4_ne(F32x4::load(&quarters[at]).0, zero))
}

/// Bit `i` is set where `values[i]` is not zero.
#[inline(always)]
pub fn nonzero_words(values: &[i32; 16]) -> u32 {
    let (quarters, _) = values.as_chunks::<4>();
    let zero = i32x4_splat(0);
    lane_bits(|at| i32x4_ne(I32x4::load(&quarters[at]).0, zero))
}

/// A bit for each lane of four vectors whose lanes are all ones or all zeros, which saturation leaves as they are.
#[inline(always)]
fn lane_bits(vector: impl Fn(usize) -> v128) -> u32 {
    let low = i16x8_narrow_i32x4(vector(0), vector(1));
    let high = i16x8_narrow_i32x4(vector(2), vector(3));
    u32::from(i8x16_bitmask(i8x16_narrow_i16x8(low, high)))
}

/// Eight `i16` lanes.
#[derive(Clone, Copy, Debug)]
pub struct I16x8(v128);

impl I16x8 {
    /// Eight values from memory.
    #[inline(always)]
    pub fn load(from: &[i16; 8]) -> Self {
        // SAFETY: the reference covers 16 readable bytes, and v128_load asks for no alignment.
        Self(unsafe { v128_load(from.as_ptr().cast()) })
    }

    /// Eight values to memory.
    #[inline(always)]
    pub fn store(self, to: &mut [i16; 8]) {
        // SAFETY: the reference covers 16 writable bytes, and v128_store asks for no alignment.
        unsafe { v128_store(to.as_mut_ptr().cast(), self.0) };
    }

    /// Eight integers of 1, 2 or 4 bits, the first in the lowest bits; one of a single bit is 1 where it is set, else -1. Each is
    /// moved to the upper end of its lane by a product, and comes back with its sign.
    #[inline(always)]
    pub fn unpack<const BITS: usize>(from: &[u8; BITS]) -> Self {
        match BITS {
            1 => {
                let high = i16x8_mul(
                    i16x8_splat(i16::from(from[0])),
                    i16x8(i16::MIN, 1 << 14, 1 << 13, 1 << 12, 1 << 11, 1 << 10, 1 << 9, 1 << 8),
                );
                Self(v128_not(i16x8_shl(i16x8_shr(high, 15), 1)))
            }
            2 => {
                let word = i16::from_le_bytes([from[0], from[1]]);
                let high =
                    i16x8_mul(i16x8_splat(word), i16x8(1 << 14, 1 << 12, 1 << 10, 1 << 8, 1 << 6, 1 << 4, 1 << 2, 1));
                Self(i16x8_shr(high, 14))
            }
            _ => {
                let word = i32x4_splat(i32::from_le_bytes([from[0], from[1], from[2], from[3]]));
                let halves = i16x8_shuffle::<0, 0, 0, 0, 1, 1, 1, 1>(word, word);
                Self(i16x8_shr(i16x8_mul(halves, i16x8(1 << 12, 1 << 8, 1 << 4, 1, 1 << 12, 1 << 8, 1 << 4, 1)), 12))
            }
        }
    }

    /// The integer of `bits` bits that is the `at`-th of each lane, counted from the lowest; one of a single bit is -1 where it is
    /// set, else 1.
    #[inline(always)]
    pub fn field(self, bits: u32, at: u32) -> Self {
        let value = i16x8_shr(i16x8_shl(self.0, 16 - bits * (at + 1)), 16 - bits);
        Self(if bits == 1 { v128_or(value, i16x8_splat(1)) } else { value })
    }

    /// The same two values in every pair of lanes: the low half of `pair`, then the high half.
    #[inline(always)]
    pub fn splat_pair(pair: i32) -> Self {
        Self(i32x4_splat(pair))
    }

    /// Lanes of `self` and `other` in turn: those of their low halves, then those of their high halves.
    #[inline(always)]
    pub fn interleave(self, other: Self) -> (Self, Self) {
        let low = i16x8_shuffle::<0, 8, 1, 9, 2, 10, 3, 11>(self.0, other.0);
        let high = i16x8_shuffle::<4, 12, 5, 13, 6, 14, 7, 15>(self.0, other.0);
        (Self(low), Self(high))
    }
}

/// Four `i32` lanes.
#[derive(Clone, Copy, Debug)]
pub struct I32x4(v128);

impl I32x4 {
    /// The same value in every lane.
    #[inline(always)]
    pub fn splat(value: i32) -> Self {
        Self(i32x4_splat(value))
    }

    /// Four values from memory.
    #[inline(always)]
    pub fn load(from: &[i32; 4]) -> Self {
        // SAFETY: the reference covers 16 readable bytes, and v128_load asks for no alignment.
        Self(unsafe { v128_load(from.as_ptr().cast()) })
    }

    /// Four values to memory.
    #[inline(always)]
    pub fn store(self, to: &mut [i32; 4]) {
        // SAFETY: the reference covers 16 writable bytes, and v128_store asks for no alignment.
        unsafe { v128_store(to.as_mut_ptr().cast(), self.0) }
    }

    /// `self[i] + a[2i] * b[2i] + a[2i + 1] * b[2i + 1]`.
    #[inline(always)]
    pub fn add_dot(self, a: I16x8, b: I16x8) -> Self {
        Self(i32x4_add(self.0, i32x4_dot_i16x8(a.0, b.0)))
    }
}

/// Four [`Rescale::one`]s.
#[inline(always)]
pub fn rescale(by: &Rescale, values: &[i32; 4], floor: u8, to: &mut [u8; 4]) {
    let reach = i32x4_splat(Rescale::REACH);
    let values = i32x4_max(i32x4_min(I32x4::load(values).0, reach), i32x4_neg(reach));
    let mantissas = I32x4::load(&by.mantissas).0;
    // SAFETY: the reference covers 16 readable bytes, and v128_load asks for no alignment.
    let load = |from: &[i64; 2]| unsafe { v128_load(from.as_ptr().cast()) };
    let finish = |product: v128, half: usize| {
        let sum = i64x2_add(product, load(&by.addends[half]));
        u64x2_shr(i64x2_add(sum, v128_and(sum, load(&by.doubled[half]))), by.shift)
    };
    let low = finish(i64x2_extmul_low_i32x4(values, mantissas), 0);
    let high = finish(i64x2_extmul_high_i32x4(values, mantissas), 1);
    let scaled = i32x4_add(i32x4_shuffle::<0, 2, 4, 6>(low, high), I32x4::load(&by.bases).0);
    // The first narrowing saturates to 16 bits, the second to 0..=255.
    let words = i16x8_narrow_i32x4(scaled, scaled);
    let bytes = u8x16_max(u8x16_narrow_i16x8(words, words), u8x16_splat(floor));
    *to = i32x4_extract_lane::<0>(bytes).to_le_bytes();
}

/// `sums[i]` plus the products of four weights (`4i` and on) with four bytes, the same for all lanes, as relaxed SIMD
/// computes it on this processor; exact where all bytes are below 128.
#[inline]
#[target_feature(enable = "relaxed-simd")]
pub fn add_relaxed_quads(sums: I32x4, weights: &[i8; 16], bytes: i32) -> I32x4 {
    // SAFETY: the reference covers 16 readable bytes, and v128_load asks for no alignment.
    let weights = unsafe { v128_load(weights.as_ptr().cast()) };
    I32x4(i32x4_relaxed_dot_i8x16_i7x16_add(weights, i32x4_splat(bytes), sums.0))
}
