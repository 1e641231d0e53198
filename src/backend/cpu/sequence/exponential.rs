//! The exponential function of many values at once.
//!
//! `libm::expf` takes one value after another, which in attention costs more than its products do. This is additions,
//! multiplications and a shift, the same in every lane and on every target, so its bits are as fixed as those of `libm`.
//!
//! `exp(x) = 2^n exp(r)` with `n` the nearest whole number to `x / ln 2`; `exp(r)` is a polynomial of degree 7 with the
//! coefficients of Moshier's Cephes library (`expf.c`), within two units in the last place.

/// Added and subtracted, it rounds to a whole number, which then stands in the lowest bits of the sum.
const ROUNDING: f32 = 12_582_912.0; // 1.5 * 2^23
/// `ln 2` in two parts, of which the first times a whole number is exact.
const LN_2: [f32; 2] = [0.693_359_4, -2.121_944_4e-4];
const COEFFICIENTS: [f32; 6] = [1.987_569_2e-4, 1.398_199_9e-3, 8.333_452e-3, 4.166_579_6e-2, 1.666_666_5e-1, 0.5];
/// Beyond, the power of two would not be a normal number; what lies beyond is taken for the end.
const ENDS: [f32; 2] = [-87.3, 88.0];

/// `exp(x)` for `x` from -87.3 to 88; what is beyond is taken for the nearer of the two. Not a number stays so.
#[inline(always)]
pub fn exp(x: f32) -> f32 {
    let x = if x < ENDS[0] { ENDS[0] } else { x };
    let x = if x > ENDS[1] { ENDS[1] } else { x };
    let shifted = x * std::f32::consts::LOG2_E + ROUNDING;
    let whole = shifted - ROUNDING;
    let r = x - whole * LN_2[0] - whole * LN_2[1];
    let [c0, c1, c2, c3, c4, c5] = COEFFICIENTS;
    let polynomial = ((((c0 * r + c1) * r + c2) * r + c3) * r + c4) * r + c5;
    let exponent = shifted.to_bits().wrapping_sub(ROUNDING.to_bits()).wrapping_add(127);
    (polynomial * (r * r) + r + 1.0) * f32::from_bits(exponent << 23)
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn it_is_within_two_units_in_the_last_place() {
        for step in 0..200_000 {
            let x = -87.3 + step as f32 * (175.3 / 200_000.0);
            let exact = libm::exp(f64::from(x));
            let unit = f64::from((exact as f32).next_up()) - f64::from(exact as f32);
            assert!((f64::from(exp(x)) - exact).abs() <= 2.0 * unit, "exp({x}) = {} for {exact}", exp(x));
        }
    }

    #[test]
    fn its_ends_are_finite_and_what_is_no_number_stays_none() {
        assert_eq!(exp(0.0), 1.0);
        assert_eq!(exp(f32::NEG_INFINITY), exp(-87.3));
        assert_eq!(exp(f32::INFINITY), exp(88.0));
        assert!(exp(88.0).is_finite() && exp(-87.3) > 0.0);
        assert!(exp(f32::NAN).is_nan());
    }
}
