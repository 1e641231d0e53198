//! Vectors as arrays.

#![allow(dead_code)] // each target takes what it has no better instructions for; the tests take everything

use super::Rescale;
use std::array::from_fn;

/// Four `f32` lanes.
#[derive(Clone, Copy, Debug)]
pub struct F32x4([f32; 4]);

impl F32x4 {
    /// The same value in every lane.
    #[inline(always)]
    pub fn splat(value: f32) -> Self {
        Self([value; 4])
    }

    /// Four values from memory.
    #[inline(always)]
    pub fn load(from: &[f32; 4]) -> Self {
        Self(*from)
    }

    /// Four values to memory.
    #[inline(always)]
    pub fn store(self, to: &mut [f32; 4]) {
        *to = self.0;
    }

    /// `self + a * b`, rounded after the product and after the sum.
    #[inline(always)]
    pub fn add_product(self, a: Self, b: Self) -> Self {
        Self(from_fn(|lane| self.0[lane] + a.0[lane] * b.0[lane]))
    }
}

/// Bit `i` is set where `values[i]` is not zero.
#[inline(always)]
pub fn nonzero_bits(values: &[f32; 16]) -> u32 {
    values.iter().enumerate().fold(0, |bits, (at, value)| bits | u32::from(*value != 0.0) << at)
}

/// Bit `i` is set where `values[i]` is not zero.
#[inline(always)]
pub fn nonzero_words(values: &[i32; 16]) -> u32 {
    values.iter().enumerate().fold(0, |bits, (at, value)| bits | u32::from(*value != 0) << at)
}

/// Eight `i16` lanes.
#[derive(Clone, Copy, Debug)]
pub struct I16x8([i16; 8]);

impl I16x8 {
    /// Eight values from memory.
    #[inline(always)]
    pub fn load(from: &[i16; 8]) -> Self {
        Self(*from)
    }

    /// Eight values to memory.
    #[inline(always)]
    pub fn store(self, to: &mut [i16; 8]) {
        *to = self.0;
    }

    /// Eight integers of 1, 2 or 4 bits, the first in the lowest bits; one of a single bit is 1 where it is set, else -1.
    #[inline(always)]
    pub fn unpack<const BITS: usize>(from: &[u8; BITS]) -> Self {
        let word = from.iter().rev().fold(0u32, |word, byte| word << 8 | u32::from(*byte));
        let high = |lane: usize| (word << (32 - BITS - lane * BITS)) as i32 >> (32 - BITS);
        Self(from_fn(|lane| if BITS == 1 { !(high(lane) << 1) } else { high(lane) } as i16))
    }

    /// The integer of `bits` bits that is the `at`-th of each lane, counted from the lowest; one of a single bit is -1 where it is
    /// set, else 1.
    #[inline(always)]
    pub fn field(self, bits: u32, at: u32) -> Self {
        let up = 16 - bits * (at + 1);
        Self(self.0.map(|lane| (lane << up >> (16 - bits)) | i16::from(bits == 1)))
    }

    /// The same two values in every pair of lanes: the low half of `pair`, then the high half.
    #[inline(always)]
    pub fn splat_pair(pair: i32) -> Self {
        Self(from_fn(|lane| (pair >> (16 * (lane % 2))) as i16))
    }

    /// Lanes of `self` and `other` in turn: those of their low halves, then those of their high halves.
    #[inline(always)]
    pub fn interleave(self, other: Self) -> (Self, Self) {
        let lane = |at: usize| if at.is_multiple_of(2) { self.0[at / 2] } else { other.0[at / 2] };
        (Self(from_fn(lane)), Self(from_fn(|at| lane(at + 8))))
    }
}

/// Four `i32` lanes.
#[derive(Clone, Copy, Debug)]
pub struct I32x4([i32; 4]);

impl I32x4 {
    /// The same value in every lane.
    #[inline(always)]
    pub fn splat(value: i32) -> Self {
        Self([value; 4])
    }

    /// Four values from memory.
    #[inline(always)]
    pub fn load(from: &[i32; 4]) -> Self {
        Self(*from)
    }

    /// Four values to memory.
    #[inline(always)]
    pub fn store(self, to: &mut [i32; 4]) {
        *to = self.0;
    }

    /// `self[i] + a[2i] * b[2i] + a[2i + 1] * b[2i + 1]`.
    #[inline(always)]
    pub fn add_dot(self, a: I16x8, b: I16x8) -> Self {
        let product = |lane: usize| i32::from(a.0[lane]) * i32::from(b.0[lane]);
        Self(from_fn(|lane| self.0[lane] + (product(2 * lane) + product(2 * lane + 1))))
    }
}

/// Four [`Rescale::one`]s.
#[inline(always)]
pub fn rescale(by: &Rescale, values: &[i32; 4], floor: u8, to: &mut [u8; 4]) {
    *to = from_fn(|lane| by.one(lane, values[lane]).max(floor));
}
