//! The grid of weights: which integers there are, and the scale and zero point that a set of weights takes.

use super::{Clip, Mapping};

/// The integers that a weight may become.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Levels {
    /// Least.
    pub low: i8,
    /// Largest.
    pub high: i8,
    /// From one to the next: 2 where there are but -1 and 1.
    pub step: i8,
}

impl Levels {
    /// Those of so many bits. With one bit they are -1 and 1. Otherwise all from `-2^(bits - 1)` on, or, of a symmetric grid in a
    /// narrow range, from one more.
    pub fn new(bits: usize, mapping: Mapping, narrow_range: bool) -> Self {
        if bits <= 1 {
            return Self { low: -1, high: 1, step: 2 };
        }
        let high = ((1u32 << (bits - 1)) - 1) as i8;
        let narrow = i8::from(narrow_range && mapping == Mapping::Symmetric);
        Self { low: -high - 1 + narrow, high, step: 1 }
    }

    /// Whether a weight has but a sign.
    pub fn are_signs(self) -> bool {
        self.step == 2
    }

    /// The integer nearest to a place on the grid, which is a weight over its scale, plus the zero point. A sign's zero is a
    /// weight that was removed, and stays so.
    pub fn nearest(self, place: f32) -> i8 {
        if !self.are_signs() {
            return place.round().clamp(f32::from(self.low), f32::from(self.high)) as i8;
        }
        match place {
            0.0 => 0,
            _ if place < 0.0 => -1,
            _ => 1,
        }
    }

    /// The integer at or next below a place on the grid, no nearer to the upper end than has one above it.
    pub fn below(self, place: f32) -> i8 {
        if self.are_signs() {
            return -1;
        }
        place.floor().clamp(f32::from(self.low), f32::from(self.high - 1)) as i8
    }
}

/// Steps into which the largest scale is divided in the search for the best.
const STEPS: usize = 100;

/// How often the weights are rounded anew to a scale that was fitted to them, at most; it settles in a few.
const ROUNDS: usize = 20;

/// The scale and the zero point of weights that share them.
///
/// With [`Clip::Max`] the grid reaches to the outermost weights: for the symmetric 8 bits it is the largest size over 127.
/// With [`Clip::Mse`] it has the least squared error that a search finds. For one bit, whose only scale reaches every weight, it is
/// the best there is in either case, the mean of the sizes (Rastegari et al. 2016, "XNOR-Net", equation 6). Weights that are zero
/// take no part in that, since they were removed.
pub fn scale_of(weights: &[f32], levels: Levels, mapping: Mapping, clip: Clip) -> (f32, i8) {
    let low = weights.iter().copied().fold(0.0, f32::min);
    let high = weights.iter().copied().fold(0.0, f32::max);
    if low == high {
        // Zeros take any scale.
        return (1.0 / f32::from(levels.high), 0);
    }
    if levels.are_signs() {
        let (sum, count) = weights
            .iter()
            .filter(|w| **w != 0.0)
            .fold((0.0, 0), |(sum, count), w| (sum + f64::from(w.abs()), count + 1));
        return ((sum / f64::from(count)) as f32, 0);
    }
    let whole = fitting(low, high, levels, mapping);
    match clip {
        Clip::Max => whole,
        Clip::Mse => least_squares(weights, low, high, levels, mapping),
    }
}

/// The least scale at which the grid reaches from `low` to `high`, zero between them being on it.
fn fitting(low: f32, high: f32, levels: Levels, mapping: Mapping) -> (f32, i8) {
    let (least, largest) = (f32::from(levels.low), f32::from(levels.high));
    match mapping {
        Mapping::Symmetric => ((low / least).max(high / largest), 0),
        Mapping::Affine => {
            let scale = (high - low) / (largest - least);
            (scale, (least - low / scale).round().clamp(least, largest) as i8)
        }
    }
}

/// The scale with the least sum of squared errors: each of [`STEPS`] parts of the range is tried, and the best is fitted.
///
/// For given integers `p` (less the zero point) the best scale is `s = <w, p> / <p, p>`, with the error
/// `<w, w> - <w, p>^2 / <p, p>`; rounding to the new scale lowers the error again, and so on until no integer changes.
fn least_squares(weights: &[f32], low: f32, high: f32, levels: Levels, mapping: Mapping) -> (f32, i8) {
    // <w, p> and <p, p>.
    let products = |scale: f32, zero: i8| {
        let mut products = (0.0, 0.0);
        for &w in weights {
            let p = f64::from(levels.nearest(w / scale + f32::from(zero))) - f64::from(zero);
            products.0 += f64::from(w) * p;
            products.1 += p * p;
        }
        products
    };
    let gain = |(wp, pp): (f64, f64)| if pp > 0.0 && wp > 0.0 { wp * wp / pp } else { 0.0 };
    let mut best = (0.0, fitting(low, high, levels, mapping));
    for step in 1..=STEPS {
        let share = step as f32 / STEPS as f32;
        let (scale, zero) = fitting(low * share, high * share, levels, mapping);
        let gain = gain(products(scale, zero));
        if gain > best.0 {
            best = (gain, (scale, zero));
        }
    }
    let (mut scale, zero) = best.1;
    let mut before = (0.0, 0.0);
    for _ in 0..ROUNDS {
        let now = products(scale, zero);
        if now == before || gain(now) == 0.0 {
            break;
        }
        scale = (now.0 / now.1) as f32;
        before = now;
    }
    (scale, zero)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::Key;

    fn normal(count: usize) -> Vec<f32> {
        let mut rng = Key::new(8).rng();
        (0..count).map(|_| rng.normal() * 0.1).collect()
    }

    fn error(weights: &[f32], levels: Levels, (scale, zero): (f32, i8)) -> f64 {
        let real = |w: f32| (f32::from(levels.nearest(w / scale + f32::from(zero))) - f32::from(zero)) * scale;
        weights.iter().map(|&w| f64::from(real(w) - w).powi(2)).sum()
    }

    #[test]
    fn the_integers_of_each_number_of_bits() {
        let range = |bits, mapping, narrow| {
            let levels = Levels::new(bits, mapping, narrow);
            (levels.low, levels.high, levels.step)
        };
        assert_eq!(range(8, Mapping::Symmetric, true), (-127, 127, 1));
        assert_eq!(range(8, Mapping::Symmetric, false), (-128, 127, 1));
        assert_eq!(range(8, Mapping::Affine, true), (-128, 127, 1));
        assert_eq!(range(2, Mapping::Symmetric, true), (-1, 1, 1));
        assert_eq!(range(4, Mapping::Symmetric, false), (-8, 7, 1));
        assert_eq!(range(1, Mapping::Symmetric, false), (-1, 1, 2));
    }

    #[test]
    fn the_largest_weight_takes_the_largest_integer() {
        let levels = Levels::new(8, Mapping::Symmetric, true);
        assert_eq!(scale_of(&[0.5, -2.54, 1.0], levels, Mapping::Symmetric, Clip::Max), (2.54 / 127.0, 0));
        let wide = Levels::new(4, Mapping::Symmetric, false);
        assert_eq!(scale_of(&[0.7, -4.0], wide, Mapping::Symmetric, Clip::Max), (0.5, 0));
        let (scale, zero) = scale_of(&[-1.0, 2.0], wide, Mapping::Affine, Clip::Max);
        assert_eq!((scale, zero), (0.2, -3));
        assert_eq!(scale_of(&[0.0; 4], levels, Mapping::Affine, Clip::Mse), (1.0 / 127.0, 0));
    }

    /// No scale of a fine grid of them has a lower error than the one found.
    #[test]
    fn the_search_finds_the_least_error_that_trying_all_does() {
        let weights = normal(500);
        let largest = weights.iter().fold(0.0f32, |l, w| l.max(w.abs()));
        for bits in 2..=8 {
            let levels = Levels::new(bits, Mapping::Symmetric, true);
            let found = error(&weights, levels, scale_of(&weights, levels, Mapping::Symmetric, Clip::Mse));
            let tried =
                |step: u32| error(&weights, levels, (largest / f32::from(levels.high) * step as f32 / 2000.0, 0));
            let least = (1..=2000).map(tried).fold(f64::INFINITY, f64::min);
            assert!(found <= 1.01 * least, "{bits} bits: {found}, and {least} is possible");
            let plain = error(&weights, levels, scale_of(&weights, levels, Mapping::Symmetric, Clip::Max));
            assert!(found <= plain && (bits > 4 || found < 0.8 * plain), "{bits} bits: {found}, {plain} unclipped");
        }
    }

    #[test]
    fn an_affine_search_is_no_worse_than_the_whole_range() {
        let weights: Vec<f32> = normal(500).iter().map(|w| w + 0.15).collect();
        for bits in 2..=8 {
            let levels = Levels::new(bits, Mapping::Affine, false);
            let [max, mse] = [Clip::Max, Clip::Mse]
                .map(|clip| error(&weights, levels, scale_of(&weights, levels, Mapping::Affine, clip)));
            assert!(mse <= max && (bits > 4 || mse < 0.95 * max), "{bits} bits: {mse}, {max} unclipped");
        }
    }

    /// Rastegari et al. 2016, equation 6: the mean size is the best scale of signs.
    #[test]
    fn the_scale_of_signs_is_the_mean_size() {
        let weights = normal(400);
        let levels = Levels::new(1, Mapping::Symmetric, true);
        let (scale, _) = scale_of(&weights, levels, Mapping::Symmetric, Clip::Max);
        let mean = weights.iter().map(|w| f64::from(w.abs())).sum::<f64>() / 400.0;
        assert!((f64::from(scale) / mean - 1.0).abs() < 1e-6);
        let least = error(&weights, levels, (scale, 0));
        assert!([0.9, 0.99, 1.01, 1.1].iter().all(|factor| error(&weights, levels, (scale * factor, 0)) > least));
    }

    /// Li, Liu 2016, "Ternary Weight Networks": weights above 0.7 times the mean size count, and the scale is their mean size. It is
    /// their approximation of the least error, which the search finds.
    #[test]
    fn ternary_weights_are_those_of_ternary_weight_networks_or_better() {
        let uniform: Vec<f32> = (0..999).map(|i| (i as f32 - 499.0) / 499.0).collect();
        for weights in [normal(2000), uniform] {
            let mean = weights.iter().map(|w| w.abs()).sum::<f32>() / weights.len() as f32;
            let kept: Vec<f32> = weights.iter().map(|w| w.abs()).filter(|w| *w > 0.7 * mean).collect();
            let theirs = kept.iter().sum::<f32>() / kept.len() as f32;
            let of = |w: f32| if w.abs() > 0.7 * mean { theirs * w.signum() } else { 0.0 };
            let their_error: f64 = weights.iter().map(|&w| f64::from(of(w) - w).powi(2)).sum();
            let levels = Levels::new(2, Mapping::Symmetric, true);
            let ours = scale_of(&weights, levels, Mapping::Symmetric, Clip::Mse);
            let our_error = error(&weights, levels, ours);
            assert!(our_error <= their_error * 1.0001, "{our_error}, and theirs is {their_error}");
            assert!((ours.0 / theirs - 1.0).abs() < 0.15, "scale {}, theirs {theirs}", ours.0);
        }
    }
}
