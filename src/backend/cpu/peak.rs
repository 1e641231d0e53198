//! The most arithmetic that a core does with this project's vectors: registers alone, no memory, enough independent sums
//! that none waits for another. What kernels reach is told as a share of it.
//!
//! The vectors' own operations are used, so it is the peak of what kernels may issue: 128 bits wide, a product and a sum
//! that are rounded one after the other.

use super::simd::{F32x4, I16x8, I32x4};
use std::hint::black_box;

/// Independent sums of [`multiply_add`]. A product and a sum take six to eight cycles one after the other, and two such
/// pairs can begin in a cycle; more than twelve sums would not fit the sixteen registers of x86.
const SUMS: usize = 12;

/// Does `rounds` x 12 multiply-adds of four `f32` lanes; returns the operations done, a multiply and an add being two.
pub fn multiply_add(rounds: usize) -> f64 {
    // Unknown to the compiler, and so small that the sums stay as they are: neither infinite nor subnormal.
    let factor = F32x4::splat(black_box(1e-9));
    let mut sums: [F32x4; SUMS] = std::array::from_fn(|i| F32x4::splat(black_box(1.0 + i as f32)));
    for _ in 0..rounds {
        // Each sum is multiplied itself, so that no product is the same twice and none can be moved out of the loop.
        for sum in &mut sums {
            *sum = sum.add_product(*sum, factor);
        }
    }
    for sum in sums {
        let mut lanes = [0.0; 4];
        sum.store(&mut lanes);
        black_box(lanes);
    }
    (rounds * SUMS * 4 * 2) as f64
}

/// Pairs of factors of [`dot_16`]: each round multiplies as many vectors with one that the compiler has to take as new.
const FACTORS: usize = 8;

/// Does `rounds` x 8 dot products of pairs of `i16` and as many additions of `i32`; returns the operations done, sixteen
/// for each such pair of instructions.
pub fn dot_16(rounds: usize) -> f64 {
    let factors: [I16x8; FACTORS] = std::array::from_fn(|i| I16x8::splat_pair(black_box(1 + i as i32)));
    let changing = I16x8::splat_pair(black_box(0x0001_0001));
    // An addition takes one cycle, so four sums are enough.
    let mut sums = [I32x4::splat(black_box(0)); FACTORS / 2];
    for _ in 0..rounds {
        let changing = black_box(changing);
        for (i, factor) in factors.iter().enumerate() {
            sums[i % sums.len()] = sums[i % sums.len()].add_dot(*factor, changing);
        }
    }
    for sum in sums {
        let mut lanes = [0; 4];
        sum.store(&mut lanes);
        black_box(lanes);
    }
    (rounds * FACTORS * 16) as f64
}
