//! A histogram whose range grows with the values that come, so that calibration takes one pass over its data.

use super::RangeObserver;

/// Bins of each sign. A power of two, so that the first width is exact; 2048 is what the entropy observer was published with.
pub(super) const BINS: usize = 2048;

/// Counts of values by sign and size. Bin `i` holds the sizes above `i` widths, up to `i + 1` widths.
///
/// Values that are zero are counted apart: every grid has zero exactly, and behind a ReLU they would outweigh all others.
#[derive(Clone, Debug)]
pub struct Histogram {
    width: f32,
    below: Vec<u64>,
    above: Vec<u64>,
    zeros: u64,
    range: RangeObserver,
}

impl Default for Histogram {
    fn default() -> Self {
        let (below, above) = (vec![0; BINS], vec![0; BINS]);
        Self { width: 0.0, below, above, zeros: 0, range: RangeObserver::default() }
    }
}

impl Histogram {
    /// Counts these values. What is no finite number is left out.
    ///
    /// The first values that are not all zero set the width of a bin, and larger ones double it as often as it takes: two
    /// neighbouring bins become one. So the counts are the same as if the last width had been known from the start.
    pub fn observe(&mut self, values: &[f32]) {
        let finite = || values.iter().copied().filter(|v| v.is_finite());
        let largest = finite().fold(0.0, |largest: f32, v| largest.max(v.abs()));
        if self.width == 0.0 && largest > 0.0 {
            self.width = (largest / BINS as f32).max(f32::MIN_POSITIVE);
        }
        while largest > self.width * BINS as f32 {
            self.width *= 2.0;
            for half in [&mut self.below, &mut self.above] {
                for i in 0..BINS {
                    half[i] = if i < BINS / 2 { half[2 * i] + half[2 * i + 1] } else { 0 };
                }
            }
        }
        for value in finite() {
            if value == 0.0 {
                self.zeros += 1;
                continue;
            }
            self.range.observe(&[value]);
            let bin = ((value.abs() / self.width).ceil() as usize).clamp(1, BINS) - 1;
            let half = if value < 0.0 { &mut self.below } else { &mut self.above };
            half[bin] += 1;
        }
    }

    /// The least and the largest value, zero among them.
    pub fn range(&self) -> RangeObserver {
        self.range
    }

    /// Values counted, zeros included.
    pub fn total(&self) -> u64 {
        self.zeros + self.below.iter().chain(&self.above).sum::<u64>()
    }

    /// Counts of the negative values by size, and of the positive.
    pub fn halves(&self) -> [&[u64]; 2] {
        [&self.below, &self.above]
    }

    /// Counts by size, whatever the sign.
    pub fn sizes(&self) -> Vec<u64> {
        self.below.iter().zip(&self.above).map(|(below, above)| below + above).collect()
    }

    /// The largest size that the first `count` bins hold.
    pub fn edge(&self, count: usize) -> f32 {
        self.width * count as f32
    }

    /// The middle of each bin that holds something, and how many values.
    pub fn points(&self) -> impl Iterator<Item = (f32, u64)> {
        let of = |half: &'_ [u64], sign: f32| -> Vec<(f32, u64)> {
            let middle = |(bin, &count): (usize, &u64)| (sign * self.width * (bin as f32 + 0.5), count);
            half.iter().enumerate().filter(|(_, count)| **count > 0).map(middle).collect()
        };
        of(&self.below, -1.0).into_iter().chain(of(&self.above, 1.0))
    }

    /// The range observed, cut off at this size of negative values and at this one of positive values.
    pub fn cut(&self, below: f32, above: f32) -> RangeObserver {
        RangeObserver { low: self.range.low.max(-below), high: self.range.high.min(above) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::Key;

    /// One pass with a growing range counts what a second pass with the last range would.
    #[test]
    fn a_grown_histogram_counts_as_one_that_knew_its_range() {
        let mut rng = Key::new(3).rng();
        let batches: Vec<Vec<f32>> =
            (0..8).map(|batch| (0..200).map(|_| rng.normal() * (1u32 << batch) as f32).collect()).collect();
        let mut grown = Histogram::default();
        batches.iter().for_each(|batch| grown.observe(batch));
        let mut known = Histogram { width: grown.width, ..Histogram::default() };
        batches.iter().for_each(|batch| known.observe(batch));
        assert_eq!(grown.halves(), known.halves());
        assert_eq!((grown.total(), grown.range()), (1600, known.range()));
        let used = grown.sizes().iter().rposition(|count| *count > 0).unwrap();
        assert!(used >= BINS / 2 - 1, "half of the bins at least are in use, and not {used}");
    }

    #[test]
    fn the_largest_value_lies_in_the_last_bin_and_zeros_apart() {
        let mut histogram = Histogram::default();
        histogram.observe(&[0.0, 0.0]);
        histogram.observe(&[3.0, -0.001, f32::INFINITY, f32::NAN]);
        assert_eq!((histogram.above[BINS - 1], histogram.below[0], histogram.zeros, histogram.total()), (1, 1, 2, 4));
        assert_eq!(histogram.edge(BINS), 3.0);
        assert_eq!(histogram.range(), RangeObserver { low: -0.001, high: 3.0 });
    }
}
