//! The percentile observer: what lies outermost, one value in ten thousand at each end, does not widen the grid.
//!
//! Source: Wu et al., "Integer Quantization for Deep Learning Inference: Principles and Empirical Evaluation", 2020, section 5.1,
//! whose 99.99 % is the share that harmed none of their networks.

use super::RangeObserver;
use super::histogram::Histogram;

/// The share of the values, zeros included, that are not cut off at one end.
const SHARE: f64 = 0.9999;

/// The range of a histogram without its outermost values. Where hardly any value is not zero, all are kept.
pub(super) fn range(histogram: &Histogram) -> RangeObserver {
    let cut = ((1.0 - SHARE) * histogram.total() as f64) as u64;
    let [below, above] = histogram.halves().map(|half| {
        let mut outside = 0;
        let inside = |count: &u64| {
            outside += count;
            outside > cut
        };
        histogram.edge(half.len() - half.iter().rev().position(inside).unwrap_or(half.len()))
    });
    match histogram.cut(below, above) {
        RangeObserver { low, high } if low == high => histogram.range(),
        range => range,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_value_in_ten_thousand_is_cut_off_and_no_more() {
        let mut histogram = Histogram::default();
        let many: Vec<f32> = (0..100_000).map(|i| i as f32 / 100_000.0).collect();
        histogram.observe(&many);
        let plain = range(&histogram).high;
        assert!((plain - 0.9999).abs() < 1.0 / 2048.0, "{plain}");
        histogram.observe(&[100.0; 10]);
        assert!(range(&histogram).high < 1.1, "ten outliers in a hundred thousand go");
        histogram.observe(&[100.0]);
        assert_eq!(range(&histogram).high, 100.0, "the eleventh keeps them");
    }

    #[test]
    fn where_all_but_a_few_are_zero_the_few_count() {
        let mut histogram = Histogram::default();
        histogram.observe(&[0.0; 50_000]);
        histogram.observe(&[-2.0, 5.0]);
        assert_eq!(range(&histogram), RangeObserver { low: -2.0, high: 5.0 });
    }
}
