//! Quantization drawn on a number line: a histogram of values, the grid of integers that lies over it, and what rounding and
//! clipping to that grid cost. For showing and explaining: networks are quantized elsewhere.
//!
//! Source: Nagel et al., "A White Paper on Neural Network Quantization", 2021, section 2: rounding error within the grid's limits
//! against clipping error beyond them; Rastegari et al. 2016 for the grid of one bit.

use serde::{Deserialize, Serialize};

/// How many values of a matrix lie where.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Histogram {
    /// Bins of equal width run from minus this to plus this.
    pub extent: f64,
    /// Of each bin; exact zeros are not among them.
    pub counts: Vec<u32>,
    /// Values that are exactly zero, such as removed weights.
    pub zeros: u32,
}

/// Bins of a histogram: sixteen to a step of the finest grid, so that errors computed from bins are within a percent.
pub const BINS: usize = 4096;

/// What the example's values are drawn from: this many, normal with this deviation, up to [`Histogram::extent`].
const EXAMPLE: (f64, f64, f64) = (10_000.0, 0.06, 0.25);

impl Histogram {
    /// The values of a matrix.
    pub fn of(values: &[f32]) -> Self {
        let extent = values.iter().fold(0.0f32, |most, value| most.max(value.abs()));
        let extent = f64::from(if extent > 0.0 && extent.is_finite() { extent } else { 1.0 });
        let mut counts = vec![0; BINS];
        let mut zeros = 0;
        for &value in values {
            if value == 0.0 {
                zeros += 1;
                continue;
            }
            let place = (f64::from(value) / extent + 1.0) / 2.0 * BINS as f64;
            counts[(place as usize).min(BINS - 1)] += 1;
        }
        Self { extent, counts, zeros }
    }

    /// Bell-shaped, as trained weights mostly are.
    pub fn example() -> Self {
        let (count, deviation, extent) = EXAMPLE;
        let width = 2.0 * extent / BINS as f64;
        let density = |z: f64| libm::exp(-z * z / 2.0) / (std::f64::consts::TAU.sqrt() * deviation);
        // From the middle outward; what rounding a bin's count leaves over goes to the next bin.
        let mut owed = 0.0;
        let mut bin = |i: usize| {
            owed += count * width * density((i as f64 + 0.5) * width / deviation);
            let whole = owed.floor();
            owed -= whole;
            whole as u32
        };
        let half: Vec<u32> = (0..BINS / 2).map(&mut bin).collect();
        let counts = half.iter().rev().chain(&half).copied().collect();
        Self { extent, counts, zeros: 0 }
    }

    /// Values in all.
    pub fn len(&self) -> f64 {
        self.counts.iter().map(|&count| f64::from(count)).sum::<f64>() + f64::from(self.zeros)
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0.0
    }

    /// The counts of fewer, wider bins, to be drawn.
    pub fn drawn(&self, bins: usize) -> Vec<u32> {
        let each = self.counts.len().div_ceil(bins.max(1)).max(1);
        self.counts.chunks(each).map(|chunk| chunk.iter().sum()).collect()
    }

    /// Bins that are not empty: centre and count, zeros among them.
    fn places(&self) -> Vec<(f64, f64)> {
        let width = self.width();
        let bins = self.counts.iter().enumerate().filter(|(_, count)| **count > 0);
        let mut places: Vec<_> =
            bins.map(|(i, &count)| ((i as f64 + 0.5) * width - self.extent, f64::from(count))).collect();
        if self.zeros > 0 {
            places.push((0.0, f64::from(self.zeros)));
        }
        places
    }

    fn width(&self) -> f64 {
        2.0 * self.extent / self.counts.len().max(1) as f64
    }
}

/// Integers of so many bits laid out on the line: `value = scale * (integer - zero point)`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ruler {
    /// 1 to 8. With one, the integers are -1 and 1, and there is no zero point.
    pub bits: u32,
    /// Distance of neighbouring integers.
    pub scale: f64,
    /// The integer that stands for zero, one of [`Ruler::integers`].
    pub zero_point: i32,
}

/// What putting values on a grid costs, as means over all values.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LineError {
    /// Mean squared error of values that the grid's nearest integer stands for.
    pub rounding: f64,
    /// Mean squared error of values beyond the grid's ends.
    pub clipping: f64,
    /// Share of values whose nearest integer the grid does not have.
    pub clipped: f64,
    /// `10 log10(mean square of the values / mean squared error)`; none where one of the two is zero.
    pub sqnr_db: Option<f64>,
}

impl LineError {
    /// Mean squared error.
    pub fn mse(&self) -> f64 {
        self.rounding + self.clipping
    }
}

impl Ruler {
    /// The least and the largest integer.
    pub fn integers(&self) -> (i32, i32) {
        match self.bits {
            0 | 1 => (-1, 1),
            bits => (-(1 << (bits - 1)), (1 << (bits - 1)) - 1),
        }
    }

    /// The values that integers stand for, from the least to the largest.
    pub fn levels(&self) -> Vec<f64> {
        let (low, step, count) = self.layout();
        (0..count).map(|i| low + step * f64::from(i)).collect()
    }

    /// The values of the least and the largest integer.
    pub fn ends(&self) -> (f64, f64) {
        let (low, step, count) = self.layout();
        (low, low + step * f64::from(count - 1))
    }

    /// The least level, the distance to the next, and how many there are.
    fn layout(&self) -> (f64, f64, i32) {
        let (least, most) = self.integers();
        match self.bits {
            0 | 1 => (-self.scale, 2.0 * self.scale, 2),
            _ => (self.scale * f64::from(least - self.zero_point), self.scale, most - least + 1),
        }
    }

    /// What becomes of the values of a histogram. Each bin's values are taken to lie evenly about its centre.
    pub fn error(&self, histogram: &Histogram) -> LineError {
        self.error_at(&histogram.places(), histogram.width())
    }

    fn error_at(&self, places: &[(f64, f64)], width: f64) -> LineError {
        let (low, step, count) = self.layout();
        let last = f64::from(count - 1);
        let [mut all, mut signal, mut rounding, mut clipping, mut clipped] = [0.0; 5];
        for &(value, count) in places {
            // Sheppard's correction: the mean square of a bin that is evenly filled.
            let spread = if value == 0.0 { 0.0 } else { width * width / 12.0 };
            let place = ((value - low) / step).round();
            let level = low + step * place.clamp(0.0, last);
            let error = count * ((value - level) * (value - level) + spread);
            if (0.0..=last).contains(&place) {
                rounding += error;
            } else {
                clipping += error;
                clipped += count;
            }
            signal += count * (value * value + spread);
            all += count;
        }
        let mean = |sum: f64| if all > 0.0 { sum / all } else { 0.0 };
        let error = rounding + clipping;
        LineError {
            rounding: mean(rounding),
            clipping: mean(clipping),
            clipped: mean(clipped),
            sqnr_db: (signal > 0.0 && error > 0.0).then(|| 10.0 * libm::log10(signal / error)),
        }
    }

    /// The scale that puts the grid's ends on the largest values, nothing clipped; the zero point is zero.
    pub fn widest(bits: u32, histogram: &Histogram) -> Self {
        let unit = Self { bits, scale: 1.0, zero_point: 0 };
        Self { scale: histogram.extent / f64::from(unit.integers().1.max(1)), ..unit }
    }

    /// The scale and zero point of least mean squared error: the best of many scales, then the best of what lies beside it.
    pub fn best(bits: u32, histogram: &Histogram) -> Self {
        let (places, width) = (histogram.places(), histogram.width());
        let mse = |ruler: &Self| ruler.error_at(&places, width).mse();
        let better = |a: Self, b: Self| if mse(&b) < mse(&a) { b } else { a };
        let widest = Self::widest(bits, histogram);
        // Where values lie on one side of zero, so does the grid.
        let (least, most) = widest.integers();
        let zero_points = if bits < 2 { vec![0] } else { vec![0, least, most] };
        let tried = zero_points.into_iter().flat_map(|zero_point| {
            (0..60).map(move |i| Self { scale: widest.scale * libm::pow(0.94, f64::from(i)), zero_point, bits })
        });
        let mut best = tried.fold(widest, better);
        for share in [0.03, 0.01, 0.003, 0.001] {
            loop {
                let before = best;
                for factor in [1.0 + share, 1.0 / (1.0 + share)] {
                    best = better(best, Self { scale: before.scale * factor, ..before });
                }
                for zero_point in [before.zero_point - 1, before.zero_point + 1] {
                    if bits > 1 && (least..=most).contains(&zero_point) {
                        best = better(best, Self { zero_point, ..before });
                    }
                }
                if best == before {
                    break;
                }
            }
        }
        best
    }
}

#[cfg(test)]
#[cfg(not(target_arch = "wasm32"))]
mod tests {
    use super::*;
    use crate::data::Key;

    fn normal(count: usize) -> Vec<f32> {
        let mut rng = Key::new(3).rng();
        (0..count).map(|_| 0.1 * rng.normal()).collect()
    }

    fn uniform(count: usize) -> Vec<f32> {
        let mut rng = Key::new(4).rng();
        (0..count).map(|_| 2.0 * rng.uniform() - 1.0).collect()
    }

    /// The same from the values themselves.
    fn exact(ruler: &Ruler, values: &[f32]) -> LineError {
        let levels = ruler.levels();
        let half = (levels[1] - levels[0]) / 2.0;
        let [mut signal, mut rounding, mut clipping, mut clipped] = [0.0; 4];
        for &value in values {
            let value = f64::from(value);
            let error = levels.iter().map(|level| (value - level).powi(2)).fold(f64::INFINITY, f64::min);
            if value < levels[0] - half || value > levels[levels.len() - 1] + half {
                clipping += error;
                clipped += 1.0;
            } else {
                rounding += error;
            }
            signal += value * value;
        }
        let n = values.len() as f64;
        let sqnr_db = Some(10.0 * (signal / (rounding + clipping)).log10());
        LineError { rounding: rounding / n, clipping: clipping / n, clipped: clipped / n, sqnr_db }
    }

    #[test]
    fn errors_from_the_histogram_are_those_of_the_values() {
        let mut values = normal(50_000);
        values.iter_mut().step_by(3).for_each(|value| *value = 0.0);
        let histogram = Histogram::of(&values);
        assert_eq!(histogram.len(), 50_000.0);
        for bits in 1..=8 {
            let best = Ruler::best(bits, &histogram);
            for ruler in [best, Ruler { scale: best.scale * 0.5, ..best }, Ruler { scale: best.scale * 1.7, ..best }] {
                let (ours, theirs) = (ruler.error(&histogram), exact(&ruler, &values));
                let near = |a: f64, b: f64, within: f64| {
                    assert!((a - b).abs() <= within * b.abs(), "{bits} bits: {a} for {b}")
                };
                near(ours.mse(), theirs.mse(), 0.01);
                near(ours.sqnr_db.unwrap(), theirs.sqnr_db.unwrap(), 0.01);
                assert!((ours.clipped - theirs.clipped).abs() < 1e-3, "{bits} bits");
            }
        }
    }

    #[test]
    fn beside_the_best_grid_the_error_is_larger() {
        let one_sided: Vec<f32> = normal(5000).iter().map(|value| value.abs()).collect();
        for values in [normal(5000), uniform(5000), one_sided] {
            let histogram = Histogram::of(&values);
            for bits in 1..=8 {
                let best = Ruler::best(bits, &histogram);
                let least = best.error(&histogram).mse();
                assert!(least <= Ruler::widest(bits, &histogram).error(&histogram).mse());
                for factor in [0.8, 0.9, 0.97, 1.03, 1.1, 1.3] {
                    let beside = Ruler { scale: best.scale * factor, ..best };
                    assert!(beside.error(&histogram).mse() > least, "{bits} bits, scale times {factor}");
                }
                let (low, high) = best.integers();
                for zero_point in [best.zero_point - 1, best.zero_point + 1] {
                    if bits > 1 && (low..=high).contains(&zero_point) {
                        assert!(
                            Ruler { zero_point, ..best }.error(&histogram).mse() > least,
                            "{bits} bits, {zero_point}"
                        );
                    }
                }
            }
        }
    }

    /// Each further bit halves the step and so the root of the error: 20 log10(2) = 6.02 dB. With few bits a little more, since
    /// zero is an integer and one side of it has one integer more than the other.
    #[test]
    fn a_bit_is_worth_six_decibels_where_values_are_uniform() {
        let histogram = Histogram::of(&uniform(200_000));
        let sqnr: Vec<f64> =
            (4..=8).map(|bits| Ruler::best(bits, &histogram).error(&histogram).sqnr_db.unwrap()).collect();
        for pair in sqnr.windows(2) {
            assert!((5.9..6.4).contains(&(pair[1] - pair[0])), "{sqnr:?}");
        }
    }

    #[test]
    fn the_best_grid_clips_a_bell_and_more_so_with_fewer_bits() {
        let histogram = Histogram::example();
        assert!((9_990.0..=10_000.0).contains(&histogram.len()), "{}", histogram.len());
        assert_eq!(
            Ruler::best(4, &histogram).zero_point,
            0,
            "of two grids that are as good, the one that needs no zero point"
        );
        let clipped: Vec<f64> = (2..=8).map(|bits| Ruler::best(bits, &histogram).error(&histogram).clipped).collect();
        assert!(clipped[0] > 0.0 && clipped.windows(2).all(|pair| pair[0] >= pair[1]), "{clipped:?}");
    }

    /// The scale of least squared error of a binary grid is the mean magnitude (Rastegari et al. 2016, equation 6).
    #[test]
    fn one_bit_takes_the_mean_magnitude() {
        let values = normal(20_000);
        let best = Ruler::best(1, &Histogram::of(&values));
        let mean = values.iter().map(|value| f64::from(value.abs())).sum::<f64>() / values.len() as f64;
        assert_eq!(best.levels(), [-best.scale, best.scale]);
        assert!((best.scale / mean - 1.0).abs() < 0.002, "{} for {mean}", best.scale);
    }

    #[test]
    fn what_lies_on_the_grid_costs_nothing_and_nothing_has_no_error() {
        let nothing = Histogram::of(&[0.0; 7]);
        let error = Ruler::best(4, &nothing).error(&nothing);
        assert_eq!((error.mse(), error.clipped, error.sqnr_db), (0.0, 0.0, None));
        assert!(Histogram::of(&[]).is_empty());
        let ruler = Ruler { bits: 3, scale: 0.5, zero_point: 1 };
        assert_eq!(ruler.levels(), [-2.5, -2.0, -1.5, -1.0, -0.5, 0.0, 0.5, 1.0]);
        assert_eq!(ruler.ends(), (-2.5, 1.0));
        assert_eq!(nothing.drawn(128).len(), 128);
    }
}
