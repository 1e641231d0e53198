//! The entropy observer: the values are cut off where their distribution, rounded to as few levels as the grid has, tells
//! least apart from the one it came from.
//!
//! Source: Migacz, "8-bit Inference with TensorRT", 2017. For each threshold `T` the histogram of sizes is cut off, what lies beyond
//! counting as `T` itself (`P`); the bins below `T`, shared out among the levels of the grid and spread evenly over those of them
//! that held something, are `Q`. The threshold with the least `KL(P || Q) = sum p log(p / q)` is taken.

use super::RangeObserver;
use super::histogram::Histogram;

/// The range of a histogram for a grid of so many levels on each side of zero.
pub(super) fn range(histogram: &Histogram, levels: usize) -> RangeObserver {
    let sizes = histogram.sizes();
    let used = sizes.iter().rposition(|count| *count > 0).map_or(0, |last| last + 1);
    let mut best = (f64::INFINITY, used);
    for bins in levels.min(used)..=used {
        let divergence = divergence(&sizes, bins, levels);
        if divergence < best.0 {
            best = (divergence, bins);
        }
    }
    let edge = histogram.edge(best.1);
    histogram.cut(edge, edge)
}

/// `KL(P || Q)` for the threshold behind so many bins. Where the last of them is empty and takes all that lies beyond, `Q` counts it
/// as if it held one value, or the divergence would be infinite at every gap.
fn divergence(sizes: &[u64], bins: usize, levels: usize) -> f64 {
    let (inside, outside) = sizes.split_at(bins);
    let (outliers, total) = (outside.iter().sum::<u64>() as f64, sizes.iter().sum::<u64>() as f64);
    let held = |bin: usize| inside[bin].max(u64::from(bin + 1 == bins));
    // Q is made of what lies inside alone.
    let whole = (0..bins).map(held).sum::<u64>() as f64;
    let mut sum = 0.0;
    for level in 0..levels {
        let part = || (level * bins / levels..(level + 1) * bins / levels).filter(|bin| held(*bin) > 0);
        let q = part().map(held).sum::<u64>() as f64 / part().count() as f64 / whole;
        for bin in part() {
            let p = (inside[bin] as f64 + if bin + 1 == bins { outliers } else { 0.0 }) / total;
            if p > 0.0 {
                sum += p * libm::log(p / q);
            }
        }
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::Key;

    /// Migacz's own description, on vectors: clip, share out, expand, normalize, compare.
    fn by_the_book(sizes: &[u64], bins: usize, levels: usize) -> f64 {
        assert!(sizes[bins - 1] > 0, "the description is silent on gaps");
        let mut p: Vec<f64> = sizes[..bins].iter().map(|c| *c as f64).collect();
        p[bins - 1] += sizes[bins..].iter().map(|c| *c as f64).sum::<f64>();
        let mut q = vec![0.0; bins];
        for level in 0..levels {
            let part = level * bins / levels..(level + 1) * bins / levels;
            let sum: f64 = sizes[part.clone()].iter().map(|c| *c as f64).sum();
            let held = sizes[part.clone()].iter().filter(|c| **c > 0).count() as f64;
            part.filter(|i| sizes[*i] > 0).for_each(|i| q[i] = sum / held);
        }
        let (all_p, all_q): (f64, f64) = (p.iter().sum(), q.iter().sum());
        let term = |(p, q): (&f64, &f64)| if *p > 0.0 { p / all_p * (p / all_p / (q / all_q)).ln() } else { 0.0 };
        p.iter().zip(&q).map(term).sum()
    }

    #[test]
    fn the_divergence_is_that_of_the_description() {
        let mut rng = Key::new(1).rng();
        let sizes: Vec<u64> = (0..100).map(|i| u64::from(rng.below(200 / (i + 1) + 2))).collect();
        for bins in (16..=100).filter(|bins| sizes[bins - 1] > 0) {
            let (found, wanted) = (divergence(&sizes, bins, 16), by_the_book(&sizes, bins, 16));
            assert!((found - wanted).abs() < 1e-12, "{bins}: {found} for {wanted}");
        }
    }

    #[test]
    fn a_distant_outlier_is_cut_off_and_an_even_distribution_is_not() {
        let mut rng = Key::new(2).rng();
        let normal: Vec<f32> = (0..100_000).map(|_| rng.normal()).collect();
        let mut histogram = Histogram::default();
        histogram.observe(&normal);
        histogram.observe(&[40.0]);
        let found = range(&histogram, 128);
        assert!(found.high < 10.0 && found.high > 2.0, "{found:?}");
        let mut even = Histogram::default();
        even.observe(&(0..2048 * 50).map(|i| i as f32).collect::<Vec<_>>());
        assert!(range(&even, 128).high > 0.95 * even.range().high);
    }
}
