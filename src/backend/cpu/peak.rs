//! The most arithmetic that a core does with this project's vectors: in registers, with enough independent sums that none
//! waits for another. What kernels reach is told as a share of it.
//!
//! The vectors' own operations are used, so it is the peak of what kernels may issue: 128 bits wide, a product and a sum
//! that are rounded one after the other. In each round every factor is multiplied with a value that the compiler has to
//! take as new, or it would compute the products once and for all; to hand it over costs one store and one load.

use super::simd::{F32x4, I16x8, I32x4};
use std::array::from_fn;
use std::hint::black_box;

/// Products of a round of [`multiply_add`], each with a factor and a sum of its own. An addition takes three or four cycles
/// and at most two begin in one; more would not fit the sixteen registers of x86.
const F32_PRODUCTS: usize = 6;

/// Does `rounds` x 6 multiply-adds of four `f32` lanes; returns the operations done, a multiply and an add being two.
pub fn multiply_add(rounds: usize) -> f64 {
    // The sums stay finite and the factors are not subnormal, which would be slow.
    let factors: [F32x4; F32_PRODUCTS] = from_fn(|i| F32x4::splat(black_box(1e-9 * (1 + i) as f32)));
    let value = F32x4::splat(black_box(1.0));
    let mut sums = [F32x4::splat(black_box(0.0)); F32_PRODUCTS];
    for _ in 0..rounds {
        let value = black_box(value);
        for (sum, factor) in sums.iter_mut().zip(factors) {
            *sum = sum.add_product(factor, value);
        }
    }
    black_box(sums);
    (rounds * F32_PRODUCTS * 4 * 2) as f64
}

/// Products of a round of [`dot_16`]. An addition of integers takes one cycle, so half as many sums are enough.
const I16_PRODUCTS: usize = 8;

/// Does `rounds` x 8 dot products of pairs of `i16` and as many additions of `i32`; returns the operations done, sixteen
/// for each such pair of instructions.
pub fn dot_16(rounds: usize) -> f64 {
    let factors: [I16x8; I16_PRODUCTS] = from_fn(|i| I16x8::splat_pair(black_box(1 + i as i32)));
    let value = I16x8::splat_pair(black_box(0x0001_0001));
    let mut sums = [I32x4::splat(black_box(0)); I16_PRODUCTS / 2];
    for _ in 0..rounds {
        let value = black_box(value);
        for (i, factor) in factors.into_iter().enumerate() {
            let sum = &mut sums[i % (I16_PRODUCTS / 2)];
            *sum = sum.add_dot(factor, value);
        }
    }
    black_box(sums);
    (rounds * I16_PRODUCTS * 16) as f64
}
