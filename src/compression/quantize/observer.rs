//! Observers: the range of an activation from what calibration sees of it, and the grid over a range.

use super::histogram::Histogram;
use super::{Mapping, Observer, RangeObserver, entropy, mean_squared, percentile};
use crate::network::Grid;

/// What is left of a moving average at each further batch. With the 1000 calibration samples of the default, in batches of 64,
/// about the last ten batches count; Jacob et al., who average over thousands of steps of training, keep more.
const KEPT: f32 = 0.9;

/// An [`Observer`] at work: batches of values go in, a range comes out.
#[derive(Clone, Debug)]
pub struct RangeFinder {
    observer: Observer,
    seen: Seen,
}

#[derive(Clone, Debug)]
enum Seen {
    Extremes(RangeObserver),
    /// Of each batch's extremes, from the first on.
    Average(Option<RangeObserver>),
    Counts(Box<Histogram>),
}

impl RangeFinder {
    /// One that has seen nothing.
    pub fn new(observer: Observer) -> Self {
        let seen = match observer {
            Observer::MinMax => Seen::Extremes(RangeObserver::default()),
            Observer::MovingAverage => Seen::Average(None),
            Observer::Percentile | Observer::Entropy | Observer::Mse => Seen::Counts(Box::default()),
        };
        Self { observer, seen }
    }

    /// Takes the values of one batch.
    pub fn observe(&mut self, values: &[f32]) {
        match &mut self.seen {
            Seen::Extremes(range) => range.observe(values),
            Seen::Average(average) => {
                let mut batch = RangeObserver::default();
                batch.observe(values);
                let moved = |old: f32, new: f32| KEPT * old + (1.0 - KEPT) * new;
                *average = Some(match *average {
                    None => batch,
                    Some(old) => RangeObserver { low: moved(old.low, batch.low), high: moved(old.high, batch.high) },
                });
            }
            Seen::Counts(histogram) => histogram.observe(values),
        }
    }

    /// The range for a grid of so many bits; zero lies in it.
    pub fn range(&self, bits: usize, mapping: Mapping) -> RangeObserver {
        match &self.seen {
            Seen::Extremes(range) => *range,
            Seen::Average(average) => average.unwrap_or_default(),
            Seen::Counts(histogram) => match self.observer {
                Observer::Entropy => {
                    // Where values have both signs, each has half of the grid.
                    let halved = mapping == Mapping::Symmetric || histogram.range().low < 0.0;
                    entropy::range(histogram, 1 << (bits - usize::from(halved)))
                }
                Observer::Mse => mean_squared::range(histogram, bits, mapping),
                _ => percentile::range(histogram),
            },
        }
    }
}

/// The grid of so many bits over a range: zero is on it exactly, in its middle where the mapping is symmetric. With 8 bits and an
/// affine mapping it is that of [`super::activation_grid`].
pub fn grid_of(range: RangeObserver, bits: usize, mapping: Mapping) -> Grid {
    let top = ((1u32 << bits) - 1) as u8;
    let middle = match mapping {
        Mapping::Symmetric => top / 2 + 1,
        Mapping::Affine => 0,
    };
    let span = range.high - range.low;
    if span <= 0.0 || !span.is_finite() {
        return Grid { scale: 1.0, zero_point: middle, top };
    }
    match mapping {
        Mapping::Symmetric => {
            let scale = (-range.low / f32::from(middle)).max(range.high / f32::from(top - middle));
            Grid { scale, zero_point: middle, top }
        }
        Mapping::Affine => {
            let scale = span / f32::from(top);
            Grid { scale, zero_point: (-range.low / scale).round().clamp(0.0, f32::from(top)) as u8, top }
        }
    }
}

#[cfg(test)]
#[cfg(not(target_arch = "wasm32"))]
mod tests {
    use super::super::activation_grid;
    use super::*;
    use crate::data::Key;
    use proptest::prelude::*;

    const ALL: [Observer; 5] =
        [Observer::MinMax, Observer::MovingAverage, Observer::Percentile, Observer::Entropy, Observer::Mse];

    proptest! {
        #[test]
        fn eight_affine_bits_are_the_plain_grid(low in -10.0f32..=0.0, high in 0.0f32..10.0) {
            let range = RangeObserver { low, high };
            prop_assert_eq!(grid_of(range, 8, Mapping::Affine), activation_grid(range));
        }

        #[test]
        fn every_grid_has_zero_and_every_value_within_a_step(
            low in -10.0f32..0.0, high in 0.001f32..10.0, t in 0.0f32..1.0, bits in 2usize..=8,
        ) {
            for mapping in [Mapping::Affine, Mapping::Symmetric] {
                let grid = grid_of(RangeObserver { low, high }, bits, mapping);
                prop_assert_eq!(grid.dequantize(grid.quantize(0.0)), 0.0);
                let value = low + t * (high - low);
                prop_assert!((grid.dequantize(grid.quantize(value)) - value).abs() <= grid.scale * 1.001);
            }
        }
    }

    /// Values of a layer behind a ReLU, a few of them far out, in batches.
    fn batches() -> Vec<Vec<f32>> {
        let mut rng = Key::new(9).rng();
        let batch = |index| {
            let mut values: Vec<f32> = (0..4000).map(|_| rng.normal().max(0.0)).collect();
            values[0] = if index == 4 { 30.0 } else { values[0] };
            values
        };
        (0..16).map(batch).collect()
    }

    fn seen(observer: Observer) -> RangeFinder {
        let mut finder = RangeFinder::new(observer);
        batches().iter().for_each(|batch| finder.observe(batch));
        finder
    }

    fn squared_error(grid: Grid) -> f64 {
        batches().concat().iter().map(|&v| f64::from(grid.dequantize(grid.quantize(v)) - v).powi(2)).sum()
    }

    #[test]
    fn all_but_min_max_make_less_of_an_outlier_and_keep_the_rest() {
        for observer in ALL {
            let range = seen(observer).range(4, Mapping::Affine);
            assert_eq!(range.low, 0.0, "{observer:?}");
            if observer == Observer::MinMax {
                assert_eq!(range.high, 30.0);
            } else {
                assert!(range.high < 28.0 && range.high > 2.0, "{observer:?}: {range:?}");
            }
        }
    }

    /// The mean squared error observer has the least squared error of all, at every number of bits.
    #[test]
    fn the_observer_of_squared_errors_has_the_least() {
        for bits in [2, 3, 4, 6, 8] {
            let error =
                |observer| squared_error(grid_of(seen(observer).range(bits, Mapping::Affine), bits, Mapping::Affine));
            let least = error(Observer::Mse);
            for observer in ALL {
                assert!(least <= 1.001 * error(observer), "{bits} bits: {least}, {observer:?} {}", error(observer));
            }
            assert!(bits > 4 || least < 0.5 * error(Observer::MinMax));
        }
    }

    #[test]
    fn a_moving_average_moves_a_tenth_of_the_way() {
        let mut finder = RangeFinder::new(Observer::MovingAverage);
        finder.observe(&[-1.0, 1.0]);
        finder.observe(&[0.5, 2.0]);
        let range = finder.range(8, Mapping::Affine);
        assert!((range.high - 1.1).abs() < 1e-6 && (range.low + 0.9).abs() < 1e-6, "{range:?}");
    }

    #[test]
    fn what_saw_nothing_has_a_grid_all_the_same() {
        for observer in ALL {
            for mapping in [Mapping::Affine, Mapping::Symmetric] {
                let grid = grid_of(RangeFinder::new(observer).range(4, mapping), 4, mapping);
                assert_eq!((grid.dequantize(grid.quantize(0.0)), grid.top), (0.0, 15));
            }
        }
    }
}
