//! A matrix of weights as integers, each rounded to the nearest.

use super::scale::{Levels, scale_of};
use super::{Granularity, Quantize};
use crate::network::Codes;

/// The integers of a matrix with so many columns, at so many bits, with the scales that `spec` asks for. A weight of zero stays
/// zero.
pub fn codes(weights: &[f32], columns: usize, bits: usize, spec: &Quantize) -> Codes {
    let levels = levels(bits, spec);
    let rows = weights.len() / columns.max(1);
    let (mut scales, mut zero_points) = (Vec::new(), Vec::new());
    let mut take = |weights: &[f32]| {
        let (scale, zero) = scale_of(weights, levels, spec.mapping, spec.clip);
        scales.push(scale);
        zero_points.push(zero);
    };
    let group = match spec.granularity {
        Granularity::PerGroup => spec.group.clamp(1, rows.max(1)),
        _ => rows,
    };
    if spec.granularity == Granularity::PerTensor {
        take(weights);
    } else {
        let mut column = Vec::with_capacity(group);
        for rows in weights.chunks((group * columns).max(1)) {
            for first in 0..columns {
                column.clear();
                column.extend(rows.iter().skip(first).step_by(columns));
                take(&column);
            }
        }
    }
    if zero_points.iter().all(|zero| *zero == 0) {
        zero_points.clear();
    }
    let mut codes = Codes { bits: bits as u8, weights: Vec::new(), group, scales, zero_points };
    codes.weights = weights.iter().enumerate().map(|(at, &w)| levels.nearest(place(&codes, columns, at, w))).collect();
    codes
}

/// The integers that a weight of so many bits may become.
pub fn levels(bits: usize, spec: &Quantize) -> Levels {
    Levels::new(bits, spec.mapping, spec.narrow_range)
}

/// Where the weight at index `at` lies on its grid.
pub(super) fn place(codes: &Codes, columns: usize, at: usize, weight: f32) -> f32 {
    let place = codes.place(at, columns);
    weight / codes.scales[place] + f32::from(codes.zero_points.get(place).copied().unwrap_or_default())
}

/// The real value of the weight at index `at`.
pub(super) fn real(codes: &Codes, columns: usize, at: usize) -> f64 {
    let place = codes.place(at, columns);
    let zero = codes.zero_points.get(place).copied().unwrap_or_default();
    (f64::from(codes.weights[at]) - f64::from(zero)) * f64::from(codes.scales[place])
}

#[cfg(test)]
#[cfg(not(target_arch = "wasm32"))]
mod tests {
    use super::super::{Clip, Mapping};
    use super::*;
    use proptest::prelude::*;

    proptest! {
        /// Every weight lies within half a step of its integer where nothing is cut off, zeros are zeros in any case, and a
        /// group's scale is that of its weights alone.
        #[test]
        fn every_weight_is_rounded_to_the_nearest_of_its_grid(
            weights in prop::collection::vec(prop_oneof![3 => -1.0f32..1.0, 1 => Just(0.0)], 48),
            columns in prop::sample::select(vec![1usize, 2, 3, 4, 6]),
            bits in 2usize..=8,
            group in 2usize..10,
            narrow_range: bool,
            clip in prop::sample::select(vec![Clip::Max, Clip::Mse]),
        ) {
            for granularity in [Granularity::PerChannel, Granularity::PerTensor, Granularity::PerGroup] {
                for mapping in [Mapping::Symmetric, Mapping::Affine] {
                    let spec = Quantize { granularity, mapping, group, narrow_range, clip, ..Quantize::default() };
                    let levels = levels(bits, &spec);
                    let codes = codes(&weights, columns, bits, &spec);
                    let rows = 48 / columns;
                    let scales = match granularity {
                        Granularity::PerTensor => 1,
                        Granularity::PerChannel => columns,
                        Granularity::PerGroup => columns * rows.div_ceil(group.min(rows)),
                    };
                    prop_assert_eq!(codes.scales.len(), scales);
                    for (at, (real, w)) in codes.real(columns).iter().zip(&weights).enumerate() {
                        let scale = codes.scales[codes.place(at, columns)];
                        prop_assert!(*w != 0.0 || *real == 0.0);
                        // An affine grid's ends may fall half a step short, since its zero point is rounded.
                        let reach = if mapping == Mapping::Affine { 1.001 } else { 0.501 };
                        prop_assert!(clip == Clip::Mse || (real - w).abs() <= reach * scale);
                        prop_assert!((levels.low..=levels.high).contains(&codes.weights[at]));
                    }
                }
            }
        }
    }

    #[test]
    fn signs_are_signs_and_removed_weights_stay_away() {
        let codes = codes(&[0.5, -0.1, 0.0, -0.9, 0.3, 0.2], 2, 1, &Quantize::default());
        assert_eq!(codes.weights, [1, -1, 0, -1, 1, 1]);
        assert!((codes.scales[0] - 0.4).abs() < 1e-6 && (codes.scales[1] - 0.4).abs() < 1e-6);
    }
}
