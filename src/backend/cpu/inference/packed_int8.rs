//! Integer layers whose weights stay packed in memory, 1, 2 or 4 bits each, and are unpacked as they are multiplied.

use super::dot::{Dot, Pairs};
use crate::backend::cpu::simd::{I16x8, I32x4};

/// A vector of weights of so many bits for four outputs: each of its eight lanes belongs to one of two neighbouring inputs and one output,
/// as in [`Pairs`], and holds as many weights as fit, from pair to pair of inputs. One of a single bit is -1 where it is set and 1
/// where it is not; none is zero.
#[derive(Clone, Copy, Debug)]
pub struct Packed<const BITS: usize>;

impl<const BITS: usize> Dot for Packed<BITS> {
    const INPUTS: usize = Pairs::INPUTS * Self::GROUPS;
    const GROUPS: usize = 16 / BITS;
    const OFFSET: i32 = Pairs::OFFSET;
    const NAME: &'static str = match BITS {
        1 => "packed int1",
        2 => "packed int2",
        _ => "packed int4",
    };
    type Weights = [i16; 8];

    fn pack(weight: impl Fn(usize, usize) -> i8) -> [i16; 8] {
        let code = |input, output| match BITS {
            1 => u16::from(weight(input, output) < 0),
            _ => u16::from(weight(input, output) as u8) & ((1 << BITS) - 1),
        };
        std::array::from_fn(|lane| {
            let pairs = (0..Self::GROUPS).map(|pair| code(2 * pair + lane % 2, lane / 2) << (BITS * pair));
            pairs.fold(0, |word, code| word | code) as i16
        })
    }

    #[inline(always)]
    fn group(x: &[u8], groups: &mut [i32]) {
        Pairs::group(x, groups);
        // A weight of one bit is never zero: what it is multiplied by has to be.
        groups.iter_mut().skip(x.len().div_ceil(Pairs::INPUTS)).for_each(|beyond| *beyond = 0);
    }

    #[inline(always)]
    fn add(sums: I32x4, weights: &[i16; 8], groups: &[i32]) -> I32x4 {
        let weights = I16x8::load(weights);
        (0..Self::GROUPS).fold(sums, |sums, pair| {
            sums.add_dot(weights.field(BITS as u32, pair as u32), I16x8::splat_pair(groups[pair]))
        })
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
