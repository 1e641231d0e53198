//! Integer layers whose weights stay packed in memory, 1, 2 or 4 bits each, and are unpacked as they are multiplied.

use super::dot::{Dot, Pairs};
use crate::backend::cpu::simd::{I16x8, I32x4};

/// Two inputs for four outputs: eight weights of so many bits, in as many bytes. One of a single bit is 1 where it is set and -1
/// where it is not; none is zero.
#[derive(Clone, Copy, Debug)]
pub struct Packed<const BITS: usize>;

impl<const BITS: usize> Dot for Packed<BITS> {
    const INPUTS: usize = Pairs::INPUTS;
    const OFFSET: i32 = Pairs::OFFSET;
    const NAME: &'static str = match BITS {
        1 => "packed int1",
        2 => "packed int2",
        _ => "packed int4",
    };
    type Weights = [u8; BITS];

    fn pack(weight: impl Fn(usize, usize) -> i8) -> [u8; BITS] {
        pack_eight(|lane| weight(lane % 2, lane / 2))
    }

    fn group(x: &[u8], groups: &mut [i32]) {
        Pairs::group(x, groups);
    }

    #[inline(always)]
    fn add(sums: I32x4, weights: &[u8; BITS], group: i32) -> I32x4 {
        sums.add_dot(I16x8::unpack(weights), I16x8::splat_pair(group))
    }
}

/// Eight integers of so many bits, the first in the lowest, as [`I16x8::unpack`] takes them.
pub fn pack_eight<const BITS: usize>(value: impl Fn(usize) -> i8) -> [u8; BITS] {
    let code = |lane| match BITS {
        1 => u64::from(value(lane) > 0),
        _ => u64::from(value(lane) as u8) & ((1 << BITS) - 1),
    };
    let word = (0..8).fold(0, |word, lane| word | code(lane) << (lane * BITS));
    std::array::from_fn(|byte| (word >> (8 * byte)) as u8)
}
