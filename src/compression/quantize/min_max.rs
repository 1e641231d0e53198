//! The min-max observer: an activation's grid spans the least and the largest value that calibration saw.
//!
//! Source: Jacob et al., "Quantization and Training of Neural Networks for Efficient Integer-Arithmetic-Only Inference",
//! 2018, section 3.

use crate::network::Grid;

/// The least and largest value seen so far.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RangeObserver {
    /// Least.
    pub low: f32,
    /// Largest.
    pub high: f32,
}

impl Default for RangeObserver {
    fn default() -> Self {
        // Zero is always on the grid, so that padding, removed weights and ReLU's floor are exact.
        Self { low: 0.0, high: 0.0 }
    }
}

impl RangeObserver {
    /// Widens the range to hold these values.
    pub fn observe(&mut self, values: &[f32]) {
        for &value in values {
            self.low = self.low.min(value);
            self.high = self.high.max(value);
        }
    }
}

/// The affine 8-bit grid over a range: 256 values, zero among them.
pub fn activation_grid(range: RangeObserver) -> Grid {
    let span = range.high - range.low;
    if span <= 0.0 || !span.is_finite() {
        return Grid { scale: 1.0, zero_point: 0, top: 255 };
    }
    let scale = span / 255.0;
    Grid { scale, zero_point: (-range.low / scale).round().clamp(0.0, 255.0) as u8, top: 255 }
}

#[cfg(test)]
#[cfg(not(target_arch = "wasm32"))]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn zero_is_exact_and_every_value_seen_is_within_half_a_step(low in -10.0f32..0.0, high in 0.001f32..10.0, t in 0.0f32..1.0) {
            let mut range = RangeObserver::default();
            range.observe(&[low, high]);
            let grid = activation_grid(range);
            prop_assert_eq!(grid.dequantize(grid.quantize(0.0)), 0.0);
            let value = low + t * (high - low);
            let error = (grid.dequantize(grid.quantize(value)) - value).abs();
            // The zero point is itself rounded, so the grid's ends may fall half a step inside the range.
            prop_assert!(error <= grid.scale * 1.001, "{} off by {}", value, error);
        }
    }

    #[test]
    fn pixels_fall_on_the_grid_exactly() {
        let mut range = RangeObserver::default();
        range.observe(&[0.0, 1.0]);
        let grid = activation_grid(range);
        assert_eq!(grid.zero_point, 0);
        for pixel in 0..=255u8 {
            assert_eq!(grid.quantize(f32::from(pixel) / 255.0), pixel);
        }
    }
}
