//! Values and shapes on which kernels are tried.

use crate::backend::{Conv, Pool, PoolKind};

/// A stream of bits from a seed (SplitMix64), so that a failing case can be run again.
pub struct Bits(pub u64);

impl Bits {
    /// The next 64 bits.
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// Values between -1 and 1, `zeros` of a hundred exactly zero.
    pub fn floats(&mut self, len: usize, zeros: u64) -> Vec<f32> {
        let value = |bits: u64| (bits >> 40) as f32 / (1 << 23) as f32 - 1.0;
        (0..len).map(|_| if self.next() % 100 >= zeros { value(self.next()) } else { 0.0 }).collect()
    }

    /// Integers of the whole range of weights, `zeros` of a hundred exactly zero.
    pub fn weights(&mut self, len: usize, zeros: u64) -> Vec<i8> {
        let value = |bits: u64| (bits % 255) as i16 - 127;
        (0..len).map(|_| if self.next() % 100 >= zeros { value(self.next()) as i8 } else { 0 }).collect()
    }

    /// Bytes.
    pub fn bytes(&mut self, len: usize) -> Vec<u8> {
        (0..len).map(|_| (self.next() >> 56) as u8).collect()
    }

    /// Biases as large as a layer's accumulators.
    pub fn biases(&mut self, len: usize) -> Vec<i32> {
        (0..len).map(|_| (self.next() >> 44) as i32 - (1 << 19)).collect()
    }

    /// Yes or no.
    pub fn flag(&mut self) -> bool {
        self.next().is_multiple_of(2)
    }

    /// A number of `range`.
    pub fn size(&mut self, range: std::ops::RangeInclusive<usize>) -> usize {
        range.start() + (self.next() % (range.end() - range.start() + 1) as u64) as usize
    }

    /// A convolution whose kernel fits.
    pub fn conv(&mut self) -> Conv {
        let kernel = self.size(1..=5);
        Conv {
            height: self.size(kernel..=9),
            width: self.size(kernel..=11),
            channels: self.size(1..=6),
            kernel,
            padding: self.size(0..=2),
            filters: self.size(1..=19),
        }
    }

    /// A pooling, windows that leave a rest included.
    pub fn pool(&mut self) -> Pool {
        let size = self.size(1..=3);
        Pool {
            kind: if self.flag() { PoolKind::Max } else { PoolKind::Average },
            height: self.size(size..=8),
            width: self.size(size..=8),
            channels: self.size(1..=9),
            size,
        }
    }
}

/// Runs a check over random cases: natively as a property (which reports the case that fails), on wasm over the first
/// hundred.
#[cfg(test)]
macro_rules! over_cases {
    ($($(#[$doc:meta])* $name:ident => $check:expr;)+) => {
        #[cfg(not(target_arch = "wasm32"))]
        proptest::proptest! {
            $($(#[$doc])* #[test] fn $name(case in proptest::prelude::any::<u64>()) { $check(case); })+
        }
        $(#[cfg(target_arch = "wasm32")]
        #[wasm_bindgen_test::wasm_bindgen_test]
        fn $name() { (0..100).for_each($check); })+
    };
}
#[cfg(test)]
pub(crate) use over_cases;
