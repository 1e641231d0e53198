//! The mean squared error observer: the range whose grid is nearest to the values in the mean of squares.
//!
//! Source: Sung et al., "Resiliency of Deep Neural Networks under Quantization", 2015; Nagel et al., "A White Paper on Neural
//! Network Quantization", 2021, section 3.1.

use super::histogram::Histogram;
use super::{Mapping, RangeObserver, grid_of};

/// Steps into which each end of the range is divided.
const STEPS: usize = 100;

/// The range of a histogram with the least squared error on a grid of so many bits.
///
/// First the upper end is moved in, then the lower, and both once more, each to the best of [`STEPS`] places: where values have
/// one sign that is the best there is, and else a place from which moving either end makes it worse.
pub(super) fn range(histogram: &Histogram, bits: usize, mapping: Mapping) -> RangeObserver {
    let points: Vec<(f32, u64)> = histogram.points().collect();
    let whole = histogram.range();
    let mut best = (error(&points, whole, bits, mapping), whole);
    for upper in [true, false, true, false] {
        for step in 1..STEPS {
            let mut tried = best.1;
            let share = step as f32 / STEPS as f32;
            if upper {
                tried.high = whole.high * share;
            } else {
                tried.low = whole.low * share;
            }
            let error = error(&points, tried, bits, mapping);
            if error < best.0 {
                best = (error, tried);
            }
        }
    }
    best.1
}

/// The sum of squared differences between points and what they are rounded to.
fn error(points: &[(f32, u64)], range: RangeObserver, bits: usize, mapping: Mapping) -> f64 {
    let grid = grid_of(range, bits, mapping);
    let off = |value: f32| f64::from(grid.dequantize(grid.quantize(value)) - value);
    points.iter().map(|&(value, count)| count as f64 * off(value) * off(value)).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::Key;

    /// Max, "Quantizing for Minimum Distortion", 1960, table II: with 16 levels the best step for normal values is 0.3352 standard
    /// deviations, and so the outermost level at 7.5 of them, 2.51.
    #[test]
    fn the_threshold_for_normal_values_is_the_known_one() {
        let mut rng = Key::new(4).rng();
        let mut histogram = Histogram::default();
        histogram.observe(&(0..200_000).map(|_| rng.normal()).collect::<Vec<_>>());
        let four = range(&histogram, 4, Mapping::Affine);
        assert!(((four.high - four.low) / 15.0 - 0.3352).abs() < 0.015, "{four:?}");
        let eight = range(&histogram, 8, Mapping::Affine);
        assert!(eight.high > 3.5, "with more bits less is cut off: {eight:?}");
    }
}
