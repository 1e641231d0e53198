//! The target's vectors against the arrays, lane by lane, and the extremes at which a multiply-add could wrap.

use super::portable;
use super::{I16x8, I32x4};

fn lanes(vector: I32x4) -> [i32; 4] {
    let mut out = [0; 4];
    vector.store(&mut out);
    out
}

fn portable_lanes(vector: portable::I32x4) -> [i32; 4] {
    let mut out = [0; 4];
    vector.store(&mut out);
    out
}

#[test]
#[cfg_attr(target_arch = "wasm32", wasm_bindgen_test::wasm_bindgen_test)]
fn dot_products_agree_with_arrays() {
    let words = [-128, -127, -1, 0, 1, 64, 126, 127];
    let pair = (255 << 16) | 254;
    let ours = I32x4::splat(-7).add_dot(I16x8::load(&words), I16x8::splat_pair(pair));
    let expected = portable::I32x4::splat(-7).add_dot(portable::I16x8::load(&words), portable::I16x8::splat_pair(pair));
    assert_eq!(lanes(ours), portable_lanes(expected));
    assert_eq!(lanes(ours)[0], -7 + -128 * 254 + -127 * 255);
}

#[test]
#[cfg_attr(target_arch = "wasm32", wasm_bindgen_test::wasm_bindgen_test)]
fn interleaving_agrees_with_arrays() {
    let (a, b) = ([-255, 2, 3, 4, 5, 6, 7, 255], [11, 12, 13, 14, 15, 16, 17, 18]);
    let ones = -127 + (127 << 16);
    let (low, high) = I16x8::load(&a).interleave(I16x8::load(&b));
    let (low_expected, high_expected) = portable::I16x8::load(&a).interleave(portable::I16x8::load(&b));
    for (ours, expected) in [(low, low_expected), (high, high_expected)] {
        let ours = I32x4::splat(0).add_dot(ours, I16x8::splat_pair(ones));
        let expected = portable::I32x4::splat(0).add_dot(expected, portable::I16x8::splat_pair(ones));
        assert_eq!(lanes(ours), portable_lanes(expected));
    }
}

#[test]
#[cfg_attr(target_arch = "wasm32", wasm_bindgen_test::wasm_bindgen_test)]
fn rescaling_agrees_with_single_lanes() {
    let addend = |shift: u32| (1 << 61) + (1 << (shift - 1));
    for shift in [33, 41, 51] {
        let by = super::Rescale {
            mantissas: [i32::MAX, 1 << 30, i32::MAX, 1_999_999_999],
            addends: [[addend(shift), addend(shift - 1)], [addend(shift - 1), addend(shift)]],
            doubled: [[0, -1], [-1, 0]],
            shift,
            bases: [shift, shift - 1, shift - 1, shift].map(|shift| 100 - (1 << (61 - shift))),
        };
        for value in [i32::MIN, -(1 << 29), -1_000, -1, 0, 1, 2_000, 1 << 20, i32::MAX] {
            let mut ours = [0; 4];
            super::rescale(&by, &[value; 4], 3, &mut ours);
            assert_eq!(ours, std::array::from_fn(|lane| by.one(lane, value).max(3)), "{value} >> {shift}");
        }
    }
}
