//! Integer vectors of SSE2; floats do as well as arrays.

#![allow(unsafe_code)] // intrinsics: each block says why its pointer or its instruction is good

use core::arch::x86_64::{
    __m128i, _mm_add_epi32, _mm_cvtsi32_si128, _mm_loadu_si128, _mm_madd_epi16, _mm_mullo_epi16, _mm_or_si128,
    _mm_set1_epi16, _mm_set1_epi32, _mm_setr_epi16, _mm_shufflehi_epi16, _mm_shufflelo_epi16, _mm_sll_epi16,
    _mm_slli_epi16, _mm_sra_epi16, _mm_srai_epi16, _mm_storeu_si128, _mm_unpackhi_epi16, _mm_unpacklo_epi16,
    _mm_xor_si128,
};

/// Eight `i16` lanes.
#[derive(Clone, Copy, Debug)]
pub struct I16x8(__m128i);

impl I16x8 {
    /// Eight values from memory.
    #[inline(always)]
    pub fn load(from: &[i16; 8]) -> Self {
        // SAFETY: the reference covers 16 readable bytes, and _mm_loadu_si128 asks for no alignment.
        Self(unsafe { _mm_loadu_si128(from.as_ptr().cast()) })
    }

    /// Eight values to memory.
    #[inline(always)]
    pub fn store(self, to: &mut [i16; 8]) {
        // SAFETY: the reference covers 16 writable bytes, and _mm_storeu_si128 asks for no alignment.
        unsafe { _mm_storeu_si128(to.as_mut_ptr().cast(), self.0) };
    }

    /// Eight integers of 1, 2 or 4 bits, the first in the lowest bits; one of a single bit is 1 where it is set, else -1. Each is
    /// moved to the upper end of its lane by a product, and comes back with its sign.
    #[inline(always)]
    pub fn unpack<const BITS: usize>(from: &[u8; BITS]) -> Self {
        // SAFETY: every x86-64 processor has SSE2.
        Self(unsafe {
            match BITS {
                1 => {
                    let to = _mm_setr_epi16(i16::MIN, 1 << 14, 1 << 13, 1 << 12, 1 << 11, 1 << 10, 1 << 9, 1 << 8);
                    let high = _mm_mullo_epi16(_mm_set1_epi16(i16::from(from[0])), to);
                    let signs = _mm_slli_epi16::<1>(_mm_srai_epi16::<15>(high));
                    _mm_xor_si128(signs, _mm_set1_epi16(-1))
                }
                2 => {
                    let word = i16::from_le_bytes([from[0], from[1]]);
                    let to = _mm_setr_epi16(1 << 14, 1 << 12, 1 << 10, 1 << 8, 1 << 6, 1 << 4, 1 << 2, 1);
                    _mm_srai_epi16::<14>(_mm_mullo_epi16(_mm_set1_epi16(word), to))
                }
                _ => {
                    let word = _mm_set1_epi32(i32::from_le_bytes([from[0], from[1], from[2], from[3]]));
                    // The low half's lanes all take lane 0, the high half's all take lane 5.
                    let halves = _mm_shufflehi_epi16::<0b01_01_01_01>(_mm_shufflelo_epi16::<0>(word));
                    let to = _mm_setr_epi16(1 << 12, 1 << 8, 1 << 4, 1, 1 << 12, 1 << 8, 1 << 4, 1);
                    _mm_srai_epi16::<12>(_mm_mullo_epi16(halves, to))
                }
            }
        })
    }

    /// The integer of `bits` bits that is the `at`-th of each lane, counted from the lowest; one of a single bit is -1 where it is
    /// set, else 1.
    #[inline(always)]
    pub fn field(self, bits: u32, at: u32) -> Self {
        let [up, down] = [16 - bits * (at + 1), 16 - bits].map(|count| count as i32);
        // SAFETY: every x86-64 processor has SSE2.
        Self(unsafe {
            let value = _mm_sra_epi16(_mm_sll_epi16(self.0, _mm_cvtsi32_si128(up)), _mm_cvtsi32_si128(down));
            if bits == 1 { _mm_or_si128(value, _mm_set1_epi16(1)) } else { value }
        })
    }

    /// The same two values in every pair of lanes: the low half of `pair`, then the high half.
    #[inline(always)]
    pub fn splat_pair(pair: i32) -> Self {
        // SAFETY: every x86-64 processor has SSE2.
        Self(unsafe { _mm_set1_epi32(pair) })
    }

    /// Lanes of `self` and `other` in turn: those of their low halves, then those of their high halves.
    #[inline(always)]
    pub fn interleave(self, other: Self) -> (Self, Self) {
        // SAFETY: every x86-64 processor has SSE2.
        let (low, high) = unsafe { (_mm_unpacklo_epi16(self.0, other.0), _mm_unpackhi_epi16(self.0, other.0)) };
        (Self(low), Self(high))
    }
}

/// Four `i32` lanes.
#[derive(Clone, Copy, Debug)]
pub struct I32x4(__m128i);

impl I32x4 {
    /// The same value in every lane.
    #[inline(always)]
    pub fn splat(value: i32) -> Self {
        // SAFETY: every x86-64 processor has SSE2.
        Self(unsafe { _mm_set1_epi32(value) })
    }

    /// Four values from memory.
    #[inline(always)]
    pub fn load(from: &[i32; 4]) -> Self {
        // SAFETY: the reference covers 16 readable bytes, and _mm_loadu_si128 asks for no alignment.
        Self(unsafe { _mm_loadu_si128(from.as_ptr().cast()) })
    }

    /// Four values to memory.
    #[inline(always)]
    pub fn store(self, to: &mut [i32; 4]) {
        // SAFETY: the reference covers 16 writable bytes, and _mm_storeu_si128 asks for no alignment.
        unsafe { _mm_storeu_si128(to.as_mut_ptr().cast(), self.0) }
    }

    /// `self[i] + a[2i] * b[2i] + a[2i + 1] * b[2i + 1]`.
    #[inline(always)]
    pub fn add_dot(self, a: I16x8, b: I16x8) -> Self {
        // SAFETY: every x86-64 processor has SSE2.
        Self(unsafe { _mm_add_epi32(self.0, _mm_madd_epi16(a.0, b.0)) })
    }
}
