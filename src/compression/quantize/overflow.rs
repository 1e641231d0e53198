//! Why sums of products take more bits than what is multiplied: running sums as registers of several widths would hold them.
//!
//! A product of two integers of 8 bits takes 15 bits and a sign; a sum of `n` products takes `log2(n)` more (Jacob et al. 2018,
//! section 2.2, take 32 bits for that reason). For showing and explaining; the kernels' own sums are 32 bits wide.

use crate::data::Key;

/// Bits of the registers that are shown.
pub const WIDTHS: [u32; 3] = [8, 16, 32];

/// The largest product of two integers of 8 bits: -128 times -128.
const LARGEST: i64 = 128 * 128;

/// One multiplication and addition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step {
    /// What is multiplied.
    pub factors: [i8; 2],
    /// Their product.
    pub product: i64,
    /// The sum so far, as it is.
    pub sum: i64,
    /// The sum so far in a register of each of [`WIDTHS`], which wraps where it overflows.
    pub held: [i64; 3],
    /// Whether the register of each of [`WIDTHS`] overflows at this step.
    pub overflows: [bool; 3],
}

/// What a register of so many bits holds of a value: two's complement, the bits above cut off.
pub fn wrapped(value: i64, bits: u32) -> i64 {
    let unused = 64 - bits;
    value << unused >> unused
}

/// Multiplies two rows and adds up, step by step.
pub fn steps(inputs: &[i8], weights: &[i8]) -> Vec<Step> {
    let (mut sum, mut held) = (0i64, [0i64; 3]);
    let step = |(&a, &b): (&i8, &i8)| {
        let product = i64::from(a) * i64::from(b);
        sum += product;
        let mut overflows = [false; 3];
        for ((held, overflows), bits) in held.iter_mut().zip(&mut overflows).zip(WIDTHS) {
            let wanted = *held + product;
            *held = wrapped(wanted, bits);
            *overflows = *held != wanted;
        }
        Step { factors: [a, b], product, sum, held, overflows }
    };
    inputs.iter().zip(weights).map(step).collect()
}

/// The first step at which the register of [`WIDTHS`]' `width` overflows.
pub fn first_overflow(steps: &[Step], width: usize) -> Option<usize> {
    steps.iter().position(|step| step.overflows[width])
}

/// How many products may be added in a register of so many bits, whatever they are.
pub fn safe_terms(bits: u32) -> i64 {
    ((1i64 << (bits - 1)) - 1) / LARGEST
}

/// The bits, sign included, that hold every sum of so many products.
pub fn bits_for(terms: usize) -> u32 {
    let most = terms as i64 * LARGEST;
    65 - most.leading_zeros()
}

/// Two rows of numbers to add up: of magnitudes up to `largest` (1 to 128), drawn at random; or all of that magnitude and of one
/// sign, so that every product is as large as can be.
pub fn rows(terms: usize, largest: [u8; 2], extreme: bool) -> [Vec<i8>; 2] {
    [0, 1].map(|row| {
        let most = i32::from(largest[row].clamp(1, 128));
        let mut rng = Key::new(0).fold("overflow").fold_index(row as u64).rng();
        let mut draw = || if extreme { -most } else { rng.below(2 * most as u32) as i32 - most };
        (0..terms).map(|_| draw() as i8).collect()
    })
}

#[cfg(test)]
#[cfg(not(target_arch = "wasm32"))]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        /// The registers hold what the machine's own wrapping arithmetic gives, and first overflow where the sum first does not fit.
        #[test]
        fn registers_wrap_as_the_machine_does(a in prop::collection::vec(any::<i8>(), 1..400), b in prop::collection::vec(any::<i8>(), 400)) {
            let steps = steps(&a, &b);
            let (mut byte, mut word, mut long) = (0i8, 0i16, 0i32);
            for step in &steps {
                let [x, y] = step.factors;
                byte = byte.wrapping_add(x.wrapping_mul(y));
                word = word.wrapping_add(i16::from(x) * i16::from(y));
                long = long.wrapping_add(i32::from(x) * i32::from(y));
                prop_assert_eq!(step.held, [i64::from(byte), i64::from(word), i64::from(long)]);
            }
            for (width, bits) in WIDTHS.into_iter().enumerate() {
                let fits = |step: &Step| wrapped(step.sum, bits) == step.sum;
                prop_assert_eq!(first_overflow(&steps, width), steps.iter().position(|step| !fits(step)));
            }
        }
    }

    #[test]
    fn the_largest_values_overflow_at_once_and_thirty_two_bits_never_within_a_layer() {
        let [a, b] = rows(784, [128, 128], true);
        assert!(a.iter().chain(&b).all(|value| *value == -128));
        let steps = steps(&a, &b);
        assert_eq!([0, 1, 2].map(|width| first_overflow(&steps, width)), [Some(0), Some(1), None]);
        assert_eq!(steps[783].sum, 784 * 16384);
        assert_eq!(WIDTHS.map(safe_terms), [0, 1, 131_071]);
    }

    /// A product takes 15 bits and a sign; twice as many take one bit more.
    #[test]
    fn bits_grow_with_the_logarithm_of_the_terms() {
        assert_eq!([1, 2, 4, 784, 131_071].map(bits_for), [16, 17, 18, 25, 32]);
        for terms in [1, 3, 100, 784] {
            let most = terms as i64 * LARGEST;
            assert_eq!(wrapped(most, bits_for(terms)), most);
            assert_ne!(wrapped(most, bits_for(terms) - 1), most);
        }
    }

    #[test]
    fn rows_keep_to_their_size_and_have_both_signs() {
        let [a, b] = rows(300, [10, 128], false);
        assert!(a.iter().all(|value| (-10..10).contains(value)) && a.contains(&-10) && a.contains(&9));
        assert!(b.iter().any(|value| *value < -100) && b.iter().any(|value| *value > 100));
        assert_eq!(rows(5, [10, 128], false)[0], a[..5], "more terms leave the first as they are");
    }
}
